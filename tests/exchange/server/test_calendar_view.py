"""FindItem with CalendarView: what is in a window, in order, with the properties that were asked for."""

from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree

from lyncdesk.exchange_server.model import Entry, Pattern, Recurrence
from tests.exchange.server.conftest import ANNA, BEN
from tests.exchange.server.wire import (
    CALENDAR,
    MONDAY,
    SUBJECT,
    CheckedExchange,
    ask,
    codes,
    find,
    find_item,
    ids,
    of,
    paged,
    text,
    texts,
)

HOUR = timedelta(hours=1)
SUBJECTS = "m:ResponseMessages/m:FindItemResponseMessage/m:RootFolder/t:Items/t:CalendarItem/t:Subject"
ROOT = "m:ResponseMessages/m:FindItemResponseMessage/m:RootFolder"
ITEM = f"{ROOT}/t:Items/t:CalendarItem"


def subjects(exchange: CheckedExchange, start: datetime, end: datetime, most: int | None = None) -> list[str]:
    form = "%Y-%m-%dT%H:%M:%SZ"
    body = find_item("item:Subject", start=start.strftime(form), end=end.strftime(form), most=most)
    return texts(ask(exchange, ANNA, body), SUBJECTS)


def test_an_item_counts_while_it_overlaps_the_window(exchange: CheckedExchange) -> None:
    for name, start, end in (
        ("ends at the start", -1, 0),
        ("ends within", -1, 1),
        ("within", 0, 1),
        ("around", -1, 9),
        ("begins at the end", 8, 9),
        ("a moment at the start", 0, 0),
        ("a moment at the end", 8, 8),
    ):
        exchange.add_entry(ANNA, Entry(name, MONDAY + start * HOUR, MONDAY + end * HOUR))
    found = subjects(exchange, MONDAY, MONDAY + 8 * HOUR)
    assert set(found) == {"ends within", "within", "around", "a moment at the start"}


def test_an_occurrence_that_lasts_for_days_is_seen_on_each_of_them(exchange: CheckedExchange) -> None:
    weekly = Recurrence(Pattern("weekly", days=("Monday",)), MONDAY.date())
    exchange.add_entry(ANNA, Entry("Fair", MONDAY, MONDAY + timedelta(days=4), recurrence=weekly))
    for days in (0, 1, 2, 3, 10):
        at = MONDAY + timedelta(days=days)
        assert subjects(exchange, at, at + timedelta(hours=1)) == ["Fair"]
    assert subjects(exchange, MONDAY + timedelta(days=4), MONDAY + timedelta(days=7)) == []


def test_items_come_in_order_of_their_start(exchange: CheckedExchange) -> None:
    series = Recurrence(Pattern("daily"), MONDAY.date(), count=3)
    exchange.add_entry(ANNA, Entry("late", MONDAY + 30 * HOUR, MONDAY + 31 * HOUR))
    exchange.add_entry(ANNA, Entry("series", MONDAY + HOUR, MONDAY + 2 * HOUR, recurrence=series))
    exchange.add_entry(ANNA, Entry("early", MONDAY, MONDAY + 3 * HOUR))
    found = subjects(exchange, MONDAY, MONDAY + 72 * HOUR)
    assert found == ["early", "series", "series", "late", "series"]


@pytest.mark.parametrize(
    ("most", "shown", "whole"),
    [(None, 4, "true"), (5, 4, "true"), (4, 4, "true"), (3, 3, "false"), (1, 1, "false")],
)
def test_a_limit_is_kept_and_told(
    exchange: CheckedExchange, most: int | None, shown: int, whole: str
) -> None:
    for number in range(4):
        exchange.add_entry(ANNA, Entry(str(number), MONDAY + number * HOUR, MONDAY + (number + 1) * HOUR))
    root = find(ask(exchange, ANNA, find_item("item:Subject", most=most)), ROOT)
    assert texts(root, "t:Items/t:CalendarItem/t:Subject") == [str(number) for number in range(shown)]
    assert (root.get("TotalItemsInView"), root.get("IncludesLastItemInRange")) == ("4", whole)


