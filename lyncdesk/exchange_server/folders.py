"""GetFolder and FindFolder: what folders tell of themselves."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from lyncdesk.exchange_server.answers import Call, rows
from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.ids import Ident, change_key, write_id
from lyncdesk.exchange_server.markup import (
    Element,
    attribute,
    children,
    choice_of,
    integer,
    m,
    need,
    only,
    t,
    yes,
)
from lyncdesk.exchange_server.model import Mailbox
from lyncdesk.exchange_server.paths import PATHS, path_of
from lyncdesk.exchange_server.permission_sets import calendar_permissions, other_permissions
from lyncdesk.exchange_server.places import FOLDER_IDS, Place, find_place, inside, rights_in
from lyncdesk.exchange_server.sharing import Rights


def folder_id(owner: Mailbox, name: str, element: str = "FolderId") -> Element:
    """The id element of a folder; the key of a calendar changes with its permissions."""
    version = owner.shared_version if name == "calendar" else 1
    return t(element, Id=write_id(Ident("folder", owner.address, name)), ChangeKey=change_key(version))


Read = Callable[[Call, Place], Element | str | None]


def _counted(call: Call, place: Place) -> str:
    inside = call.store.entries(place.owner.address, place.folder.name)
    contacts = call.store.contacts.of(place.owner.address) if place.folder.name == "contacts" else ()
    return str(len(inside) + len(contacts))


def _unread(call: Call, place: Place) -> str | None:
    if place.folder.element not in {"Folder", "TasksFolder"}:
        return None
    inside = call.store.entries(place.owner.address, place.folder.name)
    return str(sum(not entry.read for entry in inside))


def _effective_rights(call: Call, place: Place) -> Element:
    rights = rights_in(call, place)
    allowed = {
        "CreateAssociated": rights.owner,
        "CreateContents": rights.create,
        "CreateHierarchy": rights.subfolders,
        "Delete": rights.owner,
        "Modify": rights.owner,
        "Read": rights.lists,
    }
    return t("EffectiveRights", *(t(name, yes(may)) for name, may in allowed.items()))


def _sharing_rights(call: Call, place: Place) -> str | None:
    return {"CalendarFolder": rights_in(call, place).read, "ContactsFolder": "FullDetails"}.get(
        place.folder.element
    )


def _permissions(call: Call, place: Place) -> Element | None:
    """Who may do what, for those who may change it."""
    if not rights_in(call, place).owner:
        return None
    if place.folder.name == "calendar":
        return calendar_permissions(call.store, place.owner)
    return other_permissions()


PROPERTIES: Mapping[str, Read] = MappingProxyType(
    {
        "folder:FolderId": lambda _call, place: folder_id(place.owner, place.folder.name),
        "folder:ParentFolderId": lambda _call, place: (
            folder_id(place.owner, place.folder.parent, "ParentFolderId") if place.folder.parent else None
        ),
        "folder:FolderClass": lambda _call, place: place.folder.holds or None,
        "folder:DisplayName": lambda _call, place: place.folder.display,
        "folder:TotalCount": _counted,
        "folder:ChildFolderCount": lambda _call, place: str(len(inside(place.folder.name, deep=False))),
        "folder:EffectiveRights": _effective_rights,
        "folder:DistinguishedFolderId": lambda _call, place: place.folder.name,
        "folder:SharingEffectiveRights": _sharing_rights,
        "folder:PermissionSet": _permissions,
        "folder:UnreadCount": _unread,
    }
)
"""What a folder tells, in the order of the schema."""

_ASKED_FOR = frozenset({"folder:PermissionSet"})  # comes only when it is named
_MORE = frozenset({
    "folder:EffectiveRights", "folder:DistinguishedFolderId", "folder:SharingEffectiveRights",
})  # fmt: skip
DEFAULTS = frozenset(PROPERTIES) - _MORE - _ASKED_FOR
SHAPES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "IdOnly": frozenset(),
        "Default": DEFAULTS,
        "AllProperties": frozenset(PROPERTIES) - _ASKED_FOR,
    }
)


def read_folder_shape(element: Element) -> frozenset[str]:
    """The properties that a FolderShape asks for."""
    found = only(element, "BaseShape", "AdditionalProperties")
    base = choice_of(need(found, "BaseShape", element), tuple(SHAPES))
    more = found.get("AdditionalProperties")
    named = {path_of(path) for path in children(more, *PATHS)} if more is not None else set()
    return frozenset(SHAPES[base] | named | {"folder:FolderId"})


def folder_element(call: Call, place: Place, wanted: frozenset[str]) -> Element:
    """A folder with the wanted properties."""
    element = t(place.folder.element)
    for uri, read in PROPERTIES.items():
        value = read(call, place) if uri in wanted else None
        if isinstance(value, str):
            element.append(t(uri.partition(":")[2], value))
        elif value is not None:
            element.append(value)
    return element


def _opens(rights: Rights) -> bool:
    return rights.opens


def get_folder(call: Call, request: Element) -> Element:
    """GetFolder."""
    found = only(request, "FolderShape", "FolderIds")
    wanted = read_folder_shape(need(found, "FolderShape", request))

    def get(element: Element) -> Iterable[Element]:
        yield m("Folders", folder_element(call, find_place(call, element, _opens), wanted))

    return rows(call, children(need(found, "FolderIds", request), *FOLDER_IDS), get, "Folders")


def find_folder(call: Call, request: Element) -> Element:
    """FindFolder. Raises RowError for restrictions: no client has asked this server for one."""
    found = only(
        request,
        "FolderShape",
        "IndexedPageFolderView",
        "FractionalPageFolderView",
        "Restriction",
        "ParentFolderIds",
    )
    wanted = read_folder_shape(need(found, "FolderShape", request))
    traversal = attribute(request, "Traversal", ("Shallow", "Deep", "SoftDeleted"))

    def find(element: Element) -> Iterable[Element]:
        if {"Restriction", "FractionalPageFolderView"} & found.keys():
            raise RowError("ErrorUnsupportedQueryFilter")
        place = find_place(call, element, _opens)
        below = [] if traversal == "SoftDeleted" else inside(place.folder.name, deep=traversal == "Deep")
        view = found.get("IndexedPageFolderView")
        first, last = (0, len(below)) if view is None else page(view, len(below))
        shown = (folder_element(call, Place(place.owner, folder), wanted) for folder in below[first:last])
        yield m(
            "RootFolder",
            t("Folders", *shown),
            IndexedPagingOffset=str(last),
            TotalItemsInView=str(len(below)),
            IncludesLastItemInRange=yes(last >= len(below)),
        )

    return rows(call, children(need(found, "ParentFolderIds", request), *FOLDER_IDS), find)


def page(view: Element, total: int) -> tuple[int, int]:
    """The slice of an IndexedPageView. Raises RowError."""
    offset = integer(attribute(view, "Offset"), "'Offset' attribute", view)
    most = integer(view.get("MaxEntriesReturned", str(total)), "'MaxEntriesReturned' attribute", view)
    if offset < 0:
        raise RowError("ErrorInvalidIndexedPagingParameters")
    if most <= 0 and "MaxEntriesReturned" in view.attrib:
        raise RowError("ErrorInvalidPagingMaxRows")
    if attribute(view, "BasePoint", ("Beginning", "End")) == "Beginning":
        return min(offset, total), min(offset + most, total)
    last = max(total - offset, 0)
    return max(last - most, 0), last
