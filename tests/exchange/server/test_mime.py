"""MimeContent: items as iCalendar and back."""

import base64
import calendar
from datetime import UTC, date, datetime, time, timedelta
from itertools import count as counting
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings

from lyncdesk.exchange_server.ical_rules import read_rule, write_rule
from lyncdesk.exchange_server.ical_text import escape, fold, parse, unescape
from lyncdesk.exchange_server.ical_zones import zone_lines
from lyncdesk.exchange_server.model import Attendee, Changed, Entry, Pattern, Recurrence
from lyncdesk.exchange_server.recurrence import dates, instant
from tests.exchange.server.conftest import ANNA, BEN
from tests.exchange.server.test_recurrence import serieses
from tests.exchange.server.wire import (
    MONDAY,
    CheckedExchange,
    ask,
    codes,
    create,
    find_item,
    get_item,
    ids,
    item_id,
    of,
    set_field,
    text,
    update,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")
GOT = "m:ResponseMessages/m:GetItemResponseMessage/m:Items/t:CalendarItem"
SHORT = {"MO": 0, "TU": 1, "WE": 2, "TH": 3, "FR": 4, "SA": 5, "SU": 6}


def berlin(day: int, hour: int = 0, month: int = 3) -> datetime:
    return instant(BERLIN, datetime(2026, month, day, hour))  # noqa: DTZ001 - a wall clock


def content(exchange: CheckedExchange, ident: str, user: str = ANNA) -> str:
    answer = ask(exchange, user, get_item(item_id(ident), "item:MimeContent"))
    assert codes(answer) == ["NoError"]
    return base64.b64decode(text(answer, f"{GOT}/t:MimeContent") or "").decode()


def only_id(exchange: CheckedExchange, index: int = 0) -> str:
    return ids(ask(exchange, ANNA, find_item()))[index][0]


def master_id(exchange: CheckedExchange) -> str:
    view = '<m:IndexedPageItemView Offset="0" BasePoint="Beginning"/>'
    return ids(ask(exchange, ANNA, find_item(view=view)))[0][0]


def lines(ical: str) -> list[str]:
    assert ical.endswith("\r\n")
    assert all(len(line.encode()) <= 75 for line in ical.split("\r\n"))
    return ical.replace("\r\n ", "").split("\r\n")[:-1]


def mime(*inside: str, zone: str = "") -> str:
    whole = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *zone.splitlines(), *inside, "END:VCALENDAR", ""])
    encoded = base64.b64encode(whole.encode()).decode()
    return f'<t:MimeContent CharacterSet="UTF-8">{encoded}</t:MimeContent>'


def event(*inside: str) -> tuple[str, ...]:
    return ("BEGIN:VEVENT", "SUMMARY:Made", *inside, "END:VEVENT")


# --- writing ---


def test_an_appointment_is_one_event(exchange: CheckedExchange) -> None:
    exchange.add_entry(
        ANNA,
        Entry(
            "Budget; draft, v2",
            berlin(2, 9),
            berlin(2, 10),
            "Room 4",
            "Tentative",
            sensitivity="Private",
            zone="Europe/Berlin",
            body="Line 1\nLine 2",
            categories=("Blue", "A,B"),
            extras={"Importance": "High", "ReminderIsSet": "true", "ReminderMinutesBeforeStart": "20"},
        ),
    )
    found = lines(content(exchange, only_id(exchange)))
    assert found[:4] == [
        *("BEGIN:VCALENDAR", "METHOD:PUBLISH", "PRODID:Microsoft Exchange Server 2010", "VERSION:2.0")
    ]
    inside = found[found.index("BEGIN:VEVENT") :]
    for line in (
        "SUMMARY:Budget\\; draft\\, v2",
        "DESCRIPTION:Line 1\\nLine 2",
        "DTSTART;TZID=W. Europe Standard Time:20260302T090000",
        "DTEND;TZID=W. Europe Standard Time:20260302T100000",
        "CLASS:PRIVATE",
        "PRIORITY:1",
        "TRANSP:OPAQUE",
        "STATUS:TENTATIVE",
        "LOCATION:Room 4",
        "CATEGORIES:Blue,A\\,B",
        "X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE",
        "X-MICROSOFT-CDO-ALLDAYEVENT:FALSE",
        "X-MICROSOFT-CDO-INSTTYPE:0",
        "BEGIN:VALARM",
        "TRIGGER;RELATED=START:-PT20M",
    ):
        assert line in inside
    assert not any(line.startswith(("RRULE", "ORGANIZER", "RECURRENCE-ID")) for line in inside)
    assert inside[-2:] == ["END:VEVENT", "END:VCALENDAR"]


