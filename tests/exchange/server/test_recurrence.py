"""Series take place when their pattern says: compared with a search through every day, and by example."""

import calendar
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from lyncdesk.exchange_server.model import (
    DAY_INDEXES,
    DAY_NAMES,
    LAST_YEAR,
    Changed,
    Entry,
    Pattern,
    Recurrence,
)
from lyncdesk.exchange_server.recurrence import (
    dates,
    expand,
    first_and_last,
    instant,
    occurrence,
    originals,
    overlaps,
    span,
)
from tests.exchange.every_day import every_day

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
CLASSES = {
    "Day": set(DAY_NAMES),
    "Weekday": set(DAY_NAMES[:5]),
    "WeekendDay": set(DAY_NAMES[5:]),
    **{name: {name} for name in DAY_NAMES},
}
ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
]


def is_nth(day: date, pattern: Pattern) -> bool:
    """Whether the day is, say, the second Tuesday of its month, by counting."""
    wanted = set().union(*(CLASSES[name] for name in pattern.days))
    length = calendar.monthrange(day.year, day.month)[1]
    fitting = [
        number
        for number in range(1, length + 1)
        if DAY_NAMES[date(day.year, day.month, number).weekday()] in wanted
    ]
    return day.day == (fitting[-1] if pattern.index == "Last" else fitting[DAY_INDEXES.index(pattern.index)])


def is_day_of_month(day: date, number: int) -> bool:
    return day.day == min(number, calendar.monthrange(day.year, day.month)[1])


def belongs(series: Recurrence, day: date) -> bool:
    """Whether a day belongs to a pattern: the definition, without any cleverness."""
    pattern, start = series.pattern, series.start
    months = (day.year - start.year) * 12 + day.month - start.month
    if day < start:
        return False
    match pattern.kind:
        case "daily":
            return (day - start).days % pattern.interval == 0
        case "weekly":
            first = DAY_NAMES.index(pattern.first_day)
            weeks = [one - timedelta(days=(one.weekday() - first) % 7) for one in (start, day)]
            wanted = set().union(*(CLASSES[name] for name in pattern.days))
            return (
                DAY_NAMES[day.weekday()] in wanted and (weeks[1] - weeks[0]).days // 7 % pattern.interval == 0
            )
        case "monthly-day":
            return months % pattern.interval == 0 and is_day_of_month(day, pattern.day_of_month)
        case "monthly-nth":
            return months % pattern.interval == 0 and is_nth(day, pattern)
        case "yearly-day":
            return day.month == pattern.month and is_day_of_month(day, pattern.day_of_month)
        case "yearly-nth":
            return day.month == pattern.month and is_nth(day, pattern)


def brute_force(series: Recurrence, until: date) -> list[date]:
    last = min(until, series.end or until)
    return every_day(lambda day: belongs(series, day), series.start, last, series.count)


@some.composite
def patterns(draw: some.DrawFn) -> Pattern:
    kind = draw(
        some.sampled_from(["daily", "weekly", "monthly-day", "monthly-nth", "yearly-day", "yearly-nth"])
    )
    days = draw(some.lists(some.sampled_from(DAY_NAMES), min_size=1, max_size=4, unique=True))
    one = draw(some.sampled_from([*DAY_NAMES, "Day", "Weekday", "WeekendDay"]))
    return Pattern(
        kind,  # type: ignore[arg-type]
        draw(some.integers(1, 5)) if not kind.startswith("yearly") else 1,
        tuple(days) if kind == "weekly" else (one,),
        draw(some.integers(1, 31)),
        draw(some.sampled_from(DAY_INDEXES)),
        draw(some.integers(1, 12)),
        draw(some.sampled_from(DAY_NAMES)),
    )


STARTS = some.dates(date(2019, 1, 1), date(2027, 12, 31))


@some.composite
def serieses(draw: some.DrawFn) -> Recurrence:
    start = draw(STARTS)
    match draw(some.sampled_from(["for ever", "until", "times"])):
        case "until":
            return Recurrence(
                draw(patterns()), start, end=start + timedelta(days=draw(some.integers(0, 900)))
            )
        case "times":
            return Recurrence(draw(patterns()), start, count=draw(some.integers(1, 20)))
    return Recurrence(draw(patterns()), start)


@settings(max_examples=60)
@given(serieses())
@example(Recurrence(Pattern("monthly-day", day_of_month=31), date(2024, 1, 31)))
@example(Recurrence(Pattern("yearly-day", day_of_month=29, month=2), date(2024, 2, 29)))
@example(Recurrence(Pattern("weekly", 2, ("Sunday", "Monday"), first_day="Monday"), date(2026, 3, 4)))
@example(Recurrence(Pattern("monthly-day", 2, day_of_month=10), date(2026, 1, 15)))
def test_a_series_has_exactly_the_days_of_its_pattern(series: Recurrence) -> None:
    until = series.start + timedelta(days=3 * 366)
    found = []
    for day in dates(series):
        if day > until:
            break
        found.append(day)
    assert found == brute_force(series, until)


@settings(max_examples=60)
@given(serieses(), some.integers(-100, 2000))
def test_starting_late_skips_nothing(series: Recurrence, days: int) -> None:
    since = series.start + timedelta(days=days)
    until = since + timedelta(days=500)
    found = []
    for day in dates(series, since):
        if day > until:
            break
        if day >= since:
            found.append(day)
    assert found == [day for day in brute_force(series, until) if day >= since]


def masters(series: Recurrence, zone: str, at: time, hours: int) -> Entry:
    start = instant(ZoneInfo(zone), datetime.combine(series.start, at))
    return Entry("series", start, start + hours * HOUR, zone=zone, recurrence=series)


