"""Evolution, with its EWS backend as distributions ship it, uses the embedded Exchange."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from lyncdesk.exchange_server.model import Attendee, Changed, Entry, Pattern, Recurrence
from lyncdesk.exchange_server.recurrence import expand
from tests.strangers.conftest import ANNA, BEN, CARLA, PASSWORDS, VisitedExchange
from tests.strangers.evolution import Account, Evolution
from tests.waiting import wait_for

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FIRST, LAST = (int(datetime(2026, 3, day, tzinfo=UTC).timestamp()) for day in (1, 31))


def event(summary: str, *lines: str) -> str:
    """A new event as Evolution's editor makes it, on Monday at nine unless the lines say otherwise."""
    usual = ("DTSTART;TZID=Europe/Berlin:20260302T090000", "DTEND;TZID=Europe/Berlin:20260302T100000")
    times = () if any(line.startswith("DTSTART") for line in lines) else usual
    shown = () if any(line.startswith("TRANSP") for line in lines) else ("TRANSP:OPAQUE",)
    return "\r\n".join(("BEGIN:VEVENT", f"SUMMARY:{summary}", *times, *shown, *lines, "END:VEVENT", ""))


def value(component: dict[str, Any], name: str) -> str | None:
    """The value of a component's only line of that name."""
    lines = component.get(name, [])
    assert len(lines) <= 1
    return lines[0][1] if lines else None


def named(components: list[dict[str, Any]], summary: str) -> dict[str, Any]:
    """The only component with that summary."""
    (found,) = [one for one in components if value(one, "SUMMARY") == summary]
    return found


def opened(account: Account, count: int) -> list[dict[str, Any]]:
    """The components of the calendar, once there are so many."""
    wait_for(lambda: len(account("objects")) == count, f"{count} components")
    found: list[dict[str, Any]] = account("objects")
    return found


@pytest.fixture
def anna(exchange: VisitedExchange, evolution: Evolution) -> Iterator[Account]:
    """Anna's account in Evolution, with an empty calendar on the server."""
    assert exchange.url
    with evolution.account(exchange.url, ANNA, PASSWORDS[ANNA]) as account:
        yield account


def test_it_takes_in_the_folders_over_the_socket(exchange: VisitedExchange, anna: Account) -> None:
    wait_for(lambda: {"Calendar", "Tasks", "Contacts"} <= set(anna("folders")), "the folders")
    wait_for(lambda: exchange.counters.requests.get("SyncFolderItems"), "the items")
    asked = exchange.counters.requests
    assert {"GetFolder", "SyncFolderHierarchy", "SyncFolderItems"} == asked.keys()
    assert {code for one in exchange.counters.log(ANNA) for code in one.codes} == {"NoError"}


def test_it_shows_every_kind_of_item(exchange: VisitedExchange, anna: Account) -> None:
    midnight = datetime(2026, 3, 3, 23, tzinfo=UTC)
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR, "Room 4", zone="Europe/Berlin"))
    exchange.add_entry(
        ANNA, Entry("Fair", midnight, midnight + 2 * DAY, show_as="Free", all_day=True, zone="Europe/Berlin")
    )
    exchange.add_entry(ANNA, Entry("Doctor", MONDAY + 2 * HOUR, MONDAY + 3 * HOUR, sensitivity="Private"))
    anna("refresh")
    found = opened(anna, 3)
    budget = named(found, "Budget")
    ((zone, start),) = budget["DTSTART"]
    assert (zone.endswith("Europe/Berlin"), start) == (True, "20260302T090000")
    assert value(budget, "DTEND") == "20260302T100000"
    assert (value(budget, "LOCATION"), value(budget, "TRANSP")) == ("Room 4", "OPAQUE")
    assert value(budget, "CLASS") in {None, "PUBLIC"}
    fair = named(found, "Fair")
    assert (fair["DTSTART"], fair["DTEND"]) == ([["VALUE=DATE", "20260304"]], [["VALUE=DATE", "20260306"]])
    assert value(fair, "TRANSP") == "TRANSPARENT"
    assert value(named(found, "Doctor"), "CLASS") == "PRIVATE"


