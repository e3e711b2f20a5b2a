"""Unmodified exchangelib works against the embedded Exchange."""

from datetime import timedelta
from typing import Any

import exchangelib
import pytest
from exchangelib import EWSDate, EWSDateTime, EWSTimeZone
from exchangelib.errors import (
    ErrorAccessDenied,
    ErrorIrresolvableConflict,
    ErrorItemNotFound,
    ErrorMailRecipientNotFound,
    ErrorNameResolutionNoResults,
    ErrorNonExistentMailbox,
    UnauthorizedError,
)
from exchangelib.fields import MONDAY as MONDAYS
from exchangelib.fields import FieldPath
from exchangelib.folders import Calendar
from exchangelib.items import SEND_TO_NONE, CalendarItem
from exchangelib.properties import CalendarView, DistinguishedFolderId, Mailbox
from exchangelib.protocol import CachingProtocol
from exchangelib.recurrence import Recurrence as ExchangelibRecurrence
from exchangelib.recurrence import WeeklyPattern
from exchangelib.services import FindItem

from lyncdesk.exchange_server.model import Entry, Pattern, Recurrence
from tests.exchange.server.conftest import ANNA, BEN, make_account
from tests.exchange.server.wire import MONDAY, CheckedExchange

BERLIN = EWSTimeZone("Europe/Berlin")
UTC_ZONE = EWSTimeZone("UTC")
HOUR = timedelta(hours=1)


def at(day: int, hour: int, minute: int = 0, month: int = 3) -> EWSDateTime:
    return EWSDateTime(2026, month, day, hour, minute, tzinfo=BERLIN)


def week(account: Any, month: int = 3, first: int = 1, last: int = 9) -> list[Any]:
    return list(
        account.calendar.view(start=at(first, 0, month=month), end=at(last, 0, month=month), max_items=100)
    )


def save(account: Any, **values: Any) -> Any:
    item = CalendarItem(folder=account.calendar, **values)
    item.save(send_meeting_invitations=SEND_TO_NONE)
    return item


def test_a_view_shows_what_is_in_the_calendar(exchange: CheckedExchange, account: Any) -> None:
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR, "Room 4", "Tentative", meeting=True))
    exchange.add_entry(BEN, Entry("Of somebody else", MONDAY, MONDAY + HOUR))
    (item,) = week(account)
    assert (item.subject, item.location, item.legacy_free_busy_status) == ("Budget", "Room 4", "Tentative")
    assert (item.is_meeting, item.is_cancelled, item.is_recurring) == (True, False, False)
    assert (item.start, item.end, item.type) == (MONDAY, MONDAY + HOUR, "Single")
    assert item.sensitivity == "Normal"


def test_the_fields_of_a_calendar_check_come_with_one_find_item(
    exchange: CheckedExchange, account: Any
) -> None:
    exchange.add_entry(
        ANNA, Entry("Budget", MONDAY, MONDAY + HOUR, "Room 4", meeting=True, response="Tentative")
    )
    calendar = Calendar(root=account.root, _distinguished_id=DistinguishedFolderId(id="calendar"))
    names = (
        *("subject", "location", "start", "end", "is_all_day", "legacy_free_busy_status", "sensitivity"),
        *("is_meeting", "is_cancelled", "my_response_type", "uid"),
    )
    before = exchange.counters.requests.get("FindItem", 0)
    rows = FindItem(account=account, chunk_size=100).call(
        folders=[calendar],
        additional_fields={FieldPath(field=CalendarItem.get_field_by_fieldname(name)) for name in names},
        restriction=None,
        order_fields=None,
        shape="IdOnly",
        query_string=None,
        depth="Shallow",
        calendar_view=CalendarView(start=at(1, 0), end=at(9, 0), max_items=100),
        max_items=100,
        offset=0,
    )
    (item,) = rows
    assert (item.location, item.is_meeting, item.my_response_type) == ("Room 4", True, "Tentative")
    assert exchange.counters.requests["FindItem"] == before + 1


