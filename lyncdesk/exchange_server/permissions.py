"""UpdateFolder, which sets the permissions of a calendar."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from lyncdesk.exchange_server.answers import Call, rows
from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.folders import folder_element
from lyncdesk.exchange_server.ids import change_key
from lyncdesk.exchange_server.markup import (
    Element,
    boolean_of,
    children,
    choice_of,
    m,
    name_of,
    need,
    only,
    text_of,
    unexpected,
)
from lyncdesk.exchange_server.model import Mailbox
from lyncdesk.exchange_server.paths import PATHS, path_of
from lyncdesk.exchange_server.permission_sets import ANONYMOUS, DEFAULT
from lyncdesk.exchange_server.places import FOLDER_IDS, Place, find_place
from lyncdesk.exchange_server.sharing import ACTIONS, LEVELS, READINGS, Rights, Shared, known

T = TypeVar("T", bound=str)
SET = "folder:PermissionSet"
CHANGES = ("SetFolderField", "AppendToFolderField", "DeleteFolderField")
ELEMENTS = ("Folder", "CalendarFolder", "ContactsFolder", "SearchFolder", "TasksFolder")
_FLAGS: Mapping[str, str] = MappingProxyType({
    "CanCreateItems": "create", "CanCreateSubFolders": "subfolders", "IsFolderOwner": "owner",
    "IsFolderVisible": "visible", "IsFolderContact": "contact",
})  # fmt: skip
_SINGLE = (*_FLAGS, "EditItems", "DeleteItems", "ReadItems")
_LEVEL = "CalendarPermissionLevel"
_USER = ("SID", "PrimarySmtpAddress", "DisplayName", "DistinguishedUser", "ExternalUserIdentity")


def update_folder(call: Call, request: Element) -> Element:
    """UpdateFolder: the permissions of a calendar, which is all that these folders let one change."""
    found = only(request, "FolderChanges")

    def update(change: Element) -> Iterable[Element]:
        parts = only(change, *FOLDER_IDS, "Updates")
        target = next((part for name, part in parts.items() if name in FOLDER_IDS), None)
        named = need({}, "FolderId", change) if target is None else target
        place = find_place(call, named, lambda rights: rights.owner)
        sets = [_read(call, place, one) for one in children(need(parts, "Updates", change), *CHANGES)]
        key = None if target is None else target.get("ChangeKey")

        def share(mailbox: Mailbox) -> Mailbox:
            if key is not None and key != change_key(mailbox.shared_version):
                raise RowError("ErrorIrresolvableConflict")
            for people in sets:
                mailbox = _shared(mailbox, people)
            return replace(mailbox, shared_version=mailbox.shared_version + 1)

        owner = call.store.change_mailbox(place.owner.address, share)
        yield m("Folders", folder_element(call, replace(place, owner=owner), frozenset({"folder:FolderId"})))

    return rows(call, children(need(found, "FolderChanges", request), "FolderChange"), update, "Folders")


def _shared(mailbox: Mailbox, people: dict[str, Shared]) -> Mailbox:
    """The mailbox with a set in place of the one it had: who is not in it, Default included, sees nothing
    any more.
    """
    rest = dict(people)
    default, anonymous = rest.pop(DEFAULT, "None"), rest.pop(ANONYMOUS, "None")
    return replace(mailbox, sharing=default, anonymous=anonymous, shared_with=MappingProxyType(rest))


def _read(call: Call, place: Place, change: Element) -> dict[str, Shared]:
    """The permissions that one change sets, by address. Raises RowError, SoapFault."""
    parts = list(change)
    if not parts or name_of(parts[0]) not in PATHS:
        raise unexpected(parts[0] if parts else change, change)
    uri = path_of(parts[0])
    if name_of(change) != "SetFolderField":
        append = name_of(change) == "AppendToFolderField"
        raise RowError("ErrorInvalidPropertyAppend" if append else "ErrorInvalidPropertyDelete", f"{uri}.")
    if len(parts) != 2 or name_of(parts[1]) not in ELEMENTS or len(parts[1]) != 1:
        raise RowError("ErrorIncorrectUpdatePropertyCount")
    if uri != SET:
        raise RowError("ErrorInvalidPropertySet", f"{uri}.")
    value = parts[1][0]
    if name_of(value) != "PermissionSet":
        raise RowError("ErrorUpdatePropertyMismatch")
    sort = "CalendarPermissions" if place.folder.name == "calendar" else "Permissions"
    found = only(value, "Permissions", "CalendarPermissions", "UnknownEntries")
    if place.folder.name != "calendar":
        wrong = "CalendarPermissions" in found
        raise RowError(
            "ErrorCannotSetCalendarPermissionOnNonCalendarFolder"
            if wrong
            else "ErrorInvalidPermissionSettings",
            "Only calendars can be shared here.",
        )
    if "Permissions" in found:
        raise RowError("ErrorCannotSetNonCalendarPermissionOnCalendarFolder")
    if len(found.get("UnknownEntries", ())):
        raise RowError("ErrorCannotSetPermissionUnknownEntries")
    people: dict[str, Shared] = {}
    for permission in children(need(found, sort, value), "CalendarPermission"):
        who, shared = _permission(call, permission)
        if who in people:
            raise RowError("ErrorDuplicateUserIdsSpecified")
        people[who] = shared
    return people


def _permission(call: Call, element: Element) -> tuple[str, Shared]:
    found = only(element, "UserId", *_SINGLE, _LEVEL)
    who = _who(call, need(found, "UserId", element))
    level = choice_of(need(found, _LEVEL, element), (*LEVELS, "Custom"))
    if level != "Custom":
        if found.keys() & set(_SINGLE):
            raise RowError("ErrorInvalidPermissionSettings", "A level other than Custom stands alone.")
        return who, next(name for name in LEVELS if name == level)
    flags = {name: boolean_of(found[element]) for element, name in _FLAGS.items() if element in found}
    edit, delete = (_word(found.get(name), ACTIONS) for name in ("EditItems", "DeleteItems"))
    return who, known(Rights(_word(found.get("ReadItems"), READINGS), edit=edit, delete=delete, **flags))


def _word(element: Element | None, words: tuple[T, ...]) -> T:
    """One of `words`; the first of them when nothing is said."""
    return words[0] if element is None else words[words.index(choice_of(element, words))]


def _who(call: Call, element: Element) -> str:
    """Default, Anonymous, or the address of a person here."""
    found = only(element, *_USER)
    if "DistinguishedUser" in found:
        return choice_of(found["DistinguishedUser"], (DEFAULT, ANONYMOUS))
    address = found.get("PrimarySmtpAddress")
    box = call.store.mailbox(text_of(address)) if address is not None else None
    if box is None:
        raise RowError("ErrorInvalidUserInfo")
    return box.address
