"""ResolveNames: people by name or address, from the directory and from one's own contacts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lyncdesk.exchange_server.answers import Call, message
from lyncdesk.exchange_server.contact_fields import FIELDS, contact_element, contact_id
from lyncdesk.exchange_server.contacts import Contact
from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.markup import (
    BOOLEANS,
    Element,
    attribute,
    children,
    m,
    need,
    only,
    t,
    text_of,
    yes,
)
from lyncdesk.exchange_server.model import Mailbox
from lyncdesk.exchange_server.places import FOLDER_IDS, find_place

MOST_NAMES = 100
LONGEST_NAME = 256
DIRECTORY, CONTACTS = "directory", "contacts"
SCOPES: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "ActiveDirectory": (DIRECTORY,),
    "ActiveDirectoryContacts": (DIRECTORY, CONTACTS),
    "Contacts": (CONTACTS,),
    "ContactsActiveDirectory": (CONTACTS, DIRECTORY),
})  # fmt: skip
"""Where is searched, in the order in which the findings come."""

PHONES = (("home", "HomePhone"), ("work", "BusinessPhone"), ("mobile", "MobilePhone"))
_SHOWN = frozenset(uri for uri in FIELDS if uri.startswith("contacts:"))


@dataclass(frozen=True, slots=True)
class Resolution:
    """One finding, and what it tells in full."""

    name: str
    address: str
    kind: str
    contact: Element
    ident: Element | None = None


def resolve_names(call: Call, request: Element) -> Element:
    """ResolveNames: by address, alias, or the beginning of a word of the name."""
    found = only(request, "ParentFolderIds", "UnresolvedEntry")
    full = BOOLEANS[attribute(request, "ReturnFullContactData", tuple(BOOLEANS))]
    scope = attribute(request, "SearchScope", tuple(SCOPES), "ActiveDirectoryContacts")
    attribute(request, "ContactDataShape", ("IdOnly", "Default", "AllProperties"), "Default")
    wanted = " ".join(text_of(need(found, "UnresolvedEntry", request)).split()).casefold()
    wanted = wanted.removeprefix("smtp:")
    name = "ResolveNamesResponseMessage"
    try:
        call.guard()
        if not wanted or len(wanted) > LONGEST_NAME:
            raise RowError("ErrorInvalidNameForNameResolution")
        owners = _folders(call, found.get("ParentFolderIds"))
        sources = {
            DIRECTORY: lambda: _from_directory(call, wanted),
            CONTACTS: lambda: _from_contacts(call, owners, wanted),
        }
        fitting = [one for source in SCOPES[scope] for one in sources[source]()]
        if not fitting:
            raise RowError("ErrorNameResolutionNoResults")
    except RowError as error:
        answer = message(name, error)
    else:
        shown = [_written(one, full=full) for one in fitting[:MOST_NAMES]]
        found_all = m(
            "ResolutionSet", *shown, TotalItemsInView=str(len(shown)),
            IncludesLastItemInRange=yes(len(fitting) <= MOST_NAMES),
        )  # fmt: skip
        several = RowError("ErrorNameResolutionMultipleResults") if len(fitting) > 1 else None
        answer = message(name, several, found_all, kind="Warning")
    return m("ResolveNamesResponse", m("ResponseMessages", answer))


def _folders(call: Call, parents: Element | None) -> list[Mailbox]:
    """Whose contacts are searched: one's own unless folders are given. Raises RowError, SoapFault."""
    if parents is None:
        return [call.mailbox(call.user)]
    places = [find_place(call, element) for element in children(parents, *FOLDER_IDS)]
    if any(place.folder.name != "contacts" for place in places):
        raise RowError("ErrorInvalidFolderTypeForOperation", "Names are searched in contacts folders.")
    return list({place.owner.address: place.owner for place in places}.values())


def _fits(wanted: str, name: str, others: Iterable[str]) -> bool:
    texts = (name, *name.split(), *others)
    return any(text.casefold().startswith(wanted) for text in texts)


def _from_directory(call: Call, wanted: str) -> Iterable[Resolution]:
    for box in call.store.mailboxes():
        if _fits(wanted, box.display_name, (box.address, *box.aliases)):
            yield Resolution(box.display_name, box.address, "Mailbox", _person(box))


def _from_contacts(call: Call, owners: Iterable[Mailbox], wanted: str) -> Iterable[Resolution]:
    """A contact comes once for each of its addresses; one without any cannot be written to."""
    for owner in owners:
        for contact in call.store.contacts.of(owner.address):
            if _fits(wanted, contact.name, _names(contact)):
                for address in contact.emails.values():
                    whole = contact_element(owner, contact, _SHOWN)
                    ident = contact_id(owner, contact)
                    yield Resolution(contact.name, address, "Contact", whole, ident)


def _names(contact: Contact) -> Iterable[str]:
    texts = (contact.texts.get(name, "") for name in ("GivenName", "Surname", "Nickname"))
    return filter(None, (*texts, *contact.emails.values()))


def _written(found: Resolution, *, full: bool) -> Element:
    mailbox = t(
        "Mailbox", t("Name", found.name), t("EmailAddress", found.address), t("RoutingType", "SMTP"),
        t("MailboxType", found.kind), found.ident,
    )  # fmt: skip
    return t("Resolution", mailbox, found.contact if full else None)


def _person(box: Mailbox) -> Element:
    given, _, family = box.display_name.rpartition(" ")
    addresses = enumerate((box.address, *box.aliases)[:3], 1)
    phones = [t("Entry", box.phones[kind], Key=key) for kind, key in PHONES if box.phones.get(kind)]
    return t(
        "Contact",
        t("DisplayName", box.display_name),
        t("GivenName", given or family),
        t("CompanyName", box.company) if box.company else None,
        t(
            "EmailAddresses",
            *(t("Entry", f"SMTP:{one}", Key=f"EmailAddress{number}") for number, one in addresses),
        ),
        t("PhoneNumbers", *phones) if phones else None,
        t("ContactSource", "ActiveDirectory"),
        t("JobTitle", box.title) if box.title else None,
        t("Surname", family) if given else None,
    )
