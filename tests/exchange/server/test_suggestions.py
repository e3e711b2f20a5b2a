"""Meeting times that suit several people."""

from datetime import UTC, datetime, time, timedelta

import pytest

from lyncdesk.exchange_server.markup import name_of
from lyncdesk.exchange_server.model import Entry, WorkingHours
from tests.exchange.server.conftest import ANNA, BEN
from tests.exchange.server.wire import MONDAY, NAMES, CheckedExchange, Element, ask, codes, find, text, texts

HOUR = timedelta(hours=1)
DAY = "m:SuggestionsResponse/m:SuggestionDayResultArray/t:SuggestionDayResult"
TIME = f"{DAY}/t:SuggestionArray/t:Suggestion"
CARLA = "carla@example.com"


def request(
    *boxes: tuple[str, str] | tuple[str, str, bool],
    start: str = "2026-03-02T00:00:00Z",
    end: str = "2026-03-03T00:00:00Z",
    options: str = "",
    view: str = "",
) -> str:
    mailboxes = "".join(
        f"<t:MailboxData><t:Email><t:Address>{box[0]}</t:Address></t:Email>"
        f"<t:AttendeeType>{box[1]}</t:AttendeeType>"
        f"<t:ExcludeConflicts>{'true' if box[2:] else 'false'}</t:ExcludeConflicts></t:MailboxData>"
        for box in boxes
    )
    window = f"<t:StartTime>{start}</t:StartTime><t:EndTime>{end}</t:EndTime>"
    before, _, after = options.partition("|")
    return (
        f"<m:GetUserAvailabilityRequest><m:MailboxDataArray>{mailboxes}</m:MailboxDataArray>{view}"
        f"<t:SuggestionsViewOptions>{before}<t:DetailedSuggestionsWindow>{window}</t:DetailedSuggestionsWindow>"
        f"{after}</t:SuggestionsViewOptions></m:GetUserAvailabilityRequest>"
    )


@pytest.fixture
def carla(exchange: CheckedExchange) -> str:
    exchange.add_person(CARLA, "psst", zone="Europe/London")
    return CARLA


def busy(exchange: CheckedExchange, address: str, first: int, last: int, show_as: str = "Busy") -> None:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    exchange.add_entry(address, Entry("Taken", start + first * HOUR, start + last * HOUR, show_as=show_as))


def times(answer: Element, quality: str | None = None) -> list[str]:
    """The clock times that are suggested, of one quality or all."""
    found = zip(
        texts(answer, f"{TIME}/t:MeetingTime"), texts(answer, f"{TIME}/t:SuggestionQuality"), strict=True
    )
    return [at[11:16] for at, its in found if quality in {None, its}]


def test_times_without_a_conflict_come_first(exchange: CheckedExchange) -> None:
    # Anna works from 7 to 16 on the clocks of UTC, Ben from 8 to 17.
    busy(exchange, ANNA, 8, 11)
    busy(exchange, BEN, 12, 14, "OOF")
    answer = ask(exchange, ANNA, request((ANNA, "Organizer"), (BEN, "Required")))
    assert answer.find("m:FreeBusyResponseArray", NAMES) is None
    assert codes(answer) == ["NoError"]
    assert times(answer) == times(answer, "Excellent") == ["11:00", "14:00", "14:30", "15:00"]
    assert text(answer, f"{DAY}/t:Date") == "2026-03-02T00:00:00"
    assert text(answer, f"{DAY}/t:DayQuality") == "Excellent"
    assert set(texts(answer, f"{TIME}/t:IsWorkTime")) == {"true"}


def test_quality_is_the_share_of_people_with_a_conflict(exchange: CheckedExchange, carla: str) -> None:
    for address, first, last in ((ANNA, 9, 12), (BEN, 10, 12), (carla, 11, 12)):
        busy(exchange, address, first, last, "Tentative")
    boxes = [(address, "Required") for address in (ANNA, BEN, carla)]
    part = {"start": "2026-03-02T08:00:00Z", "end": "2026-03-02T13:00:00Z"}
    worst = "<t:MinimumSuggestionQuality>Poor</t:MinimumSuggestionQuality>"
    found = ask(exchange, ANNA, request(*boxes, **part, options=worst))
    assert times(found, "Excellent") == ["08:00", "12:00"]
    assert times(found, "Fair") == ["08:30", "09:00"]
    assert times(found, "Poor") == ["09:30", "10:00", "10:30", "11:00", "11:30"]
    good = "<t:GoodThreshold>34</t:GoodThreshold>"
    found = ask(exchange, ANNA, request(*boxes, **part, options=good))
    assert times(found, "Good") == ["08:30", "09:00"]
    assert times(found) == ["08:00", "08:30", "09:00", "12:00"]  # Fair is the least, Poor is not told


def test_each_person_s_conflict_is_told_and_of_strangers_that_nothing_is_known(
    exchange: CheckedExchange,
) -> None:
    busy(exchange, BEN, 9, 10, "Tentative")
    exchange.share(BEN, "FreeBusyTimeOnly")
    boxes = [(ANNA, "Organizer"), (BEN, "Optional"), ("nobody@example.com", "Required")]
    answer = ask(exchange, ANNA, request(*boxes, start="2026-03-02T09:00:00Z", end="2026-03-02T10:00:00Z"))
    assert times(answer) == ["09:00"]
    conflicts = find(answer, f"{TIME}/t:AttendeeConflictDataArray")
    assert [(name_of(one), text(one, "t:BusyType")) for one in conflicts] == [
        ("IndividualAttendeeConflictData", "Free"),
        ("IndividualAttendeeConflictData", "Tentative"),
        ("UnknownAttendeeConflictData", None),
    ]
    exchange.share(BEN, "None")
    answer = ask(exchange, ANNA, request((BEN, "Required")))
    assert set(texts(answer, f"{TIME}/t:AttendeeConflictDataArray/t:IndividualAttendeeConflictData")) == set()


