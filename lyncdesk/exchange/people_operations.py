"""What the worker can be asked about other people: who there is, and how their calendars are.

Like every operation a generator of parts. A person is a row of words, a calendar a row of times; the names of
the columns stand beside the functions that make them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from lyncdesk.exchange import people_services as ews
from lyncdesk.exchange.exchange_codes import CODES
from lyncdesk.exchange.gate import REFUSALS
from lyncdesk.exchange.link import Link
from lyncdesk.exchange.people_services import M, T
from lyncdesk.exchange.reading import DamagedAnswerError, flag, instant, told_by
from lyncdesk.exchange.response_codes import error_of, plain
from lyncdesk.exchange.services import MERGED_MINUTES
from lyncdesk.exchange.translate import translate
from lyncdesk.exchange.working_hours import working_hours
from lyncdesk.presence.freebusy import decode_merged, knows
from lyncdesk.presence.items import Kind, show_as_from
from lyncdesk.presence.publication import Told

Part = dict[str, object]
Row = list[object]

# Longer words than any directory holds are a mistake of the server; more events than this of one person in
# four days as well.
_LONGEST: Final = 300
_MOST_EVENTS: Final = 1000
_PHONES: Final = ("BusinessPhone", "MobilePhone", "HomePhone")
# Of contacts that a server cannot search, so many are looked through.
_MOST_CONTACTS: Final = 2000
# Of the kinds of entries in an address book, those that are one person.
_PEOPLE: Final = frozenset({"", "Mailbox", "Contact", "User", "OneOff", "Unknown"})
# The same for everybody, so it is about the server and not about a person.
_BUSY: Final = frozenset(code for code, problem in CODES.items() if problem == "server-busy")


def search(link: Link, arguments: dict[str, Any]) -> Iterator[Part]:
    """People whose name or address fits ``text``: of the directory, then of the mailbox's own contacts.

    Where one of the two cannot be searched the other is enough; where neither can, the first says why.
    """
    text = arguments["text"]
    failed: list[Exception] = []
    sources: tuple[tuple[str, Callable[[], list[Row]]], ...] = (
        ("directory", lambda: _directory(link, text)),
        ("contacts", lambda: _contacts(link, text, arguments["limit"])),
    )
    for name, read in sources:
        try:
            rows = read()
        except Exception as error:
            problem = translate(error).problem
            if problem in REFUSALS or problem == "server-busy":
                raise
            failed.append(error)
        else:
            yield {name: rows}
    if len(failed) == len(sources):
        raise failed[0]


def person(link: Link, arguments: dict[str, Any]) -> Iterator[Part]:
    """Who has this address: the directory's row, None where it knows nobody."""
    address = arguments["address"]
    found = (row for row in _directory(link, address) if address.casefold() in _all(row))
    yield {"person": next(found, None)}


def _all(row: Row) -> list[str]:
    return row[8]  # type: ignore[return-value]


def _directory(link: Link, text: str) -> list[Row]:
    rows: list[Row] = []
    for message in ews.resolve_names(link, text):
        code = ews.code_of(message)
        if code == "ErrorNameResolutionNoResults":
            continue
        if code not in ("", "ErrorNameResolutionMultipleResults"):
            raise error_of(code)
        for found in message.iter(f"{T}Resolution"):
            mailbox = found.find(f"{T}Mailbox")
            row = _person(found.find(f"{T}Contact"), told_by(mailbox) if mailbox is not None else {})
            if row is not None:
                rows.append(row)
    return rows


def _contacts(link: Link, text: str, limit: int) -> list[Row]:
    """Of the mailbox's own contacts those that hold the text; a server that cannot search gives them all."""
    messages = ews.find_contacts(link, text, limit)
    codes = {ews.code_of(message) for message in messages} - {""}
    if codes and not codes & _BUSY:
        messages = ews.find_contacts(link, None, _MOST_CONTACTS)
        codes = {ews.code_of(message) for message in messages} - {""}
    if codes:
        raise error_of(codes.pop())
    # Groups stand in the folder too, as another kind of item.
    found = [_person(contact, {}) for message in messages for contact in message.iter(f"{T}Contact")]
    return [row for row in found if row is not None and _holds(row, text)][:limit]


def _holds(row: Row, text: str) -> bool:
    """Whether name, company or an address holds the text: some servers search, and some only say so."""
    wanted = " ".join(text.split()).casefold()
    return any(wanted in str(word).casefold() for word in (row[1], row[3], *_all(row)))


def _person(contact: Any, mailbox: dict[str, str | None]) -> Row | None:
    """Address, name, title, company, office, work, mobile and home phone, all addresses; None for what is no
    person or has no address.
    """
    if (mailbox.get("MailboxType") or "") not in _PEOPLE:
        return None
    told = told_by(contact) if contact is not None else {}
    addresses = [_words(mailbox.get("EmailAddress"))]
    phones: dict[str, str] = {}
    if contact is not None:
        addresses += [_words(entry.text) for entry in contact.iterfind(f"{T}EmailAddresses/{T}Entry")]
        for entry in contact.iterfind(f"{T}PhoneNumbers/{T}Entry"):
            phones[entry.get("Key") or ""] = _words(entry.text)
    known = [one for one in dict.fromkeys(map(_smtp, addresses)) if one]
    if not known:
        return None
    full = " ".join(part for part in (_words(told.get("GivenName")), _words(told.get("Surname"))) if part)
    name = _words(told.get("DisplayName")) or _words(mailbox.get("Name")) or full
    words = (_words(told.get(name)) for name in ("JobTitle", "CompanyName", "OfficeLocation"))
    return [known[0], name, *words, *(phones.get(kind, "") for kind in _PHONES), known]


