"""A series taken apart here: compared with a search through every day, and by example where clocks change."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lyncdesk.exchange import recurring
from lyncdesk.exchange.recurring import Every, Master, Pattern, Series, days_of, occurrences
from lyncdesk.exchange.wall_clocks import UTC_CLOCK, NamedClock
from tests.exchange.every_day import every_day

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
NTH = (Every.NTH_OF_MONTH, Every.NTH_OF_YEAR)
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")


def is_day(pattern: Pattern, day: date) -> bool:
    """Whether a day is the one of its month, by counting."""
    length = monthrange(day.year, day.month)[1]
    if pattern.every not in NTH:
        return day.day == min(pattern.day_of_month, length)
    fitting = [n for n in range(1, length + 1) if day.replace(day=n).weekday() in pattern.days]
    return day.day == fitting[pattern.index]


def belongs(series: Series, day: date) -> bool:
    """Whether a day belongs to a pattern: the definition, without any cleverness."""
    pattern, start = series.pattern, series.start
    months = (day.year - start.year) * 12 + day.month - start.month
    match pattern.every:
        case Every.DAY:
            return (day - start).days % pattern.interval == 0
        case Every.WEEK:
            first, week = (one - DAY * ((one.weekday() - pattern.first_day) % 7) for one in (start, day))
            return day.weekday() in pattern.days and (week - first).days // 7 % pattern.interval == 0
        case Every.MONTH | Every.NTH_OF_MONTH:
            return months % pattern.interval == 0 and is_day(pattern, day)
    years = day.year - start.year
    return day.month == pattern.month and years % pattern.interval == 0 and is_day(pattern, day)


def brute_force(series: Series, until: date) -> list[date]:
    last = min(until, series.end or until)
    return every_day(lambda day: belongs(series, day), series.start, last, series.times)


@st.composite
def patterns(draw: st.DrawFn) -> Pattern:
    every = draw(st.sampled_from(Every))
    some = draw(st.frozensets(st.integers(0, 6), min_size=1))
    classes = [frozenset({n}) for n in range(7)] + [frozenset(range(7)), frozenset(range(5)), {5, 6}]
    return Pattern(
        every,
        draw(st.integers(1, 5)),
        frozenset(draw(st.sampled_from(classes))) if every in NTH else some,
        draw(st.integers(1, 31)),
        draw(st.sampled_from([0, 1, 2, 3, -1])),
        draw(st.integers(1, 12)),
        draw(st.integers(0, 6)),
    )


@st.composite
def serieses(draw: st.DrawFn) -> Series:
    start = draw(st.dates(date(2018, 1, 1), date(2027, 12, 31)))
    end = start + draw(st.integers(0, 900)) * DAY
    ends: dict[str, Series] = {
        "never": Series(draw(patterns()), start),
        "on a day": Series(draw(patterns()), start, end=end),
        "after some": Series(draw(patterns()), start, times=draw(st.integers(1, 30))),
    }
    return ends[draw(st.sampled_from(sorted(ends)))]


@settings(max_examples=100)
@given(serieses(), st.integers(-100, 2500))
@example(Series(Pattern(Every.MONTH, day_of_month=31), date(2024, 1, 31)), 0)
@example(Series(Pattern(Every.YEAR, day_of_month=29, month=2), date(2024, 2, 29)), 700)
@example(Series(Pattern(Every.WEEK, 2, frozenset({6, 0}), first_day=0), date(2026, 3, 4)), 30)
def test_a_series_has_exactly_the_days_of_its_pattern_wherever_one_begins_to_look(
    series: Series, days: int
) -> None:
    since = series.start + days * DAY
    until = since + 800 * DAY
    found = []
    for day in days_of(series, since):
        if day > until:
            break
        found.append(day)
    expected = brute_force(series, until)
    assert [day for day in found if day >= since] == [day for day in expected if day >= since]


@settings(max_examples=80)
@given(
    serieses(),
    st.sampled_from(ZONES),
    st.times().map(lambda found: found.replace(second=0, microsecond=0)),
    st.integers(0, 70),
    st.integers(-5, 900),
    st.integers(1, 6),
)
def test_a_window_holds_every_occurrence_that_overlaps_it(
    series: Series, zone: str, at: time, hours: int, offset: int, length: int
) -> None:
    first = next(days_of(series), None)
    if first is None:
        return
    info = ZoneInfo(zone)

    def moment(wall: datetime) -> datetime:
        return wall.replace(tzinfo=info).astimezone(UTC)

    wall = datetime.combine(first, at)
    begin = moment(wall)
    if begin.astimezone(info).replace(tzinfo=None) != wall:
        return  # no series begins at a time that there is not
    master = Master(series, begin, max(begin, moment(wall + hours * HOUR)), NamedClock(info))
    span = master.end.astimezone(info).replace(tzinfo=None) - wall
    start = datetime.combine(series.start, time(), UTC) + offset * DAY
    end = start + length * DAY
    expected = []
    for day in brute_force(series, (end + 2 * DAY).date()):
        there = datetime.combine(day, at)
        starts, ends = moment(there), moment(there + span)
        if starts.astimezone(info).replace(tzinfo=None) != there or ends < starts:
            ends = starts + span
        if starts < end and (ends > start or ends == starts == start):
            expected.append((starts, ends))
    assert list(occurrences(master, start, end)) == expected


BERLIN = NamedClock(ZoneInfo("Europe/Berlin"))
DAILY = Series(Pattern(Every.DAY), date(2026, 3, 1))


def berlin(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)  # type: ignore[misc, arg-type]


def starts(master: Master, start: datetime, end: datetime) -> list[str]:
    return [f"{begin:%d %H:%M}-{finish:%H:%M}" for begin, finish in occurrences(master, start, end)]


@pytest.mark.parametrize(
    ("first", "length", "expected"),
    [
        # clocks go forward on the 29th at 2:00, which there is not
        ((9, 0), 1, ["27 08:00-09:00", "28 08:00-09:00", "29 07:00-08:00", "30 07:00-08:00"]),
        ((2, 30), 1, ["28 01:30-02:30", "29 01:30-02:30", "30 00:30-01:30", "31 00:30-01:30"]),
        ((1, 30), 1, ["28 00:30-01:30", "29 00:30-01:30", "29 23:30-00:30", "30 23:30-00:30"]),
    ],
)
def test_an_occurrence_keeps_the_time_on_the_clock_when_clocks_change(
    first: tuple[int, int], length: int, expected: list[str]
) -> None:
    master = Master(
        DAILY, berlin(2026, 3, 1, *first), berlin(2026, 3, 1, first[0] + length, first[1]), BERLIN
    )
    window = datetime(2026, 3, 27, 2, 40, tzinfo=UTC), datetime(2026, 3, 31, 2, tzinfo=UTC)
    assert starts(master, *window)[:4] == expected


def test_an_all_day_series_runs_from_midnight_to_midnight_on_the_days_of_23_and_25_hours() -> None:
    master = Master(DAILY, berlin(2026, 3, 1), berlin(2026, 3, 2), BERLIN)
    [spring] = list(occurrences(master, berlin(2026, 3, 29, 1), berlin(2026, 3, 29, 20)))
    assert spring == (berlin(2026, 3, 29), berlin(2026, 3, 30))
    assert spring[1] - spring[0] == 23 * HOUR
    [autumn] = list(occurrences(master, berlin(2026, 10, 25, 1), berlin(2026, 10, 25, 20)))
    assert autumn[1] - autumn[0] == 25 * HOUR


def test_days_that_were_deleted_or_changed_are_left_out_however_exactly_their_times_are_told() -> None:
    apart = (berlin(2026, 3, 3, 9), berlin(2026, 3, 4), berlin(2026, 3, 5, 10))
    master = Master(DAILY, berlin(2026, 3, 1, 9), berlin(2026, 3, 1, 10), BERLIN, apart)
    shown = starts(master, berlin(2026, 3, 2), berlin(2026, 3, 7))
    assert shown == ["02 08:00-09:00", "06 08:00-09:00"]


def test_where_the_zone_is_not_known_the_days_of_the_first_occurrence_count() -> None:
    # Every Monday 20:00 in New York is Tuesday 1:00 in UTC.
    mondays = Series(Pattern(Every.WEEK, days=frozenset({0})), date(2026, 3, 2))
    first = datetime(2026, 3, 3, 1, tzinfo=UTC)
    master = Master(mondays, first, first + HOUR, UTC_CLOCK, sure=False)
    shown = starts(master, first + 5 * DAY, first + 15 * DAY)
    assert shown == ["10 01:00-02:00", "17 01:00-02:00"]
    # But no zone is four days away: then it is the pattern that counts.
    odd = Master(mondays, first + 3 * DAY, first + 3 * DAY + HOUR, UTC_CLOCK, sure=False)
    assert starts(odd, first + 5 * DAY, first + 15 * DAY) == ["09 01:00-02:00", "16 01:00-02:00"]


def test_a_series_is_bounded_whatever_a_server_says() -> None:
    endless = Series(Pattern(Every.DAY), date(2026, 1, 1), times=10**9)
    assert sum(1 for _ in days_of(endless)) == recurring.LONGEST_COUNT
    long = Master(DAILY, berlin(2026, 3, 1), berlin(2029, 3, 1), BERLIN)
    found = list(occurrences(long, berlin(2030, 1, 1), berlin(2030, 1, 2)))
    assert len(found) == recurring.MOST_IN_A_WINDOW
    last = Series(Pattern(Every.YEAR, 100), date(9990, 1, 1))
    assert list(days_of(last)) == [date(9990, 1, 1)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"interval": 0},
        {"day_of_month": 32},
        {"month": 13},
        {"every": Every.WEEK, "days": frozenset()},
        {"every": Every.NTH_OF_MONTH, "days": frozenset()},
    ],
)
def test_what_no_pattern_can_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="a pattern"):
        Pattern(**{"every": Every.DAY, **wrong})  # type: ignore[arg-type]
