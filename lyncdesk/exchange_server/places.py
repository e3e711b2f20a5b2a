"""The folders of a mailbox, which are the same in every mailbox, and which of them a request names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lyncdesk.exchange_server.answers import Call
from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.ids import read_id
from lyncdesk.exchange_server.markup import Element, attribute, bad_value, name_of, only, text_of
from lyncdesk.exchange_server.model import Mailbox
from lyncdesk.exchange_server.sharing import LEVELS, Rights


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder: its distinguished name, what it is called, what it holds, and where it is."""

    name: str
    display: str
    holds: str
    parent: str
    element: str = "Folder"


FOLDERS = (
    Folder("root", "Root", "", ""),
    Folder("msgfolderroot", "Top of Information Store", "IPF.Note", "root"),
    Folder("calendar", "Calendar", "IPF.Appointment", "msgfolderroot", "CalendarFolder"),
    Folder("contacts", "Contacts", "IPF.Contact", "msgfolderroot", "ContactsFolder"),
    Folder("deleteditems", "Deleted Items", "IPF.Note", "msgfolderroot"),
    Folder("drafts", "Drafts", "IPF.Note", "msgfolderroot"),
    Folder("inbox", "Inbox", "IPF.Note", "msgfolderroot"),
    Folder("journal", "Journal", "IPF.Journal", "msgfolderroot"),
    Folder("junkemail", "Junk Email", "IPF.Note", "msgfolderroot"),
    Folder("notes", "Notes", "IPF.StickyNote", "msgfolderroot"),
    Folder("outbox", "Outbox", "IPF.Note", "msgfolderroot"),
    Folder("sentitems", "Sent Items", "IPF.Note", "msgfolderroot"),
    Folder("tasks", "Tasks", "IPF.Task", "msgfolderroot", "TasksFolder"),
)
BY_NAME: Mapping[str, Folder] = MappingProxyType({folder.name: folder for folder in FOLDERS})
_ABSENT = """
    publicfoldersroot searchfolders voicemail recoverableitemsroot recoverableitemsdeletions
    recoverableitemsversions recoverableitemspurges recoverableitemsdiscoveryholds archiveroot
    archivemsgfolderroot archivedeleteditems archiveinbox archiverecoverableitemsroot
    archiverecoverableitemsdeletions archiverecoverableitemsversions archiverecoverableitemspurges
    archiverecoverableitemsdiscoveryholds syncissues conflicts localfailures serverfailures
    recipientcache quickcontacts conversationhistory adminauditlogs todosearch mycontacts directory
    imcontactlist peopleconnect favorites mecontact personmetadata teamspaceactivity teamspacemessaging
    teamspaceworkitems scheduled orionnotes tagitems alltaggeditems externalcontacts teamchat
    teamchathistory yammerroot yammerinbound yammeroutbound yammerfeeds onedriveroot onedriverecylebin
    onedrivesystem onedrivevolume important starred archive
"""
ABSENT = frozenset(_ABSENT.split())
"""Distinguished names that the schema knows and these mailboxes lack."""

FOLDER_IDS = ("FolderId", "DistinguishedFolderId")


@dataclass(frozen=True, slots=True)
class Place:
    """A folder in somebody's mailbox."""

    owner: Mailbox
    folder: Folder


May = Callable[[Rights], bool]


def find_place(call: Call, element: Element, may: May = lambda rights: rights.lists) -> Place:
    """The folder that an id element names, if the caller may do with it what is asked. Raises RowError,
    SoapFault.
    """
    match name_of(element):
        case "FolderId":
            place = _by_id(call, attribute(element, "Id"))
        case "DistinguishedFolderId":
            place = _by_name(call, element)
        case _:
            raise RowError("ErrorFolderNotFound")
    if not may(rights_in(call, place)):
        raise RowError("ErrorAccessDenied")
    return place


def _by_id(call: Call, text: str) -> Place:
    ident = read_id(text)
    if ident.kind != "folder":
        raise RowError("ErrorCannotUseItemIdForFolderId")
    folder = BY_NAME.get(ident.key)
    if folder is None:
        raise RowError("ErrorFolderNotFound")
    return Place(call.mailbox(ident.address), folder)


def _by_name(call: Call, element: Element) -> Place:
    name = attribute(element, "Id")
    if name not in BY_NAME and name not in ABSENT:
        raise bad_value("'Id' attribute", name, element)
    parts = only(element, "Mailbox")
    address = call.user
    if "Mailbox" in parts:
        found = only(parts["Mailbox"], "Name", "EmailAddress", "RoutingType", "MailboxType", "ItemId")
        address = text_of(found["EmailAddress"]) if "EmailAddress" in found else address
    owner = call.mailbox(address)
    if name not in BY_NAME:
        raise RowError("ErrorFolderNotFound")
    return Place(owner, BY_NAME[name])


def rights_in(call: Call, place: Place) -> Rights:
    """What the caller may do there: of others, only the calendar is shared."""
    if place.folder.name != "calendar" and place.owner.address != call.user:
        return LEVELS["None"]
    return call.store.rights(call.user, place.owner.address)


def inside(name: str, *, deep: bool) -> list[Folder]:
    """The folders in a folder, `deep` with those in them."""
    found: list[Folder] = []
    for folder in FOLDERS:
        if folder.parent == name:
            found += [folder, *(inside(folder.name, deep=True) if deep else ())]
    return found