@settings(max_examples=60)
@given(
    serieses(),
    some.sampled_from(ZONES),
    some.times().map(lambda found: found.replace(second=0, microsecond=0)),
    some.integers(0, 60),
    some.integers(-30, 800),
    some.integers(1, 60),
)
def test_a_window_shows_every_occurrence_that_overlaps_it(
    series: Recurrence, zone: str, at: time, hours: int, offset: int, length: int
) -> None:
    master = masters(series, zone, at, hours)
    start = datetime.combine(series.start, time(), UTC) + offset * DAY
    end = start + length * DAY
    until = (end + 2 * DAY).date()
    expected = []
    for day in brute_force(series, until):
        begin, finish = span(master, day)
        if overlaps(Entry(start=begin, end=finish), start, end):
            expected.append((begin, finish))
    shown = expand(master, start, end)
    assert sorted((one.entry.start, one.entry.end) for one in shown) == expected
    for one in shown:
        assert one.original is not None
        assert occurrence(master, one.original) == one


@settings(max_examples=60)
@given(serieses(), some.sampled_from(ZONES), some.integers(0, 23))
def test_an_occurrence_has_the_wall_clock_time_of_its_series(
    series: Recurrence, zone: str, hour: int
) -> None:
    master = masters(series, zone, time(hour, 30), 1)
    here = ZoneInfo(zone)
    wanted = master.start.astimezone(here).time()
    for day, _ in zip(dates(series), range(40), strict=False):
        start, end = span(master, day)
        wall = datetime.combine(day, wanted)
        back = start.astimezone(here).replace(tzinfo=None)
        exists = wall.replace(tzinfo=here).astimezone(UTC).astimezone(here).replace(tzinfo=None) == wall
        assert back == wall if exists else back > wall
        assert end >= start


@pytest.mark.parametrize(
    ("day", "wall", "start", "end"),
    [
        # Berlin, 29 March 2026: 02:00 to 03:00 does not exist
        (date(2026, 3, 29), time(2, 30), "01:30", "02:30"),
        (date(2026, 3, 29), time(1, 30), "00:30", "01:30"),
        (date(2026, 3, 29), time(9, 0), "07:00", "08:00"),
        (date(2026, 3, 28), time(9, 0), "08:00", "09:00"),
        # 25 October 2026: 02:00 to 03:00 happens twice; the first of the two
        (date(2026, 10, 25), time(2, 30), "00:30", "02:30"),
        (date(2026, 10, 25), time(9, 0), "08:00", "09:00"),
    ],
)
def test_the_days_on_which_the_clocks_change(day: date, wall: time, start: str, end: str) -> None:
    series = Recurrence(Pattern("daily"), date(2026, 1, 5))
    found = span(masters(series, "Europe/Berlin", wall, 1), day)
    assert [one.strftime("%H:%M") for one in found] == [start, end]


def test_an_all_day_series_has_days_of_23_and_25_hours() -> None:
    series = Recurrence(Pattern("daily"), date(2026, 3, 1))
    midnight = instant(ZoneInfo("Europe/Berlin"), datetime.combine(date(2026, 3, 1), time()))
    master = Entry("days", midnight, midnight + DAY, all_day=True, zone="Europe/Berlin", recurrence=series)
    lengths = {
        day: span(master, day)[1] - span(master, day)[0] for day in (date(2026, 3, 29), date(2026, 10, 25))
    }
    assert list(lengths.values()) == [23 * HOUR, 25 * HOUR]


WEEKLY = masters(
    Recurrence(Pattern("weekly", days=("Monday",)), date(2026, 3, 2), count=4), "UTC", time(9), 1
)
SECOND = datetime(2026, 3, 9, 9, tzinfo=UTC)
WHOLE = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


def test_a_deleted_occurrence_does_not_make_room_for_another() -> None:
    shown = expand(replace(WEEKLY, deleted=(SECOND,)), *WHOLE)
    assert [one.entry.start.day for one in shown] == [2, 16, 23]


def test_a_moved_occurrence_is_seen_where_it_is_and_nowhere_else() -> None:
    moved = replace(WEEKLY, start=SECOND + 30 * DAY, end=SECOND + 30 * DAY + HOUR, recurrence=None)
    master = replace(WEEKLY, changed=(Changed(SECOND, moved),))
    assert expand(master, SECOND, SECOND + DAY) == []
    (shown,) = expand(master, SECOND + 30 * DAY, SECOND + 31 * DAY)
    assert (shown.kind, shown.original, shown.entry) == ("Exception", SECOND, moved)


@settings(max_examples=60)
@given(serieses(), some.sampled_from(ZONES))
def test_the_last_occurrence_is_the_last(series: Recurrence, zone: str) -> None:
    master = masters(series, zone, time(9), 1)
    first, last = first_and_last(master)
    if series.end is None and series.count is None:
        assert last is None
        assert first == next(originals(master))
    else:
        found = list(originals(master))
        assert (first, last) == ((found[0], found[-1]) if found else (None, None))


def test_a_series_ends_with_the_calendar() -> None:
    series = Recurrence(Pattern("monthly-nth", 99, ("Monday",), index="Last"), date(LAST_YEAR - 9, 1, 1))
    assert 1 <= len(list(dates(series))) <= 2
    last = date(LAST_YEAR, 12, 31)
    assert list(dates(Recurrence(Pattern("daily"), last))) == [last]


def test_a_window_far_away_is_reached_without_counting_to_it() -> None:
    series = Recurrence(Pattern("daily"), date(1900, 1, 1))
    count = 0
    for _day in dates(series, date(2026, 3, 2)):
        count += 1
        if _day >= date(2026, 3, 2):
            break
    assert count < 5