def test_a_time_zone_comes_with_its_rules(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, Entry("x", berlin(2, 9), berlin(2, 10), zone="Europe/Berlin"))
    found = lines(content(exchange, only_id(exchange)))
    assert found[found.index("BEGIN:VTIMEZONE") : found.index("END:VTIMEZONE") + 1] == [
        "BEGIN:VTIMEZONE",
        "TZID:W. Europe Standard Time",
        "BEGIN:DAYLIGHT",
        "DTSTART:16010101T020000",
        "TZOFFSETFROM:+0100",
        "TZOFFSETTO:+0200",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
        "END:DAYLIGHT",
        "BEGIN:STANDARD",
        "DTSTART:16010101T030000",
        "TZOFFSETFROM:+0200",
        "TZOFFSETTO:+0100",
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
        "END:STANDARD",
        "END:VTIMEZONE",
    ]


def test_a_zone_without_simple_rules_is_listed_change_by_change() -> None:
    fixed = list(zone_lines("India Standard Time", "Asia/Kolkata", 2026))
    assert fixed.count("BEGIN:STANDARD") == 1
    assert "TZOFFSETTO:+0530" in fixed
    changed = list(zone_lines("Egypt Standard Time", "Africa/Cairo", 2022))
    assert changed.count("BEGIN:DAYLIGHT") == 9, "summer time came back in 2023"


def test_utc_needs_no_zone(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, Entry("x", MONDAY, MONDAY + HOUR))
    found = lines(content(exchange, only_id(exchange)))
    assert "DTSTART:20260302T080000Z" in found
    assert "BEGIN:VTIMEZONE" not in found


def test_an_all_day_series_is_written_in_days(exchange: CheckedExchange) -> None:
    exchange.add_entry(
        ANNA,
        Entry(
            "Watch",
            berlin(2),
            berlin(4),
            show_as="Free",
            all_day=True,
            zone="Europe/Berlin",
            recurrence=Recurrence(Pattern("weekly", 2, ("Monday",)), date(2026, 3, 2), end=date(2026, 5, 1)),
            deleted=(berlin(30),),
        ),
    )
    found = lines(content(exchange, master_id(exchange)))
    for line in (
        "DTSTART;VALUE=DATE:20260302",
        "DTEND;VALUE=DATE:20260304",
        "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;WKST=SU;UNTIL=20260501",
        "EXDATE;VALUE=DATE:20260330",
        "TRANSP:TRANSPARENT",
        "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE",
        "X-MICROSOFT-CDO-INSTTYPE:1",
    ):
        assert line in found


def test_the_exceptions_of_a_series_follow_it_and_each_has_its_own_content(exchange: CheckedExchange) -> None:
    late = Entry("Late", berlin(4, 11), berlin(4, 12), zone="Europe/Berlin", show_as="OOF")
    exchange.add_entry(
        ANNA,
        Entry(
            "Daily",
            berlin(2, 9),
            berlin(2, 10),
            zone="Europe/Berlin",
            recurrence=Recurrence(Pattern("daily"), date(2026, 3, 2), end=date(2026, 4, 1)),
            changed=(Changed(berlin(4, 9), late),),
            deleted=(berlin(5, 9),),
        ),
    )
    found = lines(content(exchange, master_id(exchange)))
    assert found.count("BEGIN:VEVENT") == 2
    first, second = "\n".join(found).split("BEGIN:VEVENT")[1:]
    assert "UNTIL=20260401T070000Z" in first, "nine o'clock in summer"
    assert "EXDATE;TZID=W. Europe Standard Time:20260305T090000" in first
    assert "RECURRENCE-ID;TZID=W. Europe Standard Time:20260304T090000" in second
    assert "DTSTART;TZID=W. Europe Standard Time:20260304T110000" in second
    assert "X-MICROSOFT-CDO-BUSYSTATUS:OOF" in second
    assert "RRULE" not in second
    uids = [line for line in found if line.startswith("UID:")]
    assert len(set(uids)) == 1

    alone = lines(content(exchange, only_id(exchange, 2)))
    assert alone.count("BEGIN:VEVENT") == 1
    assert {"SUMMARY:Late", "RECURRENCE-ID;TZID=W. Europe Standard Time:20260304T090000", uids[0]} <= {*alone}
    plain = lines(content(exchange, only_id(exchange, 1)))
    assert "RECURRENCE-ID;TZID=W. Europe Standard Time:20260303T090000" in plain


