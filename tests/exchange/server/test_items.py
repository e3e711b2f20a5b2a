"""GetItem, CreateItem, UpdateItem and DeleteItem over the wire."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree

from lyncdesk.exchange_server.model import Entry, Pattern, Recurrence
from tests.exchange.server.conftest import ANNA, BEN
from tests.exchange.server.wire import (
    CALENDAR,
    MASTERS,
    MONDAY,
    CheckedExchange,
    Element,
    ask,
    codes,
    create,
    delete,
    find,
    find_item,
    get_item,
    ids,
    item_id,
    of,
    set_field,
    text,
    times,
    update,
)

HOUR = timedelta(hours=1)
DAILY = Recurrence(Pattern("daily"), MONDAY.date(), count=5)
INBOX = '<t:DistinguishedFolderId Id="inbox"/>'
GOT = "m:ResponseMessages/m:GetItemResponseMessage/m:Items/t:CalendarItem"


def the_id(exchange: CheckedExchange, index: int = 0) -> tuple[str, str]:
    """Id and change key of what the week's view shows."""
    return ids(ask(exchange, ANNA, find_item()))[index]


def subject(text: str) -> str:
    return set_field("item:Subject", f"<t:Subject>{text}</t:Subject>")


def stored(exchange: CheckedExchange, index: int = 0) -> Entry:
    return exchange.entries(ANNA)[index]


# --- creating ---


def test_a_created_item_is_in_the_store(exchange: CheckedExchange) -> None:
    body = f"<t:Subject>Call</t:Subject>{times()}<t:Location>Room</t:Location>"
    assert codes(ask(exchange, ANNA, create(body))) == ["NoError"]
    entry = stored(exchange)
    assert (entry.subject, entry.location, entry.start) == ("Call", "Room", MONDAY + HOUR)
    assert (entry.show_as, entry.meeting, entry.zone) == ("Busy", False, "UTC")
    assert entry.organizer is not None
    assert entry.organizer.address == ANNA


def test_booleans_of_both_spellings_are_read(exchange: CheckedExchange) -> None:
    for spelling in ("1", "true"):
        all_day = f"<t:IsAllDayEvent>{spelling}</t:IsAllDayEvent>"
        body = f"<t:ReminderIsSet>{spelling}</t:ReminderIsSet>{times()}{all_day}"
        assert codes(ask(exchange, ANNA, create(body))) == ["NoError"]
    assert [(one.all_day, one.extras["ReminderIsSet"]) for one in exchange.entries(ANNA)] == [
        (True, "true")
    ] * 2


def test_an_all_day_item_is_stretched_to_whole_days_of_its_zone(exchange: CheckedExchange) -> None:
    zone = '<t:StartTimeZone Id="W. Europe Standard Time"/>'
    span = times("2026-03-28T23:00:00Z", "2026-03-29T10:00:00Z")
    assert codes(ask(exchange, ANNA, create(f"{span}<t:IsAllDayEvent>1</t:IsAllDayEvent>{zone}"))) == [
        "NoError"
    ]
    entry = stored(exchange)
    assert entry.start == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert entry.end == datetime(2026, 3, 29, 22, tzinfo=UTC)


def test_an_all_day_item_reaches_the_end_of_its_last_day(exchange: CheckedExchange) -> None:
    span = times("2026-03-02T15:00:00Z", "2026-03-04T01:00:00Z")
    ask(exchange, ANNA, create(f"{span}<t:IsAllDayEvent>true</t:IsAllDayEvent>"))
    entry = stored(exchange)
    assert (entry.start, entry.end) == (datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 5, tzinfo=UTC))