def _words(text: str | None) -> str:
    return " ".join((text or "").split())[:_LONGEST]


def _smtp(address: str) -> str:
    """The SMTP address, casefolded; "" for the addresses of other mail systems."""
    scheme, colon, rest = address.partition(":")
    if colon and scheme.casefold() == "smtp":
        address = rest
    return address.strip().casefold() if re.fullmatch(r"[^@\s:/]+@[^@\s:/]+", address.strip()) else ""


def calendars(link: Link, arguments: dict[str, Any]) -> Iterator[Part]:
    """Free/busy of ``addresses`` in requests of 100, a part for each."""
    start, end = (datetime.fromisoformat(arguments[name]) for name in ("start", "end"))
    addresses = arguments["addresses"]
    for first in range(0, len(addresses), ews.MOST_MAILBOXES):
        batch = addresses[first : first + ews.MOST_MAILBOXES]
        answers = ews.free_busy(link, batch, start, end)
        if len(answers) != len(batch):
            raise DamagedAnswerError(f"{len(answers)} calendars came for {len(batch)} people")
        codes = {ews.code_of(answer.find(f"{M}ResponseMessage")) for answer in answers}
        if codes <= _BUSY:
            raise error_of(codes.pop())
        rows = [_calendar(*one, start) for one in zip(batch, answers, strict=True)]
        yield {"calendars": rows}


def _calendar(address: str, answer: Any, start: datetime) -> Row:
    """Address, what is told, why not, items, working hours. Whatever is wrong with it stays with it."""
    code = ews.code_of(answer.find(f"{M}ResponseMessage"))
    if code:
        return [address, _REFUSED.get(code, Told.NOTHING).value, plain(code), [], None]
    view = answer.find(f"{M}FreeBusyView")
    try:
        told, items = _items(view, start)
    except DamagedAnswerError:
        return [address, Told.NOTHING.value, "damaged", [], None]
    code = "no data" if told is Told.NOTHING else ""
    return [address, told.value, code, items, _hours(view, start.year) if view is not None else None]


# What is about the person, and stays so until somebody changes it. Other codes are a bad moment.
_REFUSED: Final = {
    "ErrorMailRecipientNotFound": Told.NO_MAILBOX,
    "ErrorCannotFindUser": Told.NO_MAILBOX,
    "ErrorNonExistentMailbox": Told.NO_MAILBOX,
    "ErrorInvalidSmtpAddress": Told.NO_MAILBOX,
    "ErrorFreeBusyDLLimitReached": Told.NO_MAILBOX,
    "ErrorNoFreeBusyAccess": Told.NOT_SHARED,
    "ErrorAccessDenied": Told.NOT_SHARED,
    "ErrorNoCalendar": Told.NOT_SHARED,
}
_VIEWS: Final = {
    "Detailed": Told.DETAILS,
    "DetailedMerged": Told.DETAILS,
    "FreeBusy": Told.TIMES,
    "FreeBusyMerged": Told.TIMES,
    "MergedOnly": Told.NO_DETAILS,
}


def _items(view: Any, start: datetime) -> tuple[Told, list[Row]]:
    """What a FreeBusyView tells, and its items: of its events, or of its digits if that is all there is."""
    if view is None:
        return Told.NOTHING, []
    digits = (view.findtext(f"{T}MergedFreeBusy") or "").strip()
    events = view.find(f"{T}CalendarEventArray")
    told = _VIEWS.get((view.findtext(f"{T}FreeBusyViewType") or "").strip())
    if events is not None and len(events):
        if len(events) > _MOST_EVENTS:
            raise DamagedAnswerError("too many items")
        return told or Told.NO_DETAILS, [_event(event) for event in events]
    if told is None or (told is Told.NO_DETAILS and not digits) or (digits and not knows(digits)):
        return Told.NOTHING, []
    stretches = decode_merged(digits, start, timedelta(minutes=MERGED_MINUTES))
    rows: list[Row] = [
        [s.start.isoformat(), s.end.isoformat(), s.show_as.value, Kind.UNKNOWN.value, "", "", False]
        for s in stretches
    ]
    return (Told.NO_DETAILS if rows else told), rows


def _event(event: Any) -> Row:
    """Start, end, show-as, kind, subject, location, private. Of a private item nothing else is told."""
    told = told_by(event)
    begins, ends = instant(told.get("StartTime")), instant(told.get("EndTime"))
    if ends < begins:
        raise DamagedAnswerError("an item ends before it starts")
    times: Row = [begins.isoformat(), ends.isoformat(), show_as_from(_stripped(told.get("BusyType"))).value]
    details = event.find(f"{T}CalendarEventDetails")
    if details is None:
        return [*times, Kind.UNKNOWN.value, "", "", False]
    told = told_by(details)
    private = flag(told.get("IsPrivate"))
    meeting = flag(told.get("IsMeeting"))
    if private is not False or meeting is None:
        return [*times, Kind.UNKNOWN.value, "", "", private is not False]
    kind = Kind.MEETING if meeting else Kind.APPOINTMENT
    return [*times, kind.value, _words(told.get("Subject")), _words(told.get("Location")), False]


def _hours(view: Any, year: int) -> Part | None:
    try:
        return working_hours(view, year)
    except (DamagedAnswerError, ValueError):
        return None  # a calendar is of use without them


def _stripped(word: str | None) -> str | None:
    return word.strip() if word is not None else None


# --- to be joined to the worker's table ---

PEOPLE_OPERATIONS: Final = {"people-search": search, "person": person, "people-calendars": calendars}
