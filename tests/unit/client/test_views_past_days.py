"""The past as the history tells it: a day's strip, a moment explained, the hours shown as Busy."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyncdesk.client.history import HEARTBEAT, Ended, Past, PastCheck, PastItem, Shown, Span, timeline
from lyncdesk.client.views.past_days import busy_time, past_day, past_moment_of
from lyncdesk.client.words import Words, catalogue
from lyncdesk.presence.items import Kind, ShowAs
from lyncdesk.presence.message import Message
from lyncdesk.presence.reasons import Reason, Source, Verdict
from lyncdesk.presence.states import (
    AVAILABLE,
    AWAY,
    BUSY,
    BUSY_INACTIVE,
    DO_NOT_DISTURB,
    IN_A_MEETING,
    OFFLINE,
    Colour,
    Presence,
)

ZONE = "Europe/Berlin"
DAY = date(2026, 11, 26)
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
WORDS = Words(zone=ZoneInfo(ZONE))


def local(hour: float, day: int = 26) -> datetime:
    """An hour of the day by Berlin's clock (winter time)."""
    return datetime(2026, 11, day, tzinfo=UTC) + (hour - 1) * HOUR


NOW = local(9, 27)


def shown(availability: int, activity: str = "", item: PastItem | None = None) -> Shown:
    if item is None:
        reason = Reason(
            Source.NOTHING,
            Message.of("Nothing makes you busy."),
            Verdict.WON,
            Message.of("Nothing else holds, so you are Available."),
        )
        return Shown(Presence(availability, activity), Source.NOTHING, (reason,))
    said = Message.of(
        "{subject}, {kind} marked {show_as}, {start} to {end}",
        subject=f"“{item.subject}”",
        kind=Message.of("a meeting" if item.kind is Kind.MEETING else "an appointment"),
        show_as=Message.of("Busy"),
        start=item.start,
        end=item.end,
    )
    won = Reason(
        Source.CALENDAR, said, Verdict.WON, Message.of("A meeting marked Busy makes you In a meeting.")
    )
    return Shown(Presence(availability, activity), Source.CALENDAR, (won,), item)


FREE, GONE = shown(AVAILABLE), shown(OFFLINE)
REVIEW = PastItem("Budget review", local(10), local(11), ShowAs.BUSY, Kind.MEETING)
WRITING = PastItem("Writing", local(14), local(15), ShowAs.BUSY, Kind.APPOINTMENT)
MEETING = shown(BUSY, IN_A_MEETING, REVIEW)


def span(start: float, end: float, what: Shown, ended: Ended = Ended.KILLED, day: int = 26) -> Span:
    return Span(local(start, day), local(end, day), what, ended)


PAST = Past(
    (
        span(8, 10, FREE),
        span(10, 11, MEETING),
        span(11, 12, FREE, Ended.EXIT),
        span(13, 14, FREE),
        span(14, 14.5, replace(shown(BUSY, "", WRITING), stale=True)),
        span(16, 17, FREE, Ended.OFF),
    ),
    (PastCheck(local(9.5), local(9.5)), PastCheck(local(10.2), local(10.2), "timed-out")),
    local(8),
)


def hours(moment: datetime) -> float:
    return (moment - local(0)) / HOUR


# A day


def test_a_day_shows_what_was_shown_and_what_nobody_knows() -> None:
    day = past_day(PAST, DAY, ZONE, NOW, WORDS)
    found = [(round(hours(p.start), 2), round(hours(p.end), 2), p.text, p.unknown) for p in day.parts]
    assert found == [
        (7, 8, "No history was kept", True),
        (8, 10, "Available", False),
        (10, 11, "In a meeting", False),
        (11, 12, "Available", False),
        (12, 13, "LyncDesk was not running", True),
        (13, 14, "Available", False),
        (14, 14.53, "Busy", False),
        (14.53, 16, "LyncDesk was not running; it had not ended in order", True),
        (16, 17, "Available", False),
        (17, 19, "No history was kept", True),
    ]
    assert (hours(day.start), hours(day.end)) == (7, 19)
    assert [part.stale for part in day.parts].count(True) == 1
    assert day.last_check == local(9.5)
    assert day.next_check is None
    assert day.now == NOW