def test_what_is_created_comes_back_as_it_was_sent(account: Any) -> None:
    made = save(
        account,
        subject="Planning & <more>",
        start=at(3, 9),
        end=at(3, 10, 30),
        location="Room 1",
        body="Agenda",
        categories=["Blue", "Green"],
        legacy_free_busy_status="OOF",
        sensitivity="Private",
        importance="High",
        reminder_is_set=True,
        reminder_minutes_before_start=5,
        required_attendees=[BEN],
        optional_attendees=["carl@example.com"],
    )
    item = account.calendar.get(subject="Planning & <more>")
    assert (item.id, item.changekey) == (made.id, made.changekey)
    assert (item.start, item.end, item.location, item.body) == (at(3, 9), at(3, 10, 30), "Room 1", "Agenda")
    assert (item.legacy_free_busy_status, item.sensitivity, item.importance) == ("OOF", "Private", "High")
    assert (item.reminder_is_set, item.reminder_minutes_before_start) == (True, 5)
    assert (item.categories, item.is_meeting) == (["Blue", "Green"], True)
    assert [one.mailbox.email_address for one in item.required_attendees] == [BEN]
    assert [one.mailbox.email_address for one in item.optional_attendees] == ["carl@example.com"]
    assert item.organizer.email_address == ANNA
    assert item._start_timezone == BERLIN


def test_an_appointment_without_attendees_is_no_meeting(account: Any) -> None:
    save(account, subject="Alone", start=at(3, 9), end=at(3, 10))
    assert account.calendar.get(subject="Alone").is_meeting is False


def test_an_update_is_seen_and_a_deletion_too(account: Any) -> None:
    item = save(account, subject="Old", start=at(3, 9), end=at(3, 10), location="Here")
    item.subject, item.location, item.end = "New", None, at(3, 11)
    item.save(send_meeting_invitations=SEND_TO_NONE)
    item.refresh()
    assert (item.subject, item.location, item.end) == ("New", None, at(3, 11))
    assert [one.subject for one in week(account)] == ["New"]
    again = account.calendar.get(subject="New")
    item.delete()
    assert week(account) == []
    with pytest.raises(ErrorItemNotFound):
        again.refresh()


def test_moving_to_the_trash_takes_an_item_out_of_the_view(account: Any) -> None:
    save(account, subject="Old", start=at(3, 9), end=at(3, 10)).move_to_trash()
    assert week(account) == []
    assert [one.subject for one in account.trash.all()] == ["Old"]


def test_a_stale_change_of_the_same_property_is_a_conflict(account: Any) -> None:
    save(account, subject="Shared", start=at(3, 9), end=at(3, 10))
    mine, theirs = (account.calendar.get(subject="Shared") for _ in range(2))
    theirs.subject = "Theirs"
    theirs.save(update_fields=["subject"], send_meeting_invitations=SEND_TO_NONE)
    mine.subject = "Mine"
    with pytest.raises(ErrorIrresolvableConflict):
        mine.save(update_fields=["subject"], send_meeting_invitations=SEND_TO_NONE)
    assert account.calendar.get(subject="Theirs")


def test_a_stale_change_of_another_property_is_resolved(account: Any) -> None:
    save(account, subject="Shared", start=at(3, 9), end=at(3, 10))
    mine, theirs = (account.calendar.get(subject="Shared") for _ in range(2))
    theirs.location = "Room 9"
    theirs.save(update_fields=["location"], send_meeting_invitations=SEND_TO_NONE)
    mine.subject = "Mine"
    mine.save(update_fields=["subject"], send_meeting_invitations=SEND_TO_NONE)
    assert account.calendar.get(subject="Mine").location == "Room 9"


def test_a_weekly_series_keeps_its_wall_clock_time_over_summer_time(account: Any) -> None:
    save(
        account,
        subject="Weekly",
        start=at(16, 9),
        end=at(16, 10),
        recurrence=ExchangelibRecurrence(
            pattern=WeeklyPattern(interval=1, weekdays=[MONDAYS]), start=EWSDate(2026, 3, 16), number=4
        ),
    )
    shown = list(account.calendar.view(start=at(1, 0), end=at(30, 0, month=4), max_items=100))
    assert [one.start for one in shown] == [at(16, 9), at(23, 9), at(30, 9), at(6, 9, month=4)]
    assert [one.start.astimezone(UTC_ZONE).hour for one in shown] == [8, 8, 7, 7]
    assert {(one.type, one.is_recurring, one.subject) for one in shown} == {("Occurrence", True, "Weekly")}
    assert len({one.id for one in shown}) == 4


def test_the_master_tells_its_pattern_and_its_ends(account: Any) -> None:
    pattern = ExchangelibRecurrence(
        pattern=WeeklyPattern(interval=2, weekdays=[MONDAYS]),
        start=EWSDate(2026, 3, 16),
        end=EWSDate(2026, 4, 30),
    )
    save(account, subject="Weekly", start=at(16, 9), end=at(16, 10), recurrence=pattern)
    master = account.calendar.get(subject="Weekly")
    assert master.type == "RecurringMaster"
    assert master.recurrence.pattern == pattern.pattern
    assert master.recurrence.boundary.end == EWSDate(2026, 4, 30)
    assert master.first_occurrence.start == at(16, 9)
    assert master.last_occurrence.start == at(27, 9, month=4)


