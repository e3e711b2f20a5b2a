"""One day through the engine, by hand: when it checks, what others see, and how late they see a change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lyncdesk.capacity.days import Day, DayChange, Placed
from lyncdesk.capacity.exact_delays import Fate, Followed, followed
from lyncdesk.capacity.exact_play import OFFLINE_SHOWN, Played, Shown, play
from lyncdesk.capacity.model import (
    ADDED_AHEAD,
    ADDED_FOR_NOW,
    HOUR,
    MINUTE,
    MOVED,
    REMOVED,
    SECOND,
    SHOW_AS,
)
from lyncdesk.presence.states import AVAILABLE, AWAY, BUSY, IN_A_MEETING

HALF_AN_HOUR = timedelta(minutes=30)
FREE, LOCKED = Shown(AVAILABLE), Shown(AWAY)
IN_MEETING, AT_WORK = Shown(BUSY, IN_A_MEETING), Shown(BUSY)


def at(clock: str) -> int:
    """A time of day, as milliseconds."""
    hours, minutes, *seconds = clock.split(":")
    return int(hours) * HOUR + int(minutes) * MINUTE + round(float(seconds[0] if seconds else 0) * SECOND)


def clocks(moments: list[int]) -> list[str]:
    """Times of day in hours and minutes, and seconds where there are any."""
    parts = [(m // HOUR, m // MINUTE % 60, m % MINUTE / SECOND) for m in moments]
    return [f"{h}:{m:02}" + (f":{s:06.3f}".removesuffix(".000") if s else "") for h, m, s in parts]


def item(start: str, end: str, **how: Any) -> Placed:
    return Placed(
        at(start), at(end), how.pop("show_as", SHOW_AS.index("Busy")), how.pop("meeting", True), **how
    )


def added(when: str, start: str, end: str, **how: Any) -> DayChange:
    kind = ADDED_FOR_NOW if at(start) <= at(when) else ADDED_AHEAD
    return DayChange(at(when), kind, None, item(start, end, **how))


def removed(when: str, what: Placed) -> DayChange:
    return DayChange(at(when), REMOVED, what, None)


def moved(when: str, what: Placed, start: str, end: str) -> DayChange:
    return DayChange(at(when), MOVED, what, Placed(at(start), at(end), what.show_as, what.meeting))


def day(signed_in: tuple[str, str] = ("8:00", "17:00"), **more: Any) -> Day:
    for name in ("asleep", "locked"):
        more[name] = tuple((at(start), at(end)) for start, end in more.get(name, ()))
    return Day(0, 0, at(signed_in[0]), at(signed_in[1]), **more)


def what_became(one: Day, interval: timedelta = HALF_AN_HOUR) -> list[tuple[Fate, float | None]]:
    """What became of each change, and how late it was seen, in minutes."""
    found: list[Followed] = list(followed(one, play(one, interval)))
    return [(each.fate, each.delay / MINUTE if each.delay is not None else None) for each in found]


def seen_in(one: Day, interval: timedelta = HALF_AN_HOUR) -> list[tuple[str, Shown]]:
    """What others saw, from when on."""
    played = play(one, interval)
    return [(clocks([moment])[0], played.shown_at(moment)) for moment in played.changes()]


# --- the rhythm ---


def test_it_checks_at_sign_in_and_each_interval_after_but_not_at_sign_out() -> None:
    assert clocks(play(day(("8:10", "10:10")), HALF_AN_HOUR).checks) == ["8:10", "8:40", "9:10", "9:40"]


def test_the_shortest_and_the_longest_interval() -> None:
    brief = play(day(("8:00", "8:00:05")), timedelta(seconds=1))
    assert clocks(brief.checks) == ["8:00", "8:00:01", "8:00:02", "8:00:03", "8:00:04"]
    assert clocks(play(day(("8:00", "17:00")), timedelta(hours=8)).checks) == ["8:00", "16:00"]
    assert clocks(play(day(("8:00", "15:00")), timedelta(hours=8)).checks) == ["8:00"]


def test_nothing_is_sent_asleep_and_waking_begins_a_rhythm() -> None:
    played = play(day(("8:00", "10:00"), asleep=[("8:30", "9:05"), ("9:34:59.999", "9:35")]), HALF_AN_HOUR)
    assert clocks(played.checks) == ["8:00", "9:05", "9:35"]
    assert played.anchors == played.checks


def test_a_locked_computer_keeps_its_rhythm() -> None:
    played = play(day(("8:00", "10:00"), locked=[("8:25", "8:35"), ("9:00", "9:10")]), HALF_AN_HOUR)
    assert clocks(played.checks) == ["8:00", "8:30", "9:00", "9:30"]
    assert clocks(played.anchors) == ["8:00"]


def test_who_is_not_at_work_sends_nothing() -> None:
    assert play(Day(0, 0, 0, 0, changes=(added("9:00", "9:00", "10:00"),)), HALF_AN_HOUR) == Played()


def test_a_stay_until_midnight() -> None:
    assert clocks(play(day(("22:50", "24:00")), HALF_AN_HOUR).checks) == ["22:50", "23:20", "23:50"]


# --- what others see ---


def test_known_items_are_seen_to_the_second() -> None:
    one = day(items=(item("10:00", "11:00"), item("10:30", "11:30", meeting=False), item("7:00", "8:30")))
    assert seen_in(one) == [
        ("8:00", IN_MEETING),  # the meeting that runs while one signs in is there at once
        ("8:30", FREE),
        ("10:00", IN_MEETING),
        ("11:00", AT_WORK),
        ("11:30", FREE),
        ("17:00", OFFLINE_SHOWN),
    ]


def test_asleep_and_locked_are_away() -> None:
    one = day(
        ("8:00", "12:00"),
        items=(item("9:00", "11:00"),),
        asleep=[("9:30", "9:40")],
        locked=[("9:35", "9:50"), ("10:50", "11:10")],
    )
    assert seen_in(one) == [
        ("8:00", FREE),
        ("9:00", IN_MEETING),
        ("9:30", LOCKED),
        ("9:50", IN_MEETING),
        ("10:50", LOCKED),
        ("11:10", FREE),
        ("12:00", OFFLINE_SHOWN),
    ]


def test_free_cancelled_and_out_of_office_items_make_no_state() -> None:
    one = day(
        items=(
            item("9:00", "10:00", cancelled=True),
            item("10:00", "11:00", show_as=SHOW_AS.index("Free")),
            item("11:00", "12:00", show_as=SHOW_AS.index("Tentative")),
            item("12:00", "13:00", show_as=SHOW_AS.index("OOF")),
            item("0:00", "24:00", show_as=SHOW_AS.index("WorkingElsewhere"), all_day=True),
        ),
        locked=[("12:30", "13:30")],
    )
    assert [shown for _, shown in seen_in(one)] == [FREE, LOCKED, FREE, OFFLINE_SHOWN]


def test_each_check_is_published_whatever_it_brings() -> None:
    played = play(day(("8:00", "10:00")), HALF_AN_HOUR)
    assert len(list(played.changes())) == 2
    # Signing in publishes twice: before and after the first check.
    assert played.published == len(played.checks) + 2


# --- how late a change is seen ---


@pytest.mark.parametrize(
    ("change", "fate", "late"),
    [
        (added("9:00", "9:00", "10:00"), Fate.SEEN, 0),  # in the moment of a check
        (added("9:00:00.001", "9:00", "10:00"), Fate.SEEN, 30 - 0.001 / 60),  # just after it
        (added("9:10", "9:05", "10:00"), Fate.SEEN, 20),
        (added("9:10", "9:00", "9:20"), Fate.MISSED, 20),  # over before any check
        (added("9:10", "9:10", "9:30"), Fate.MISSED, 20),  # it ends as the check comes
        (added("9:10", "9:25", "10:00"), Fate.SEEN, 5),
        (added("9:10", "9:30", "10:00"), Fate.SEEN, 0),
        (added("9:10", "16:00", "16:30"), Fate.SEEN, 0),
        (added("16:40", "16:45", "17:00"), Fate.AWAY, None),  # no check comes any more
        (added("9:10", "17:00", "17:30"), Fate.AWAY, None),  # it begins after signing out
        (added("9:10", "8:00", "9:00"), Fate.HIDDEN, None),  # it was over
        (added("9:10", "9:10", "10:00", show_as=SHOW_AS.index("Tentative")), Fate.HIDDEN, None),
        (added("9:10", "9:10", "10:00", cancelled=True), Fate.HIDDEN, None),
    ],
)
def test_how_late_what_is_added_is_seen(change: DayChange, fate: Fate, late: float | None) -> None:
    assert what_became(day(changes=(change,))) == [(fate, pytest.approx(late) if late is not None else None)]


BUDGET = item("10:00", "11:00")


@pytest.mark.parametrize(
    ("change", "fate", "late"),
    [
        (removed("9:10", BUDGET), Fate.SEEN, 0),
        (removed("9:50", BUDGET), Fate.SEEN, 0),
        (removed("10:10", BUDGET), Fate.SEEN, 20),
        (removed("10:40", BUDGET), Fate.MISSED, 20),
        (removed("11:00", BUDGET), Fate.HIDDEN, None),
        (moved("9:10", BUDGET, "14:00", "15:00"), Fate.SEEN, 0),
        (moved("10:10", BUDGET, "14:00", "15:00"), Fate.SEEN, 20),
        (moved("10:40", BUDGET, "14:00", "15:00"), Fate.MISSED, 20),
        (moved("9:20", BUDGET, "9:25", "10:25"), Fate.SEEN, 5),
        (moved("9:40", BUDGET, "9:45", "10:45"), Fate.MISSED, 15),  # at the check both say the same
        (moved("10:40", BUDGET, "11:00", "12:00"), Fate.SEEN, 20),  # what follows differs on
        (moved("10:40", BUDGET, "8:00", "9:00"), Fate.MISSED, 20),
    ],
)
def test_how_late_what_is_moved_or_removed_is_seen(change: DayChange, fate: Fate, late: float | None) -> None:
    assert what_became(day(items=(BUDGET,), changes=(change,))) == [(fate, late)]


def test_another_item_hides_a_change_that_shows_no_more() -> None:
    meeting, work = added("10:10", "10:10", "10:50"), added("10:10", "10:10", "10:50", meeting=False)
    runs = item("10:00", "11:00", meeting=False)
    assert what_became(day(items=(runs,), changes=(meeting,))) == [(Fate.SEEN, 20)]
    assert what_became(day(items=(runs,), changes=(work,))) == [(Fate.HIDDEN, None)]
    assert what_became(day(items=(BUDGET,), changes=(work,))) == [(Fate.HIDDEN, None)]
    # One that was taken away before hides nothing, whether others know of it or not.
    gone = removed("10:05", BUDGET)
    assert what_became(day(items=(BUDGET,), changes=(gone, work))) == [(Fate.SEEN, 25), (Fate.SEEN, 20)]


@pytest.mark.parametrize(
    ("asleep", "fate", "late"),
    [
        (("9:05", "9:20"), Fate.AWAY, None),  # the change comes while the computer sleeps
        (("9:15", "9:20"), Fate.AWAY, None),  # it falls asleep before the check
        (("9:10", "9:20"), Fate.AWAY, None),  # in the very moment
        (("9:05", "9:10"), Fate.SEEN, 0),  # waking, it checks
        (("9:05", "9:08"), Fate.SEEN, 28),  # a rhythm from there
        (("9:31", "9:40"), Fate.SEEN, 20),
    ],
)
def test_sleep_between_a_change_and_its_check(
    asleep: tuple[str, str], fate: Fate, late: float | None
) -> None:
    assert what_became(day(asleep=[asleep], changes=(added("9:10", "9:10", "10:00"),))) == [(fate, late)]


def test_a_check_after_sleep_comes_in_time_for_what_begins_later() -> None:
    one = day(asleep=[("9:15", "9:40")], changes=(added("9:10", "10:00", "10:30"),))
    assert what_became(one) == [(Fate.SEEN, 0)]


def test_a_missed_item_was_never_seen_and_a_seen_one_from_its_delay_on() -> None:
    one = day(("8:00", "12:00"), changes=(added("9:05", "9:05", "9:25"), added("10:10", "10:10", "11:00")))
    assert what_became(one) == [(Fate.MISSED, 25), (Fate.SEEN, 20)]
    assert seen_in(one) == [("8:00", FREE), ("10:30", IN_MEETING), ("11:00", FREE), ("12:00", OFFLINE_SHOWN)]
