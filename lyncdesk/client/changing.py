"""The engine's part for a changed Show As: shown at once, written back, put back when that fails, undone.

Pure like the engine. The law: while a change is under way, and until a check that was sent after it answers,
no answer of the calendar takes it away from the screen; an answer that was under way meanwhile may be older.
Where the items are dropped under it (another account, signed out), it is told all the same if it fails.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from lyncdesk.client import effects as ef
from lyncdesk.client import events as ev
from lyncdesk.client.effects import Effects
from lyncdesk.client.ports import ItemKey, Written
from lyncdesk.client.problems import Problem
from lyncdesk.client.state import Calendar, Change, Health, NotWritten, State, Undo
from lyncdesk.presence.items import Item, Recurring, ShowAs
from lyncdesk.presence.message import Message

# How long a change can be undone, and a failure stays in sight.
TOLD_FOR: Final = timedelta(minutes=10)
# What a person can pick; "No data" is what a server does not tell.
CHOICES: Final = tuple(show_as for show_as in ShowAs if show_as is not ShowAs.NO_DATA)
NO_KEY: Final = Message.of("Exchange gives no key to this item, so it can be changed in Outlook only.")


def why_not(state: State, item: Item) -> Message | None:
    """Why this item's Show As cannot be changed now; None if it can."""
    calendar = state.calendar
    if calendar.health is Health.STOPPED:
        return Message.of("Nothing is sent to Exchange until its problem is solved.")
    if not item.id or not item.change_key:
        return NO_KEY
    if any(_touches(change, item) for change in calendar.changes):
        return Message.of("The last change is still being written.")
    return None


def _touches(change: Change, item: Item) -> bool:
    """Whether an item is part of a change, or its change key turns with it."""
    if item.id == change.item.id:
        return True
    both = Recurring.NO not in (item.recurring, change.item.recurring)
    return both and item.series == change.item.series


def _shows(change: Change, item: Item) -> bool:
    """Whether an item looks otherwise by a change; what was changed by itself does not follow its series."""
    if not change.whole:
        return item.id == change.item.id
    if item.recurring is not Recurring.OCCURRENCE:
        return False
    return item.id == change.item.id or (item.series != "" and item.series == change.item.series)


def picked(state: State, event: ev.ShowAsPicked) -> tuple[State, Effects]:
    """Show it at once and have it written; what cannot be changed is left alone."""
    item = next((item for item in state.calendar.items if item.id == event.item), None)
    whole = event.series and item is not None and item.recurring is not Recurring.NO
    if item is None or event.show_as not in CHOICES or why_not(state, item) is not None:
        return state, ()
    if item.show_as is event.show_as and not whole:
        return state, ()
    return _begun(state, item, ItemKey(item.id, item.change_key), event.show_as, whole, series=whole)


def undone(state: State) -> tuple[State, Effects]:
    """Write back what the last change replaced."""
    undo = state.calendar.undo
    if undo is None or state.calendar.health is Health.STOPPED:
        return state, ()
    # What was written is named by its own key: of a series, the master's.
    return _begun(state, undo.item, undo.key, undo.former, undo.whole, series=False, undoes=True)


def _begun(
    state: State,
    item: Item,
    key: ItemKey,
    show_as: ShowAs,
    whole: bool,
    *,
    series: bool,
    undoes: bool = False,
) -> tuple[State, Effects]:
    calendar = state.calendar
    number = calendar.changes_made + 1
    change = Change(number, item, show_as, whole, undoes=undoes, account=state.options.account)
    # Of changes that touch the same items, which an undo may meet, the newest one counts.
    others = tuple(other for other in calendar.changes if not (other.written and _touches(other, item)))
    items, change = _shown(calendar.items, change)
    calendar = replace(
        calendar,
        items=items,
        changes=(*others, change),
        changes_made=number,
        undo=None,
        not_written=None,
    )
    return replace(state, calendar=calendar), (ef.ChangeShowAs(number, key, show_as, series),)


def _shown(items: Iterable[Item], change: Change) -> tuple[tuple[Item, ...], Change]:
    """The items with a change, which remembers what they said before."""
    items = tuple(items)
    former = tuple((item.id, item.show_as) for item in items if _shows(change, item))
    changed = tuple(replace(i, show_as=change.show_as) if _shows(change, i) else i for i in items)
    return changed, replace(change, former=former)


def under_way(calendar: Calendar, number: int) -> Change | None:
    """The change with this number, if it is still being written."""
    written = (one for one in (*calendar.adrift, *calendar.changes) if not one.written)
    return next((one for one in written if one.number == number), None)


