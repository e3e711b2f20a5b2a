"""Unmodified exchangelib calls meetings, answers and cancels them on the embedded Exchange."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from exchangelib import EWSDateTime, EWSTimeZone
from exchangelib.items import (
    SEND_TO_ALL_AND_SAVE_COPY,
    CalendarItem,
    MeetingCancellation,
    MeetingRequest,
    MeetingResponse,
)

from tests.exchange.server.conftest import BEN, make_account
from tests.exchange.server.wire import CheckedExchange

START = EWSDateTime(2026, 3, 2, 9, tzinfo=EWSTimeZone("Europe/Berlin"))
HOUR = timedelta(hours=1)


@pytest.fixture
def ben(exchange: CheckedExchange) -> Iterator[Any]:
    found = make_account(exchange, BEN, "hush")
    yield found
    found.protocol.close()


def meet(account: Any, **values: Any) -> Any:
    item = CalendarItem(
        folder=account.calendar,
        subject="Plan",
        start=START,
        end=START + HOUR,
        required_attendees=[BEN],
        **values,
    )
    item.save(send_meeting_invitations=SEND_TO_ALL_AND_SAVE_COPY)
    return item


def test_a_meeting_is_accepted(account: Any, ben: Any) -> None:
    made = meet(account)
    (request,) = ben.inbox.all()
    assert isinstance(request, MeetingRequest)
    assert (request.subject, request.author.email_address, request.is_read) == (
        *("Plan", "anna@example.com"),
        False,
    )
    (mine,) = ben.calendar.all()
    assert request.associated_calendar_item_id.id == mine.id
    assert (mine.my_response_type, mine.legacy_free_busy_status) == ("NoResponseReceived", "Tentative")
    answered = request.accept(body="With pleasure")
    assert answered.id == mine.id
    mine.refresh()
    assert (mine.my_response_type, mine.legacy_free_busy_status) == ("Accept", "Busy")
    made.refresh()
    assert [one.response_type for one in made.required_attendees] == ["Accept"]
    assert made.meeting_request_was_sent is True
    (response,) = account.inbox.all()
    assert isinstance(response, MeetingResponse)
    assert (response.subject, response.response_type, response.body) == (
        *("Accepted: Plan", "Accept"),
        "With pleasure",
    )
    assert list(ben.inbox.all()) == []
    assert isinstance(ben.trash.get(), MeetingRequest)


def test_a_meeting_is_declined(account: Any, ben: Any) -> None:
    made = meet(account)
    ben.calendar.get().decline()
    assert list(ben.calendar.all()) == []
    made.refresh()
    assert [one.response_type for one in made.required_attendees] == ["Decline"]


def test_a_request_is_marked_as_read(account: Any, ben: Any) -> None:
    meet(account)
    (request,) = ben.inbox.filter(is_read=False)
    request.is_read = True
    request.save(update_fields=["is_read"])
    assert list(ben.inbox.filter(is_read=False)) == []


def test_a_meeting_is_changed_and_cancelled(account: Any, ben: Any) -> None:
    made = meet(account)
    made.refresh()
    made.start, made.end = START + 2 * HOUR, START + 3 * HOUR
    made.save(send_meeting_invitations=SEND_TO_ALL_AND_SAVE_COPY, update_fields=["start", "end"])
    (mine,) = ben.calendar.all()
    assert (mine.start, mine.uid) == (START + 2 * HOUR, made.uid)
    made.refresh()
    made.cancel(body="Sorry")
    (mine,) = ben.calendar.all()
    assert (mine.is_cancelled, mine.legacy_free_busy_status) == (True, "Free")
    cancellation = ben.inbox.all().order_by("-datetime_received", "subject")[0]
    assert isinstance(cancellation, MeetingCancellation)
    assert list(account.calendar.all()) == []


def test_free_busy_shows_the_meeting_as_tentative_until_it_is_answered(account: Any, ben: Any) -> None:
    meet(account)

    def busy() -> list[str]:
        (found,) = account.protocol.get_free_busy_info(
            accounts=[(BEN, "Required", False)], start=START - HOUR, end=START + 2 * HOUR
        )
        return [event.busy_type for event in found.calendar_events]

    assert busy() == ["Tentative"]
    ben.calendar.get().accept()
    assert busy() == ["Busy"]


def test_the_content_of_a_request_is_mail(account: Any, ben: Any) -> None:
    meet(account)
    (request,) = ben.inbox.all()
    assert isinstance(request.mime_content, bytes)
    assert b"METHOD:REQUEST" in request.mime_content
