"""Why a presence is what it is: one reason for each input, as data.

Source: the project's presence rules, section 6. Reasons are made by the decision itself; nothing is
recomputed or
guessed for an explanation.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from lyncdesk.presence.inputs import CalendarUse, Inputs, MachineLevel, Manual
from lyncdesk.presence.items import CalendarMoment, Item, Kind, ShowAs, makes_busy
from lyncdesk.presence.message import Message
from lyncdesk.presence.publication import Share
from lyncdesk.presence.relationships import Field, Relationship, may_see
from lyncdesk.presence.states import ManualStatus


class Source(StrEnum):
    """The inputs of a decision, strongest first."""

    SIGN_IN = "sign-in"
    MANUAL = "manual status"
    MACHINE = "computer"
    CALENDAR = "calendar"
    OUT_OF_OFFICE = "out of office"
    NOTHING = "nothing else"


class Verdict(StrEnum):
    """Whether an input decided, did not, or only adds a mark."""

    WON = "won"
    LOST = "lost"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class Reason:
    """One input: what it said, whether it won, and why or why not.

    ``item`` is the calendar item that ``said`` tells of.
    """

    source: Source
    said: Message
    verdict: Verdict
    why: Message
    item: Item | None = None


_BECAUSE_WON = {
    Source.SIGN_IN: Message.of("Who is signed out is shown as Offline, whatever else holds."),
    Source.MANUAL: Message.of("A status that you pick comes before the calendar."),
    Source.MACHINE: Message.of(
        "A computer that nobody uses comes before the calendar and before Busy by hand."
    ),
    Source.CALENDAR: Message.of(
        "No status by hand holds and the computer is in use, so the calendar decides."
    ),
    Source.NOTHING: Message.of("Nothing else holds, so you are Available."),
}
_LOST_TO = {
    Source.SIGN_IN: Message.of("You are signed out."),
    Source.MANUAL: Message.of("The status that you picked comes first."),
    Source.MACHINE: Message.of("Nobody uses the computer, which comes first."),
    Source.CALENDAR: Message.of("The calendar decides while nothing stronger holds."),
    Source.NOTHING: Message.of("It does not change the presence."),
}

_KIND = {
    Kind.APPOINTMENT: Message.of("an appointment"),
    Kind.MEETING: Message.of("a meeting"),
    Kind.UNKNOWN: Message.of("an item of unknown kind"),
}
_FREE_WHY = {
    ShowAs.FREE: Message.of("What is marked Free leaves you Available."),
    ShowAs.TENTATIVE: Message.of("What is marked Tentative leaves you Available."),
    ShowAs.WORKING_ELSEWHERE: Message.of("Working elsewhere leaves you Available."),
    ShowAs.OOF: Message.of("Out of office adds a mark; it does not make you Busy."),
    ShowAs.NO_DATA: Message.of("The server did not tell how this item is shown, so it counts for nothing."),
}
_MARKED = Message("{subject}, {kind} marked {show_as}, {start} to {end}")
_MARKED_WITHOUT_SUBJECT = Message("{kind} marked {show_as}, {start} to {end}")
_CANCELLED = Message("{subject}, {kind} that was cancelled, {start} to {end}")
_DECLINED = Message("{subject}, {kind} that you declined, {start} to {end}")
# The items that are published with their subject.
_WITH_SUBJECT = frozenset({ShowAs.BUSY, ShowAs.OOF})
_NOT_COUNTED = Message.of("What was cancelled or declined counts as Free.")
_NO_CALENDAR = {
    CalendarUse.NOT_YET: Message.of("The calendar has not been read yet."),
    CalendarUse.OFF: Message.of("Your calendar is not used: it is switched off in Options > Personal."),
    CalendarUse.OFF_BY_POLICY: Message.of("Your calendar is not used: your administrator switched it off."),
}


def describe(item: Item, *, details: bool = True) -> Message:
    """An item in words: subject, kind, how it is marked, and its times; without ``details`` no subject."""
    if not details:
        template = _MARKED_WITHOUT_SUBJECT
    elif item.cancelled:
        template = _CANCELLED
    elif item.counts_as is not item.show_as:
        template = _DECLINED
    else:
        template = _MARKED
    subject: str | Message = f"“{item.subject}”" if item.subject else Message.of("Without subject")
    return Message.of(
        template.template,
        **({"subject": subject} if details else {}),
        kind=_KIND[item.kind],
        show_as=Message.of((item.show_as if details else item.counts_as).label),
        start=item.start,
        end=item.end,
    )


def filtered_reasons(
    reasons: Iterable[Reason], relationship: Relationship, share: Share
) -> tuple[Reason, ...]:
    """The reasons as a viewer with this relationship may know them: what the presence hides, they hide."""
    if not may_see(relationship, Field.CALENDAR):
        return ()
    details = may_see(relationship, Field.DETAILS, share.details_to) and share.details
    found = []
    for reason in reasons:
        item = reason.item
        away = item is not None and item.counts_as is ShowAs.OOF
        if (reason.source is Source.OUT_OF_OFFICE or away) and not share.out_of_office:
            continue
        if (reason.source is Source.CALENDAR or item is not None) and not share.free_busy:
            continue
        if item is not None:
            shown = details and not item.private and item.counts_as in _WITH_SUBJECT
            said = reason.said if shown else describe(item, details=False)
            found.append(replace(reason, said=said, item=None))
        else:
            found.append(reason)
    return tuple(found)


def sign_in_reason(inputs: Inputs, winner: Source) -> Reason | None:
    """Being signed out; nothing is said while signed in."""
    if inputs.signed_in:
        return None
    return Reason(
        Source.SIGN_IN,
        Message.of("You are signed out."),
        Verdict.WON if winner is Source.SIGN_IN else Verdict.LOST,
        _BECAUSE_WON[Source.SIGN_IN],
    )


def manual_reason(inputs: Inputs, manual: Manual | None, winner: Source, now: datetime) -> Reason:
    """The status by hand, live, ended or absent."""
    picked = inputs.manual
    if picked is None:
        return Reason(
            Source.MANUAL,
            Message.of("You picked no status."),
            Verdict.LOST,
            Message.of("There is nothing to apply."),
        )
    status = Message.of(picked.status.value)
    if picked.until is None:
        said = Message.of("You picked {status} at {since}.", status=status, since=picked.since)
    else:
        said = Message.of(
            "You picked {status} at {since}, until {until}.",
            status=status,
            since=picked.since,
            until=picked.until,
        )
    if manual is None:
        expired = picked.until is not None and picked.until <= now
        why = (
            Message.of("Its time is over.")
            if expired
            else Message.of("An item marked Busy began after you picked Available, which ended it.")
        )
        return Reason(Source.MANUAL, said, Verdict.LOST, why)
    if winner is Source.MANUAL:
        return Reason(Source.MANUAL, said, Verdict.WON, _BECAUSE_WON[Source.MANUAL])
    return Reason(Source.MANUAL, said, Verdict.LOST, _LOST_TO[winner])


def machine_reason(inputs: Inputs, level: MachineLevel, manual: Manual | None, winner: Source) -> Reason:
    """The computers of the person, as one input: the most active one counts."""
    said = _machine_said(inputs, level)
    if winner is Source.MACHINE:
        why = _BECAUSE_WON[Source.MACHINE]
        if level is MachineLevel.INACTIVE:
            why = Message.of("Nothing else holds, and the computer is not being used.")
        return Reason(Source.MACHINE, said, Verdict.WON, why)
    if level is MachineLevel.ACTIVE:
        return Reason(
            Source.MACHINE, said, Verdict.LOST, Message.of("A computer in use does not change the presence.")
        )
    if manual is not None and manual.status is ManualStatus.AVAILABLE and winner is Source.MANUAL:
        why = Message.of("Available by hand holds while the computer is only idle.")
        return Reason(Source.MACHINE, said, Verdict.LOST, why)
    busy_by_hand = winner is Source.MANUAL and manual is not None and manual.status is ManualStatus.BUSY
    if level is MachineLevel.INACTIVE and (busy_by_hand or winner is Source.CALENDAR):
        return Reason(Source.MACHINE, said, Verdict.MARK, Message.of("It adds “inactive” to Busy."))
    if level is MachineLevel.AWAY and winner is Source.CALENDAR:
        why = Message.of("You have set that a meeting is shown while you are away.")
        return Reason(Source.MACHINE, said, Verdict.LOST, why)
    return Reason(Source.MACHINE, said, Verdict.LOST, _LOST_TO[winner])


def _machine_said(inputs: Inputs, level: MachineLevel) -> Message:
    best = [m for m in inputs.machines if not m.unattended]
    if not inputs.machines or level is MachineLevel.ACTIVE:
        return Message.of("The computer is in use.")
    if not best:
        asleep = all(m.asleep for m in inputs.machines)
        return Message.of("The computer is asleep.") if asleep else Message.of("The computer is locked.")
    since = max(m.idle_since for m in best if m.idle_since is not None)
    return Message.of("Nobody has used the computer since {since}.", since=since)


def calendar_reason(inputs: Inputs, moment: CalendarMoment, winner: Source) -> Reason:
    """The calendar: the item that decides, or why none does."""
    if inputs.calendar is not CalendarUse.READ:
        return Reason(
            Source.CALENDAR,
            _NO_CALENDAR[inputs.calendar],
            Verdict.LOST,
            Message.of("There is nothing to apply."),
        )
    item = moment.winner or next(iter(moment.running), None)
    if item is None:
        return Reason(
            Source.CALENDAR,
            Message.of("No item runs now."),
            Verdict.LOST,
            Message.of("There is nothing to apply."),
        )
    said = describe(item)
    if not makes_busy(item):
        why = _FREE_WHY[item.counts_as] if item.counts_as is item.show_as else _NOT_COUNTED
        return Reason(Source.CALENDAR, said, Verdict.LOST, why, item)
    if winner is not Source.CALENDAR:
        return Reason(Source.CALENDAR, said, Verdict.LOST, _LOST_TO[winner], item)
    return Reason(Source.CALENDAR, said, Verdict.WON, _calendar_won(item), item)


def _calendar_won(item: Item) -> Message:
    if item.kind is Kind.MEETING:
        return Message.of("A meeting marked Busy makes you In a meeting.")
    if item.kind is Kind.APPOINTMENT:
        return Message.of("An appointment marked Busy makes you Busy.")
    return Message.of("The server does not tell whether this is a meeting; then it counts as Busy.")


def out_of_office_reason(inputs: Inputs, moment: CalendarMoment, now: datetime) -> Reason | None:
    """The out-of-office mark, from an item or from automatic replies; None when there is neither."""
    replies = inputs.out_of_office is not None and inputs.out_of_office.active_at(now)
    if not inputs.signed_in or (moment.oof is None and not replies):
        return None
    said = Message.of("Automatic replies are on.") if moment.oof is None else describe(moment.oof)
    return Reason(Source.OUT_OF_OFFICE, said, Verdict.MARK, _FREE_WHY[ShowAs.OOF], moment.oof)


def nothing_reason(winner: Source) -> Reason | None:
    """That nothing else holds, told only when it decides."""
    if winner is not Source.NOTHING:
        return None
    return Reason(
        Source.NOTHING, Message.of("Nothing makes you busy."), Verdict.WON, _BECAUSE_WON[Source.NOTHING]
    )