ORDER = f'<m:SortOrder><t:FieldOrder Order="Ascending">{SUBJECT}</t:FieldOrder></m:SortOrder>'
RESTRICTION = f"<m:Restriction><t:Exists>{SUBJECT}</t:Exists></m:Restriction>"
FRACTION = '<m:FractionalPageItemView Numerator="0" Denominator="1"/>'
INBOX = '<t:DistinguishedFolderId Id="inbox"/>'
NIGHT = "2026-03-03T00:00:00Z"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (find_item(start=NIGHT, end="2026-03-02T00:00:00Z"), "ErrorCalendarEndDateIsEarlierThanStartDate"),
        (find_item(start=NIGHT, end="2029-03-02T00:00:00Z"), "ErrorCalendarViewRangeTooBig"),
        (find_item(most=0), "ErrorInvalidPagingMaxRows"),
        (find_item(folder=INBOX), "ErrorCalendarFolderIsInvalidForCalendarView"),
        (find_item(folder='<t:DistinguishedFolderId Id="voicemail"/>'), "ErrorFolderNotFound"),
        (find_item(folder='<t:FolderId Id="AAMkAAAA"/>'), "ErrorInvalidIdMalformed"),
        (find_item(rest=ORDER), "ErrorUnsupportedQueryFilter"),
        (find_item(rest=RESTRICTION), "ErrorUnsupportedQueryFilter"),
        (find_item(view=FRACTION), "ErrorUnsupportedQueryFilter"),
        (find_item(view="<m:ContactsView/>"), "ErrorUnsupportedQueryFilter"),
    ],
)
def test_a_view_that_cannot_be_shown_is_an_error_and_never_a_guess(
    exchange: CheckedExchange, body: str, code: str
) -> None:
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR))
    answer = ask(exchange, ANNA, body)
    assert codes(answer) == [code]
    assert ids(answer) == []


def test_naive_times_are_meant_in_the_zone_of_the_header(exchange: CheckedExchange) -> None:
    exchange.add_entry(
        ANNA,
        Entry("midnight", datetime(2026, 3, 1, 23, tzinfo=UTC), datetime(2026, 3, 1, 23, 30, tzinfo=UTC)),
    )
    body = find_item("item:Subject", start="2026-03-02T00:00:00", end="2026-03-03T00:00:00")
    header = '<t:TimeZoneContext><t:TimeZoneDefinition Id="W. Europe Standard Time"/></t:TimeZoneContext>'
    assert texts(ask(exchange, ANNA, body, header), SUBJECTS) == ["midnight"]
    assert texts(ask(exchange, ANNA, body), SUBJECTS) == []


def test_only_what_is_asked_for_is_told(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR, "Room 4"))
    item = find(ask(exchange, ANNA, find_item("calendar:Location")), ITEM)
    assert [child.tag.rpartition("}")[2] for child in item] == ["ItemId", "Location"]


def test_the_default_shape_is_that_of_exchange(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR, "Room 4"))
    item = find(ask(exchange, ANNA, find_item(base="Default")), ITEM)
    assert [child.tag.rpartition("}")[2] for child in item] == [
        *("ItemId", "Subject", "HasAttachments", "Start", "End", "LegacyFreeBusyStatus", "Location"),
        *("CalendarItemType", "Organizer"),
    ]


def test_find_item_leaves_out_what_only_get_item_tells(exchange: CheckedExchange) -> None:
    series = Recurrence(Pattern("daily"), MONDAY.date(), count=3)
    exchange.add_entry(ANNA, Entry("Daily", MONDAY, MONDAY + HOUR, body="Long", recurrence=series))
    deep = ("item:Body", "calendar:RequiredAttendees", "calendar:Recurrence", "item:Subject")
    item = find(ask(exchange, ANNA, find_item(*deep, view=paged())), ITEM)
    assert [child.tag.rpartition("}")[2] for child in item] == ["ItemId", "Subject"]


TOLD = (
    *("calendar:IsMeeting", "calendar:LegacyFreeBusyStatus", "item:Sensitivity", "calendar:MyResponseType"),
    *("calendar:IsCancelled", "calendar:IsAllDayEvent"),
)


def test_an_entry_of_unknown_kind_is_sent_without_is_meeting(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, Entry("?", MONDAY, MONDAY + HOUR, meeting=None))
    item = find(ask(exchange, ANNA, find_item(*TOLD)), ITEM)
    assert text(item, "t:IsMeeting") is None
    assert text(item, "t:LegacyFreeBusyStatus") == "Busy"


def test_show_as_and_sensitivity_that_are_not_told_are_absent(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, Entry("?", MONDAY, MONDAY + HOUR, show_as=None, sensitivity=None))
    item = find(ask(exchange, ANNA, find_item(*TOLD)), ITEM)
    assert (text(item, "t:LegacyFreeBusyStatus"), text(item, "t:Sensitivity")) == (None, None)
    assert text(item, "t:IsMeeting") == "false"


