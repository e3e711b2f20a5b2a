"""PermissionSet as a folder tells it: who may do what in it."""

from collections.abc import Iterator

from lyncdesk.exchange_server.markup import Element, t, yes
from lyncdesk.exchange_server.model import Mailbox
from lyncdesk.exchange_server.sharing import LEVELS, Rights, Shared, level_of, rights_of
from lyncdesk.exchange_server.store import Store

DEFAULT, ANONYMOUS = "Default", "Anonymous"


def calendar_permissions(store: Store, owner: Mailbox) -> Element:
    """The permissions of a calendar: Default and Anonymous first, then people by address."""
    rows = (
        t("CalendarPermission", *_rights(user, rights), t("CalendarPermissionLevel", level_of(rights)))
        for user, rights in _people(store, owner)
    )
    return t("PermissionSet", t("CalendarPermissions", *rows))


def other_permissions() -> Element:
    """The permissions of any other folder, which nobody but the owner has."""
    nothing = LEVELS["None"]
    rows = (
        t("Permission", *_rights(_distinguished(name), nothing), t("PermissionLevel", "None"))
        for name in (DEFAULT, ANONYMOUS)
    )
    return t("PermissionSet", t("Permissions", *rows))


def _people(store: Store, owner: Mailbox) -> Iterator[tuple[Element, Rights]]:
    yield _distinguished(DEFAULT), rights_of(owner.sharing)
    yield _distinguished(ANONYMOUS), rights_of(owner.anonymous)
    shared: dict[str, Shared] = dict(owner.shared_with)
    for address in sorted(shared):
        box = store.mailbox(address)
        name = box.display_name if box else None
        user = t("UserId", t("PrimarySmtpAddress", address), t("DisplayName", name) if name else None)
        yield user, rights_of(shared[address])


def _distinguished(name: str) -> Element:
    return t("UserId", t("DistinguishedUser", name))


def _rights(user: Element, rights: Rights) -> tuple[Element, ...]:
    return (
        user,
        t("CanCreateItems", yes(rights.create)),
        t("CanCreateSubFolders", yes(rights.subfolders)),
        t("IsFolderOwner", yes(rights.owner)),
        t("IsFolderVisible", yes(rights.visible)),
        t("IsFolderContact", yes(rights.contact)),
        t("EditItems", rights.edit),
        t("DeleteItems", rights.delete),
        t("ReadItems", rights.read),
    )
