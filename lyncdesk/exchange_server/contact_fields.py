"""The properties of a contact: one row each, in the order in which the schema wants them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TypeVar

from lyncdesk.exchange_server.contacts import EMAILS, PHONES, Contact
from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.ids import Ident, change_key, write_id
from lyncdesk.exchange_server.markup import (
    Element,
    attribute,
    boolean_of,
    children,
    choice_of,
    date_time,
    integer_of,
    only,
    t,
    text_of,
    utc,
    yes,
)
from lyncdesk.exchange_server.model import SENSITIVITIES, Mailbox

T = TypeVar("T")
Read = Callable[[Mailbox, Contact], Element | str | None]
Write = Callable[[Contact, Element | None], Contact]
MAPPINGS = (
    "None", "LastCommaFirst", "FirstSpaceLast", "Company", "LastCommaFirstCompany", "CompanyLastFirst",
    "LastFirst", "LastFirstCompany", "CompanyLastCommaFirst", "LastFirstSuffix", "LastSpaceFirstCompany",
    "CompanyLastSpaceFirst", "LastSpaceFirst", "DisplayName", "FirstName", "LastFirstMiddleSuffix",
    "LastName", "Empty",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Property:
    """One property. `write` changes a contact; without an element it takes the property away (None:
    read-only). `deep`: in GetItem only; `default`: in the shape Default.
    """

    uri: str
    read: Read
    write: Write | None = None
    deep: bool = False
    default: bool = False

    @property
    def element(self) -> str:
        return self.uri.partition(":")[2]


def _set(contact: Contact, name: str, value: str | None) -> Contact:
    rest = {key: text for key, text in contact.texts.items() if key != name}
    return replace(contact, texts=MappingProxyType(rest if value is None else {**rest, name: value}))


def _kept(
    uri: str, allowed: tuple[str, ...] = (), usual: str | None = None, *, default: bool = False
) -> Property:
    """A property that is kept as it was sent; `usual` is told where it never was."""
    name = uri.partition(":")[2]

    def write(contact: Contact, element: Element | None) -> Contact:
        if element is None:
            return _set(contact, name, None)
        return _set(contact, name, choice_of(element, allowed) if allowed else text_of(element))

    return Property(
        uri, lambda _owner, contact: contact.texts.get(name, usual) or None, write, default=default
    )


def _normal(
    uri: str, parse: Callable[[Element], T], write: Callable[[T], str], usual: str | None = None
) -> Property:
    """A property that is kept in the one way of writing it."""
    name = uri.partition(":")[2]

    def change(contact: Contact, element: Element | None) -> Contact:
        return _set(contact, name, None if element is None else write(parse(element)))

    return Property(uri, lambda _owner, contact: contact.texts.get(name, usual), change)


def _moment(element: Element) -> datetime:
    found = date_time(text_of(element), element)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def contact_id(owner: Mailbox, contact: Contact) -> Element:
    """The id of a contact."""
    ident = write_id(Ident("contact", owner.address, contact.key))
    return t("ItemId", Id=ident, ChangeKey=change_key(contact.version))


def _folder(owner: Mailbox, _contact: Contact) -> Element:
    return t(
        "ParentFolderId", Id=write_id(Ident("folder", owner.address, "contacts")), ChangeKey=change_key(1)
    )


def _shown(name: str, otherwise: Callable[[Contact], str]) -> Read:
    """A text that a contact has in any case, if only because of its other texts."""
    return lambda _owner, contact: contact.texts.get(name) or otherwise(contact) or None


def _write(name: str) -> Write:
    return lambda contact, element: _set(contact, name, None if element is None else text_of(element))


def _body(_owner: Mailbox, contact: Contact) -> Element:
    return t("Body", contact.texts.get("Body", ""), BodyType=contact.texts.get("BodyType", "Text"))


def _write_body(contact: Contact, element: Element | None) -> Contact:
    kind = None if element is None else attribute(element, "BodyType", ("HTML", "Text"))
    return _set(_set(contact, "BodyType", kind), "Body", None if element is None else text_of(element))


def _categories(_owner: Mailbox, contact: Contact) -> Element | None:
    return t("Categories", *(t("String", one) for one in contact.categories)) if contact.categories else None


def _write_categories(contact: Contact, element: Element | None) -> Contact:
    names = () if element is None else tuple(text_of(child) for child in children(element, "String"))
    return replace(contact, categories=names)


def _complete_name(_owner: Mailbox, contact: Contact) -> Element | None:
    pairs = (
        ("FirstName", "GivenName"), ("MiddleName", "MiddleName"), ("LastName", "Surname"),
        ("Suffix", "Generation"), ("Initials", "Initials"), ("FullName", ""), ("Nickname", "Nickname"),
    )  # fmt: skip
    texts = ((name, contact.texts.get(key) if key else contact.name) for name, key in pairs)
    rows = [t(name, text) for name, text in texts if text]
    return t("CompleteName", *rows) if rows else None


def _entries(element: str, name: str) -> Read:
    def read(_owner: Mailbox, contact: Contact) -> Element | None:
        found: Mapping[str, str] = getattr(contact, name)
        keys = INDEXED[element].keys
        rows = [t("Entry", found[key], Key=key) for key in keys if key in found]
        return t(element, *rows) if rows else None

    return read


@dataclass(frozen=True, slots=True)
class Indexed:
    """A property that holds several texts by key; `attribute` is where a contact keeps them."""

    path: str
    attribute: str
    keys: tuple[str, ...]


INDEXED: Mapping[str, Indexed] = MappingProxyType({
    "EmailAddresses": Indexed("contacts:EmailAddress", "emails", EMAILS),
    "PhoneNumbers": Indexed("contacts:PhoneNumber", "phones", PHONES),
})  # fmt: skip


def set_indexed(contact: Contact, name: str, key: str, value: str | None) -> Contact:
    """The contact with one text of an indexed property set, or without it."""
    texts = {one: text for one, text in getattr(contact, INDEXED[name].attribute).items() if one != key}
    if value:
        texts[key] = value
    kept = MappingProxyType(texts)
    return replace(contact, emails=kept) if name == "EmailAddresses" else replace(contact, phones=kept)


def read_entries(contact: Contact, element: Element) -> Contact:
    """The contact with the entries of an EmailAddresses or PhoneNumbers element."""
    name = str(element.tag).rpartition("}")[2]
    for entry in children(element, "Entry"):
        key = attribute(entry, "Key", INDEXED[name].keys)
        contact = set_indexed(contact, name, key, text_of(entry).strip())
    return contact


def _rights(_owner: Mailbox, _contact: Contact) -> Element:
    names = ("CreateAssociated", "CreateContents", "CreateHierarchy", "Delete", "Modify", "Read")
    return t("EffectiveRights", *(t(name, yes(True)) for name in names))


ROWS = (
    Property("item:ItemId", contact_id, default=True),
    Property("item:ParentFolderId", _folder),
    Property("item:ItemClass", lambda _owner, _contact: "IPM.Contact", lambda contact, _element: contact),
    Property("item:Subject", _shown("Subject", lambda one: one.name), _write("Subject"), default=True),
    _kept("item:Sensitivity", SENSITIVITIES, "Normal"),
    Property("item:Body", _body, _write_body, deep=True),
    Property("item:DateTimeReceived", lambda _owner, contact: utc(contact.created)),
    Property("item:Categories", _categories, _write_categories),
    _kept("item:Importance", ("Low", "Normal", "High"), "Normal"),
    Property("item:IsDraft", lambda _owner, _contact: yes(False)),
    Property("item:DateTimeSent", lambda _owner, contact: utc(contact.created)),
    Property("item:DateTimeCreated", lambda _owner, contact: utc(contact.created)),
    _normal("item:ReminderIsSet", boolean_of, yes, yes(False)),
    _normal("item:ReminderMinutesBeforeStart", integer_of, str, "15"),
    Property("item:HasAttachments", lambda _owner, _contact: yes(False), default=True),
    _kept("item:Culture", usual="en-US"),
    Property("item:EffectiveRights", _rights, deep=True),
    Property("item:LastModifiedName", lambda owner, _contact: owner.display_name),
    Property("item:LastModifiedTime", lambda _owner, contact: utc(contact.modified)),
    Property("contacts:FileAs", lambda _owner, contact: contact.file_as or None, _write("FileAs")),
    _kept("contacts:FileAsMapping", MAPPINGS),
    Property(
        "contacts:DisplayName", _shown("DisplayName", lambda one: one.name), _write("DisplayName"),
        default=True,
    ),
    _kept("contacts:GivenName"),
    _kept("contacts:Initials"),
    _kept("contacts:MiddleName"),
    _kept("contacts:Nickname"),
    Property("contacts:CompleteName", _complete_name, default=True),
    _kept("contacts:CompanyName", default=True),
    Property("contacts:EmailAddresses", _entries("EmailAddresses", "emails"), default=True),
    Property("contacts:PhoneNumbers", _entries("PhoneNumbers", "phones"), default=True),
    _kept("contacts:AssistantName"),
    _normal("contacts:Birthday", _moment, utc),
    _kept("contacts:BusinessHomePage"),
    Property("contacts:ContactSource", lambda _owner, _contact: "Store"),
    _kept("contacts:Department"),
    _kept("contacts:Generation"),
    _kept("contacts:JobTitle", default=True),
    _kept("contacts:Manager"),
    _kept("contacts:Mileage"),
    _kept("contacts:OfficeLocation"),
    _kept("contacts:PostalAddressIndex", ("None", "Business", "Home", "Other"), "None"),
    _kept("contacts:Profession"),
    _kept("contacts:SpouseName"),
    _kept("contacts:Surname"),
    _normal("contacts:WeddingAnniversary", _moment, utc),
    Property("contacts:HasPicture", lambda _owner, _contact: yes(False)),
)  # fmt: skip
FIELDS: Mapping[str, Property] = MappingProxyType({row.uri: row for row in ROWS})
ELEMENTS: Mapping[str, Property] = MappingProxyType({row.element: row for row in ROWS})


def contact_element(
    owner: Mailbox, contact: Contact, wanted: frozenset[str], *, finding: bool = False
) -> Element:
    """A Contact with the wanted properties. `finding`: as FindItem answers, without bodies."""
    element = t("Contact")
    for row in ROWS:
        value = row.read(owner, contact) if row.uri in wanted and not (finding and row.deep) else None
        if isinstance(value, str):
            element.append(t(row.element, value))
        elif value is not None:
            element.append(value)
    return element


def write_property(contact: Contact, element: Element) -> Contact:
    """The contact with what an element of a Contact says. Raises RowError."""
    name = str(element.tag).rpartition("}")[2]
    if name in INDEXED:
        return read_entries(contact, element)
    row = ELEMENTS.get(name)
    if row is None or row.write is None:
        raise RowError("ErrorInvalidPropertySet", f"{name}.")
    return row.write(contact, element)


def indexed_by(path: Element) -> tuple[str, str]:
    """The element and the key that an IndexedFieldURI means; ("", "") for one that is not kept here."""
    uri, key = attribute(path, "FieldURI"), attribute(path, "FieldIndex")
    only(path)
    for name, indexed in INDEXED.items():
        if indexed.path == uri and key in indexed.keys:
            return name, key
    return "", ""
