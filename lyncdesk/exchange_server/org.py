"""The organisation file: who has a mailbox on the server, and what is in their calendars.

    zone = "Europe/Berlin"                       # for people without a zone of their own; default UTC

    [people.anna]
    address = "anna@example.com"
    password = "secret"
    name = "Anna Keller"                         # this and what follows may be left out
    title = "Head of Finance"
    company = "Example"
    aliases = ["keller@example.com"]
    phones = { work = "+49 30 1", mobile = "+49 170 1", home = "+49 30 2" }
    zone = "Europe/Berlin"
    working_hours = { days = ["Monday", "Tuesday"], start = 08:00:00, end = 17:00:00 }
    out_of_office = { note = "Back on Monday", start = 2026-03-02T09:00:00, end = 2026-03-06T17:00:00 }
    shares = "FreeBusyTimeAndSubjectAndLocation" # a permission level; default FreeBusyTimeOnly
    shares = { everybody = "None", ben = "Reviewer", "eve@example.com" = "Editor" }   # or one for each

    [[people.anna.contacts]]                     # people whom anna knows; a name or an address is needed
    name = "Dora Stone"                          # or given and surname
    company = "Quarry"
    title = "Mason"
    emails = ["dora@quarry.example"]             # up to three
    phones = { work = "+1 2" }

    [[people.anna.items]]                        # the keys of a scenario's items, times with their date
    subject = "Budget review"
    start = 2026-03-02T10:00:00                  # in the person's zone, unless it has an offset
    end = 2026-03-02T11:00:00
    kind = "meeting"

Every mistake is reported, one line each.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from lyncdesk.exchange_server.contacts import EMAILS, Contact
from lyncdesk.exchange_server.exchange import Exchange
from lyncdesk.exchange_server.model import (
    DAY_NAMES,
    SHOW_AS,
    Entry,
    Mailbox,
    OofSettings,
    WorkingHours,
)
from lyncdesk.exchange_server.sharing import SHARING, Shared, Sharing
from lyncdesk.exchange_server.tables import Table, in_zone, nearest

KINDS: Mapping[str, bool | None] = {"appointment": False, "meeting": True, "unknown": None}
RESPONSES: Mapping[str, str] = {
    "organizer": "Organizer",
    "accepted": "Accept",
    "tentative": "Tentative",
    "declined": "Decline",
    "none": "NoResponseReceived",
}
PERSON_KEYS = (
    *("address", "password", "name", "title", "company", "aliases", "phones", "zone"),
    *("working_hours", "out_of_office", "shares", "items", "contacts"),
)
ITEM_KEYS = (
    *("subject", "location", "start", "end", "show_as", "kind", "private"),
    *("all_day", "cancelled", "response"),
)
MOST_BYTES = 8_000_000
EVERYBODY = "everybody"
PHONES: Mapping[str, str] = {"work": "BusinessPhone", "mobile": "MobilePhone", "home": "HomePhone"}
CONTACT_TEXTS: Mapping[str, str] = {
    "name": "DisplayName",
    "given": "GivenName",
    "surname": "Surname",
    "company": "CompanyName",
    "title": "JobTitle",
}


class OrgError(Exception):
    """The file cannot be used; `mistakes` are whole lines: file, key, what is wrong."""

    def __init__(self, mistakes: Iterable[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(self.mistakes))


@dataclass(frozen=True, slots=True)
class Person:
    """One person of the file."""

    mailbox: Mailbox
    entries: tuple[Entry, ...]
    contacts: tuple[Contact, ...] = ()


def load(path: Path, exchange: Exchange) -> None:
    """Add the people of a file to a server. Raises OrgError; the server is then as it was."""
    people = read_org(path)
    for person in people:
        exchange.store.add_mailbox(person.mailbox)
        for entry in person.entries:
            exchange.add_entry(person.mailbox.address, entry)
        for contact in person.contacts:
            exchange.add_contact(person.mailbox.address, contact)


def read_org(path: Path) -> tuple[Person, ...]:
    """The people of a file. Raises OrgError."""
    try:
        with path.open("rb") as file:
            read = file.read(MOST_BYTES + 1)
        if len(read) > MOST_BYTES:
            raise OrgError([f"{path}: is longer than {MOST_BYTES} bytes; no organisation is"])
        text = read.decode()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise OrgError([f"{path}: cannot be read: {reason}"]) from None
    try:
        data = tomllib.loads(text.replace("\r\n", "\n"))
    except RecursionError:
        raise OrgError([f"{path}: its values are nested too deeply"]) from None
    except tomllib.TOMLDecodeError as error:
        raise OrgError([f"{path}: {error}"]) from None
    mistakes: list[str] = []
    table = Table(data, "", mistakes)
    table.known(("zone", "people"))
    zone = table.zone("zone", "UTC")
    tables = list(table.table("people").tables())
    addresses = {name: inner.data.get("address") for name, inner in tables}
    people = [_person(inner, name, zone, addresses) for name, inner in tables]
    if not people and not mistakes:
        table.wrong("people", "nobody is in the file; add a table [people.NAME] with address and password")
    _no_address_twice(people, mistakes)
    if mistakes:
        raise OrgError(f"{path}: {mistake}" for mistake in mistakes)
    return tuple(people)


def _no_address_twice(people: list[Person], mistakes: list[str]) -> None:
    seen: set[str] = set()
    for person in people:
        for address in {person.mailbox.address, *person.mailbox.aliases}:
            if address and address.casefold() in seen:
                mistakes.append(f"people: two people have the address {address}")
            seen.add(address.casefold())


def _person(table: Table, name: str, zone: str, addresses: Mapping[str, object]) -> Person:
    table.known(PERSON_KEYS)
    zone = table.zone("zone", zone)
    address = table.needed("address")
    if address and "@" not in address:
        table.wrong("address", f'"{address}" is not an address such as anna@example.com')
    sharing, shared_with = _shares(table, addresses)
    mailbox = Mailbox(
        address,
        table.needed("password"),
        table.text("name", name.capitalize()),
        table.texts("aliases"),
        table.text("title"),
        table.text("company"),
        _phones(table),
        zone,
        _working_hours(table.table("working_hours")),
        _out_of_office(table.table("out_of_office"), zone),
        sharing,
        shared_with,
    )
    entries = (_entry(row, zone) for row in table.rows("items"))
    return Person(
        mailbox,
        tuple(entry for entry in entries if entry is not None),
        tuple(_contact(row) for row in table.rows("contacts")),
    )


def _phones(table: Table) -> dict[str, str]:
    phones = table.table("phones")
    phones.known(tuple(PHONES))
    return {kind: phones.text(kind) for kind in PHONES if kind in phones.data}


def _contact(table: Table) -> Contact:
    table.known((*CONTACT_TEXTS, "emails", "phones"))
    texts = {element: table.text(key) for key, element in CONTACT_TEXTS.items() if key in table.data}
    emails = table.texts("emails")
    if len(emails) > len(EMAILS):
        table.wrong("emails", f"a contact has at most {len(EMAILS)} addresses")
    if not emails and not texts.keys() & {"DisplayName", "GivenName", "Surname"}:
        table.wrong("name", "is missing, and so is every address")
    phones = {PHONES[kind]: number for kind, number in _phones(table).items()}
    return Contact(texts, dict(zip(EMAILS, emails, strict=False)), phones)


def _shares(table: Table, addresses: Mapping[str, object]) -> tuple[Sharing, dict[str, Shared]]:
    """What everybody sees of the calendar, and what single people do."""
    if not isinstance(table.data.get("shares"), dict):
        return _level(table, "shares"), {}
    inner = table.table("shares")
    people: dict[str, Shared] = {}
    for key in inner.data:
        address = addresses.get(key, key)
        if key == EVERYBODY:
            continue
        if not isinstance(address, str) or "@" not in address:
            inner.wrong(key, f"is neither an address nor a person of this file{nearest(key, addresses)}")
        people[str(address).casefold()] = _level(inner, key)
    return _level(inner, EVERYBODY), people


def _level(table: Table, key: str) -> Sharing:
    word = table.word(key, SHARING, "FreeBusyTimeOnly")
    return next(level for level in SHARING if level == word)


def _working_hours(table: Table) -> WorkingHours:
    usual = WorkingHours()
    table.known(("days", "start", "end"))
    days = table.texts("days", usual.days)
    for day in days:
        if day not in DAY_NAMES:
            table.wrong("days", f'"{day}" is not a day{nearest(day, DAY_NAMES)}')
    start, end = table.time("start", usual.start), table.time("end", usual.end)
    if end <= start:
        table.wrong("end", "the end must be later than the start")
    return WorkingHours(tuple(day for day in DAY_NAMES if day in days), start, end)


def _out_of_office(table: Table, zone: str) -> OofSettings:
    table.known(("note", "start", "end"))
    if not table.data:
        return OofSettings()
    note = table.text("note")
    start, end = (table.moment(key, zone) for key in ("start", "end"))
    if (start is None) != (end is None):
        table.wrong("end" if end is None else "start", "start and end come together")
    if start and end and end <= start:
        table.wrong("end", "the end must be later than the start")
    return OofSettings("Scheduled" if start else "Enabled", "All", start, end, note, note)


def _entry(table: Table, zone: str) -> Entry | None:
    table.known(ITEM_KEYS)
    all_day = table.flag("all_day")
    kind = table.word("kind", KINDS, "appointment")
    response = RESPONSES[table.word("response", RESPONSES, "accepted" if kind == "meeting" else "organizer")]
    show_as = table.word("show_as", SHOW_AS, "Busy")
    private, cancelled = table.flag("private"), table.flag("cancelled")
    subject, location = table.text("subject"), table.text("location")
    times = _days(table, zone) if all_day else _times(table, zone)
    if times is None:
        return None
    return Entry(
        subject,
        *times,
        location,
        show_as,
        KINDS[kind],
        "Private" if private else "Normal",
        all_day,
        cancelled,
        response,
        zone,
    )


def _times(table: Table, zone: str) -> tuple[datetime, datetime] | None:
    start, end = (table.moment(key, zone) for key in ("start", "end"))
    for key in ("start", "end"):
        if key not in table.data:
            table.wrong(key, "is missing")
    if start is None or end is None:
        return None
    if end < start:
        table.wrong("end", "the end lies before the start")
        return None
    return start, end


def _days(table: Table, zone: str) -> tuple[datetime, datetime] | None:
    first = table.day("start")
    last = table.day("end")
    if "start" not in table.data:
        table.wrong("start", "is missing")
    if first is None:
        return None
    last = last or first + timedelta(days=1)
    if last <= first:
        table.wrong("end", "the end of an all-day item is the day after its last day")
        return None
    begin, end = (in_zone(datetime.combine(day, time()), zone) for day in (first, last))
    return begin, end