def test_one_occurrence_can_be_moved_and_another_deleted(account: Any) -> None:
    save(
        account,
        subject="Weekly",
        start=at(2, 9),
        end=at(2, 10),
        recurrence=ExchangelibRecurrence(
            pattern=WeeklyPattern(interval=1, weekdays=[MONDAYS]), start=EWSDate(2026, 3, 2), number=4
        ),
    )
    _first, second, third, _fourth = account.calendar.view(start=at(1, 0), end=at(31, 0), max_items=10)
    second.start, second.end, second.subject = at(10, 14), at(10, 15), "Moved"
    second.save(update_fields=["start", "end", "subject"], send_meeting_invitations=SEND_TO_NONE)
    third.delete()
    shown = list(account.calendar.view(start=at(1, 0), end=at(31, 0), max_items=10))
    assert [(one.subject, one.start, one.type) for one in shown] == [
        ("Weekly", at(2, 9), "Occurrence"),
        ("Moved", at(10, 14), "Exception"),
        ("Weekly", at(23, 9), "Occurrence"),
    ]
    master = account.calendar.get(subject="Weekly")
    assert [one.start for one in master.deleted_occurrences] == [at(16, 9)]
    assert [one.original_start for one in master.modified_occurrences] == [at(9, 9)]
    (found,) = account.fetch([(master.occurrence(index=4))])
    assert (found.start, found.type) == (at(23, 9), "Occurrence")
    (found,) = account.fetch([found.recurring_master()])
    assert found.id == master.id


def test_deleting_the_master_deletes_the_series(exchange: CheckedExchange, account: Any) -> None:
    series = Recurrence(Pattern("daily"), MONDAY.date())
    exchange.add_entry(ANNA, Entry("Daily", MONDAY, MONDAY + HOUR, recurrence=series))
    assert len(week(account)) == 7
    account.calendar.get(subject="Daily").delete()
    assert week(account) == []


def test_an_all_day_item_is_a_day_of_its_zone(account: Any) -> None:
    save(
        account,
        subject="Trip",
        start=EWSDate(2026, 3, 29),
        end=EWSDate(2026, 3, 30),
        is_all_day=True,
        _start_timezone=BERLIN,
        _end_timezone=BERLIN,
    )
    item = account.calendar.get(subject="Trip")
    assert (item.start, item.end, item.is_all_day) == (EWSDate(2026, 3, 29), EWSDate(2026, 3, 30), True)


def test_free_busy_of_several_people_with_one_unknown(exchange: CheckedExchange, account: Any) -> None:
    exchange.add_entry(BEN, Entry("Secret", MONDAY + HOUR, MONDAY + 2 * HOUR, "Room", "OOF", meeting=True))
    exchange.add_entry(ANNA, Entry("Mine", MONDAY, MONDAY + HOUR, "Room 4", "Busy", meeting=True))
    ben, unknown, anna = account.protocol.get_free_busy_info(
        [(BEN, "Required", False), ("x@example.com", "Required", False), (account, "Required", False)],
        start=at(2, 0),
        end=at(3, 0),
        merged_free_busy_interval=60,
    )
    assert ben.view_type == "FreeBusyMerged"
    assert ben.merged == "0" * 10 + "3" + "0" * 13
    assert [(one.start, one.busy_type, one.details) for one in ben.calendar_events] == [
        (at(2, 10), "OOF", None)
    ]
    assert ben.working_hours[0].weekdays == [1, 2, 3, 4, 5]
    assert isinstance(unknown, ErrorMailRecipientNotFound)
    (own,) = anna.calendar_events
    assert (own.details.subject, own.details.location, own.details.is_meeting) == ("Mine", "Room 4", True)
    assert anna.working_hours_timezone.bias == -60


def test_out_of_office_is_set_and_read(exchange: CheckedExchange, account: Any) -> None:
    assert account.oof_settings.state == "Disabled"
    start, end = (EWSDateTime(2099, 3, day, tzinfo=UTC_ZONE) for day in (2, 6))
    account.oof_settings = exchangelib.OofSettings(
        state="Scheduled",
        external_audience="Known",
        start=start,
        end=end,
        internal_reply="In",
        external_reply="Out",
    )
    found = account.oof_settings
    assert (found.state, found.external_audience, found.start, found.end) == (
        "Scheduled",
        "Known",
        start,
        end,
    )
    assert (found.internal_reply, found.external_reply) == ("In", "Out")
    mailbox = exchange.store.mailbox(ANNA)
    assert mailbox is not None
    assert mailbox.oof.internal == "In"