def test_it_shows_who_comes_to_a_meeting(exchange: VisitedExchange, anna: Account) -> None:
    exchange.add_entry(
        ANNA,
        Entry(
            "Review",
            MONDAY,
            MONDAY + HOUR,
            meeting=True,
            response="Tentative",
            organizer=Attendee(BEN, "Ben Carter"),
            required=(Attendee(ANNA, "Anna Keller", "Tentative"), Attendee(CARLA, "Carla Keller", "Accept")),
        ),
    )
    anna("refresh")
    (review,) = opened(anna, 1)
    assert (value(review, "ORGANIZER") or "").casefold() == f"mailto:{BEN}"
    answers = {address: set(told.split(";")) for told, address in review["ATTENDEE"]}
    assert "PARTSTAT=TENTATIVE" in answers[f"mailto:{ANNA}"]
    assert {"PARTSTAT=ACCEPTED", "ROLE=REQ-PARTICIPANT"} <= answers[f"mailto:{CARLA}"]


def test_it_shows_a_series_with_its_exceptions(exchange: VisitedExchange, anna: Account) -> None:
    moved = Entry(
        "Stand-up, moved", MONDAY + 2 * DAY + HOUR, MONDAY + 2 * DAY + 2 * HOUR, zone="Europe/Berlin"
    )
    exchange.add_entry(
        ANNA,
        Entry(
            "Stand-up",
            MONDAY,
            MONDAY + HOUR,
            zone="Europe/Berlin",
            recurrence=Recurrence(Pattern("weekly", days=("Monday", "Wednesday")), date(2026, 3, 2), count=6),
            changed=(Changed(MONDAY + 2 * DAY, moved),),
            deleted=(MONDAY + 7 * DAY,),
        ),
    )
    anna("refresh")
    found = opened(anna, 2)
    series, exception = named(found, "Stand-up"), named(found, "Stand-up, moved")
    rule = set((value(series, "RRULE") or "").split(";"))
    assert {"FREQ=WEEKLY", "COUNT=6", "BYDAY=MO,WE"} <= rule
    assert value(series, "EXDATE") == "20260309T090000"
    assert value(exception, "RECURRENCE-ID") == "20260304T090000"
    assert value(exception, "UID") == value(series, "UID")
    assert anna("instances", start=FIRST, end=LAST) == [
        ["Stand-up", "20260302T090000", "20260302T100000"],
        ["Stand-up, moved", "20260304T100000", "20260304T110000"],
        ["Stand-up", "20260311T090000", "20260311T100000"],
        ["Stand-up", "20260316T090000", "20260316T100000"],
        ["Stand-up", "20260318T090000", "20260318T100000"],
    ]


PATTERNS = {
    "every second day": Pattern("daily", 2),
    "Tuesdays and Fridays of every second week": Pattern(
        "weekly", 2, days=("Tuesday", "Friday"), first_day="Monday"
    ),
    "the 2nd of a month": Pattern("monthly-day", day_of_month=2),
    "the last day of a month": Pattern("monthly-day", day_of_month=31),
    "the last Friday of every third month": Pattern("monthly-nth", 3, days=("Friday",), index="Last"),
    "the first working day of a month": Pattern("monthly-nth", days=("Weekday",), index="First"),
    "a birthday": Pattern("yearly-day", day_of_month=9, month=3),
    "the second Sunday of May": Pattern("yearly-nth", days=("Sunday",), index="Second", month=5),
}