@pytest.mark.parametrize("show_as", ["Free", "Tentative", "Busy", "OOF", "WorkingElsewhere", "NoData"])
@pytest.mark.parametrize("meeting", [True, False])
def test_every_sort_of_item_is_told_in_words(exchange: CheckedExchange, show_as: str, meeting: bool) -> None:
    exchange.add_entry(
        ANNA,
        Entry(
            "x", MONDAY, MONDAY + HOUR, show_as=show_as, meeting=meeting, cancelled=True, response="Decline"
        ),
    )
    item = find(ask(exchange, ANNA, find_item(*TOLD)), ITEM)
    assert text(item, "t:LegacyFreeBusyStatus") == show_as
    assert text(item, "t:IsMeeting") == str(meeting).lower()
    assert (text(item, "t:IsCancelled"), text(item, "t:MyResponseType")) == ("true", "Decline")


def test_an_all_day_item_begins_at_midnight_of_its_zone(exchange: CheckedExchange) -> None:
    start = datetime(2026, 3, 28, 23, tzinfo=UTC)
    exchange.add_entry(ANNA, Entry("Trip", start, start + 23 * HOUR, all_day=True, zone="Europe/Berlin"))
    body = find_item(
        "calendar:Start",
        "calendar:End",
        "calendar:StartTimeZone",
        start="2026-03-29T00:00:00Z",
        end="2026-03-30T00:00:00Z",
    )
    item = find(ask(exchange, ANNA, body), ITEM)
    assert (text(item, "t:Start"), text(item, "t:End")) == ("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z")
    assert find(item, "t:StartTimeZone").get("Id") == "W. Europe Standard Time"


def test_several_folders_get_a_row_each(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR))
    body = find_item("item:Subject", folder=of(BEN) + CALENDAR)
    answer = ask(exchange, ANNA, body)
    assert codes(answer) == ["ErrorAccessDenied", "NoError"]
    assert texts(answer, SUBJECTS) == ["Budget"]


@pytest.mark.parametrize(
    ("offset", "most", "point", "shown", "next_offset", "whole"),
    [
        (0, None, "Beginning", "01234", "5", "true"),
        (0, 2, "Beginning", "01", "2", "false"),
        (2, 2, "Beginning", "23", "4", "false"),
        (4, 2, "Beginning", "4", "5", "true"),
        (9, 2, "Beginning", "", "5", "true"),
        (0, 2, "End", "34", "2", "false"),
        (3, 2, "End", "01", "5", "true"),
    ],
)
def test_pages_are_cut_at_their_offset(
    exchange: CheckedExchange,
    offset: int,
    most: int | None,
    point: str,
    shown: str,
    next_offset: str,
    whole: str,
) -> None:
    for number in range(5):
        exchange.add_entry(ANNA, Entry(str(number), MONDAY, MONDAY + HOUR))
    root = find(ask(exchange, ANNA, find_item("item:Subject", view=paged(offset, most, point))), ROOT)
    assert "".join(texts(root, "t:Items/t:CalendarItem/t:Subject")) == shown
    assert (root.get("IndexedPagingOffset"), root.get("IncludesLastItemInRange")) == (next_offset, whole)
    assert root.get("TotalItemsInView") == "5"


def test_the_indexed_view_shows_masters_and_no_occurrences(exchange: CheckedExchange) -> None:
    series = Recurrence(Pattern("daily"), MONDAY.date())
    exchange.add_entry(ANNA, Entry("Daily", MONDAY, MONDAY + HOUR, recurrence=series))
    found = find(ask(exchange, ANNA, find_item("calendar:CalendarItemType", view=paged())), ROOT)
    assert texts(found, "t:Items/t:CalendarItem/t:CalendarItemType") == ["RecurringMaster"]


@pytest.mark.parametrize("traversal", ["SoftDeleted", "Associated"])
def test_deleted_and_hidden_items_are_other_things(exchange: CheckedExchange, traversal: str) -> None:
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR))
    answer = ask(exchange, ANNA, find_item().replace("Shallow", traversal))
    assert (codes(answer), ids(answer)) == (["NoError"], [])


def test_a_private_item_of_somebody_else_tells_its_time_only(exchange: CheckedExchange) -> None:
    exchange.add_entry(
        BEN,
        Entry(
            "Dentist",
            MONDAY,
            MONDAY + HOUR,
            "Street 1",
            sensitivity="Private",
            body="Ouch",
            categories=("Health",),
        ),
    )
    exchange.share(BEN, "FullDetails", ANNA)
    item = find(ask(exchange, ANNA, find_item(base="AllProperties", folder=of(BEN))), ITEM)
    assert (text(item, "t:Subject"), text(item, "t:Location"), text(item, "t:Sensitivity")) == (
        "Private Appointment",
        None,
        "Private",
    )
    assert text(item, "t:Categories") is None
    assert b"Dentist" not in etree.tostring(item)