def test_names_are_resolved_with_their_contact_data(account: Any) -> None:
    ((mailbox, contact),) = account.protocol.resolve_names(["kell"], return_full_contact_data=True)
    assert (mailbox.name, mailbox.email_address) == ("Anna Keller", ANNA)
    assert (contact.job_title, contact.company_name) == ("Head of Finance", "Example")
    assert {one.label: one.phone_number for one in contact.phone_numbers} == {
        "BusinessPhone": "+49 30 1",
        "MobilePhone": "+49 170 1",
    }
    (nobody,) = account.protocol.resolve_names(["nobody"])
    assert isinstance(nobody, ErrorNameResolutionNoResults)


def test_items_are_found_by_restriction(account: Any) -> None:
    for number, subject in enumerate(("Alpha one", "alpha two", "Beta"), 1):
        save(account, subject=subject, start=at(number + 1, 9), end=at(number + 1, 10))
    calendar = account.calendar
    assert {one.subject for one in calendar.filter(subject__istartswith="ALPHA")} == {
        "Alpha one",
        "alpha two",
    }
    assert {one.subject for one in calendar.filter(subject__contains="two")} == {"alpha two"}
    assert {one.subject for one in calendar.exclude(subject="Beta")} == {"Alpha one", "alpha two"}
    assert {one.subject for one in calendar.filter(start__gt=at(3, 0))} == {"alpha two", "Beta"}
    assert {one.subject for one in calendar.filter(start__range=(at(3, 0), at(3, 12)))} == {"alpha two"}
    assert [one.subject for one in calendar.all().order_by("-start")] == ["Beta", "alpha two", "Alpha one"]
    assert [one.subject for one in calendar.all().order_by("start")[1:2]] == ["alpha two"]
    assert calendar.filter(is_all_day=True).count() == 0
    assert calendar.filter(location__exists=False).count() == 3


def test_folders_are_found_by_their_names(account: Any) -> None:
    assert account.root.name == "Root"
    assert (account.calendar.name, account.inbox.name) == ("Calendar", "Inbox")
    top = account.root / "Top of Information Store"
    assert (top / "Calendar") == account.calendar
    assert account.calendar.total_count == 0


def test_the_version_is_found_by_asking(exchange: CheckedExchange) -> None:
    CachingProtocol.clear_cache()
    configuration = exchangelib.Configuration(
        service_endpoint=exchange.start(), credentials=exchangelib.Credentials(ANNA, "secret")
    )
    account = exchangelib.Account(ANNA, config=configuration, access_type=exchangelib.DELEGATE)
    build = account.protocol.version.build
    assert (build.major_version, build.minor_version, build.major_build, build.minor_build) == (
        15,
        2,
        2562,
        17,
    )
    account.protocol.close()
    CachingProtocol.clear_cache()


def test_a_wrong_password_is_refused_and_counted(exchange: CheckedExchange) -> None:
    CachingProtocol.clear_cache()
    account = make_account(exchange, password="wrong")
    with pytest.raises(UnauthorizedError):
        week(account)
    assert exchange.counters.refused_of(ANNA) == 1
    assert dict(exchange.counters.requests) == {}
    account.protocol.close()
    CachingProtocol.clear_cache()


def test_a_colleagues_calendar_opens_only_when_it_is_shared(exchange: CheckedExchange, account: Any) -> None:
    exchange.add_entry(BEN, Entry("Of Ben", MONDAY, MONDAY + HOUR))
    exchange.add_entry(BEN, Entry("Dentist", MONDAY, MONDAY + HOUR, sensitivity="Private"))

    def shown(address: str) -> list[str]:
        ident = DistinguishedFolderId(id="calendar", mailbox=Mailbox(email_address=address))
        calendar = Calendar(root=account.root, _distinguished_id=ident)
        view = calendar.view(start=at(1, 0), end=at(9, 0), max_items=10)
        return [one.subject for one in view.only("subject")]

    with pytest.raises(ErrorAccessDenied):
        shown(BEN)
    with pytest.raises(ErrorNonExistentMailbox):
        shown("nobody@example.com")
    exchange.share(BEN, "FullDetails", ANNA)
    assert shown(BEN) == ["Of Ben", "Private Appointment"]