def test_times_without_an_offset_are_meant_in_the_item_s_zone(exchange: CheckedExchange) -> None:
    zone = '<t:StartTimeZone Id="W. Europe Standard Time"/>'
    ask(exchange, ANNA, create(times("2026-07-01T09:00:00", "2026-07-01T10:00:00") + zone))
    assert stored(exchange).start == datetime(2026, 7, 1, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (create(times(), attributes=""), "ErrorSendMeetingInvitationsRequired"),
        (create(times(end="2026-03-02T08:00:00Z")), "ErrorCalendarEndDateIsEarlierThanStartDate"),
        (create(times(end="2036-03-02T09:00:00Z")), "ErrorCalendarDurationIsTooLong"),
        (create(times() + "<t:IsMeeting>true</t:IsMeeting>"), "ErrorInvalidPropertySet"),
        (create(times() + '<t:StartTimeZone Id="Narnia"/>'), "ErrorCalendarInvalidTimeZone"),
        (create(times(), folder=INBOX), "ErrorCannotCreateCalendarItemInNonCalendarFolder"),
        (create("").replace("CalendarItem", "Message"), "ErrorInvalidItemForOperationCreateItem"),
    ],
)
def test_what_cannot_be_created_is_refused_and_nothing_is_stored(
    exchange: CheckedExchange, body: str, code: str
) -> None:
    assert codes(ask(exchange, ANNA, body)) == [code]
    assert exchange.entries(ANNA) == ()


def test_nobody_writes_into_a_colleague_s_calendar(exchange: CheckedExchange) -> None:
    exchange.share(BEN, "FullDetails", ANNA)
    folder = of(BEN)
    assert codes(ask(exchange, ANNA, create(times(), folder=folder))) == ["ErrorAccessDenied"]
    exchange.add_entry(BEN, Entry("Of Ben", MONDAY, MONDAY + HOUR))
    ((ident, key),) = ids(ask(exchange, ANNA, find_item(folder=folder)))
    assert codes(ask(exchange, ANNA, update(item_id(ident, key), subject("x")))) == ["ErrorAccessDenied"]
    assert codes(ask(exchange, ANNA, delete(item_id(ident)))) == ["ErrorAccessDenied"]
    assert exchange.entries(BEN)[0].subject == "Of Ben"


def recurrence(kind: str, *parts: str) -> str:
    """A pattern or range; a part is "Name value"."""
    inside = "".join(
        f"<t:{name}>{value}</t:{name}>" for name, _, value in (part.partition(" ") for part in parts)
    )
    return f"<t:{kind}Recurrence>{inside}</t:{kind}Recurrence>"


RECURRENCES = [
    recurrence("RelativeYearly", "DaysOfWeek Monday", "DayOfWeekIndex Second", "Month March"),
    recurrence("AbsoluteYearly", "DayOfMonth 29", "Month February"),
    recurrence("RelativeMonthly", "Interval 2", "DaysOfWeek WeekendDay", "DayOfWeekIndex Last"),
    recurrence("AbsoluteMonthly", "Interval 1", "DayOfMonth 31"),
    recurrence("Weekly", "Interval 2", "DaysOfWeek Monday Friday", "FirstDayOfWeek Monday"),
    recurrence("Daily", "Interval 3"),
]
RANGES = [
    recurrence("NoEnd", "StartDate 2026-03-02Z"),
    recurrence("EndDate", "StartDate 2026-03-02Z", "EndDate 2028-03-02Z"),
    recurrence("Numbered", "StartDate 2026-03-02Z", "NumberOfOccurrences 7"),
]


@pytest.mark.parametrize("boundary", RANGES)
@pytest.mark.parametrize("pattern", RECURRENCES)
def test_every_pattern_and_range_comes_back_as_it_was_sent(
    exchange: CheckedExchange, pattern: str, boundary: str
) -> None:
    made = ask(exchange, ANNA, create(f"{times()}<t:Recurrence>{pattern}{boundary}</t:Recurrence>"))
    ((ident, _key),) = ids(made)
    got = ask(exchange, ANNA, get_item(item_id(ident), "calendar:Recurrence"))
    found = find(got, f"{GOT}/t:Recurrence")
    assert leaves(found) == leaves(etree.fromstring(f'<r xmlns:t="urn:t">{pattern}{boundary}</r>'))