def test_an_exception_is_named_as_its_series_would_name_it(exchange: CheckedExchange) -> None:
    """Whatever it has become itself: here a whole day."""
    whole = Entry("Off", berlin(3), berlin(4), zone="Europe/Berlin", all_day=True)
    exchange.add_entry(
        ANNA,
        Entry(
            "Daily",
            berlin(2, 9),
            berlin(2, 10),
            zone="Europe/Berlin",
            recurrence=Recurrence(Pattern("daily"), date(2026, 3, 2), count=3),
            changed=(Changed(berlin(3, 9), whole),),
        ),
    )
    for ident in (master_id(exchange), only_id(exchange, 1)):
        found = lines(content(exchange, ident))
        assert "RECURRENCE-ID;TZID=W. Europe Standard Time:20260303T090000" in found
        assert "DTSTART;VALUE=DATE:20260303" in found


def test_a_meeting_names_its_people(exchange: CheckedExchange) -> None:
    exchange.add_entry(
        ANNA,
        Entry(
            "Plan",
            MONDAY,
            MONDAY + HOUR,
            meeting=True,
            cancelled=True,
            organizer=Attendee(ANNA, 'Anna "AK" Keller'),
            required=(Attendee(BEN, "Ben Carter", "Accept"),),
            optional=(Attendee("carl@example.com", "", "Decline"),),
            resources=(Attendee("room@example.com", "Room 4", "NoResponseReceived"),),
        ),
    )
    found = lines(content(exchange, only_id(exchange)))
    for line in (
        f"ORGANIZER;CN=\"Anna 'AK' Keller\":MAILTO:{ANNA}",
        f'ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=TRUE;CN="Ben Carter":MAILTO:{BEN}',
        'ATTENDEE;ROLE=OPT-PARTICIPANT;PARTSTAT=DECLINED;RSVP=TRUE;CN="carl@example.com":MAILTO:carl@example.com',
        (
            "ATTENDEE;CUTYPE=RESOURCE;ROLE=NON-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;"
            'CN="Room 4":MAILTO:room@example.com'
        ),
        "STATUS:CANCELLED",
    ):
        assert line in found


def test_an_html_body_becomes_plain_text(exchange: CheckedExchange) -> None:
    body = "<html><head><style>p{}</style></head><body><p>One &amp; two</p><p>Three</p></body></html>"
    exchange.add_entry(ANNA, Entry("x", MONDAY, MONDAY + HOUR, body=body, body_type="HTML"))
    assert "DESCRIPTION:One & two\\nThree" in lines(content(exchange, only_id(exchange)))


def test_content_comes_only_when_asked_for(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, Entry("x", MONDAY, MONDAY + HOUR))
    ident = item_id(only_id(exchange))
    assert text(ask(exchange, ANNA, get_item(ident, base="AllProperties")), f"{GOT}/t:MimeContent") is None
    flag = "<t:IncludeMimeContent>true</t:IncludeMimeContent></m:ItemShape>"
    asked = get_item(ident).replace("</m:ItemShape>", flag)
    assert text(ask(exchange, ANNA, asked), f"{GOT}/t:MimeContent")
    exchange.faults.set("details-missing")
    assert text(ask(exchange, ANNA, asked), f"{GOT}/t:MimeContent") is None


