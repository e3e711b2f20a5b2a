"""Reading and changing who may see the person's calendar, in the worker.

All permissions of a folder are one value, so a change writes all of them. Before it everything is read anew:
the entry must be as the person saw it, every other entry goes back as it came, and the folder's change key
lets the server refuse if somebody else was faster.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

from lyncdesk.exchange.exchange_codes import CODES
from lyncdesk.exchange.link import Link
from lyncdesk.exchange.people_services import T, code_of, get_calendar_folder, t, update_permissions
from lyncdesk.exchange.reading import DamagedAnswerError
from lyncdesk.exchange.response_codes import error_of, plain

Part = dict[str, object]
# An entry on the wire: its level, and the single rights of a Custom one. None: there is no entry.
Entry = list[object] | None

_LEVEL: Final = f"{T}CalendarPermissionLevel"
_MOST: Final = 5000


class RightsChangedError(Exception):
    """The permission is not as the person saw it; nothing was written."""


class RightRefusedError(Exception):
    """The server did not take the permission; the text is its response code."""


@dataclass(frozen=True, slots=True)
class _Set:
    """The permissions of the calendar as they came."""

    folder: Any
    permissions: list[Any]
    unknown: int


def read(link: Link, _arguments: dict[str, Any]) -> Iterator[Part]:
    """Who may see what: ``default``, ``people``, and how many entries belong to nobody any more."""
    yield {"rights": _told(_current(link))}


def give(link: Link, arguments: dict[str, Any]) -> Iterator[Part]:
    """Set the entry of ``address`` to ``right`` (None = take it away), if it is still as ``expected``.

    Then what holds is read and told, whatever became of it.
    """
    address, right = arguments["address"], arguments["right"]
    current = _current(link)
    own = [one for one in current.permissions if _who(one) == address]
    if [_entry(one) for one in own] != ([] if arguments["expected"] is None else [arguments["expected"]]):
        yield {"rights": _told(current)}
        raise RightsChangedError
    permissions = [_sendable(one) for one in current.permissions if one not in own]
    if right is not None:
        permissions.append(_made(own[0] if own else None, address, right))
    answers = update_permissions(link, current.folder, permissions)
    if not answers:
        raise DamagedAnswerError("nothing was said of the change")
    for message in answers:
        code = code_of(message)
        problem = CODES.get(code)
        if problem == "item-changed":
            yield {"rights": _told(_current(link))}
            raise RightsChangedError
        if problem in ("server-busy", "mailbox-moved"):
            raise error_of(code)
        if code:
            raise RightRefusedError(plain(code))
    try:
        current = _current(link)
    except Exception:  # noqa: BLE001 - it is written, whatever the server says of the next question
        current = _Set(None, permissions, 0)
    yield {"rights": _told(current)}


def _current(link: Link) -> _Set:
    for message in get_calendar_folder(link):
        code = code_of(message)
        if code:
            raise error_of(code)
        folder = next(message.iter(f"{T}FolderId"), None)
        found = next(message.iter(f"{T}PermissionSet"), None)
        if folder is None or found is None or not folder.get("Id"):
            raise DamagedAnswerError("no permissions came")
        permissions = list(found.iterfind(f"{T}CalendarPermissions/{T}CalendarPermission"))
        if len(permissions) > _MOST or any(one.find(_LEVEL) is None for one in permissions):
            raise DamagedAnswerError("the permissions make no sense")
        unknown = len(found.findall(f"{T}UnknownEntries/{T}UnknownEntry"))
        return _Set(folder, permissions, unknown)
    raise DamagedAnswerError("no folder came")


def _who(permission: Any) -> str:
    """The address of an entry, casefolded; "Default" and "Anonymous"; "" for what has neither."""
    user = permission.find(f"{T}UserId")
    if user is None:
        return ""
    distinguished = (user.findtext(f"{T}DistinguishedUser") or "").strip()
    return distinguished or (user.findtext(f"{T}PrimarySmtpAddress") or "").strip().casefold()


def _entry(permission: Any) -> list[object]:
    level = (permission.findtext(_LEVEL) or "").strip()
    if level != "Custom":
        return [level, {}]
    names = (child.tag.rpartition("}")[2] for child in permission)
    parts = {
        name: (permission.findtext(f"{T}{name}") or "").strip()
        for name in names
        if name not in ("UserId", "CalendarPermissionLevel")
    }
    return [level, parts]


def _told(current: _Set) -> Part:
    entries = {_who(one): _entry(one) for one in current.permissions}
    default = entries.pop("Default", ["None", {}])
    entries.pop("Anonymous", None)
    entries.pop("", None)
    return {"default": default, "people": entries, "unknown": current.unknown}


def _sendable(permission: Any) -> Any:
    """An entry as the server takes it back: single rights are sent with Custom alone."""
    copy = deepcopy(permission)
    if (copy.findtext(_LEVEL) or "").strip() != "Custom":
        for child in list(copy):
            if child.tag not in (f"{T}UserId", _LEVEL):
                copy.remove(child)
    return copy


def _made(old: Any, address: str, right: list[Any]) -> Any:
    """The entry of a person, under the name by which the server knows the person already."""
    level, parts = right
    user = (
        deepcopy(old.find(f"{T}UserId")) if old is not None else t("UserId", t("PrimarySmtpAddress", address))
    )
    single = [t(name, parts[name]) for name in _ORDER if name in parts] if level == "Custom" else []
    return t("CalendarPermission", user, *single, t("CalendarPermissionLevel", level))


# As the schema wants them.
_ORDER: Final = (
    "CanCreateItems",
    "CanCreateSubFolders",
    "IsFolderOwner",
    "IsFolderVisible",
    "IsFolderContact",
    "EditItems",
    "DeleteItems",
    "ReadItems",
)

RIGHTS_OPERATIONS: Final = {"rights": read, "give-right": give}
