"""Servers that are not Exchange, or old, or thin: what the embedded one can do without when it is told to.

Some of what they say is not what the schema allows; that is the point of them.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

from lyncdesk.exchange_server.editions import AS_2007, EXCHANGE_SE, Edition
from lyncdesk.exchange_server.errors import TEXTS
from lyncdesk.exchange_server.markup import MESSAGES, TYPES, Element, with_offset

Offsets = Literal["", ":", "+"]
"""Of free/busy times: none; -04:00; -0400."""


@dataclass(frozen=True, slots=True)
class Thin:
    """What a server lacks, or does in its own way.

    `hide`: properties that items do not have; `gone`: elements left out of answers; `missing`: operations
    that do not exist; `codes`: response codes said in place of others; `masters`: a calendar view holds
    series as such; `offsets`, `item_offsets`: times are told with an offset, of free/busy and of items.
    """

    edition: Edition = EXCHANGE_SE
    hide: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    codes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    masters: bool = False
    offsets: Offsets = ""
    item_offsets: bool = False

    def stamp(self, wall: datetime, at: datetime) -> str:
        """A time of free/busy: `wall` is what the clocks of the request show at the instant `at`."""
        text = wall.isoformat(timespec="seconds")
        if not self.offsets:
            return text
        away = wall.replace(tzinfo=UTC) - at
        sign, minutes = "-" if away < timedelta() else "+", abs(away) // timedelta(minutes=1)
        return f"{text}{sign}{minutes // 60:02}{self.offsets.strip('+')}{minutes % 60:02}"

    def rewrite(self, answer: Element, zone: str) -> Element:
        """The answer as this server gives it; `zone` is that of the mailbox."""
        for name in self.gone:
            for element in list(answer.iter(f"{{{TYPES}}}{name}")):
                parent = element.getparent()
                if parent is not None:
                    parent.remove(element)
        if "MergedFreeBusy" in self.gone:
            for element in answer.iter(f"{{{TYPES}}}FreeBusyViewType"):
                element.text = _WITHOUT_MERGED.get(element.text or "", element.text)
        for element in answer.iter(f"{{{MESSAGES}}}ResponseCode") if self.codes else ():
            code = self.codes.get(element.text or "")
            text = element.getprevious()
            if code is not None:
                element.text = code
                if text is not None:
                    text.text = TEXTS[code]
        if self.item_offsets:
            _with_offsets(answer, ZoneInfo(zone))
        return answer


_WITHOUT_MERGED = {"MergedOnly": "None", "FreeBusyMerged": "FreeBusy", "DetailedMerged": "Detailed"}


def _with_offsets(answer: Element, zone: ZoneInfo) -> None:
    for item in answer.iter(f"{{{TYPES}}}CalendarItem"):
        for name in ("Start", "End"):
            for element in item.iterfind(f"{{{TYPES}}}{name}"):
                at = datetime.fromisoformat(element.text or "")
                element.text = with_offset(at.astimezone(zone)).isoformat(timespec="seconds")


NORMAL = Thin()


@dataclass(frozen=True, slots=True)
class Trait:
    """One thing that a server may lack."""

    name: str
    about: str
    thin: Thin


def _hides(name: str, uri: str) -> Trait:
    return Trait(name, f"items have no {uri.partition(':')[2]}", Thin(hide=frozenset({uri})))


def _lacks(name: str, about: str, element: str) -> Trait:
    return Trait(name, about, Thin(gone=frozenset({element})))


def _misses(name: str, *operations: str) -> Trait:
    return Trait(name, f"there is no {' and no '.join(operations)}", Thin(missing=frozenset(operations)))


TRAITS = (
    Trait("unexpanded-series", "a calendar view holds series as such, not their occurrences",
          Thin(masters=True)),
    _lacks("no-merged-free-busy", "free/busy without MergedFreeBusy", "MergedFreeBusy"),
    _lacks("no-working-hours", "free/busy without working hours", "WorkingHours"),
    _lacks("no-free-busy-details", "free/busy without subjects, places and kinds", "CalendarEventDetails"),
    _misses("no-time-zones", "GetServerTimeZones"),
    _misses("no-automatic-replies", "GetUserOofSettings", "SetUserOofSettings"),
    _misses("no-names", "ResolveNames"),
    Trait("cannot-find-user", "ErrorCannotFindUser in place of ErrorMailRecipientNotFound",
          Thin(codes=MappingProxyType({"ErrorMailRecipientNotFound": "ErrorCannotFindUser"}))),
    _hides("no-kinds", "calendar:IsMeeting"),
    _hides("no-show-as", "calendar:LegacyFreeBusyStatus"),
    _hides("no-sensitivity", "item:Sensitivity"),
    _hides("no-responses", "calendar:MyResponseType"),
    Trait("offset-times", "times of free/busy as 10:00:00-04:00", Thin(offsets=":")),
    Trait("plain-offset-times", "times of free/busy as 10:00:00+0100", Thin(offsets="+")),
    Trait("item-offset-times", "times of items as 10:00:00+01:00", Thin(item_offsets=True)),
    Trait("as-2007", "the version of Exchange 2007; none later is understood, nor Autodiscover by SOAP",
          Thin(edition=AS_2007)),
)  # fmt: skip
BY_NAME: Mapping[str, Trait] = MappingProxyType({trait.name: trait for trait in TRAITS})
PROFILES: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "exchange-2007": ("as-2007", "offset-times", "no-time-zones"),
    "other": (
        "unexpanded-series", "no-merged-free-busy", "no-working-hours", "no-time-zones", "cannot-find-user",
        "no-kinds", "no-show-as", "no-sensitivity", "no-responses", "plain-offset-times", "item-offset-times",
    ),
})  # fmt: skip
"""Sets of traits that go together."""


def read_thin(names: str | Iterable[str]) -> Thin:
    """What traits and profiles come to; a text has them with commas. Raises ValueError."""
    thin = NORMAL
    for name in names.split(",") if isinstance(names, str) else names:
        found = name.strip()
        if found in PROFILES:
            for trait in PROFILES[found]:
                thin = _both(thin, BY_NAME[trait].thin)
        elif found in BY_NAME:
            thin = _both(thin, BY_NAME[found].thin)
        elif found:
            near = difflib.get_close_matches(found, (*PROFILES, *BY_NAME), 1)
            hint = f'did you mean "{near[0]}"?' if near else "list names them"
            raise ValueError(f'there is no thin server "{found}"; {hint}')
    return thin


def _both(one: Thin, two: Thin) -> Thin:
    return replace(
        one,
        edition=two.edition if two.edition != EXCHANGE_SE else one.edition,
        hide=one.hide | two.hide,
        gone=one.gone | two.gone,
        missing=one.missing | two.missing,
        codes=MappingProxyType({**one.codes, **two.codes}),
        masters=one.masters or two.masters,
        offsets=two.offsets or one.offsets,
        item_offsets=one.item_offsets or two.item_offsets,
    )