def test_a_day_has_no_more_stretches_than_minutes_however_often_something_changed() -> None:
    often = [
        Span(local(8) + n * SECOND, local(8) + (n + 1) * SECOND, (FREE, MEETING)[n % 7 == 0])
        for n in range(3, 1200)
    ]
    day = past_day(Past(tuple(often), (), often[0].start), DAY, ZONE, NOW, WORDS)
    assert len(day.parts) <= 2 + 2 * 20
    assert [part.end for part in day.parts] == [*(part.start for part in day.parts[1:]), day.end]
    for minute in range(1, 20):
        moment = local(8) + minute * MINUTE
        then = next(one for one in often if one.start <= moment < one.end)
        (part,) = (part for part in day.parts if part.start <= moment < part.end)
        assert part.text == then.shown.presence.text


def test_hovering_tells_the_subject_and_the_reason_of_that_moment() -> None:
    meeting = past_day(PAST, DAY, ZONE, NOW, WORDS).parts[2]
    assert meeting.label.split("\n") == [
        "In a meeting, 10:00 to 11:00",
        "Budget review",
        "You were shown as In a meeting because of “Budget review”, a meeting marked Busy, 10:00 to 11:00.",
    ]


def test_the_same_past_is_told_in_another_language() -> None:
    words = Words(catalogue("de"), "de", zone=ZoneInfo(ZONE))
    meeting = past_day(PAST, DAY, ZONE, NOW, words).parts[2]
    assert meeting.text == "In einer Besprechung"
    assert "“Budget review”, eine Besprechung" in meeting.label


def test_a_day_of_which_nothing_is_known_says_so() -> None:
    day = past_day(Past(), DAY, ZONE, NOW, WORDS)
    assert [part.unknown for part in day.parts] == [True]
    assert day.summary.startswith("Nothing is known of this day")


def test_a_strip_is_wider_where_somebody_was_busy_at_night_and_not_where_nobody_was_there() -> None:
    late = Past((span(21.2, 22.5, MEETING), span(22.5, 24, GONE)))
    day = past_day(late, DAY, ZONE, NOW, WORDS)
    assert (hours(day.start), hours(day.end)) == (7, 23)
    away = Past((span(0, 24, shown(AWAY)),))
    day = past_day(away, DAY, ZONE, NOW, WORDS)
    assert (hours(day.start), hours(day.end)) == (7, 19)


def test_today_ends_at_the_present() -> None:
    past = Past((span(8, 9, FREE, day=27),))
    day = past_day(past, date(2026, 11, 27), ZONE, local(9, 27), WORDS)
    assert day.parts[-1].end == local(9, 27)


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_days_of_23_and_25_hours_have_no_hole(day: date) -> None:
    strip = past_day(Past(), day, ZONE, NOW, WORDS)
    start = datetime(day.year, day.month, day.day, 7, tzinfo=ZoneInfo(ZONE))
    assert strip.start == start
    assert strip.end - strip.start == 12 * HOUR


def test_what_was_wrong_then_is_told() -> None:
    lync = Message.of("Lync would have shown {state}.", state=Message.of("Away"))
    odd = replace(FREE, reset_waiting=True, incomplete=True, problem="timed-out", lync=(lync,))
    label = past_day(Past((span(9, 10, odd),)), DAY, ZONE, NOW, WORDS).parts[1].label
    assert "the next calendar check was awaited" in label
    assert "recurring items may have been missing" in label
    assert "Problem: " in label
    assert label.endswith("Lync would have shown Away.")


def test_a_clock_that_was_set_back_lets_the_later_telling_count() -> None:
    past = Past((span(10, 12, FREE), span(11, 11.5, MEETING)))
    day = past_day(past, DAY, ZONE, NOW, WORDS)
    known = [(hours(p.start), hours(p.end), p.text) for p in day.parts if not p.unknown]
    assert [(a, round(b, 1), text) for a, b, text in known] == [
        (10, 11, "Available"),
        (11, 11.5, "In a meeting"),
        (11.5, 12, "Available"),
    ]


