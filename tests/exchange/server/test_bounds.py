"""What a client may send to keep the server busy, to fill it, or to make it stumble."""

import base64

import pytest

from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.ical_reading import read_calendar, read_content
from lyncdesk.exchange_server.ical_writing import plain
from lyncdesk.exchange_server.ids import read_payload
from lyncdesk.exchange_server.markup import parse
from tests.exchange.server.conftest import ANNA, BEN
from tests.exchange.server.wire import (
    CheckedExchange,
    ask,
    codes,
    create,
    find_item,
    get_item,
    ids,
    item_id,
    times,
)

MANY = 100_000


# --- what takes long ---


def test_a_thousand_comments_before_a_request_cost_nothing() -> None:
    assert parse(b"<!--a-->" * 1000 + b"<x/>").tag == "x"


@pytest.mark.parametrize("part", ["<", "<!--", "<a ", "<a b='", "</", "<b>", "&#", "<script>", "<?"])
def test_half_a_tag_many_times_costs_nothing(part: str) -> None:
    assert plain(f"before {part * MANY}").startswith("before")


def event(*lines: str) -> str:
    return "\r\n".join([
        "BEGIN:VCALENDAR", "BEGIN:VEVENT", "DTSTART:20260302T090000Z", *lines, "END:VEVENT", "END:VCALENDAR",
    ])  # fmt: skip


def test_a_long_category_costs_nothing() -> None:
    long = "a" * 10 * MANY
    assert read_calendar(event(f"CATEGORIES:{long}"))["categories"] == (long,)


def test_categories_are_told_apart_by_commas_that_are_not_escaped() -> None:
    found = read_calendar(event(r"CATEGORIES:red\, or not,,blue\\,green"))["categories"]
    assert found == ("red, or not", "blue\\", "green")


# --- times that no calendar holds ---

ENDS = [
    ("0001-01-01T00:00:00Z", "0001-02-01T00:00:00Z"),
    ("0001-01-01T00:00:00", "0001-02-01T00:00:00"),
    ("1600-12-01T00:00:00Z", "1601-01-02T00:00:00Z"),
    ("4500-12-31T00:00:00Z", "4501-01-01T00:00:00Z"),
    ("9999-12-01T00:00:00Z", "9999-12-31T23:59:59Z"),
]


@pytest.mark.parametrize(("start", "end"), ENDS)
def test_times_beyond_those_of_exchange_are_no_times(exchange: CheckedExchange, start: str, end: str) -> None:
    assert codes(ask(exchange, ANNA, find_item(start=start, end=end))) == ["ErrorSchemaValidation"]
    assert codes(ask(exchange, ANNA, create(times(start, end)))) == ["ErrorSchemaValidation"]


@pytest.mark.parametrize(
    "zone", ["UTC", "Pacific Standard Time", "W. Europe Standard Time", "Tonga Standard Time"]
)
@pytest.mark.parametrize(
    ("start", "end"),
    [("1601-01-01T00:00:00Z", "1601-01-02T00:00:00Z"), ("4500-12-30T00:00:00Z", "4500-12-31T23:59:59Z")],
)
def test_the_first_and_the_last_days_are_days_like_others(
    exchange: CheckedExchange, zone: str, start: str, end: str
) -> None:
    daily = (
        "<t:Recurrence><t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence><t:NoEndRecurrence>"
        f"<t:StartDate>{start[:10]}</t:StartDate></t:NoEndRecurrence></t:Recurrence>"
    )
    inside = f"{times(start, end)}<t:IsAllDayEvent>true</t:IsAllDayEvent>"
    made = [
        ask(exchange, ANNA, create(f'{inside}{more}<t:StartTimeZone Id="{zone}"/>')) for more in ("", daily)
    ]
    assert [codes(one) for one in made] == [["NoError"], ["NoError"]]
    for one in made:
        asked = get_item(item_id(ids(one)[0][0]), "item:MimeContent", base="AllProperties")
        assert codes(ask(exchange, ANNA, asked)) == ["NoError"]
    assert codes(ask(exchange, ANNA, find_item(start=start, end=end, base="AllProperties"))) == ["NoError"]


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+12:00", "9999-12-31T23:59:00-12:00"])
def test_an_id_of_no_time_is_malformed(at: str) -> None:
    with pytest.raises(RowError) as told:
        read_payload(b"\x00\x03$" + "\x00".join(("item", ANNA, "1", at)).encode())
    assert told.value.code == "ErrorInvalidIdMalformed"


@pytest.mark.parametrize(
    "line",
    [
        "DTEND:99991231T235959Z",
        "DTEND;VALUE=DATE:99991231",
        "RRULE:FREQ=DAILY;UNTIL=99991231",
        "RRULE:FREQ=DAILY\r\nEXDATE:00010101T000000Z",
    ],
)
def test_content_with_times_that_no_calendar_holds_is_refused(line: str) -> None:
    with pytest.raises(RowError) as told:
        read_content(base64.b64encode(event(line).encode()).decode())
    assert told.value.code == "ErrorMimeContentConversionFailed"


# --- people who cannot be written to ---


def attendee(address: str) -> str:
    mailbox = f"<t:Mailbox><t:EmailAddress>{address}</t:EmailAddress></t:Mailbox>"
    return f"<t:RequiredAttendees><t:Attendee>{mailbox}</t:Attendee></t:RequiredAttendees>"


def test_nobody_is_invited_without_an_address(exchange: CheckedExchange) -> None:
    exchange.check_requests = False
    assert codes(ask(exchange, ANNA, create(times() + attendee(" ")))) == ["ErrorSchemaValidation"]


@pytest.mark.parametrize(
    "odd", ["jürgen@exämple.com", "@", "&lt;&gt;", '"', "(", ",", "=?utf-8?q?x?=", "a\u2028b@c", "a" * 1000]
)
def test_a_message_to_an_odd_address_can_be_read(exchange: CheckedExchange, odd: str) -> None:
    both = attendee(odd).replace("</t:RequiredAttendees>", "") + attendee(BEN).partition(">")[2]
    inside = f"<t:Subject>Plan</t:Subject>{times()}{both}"
    assert codes(ask(exchange, ANNA, create(inside, 'SendMeetingInvitations="SendToAllAndSaveCopy"'))) == [
        "NoError"
    ]
    paged = '<m:IndexedPageItemView Offset="0" BasePoint="Beginning"/>'
    inbox = '<t:DistinguishedFolderId Id="inbox"/>'
    (found,) = ids(ask(exchange, BEN, find_item(view=paged, folder=inbox)))
    asked = get_item(item_id(found[0]), "item:MimeContent", base="AllProperties")
    assert codes(ask(exchange, BEN, asked)) == ["NoError"]