def test_the_content_of_a_private_occurrence_tells_a_colleague_nothing(exchange: CheckedExchange) -> None:
    exchange.share(BEN, "FullDetails", ANNA)
    secret = Entry("Doctor", MONDAY + DAY, MONDAY + DAY + HOUR, "Clinic", sensitivity="Private")
    exchange.add_entry(
        BEN,
        Entry(
            "Daily",
            MONDAY,
            MONDAY + HOUR,
            recurrence=Recurrence(Pattern("daily"), MONDAY.date(), count=3),
            changed=(Changed(MONDAY + DAY, secret),),
        ),
    )
    view = '<m:IndexedPageItemView Offset="0" BasePoint="Beginning"/>'
    ((ident, _key),) = ids(ask(exchange, ANNA, find_item(view=view, folder=of(BEN))))
    found = content(exchange, ident)
    assert "Daily" in found
    assert "Doctor" not in found
    assert "Clinic" not in found


def test_lines_are_folded_between_signs() -> None:
    long = "SUMMARY:" + "ä€😀x" * 40
    folded = fold(long)
    assert all(len(piece.encode()) <= 75 for piece in folded.split("\r\n"))
    assert folded.replace("\r\n ", "") == long


@pytest.mark.parametrize("words", ["a;b,c\\n", "two\nlines", "\\", "\\n", "a\\,b"])
def test_escaping_loses_nothing(words: str) -> None:
    assert unescape(escape(words)) == words


# --- rules: judged by a search through every day, as RFC 5545 defines them ---


def fits(day: date, parts: dict[str, str]) -> bool:
    length = calendar.monthrange(day.year, day.month)[1]
    numbers = {int(part) for part in parts.get("BYMONTHDAY", "").split(",") if part}
    return (
        ("BYMONTH" not in parts or day.month == int(parts["BYMONTH"]))
        and (not numbers or day.day in numbers or day.day - length - 1 in numbers)
        and ("BYDAY" not in parts or day.weekday() in {SHORT[name] for name in parts["BYDAY"].split(",")})
    )