def test_who_must_not_have_a_conflict_has_none(exchange: CheckedExchange) -> None:
    busy(exchange, BEN, 9, 16)
    boxes: list[tuple[str, str] | tuple[str, str, bool]] = [(ANNA, "Organizer"), (BEN, "Required", True)]
    worst = "<t:MinimumSuggestionQuality>Poor</t:MinimumSuggestionQuality>"
    assert times(ask(exchange, ANNA, request(*boxes, options=worst))) == ["08:00"]


def test_times_outside_working_hours_come_on_demand(exchange: CheckedExchange) -> None:
    boxes = [(ANNA, "Organizer")]
    many = "<t:MaximumResultsByDay>48</t:MaximumResultsByDay>"
    outside = "<t:MaximumNonWorkHourResultsByDay>2</t:MaximumNonWorkHourResultsByDay>"
    long = "<t:MeetingDurationInMinutes>120</t:MeetingDurationInMinutes>"
    found = ask(exchange, ANNA, request(*boxes, options=many + outside + long))
    assert times(found) == ["00:00", "00:30", *(f"{n // 2:02}:{n % 2 * 30:02}" for n in range(14, 29))]
    assert texts(found, f"{TIME}/t:IsWorkTime")[:3] == ["false", "false", "true"]


def test_no_day_has_more_than_was_asked_for(exchange: CheckedExchange) -> None:
    week = {"start": "2026-03-02T00:00:00Z", "end": "2026-03-09T00:00:00Z"}
    few = "<t:MaximumResultsByDay>3</t:MaximumResultsByDay>"
    answer = ask(exchange, ANNA, request((ANNA, "Organizer"), **week, options=few))
    days = list(answer.iterfind(DAY, NAMES))
    assert [len(list(day.iterfind("t:SuggestionArray/t:Suggestion", NAMES))) for day in days] == [3] * 5 + [
        0
    ] * 2
    assert [text(day, "t:DayQuality") for day in days] == ["Excellent"] * 5 + ["Poor"] * 2


def test_hours_until_midnight_and_days_are_those_of_the_person(exchange: CheckedExchange) -> None:
    exchange.add_person(
        "owl@example.com",
        "hoot",
        zone="Europe/Berlin",
        working_hours=WorkingHours(("Monday",), time(22), time(0)),
    )
    answer = ask(exchange, ANNA, request(("owl@example.com", "Required")))
    assert times(answer) == ["21:00", "21:30", "22:00"]


def test_the_meeting_that_is_moved_is_no_conflict_with_itself(exchange: CheckedExchange) -> None:
    meeting = exchange.add_entry(ANNA, Entry("Weekly", MONDAY, MONDAY + 8 * HOUR, uid="ABC123"))
    known = (
        "|<t:CurrentMeetingTime>2026-03-02T08:00:00Z</t:CurrentMeetingTime>"
        f"<t:GlobalObjectId>{meeting.uid}</t:GlobalObjectId>"
    )
    assert times(ask(exchange, ANNA, request((ANNA, "Organizer")))) == ["07:00"]
    assert len(times(ask(exchange, ANNA, request((ANNA, "Organizer"), options=known)))) == 10


def test_both_halves_come_in_one_answer(exchange: CheckedExchange) -> None:
    view = (
        "<t:FreeBusyViewOptions><t:TimeWindow><t:StartTime>2026-03-02T08:00:00Z</t:StartTime>"
        "<t:EndTime>2026-03-02T10:00:00Z</t:EndTime></t:TimeWindow></t:FreeBusyViewOptions>"
    )
    answer = ask(exchange, ANNA, request((ANNA, "Organizer"), view=view))
    assert (
        text(answer, "m:FreeBusyResponseArray/m:FreeBusyResponse/m:FreeBusyView/t:MergedFreeBusy") == "0000"
    )
    assert times(answer)[0] == "07:00"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ("<t:GoodThreshold>50</t:GoodThreshold>", "ErrorInvalidRequest"),
        ("<t:MaximumResultsByDay>49</t:MaximumResultsByDay>", "ErrorInvalidRequest"),
        ("<t:MeetingDurationInMinutes>15</t:MeetingDurationInMinutes>", "ErrorInvalidRequest"),
        ("|<t:CurrentMeetingTime>2026-03-02T08:00:00Z</t:CurrentMeetingTime>", "NoError"),
    ],
)
def test_a_request_out_of_bounds_is_refused(exchange: CheckedExchange, options: str, code: str) -> None:
    assert codes(ask(exchange, ANNA, request((ANNA, "Organizer"), options=options))) == [code]


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ("2026-03-01T00:00:00Z", "ErrorInvalidTimeInterval"),
        ("2026-06-01T00:00:00Z", "ErrorTimeIntervalTooBig"),
    ],
)
def test_a_window_out_of_bounds_is_refused(exchange: CheckedExchange, end: str, code: str) -> None:
    assert codes(ask(exchange, ANNA, request((ANNA, "Organizer"), end=end))) == [code]
