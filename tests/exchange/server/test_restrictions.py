"""Restrictions select exactly what they say; what the server cannot evaluate is an error, never ignored."""

from datetime import timedelta

import pytest

from lyncdesk.exchange_server.model import Entry
from tests.exchange.server.conftest import ANNA
from tests.exchange.server.wire import (
    MONDAY,
    SUBJECT,
    CheckedExchange,
    ask,
    codes,
    find_item,
    ids,
    paged,
    paths,
    texts,
)

HOUR = timedelta(hours=1)
SUBJECTS = "m:ResponseMessages/m:FindItemResponseMessage/m:RootFolder/t:Items/t:CalendarItem/t:Subject"
LOCATION = '<t:FieldURI FieldURI="calendar:Location"/>'
EXTENDED = '<t:ExtendedFieldURI PropertyTag="0x3001" PropertyType="StringArray"/>'


def constant(value: str) -> str:
    return f'<t:FieldURIOrConstant><t:Constant Value="{value}"/></t:FieldURIOrConstant>'


def compare(how: str, uri: str, value: str) -> str:
    return f'<t:{how}><t:FieldURI FieldURI="{uri}"/>{constant(value)}</t:{how}>'


def contains(value: str, mode: str = "Substring", how: str = "Exact", path: str = SUBJECT) -> str:
    attributes = f'ContainmentMode="{mode}" ContainmentComparison="{how}"'
    return f'<t:Contains {attributes}>{path}<t:Constant Value="{value}"/></t:Contains>'


def search(restriction: str, order: str = "") -> str:
    return find_item(
        "item:Subject", view=paged(), rest=f"<m:Restriction>{restriction}</m:Restriction>{order}"
    )


@pytest.fixture
def calendar(exchange: CheckedExchange) -> CheckedExchange:
    """Three items: Alpha one (08:00, all day, Room 1), alpha Déjà vu (09:00), Beta (10:00, a meeting)."""
    for number, (subject, location, meeting) in enumerate(
        (("Alpha one", "Room 1", False), ("alpha Déjà vu", "", False), ("Beta", "Room 2", True))
    ):
        start = MONDAY + number * HOUR
        exchange.add_entry(
            ANNA, Entry(subject, start, start + HOUR, location, meeting=meeting, all_day=not number)
        )
    return exchange


NINE = "2026-03-02T09:00:00Z"
START = "calendar:Start"
END = f"<t:FieldURIOrConstant>{paths('calendar:End')}</t:FieldURIOrConstant>"


@pytest.mark.parametrize(
    ("restriction", "found"),
    [
        (compare("IsEqualTo", "item:Subject", "beta"), "B"),
        (compare("IsEqualTo", "item:Subject", "bet"), ""),
        (compare("IsNotEqualTo", "item:Subject", "Beta"), "Aa"),
        (compare("IsEqualTo", START, NINE), "a"),
        (compare("IsEqualTo", START, "2026-03-02T10:00:00+01:00"), "a"),
        (compare("IsGreaterThan", START, NINE), "B"),
        (compare("IsGreaterThanOrEqualTo", START, NINE), "aB"),
        (compare("IsLessThan", START, NINE), "A"),
        (compare("IsLessThanOrEqualTo", START, NINE), "Aa"),
        (compare("IsEqualTo", "calendar:IsMeeting", "true"), "B"),
        (compare("IsEqualTo", "calendar:IsMeeting", "0"), "Aa"),
        (compare("IsEqualTo", "calendar:IsAllDayEvent", "1"), "A"),
        (compare("IsEqualTo", "calendar:AppointmentState", "1"), "B"),
        (compare("IsEqualTo", "calendar:Location", ""), ""),
        (compare("IsNotEqualTo", "calendar:Location", "Room 1"), "aB"),
        (compare("IsLessThan", "calendar:Location", "Room 2"), "A"),
        (f"<t:Exists>{LOCATION}</t:Exists>", "AB"),
        (f"<t:Not><t:Exists>{LOCATION}</t:Exists></t:Not>", "a"),
        (f"<t:And><t:Exists>{LOCATION}</t:Exists>{compare('IsGreaterThan', START, NINE)}</t:And>", "B"),
        (f"<t:Or>{compare('IsLessThan', START, NINE)}{compare('IsGreaterThan', START, NINE)}</t:Or>", "AB"),
        (contains("alpha", "Prefixed"), "a"),
        (contains("alpha", "Prefixed", "IgnoreCase"), "Aa"),
        (contains("ALPHA ONE", "FullString", "IgnoreCase"), "A"),
        (contains("deja", how="IgnoreCase"), ""),
        (contains("deja", how="IgnoreCaseAndNonSpacingCharacters"), "a"),
        (contains("Deja", how="IgnoreNonSpacingCharacters"), "a"),
        (contains("vu", "PrefixOnWords"), "a"),
        (contains("ha", "PrefixOnWords"), ""),
        (contains("Déjà vu", "ExactPhrase"), "a"),
        (contains("Déjà v", "ExactPhrase"), ""),
        (f"<t:IsLessThan>{paths(START)}{END}</t:IsLessThan>", "AaB"),
    ],
)
def test_a_restriction_selects_what_it_says(calendar: CheckedExchange, restriction: str, found: str) -> None:
    assert (
        "".join(subject[0] for subject in texts(ask(calendar, ANNA, search(restriction)), SUBJECTS)) == found
    )


