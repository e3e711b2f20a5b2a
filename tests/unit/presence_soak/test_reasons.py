"""The reasons of a decision: each input, what it said, whether it won, and why not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lyncdesk.client.words import Words
from lyncdesk.presence.aggregate import decide
from lyncdesk.presence.inputs import CalendarUse, Inputs, Machine, Manual, OutOfOffice, Rules
from lyncdesk.presence.items import Item, Kind, Response, ShowAs
from lyncdesk.presence.reasons import Source, Verdict
from lyncdesk.presence.states import ManualStatus
from tests.unit.strategies import NOW, at

MEETING = Item(at(-30), at(30), kind=Kind.MEETING, subject="Budget review")
LOCKED = Machine(locked=True)


def told(inputs: Inputs, source: Source) -> tuple[Verdict, str, str]:
    """Verdict, what the input said, and why."""
    words = Words(now=NOW)
    reason = next(reason for reason in decide(inputs, NOW).reasons if reason.source is source)
    return reason.verdict, words(reason.said), words(reason.why)


def test_the_calendar_wins_with_the_item_in_words() -> None:
    assert told(Inputs(items=(MEETING,)), Source.CALENDAR) == (
        Verdict.WON,
        "“Budget review”, a meeting marked Busy, 8:30 to 9:30",
        "A meeting marked Busy makes you In a meeting.",
    )


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"kind": Kind.APPOINTMENT}, "An appointment marked Busy makes you Busy."),
        (
            {"kind": Kind.UNKNOWN},
            "The server does not tell whether this is a meeting; then it counts as Busy.",
        ),
        ({"show_as": ShowAs.FREE}, "What is marked Free leaves you Available."),
        ({"show_as": ShowAs.TENTATIVE}, "What is marked Tentative leaves you Available."),
        ({"show_as": ShowAs.WORKING_ELSEWHERE}, "Working elsewhere leaves you Available."),
        (
            {"show_as": ShowAs.NO_DATA},
            "The server did not tell how this item is shown, so it counts for nothing.",
        ),
        ({"show_as": ShowAs.OOF}, "Out of office adds a mark; it does not make you Busy."),
        ({"cancelled": True}, "What was cancelled or declined counts as Free."),
        ({"response": Response.DECLINED}, "What was cancelled or declined counts as Free."),
    ],
)
def test_every_row_of_the_mapping_says_why(changes: dict[str, object], why: str) -> None:
    item = replace(MEETING, **changes)  # type: ignore[arg-type]
    assert told(Inputs(items=(item,)), Source.CALENDAR)[2] == why


def test_out_of_office_adds_a_mark_and_says_so() -> None:
    verdict, said, why = told(Inputs(items=(replace(MEETING, show_as=ShowAs.OOF),)), Source.OUT_OF_OFFICE)
    assert (verdict, why) == (Verdict.MARK, "Out of office adds a mark; it does not make you Busy.")
    assert said == "“Budget review”, a meeting marked Out of office, 8:30 to 9:30"
    assert told(Inputs(out_of_office=OutOfOffice()), Source.OUT_OF_OFFICE)[1] == "Automatic replies are on."


@pytest.mark.parametrize(
    ("use", "said"),
    [
        (CalendarUse.NOT_YET, "The calendar has not been read yet."),
        (CalendarUse.OFF, "Your calendar is not used: it is switched off in Options > Personal."),
        (CalendarUse.OFF_BY_POLICY, "Your calendar is not used: your administrator switched it off."),
    ],
)
def test_a_calendar_that_has_no_say_tells_why(use: CalendarUse, said: str) -> None:
    assert told(Inputs(calendar=use), Source.CALENDAR)[:2] == (Verdict.LOST, said)


def test_a_status_by_hand_that_wins_is_told_and_the_calendar_says_what_beat_it() -> None:
    inputs = Inputs(items=(MEETING,), manual=Manual(ManualStatus.BUSY, at(-5), at(60)))
    assert told(inputs, Source.MANUAL) == (
        Verdict.WON,
        "You picked Busy at 8:55, until 10:00.",
        "A status that you pick comes before the calendar.",
    )
    assert told(inputs, Source.CALENDAR)[::2] == (Verdict.LOST, "The status that you picked comes first.")


def test_a_status_by_hand_that_ended_says_how() -> None:
    over = Inputs(manual=Manual(ManualStatus.BUSY, at(-60), at(-1)))
    ended = Inputs(items=(MEETING,), manual=Manual(ManualStatus.AVAILABLE, at(-60)))
    assert told(over, Source.MANUAL)[::2] == (Verdict.LOST, "Its time is over.")
    assert told(ended, Source.MANUAL)[::2] == (
        Verdict.LOST,
        "An item marked Busy began after you picked Available, which ended it.",
    )


def test_a_computer_that_nobody_uses_beats_busy_by_hand_and_says_so() -> None:
    inputs = Inputs(items=(MEETING,), manual=Manual(ManualStatus.BUSY, at(-5)), machines=(LOCKED,))
    assert told(inputs, Source.MACHINE)[:2] == (Verdict.WON, "The computer is locked.")
    assert told(inputs, Source.MANUAL)[::2] == (Verdict.LOST, "Nobody uses the computer, which comes first.")
    assert told(inputs, Source.CALENDAR)[::2] == (
        Verdict.LOST,
        "Nobody uses the computer, which comes first.",
    )


def test_a_computer_says_how_it_is() -> None:
    idle = (Machine("desk", at(-20)), Machine("laptop", at(-10)), Machine("phone", asleep=True))
    assert told(Inputs(machines=idle), Source.MACHINE)[1] == "Nobody has used the computer since 8:50."
    assert told(Inputs(machines=(Machine(asleep=True),)), Source.MACHINE)[1] == "The computer is asleep."
    assert told(Inputs(machines=(Machine(),)), Source.MACHINE)[1] == "The computer is in use."


def test_an_inactive_computer_adds_to_busy_and_says_so() -> None:
    inputs = Inputs(items=(MEETING,), machines=(Machine(idle_since=at(-5)),))
    assert told(inputs, Source.MACHINE)[::2] == (Verdict.MARK, "It adds “inactive” to Busy.")


def test_available_by_hand_that_holds_while_idle_says_so() -> None:
    inputs = Inputs(manual=Manual(ManualStatus.AVAILABLE, at(-60)), machines=(Machine(idle_since=at(-10)),))
    assert told(inputs, Source.MACHINE)[::2] == (
        Verdict.LOST,
        "Available by hand holds while the computer is only idle.",
    )


def test_a_meeting_that_shows_while_away_names_the_setting() -> None:
    inputs = Inputs(items=(MEETING,), machines=(LOCKED,), rules=Rules(meeting_while_away=True))
    assert told(inputs, Source.MACHINE)[::2] == (
        Verdict.LOST,
        "You have set that a meeting is shown while you are away.",
    )


def test_signed_out_is_the_reason_that_beats_all() -> None:
    inputs = Inputs(signed_in=False, items=(MEETING,), manual=Manual(ManualStatus.BUSY, at(-5)))
    assert told(inputs, Source.SIGN_IN)[:2] == (Verdict.WON, "You are signed out.")
    assert told(inputs, Source.MANUAL)[2] == told(inputs, Source.CALENDAR)[2] == "You are signed out."


def test_that_nothing_holds_is_a_reason_too() -> None:
    assert told(Inputs(), Source.NOTHING)[0] is Verdict.WON
    assert told(Inputs(), Source.CALENDAR)[1] == "No item runs now."