@given(
    st.lists(
        st.tuples(st.integers(0, 48), st.integers(0, 12), st.sampled_from([FREE, MEETING, GONE])), max_size=12
    )
)
def test_a_timeline_has_no_hole_and_no_overlap_and_the_last_word_counts(
    told: list[tuple[int, int, Shown]],
) -> None:
    spans = [span(a / 2, (a + length) / 2, what) for a, length, what in told]
    start, end = local(3), local(27)
    line = timeline(Past(tuple(spans)), start, end)
    assert (line[0].start, line[-1].end) == (start, end)
    assert all(a.end == b.start for a, b in pairwise(line))
    for stretch in line:
        covering = [s for s in spans if s.start <= stretch.start < s.end]
        assert stretch.at_most <= (not covering)
        if not stretch.at_most:
            assert stretch.shown == (covering[-1].shown if covering else None)
        else:
            assert stretch.end - stretch.start <= HEARTBEAT


# A moment


def test_a_moment_is_explained_with_when_the_calendar_had_been_read() -> None:
    found = past_moment_of(PAST, local(10.1), NOW, WORDS)
    assert "because of “Budget review”" in found.sentence
    assert (found.start, found.end) == (local(10), local(11))
    assert [row.verdict for row in found.rows] == ["won"]
    assert found.read == "The calendar had last been read: yesterday 9:30."


def test_a_failed_check_before_that_moment_is_told() -> None:
    found = past_moment_of(PAST, local(10.5), NOW, WORDS)
    assert "The check after it failed: " in found.read


@pytest.mark.parametrize(
    ("hour", "words"),
    [
        (12.5, "LyncDesk was not running (yesterday 12:30)."),
        (15, "LyncDesk was not running; it had not ended in order (yesterday 15:00)."),
        (17.5, "No history was kept (yesterday 17:30)."),
        (6, "No history was kept (yesterday 6:00). What is kept begins at yesterday 8:00."),
    ],
)
def test_a_moment_of_which_nothing_is_known_says_why(hour: float, words: str) -> None:
    found = past_moment_of(PAST, local(hour), NOW, WORDS)
    assert (found.shown, found.sentence) == (None, words)


def test_the_time_in_which_a_program_was_killed_is_told_as_such() -> None:
    found = past_moment_of(PAST, local(14.5) + MINUTE / 2, NOW, WORDS)
    assert found.shown is not None
    assert found.notes[-1].startswith("LyncDesk ended about then")
    sure = past_moment_of(PAST, local(14.4), NOW, WORDS)
    assert not any("ended about" in note for note in sure.notes)
    gone = past_moment_of(PAST, local(14.5) + HEARTBEAT, NOW, WORDS)
    assert gone.shown is None


def test_the_very_end_of_what_is_known_is_known() -> None:
    past = Past((span(8, 9, MEETING, day=27),))
    assert past_moment_of(past, NOW, NOW, WORDS).shown == MEETING


def test_where_nothing_is_kept_at_all_that_is_said() -> None:
    assert "Nothing is kept." in past_moment_of(Past(), local(10), NOW, WORDS).sentence


# The hours


def test_busy_hours_are_those_that_were_shown() -> None:
    past = Past(
        (
            span(8, 9, FREE),
            span(9, 10, MEETING),
            span(10, 11, shown(BUSY_INACTIVE, "", WRITING)),
            span(11, 12, shown(DO_NOT_DISTURB)),
            span(12, 13, shown(AWAY, "", REVIEW), Ended.EXIT),
            span(14, 15, GONE, Ended.OFF),
        )
    )
    time = busy_time(past, [(local(7), local(17))])
    assert (time.busy, time.alone) == (3 * HOUR, 2 * HOUR)
    assert time.unknown == ((local(7), local(8)), (local(15), local(17)))


def test_the_minutes_in_which_a_program_was_killed_do_not_count_as_busy() -> None:
    killed = Past((span(10, 11, MEETING),), (), local(10))
    assert busy_time(killed, [(local(10), local(12))]).busy == HOUR


def test_the_colour_of_what_is_not_known_is_nobodys() -> None:
    unknown = [part for part in past_day(PAST, DAY, ZONE, NOW, WORDS).parts if part.unknown]
    assert {part.colour for part in unknown} == {Colour.GREY}
