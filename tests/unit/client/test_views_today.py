"""My day of today tells one thing: what is drawn of the past is what hovering over it tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from lyncdesk.client import events as ev
from lyncdesk.client import views
from lyncdesk.client.day_types import DayStrip, StripPart
from lyncdesk.client.history import Ended, Past, Shown, Span
from lyncdesk.client.trail import shown_at
from lyncdesk.client.words import Words
from lyncdesk.presence.items import Item
from lyncdesk.presence.reasons import Source
from lyncdesk.presence.states import AVAILABLE, AWAY, BUSY, ManualStatus, Presence
from tests.unit.client.driving import Driven, meeting, running
from tests.unit.strategies import NOW, at

WORDS = Words(zone=ZoneInfo("Europe/Berlin"))
CALL = Item(at(-60), at(60), subject="Call")


def strip(client: Driven) -> DayStrip:
    return views.strip(client.state, client.now, WORDS)


def told(client: Driven) -> list[str]:
    return strip(client).summary.split("; ")


def part_at(day: DayStrip, moment: datetime) -> StripPart:
    (part,) = (part for part in day.parts if part.start <= moment < part.end)
    return part


def shown_of(availability: int) -> Shown:
    return Shown(Presence(availability), Source.NOTHING)


def late() -> Driven:
    """An item that began long ago is seen by the check of 10:30, not by that of 10:00."""
    client = running()
    client.until(30)
    client.answer(CALL)
    return client.until(40)


def test_what_came_late_is_not_drawn_where_it_was_not_shown() -> None:
    assert told(late()) == [
        "Available, 7:00 to 9:00",
        "Busy, 9:00 to 10:00",
        "Available, 10:00 to 10:30",
        "Busy, 10:30 to 11:00",
        "Available, 11:00 to 19:00",
    ]
    labels = [part.label.splitlines() for part in strip(late()).parts]
    assert labels[1] == [
        "Busy, 9:00 to 10:00",
        "Call",
        "From what is known now: LyncDesk was not there all the time.",
    ]
    assert labels[2][1] == "You were shown as Available because nothing made you busy."
    assert labels[3][2].startswith("You are shown as Busy because of “Call”")


def test_what_was_shown_stays_when_its_item_is_taken_away() -> None:
    client = running(meeting(-60, 20))
    client.until(30)
    client.answer()
    assert told(client.until(40))[1:3] == ["In a meeting, 10:00 to 10:20", "Available, 10:20 to 19:00"]


def test_the_computer_and_a_status_that_was_reset_stay_drawn() -> None:
    client = running()
    client.until(5).machine(locked=True)
    client.until(10).machine()
    client.until(15).do(ev.SetStatus(ManualStatus.DO_NOT_DISTURB))
    client.until(20).do(ev.ResetStatus())
    assert told(client.until(25)) == [
        "Available, 7:00 to 10:05",
        "Away, 10:05 to 10:10",
        "Available, 10:10 to 10:15",
        "Do not disturb, 10:15 to 10:20",
        "Available, 10:20 to 19:00",
    ]


def test_now_lies_in_what_is_shown_now_from_its_first_moment_on() -> None:
    client = running()
    client.until(5.3).machine(locked=True)
    assert part_at(strip(client.until(5.5)), client.now).text == "Away"
    client = running(meeting(10, 20))
    client.until(5).machine(locked=True)
    client.until(5.2).machine()
    client.until(5.3).machine(locked=True)
    for minutes in (5.3, 5.5, 9, 10, 10.01, 19.99, 20):
        client.until(minutes)
        assert part_at(strip(client), client.now).text == client.text, minutes
    assert part_at(strip(client), at(25)).text == "Available", "what the computer will do, nobody knows"


def test_what_comes_within_this_minute_begins_when_it_will() -> None:
    client = running(meeting(10.5, 20))
    assert part_at(strip(client.until(10.2)), at(10.5)).start == at(10.5)


def test_what_is_only_partly_known_does_not_say_that_it_was_shown() -> None:
    client = running(meeting(-60, 10)).until(20)
    (part,) = (part for part in strip(client).parts if part.text == "In a meeting")
    assert (part.start, part.end) == (at(-60), at(10))
    assert part.label.endswith("From what is known now: LyncDesk was not there all the time.")


def test_where_items_were_missing_stays_marked_when_they_have_come() -> None:
    client = Driven().signed_in()
    client.answer(complete=False)
    client.until(5).do(ev.CheckNow())
    client.answer()
    client.until(9)
    part = part_at(strip(client), at(2))
    assert (part.start, part.end, part.stale) == (NOW, at(5), True)
    assert part.label.endswith("Some of the recurring items may have been missing.")


def test_what_nobody_could_point_at_is_not_drawn() -> None:
    client = running()
    for number, status in enumerate((ManualStatus.BUSY, ManualStatus.OFF_WORK, ManualStatus.BUSY)):
        client.until(5.1 + number / 4).do(ev.SetStatus(status))
    client.until(8)
    assert told(client)[:2] == ["Available, 7:00 to 10:05", "Busy, 10:05 to 19:00"]


def test_what_was_shown_from_old_data_stays_hatched_when_new_ones_have_come() -> None:
    client = running(meeting(-60, 300))
    client.until(100)
    assert all(part.stale for part in strip(client).parts if part.start >= NOW)
    client.fail()
    client.do(ev.CheckNow())
    client.answer(meeting(-60, 300))
    client.until(110)
    (old,) = [part for part in strip(client).parts if part.stale]
    assert old.start > NOW
    assert old.end == at(100)
    assert old.label.endswith("The calendar data was old.")


def test_before_the_first_answer_what_was_shown_stays_marked() -> None:
    client = Driven().signed_in()
    client.until(2)
    client.answer(meeting(-60, 60))
    client.until(4)
    first = part_at(strip(client), at(1))
    assert first.stale
    assert first.label.endswith("The calendar had not been read yet.")
    assert not part_at(strip(client), at(3)).stale


def test_a_day_that_began_yesterday_is_cut_at_the_limits_of_today() -> None:
    client = running(interval=timedelta(hours=8))
    client.do(ev.SetStatus(ManualStatus.BE_RIGHT_BACK))
    for minutes in (20 * 60, 33 * 60):  # 6:00 and 19:00 of the next day
        client.until(minutes)
        day = strip(client)
        assert day.parts[0].start == day.start
        assert day.parts[-1].end == day.end


EARLIER = Past(
    (
        Span(at(-150), at(-120), Shown(Presence(BUSY), Source.MANUAL), Ended.EXIT),
        Span(at(-60), at(-10), replace(shown_of(AVAILABLE), stale=True), Ended.KILLED),
        Span(at(1), at(5), shown_of(AWAY)),
    ),
    (),
    at(-150),
)


def test_before_this_start_of_the_program_the_day_is_as_the_history_has_it() -> None:
    client = late()
    day = views.strip(client.state, client.now, WORDS, EARLIER)
    gone = "LyncDesk was not running"
    assert [(part.text, part.start, part.stale) for part in day.parts] == [
        ("Available", day.start, False),  # before anything was kept
        ("Busy", at(-150), False),
        (gone, at(-120), False),
        ("Available", at(-60), True),
        (f"{gone}; it had not ended in order", at(-8), False),  # when in two minutes it was killed, who knows
        ("Available", NOW, False),
        ("Busy", at(30), False),
        ("Available", at(60), False),
    ]
    assert [part.unknown for part in day.parts] == [False, False, True, False, True, False, False, False]
    assert day.parts[1].label.splitlines()[1].startswith("You were shown as Busy")
    assert day.parts[3].label.endswith("The calendar data was old.")


def test_what_the_history_marked_and_what_goes_on_from_it() -> None:
    client = running().until(5)
    missing = replace(shown_of(AVAILABLE), incomplete=True)
    earlier = Past((Span(at(-60), at(-30), missing), Span(at(-30), NOW, shown_of(AVAILABLE))), (), at(-60))
    day = views.strip(client.state, client.now, WORDS, earlier)
    marked = part_at(day, at(-40))
    assert marked.stale
    assert marked.label.endswith("Some of the recurring items may have been missing.")
    assert part_at(day, client.now).start < NOW
    assert "You are shown as Available" in part_at(day, client.now).label


def test_hovering_there_tells_what_the_history_has_and_only_where_it_has_something() -> None:
    client = late()

    def lines(minutes: float) -> tuple[str, ...]:
        return views.reasons_at(client.state, at(minutes), client.now, WORDS, EARLIER)

    assert lines(-130)[0] == "At 7:50 you were shown as Busy."
    assert "The calendar data was old." in lines(-30)
    assert lines(-100)[0].startswith("What was shown at 8:20 is not known: LyncDesk was not there.")
    assert lines(3)[0] == "At 10:03 you were shown as Available.", "its own memory knows better"


STATUSES = st.lists(
    st.tuples(st.integers(1, 90), st.sampled_from(ManualStatus)), max_size=8
)  # seconds between, and what is picked


@given(STATUSES, st.booleans(), st.integers(0, 15))
def test_at_every_minute_colour_and_words_tell_the_same(
    picks: list[tuple[int, ManualStatus]], locked: bool, minute: int
) -> None:
    client = running(meeting(2, 5), meeting(4, 9, "Stand-up"), interval=timedelta(hours=8))
    clock = 0.0
    for pause, status in picks:
        clock += pause / 60
        client.until(clock).do(ev.SetStatus(status))
    client.machine(locked=locked)
    client.until(clock + 1.5)
    day = strip(client)
    assert [p.end for p in day.parts] == [*(p.start for p in day.parts[1:]), day.end]
    moment = min(at(minute), client.now)
    passed = shown_at(client.state, moment)
    assert passed is not None
    part = part_at(day, moment)
    assert part.text == passed.decision.presence.text
    assert part.colour is passed.decision.presence.colour