def adrift(calendar: Calendar) -> tuple[Change, ...]:
    """What is still being written when the items are dropped; it changes nothing of what is shown then."""
    left = (one for one in calendar.changes if not one.written)
    return (*calendar.adrift, *(replace(one, former=()) for one in left))


def ashore(calendar: Calendar, change: Change) -> Calendar:
    """A change that was adrift is: nothing is to be told of it any more."""
    return replace(calendar, adrift=tuple(one for one in calendar.adrift if one is not change))


def written(calendar: Calendar, change: Change, told: Written, now: datetime) -> Calendar:
    """The server has it: the item's new change key is known, and the change can be undone."""
    items, item = calendar.items, change.item
    if not change.whole:
        recurring = item.recurring if item.recurring is Recurring.NO else Recurring.EXCEPTION
        item = replace(
            item,
            id=told.key.id,
            change_key=told.key.change_key,
            show_as=change.show_as,
            recurring=recurring,
        )
        items = tuple(
            replace(i, id=item.id, change_key=item.change_key, recurring=recurring)
            if i.id == change.item.id
            else i
            for i in items
        )
    settled = replace(change, item=item, written=True, outlives=calendar.checking_since)
    waits = settled.outlives is not None or item.recurring is not Recurring.NO
    former = told.former or change.item.show_as
    undo = None
    if not change.undoes and former is not ShowAs.NO_DATA:
        undo = Undo(item, told.key, former, change.whole, now + TOLD_FOR)
    return replace(
        calendar,
        items=items,
        changes=tuple(
            settled if one is change else one for one in calendar.changes if one is not change or waits
        ),
        undo=undo,
    )


def not_written(calendar: Calendar, change: Change, problem: Problem, now: datetime) -> Calendar:
    """The former show-as is shown again, and what went wrong."""
    former = dict(change.former)
    return replace(
        calendar,
        items=tuple(
            replace(i, show_as=former[i.id]) if i.id in former and _shows(change, i) else i
            for i in calendar.items
        ),
        changes=tuple(one for one in calendar.changes if one is not change),
        adrift=ashore(calendar, change).adrift,
        not_written=NotWritten(change.item, change.show_as, problem, now + TOLD_FOR),
    )


def told(calendar: Calendar, items: tuple[Item, ...], started: datetime) -> Calendar:
    """What the calendar is after the answer of a check: with the changes that it cannot know yet."""
    kept = []
    for change in calendar.changes:
        if not change.written:
            items, change = _shown(items, change)
            kept.append(change)
        elif change.outlives == started:
            items = _as_written(items, change)
            # A series waits on for an answer that is newer, with the keys that its items have now.
            if change.item.recurring is not Recurring.NO:
                kept.append(replace(change, outlives=None))
    failed = calendar.not_written
    if failed is not None and any(i.id == failed.item.id and i.show_as is failed.wanted for i in items):
        failed = None
    return replace(
        calendar,
        items=items,
        changes=tuple(kept),
        undo=_still_possible(calendar.undo, items, kept),
        not_written=failed,
    )


def _as_written(items: tuple[Item, ...], change: Change) -> tuple[Item, ...]:
    if change.whole:
        return _shown(items, change)[0]
    item = change.item
    return tuple(
        replace(i, change_key=item.change_key, show_as=item.show_as, recurring=item.recurring)
        if i.id == item.id
        else i
        for i in items
    )


def _still_possible(undo: Undo | None, items: tuple[Item, ...], changes: list[Change]) -> Undo | None:
    """Undo ends with its item, and with the next change that somebody else makes of it."""
    if undo is None or undo.whole or any(_touches(change, undo.item) for change in changes):
        return undo
    item = next((item for item in items if item.id == undo.item.id), None)
    return undo if item is not None and item.change_key == undo.key.change_key else None


def settled(state: State, now: datetime) -> State:
    """Without what has been told for long enough."""
    calendar = state.calendar
    undo = calendar.undo if calendar.undo and _is_told(calendar.undo.until, now) else None
    failed = calendar.not_written
    failed = failed if failed and _is_told(failed.until, now) else None
    if undo is calendar.undo and failed is calendar.not_written:
        return state
    return replace(state, calendar=replace(calendar, undo=undo, not_written=failed))


def _is_told(until: datetime, now: datetime) -> bool:
    """Whether there is time left; a clock that was set back gives no more of it."""
    return now < until <= now + TOLD_FOR