def leaves(element: Element) -> list[tuple[str, str]]:
    return [(etree.QName(part).localname, part.text) for part in element.iter() if part.text]


@pytest.mark.parametrize(
    ("pattern", "boundary", "code"),
    [
        (RECURRENCES[5].replace(">3<", ">0<"), RANGES[0], "ErrorCalendarInvalidRecurrence"),
        (RECURRENCES[5].replace(">3<", ">1000<"), RANGES[0], "ErrorCalendarInvalidRecurrence"),
        (RECURRENCES[3].replace(">31<", ">32<"), RANGES[0], "ErrorCalendarInvalidRecurrence"),
        (RECURRENCES[4].replace("Monday Friday", ""), RANGES[0], "ErrorCalendarInvalidRecurrence"),
        (RECURRENCES[5], RANGES[2].replace(">7<", ">0<"), "ErrorCalendarInvalidRecurrence"),
        (RECURRENCES[5], RANGES[2].replace(">7<", ">1000<"), "ErrorCalendarInvalidRecurrence"),
        (RECURRENCES[5], RANGES[1].replace("2028", "2020"), "ErrorCalendarEndDateIsEarlierThanStartDate"),
        (RECURRENCES[1], RANGES[1].replace("2028-03", "2026-04"), "ErrorRecurrenceHasNoOccurrence"),
    ],
)
def test_a_series_that_cannot_be_is_refused(
    exchange: CheckedExchange, pattern: str, boundary: str, code: str
) -> None:
    body = create(f"{times()}<t:Recurrence>{pattern}{boundary}</t:Recurrence>")
    assert codes(ask(exchange, ANNA, body)) == [code]
    assert exchange.entries(ANNA) == ()


def test_a_series_begins_with_its_first_occurrence(exchange: CheckedExchange) -> None:
    pattern = RECURRENCES[4].replace("Monday Friday", "Friday")
    ask(exchange, ANNA, create(f"{times()}<t:Recurrence>{pattern}{RANGES[0]}</t:Recurrence>"))
    assert stored(exchange).start == datetime(2026, 3, 6, 9, tzinfo=UTC)


# --- reading ---

NAIVE = base64.b64encode(b"\x00\x03$item\x00anna@example.com\x00x\x002026-03-02T08:00:00").decode()


@pytest.mark.parametrize(
    ("ident", "code"),
    [
        (item_id("AAMk"), "ErrorInvalidIdMalformed"),
        (item_id("not base64!"), "ErrorInvalidIdMalformed"),
        (item_id(""), "ErrorInvalidIdMalformed"),
        (item_id(NAIVE), "ErrorInvalidIdMalformed"),
        (item_id("AAMkaXRlbQBhbm5hQGV4YW1wbGUuY29tADAwMDAwMDA5AA=="), "ErrorItemNotFound"),
        (item_id("AAMkZm9sZGVyAGFubmFAZXhhbXBsZS5jb20AY2FsZW5kYXIA"), "ErrorCannotUseFolderIdForItemId"),
    ],
)
def test_an_id_of_nothing_is_told_so(exchange: CheckedExchange, ident: str, code: str) -> None:
    assert codes(ask(exchange, ANNA, get_item(ident))) == [code]


def test_one_bad_id_leaves_the_other_rows_alone(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR))
    ident, _key = the_id(exchange)
    answer = ask(exchange, ANNA, get_item(item_id("AAMk") + item_id(ident), "item:Subject"))
    assert codes(answer) == ["ErrorInvalidIdMalformed", "NoError"]
    assert text(answer, f"{GOT}/t:Subject") == "Budget"


