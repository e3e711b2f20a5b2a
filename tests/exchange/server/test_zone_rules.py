"""Zones that a request gives by their rules, as clients of Exchange 2007 and some others do."""

from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree

from lyncdesk.exchange_server.ical_zones import rules_of
from lyncdesk.exchange_server.markup import m, t
from lyncdesk.exchange_server.zone_reading import duration
from lyncdesk.exchange_server.zones import WINDOWS, definition
from tests.exchange.server.conftest import ANNA
from tests.exchange.server.wire import CheckedExchange, ask, codes, create, times

SUMMER = times("2026-07-01T09:00:00", "2026-07-01T10:00:00")
WINTER = times("2026-01-15T09:00:00", "2026-01-15T10:00:00")


def change(kind: str, offset: str, index: str, month: str, at: str = "02:00:00") -> str:
    return (
        f"<t:{kind}><t:Offset>{offset}</t:Offset><t:RelativeYearlyRecurrence><t:DaysOfWeek>Sunday</t:DaysOfWeek>"
        f"<t:DayOfWeekIndex>{index}</t:DayOfWeekIndex><t:Month>{month}</t:Month></t:RelativeYearlyRecurrence>"
        f"<t:Time>{at}</t:Time></t:{kind}>"
    )


def meeting_zone(base: str, *changes: str, name: str = "My own zone") -> str:
    inside = f"<t:BaseOffset>{base}</t:BaseOffset>{''.join(changes)}" if base else ""
    return f'<t:MeetingTimeZone TimeZoneName="{name}">{inside}</t:MeetingTimeZone>'


BERLIN = meeting_zone(
    "-PT60M", change("Standard", "PT0M", "Last", "October", "03:00:00"),
    change("Daylight", "-PT60M", "Last", "March"),
)  # fmt: skip
NEW_YORK = meeting_zone(
    "PT300M", change("Standard", "PT0M", "First", "November"),
    change("Daylight", "-PT60M", "Second", "March"),
)  # fmt: skip
SYDNEY = meeting_zone(
    "-PT10H", change("Standard", "PT0M", "First", "April", "03:00:00"),
    change("Daylight", "-PT1H", "First", "October"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "span", "start"),
    [
        (BERLIN, SUMMER, datetime(2026, 7, 1, 7, tzinfo=UTC)),
        (BERLIN, WINTER, datetime(2026, 1, 15, 8, tzinfo=UTC)),
        (NEW_YORK, SUMMER, datetime(2026, 7, 1, 13, tzinfo=UTC)),
        (NEW_YORK, WINTER, datetime(2026, 1, 15, 14, tzinfo=UTC)),
        (SYDNEY, SUMMER, datetime(2026, 6, 30, 23, tzinfo=UTC)),
        (SYDNEY, WINTER, datetime(2026, 1, 14, 22, tzinfo=UTC)),
        (meeting_zone("-PT330M"), WINTER, datetime(2026, 1, 15, 3, 30, tzinfo=UTC)),
        (meeting_zone("PT0S"), WINTER, datetime(2026, 1, 15, 9, tzinfo=UTC)),
        (meeting_zone("", name="Europe/Berlin"), SUMMER, datetime(2026, 7, 1, 7, tzinfo=UTC)),
        (meeting_zone("PT300M", name="W. Europe Standard Time"), SUMMER, datetime(2026, 7, 1, 7, tzinfo=UTC)),
    ],
)
def test_a_meeting_zone_is_known_by_its_name_or_its_rules(
    exchange: CheckedExchange, zone: str, span: str, start: datetime
) -> None:
    assert codes(ask(exchange, ANNA, create(f"{span}{zone}"))) == ["NoError"]
    assert exchange.entries(ANNA)[0].start == start


# Where the clocks follow the moon, next year's rules are not those of this one.
STEADY = sorted(
    name for name, zones in WINDOWS.items() if rules_of(zones[0], 2026) == rules_of(zones[0], 2027)
)


@pytest.mark.parametrize("windows", STEADY)
def test_every_zone_is_recognised_by_its_definition(exchange: CheckedExchange, windows: str) -> None:
    rules = definition(windows, WINDOWS[windows][0], 2026, full=True)
    holder = m("x", t("StartTimeZone", Id="tzone://Microsoft/Custom", Name="Custom"))
    holder[0].extend(rules)
    zone = etree.tostring(holder[0]).decode()
    named = f'<t:StartTimeZone Id="{windows}"/>'
    for given in (zone, named):
        assert codes(ask(exchange, ANNA, create(f"{SUMMER}{given}"))) == ["NoError"]
    by_rules, by_name = exchange.entries(ANNA)
    assert by_rules.start == by_name.start


@pytest.mark.parametrize(
    "zone",
    [
        meeting_zone("-PT37M"),
        meeting_zone("", name="Narnia"),
        meeting_zone("-PT60M", change("Standard", "PT0M", "First", "May"),
                     change("Daylight", "-PT60M", "First", "June")),
        '<t:StartTimeZone Id="Narnia"/>',
    ],
)  # fmt: skip
def test_a_zone_that_nobody_has_is_refused(exchange: CheckedExchange, zone: str) -> None:
    assert codes(ask(exchange, ANNA, create(f"{SUMMER}{zone}"))) == ["ErrorCalendarInvalidTimeZone"]
    assert exchange.entries(ANNA) == ()


@pytest.mark.parametrize(
    ("words", "minutes"),
    [("PT60M", 60), ("-PT1H", -60), ("PT-1H", -60), ("PT0S", 0), ("P1D", 1440), ("-PT5H30M", -330)],
)
def test_durations(words: str, minutes: int) -> None:
    assert duration(words, t("Bias")) == timedelta(minutes=minutes)
