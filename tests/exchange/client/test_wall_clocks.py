"""The clocks of zones as Exchange describes them, compared with the time-zone database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from exchangelib.winzone import MS_TIMEZONE_TO_IANA_MAP
from lxml import etree

from lyncdesk.exchange.wall_clocks import Clock, NamedClock, RuledClock, clock_of, duration
from tests.exchange.server.wire import RECORDINGS, T, needed

AT = datetime(2011, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def item(inner: str, start: str = "2011-03-01T09:00:00Z") -> etree._Element:
    return etree.fromstring(
        f'<t:CalendarItem xmlns:t="{T}"><t:Start>{start}</t:Start>{inner}</t:CalendarItem>'
    )


def clock(inner: str, at: datetime = AT, **fields: str) -> Clock | None:
    return clock_of(item(inner, **fields), MS_TIMEZONE_TO_IANA_MAP.get, at)


def recorded() -> dict[str, etree._Element]:
    root = etree.parse(str(needed(RECORDINGS) / "GetServerTimeZones.exchange2010sp1.xml"))
    return {zone.get("Id") or "": zone for zone in root.iter(f"{{{T}}}TimeZoneDefinition")}


def hours(year: int, zone: ZoneInfo) -> Iterator[datetime]:
    """Two moments of each day, and every hour of the days around a change of the clocks."""
    start = datetime(year, 1, 1, 0, 30, tzinfo=UTC)
    for day in (start + timedelta(days=n) for n in range(1, 364)):
        around = {(day + timedelta(days=n)).astimezone(zone).utcoffset() for n in (-1, 0, 1)}
        yield from (day + n * HOUR for n in range(0, 24, 1 if len(around) > 1 else 11))


def assert_keeps(found: Clock | None, zone: str, year: int) -> None:
    assert found is not None
    real = NamedClock(ZoneInfo(zone))
    for moment in hours(year, real.zone):
        wall = real.wall(moment)
        assert found.wall(moment) == wall, moment
        assert found.moment(wall) == real.moment(wall), wall
        gap = wall + HOUR  # what the clocks may skip
        assert found.moment(gap) == real.moment(gap), gap


# Zones of both halves of the world, whose rules of 2010 hold to this day.
@pytest.mark.parametrize(
    "name",
    [
        "W. Europe Standard Time",
        "GMT Standard Time",
        "Eastern Standard Time",
        "Pacific Standard Time",
        "AUS Eastern Standard Time",
        "New Zealand Standard Time",
        "India Standard Time",
        "Tokyo Standard Time",
        "UTC",
    ],
)
def test_a_zone_that_only_its_rules_describe_is_that_zone(name: str) -> None:
    definition = recorded()[name]
    definition.tag = f"{{{T}}}StartTimeZone"
    definition.set("Id", "Customized Time Zone")
    definition.set("Name", "Niemandsland")
    found = clock(etree.tostring(definition).decode())
    assert isinstance(found, RuledClock)
    assert_keeps(found, MS_TIMEZONE_TO_IANA_MAP[name], 2011)


def test_every_recorded_zone_can_be_read_by_its_rules() -> None:
    for name, definition in recorded().items():
        definition.tag = f"{{{T}}}StartTimeZone"
        definition.set("Id", "Customized Time Zone")
        found = clock(etree.tostring(definition).decode())
        assert isinstance(found, RuledClock), name
        for moment in list(hours(2011, ZoneInfo("UTC")))[::31]:
            assert abs(found.moment(found.wall(moment)) - moment) <= HOUR


PACIFIC_2007 = """<t:MeetingTimeZone TimeZoneName="Anything"><t:BaseOffset>PT480M</t:BaseOffset>
<t:Standard><t:Offset>PT0M</t:Offset><t:RelativeYearlyRecurrence><t:DaysOfWeek>Sunday</t:DaysOfWeek>
<t:DayOfWeekIndex>First</t:DayOfWeekIndex><t:Month>November</t:Month></t:RelativeYearlyRecurrence>
<t:Time>02:00:00</t:Time></t:Standard>
<t:Daylight><t:Offset>-PT60M</t:Offset><t:RelativeYearlyRecurrence><t:DaysOfWeek>Sunday</t:DaysOfWeek>
<t:DayOfWeekIndex>Second</t:DayOfWeekIndex><t:Month>March</t:Month></t:RelativeYearlyRecurrence>
<t:Time>02:00:00</t:Time></t:Daylight></t:MeetingTimeZone>"""


def test_the_rules_of_exchange_2007_are_the_zone_too() -> None:
    assert_keeps(clock(PACIFIC_2007), "America/Los_Angeles", 2026)


def test_a_base_offset_alone_is_an_offset() -> None:
    found = clock(
        '<t:MeetingTimeZone TimeZoneName="x"><t:BaseOffset>-PT1H</t:BaseOffset></t:MeetingTimeZone>'
    )
    assert found == RuledClock(-HOUR)
    assert found.wall(AT) == AT.replace(hour=1, tzinfo=None)


@pytest.mark.parametrize(
    ("inner", "zone"),
    [
        ('<t:StartTimeZone Id="W. Europe Standard Time"/>', "Europe/Berlin"),
        ('<t:StartTimeZone Id="tzone://Microsoft/Custom" Name="Tokyo Standard Time"/>', "Asia/Tokyo"),
        ('<t:StartTimeZone Id="Asia/Kathmandu"/>', "Asia/Kathmandu"),
        ('<t:StartTimeZone Id="?"/><t:MeetingTimeZone TimeZoneName="GMT Standard Time"/>', "Europe/London"),
        ("<t:StartTimeZoneId>Eastern Standard Time</t:StartTimeZoneId>", "America/New_York"),
    ],
)
def test_a_name_is_looked_up_wherever_it_stands(inner: str, zone: str) -> None:
    assert clock(inner) == NamedClock(ZoneInfo(zone))


def test_a_start_with_an_offset_is_at_least_that() -> None:
    for text in ("2011-03-01T09:00:00-04:00", "2011-03-01T09:00:00-0400"):
        assert clock('<t:StartTimeZone Id="Heure du Québec"/>', start=text) == RuledClock(4 * HOUR)


DEFINITION = """<t:StartTimeZone Id="x"><t:Periods><t:Period Bias="-PT60M" Name="S" Id="S"/>
<t:Period Bias="-PT120M" Name="D" Id="D"/></t:Periods><t:TransitionsGroups><t:TransitionsGroup Id="0">
<t:RecurringDateTransition><t:To Kind="Period">D</t:To><t:TimeOffset>PT2H</t:TimeOffset><t:Month>%s</t:Month>
<t:Day>%s</t:Day></t:RecurringDateTransition><t:RecurringDayTransition><t:To Kind="Period">%s</t:To>
<t:TimeOffset>%s</t:TimeOffset><t:Month>10</t:Month><t:DayOfWeek>%s</t:DayOfWeek><t:Occurrence>%s</t:Occurrence>
</t:RecurringDayTransition></t:TransitionsGroup></t:TransitionsGroups><t:Transitions><t:Transition>
<t:To Kind="Group">%s</t:To></t:Transition></t:Transitions></t:StartTimeZone>"""
GOOD = ("3", "15", "S", "PT3H", "Sunday", "-1", "0")


def test_a_change_on_a_fixed_day_and_one_on_a_last_sunday() -> None:
    found = clock(DEFINITION % GOOD)
    assert found is not None
    walls = {
        day: found.wall(datetime(2026, *day, 12, tzinfo=UTC)).hour
        for day in ((3, 14), (3, 15), (10, 24), (10, 25))
    }
    assert walls == {(3, 14): 13, (3, 15): 14, (10, 24): 14, (10, 25): 13}


def test_rules_that_begin_later_do_not_hold_yet() -> None:
    later = (
        '<t:AbsoluteDateTransition><t:To Kind="Period">S</t:To><t:DateTime>2027-01-01T00:00:00Z</t:DateTime>'
        "</t:AbsoluteDateTransition></t:Transitions>"
    )
    told = (DEFINITION % GOOD).replace("</t:Transitions>", later)
    for year, hour in ((2026, 14), (2027, 13)):
        summer = datetime(year, 7, 1, 12, tzinfo=UTC)
        found = clock(told, summer)
        assert found is not None
        assert found.wall(summer).hour == hour


@pytest.mark.parametrize(
    ("place", "word"),
    [
        (0, "13"), (0, "x"), (1, "32"), (2, "nobody"), (3, "soon"), (3, "P900D"), (4, "Funday"),
        (4, "Weekday"), (5, "9"), (5, ""), (6, "7"),
    ],
)  # fmt: skip
def test_rules_that_make_no_sense_are_no_zone(place: int, word: str) -> None:
    words = list(GOOD)
    words[place] = word
    assert clock(DEFINITION % tuple(words)) is None


def test_a_name_that_nobody_knows_without_rules_is_no_zone() -> None:
    for inner in ("", '<t:StartTimeZone Id="../../etc/passwd"/>', '<t:StartTimeZone Id=" "/>'):
        assert clock(inner) is None


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("PT480M", 480), ("-PT1H30M", -90), ("P1DT1H", 1500), ("PT60S", 1), ("PT0S", 0), ("-PT60.5S", -1)],
)
def test_a_duration_is_read(text: str, minutes: int) -> None:
    assert duration(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", [None, "", "60", "P1Y", "PT-5M", "PT99999999999M"])
def test_what_is_no_duration_is_refused(text: str | None) -> None:
    with pytest.raises(ValueError, match="no duration"):
        duration(text)