@pytest.mark.parametrize(
    ("index", "start", "code"),
    [
        (1, "2026-03-02T08:00:00Z", "NoError"),
        (2, None, "ErrorCalendarOccurrenceIsDeletedFromRecurrence"),
        (5, "2026-03-06T08:00:00Z", "NoError"),
        (6, None, "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange"),
        (0, None, "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange"),
        (-1, None, "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange"),
    ],
)
def test_occurrences_are_counted_from_one_deleted_ones_included(
    exchange: CheckedExchange, index: int, start: str | None, code: str
) -> None:
    gone = MONDAY + timedelta(days=1)
    exchange.add_entry(ANNA, Entry("Daily", MONDAY, MONDAY + HOUR, recurrence=DAILY, deleted=(gone,)))
    ((master, _key),) = ids(ask(exchange, ANNA, find_item(view=MASTERS)))
    ident = f'<t:OccurrenceItemId RecurringMasterId="{master}" InstanceIndex="{index}"/>'
    answer = ask(exchange, ANNA, get_item(ident, "calendar:Start", "calendar:CalendarItemType"))
    assert codes(answer) == [code]
    assert text(answer, f"{GOT}/t:Start") == start


def test_an_occurrence_leads_to_its_master(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, Entry("Daily", MONDAY, MONDAY + HOUR, recurrence=DAILY))
    ident, _key = the_id(exchange, 2)
    answer = ask(
        exchange, ANNA, get_item(f'<t:RecurringMasterItemId OccurrenceId="{ident}"/>', base="AllProperties")
    )
    item = find(answer, GOT)
    assert text(item, "t:CalendarItemType") == "RecurringMaster"
    assert text(item, "t:FirstOccurrence/t:Start") == "2026-03-02T08:00:00Z"
    assert text(item, "t:LastOccurrence/t:Start") == "2026-03-06T08:00:00Z"


@pytest.mark.parametrize(
    ("form", "code"),
    [
        (
            '<t:OccurrenceItemId RecurringMasterId="{}" InstanceIndex="1"/>',
            "ErrorCalendarCannotUseIdForOccurrenceId",
        ),
        ('<t:RecurringMasterItemId OccurrenceId="{}"/>', "ErrorCalendarCannotUseIdForRecurringMasterId"),
    ],
)
def test_a_single_item_is_neither_master_nor_occurrence(
    exchange: CheckedExchange, form: str, code: str
) -> None:
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR))
    assert codes(ask(exchange, ANNA, get_item(form.format(the_id(exchange)[0])))) == [code]


# --- updating ---


KIND = set_field("calendar:IsMeeting", "<t:IsMeeting>true</t:IsMeeting>")
EARLY = set_field("calendar:End", "<t:End>2026-03-01T00:00:00Z</t:End>")
TWO = set_field("item:Subject", "<t:Subject>x</t:Subject><t:Location>y</t:Location>")
OTHER = set_field("item:Subject", "<t:Location>x</t:Location>")
NO_START = '<t:DeleteItemField><t:FieldURI FieldURI="calendar:Start"/></t:DeleteItemField>'
APPEND = subject("more").replace("SetItemField", "AppendToItemField")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ([OTHER], "ErrorUpdatePropertyMismatch"),
        ([TWO], "ErrorIncorrectUpdatePropertyCount"),
        ([KIND], "ErrorInvalidPropertySet"),
        ([EARLY], "ErrorCalendarEndDateIsEarlierThanStartDate"),
        ([subject("changed"), NO_START], "ErrorInvalidPropertyDelete"),
        ([subject("changed"), APPEND], "ErrorInvalidPropertyAppend"),
    ],
)
def test_an_update_is_done_whole_or_not_at_all(
    exchange: CheckedExchange, changes: list[str], code: str
) -> None:
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR))
    before = stored(exchange)
    ident, key = the_id(exchange)
    assert codes(ask(exchange, ANNA, update(item_id(ident, key), *changes))) == [code]
    assert stored(exchange) == before


def test_an_update_gives_a_new_change_key(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR))
    ident, key = the_id(exchange)
    ((same, new),) = ids(ask(exchange, ANNA, update(item_id(ident, key), subject("x"))))
    assert same == ident
    assert new != key
    assert the_id(exchange) == (ident, new)