def test_every_pattern_means_the_same_to_both(exchange: VisitedExchange, anna: Account) -> None:
    here = ZoneInfo("Europe/Berlin")
    begin, end = datetime(2026, 3, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
    expected: set[tuple[str, str]] = set()
    for name, pattern in PATTERNS.items():
        recurrence = Recurrence(pattern, date(2026, 3, 2), end=date(2027, 11, 30))
        series = Entry(name, MONDAY, MONDAY + HOUR, zone="Europe/Berlin", recurrence=recurrence)
        shown = [one.entry.start for one in expand(series, begin, end)]
        exchange.add_entry(ANNA, replace(series, start=shown[0], end=shown[0] + HOUR))
        expected |= {(name, f"{start.astimezone(here):%Y%m%dT%H%M%S}") for start in shown}
    anna("refresh")
    opened(anna, len(PATTERNS))
    window = {"start": int(begin.timestamp()), "end": int(end.timestamp())}
    found = {(summary, start) for summary, start, _ in anna("instances", **window)}
    assert found == expected
    assert len(found) > 400


def test_it_shows_a_series_of_whole_days(exchange: VisitedExchange, anna: Account) -> None:
    midnight = datetime(
        2026, 3, 26, 23, tzinfo=UTC
    )  # Friday the 27th in Berlin; summer time begins on the 29th
    exchange.add_entry(
        ANNA,
        Entry(
            "Day off",
            midnight,
            midnight + DAY,
            show_as="OOF",
            all_day=True,
            zone="Europe/Berlin",
            recurrence=Recurrence(Pattern("weekly", days=("Friday",)), date(2026, 3, 27), count=4),
            deleted=(midnight + 7 * DAY - HOUR,),
        ),
    )
    anna("refresh")
    (series,) = opened(anna, 1)
    assert series["DTSTART"] == [["VALUE=DATE", "20260327"]]
    assert value(series, "EXDATE") == "20260403"
    shown = anna("instances", start=FIRST, end=LAST + 60 * 86400)
    assert [day for _, day, _ in shown] == ["20260327", "20260410", "20260417"]


def test_changes_on_the_server_arrive(exchange: VisitedExchange, anna: Account) -> None:
    budget = exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR, zone="Europe/Berlin"))
    lunch = exchange.add_entry(ANNA, Entry("Lunch", MONDAY + 4 * HOUR, MONDAY + 5 * HOUR))
    anna("refresh")
    opened(anna, 2)
    exchange.change_entry(ANNA, budget.key, subject="Budget 2027", start=MONDAY + HOUR, end=MONDAY + 2 * HOUR)
    exchange.remove_entry(ANNA, lunch.key)
    anna("refresh")
    (changed,) = opened(anna, 1)
    assert value(changed, "SUMMARY") == "Budget 2027"
    assert anna("instances", start=FIRST, end=LAST) == [["Budget 2027", "20260302T100000", "20260302T110000"]]


def test_what_it_makes_arrives_on_the_server(exchange: VisitedExchange, anna: Account) -> None:
    anna("create", event=event("Planning & more", "LOCATION:Room 1", "DESCRIPTION:Agenda", "CLASS:PRIVATE"))
    (entry,) = exchange.entries(ANNA)
    assert (entry.subject, entry.location, entry.sensitivity) == ("Planning & more", "Room 1", "Private")
    assert (entry.start, entry.end, entry.zone) == (MONDAY, MONDAY + HOUR, "Europe/Berlin")
    assert (entry.all_day, entry.show_as, entry.body.strip()) == (False, "Busy", "Agenda")
    (shown,) = opened(anna, 1)
    assert value(shown, "SUMMARY") == "Planning & more"


def test_an_all_day_event_that_it_makes_lies_on_its_day(exchange: VisitedExchange, anna: Account) -> None:
    day = ("DTSTART;VALUE=DATE:20260304", "DTEND;VALUE=DATE:20260305", "TRANSP:TRANSPARENT")
    anna("create", event=event("Fair", *day))
    (entry,) = exchange.entries(ANNA)
    assert (entry.all_day, entry.show_as, entry.end - entry.start) == (True, "Free", DAY)
    (shown,) = opened(anna, 1)
    assert shown["DTSTART"] == [["VALUE=DATE", "20260304"]]


