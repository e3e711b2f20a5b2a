"""Reading what an EWS server answered, raw: nothing is filled in, guessed or silently lost.

exchangelib's own reader recovers from damaged XML (and so loses items), fills gaps (an absent show-as becomes
Busy, an absent sensitivity Normal) and turns all-day items into dates of a zone. Its services accept another
reader; this is it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any, Final

from lxml import etree

from lyncdesk.presence.inputs import OutOfOffice
from lyncdesk.presence.items import Kind, Recurring, Response, show_as_from

TYPES: Final = "{http://schemas.microsoft.com/exchange/services/2006/types}"
_CLOSING = re.compile(rb"</(?:[\w.-]+:)?Envelope\s*>\s*\Z")
_OPENING = re.compile(rb"<(?:[\w.-]+:)?Envelope[\s>]")
# Characters that XML 1.0 forbids; Exchange passes them on when a subject holds them.
_FORBIDDEN_REFERENCE = re.compile(
    rb"&#(?:x0*(?:[0-8bcef]|1[0-9a-f]|fff[ef])|0*(?:[0-8]|1[124-9]|2\d|3[01]));", re.IGNORECASE
)
_FORBIDDEN_BYTE = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_MIDNIGHT = re.compile(r"T24:00:00(?:\.0+)?")
_NOTE_LENGTH = 2000


class DamagedAnswerError(Exception):
    """The answer is cut off or cannot be read; the text says what is wrong, without any content."""


class NotSoapError(Exception):
    """The answer is something else than a SOAP envelope; the text says what."""


def envelope(content: bytes) -> etree._Element:
    """The root of an answer that is whole.

    Raises:
        DamagedAnswerError: empty, cut off, unreadable, or with a document type.
        NotSoapError: HTML and other documents.
    """
    content = content.removeprefix(b"\xef\xbb\xbf").strip()
    if not content:
        raise DamagedAnswerError("it is empty")
    if not _OPENING.search(content, 0, 2000):
        raise NotSoapError("a web page" if b"<html" in content[:2000].lower() else "no SOAP envelope")
    if not _CLOSING.search(content, max(0, len(content) - 100)):
        raise DamagedAnswerError("its end is missing")
    try:
        root = _parse(content)
    except etree.XMLSyntaxError:
        cleaned = _FORBIDDEN_BYTE.sub(b"?", _FORBIDDEN_REFERENCE.sub(b"?", content))
        try:
            root = _parse(cleaned)
        except etree.XMLSyntaxError as error:
            raise DamagedAnswerError("it is no well-formed XML") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise DamagedAnswerError("it declares a document type")
    return root


def _parse(content: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, remove_comments=True)
    return etree.fromstring(content, parser)


def instant(text: str | None) -> datetime:
    """An EWS time; without an offset it is UTC, because requests ask in UTC.

    Raises:
        DamagedAnswerError: if it is absent or no time.
    """
    try:
        if text is None or "T" not in text:
            raise ValueError
        text = text.strip()
        whole = _MIDNIGHT.sub("T00:00:00", text)  # the end of the day, which XML writes as 24:00
        moment = datetime.fromisoformat(whole) + timedelta(days=whole != text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise DamagedAnswerError("an item has no readable start or end") from None


def flag(text: str | None) -> bool | None:
    """An XML boolean; None if it is absent or no boolean."""
    return {"true": True, "1": True, "false": False, "0": False}.get((text or "").strip().lower())


_RESPONSES = {
    "Organizer": Response.ORGANIZER,
    "Accept": Response.ACCEPTED,
    "Tentative": Response.TENTATIVE,
    "Decline": Response.DECLINED,
}

_RECURRING = {"Occurrence": Recurring.OCCURRENCE, "Exception": Recurring.EXCEPTION}

# One item on the wire: the fields of lyncdesk.presence.items.Item in their order, as JSON values.
Row = list[object]


@dataclass(slots=True)
class Rows:
    """Items read so far; ``details`` turns False once a non-private item lacks its kind. ``silent`` are the
    elements that an item lacked.
    """

    rows: list[Row] = field(default_factory=list)
    details: bool = True
    silent: set[str] = field(default_factory=set)

    def add(
        self,
        told: dict[str, str | None],
        *,
        private: bool | None,
        start: str = "Start",
        end: str = "End",
        show_as: str = "LegacyFreeBusyStatus",
    ) -> None:
        """Add one item by what the server told; ``private`` None means not told, which counts as private.

        Raises:
            DamagedAnswerError: for an item without usable times.
        """
        begins, ends = instant(told.get(start)), instant(told.get(end))
        if ends < begins:
            raise DamagedAnswerError("an item ends before it starts")
        meeting = flag(told.get("IsMeeting"))
        if meeting is None and private is not True:
            self.details = False
        if private is None:
            self.silent.add("Sensitivity")
        if told.get(show_as) is None:
            self.silent.add(show_as)
        recurring = _RECURRING.get(told.get("CalendarItemType") or "", Recurring.NO)
        self.rows.append(
            [
                begins.isoformat(),
                ends.isoformat(),
                show_as_from(told.get(show_as)).value,
                (Kind.UNKNOWN if meeting is None else Kind.MEETING if meeting else Kind.APPOINTMENT).value,
                told.get("Subject") or "",
                told.get("Location") or "",
                private is not False,
                flag(told.get("IsAllDayEvent")) is True,
                flag(told.get("IsCancelled")) is True,
                _RESPONSES.get(told.get("MyResponseType") or "", Response.NONE).value,
                told.get("Id") or "",
                told.get("ChangeKey") or "",
                recurring.value,
                "" if recurring is Recurring.NO else told.get("UID") or "",
            ]
        )


def told_by(element: Any) -> dict[str, str | None]:
    """The simple children of an item element, and the two parts of its id."""
    told: dict[str, str | None] = {}
    for child in element:
        name = child.tag.rpartition("}")[2]
        if name == "ItemId":
            told["Id"], told["ChangeKey"] = child.get("Id"), child.get("ChangeKey")
        else:
            told[name] = child.text
    return told


def sensitivity_is_private(word: str | None) -> bool | None:
    """Everything other than Normal is private; None if the server did not tell."""
    return None if word is None else word.strip() != "Normal"


def out_of_office(settings: Any) -> OutOfOffice | None:
    """Automatic replies from an OofSettings element; None if they are off.

    Raises:
        DamagedAnswerError: if the state or the times of a schedule are missing.
    """
    state = settings.findtext(f"{TYPES}OofState")
    if state == "Disabled":
        return None
    note = plain_text(settings.findtext(f"{TYPES}InternalReply/{TYPES}Message") or "")
    if state == "Enabled":
        return OutOfOffice(note)
    if state != "Scheduled":
        raise DamagedAnswerError("the out-of-office state is missing")
    duration = f"{TYPES}Duration/{TYPES}"
    start, end = (instant(settings.findtext(duration + name)) for name in ("StartTime", "EndTime"))
    return OutOfOffice(note, start, end)


def plain_text(reply: str) -> str:
    """The words of an automatic reply, which Exchange keeps as HTML; at most 2,000 characters."""
    collector = _Words()
    collector.feed(reply)
    collector.close()
    lines = (" ".join(line.split()) for line in "".join(collector.words).split("\n"))
    return "\n".join(line for line in lines if line)[:_NOTE_LENGTH]


class _Words(HTMLParser):
    """Collects the text of a page, with line ends where blocks end."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002  the parser's signature
        self._hidden += tag in ("style", "script", "head")
        if tag in ("br", "p", "div", "li", "tr"):
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "script", "head"):
            self._hidden = max(0, self._hidden - 1)
        if tag in ("p", "div", "li", "tr"):
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)
