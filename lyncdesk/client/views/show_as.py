"""Show As of one's own items: what each makes of the presence, what it can be changed to, and what became of
a change.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from lyncdesk.client.changing import CHOICES, NO_KEY, why_not
from lyncdesk.client.day_types import ChangeLine, ShowAsChoice, ShowAsMenu
from lyncdesk.client.state import State
from lyncdesk.client.words import N_, Words
from lyncdesk.presence.aggregate import decide
from lyncdesk.presence.inputs import Inputs
from lyncdesk.presence.items import Item, Recurring, ShowAs
from lyncdesk.presence.states import Presence


def made_by(item: Item) -> Presence:
    """The presence that an item makes by itself."""
    return decide(Inputs(items=(item,)), item.start).presence


def made_in_words(made: Presence, words: Words) -> str:
    """``Busy``, ``Available, out of office``."""
    return words(made.text) + (", " + words("out of office") if made.out_of_office else "")


def times_of(item: Item, words: Words) -> str:
    """``10:00–11:00``, ``all day``."""
    if item.all_day:
        return words("all day")
    start, end = (words.time(moment.astimezone(words.zone)) for moment in (item.start, item.end))
    return f"{start}–{end}"


def show_as_menu(state: State, item_id: str, now: datetime, words: Words) -> ShowAsMenu | None:
    """What an item of the week can be shown as; None if it is not there any more."""
    words = words.at(now)
    if not item_id:
        return ShowAsMenu("", words("Show As"), (), words(NO_KEY))
    item = next((item for item in state.calendar.items if item.id == item_id), None)
    if item is None:
        return None
    subject = _subject(item, words)
    locked = why_not(state, item)
    return ShowAsMenu(
        item.id,
        words("Show As of {subject}", subject=subject),
        tuple(_choice(item, subject, show_as, words) for show_as in CHOICES),
        words(locked) if locked is not None else "",
    )


def _choice(item: Item, subject: str, show_as: ShowAs, words: Words) -> ShowAsChoice:
    label, state = words(show_as.label), made_in_words(made_by(replace(item, show_as=show_as)), words)
    one, whole, note = words("Change it"), "", ""
    if item.recurring is not Recurring.NO:
        one, whole = words("Only this one"), words("The whole series")
        note = words("Days that were changed by themselves may keep what they say.")
    return ShowAsChoice(
        show_as,
        words("{show_as}, shown as {state}", show_as=label, state=state),
        item.show_as is show_as,
        words(
            "Show “{subject}” of {start} as {show_as}? It then makes you {state}.",
            subject=subject,
            start=item.start,
            show_as=label,
            state=state,
        ),
        one,
        whole,
        note,
    )


def change_line(state: State, words: Words) -> ChangeLine | None:
    """What became of the last change: under way, failed, or done and not yet out of reach."""
    calendar = state.calendar
    change = next((one for one in reversed(calendar.changes) if not one.written), None)
    if change is not None:
        subject, show_as = _subject(change.item, words), words(change.show_as.label)
        return ChangeLine(
            words("“{subject}” is being changed to {show_as}...", subject=subject, show_as=show_as)
        )
    failed = calendar.not_written
    if failed is not None:
        told = words(
            "“{subject}” was not changed. {title} {remedy}",
            subject=_subject(failed.item, words),
            title=failed.problem.title,
            remedy=failed.problem.remedy,
        )
        return ChangeLine(told, warning=True)
    undo = calendar.undo
    if undo is None:
        return None
    now = next((item.show_as for item in calendar.items if item.id == undo.item.id), undo.item.show_as)
    whole, one = (
        N_("The series “{subject}” is now shown as {show_as}."),
        N_("“{subject}” is now shown as {show_as}."),
    )
    text = whole if undo.whole else one
    return ChangeLine(
        words(text, subject=_subject(undo.item, words), show_as=words(now.label)), words("Undo")
    )


def _subject(item: Item, words: Words) -> str:
    return item.subject or words("Without subject")
