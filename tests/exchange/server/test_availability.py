"""GetUserAvailability: times, slots, details, and who is told what."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lyncdesk.exchange_server.availability import DIGITS
from lyncdesk.exchange_server.biased import read_biased, write_biased
from lyncdesk.exchange_server.model import Entry, Pattern, Recurrence
from lyncdesk.exchange_server.sharing import LEVELS, Sharing
from lyncdesk.exchange_server.suggestions import RANK
from tests.exchange.server.conftest import ANNA, BEN
from tests.exchange.server.wire import MONDAY, CheckedExchange, ask, codes, find, text, texts

HOUR = timedelta(hours=1)
ROW = "m:FreeBusyResponseArray/m:FreeBusyResponse"
VIEW = f"{ROW}/m:FreeBusyView"
EVENT = f"{VIEW}/t:CalendarEventArray/t:CalendarEvent"
BERLIN = (
    "<t:TimeZone><t:Bias>-60</t:Bias>"
    "<t:StandardTime><t:Bias>0</t:Bias><t:Time>03:00:00</t:Time><t:DayOrder>5</t:DayOrder><t:Month>10</t:Month>"
    "<t:DayOfWeek>Sunday</t:DayOfWeek></t:StandardTime>"
    "<t:DaylightTime><t:Bias>-60</t:Bias><t:Time>02:00:00</t:Time><t:DayOrder>5</t:DayOrder><t:Month>3</t:Month>"
    "<t:DayOfWeek>Sunday</t:DayOfWeek></t:DaylightTime></t:TimeZone>"
)


def availability(
    *addresses: str,
    start: str = "2026-03-02T08:00:00",
    end: str = "2026-03-02T12:00:00",
    slot: int | None = 30,
    view: str | None = "DetailedMerged",
    zone: str = "",
) -> str:
    boxes = "".join(
        f"<t:MailboxData><t:Email><t:Address>{address}</t:Address></t:Email>"
        "<t:AttendeeType>Required</t:AttendeeType></t:MailboxData>"
        for address in addresses
    )
    minutes = (
        ""
        if slot is None
        else f"<t:MergedFreeBusyIntervalInMinutes>{slot}</t:MergedFreeBusyIntervalInMinutes>"
    )
    wanted = "" if view is None else f"<t:RequestedView>{view}</t:RequestedView>"
    return (
        f"<m:GetUserAvailabilityRequest>{zone}<m:MailboxDataArray>{boxes}</m:MailboxDataArray><t:FreeBusyViewOptions>"
        f"<t:TimeWindow><t:StartTime>{start}</t:StartTime><t:EndTime>{end}</t:EndTime></t:TimeWindow>"
        f"{minutes}{wanted}</t:FreeBusyViewOptions></m:GetUserAvailabilityRequest>"
    )


def test_slots_take_the_most_important_of_their_entries(exchange: CheckedExchange) -> None:
    for start, end, show_as in (
        (0, 30, "Tentative"),
        (15, 45, "Busy"),
        (60, 90, "WorkingElsewhere"),
        (60, 61, "Tentative"),
        (90, 100, "OOF"),
        (95, 120, "Busy"),
        (120, 150, "Free"),
        (150, 180, "WorkingElsewhere"),
        (181, 181, "Busy"),
    ):
        exchange.add_entry(
            BEN,
            Entry("x", MONDAY + timedelta(minutes=start), MONDAY + timedelta(minutes=end), show_as=show_as),
        )
    answer = ask(exchange, ANNA, availability(BEN))
    assert text(answer, f"{VIEW}/t:MergedFreeBusy") == "22130400"


@pytest.mark.parametrize(
    ("slot", "slots"), [(5, 48), (15, 16), (30, 8), (60, 4), (1440, 1), (50, 5), (None, 8)]
)
def test_there_are_as_many_slots_as_fit(exchange: CheckedExchange, slot: int | None, slots: int) -> None:
    answer = ask(exchange, ANNA, availability(BEN, slot=slot))
    assert text(answer, f"{VIEW}/t:MergedFreeBusy") == "0" * slots


@settings(max_examples=40)
@given(
    some.lists(
        some.tuples(some.integers(-100, 400), some.integers(0, 200), some.sampled_from(RANK)), max_size=6
    ),
    some.sampled_from([5, 15, 30, 60]),
)
def test_a_slot_is_what_a_look_at_each_of_its_minutes_says(
    entries: list[tuple[int, int, str]], slot: int
) -> None:
    exchange = CheckedExchange()
    exchange.add_person(BEN, "hush")
    minute = timedelta(minutes=1)
    for start, length, show_as in entries:
        begin = MONDAY + start * minute
        exchange.add_entry(BEN, Entry("x", begin, begin + length * minute, show_as=show_as))
    merged = text(ask(exchange, BEN, availability(BEN, slot=slot)), f"{VIEW}/t:MergedFreeBusy")
    expected = ""
    for first in range(0, 240, slot):
        minutes = range(first, first + slot)
        found = [how for start, length, how in entries if any(start <= at < start + length for at in minutes)]
        expected += DIGITS[max((*found, "Free"), key=RANK.index)]
    assert merged == expected
    assert exchange.found == []


@pytest.mark.parametrize(
    ("view", "merged", "events", "details"),
    [
        ("None", False, False, False),
        ("MergedOnly", True, False, False),
        ("FreeBusy", False, True, False),
        ("FreeBusyMerged", True, True, False),
        ("Detailed", False, True, True),
        ("DetailedMerged", True, True, True),
        (None, True, True, False),
    ],
)
def test_a_view_holds_what_its_name_says(
    exchange: CheckedExchange, view: str | None, merged: bool, events: bool, details: bool
) -> None:
    exchange.add_entry(BEN, Entry("Secret", MONDAY, MONDAY + HOUR))
    exchange.share(BEN, "FreeBusyTimeAndSubjectAndLocation")
    answer = ask(exchange, ANNA, availability(BEN, view=view))
    assert text(answer, f"{VIEW}/t:FreeBusyViewType") == (view or "FreeBusyMerged")
    assert (text(answer, f"{VIEW}/t:MergedFreeBusy") is not None) == merged
    assert (text(answer, f"{EVENT}/t:BusyType") is not None) == events
    assert (text(answer, f"{EVENT}/t:CalendarEventDetails/t:Subject") is not None) == details
    assert (
        text(answer, f"{VIEW}/t:WorkingHours/t:WorkingPeriodArray/t:WorkingPeriod/t:StartTimeInMinutes")
        == "480"
    )


@pytest.mark.parametrize(
    ("level", "viewer", "code", "view", "subject"),
    [
        ("None", ANNA, "ErrorNoFreeBusyAccess", "None", None),
        ("FreeBusyTimeOnly", ANNA, "NoError", "FreeBusyMerged", None),
        ("FreeBusyTimeAndSubjectAndLocation", ANNA, "NoError", "DetailedMerged", "Review"),
        ("FullDetails", ANNA, "NoError", "DetailedMerged", "Review"),
        ("Contributor", ANNA, "ErrorNoFreeBusyAccess", "None", None),
        *((level, ANNA, "NoError", "DetailedMerged", "Review") for level in list(LEVELS)[4:]),
        ("None", BEN, "NoError", "DetailedMerged", "Review"),
    ],
)
def test_details_are_told_to_those_whom_the_owner_tells_them(
    exchange: CheckedExchange, level: Sharing, viewer: str, code: str, view: str, subject: str | None
) -> None:
    exchange.add_entry(BEN, Entry("Review", MONDAY, MONDAY + HOUR, "Room 4", meeting=True))
    exchange.share(BEN, level)
    answer = ask(exchange, viewer, availability(BEN))
    assert codes(answer) == [code]
    assert text(answer, f"{VIEW}/t:FreeBusyViewType") == view
    assert text(answer, f"{EVENT}/t:CalendarEventDetails/t:Subject") == subject


def test_one_person_may_be_told_more_than_everybody(exchange: CheckedExchange) -> None:
    exchange.add_person("carl@example.com", "pst")
    exchange.add_entry(BEN, Entry("Review", MONDAY, MONDAY + HOUR))
    exchange.share(BEN, "FreeBusyTimeAndSubjectAndLocation", "Anna@Example.com")
    told = [ask(exchange, viewer, availability(BEN)) for viewer in (ANNA, "carl@example.com")]
    assert [text(one, f"{VIEW}/t:FreeBusyViewType") for one in told] == ["DetailedMerged", "FreeBusyMerged"]


def test_of_a_private_item_nothing_but_that_it_is_private(exchange: CheckedExchange) -> None:
    exchange.add_entry(
        BEN, Entry("Dentist", MONDAY, MONDAY + HOUR, "Street 1", meeting=True, sensitivity="Private")
    )
    exchange.share(BEN, "FullDetails")
    details = find(ask(exchange, ANNA, availability(BEN)), f"{EVENT}/t:CalendarEventDetails")
    assert {child.tag.rpartition("}")[2]: child.text for child in details} == {
        "IsMeeting": "false", "IsRecurring": "false", "IsException": "false", "IsReminderSet": "false",
        "IsPrivate": "true",
    }  # fmt: skip
    own = find(ask(exchange, BEN, availability(BEN)), f"{EVENT}/t:CalendarEventDetails")
    assert (text(own, "t:Subject"), text(own, "t:IsMeeting"), text(own, "t:IsPrivate")) == (
        "Dentist",
        "true",
        "true",
    )


def test_an_entry_of_unknown_kind_has_no_details(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, Entry("?", MONDAY, MONDAY + HOUR, meeting=None, show_as=None))
    event = find(ask(exchange, ANNA, availability(ANNA)), EVENT)
    assert text(event, "t:BusyType") == "NoData"
    assert event.find("{*}CalendarEventDetails") is None


def test_a_series_shows_its_occurrences_and_exceptions(exchange: CheckedExchange) -> None:
    series = Recurrence(Pattern("daily"), MONDAY.date(), count=3)
    exchange.add_entry(ANNA, Entry("Daily", MONDAY, MONDAY + HOUR, recurrence=series, deleted=(MONDAY,)))
    answer = ask(exchange, ANNA, availability(ANNA, end="2026-03-09T00:00:00"))
    assert texts(answer, f"{EVENT}/t:StartTime") == ["2026-03-03T08:00:00", "2026-03-04T08:00:00"]
    assert texts(answer, f"{EVENT}/t:CalendarEventDetails/t:IsRecurring") == ["true", "true"]


def test_an_unknown_person_leaves_the_others_alone(exchange: CheckedExchange) -> None:
    answer = ask(exchange, ANNA, availability(BEN, "x@example.com", ANNA.upper()))
    assert codes(answer) == ["NoError", "ErrorMailRecipientNotFound", "NoError"]
    assert texts(answer, f"{VIEW}/t:FreeBusyViewType") == ["FreeBusyMerged", "None", "DetailedMerged"]


@pytest.mark.parametrize(
    ("day", "start"),
    [
        ("2026-03-02", "2026-03-02T09:00:00"),
        ("2026-07-01", "2026-07-01T10:00:00"),
        ("2026-12-01", "2026-12-01T09:00:00"),
    ],
)
def test_times_are_naive_in_the_zone_of_the_request(exchange: CheckedExchange, day: str, start: str) -> None:
    begin = datetime.fromisoformat(f"{day}T08:00:00+00:00")
    exchange.add_entry(ANNA, Entry("x", begin, begin + HOUR))
    body = availability(ANNA, start=f"{day}T00:00:00", end=f"{day}T23:00:00", zone=BERLIN)
    assert text(ask(exchange, ANNA, body), f"{EVENT}/t:StartTime") == start


def test_without_a_zone_in_the_body_that_of_the_header_counts(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, Entry("x", MONDAY, MONDAY + HOUR))
    header = '<t:TimeZoneContext><t:TimeZoneDefinition Id="W. Europe Standard Time"/></t:TimeZoneContext>'
    assert (
        text(ask(exchange, ANNA, availability(ANNA), header), f"{EVENT}/t:StartTime") == "2026-03-02T09:00:00"
    )
    assert text(ask(exchange, ANNA, availability(ANNA)), f"{EVENT}/t:StartTime") == "2026-03-02T08:00:00"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (availability(ANNA, end="2026-03-02T08:00:00"), "ErrorInvalidTimeInterval"),
        (availability(ANNA, end="2026-06-02T08:00:00"), "ErrorTimeIntervalTooBig"),
        (availability(ANNA, slot=4), "ErrorInvalidMergedFreeBusyInterval"),
        (availability(ANNA, slot=1441), "ErrorInvalidMergedFreeBusyInterval"),
        (availability(), "ErrorMailboxDataArrayEmpty"),
        (availability(*[ANNA] * 101), "ErrorMailboxDataArrayTooBig"),
    ],
)
def test_a_request_out_of_bounds_is_refused(exchange: CheckedExchange, body: str, code: str) -> None:
    assert codes(ask(exchange, ANNA, body)) == [code]


def test_working_hours_name_the_zone_they_are_meant_in(exchange: CheckedExchange) -> None:
    hours = find(ask(exchange, ANNA, availability(ANNA)), f"{VIEW}/t:WorkingHours")
    assert text(hours, "t:TimeZone/t:Bias") == "-60"
    assert text(hours, "t:TimeZone/t:DaylightTime/t:Bias") == "-60"
    assert text(hours, "t:TimeZone/t:DaylightTime/t:Month") == "3"
    assert (
        text(hours, "t:WorkingPeriodArray/t:WorkingPeriod/t:DayOfWeek")
        == "Monday Tuesday Wednesday Thursday Friday"
    )


ZONES = [
    *("UTC", "Europe/Berlin", "Europe/London", "America/New_York", "America/Sao_Paulo", "Asia/Kolkata"),
    *("Australia/Sydney", "Australia/Lord_Howe", "Pacific/Auckland", "America/St_Johns", "Europe/Dublin"),
]


@given(some.sampled_from(ZONES), some.integers(1, 364 * 24 * 60))
def test_a_zone_by_its_rules_agrees_with_the_zone(name: str, minutes: int) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    rules = read_biased(write_biased("TimeZone", name, at))
    local = at.astimezone(ZoneInfo(name)).replace(tzinfo=None)
    assert rules.local(at) == local
    assert local == rules.local(rules.instant(local))
