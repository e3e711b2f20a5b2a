"""What a client may send to keep the server busy, to fill it, or to make it stumble."""

import base64
from datetime import timedelta

import pytest

from lyncdesk.exchange_server import availability, finding, quota
from lyncdesk.exchange_server.contacts import Contact
from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.ical_reading import read_calendar, read_content
from lyncdesk.exchange_server.ical_writing import plain
from lyncdesk.exchange_server.ids import Ident, read_payload, write_id
from lyncdesk.exchange_server.markup import parse
from lyncdesk.exchange_server.model import Entry, Pattern, Recurrence
from tests.exchange.server.conftest import ANNA, BEN
from tests.exchange.server.wire import (
    CALENDAR,
    MONDAY,
    CheckedExchange,
    T,
    ask,
    codes,
    create,
    delete,
    find_item,
    get_item,
    ids,
    item_id,
    set_field,
    times,
    update,
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


# --- what takes room ---


def contact(name: str) -> str:
    inside = f"<t:Contact><t:GivenName>{name}</t:GivenName></t:Contact>"
    return f"<m:CreateItem><m:Items>{inside}</m:Items></m:CreateItem>"


def test_a_full_mailbox_takes_no_more(exchange: CheckedExchange, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quota, "MOST_ITEMS", 2)
    for request in (create(times()), contact("Eve")):
        told = [codes(ask(exchange, ANNA, request)) for _ in range(3)]
        assert told == [["NoError"], ["NoError"], ["ErrorQuotaExceeded"]]
    assert (len(exchange.entries(ANNA)), len(exchange.contacts(ANNA))) == (2, 2)


def test_who_is_full_up_is_not_in_the_way_of_a_meeting(
    exchange: CheckedExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange.add_entry(BEN, Entry("x", MONDAY, MONDAY))
    exchange.add_entry(BEN, Entry("y", MONDAY, MONDAY))
    monkeypatch.setattr(quota, "MOST_ITEMS", 2)
    inside = f"{times()}{attendee(BEN)}"
    sending = 'SendMeetingInvitations="SendToAllAndSaveCopy"'
    assert codes(ask(exchange, ANNA, create(inside, sending))) == ["NoError"]
    assert len(exchange.entries(BEN)) == 2


def test_an_item_has_its_size(exchange: CheckedExchange) -> None:
    long = "a" * (quota.LARGEST + 1)
    body = f'<t:Body BodyType="Text">{long}</t:Body>'
    assert codes(ask(exchange, ANNA, create(body + times()))) == ["ErrorMessageSizeExceeded"]
    assert codes(ask(exchange, ANNA, contact(long))) == ["ErrorMessageSizeExceeded"]
    made = ids(ask(exchange, ANNA, create(body.replace(long, long[2:]) + times())))[0]
    change = set_field("item:Body", body)
    assert codes(ask(exchange, ANNA, update(item_id(*made), change))) == ["ErrorMessageSizeExceeded"]


def test_a_series_has_so_many_exceptions(exchange: CheckedExchange, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quota, "MOST_EXCEPTIONS", 2)
    daily = Recurrence(Pattern("daily"), MONDAY.date())
    master = exchange.add_entry(ANNA, Entry("x", MONDAY, MONDAY, recurrence=daily))
    told = [
        codes(ask(exchange, ANNA, delete(item_id(write_id(Ident("item", ANNA, master.key, at))))))
        for at in (MONDAY + timedelta(days=number) for number in range(3))
    ]
    assert told == [["NoError"], ["NoError"], ["ErrorQuotaExceeded"]]


def test_an_extended_property_has_no_endless_name(exchange: CheckedExchange) -> None:
    def named(length: int) -> str:
        return (
            '<t:ExtendedProperty><t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings"'
            f' PropertyType="String" PropertyName="{"a" * length}"/><t:Value>1</t:Value></t:ExtendedProperty>'
        )

    assert codes(ask(exchange, ANNA, create(named(254) + times()))) == ["NoError"]
    assert codes(ask(exchange, ANNA, create(named(255) + times()))) == ["ErrorInvalidExtendedProperty"]


# --- answers without end ---


def test_a_request_is_about_so_many_things(exchange: CheckedExchange) -> None:
    assert codes(ask(exchange, ANNA, get_item(item_id("x") * 1000))) == ["ErrorInvalidIdMalformed"] * 1000
    assert codes(ask(exchange, ANNA, get_item(item_id("x") * 1001))) == ["ErrorInvalidRequest"]


@pytest.mark.parametrize("folders", [1, 2])
def test_no_view_finds_more_than_an_answer_holds(
    exchange: CheckedExchange, monkeypatch: pytest.MonkeyPatch, folders: int
) -> None:
    daily = Recurrence(Pattern("daily"), MONDAY.date())
    exchange.add_entry(ANNA, Entry("x", MONDAY, MONDAY, recurrence=daily))
    week = find_item(folder=CALENDAR * folders)
    monkeypatch.setattr(finding, "MOST_FOUND", 7)
    assert codes(ask(exchange, ANNA, week)) == ["NoError", "ErrorExceededFindCountLimit"][:folders]
    monkeypatch.setattr(finding, "MOST_FOUND", 6)
    assert codes(ask(exchange, ANNA, week)) == ["ErrorExceededFindCountLimit"] * folders


def test_free_busy_of_too_many_entries_is_not_told(
    exchange: CheckedExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(availability, "MOST_ENTRIES", 2)
    request = (
        "<m:GetUserAvailabilityRequest><m:MailboxDataArray><t:MailboxData><t:Email><t:Address>"
        f"{BEN}</t:Address></t:Email><t:AttendeeType>Required</t:AttendeeType></t:MailboxData>"
        "</m:MailboxDataArray><t:FreeBusyViewOptions><t:TimeWindow><t:StartTime>2026-03-02T00:00:00</t:StartTime>"
        "<t:EndTime>2026-03-03T00:00:00</t:EndTime></t:TimeWindow>"
        "<t:RequestedView>FreeBusy</t:RequestedView></t:FreeBusyViewOptions></m:GetUserAvailabilityRequest>"
    )
    for told in ("NoError", "NoError", "ErrorResultSetTooBig"):
        exchange.add_entry(BEN, Entry("x", MONDAY, MONDAY))
        assert codes(ask(exchange, ANNA, request)) == [told]


def test_names_are_searched_once_in_each_folder(exchange: CheckedExchange) -> None:
    exchange.add_contact(ANNA, Contact({"GivenName": "Eve"}, {"EmailAddress1": "eve@example.org"}))
    folders = '<t:DistinguishedFolderId Id="contacts"/>' * 3
    request = (
        '<m:ResolveNames ReturnFullContactData="true" SearchScope="Contacts">'
        f"<m:ParentFolderIds>{folders}</m:ParentFolderIds><m:UnresolvedEntry>eve</m:UnresolvedEntry></m:ResolveNames>"
    )
    assert codes(ask(exchange, ANNA, request)) == ["NoError"]


def test_a_zone_is_told_once(exchange: CheckedExchange) -> None:
    request = f"<m:GetServerTimeZones><m:Ids>{'<t:Id>UTC</t:Id>' * 3}</m:Ids></m:GetServerTimeZones>"
    answer = ask(exchange, ANNA, request)
    assert len(list(answer.iter(f"{{{T}}}TimeZoneDefinition"))) == 1


def test_a_name_that_nobody_signs_in_by_is_remembered_in_short(exchange: CheckedExchange) -> None:
    exchange.sign_in("a" * 60_000, "x")
    assert exchange.counters.refused_of("A" * 256) == exchange.counters.refused_of("a" * 60_000) == 1
