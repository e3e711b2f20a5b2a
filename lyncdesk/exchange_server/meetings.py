"""What the organizer of a meeting tells the attendees, and what that does in their mailboxes.

Every attendee with a mailbox here gets a copy of the meeting into the calendar, tentative until it is
answered, and a message about it into the inbox. Nobody else is told: there is no mail.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from lyncdesk.exchange_server.answers import Call
from lyncdesk.exchange_server.attending import (
    answer,
    attendees,
    called_by,
    change_if_there,
    deliver,
    invited,
    meeting_of,
    organizer_of,
)
from lyncdesk.exchange_server.changing import changed
from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.model import Attendee, Changed, Entry, Mailbox, MeetingMessage
from lyncdesk.exchange_server.recurrence import occurrence, part
from lyncdesk.exchange_server.store import Store

CANCELED = "Canceled: "
LISTS = ("required", "optional", "resources")
_SHARED = frozenset({"IsResponseRequested", "Importance"})


@dataclass(frozen=True, slots=True)
class Words:
    """What is said with a message."""

    body: str = ""
    body_type: str = "Text"


FIELDS = frozenset({"calendar:Start", "calendar:End", "calendar:Recurrence", "item:Subject"})
"""What an attendee's copy is remembered to have changed in."""


def moved(before: Entry, after: Entry) -> bool:
    """Whether the meeting takes place at other times, so that everybody has to answer anew."""
    return _times(before) != _times(after)


def _times(entry: Entry) -> tuple[object, ...]:
    exceptions = tuple((one.original, one.entry.start, one.entry.end) for one in entry.changed)
    return entry.start, entry.end, entry.recurrence, entry.zone, exceptions


def message(
    owner: Mailbox, entry: Entry, about: MeetingMessage, subject: str, folder: str = "inbox"
) -> Entry:
    """The message about a meeting, as it is put into a mailbox."""
    return replace(
        entry, subject=subject, folder=folder, message=about, read=folder != "inbox", key="", changed=(),
        deleted=(), extras={}, extended={}, categories=(), organizer=organizer_of(owner, entry), replied=None,
        creator="", response="NoResponseReceived", cancelled=about.kind == "MeetingCancellation",
        meeting=True, intended=entry.intended or entry.show_as,
    )  # fmt: skip


def check_sender(call: Call, owner: Mailbox, send: str, *entries: Entry) -> None:
    """Nobody sends in the name of somebody else, whatever their rights in the calendar. Raises RowError."""
    sending = send != "SendToNone" and any(called_by(entry) and attendees(entry) for entry in entries)
    if sending and owner.address != call.user:
        raise RowError("ErrorSendAsDenied")


def tell(call: Call, owner: Mailbox, before: Entry | None, after: Entry, send: str,
         original: datetime | None = None) -> Entry:  # fmt: skip
    """Tell the attendees what became of a meeting of the owner; the answer is the meeting as it is then.

    `before` None: it is new. `original`: only this occurrence of it has changed.
    """
    if send == "SendToNone" or not called_by(after):
        return after
    old, new = invited(call.store, before) if before else {}, invited(call.store, after)
    if not old and not new:
        return after
    reset = before is not None and moved(before, after)
    after = (
        change_if_there(
            call.store, owner.address, after.key, lambda entry: _sent(entry, original, reset=reset)
        )
        or after
    )
    changed_only = "Changed" in send
    kind = "FullUpdate" if reset else "InformationalUpdate"
    told = [address for address in new if address not in old or not changed_only]
    for address in told:
        sort = kind if address in old and before is not None and before.sent else "NewMeetingRequest"
        _invite(call.store, owner, address, after, sort, original)
    for address in old.keys() - new.keys():
        shown = part(after, original)
        _cancel(call.store, owner, address, shown, original, CANCELED + shown.subject)
    if told and send.endswith("SaveCopy"):
        about = _request(owner, after, kind if before else "NewMeetingRequest", original, after.key)
        shown = part(after, original)
        deliver(call.store, owner.address, message(owner, shown, about, shown.subject, "sentitems"))
    return after


def _sent(entry: Entry, original: datetime | None, *, reset: bool) -> Entry:
    """A meeting whose attendees were told; what they answered is gone where they have to answer anew."""
    entry = replace(entry, sent=True)
    if not reset:
        return entry
    if original is None:
        return _unanswered_by_all(entry)
    changes = (
        replace(one, entry=_unanswered_by_all(one.entry)) if one.original == original else one
        for one in entry.changed
    )
    return replace(entry, changed=tuple(changes))


def _unanswered_by_all(entry: Entry) -> Entry:
    lists = (tuple(Attendee(one.address, one.name) for one in getattr(entry, name)) for name in LISTS)
    required, optional, resources = lists
    return replace(
        entry, required=required, optional=optional, resources=resources, sequence=entry.sequence + 1
    )


def _request(
    owner: Mailbox, entry: Entry, sort: str, original: datetime | None, about: str
) -> MeetingMessage:
    to = tuple(attendees(entry).values())
    return MeetingMessage("MeetingRequest", organizer_of(owner, entry), to, about, original, request=sort)


