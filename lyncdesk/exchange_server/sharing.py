"""The permission levels of a calendar, and what each of them allows ([MS-OXCPERM], Exchange's own names)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

Action = Literal["None", "Owned", "All"]
Reading = Literal["None", "TimeOnly", "TimeAndSubjectAndLocation", "FullDetails"]
Right = Literal["read", "edit", "delete", "private"]
"""What one may do with an item; private: be told of it as if it were not private."""
Sharing = Literal[
    "None",
    "FreeBusyTimeOnly",
    "FreeBusyTimeAndSubjectAndLocation",
    "Contributor",
    "Reviewer",
    "NoneditingAuthor",
    "Author",
    "PublishingAuthor",
    "Editor",
    "PublishingEditor",
    "Owner",
    "FullDetails",
]
ACTIONS: tuple[Action, ...] = ("None", "Owned", "All")
READINGS: tuple[Reading, ...] = ("None", "TimeOnly", "TimeAndSubjectAndLocation", "FullDetails")


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody may do in a folder of somebody else."""

    read: Reading = "None"
    create: bool = False
    subfolders: bool = False
    owner: bool = False
    visible: bool = False
    contact: bool = False
    edit: Action = "None"
    delete: Action = "None"

    @property
    def opens(self) -> bool:
        """Whether one finds the folder at all."""
        return self.visible or self.read == "FullDetails"

    @property
    def lists(self) -> bool:
        """Whether one sees all that is in it."""
        return self.read == "FullDetails"

    def over(self, *, mine: bool) -> frozenset[Right]:
        """What one may do with an item; `mine`: one has made it oneself."""
        scopes = ("All", "Owned") if mine else ("All",)
        allowed: dict[Right, bool] = {
            "read": self.lists or (mine and self.opens),
            "edit": self.edit in scopes,
            "delete": self.delete in scopes,
        }
        return frozenset(right for right, may in allowed.items() if may)


LEVELS: Mapping[Sharing, Rights] = MappingProxyType({
    "None": Rights(),
    "FreeBusyTimeOnly": Rights("TimeOnly"),
    "FreeBusyTimeAndSubjectAndLocation": Rights("TimeAndSubjectAndLocation"),
    "Contributor": Rights("None", create=True, visible=True),
    "Reviewer": Rights("FullDetails", visible=True),
    "NoneditingAuthor": Rights("FullDetails", create=True, visible=True, delete="Owned"),
    "Author": Rights("FullDetails", create=True, visible=True, edit="Owned", delete="Owned"),
    "PublishingAuthor": Rights(
        "FullDetails", create=True, subfolders=True, visible=True, edit="Owned", delete="Owned",
    ),
    "Editor": Rights("FullDetails", create=True, visible=True, edit="All", delete="All"),
    "PublishingEditor": Rights(
        "FullDetails", create=True, subfolders=True, visible=True, edit="All", delete="All",
    ),
    "Owner": Rights(
        "FullDetails", create=True, subfolders=True, owner=True, visible=True, contact=True, edit="All",
        delete="All",
    ),
})  # fmt: skip
SHARING: tuple[Sharing, ...] = (*LEVELS, "FullDetails")
"""Every word for a level: those of Exchange, and FullDetails, which is another name for Reviewer."""

OWN = LEVELS["Owner"]
EVERYTHING: frozenset[Right] = frozenset(get_args(Right))
"""What the owner of a calendar may do with each item."""
Shared = Sharing | Rights
"""A level, or rights that are those of none."""


def rights_of(shared: Shared) -> Rights:
    """What a level allows."""
    if isinstance(shared, Rights):
        return shared
    return LEVELS["Reviewer" if shared == "FullDetails" else shared]


def level_of(rights: Rights) -> str:
    """The name of the level that allows just this; Custom when none does."""
    return next((name for name, allowed in LEVELS.items() if allowed == rights), "Custom")


def known(rights: Rights) -> Shared:
    """The level of these rights where one has them."""
    return next((name for name, allowed in LEVELS.items() if allowed == rights), rights)