@pytest.mark.parametrize(
    ("how", "key", "code"),
    [
        ("NeverOverwrite", "", "ErrorChangeKeyRequiredForWriteOperations"),
        ("AutoResolve", "", "ErrorChangeKeyRequiredForWriteOperations"),
        ("AlwaysOverwrite", "", "NoError"),
        ("NeverOverwrite", "stale", "ErrorIrresolvableConflict"),
        ("AutoResolve", "stale", "ErrorIrresolvableConflict"),
        ("AlwaysOverwrite", "stale", "NoError"),
        ("NeverOverwrite", "DwAAAAAAAAAAAP8=", "ErrorIrresolvableConflict"),
        ("AutoResolve", "DwAAAAAAAAAAAP8=", "ErrorIrresolvableConflict"),
        ("AutoResolve", "nonsense", "ErrorInvalidChangeKey"),
        ("AlwaysOverwrite", "nonsense", "ErrorInvalidChangeKey"),
    ],
)
def test_a_change_key_guards_against_overwriting(
    exchange: CheckedExchange, how: str, key: str, code: str
) -> None:
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR))
    ident, stale = the_id(exchange)
    ask(exchange, ANNA, update(item_id(ident, stale), subject("Theirs")))
    given = stale if key == "stale" else key
    assert codes(ask(exchange, ANNA, update(item_id(ident, given), subject("Mine"), how=how))) == [code]
    assert stored(exchange).subject == ("Mine" if code == "NoError" else "Theirs")


def test_auto_resolve_lets_changes_of_different_properties_pass(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR))
    ident, stale = the_id(exchange)
    room = set_field("calendar:Location", "<t:Location>Room 9</t:Location>")
    ask(exchange, ANNA, update(item_id(ident, stale), room))
    mine = update(item_id(ident, stale), subject("Mine"), how="AutoResolve")
    assert codes(ask(exchange, ANNA, mine)) == ["NoError"]
    assert (stored(exchange).subject, stored(exchange).location) == ("Mine", "Room 9")


def test_an_update_says_who_is_told_about_it(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR))
    ident, key = the_id(exchange)
    answer = ask(exchange, ANNA, update(item_id(ident, key), subject("x"), send=""))
    assert codes(answer) == ["ErrorSendMeetingInvitationsOrCancellationsRequired"]


def test_attendees_make_a_meeting_and_their_absence_an_appointment(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR))
    ben = f"<t:Attendee><t:Mailbox><t:EmailAddress>{BEN}</t:EmailAddress></t:Mailbox></t:Attendee>"
    people = f"<t:RequiredAttendees>{ben}</t:RequiredAttendees>"
    ask(exchange, ANNA, update(item_id(*the_id(exchange)), set_field("calendar:RequiredAttendees", people)))
    assert stored(exchange).meeting is True
    gone = '<t:DeleteItemField><t:FieldURI FieldURI="calendar:RequiredAttendees"/></t:DeleteItemField>'
    ask(exchange, ANNA, update(item_id(*the_id(exchange)), gone))
    assert stored(exchange).meeting is False


def test_a_change_of_the_subject_leaves_the_kind_alone(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR, meeting=None, response="Accept"))
    ask(exchange, ANNA, update(item_id(*the_id(exchange)), subject("x")))
    assert (stored(exchange).meeting, stored(exchange).response) == (None, "Accept")


def test_an_occurrence_changes_alone(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, Entry("Daily", MONDAY, MONDAY + HOUR, recurrence=DAILY))
    assert codes(ask(exchange, ANNA, update(item_id(*the_id(exchange, 1)), subject("Once")))) == ["NoError"]
    answer = ask(exchange, ANNA, find_item("item:Subject", "calendar:CalendarItemType"))
    shown = [
        (text(item, "t:Subject"), text(item, "t:CalendarItemType")) for item in answer.iter("{*}CalendarItem")
    ]
    assert shown == [("Daily", "Occurrence"), ("Once", "Exception"), *[("Daily", "Occurrence")] * 3]