def test_a_series_that_it_makes_can_be_changed_and_shortened(
    exchange: VisitedExchange, anna: Account
) -> None:
    uid = anna("create", event=event("Jour fixe", "RRULE:FREQ=WEEKLY;COUNT=4;BYDAY=MO"))
    (entry,) = exchange.entries(ANNA)
    assert entry.recurrence == Recurrence(Pattern("weekly", days=("Monday",)), date(2026, 3, 2), count=4)
    anna("rename", uid=uid, summary="Jour fixe, by phone", occurrence="20260309T090000")
    anna("remove", uid=uid, occurrence="20260316T090000")
    (entry,) = exchange.entries(ANNA)
    assert [(one.original, one.entry.subject) for one in entry.changed] == [
        (MONDAY + 7 * DAY, "Jour fixe, by phone")
    ]
    assert entry.deleted == (MONDAY + 14 * DAY,)
    assert [one[:2] for one in anna("instances", start=FIRST, end=LAST)] == [
        ["Jour fixe", "20260302T090000"],
        ["Jour fixe, by phone", "20260309T090000"],
        ["Jour fixe", "20260323T090000"],
    ]


RULES = {
    "FREQ=DAILY;INTERVAL=2;COUNT=5": Recurrence(Pattern("daily", 2), date(2026, 3, 2), count=5),
    "FREQ=DAILY;UNTIL=20260306T080000Z": Recurrence(Pattern("daily"), date(2026, 3, 2), end=date(2026, 3, 6)),
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH": Recurrence(
        Pattern("weekly", 2, days=("Monday", "Thursday")), date(2026, 3, 2)
    ),
    "FREQ=MONTHLY;BYMONTHDAY=2": Recurrence(Pattern("monthly-day", day_of_month=2), date(2026, 3, 2)),
    "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1": Recurrence(
        Pattern("monthly-nth", days=("Monday",), index="First"), date(2026, 3, 2)
    ),
    "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1;COUNT=3": Recurrence(
        Pattern("monthly-nth", days=("Monday",), index="First"), date(2026, 3, 2), count=3
    ),
    "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=2": Recurrence(
        Pattern("yearly-day", day_of_month=2, month=3), date(2026, 3, 2)
    ),
}


def test_every_rule_that_it_makes_is_understood(exchange: VisitedExchange, anna: Account) -> None:
    for rule in RULES:
        anna("create", event=event(rule.replace(";", " "), f"RRULE:{rule}"))
    found = {entry.subject: entry.recurrence for entry in exchange.entries(ANNA)}
    assert found == {rule.replace(";", " "): recurrence for rule, recurrence in RULES.items()}


def test_what_it_changes_and_removes_is_changed_and_removed(exchange: VisitedExchange, anna: Account) -> None:
    uid = anna("create", event=event("Budget"))
    anna("rename", uid=uid, summary="Budget 2027")
    (entry,) = exchange.entries(ANNA)
    assert (entry.subject, entry.start, entry.end) == ("Budget 2027", MONDAY, MONDAY + HOUR)
    anna("remove", uid=uid)
    assert exchange.entries(ANNA) == () or {one.folder for one in exchange.entries(ANNA)} == {"deleteditems"}
    opened(anna, 0)


def test_it_asks_when_other_people_are_free(exchange: VisitedExchange, anna: Account) -> None:
    exchange.add_entry(BEN, Entry("Secret plans", MONDAY, MONDAY + HOUR, show_as="OOF"))
    found = "".join(anna("free_busy", addresses=[BEN], start=FIRST, end=FIRST + 7 * 86400))
    assert "20260302T080000Z/20260302T090000Z" in found
    assert "Secret" not in found
    assert exchange.counters.requests["GetUserAvailability"] == 1