@pytest.mark.parametrize(
    ("restriction", "code"),
    [
        (compare("IsEqualTo", "item:Body", "x"), "ErrorUnsupportedPathForQuery"),
        (compare("IsEqualTo", "item:Flag", "x"), "ErrorUnsupportedPathForQuery"),
        (compare("IsEqualTo", "task:IsComplete", "true"), "ErrorUnsupportedPathForQuery"),
        (compare("IsEqualTo", "calendar:RequiredAttendees", "x"), "ErrorUnsupportedPathForQuery"),
        (f"<t:Exists>{EXTENDED}</t:Exists>", "ErrorUnsupportedPathForQuery"),
        (f"<t:IsEqualTo>{EXTENDED}{constant('x')}</t:IsEqualTo>", "ErrorUnsupportedPathForQuery"),
        (compare("IsEqualTo", START, "tomorrow"), "ErrorSchemaValidation"),
        (compare("IsEqualTo", "calendar:IsMeeting", "perhaps"), "ErrorInvalidValueForProperty"),
        (compare("IsEqualTo", "item:Size", "big"), "ErrorInvalidValueForProperty"),
        (contains("x", path='<t:FieldURI FieldURI="calendar:IsMeeting"/>'), "ErrorContainsFilterWrongType"),
        (f'<t:Excludes>{SUBJECT}<t:Bitmask Value="1"/></t:Excludes>', "ErrorUnsupportedQueryFilter"),
    ],
)
def test_what_cannot_be_evaluated_is_an_error(calendar: CheckedExchange, restriction: str, code: str) -> None:
    for wrapped in (
        restriction,
        f"<t:Not>{restriction}</t:Not>",
        f"<t:Or>{contains('A')}{restriction}</t:Or>",
    ):
        answer = ask(calendar, ANNA, search(wrapped))
        assert codes(answer) == [code]
        assert ids(answer) == []


@pytest.mark.parametrize(
    ("restriction", "code"),
    [
        ("", "ErrorInvalidRestriction"),
        ("<t:Sounds/>", "ErrorSchemaValidation"),
        (f"<t:IsEqualTo>{SUBJECT}</t:IsEqualTo>", "ErrorSchemaValidation"),
        ("<t:IsEqualTo/>", "ErrorInvalidRestriction"),
        ("<t:And/>", "ErrorInvalidRestriction"),
        ("<t:Not/>", "ErrorInvalidRestriction"),
        (contains("x", mode="Roughly"), "ErrorSchemaValidation"),
        (contains("x") * 2, "ErrorSchemaValidation"),
        ("<t:Or>" + contains("x") * 400 + "</t:Or>", "ErrorRestrictionTooComplex"),
        ("<t:Not>" * 100 + contains("x") + "</t:Not>" * 100, "NoError"),
    ],
)
def test_a_malformed_restriction_is_never_taken_for_none(
    calendar: CheckedExchange, restriction: str, code: str
) -> None:
    calendar.check_requests = False
    answer = ask(calendar, ANNA, search(restriction))
    assert codes(answer) == [code]
    assert ids(answer) == []


def order(*fields: tuple[str, str]) -> str:
    rows = "".join(
        f'<t:FieldOrder Order="{way}"><t:FieldURI FieldURI="{uri}"/></t:FieldOrder>' for uri, way in fields
    )
    return f"<m:SortOrder>{rows}</m:SortOrder>"


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([("item:Subject", "Ascending")], "aAB"),
        ([("item:Subject", "Descending")], "BAa"),
        ([("calendar:IsMeeting", "Descending"), (START, "Descending")], "BaA"),
        ([("calendar:Location", "Ascending")], "aAB"),
        ([("calendar:Location", "Descending")], "BAa"),
    ],
)
def test_items_come_in_the_order_that_was_asked_for(
    calendar: CheckedExchange, rows: list[tuple[str, str]], found: str
) -> None:
    body = find_item("item:Subject", view=paged(), rest=order(*rows))
    assert "".join(subject[0] for subject in texts(ask(calendar, ANNA, body), SUBJECTS)) == found


@pytest.mark.parametrize("uri", ["item:Body", "calendar:Recurrence", "item:Flag"])
def test_an_order_by_what_cannot_be_compared_is_an_error(calendar: CheckedExchange, uri: str) -> None:
    answer = ask(calendar, ANNA, find_item(view=paged(), rest=order((uri, "Ascending"))))
    assert (codes(answer), ids(answer)) == (["ErrorUnsupportedPathForSortGroup"], [])