def test_an_occurrence_has_no_pattern_of_its_own(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, Entry("Daily", MONDAY, MONDAY + HOUR, recurrence=DAILY))
    pattern = set_field("calendar:Recurrence", f"<t:Recurrence>{RECURRENCES[5]}{RANGES[0]}</t:Recurrence>")
    answer = ask(exchange, ANNA, update(item_id(*the_id(exchange, 1)), pattern))
    assert codes(answer) == ["ErrorInvalidPropertySet"]


def test_a_new_time_for_the_series_forgets_its_exceptions(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, Entry("Daily", MONDAY, MONDAY + HOUR, recurrence=DAILY))
    ask(exchange, ANNA, update(item_id(*the_id(exchange, 1)), subject("Once")))
    ask(exchange, ANNA, delete(item_id(*the_id(exchange, 2))))
    master = ids(ask(exchange, ANNA, find_item(view=MASTERS)))[0]
    assert len(ids(ask(exchange, ANNA, find_item()))) == 4
    ask(exchange, ANNA, update(item_id(*master), subject("Renamed")))
    assert len(stored(exchange).changed) == 1
    master = ids(ask(exchange, ANNA, find_item(view=MASTERS)))[0]
    later = set_field("calendar:End", "<t:End>2026-03-02T12:00:00Z</t:End>")
    ask(exchange, ANNA, update(item_id(*master), later))
    assert (stored(exchange).changed, stored(exchange).deleted) == ((), ())
    assert len(ids(ask(exchange, ANNA, find_item()))) == 5


# --- deleting ---


def test_deleting_twice_is_an_error(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR))
    ident, _key = the_id(exchange)
    assert codes(ask(exchange, ANNA, delete(item_id(ident), send=""))) == [
        "ErrorSendMeetingCancellationsRequired"
    ]
    assert codes(ask(exchange, ANNA, delete(item_id(ident)))) == ["NoError"]
    assert codes(ask(exchange, ANNA, delete(item_id(ident)))) == ["ErrorItemNotFound"]


def test_a_deleted_occurrence_is_gone_for_good(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, Entry("Daily", MONDAY, MONDAY + HOUR, recurrence=DAILY))
    ident, _key = the_id(exchange, 1)
    assert codes(ask(exchange, ANNA, delete(item_id(ident)))) == ["NoError"]
    assert codes(ask(exchange, ANNA, delete(item_id(ident)))) == ["ErrorItemNotFound"]
    assert codes(ask(exchange, ANNA, get_item(item_id(ident)))) == ["ErrorItemNotFound"]
    assert len(ids(ask(exchange, ANNA, find_item()))) == 4


def test_an_occurrence_that_never_was_has_no_id(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, Entry("Daily", MONDAY, MONDAY + HOUR, recurrence=DAILY))
    ident, _key = the_id(exchange, 1)
    exchange.change_entry(ANNA, stored(exchange).key, start=MONDAY + HOUR, end=MONDAY + 2 * HOUR)
    assert codes(ask(exchange, ANNA, get_item(item_id(ident)))) == ["ErrorItemNotFound"]


def test_the_calendar_folder_tells_how_much_it_holds(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR))
    body = (
        "<m:GetFolder><m:FolderShape><t:BaseShape>AllProperties</t:BaseShape></m:FolderShape>"
        f"<m:FolderIds>{CALENDAR}</m:FolderIds></m:GetFolder>"
    )
    folder = find(
        ask(exchange, ANNA, body), "m:ResponseMessages/m:GetFolderResponseMessage/m:Folders/t:CalendarFolder"
    )
    assert text(folder, "t:TotalCount") == "1"
    assert text(folder, "t:FolderClass") == "IPF.Appointment"


