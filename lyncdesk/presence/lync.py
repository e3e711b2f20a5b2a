"""Where Lync would have shown something else: everything in which the rules differ on purpose, as one table.

Lync's own answer comes from the same decision, from the inputs as Lync would have read them; nothing is told
where both end in the same words and the same mark. What of Lync is not known for sure is told as "may have".

Sources: the seed and its comments; Microsoft's documents of Lync 2010 and 2013 ([MS-PRES] ranges and gates,
``BusyType``, ``IsMeeting``); pidgin-sipe, which spoke Lync's protocol, for what no document says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lyncdesk.presence.aggregate import Decision, decide
from lyncdesk.presence.inputs import Inputs, Manual
from lyncdesk.presence.items import Item, Kind, Response, makes_busy, outcome
from lyncdesk.presence.message import Message
from lyncdesk.presence.reasons import Source
from lyncdesk.presence.states import AWAY, AWAY_CLASS, BUSY, BUSY_INACTIVE, EXPIRING, OUT_OF_OFFICE, Presence

# How long a status by hand that ends by itself lasted.
_LASTED = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which Lync differs at a moment: ``name`` is stable, ``shows`` is what Lync would have
    shown, ``told`` the whole sentence.
    """

    name: str
    shows: Message
    told: Message


@dataclass(frozen=True, slots=True)
class Look:
    """What is looked at: the inputs of a decision, its moment, and the status by hand that ended last because
    its time was over (None = none, or the person did something about the status since).
    """

    inputs: Inputs
    now: datetime
    ended: Manual | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One deliberate difference.

    ``reads`` gives the inputs as Lync would have read them; ``says`` the words that Lync would have used for
    a decision, None = the same. ``told`` is the sentence, in which ``{state}`` is what Lync would have shown.
    """

    name: str
    told: Message
    reads: Callable[[Look], Inputs] = lambda look: look.inputs
    says: Callable[[Decision], str | None] = lambda decided: None  # noqa: ARG005 - the rows' one shape


_Shown = tuple[str, bool]
_OUT_OF_OFFICE = Presence(AWAY, OUT_OF_OFFICE).text


# How Lync would have read the inputs


def _with_items(inputs: Inputs, change: Callable[[Item], Item]) -> Inputs:
    return replace(inputs, items=tuple(change(item) for item in inputs.items))


def _whole_days_too(look: Look) -> Inputs:
    return replace(look.inputs, rules=replace(look.inputs.rules, ignore_all_day=False))


def _by_show_as_alone(look: Look) -> Inputs:
    return _with_items(
        look.inputs,
        lambda item: (
            item
            if item.counts_as is item.show_as
            else replace(item, cancelled=False, response=Response.ACCEPTED)
        ),
    )


def _unknown_is_a_meeting(look: Look) -> Inputs:
    return _with_items(
        look.inputs, lambda item: replace(item, kind=Kind.MEETING) if item.kind is Kind.UNKNOWN else item
    )


def _away_comes_first(look: Look) -> Inputs:
    return replace(look.inputs, rules=replace(look.inputs.rules, meeting_while_away=False))


def _no_end_of_its_own(look: Look) -> Inputs:
    manual = look.inputs.manual or look.ended
    if manual is None:
        return look.inputs
    until = manual.since + _LASTED if manual.status in EXPIRING else None
    return replace(look.inputs, manual=replace(manual, until=until))


def _without(look: Look, dropped: Callable[[Item], bool]) -> Inputs:
    items = tuple(i for i in look.inputs.items if not (i.runs_at(look.now) and dropped(i)))
    return replace(look.inputs, items=items)


def _running_busy(look: Look) -> list[Item]:
    return [item for item in look.inputs.items if item.runs_at(look.now) and makes_busy(item)]


def _another_kind_first(look: Look) -> Inputs:
    if len({item.kind is Kind.MEETING for item in _running_busy(look)}) < 2:
        return look.inputs
    return _without(look, lambda item: makes_busy(item) and item.kind is Kind.MEETING)


def _out_of_office_before_busy(look: Look) -> Inputs:
    if not any(item.runs_at(look.now) and outcome(item).out_of_office for item in look.inputs.items):
        return look.inputs
    return _without(look, makes_busy)


# The words that Lync would have used


def _no_word_for_inactive(decided: Decision) -> str | None:
    presence = decided.presence
    return Presence(BUSY).text if presence.row.availability == BUSY_INACTIVE else None


def _out_of_office_from_12000(decided: Decision) -> str | None:
    manual = decided.manual if decided.source is Source.MANUAL else None
    picked_away = manual is not None and manual.status in AWAY_CLASS
    return _OUT_OF_OFFICE if picked_away and decided.presence.out_of_office else None


# In the order in which they act.
WOULD: tuple[Row, ...] = (
    # Lync has no switch for it; an all-day item follows its Show As (EWS, SIPE).
    Row(
        "all-day",
        Message(
            "Lync counts all-day items too and would have shown {state}; you have set LyncDesk to ignore"
            " them."
        ),
        _whole_days_too,
    ),
    # EWS tells Lync BusyType and times of an event, neither an answer nor a cancellation.
    Row(
        "not-attended",
        Message(
            "Lync would have shown {state}: it went by Show As alone, for cancelled and declined items too."
        ),
        _by_show_as_alone,
    ),
    # The seed's comments; SIPE: IsMeeting absent means true.
    Row(
        "kind-not-told",
        Message(
            "Lync would have shown {state}: it took every item whose kind it was not told for a meeting."
        ),
        _unknown_is_a_meeting,
    ),
    # Machine Away is above the calendar in the aggregation; there is no setting.
    Row(
        "away-in-a-meeting",
        Message("Lync would have shown {state}: nobody uses the computer."),
        _away_comes_first,
    ),
    # Lync's menu has no times; Busy and Do not disturb are timed publications of 24 hours.
    Row(
        "status-ended",
        Message(
            "Lync would have gone on showing {state}: a status by hand ended there only by another one, by"
            " Reset Status, or after 24 hours."
        ),
        _no_end_of_its_own,
    ),
    # 7500..8999 has the text Busy in Lync's table.
    Row(
        "busy-inactive",
        Message("Lync would have shown {state}: it had no words of its own for Busy at an idle computer."),
        says=_no_word_for_inactive,
    ),
)
MAY: tuple[Row, ...] = (
    # A tie in SIPE; the first of the list stays. Here the answer never depends on an order.
    Row(
        "overlap",
        Message(
            "Lync may have shown {state}: of Busy items that overlap it took the one that came first in its"
            " list."
        ),
        _another_kind_first,
    ),
    # SIPE takes one event, the highest of OOF > Busy; here out of office is independent of Busy.
    Row(
        "out-of-office-over-busy",
        Message("Lync may have shown {state}: of items that overlap it took Out of office before Busy."),
        _out_of_office_before_busy,
    ),
    # The token's gate is 12000 and above, so it covers what is picked by hand too.
    Row(
        "out-of-office-text",
        Message(
            "Lync may have shown {state}: its words for out of office replaced those of every kind of Away."
        ),
        says=_out_of_office_from_12000,
    ),
)
_OLD = Message("Lync would have shown {state} without a word about old or missing calendar data.")


def differences(
    inputs: Inputs, now: datetime, *, ended: Manual | None = None, old: bool = False
) -> tuple[Difference, ...]:
    """Where Lync would have shown something else at ``now`` than :func:`decide` does, and what.

    ``old``: what is shown is marked as resting on old calendar data, which nothing in Lync told.
    """
    ours = _shown(decide(inputs, now))
    theirs, acted, look = _as_lync(Look(inputs, now, ended), ours)
    would = [(row, theirs) for row in acted] if theirs != ours else []
    may = []
    for row, shown in _alternatives(look, theirs):
        if shown != ours:
            may.append((row, shown))
        elif would:  # Lync may have shown the same as LyncDesk, so nothing is certain
            would, may = [], [*may, (row, theirs)]
    found = [_difference(row.name, row.told, shown, ours) for row, shown in (*would, *may)]
    if old:
        found.append(_difference("old-data", _OLD, theirs, theirs))
    return tuple(found)


def seen_differences(presence: Presence, *, old: bool = False) -> tuple[Difference, ...]:
    """The same for one who looks at a card, from nothing but what was sent to the viewer."""
    text = _no_word_for_inactive(Decision(presence, Source.NOTHING, ()))
    shown = (text or presence.text, presence.out_of_office)
    row = next(row for row in WOULD if row.name == "busy-inactive")
    found = [_difference(row.name, row.told, shown, shown)] if text is not None else []
    if old:
        found.append(_difference("old-data", _OLD, shown, shown))
    return tuple(found)


def _as_lync(look: Look, ours: _Shown) -> tuple[_Shown, list[Row], Look]:
    """What Lync shows for sure, which rows made it differ, and what Lync looks at."""
    before, acted = ours, []
    for number, row in enumerate(WOULD, 1):
        look = replace(look, inputs=row.reads(look))
        after = _shown(decide(look.inputs, look.now), WOULD[:number])
        if after != before:
            acted.append(row)
        before = after
    return before, acted, look


def _alternatives(look: Look, theirs: _Shown) -> Iterator[tuple[Row, _Shown]]:
    for row in MAY:
        shown = _shown(decide(row.reads(look), look.now), (row, *WOULD))
        if shown != theirs:
            yield row, shown


def _shown(decided: Decision, rows: tuple[Row, ...] = ()) -> _Shown:
    texts = (row.says(decided) for row in rows)
    text = next((text for text in texts if text is not None), decided.presence.text)
    return text, decided.presence.out_of_office


def _difference(name: str, told: Message, shown: _Shown, ours: _Shown) -> Difference:
    text, mark = shown
    state = Message.of(text)
    if mark and not ours[1] and text != _OUT_OF_OFFICE:
        state = Message.of("{state}, out of office", state=state)
    return Difference(name, state, Message.of(told.template, state=state))
