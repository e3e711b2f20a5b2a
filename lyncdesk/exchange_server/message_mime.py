"""A message about a meeting as mail (MimeContent): its text, and the meeting as iCalendar."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr

from lyncdesk.exchange_server.ical_writing import plain, write_calendar
from lyncdesk.exchange_server.model import Attendee, Mailbox, Shown

METHODS = {"MeetingRequest": "REQUEST", "MeetingResponse": "REPLY", "MeetingCancellation": "CANCEL"}


def _address(person: Attendee) -> str:
    # Neither a name nor an address can hold the end of a line: it would begin another header. A header has
    # no other letters than those of ASCII for an address; the iCalendar beside it has them all.
    address = "".join(person.address.split()).encode("ascii", "replace").decode("ascii")
    return formataddr((" ".join(person.name.split()), address), "utf-8")


def write_message(owner: Mailbox, shown: Shown) -> bytes:
    """The mail."""
    entry = shown.entry
    mail = EmailMessage(SMTP)
    if entry.message is None:
        return b""
    mail["Subject"] = " ".join(entry.subject.split())
    mail["From"] = _address(entry.message.sender)
    if entry.message.to:
        mail["To"] = ", ".join(map(_address, entry.message.to))
    mail["Date"] = format_datetime(entry.created)
    mail["Message-ID"] = f"<{entry.key}.{entry.version}@{owner.address.partition('@')[2]}>"
    mail.set_content(plain(entry.body) if entry.body_type == "HTML" else entry.body)
    method = METHODS[entry.message.kind]
    about = Shown(entry, shown.kind, entry.message.original)
    calendar = write_calendar(owner, about, method)
    mail.add_alternative(calendar, subtype="calendar", params={"method": method})
    return mail.as_bytes()