@pytest.mark.parametrize("kind", ["DailyRegeneration", "WeeklyRegeneration", "MonthlyRegeneration"])
def test_what_only_tasks_do_again_is_no_series_of_a_calendar(exchange: CheckedExchange, kind: str) -> None:
    exchange.check_requests = False
    pattern = f"<t:{kind}><t:Interval>1</t:Interval></t:{kind}>"
    ends = recurrence("NoEnd", "StartDate 2026-03-02")
    body = create(f"{times()}<t:Recurrence>{pattern}{ends}</t:Recurrence>")
    assert codes(ask(exchange, ANNA, body)) == ["ErrorSchemaValidation"]


def moved(day: int, hour: int) -> tuple[str, str]:
    start, end = (f"2026-03-{day:02}T{at:02}:00:00Z" for at in (hour, hour + 1))
    return (
        set_field("calendar:Start", f"<t:Start>{start}</t:Start>"),
        set_field("calendar:End", f"<t:End>{end}</t:End>"),
    )


@pytest.mark.parametrize(
    ("day", "hour", "code"),
    [
        (4, 8, "NoError"),
        (5, 1, "NoError"),
        (6, 1, "ErrorOccurrenceCrossingBoundary"),
        (9, 1, "ErrorOccurrenceCrossingBoundary"),
        (3, 22, "NoError"),
        (2, 22, "ErrorOccurrenceCrossingBoundary"),
        (1, 1, "ErrorOccurrenceCrossingBoundary"),
    ],
)
def test_an_occurrence_stays_between_its_neighbours(
    exchange: CheckedExchange, day: int, hour: int, code: str
) -> None:
    """2, 4, 6, 8 March."""
    every_other = Recurrence(Pattern("daily", 2), MONDAY.date(), count=4)
    exchange.add_entry(ANNA, Entry("x", MONDAY, MONDAY + HOUR, recurrence=every_other))
    ident, key = the_id(exchange, 1)
    assert codes(ask(exchange, ANNA, update(item_id(ident, key), *moved(day, hour)))) == [code]


def test_a_deleted_occurrence_is_no_neighbour(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, Entry("x", MONDAY, MONDAY + HOUR, recurrence=DAILY))
    shown = [ident for ident, _key in ids(ask(exchange, ANNA, find_item()))]
    ask(exchange, ANNA, delete(item_id(shown[2])))
    assert codes(ask(exchange, ANNA, update(item_id(shown[1]), *moved(4, 8), how="AlwaysOverwrite"))) == [
        "NoError"
    ]
    assert codes(ask(exchange, ANNA, update(item_id(shown[0]), *moved(4, 12), how="AlwaysOverwrite"))) == [
        "ErrorOccurrenceCrossingBoundary"
    ]


def test_first_and_last_are_those_that_are_left(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, Entry("x", MONDAY, MONDAY + HOUR, recurrence=DAILY))
    shown = [ident for ident, _key in ids(ask(exchange, ANNA, find_item()))]
    for index in (0, 4, 3):
        assert codes(ask(exchange, ANNA, delete(item_id(shown[index])))) == ["NoError"]
    ((master, _key),) = ids(ask(exchange, ANNA, find_item(view=MASTERS)))
    names = ("calendar:FirstOccurrence", "calendar:LastOccurrence", "calendar:DeletedOccurrences")
    item = find(ask(exchange, ANNA, get_item(item_id(master), *names)), GOT)
    assert text(item, "t:FirstOccurrence/t:OriginalStart") == "2026-03-03T08:00:00Z"
    assert text(item, "t:LastOccurrence/t:OriginalStart") == "2026-03-04T08:00:00Z"
    assert len(find(item, "t:DeletedOccurrences")) == 3


def test_a_series_keeps_its_last_occurrence(exchange: CheckedExchange) -> None:
    once = Recurrence(Pattern("daily"), MONDAY.date(), count=1)
    exchange.add_entry(ANNA, Entry("x", MONDAY, MONDAY + HOUR, recurrence=once))
    ident, _key = the_id(exchange)
    assert codes(ask(exchange, ANNA, delete(item_id(ident)))) == ["ErrorRecurrenceHasNoOccurrence"]