def period(start: date, parts: dict[str, str], number: int) -> list[date]:
    interval = int(parts.get("INTERVAL", "1"))
    match parts["FREQ"]:
        case "DAILY":
            first, days = start + DAY * interval * number, 1
        case "WEEKLY":
            into = (start.weekday() - SHORT[parts["WKST"]]) % 7
            first, days = start - DAY * into + 7 * DAY * interval * number, 7
        case "MONTHLY":
            months = start.year * 12 + start.month - 1 + interval * number
            first = date(months // 12, months % 12 + 1, 1)
            days = calendar.monthrange(first.year, first.month)[1]
        case _:
            first = date(start.year + number, 1, 1)
            days = 366 if calendar.isleap(first.year) else 365
    return [first + DAY * one for one in range(days)]


def by_the_rfc(rule: str, start: date, most: int) -> list[date]:
    parts = dict(part.split("=") for part in rule.split(";"))
    until = parts.get("UNTIL", "99991231")[:8]
    most = min(most, int(parts.get("COUNT", most)))
    found: list[date] = []
    for number in counting() if "COUNT" not in parts else range(5000):
        days = [day for day in period(start, parts, number) if fits(day, parts)]
        if "BYSETPOS" in parts:
            place = int(parts["BYSETPOS"])
            days = days[place - 1 : place] if place > 0 else days[place:][:1]
        for day in days:
            if day >= start:
                found.append(day)
            if len(found) == most or f"{day:%Y%m%d}" > until:
                return [one for one in found if f"{one:%Y%m%d}" <= until]
    return found


@settings(max_examples=150)
@given(serieses())
@example(Recurrence(Pattern("monthly-day", day_of_month=31), date(2024, 1, 31)))
@example(Recurrence(Pattern("monthly-day", day_of_month=30), date(2024, 1, 30)))
@example(Recurrence(Pattern("monthly-day", 5, day_of_month=29), date(2023, 9, 29)))
@example(Recurrence(Pattern("yearly-day", day_of_month=29, month=2), date(2024, 2, 29)))
@example(Recurrence(Pattern("yearly-day", day_of_month=31, month=4), date(2024, 4, 30)))
@example(Recurrence(Pattern("weekly", 2, ("Sunday", "Monday"), first_day="Monday"), date(2026, 3, 4)))
@example(Recurrence(Pattern("monthly-nth", days=("WeekendDay",), index="Last"), date(2026, 3, 4)))
def test_a_rule_means_the_days_of_the_series(series: Recurrence) -> None:
    wanted = list(islice(dates(series), 25))
    if not wanted:
        return
    rule = write_rule(series, None)
    assert by_the_rfc(rule, wanted[0], 25) == wanted
    assert list(islice(dates(read_rule(rule, wanted[0])), 25)) == wanted


@pytest.mark.parametrize(
    ("rule", "pattern"),
    [
        ("FREQ=DAILY", Pattern("daily")),
        ("FREQ=WEEKLY", Pattern("weekly", 1, ("Monday",), first_day="Monday")),
        ("FREQ=WEEKLY;BYDAY=TU,TH;WKST=SU", Pattern("weekly", 1, ("Tuesday", "Thursday"))),
        ("FREQ=MONTHLY", Pattern("monthly-day", day_of_month=2, month=1)),
        ("FREQ=MONTHLY;BYDAY=2MO", Pattern("monthly-nth", days=("Monday",), index="Second")),
        ("FREQ=MONTHLY;BYDAY=-1FR", Pattern("monthly-nth", days=("Friday",), index="Last")),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", Pattern("monthly-day", day_of_month=31)),
        ("FREQ=YEARLY", Pattern("yearly-day", day_of_month=2, month=3)),
        ("FREQ=YEARLY;INTERVAL=2", Pattern("monthly-day", 24, day_of_month=2)),
        ("FREQ=YEARLY;BYDAY=1SU;BYMONTH=11", Pattern("yearly-nth", days=("Sunday",), month=11)),
    ],
)
def test_rules_of_other_programs_are_understood(rule: str, pattern: Pattern) -> None:
    assert read_rule(rule, MONDAY.date()).pattern == pattern


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=HOURLY",
        "FREQ=DAILY;BYDAY=MO",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=99999999999",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=MONTHLY;BYDAY=MO",
        "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=MONTHLY;BYMONTHDAY=1,15",
        "FREQ=MONTHLY;BYMONTHDAY=-2",
        "FREQ=MONTHLY;INTERVAL=100",
        "FREQ=YEARLY;INTERVAL=9",
        "FREQ=YEARLY;BYWEEKNO=20",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;UNTIL=20200101",
        "FREQ=WEEKLY;BYDAY=XX",
        "nonsense",
    ],
)
def test_rules_beyond_ews_are_refused(rule: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - its words are nobody's business
        read_rule(rule, MONDAY.date())


# --- reading ---


def test_an_item_is_created_from_its_content(exchange: CheckedExchange) -> None:
    content_of = mime(
        *event(
            "UID:mine",
            "DTSTART;TZID=Europe/Berlin:20260302T090000",
            "DTEND;TZID=Europe/Berlin:20260302T103000",
            "LOCATION:Room\\, 4",
            "DESCRIPTION:a\\nb",
            "CLASS:PRIVATE",
            "TRANSP:TRANSPARENT",
            "CATEGORIES:Blue,A\\,B",
            "PRIORITY:1",
            "ORGANIZER;CN=Anna:mailto:anna@example.com",
            'ATTENDEE;ROLE=OPT-PARTICIPANT;PARTSTAT=ACCEPTED;CN="Ben: Carter":mailto:ben@example.com',
            "BEGIN:VALARM",
            "TRIGGER:-PT1H",
            "END:VALARM",
        )
    )
    assert codes(ask(exchange, ANNA, create(content_of))) == ["NoError"]
    (entry,) = exchange.entries(ANNA)
    assert (entry.subject, entry.location, entry.body, entry.uid) == ("Made", "Room, 4", "a\nb", "mine")
    assert (entry.start, entry.end, entry.zone) == (
        *(berlin(2, 9), berlin(2, 10) + timedelta(minutes=30)),
        "Europe/Berlin",
    )
    assert (entry.sensitivity, entry.show_as, entry.categories) == ("Private", "Free", ("Blue", "A,B"))
    assert entry.optional == (Attendee(BEN, "Ben: Carter", "Accept"),)
    assert entry.meeting is True
    assert entry.extras["ReminderMinutesBeforeStart"] == "60"
    assert entry.extras["Importance"] == "High"


def test_what_stands_beside_the_content_goes_before_it(exchange: CheckedExchange) -> None:
    content_of = mime(*event("DTSTART:20260302T090000Z", "DTEND:20260302T100000Z"))
    assert codes(ask(exchange, ANNA, create(f"{content_of}<t:Subject>Mine</t:Subject>"))) == ["NoError"]
    assert exchange.entries(ANNA)[0].subject == "Mine"


def test_days_and_durations(exchange: CheckedExchange) -> None:
    for inside in (
        ("DTSTART;VALUE=DATE:20260302",),
        ("DTSTART;VALUE=DATE:20260302", "DTEND;VALUE=DATE:20260304"),
        ("DTSTART:20260302T090000Z", "DURATION:PT1H30M"),
        ("DTSTART:20260302T090000Z", "DURATION:P1DT2H"),
        ("DTSTART:20260302T090000Z",),
    ):
        assert codes(ask(exchange, ANNA, create(mime(*event(*inside))))) == ["NoError"]
    assert [(entry.all_day, entry.end - entry.start) for entry in exchange.entries(ANNA)] == [
        (True, DAY),
        (True, 2 * DAY),
        (False, 1.5 * HOUR),
        (False, 26 * HOUR),
        (False, 0 * HOUR),
    ]


def test_a_series_comes_with_its_exceptions(exchange: CheckedExchange) -> None:
    content_of = mime(
        *event(
            "UID:series",
            "DTSTART;TZID=Europe/Berlin:20260302T090000",
            "DTEND;TZID=Europe/Berlin:20260302T100000",
            "RRULE:FREQ=DAILY;COUNT=40",
            "EXDATE;TZID=Europe/Berlin:20260303T090000,20260310T090000",
            "EXDATE;TZID=Europe/Berlin:20260303T190000",
        ),
        *event(
            "UID:series",
            "RECURRENCE-ID;TZID=Europe/Berlin:20260401T090000",
            "DTSTART;TZID=Europe/Berlin:20260401T110000",
            "DTEND;TZID=Europe/Berlin:20260401T120000",
        ),
    )
    assert codes(ask(exchange, ANNA, create(content_of))) == ["NoError"]
    (entry,) = exchange.entries(ANNA)
    assert entry.recurrence == Recurrence(Pattern("daily"), date(2026, 3, 2), count=40)
    assert entry.deleted == (berlin(3, 9), berlin(10, 9)), "what is not of the series cannot be deleted"
    (change,) = entry.changed
    assert (change.original, change.entry.start) == (berlin(1, 9, 4), berlin(1, 11, 4))


@pytest.mark.parametrize(
    "entry",
    [
        Entry("Plain", MONDAY, MONDAY + HOUR, "Here", "OOF", sensitivity="Confidential", body="x\ny"),
        Entry("Days", berlin(28), berlin(30), all_day=True, zone="Europe/Berlin"),
        Entry(
            "Series",
            berlin(2, 9),
            berlin(2, 10),
            zone="Europe/Berlin",
            recurrence=Recurrence(Pattern("weekly", 1, ("Monday", "Friday")), date(2026, 3, 2), count=20),
            changed=(
                Changed(berlin(6, 9), Entry("Moved", berlin(7, 9), berlin(7, 10), zone="Europe/Berlin")),
            ),
            deleted=(berlin(30, 9),),
        ),
    ],
)
def test_what_is_written_is_read_as_the_same(exchange: CheckedExchange, entry: Entry) -> None:
    exchange.add_entry(ANNA, entry)
    written = content(exchange, master_id(exchange))
    encoded = base64.b64encode(written.encode()).decode()
    assert codes(ask(exchange, ANNA, create(f"<t:MimeContent>{encoded}</t:MimeContent>"))) == ["NoError"]
    one, two = exchange.entries(ANNA)
    for name in (
        *("subject", "start", "end", "location", "show_as", "sensitivity", "all_day", "zone", "body", "uid"),
        *("recurrence", "deleted"),
    ):
        assert getattr(two, name) == getattr(one, name), name
    assert [(change.original, change.entry.start, change.entry.subject) for change in two.changed] == [
        (change.original, change.entry.start, change.entry.subject) for change in one.changed
    ]


def test_a_zone_of_another_name_is_known_by_its_rules(exchange: CheckedExchange) -> None:
    zone = "\n".join(zone_lines("My own zone", "America/New_York", 2026))
    south = "\n".join(zone_lines("Down under", "Australia/Sydney", 2026))
    for name, rules in (("My own zone", zone), ("Down under", south)):
        inside = (f"DTSTART;TZID={name}:20260702T090000", f"DTEND;TZID={name}:20260702T100000")
        assert codes(ask(exchange, ANNA, create(mime(*event(*inside), zone=rules)))) == ["NoError"]
    assert [entry.start.astimezone(ZoneInfo(zone)).time() for entry, zone in
            zip(exchange.entries(ANNA), ("America/New_York", "Australia/Sydney"), strict=True)] == [
        time(9)
    ] * 2  # fmt: skip
    assert codes(ask(exchange, ANNA, create(mime(*event("DTSTART;TZID=Narnia:20260702T090000"))))) == [
        "ErrorMimeContentConversionFailed"
    ]


def test_content_is_updated_too(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, Entry("Old", MONDAY, MONDAY + HOUR))
    ((ident, key),) = ids(ask(exchange, ANNA, find_item()))
    content_of = mime(*event("DTSTART:20260303T090000Z", "DTEND:20260303T100000Z"))
    assert codes(
        ask(exchange, ANNA, update(item_id(ident, key), set_field("item:MimeContent", content_of)))
    ) == ["NoError"]
    assert exchange.entries(ANNA)[0].start == datetime(2026, 3, 3, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("content_of", "code"),
    [
        ("<t:MimeContent>!</t:MimeContent>", "ErrorMimeContentInvalidBase64String"),
        (mime("BEGIN:VTODO", "END:VTODO"), "ErrorMimeContentConversionFailed"),
        (mime(*event("DTSTART:yesterday")), "ErrorMimeContentConversionFailed"),
        (mime(*event("DTSTART:20260302T090000Z", "RRULE:FREQ=HOURLY")), "ErrorMimeContentConversionFailed"),
        (mime(*event("DTSTART:20260302T090000Z"), "BEGIN:VEVENT"), "ErrorMimeContentConversionFailed"),
        (mime(*event()), "ErrorMimeContentConversionFailed"),
        (mime(*event("DTSTART:20260302T090000Z"), *event("DTSTART:20260302T090000Z")),
         "ErrorMimeContentConversionFailed"),
        (mime(*event("DTSTART:20260302T090000Z", "X:" + "x" * 2**20)), "ErrorMimeContentInvalid"),
        (mime(*event("DTSTART:20260302T090000Z", "DTEND:20260301T090000Z")),
         "ErrorCalendarEndDateIsEarlierThanStartDate"),
    ],
)  # fmt: skip
def test_content_that_is_none_is_refused(exchange: CheckedExchange, content_of: str, code: str) -> None:
    exchange.check_requests = False
    assert codes(ask(exchange, ANNA, create(content_of))) == [code]
    assert exchange.entries(ANNA) == ()


@pytest.mark.parametrize(
    "ical",
    [
        "",
        "BEGIN:VCALENDAR",
        "END:VCALENDAR",
        "BEGIN:VCALENDAR\nEND:VEVENT",
        "BEGIN:VEVENT\nEND:VEVENT",
        "no line",
        "BEGIN:VCALENDAR\n;:\nEND:VCALENDAR",
        "BEGIN:VCALENDAR\nEND:VCALENDAR\nBEGIN:VCALENDAR\nEND:VCALENDAR",
        "BEGIN:VCALENDAR\n" + "BEGIN:X\n" * 5,
        "BEGIN:VCALENDAR\n" + "BEGIN:X\nEND:X\n" * 2001 + "END:VCALENDAR",
        "x\n" * 20_001,
    ],
)
def test_the_parser_has_bounds(ical: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - its words are nobody's business
        parse(ical)
