"""Why am I shown as ...? The reasons of the decision in words; nothing is recomputed or guessed here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from lyncdesk.client.problems import Problem
from lyncdesk.client.reading import asleep, decision, incomplete, lync_differs
from lyncdesk.client.state import State
from lyncdesk.client.view_types import ReasonRow, Why
from lyncdesk.client.views.common import own_indicator
from lyncdesk.client.words import N_, Words
from lyncdesk.presence.aggregate import Decision
from lyncdesk.presence.lync import Difference
from lyncdesk.presence.reasons import Reason, Source, Verdict

_SOURCES = {
    Source.SIGN_IN: N_("Sign-in"),
    Source.MANUAL: N_("Status by hand"),
    Source.MACHINE: N_("Computer"),
    Source.CALENDAR: N_("Calendar"),
    Source.OUT_OF_OFFICE: N_("Out of office"),
    Source.NOTHING: N_("Otherwise"),
}


def why(state: State, now: datetime, words: Words) -> Why:
    """The Why tab."""
    words = words.at(now)
    decided = decision(state, now)
    text = words(decided.presence.text)
    return Why(
        title=words("Why am I shown as {state}?", state=text),
        sentence=reason_sentence(decided, words),
        rows=reason_rows(decided.reasons, words),
        read=_read_whole(state, words),
        lync=lync_line(lync_differs(state, now), words),
        indicator=own_indicator(state, decided.presence, now, words),
    )


def reason_rows(reasons: Iterable[Reason], words: Words) -> tuple[ReasonRow, ...]:
    """Reasons in words."""
    return tuple(
        ReasonRow(words(_SOURCES[r.source]), words(r.said), r.verdict.value, words(r.why)) for r in reasons
    )


def reason_sentence(decided: Decision, words: Words) -> str:
    """One sentence for the whole: what is shown and because of what."""
    text = words(decided.presence.text)
    won = next((r for r in decided.reasons if r.verdict is Verdict.WON), None)
    if won is None or won.source is Source.NOTHING:
        return words("You are shown as {state} because nothing makes you busy.", state=text)
    if won.source is Source.CALENDAR:
        return words("You are shown as {state} because of {item}.", state=text, item=won.said)
    return words("You are shown as {state}. {said}", state=text, said=won.said)


def _read_whole(state: State, words: Words) -> str:
    """When the calendar was and will be read, and whether that was all of it."""
    text = _read(state, words)
    if not incomplete(state):
        return text
    return words("{text} {problem}", text=text, problem=Problem.of("items-missing").title)


def _read(state: State, words: Words) -> str:
    calendar = state.calendar
    if not state.signed_in:
        return words("Nothing is read while you are signed out.")
    if not state.options.calendar_in_use:
        return words("Your calendar is not used.")
    if calendar.as_of is None:
        return words("The calendar has not been read yet.")
    if calendar.next_check is None:
        return words("The calendar was read at {time}. No further check is planned.", time=calendar.as_of)
    if asleep(state):
        return words(
            "The calendar was read at {time}; it is read again when the computer wakes.", time=calendar.as_of
        )
    return words(
        "The calendar was read at {time} and will be read again at {next}.",
        time=calendar.as_of,
        next=calendar.next_check,
    )


def lync_line(found: Iterable[Difference], words: Words) -> str:
    """Where Lync would have shown something else, that; "" where it would have shown the same."""
    return " ".join(words(difference.told) for difference in found)