def _invite(
    store: Store, owner: Mailbox, address: str, entry: Entry, sort: str, original: datetime | None
) -> None:
    box = store.mailbox(address)
    if box is None or box.address == owner.address:
        return
    existing = meeting_of(store, box.address, entry.uid, owner.address)
    copy: Entry | None = None
    if existing is not None:
        reset = sort == "FullUpdate" and original is None
        copy = change_if_there(
            store,
            box.address,
            existing.key,
            lambda own: _copy(store, owner, entry, box.address, own, reset=reset),
            FIELDS,
        )
    copy = copy or deliver(store, box.address, _copy(store, owner, entry, box.address, None, reset=True))
    about = _request(owner, entry, sort, original, copy.key if copy else "")
    shown = part(entry, original)
    deliver(store, box.address, message(owner, shown, about, shown.subject))


def _copy(store: Store, owner: Mailbox, entry: Entry, address: str, own: Entry | None, *,
          reset: bool) -> Entry:  # fmt: skip
    """An attendee's copy of a meeting: what the organizer says, and what the attendee has of their own."""
    kept = own if own is not None and not own.cancelled and not reset else None
    response, show_as = (kept.response, kept.show_as) if kept else _unanswered(entry)
    copy = replace(
        entry, folder="calendar", key=own.key if own else "", organizer=organizer_of(owner, entry),
        meeting=True, response=response, show_as=show_as, intended=entry.show_as, sent=False, extended={},
        message=None, categories=own.categories if own else (), extras=own.extras if own else _asked(entry),
        creator="",
        replied=kept.replied if kept else None, changed=(), deleted=entry.deleted,
    )  # fmt: skip
    if own is not None:
        copy = replace(copy, created=own.created)
    before = {one.original: one.entry for one in own.changed} if kept and own else {}
    gone = kept.deleted if kept else ()
    exceptions = tuple(
        _exception(owner, one, copy, before.get(one.original))
        for one in entry.changed
        if one.original not in gone or answer(store, one.entry, address) != "Decline"
    )
    theirs = {one.original for one in exceptions}
    deleted = {*entry.deleted, *gone} - theirs
    copy = replace(copy, changed=exceptions, deleted=tuple(sorted(deleted)))
    for original, one in before.items():
        # What the attendee said to an occurrence that the organizer left alone.
        if original not in theirs and occurrence(copy, original) is not None:
            values = {"response": one.response, "show_as": one.show_as, "replied": one.replied}
            copy = changed(copy, original, values)
    return copy


def _asked(entry: Entry) -> dict[str, str]:
    return {name: value for name, value in entry.extras.items() if name in _SHARED}


def _unanswered(entry: Entry) -> tuple[str, str | None]:
    return "NoResponseReceived", entry.show_as if entry.show_as in {"Free", None} else "Tentative"


def _exception(owner: Mailbox, one: Changed, series: Entry, own: Entry | None) -> Changed:
    """An occurrence that differs: answered as it was, or as the series is, unless its times are new."""
    entry = one.entry
    if own is not None and (own.start, own.end) == (entry.start, entry.end):
        response, show_as = own.response, own.show_as
    elif entry.start == one.original and entry.end - entry.start == series.end - series.start:
        response, show_as = series.response, series.show_as
    else:
        response, show_as = _unanswered(entry)
    return replace(
        one,
        entry=replace(
            entry, response=response, show_as=show_as, intended=entry.show_as, meeting=True,
            organizer=organizer_of(owner, entry), extended={}, extras=own.extras if own else _asked(entry),
        ),
    )  # fmt: skip


# --- cancelling ---


def cancel(call: Call, owner: Mailbox, entry: Entry, send: str, original: datetime | None = None,
           words: Words | None = None) -> None:  # fmt: skip
    """Tell the attendees that a meeting of the owner, or one occurrence of it, does not take place."""
    shown = part(entry, original)
    if words is not None and words.body:
        shown = replace(shown, body=words.body, body_type=words.body_type)
    people = invited(call.store, shown)
    if send == "SendToNone" or not called_by(entry) or not people:
        return
    subject = CANCELED + shown.subject
    for address in people:
        _cancel(call.store, owner, address, shown, original, subject)
    if send.endswith("SaveCopy"):
        about = _cancellation(owner, shown, original, entry.key)
        deliver(call.store, owner.address, message(owner, shown, about, subject, "sentitems"))


def _cancellation(owner: Mailbox, shown: Entry, original: datetime | None, about: str) -> MeetingMessage:
    to = tuple(attendees(shown).values())
    return MeetingMessage("MeetingCancellation", organizer_of(owner, shown), to, about, original)


def _cancel(store: Store, owner: Mailbox, address: str, shown: Entry, original: datetime | None,
            subject: str) -> None:  # fmt: skip
    box = store.mailbox(address)
    if box is None or box.address == owner.address:
        return
    own = meeting_of(store, box.address, shown.uid, owner.address)
    # An occurrence that the attendee has declined is not there any more.
    if own is not None and (original is None or occurrence(own, original) is not None):
        values = {"cancelled": True, "show_as": "Free", "subject": subject}
        change_if_there(store, box.address, own.key, lambda stored: changed(stored, original, values), FIELDS)
    about = _cancellation(owner, shown, original, own.key if own else "")
    deliver(store, box.address, message(owner, shown, about, subject))
