"""The server fails as ordered, for whom, and for as long as ordered."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
import requests
from exchangelib import EWSDateTime, EWSTimeZone
from exchangelib.errors import (
    ErrorAccessDenied,
    ErrorMailboxMoveInProgress,
    ErrorNonExistentMailbox,
    ErrorServerBusy,
    MalformedResponseError,
    SOAPError,
    UnauthorizedError,
)
from exchangelib.protocol import CachingProtocol

from lyncdesk.exchange_server.errors import TEXTS
from lyncdesk.exchange_server.fault import Fault
from lyncdesk.exchange_server.faults import FAULTS
from lyncdesk.exchange_server.model import Entry
from lyncdesk.exchange_server.operations import ROWS
from tests.exchange.server.conftest import ANNA, BEN, make_account
from tests.exchange.server.test_availability import EVENT, availability
from tests.exchange.server.wire import (
    MONDAY,
    CheckedExchange,
    ask,
    codes,
    envelope,
    find,
    find_item,
    ids,
    text,
)

HOUR = timedelta(hours=1)
ITEM = "m:ResponseMessages/m:FindItemResponseMessage/m:RootFolder/t:Items/t:CalendarItem"
ALL = (
    "item:Subject",
    "calendar:Location",
    "calendar:IsMeeting",
    "calendar:LegacyFreeBusyStatus",
    "calendar:Start",
)
MAILBOX = f"<t:Mailbox><t:Address>{ANNA}</t:Address></t:Mailbox>"
OOF = f"<m:GetUserOofSettingsRequest>{MAILBOX}</m:GetUserOofSettingsRequest>"
ENTRY = "<m:UnresolvedEntry>anna</m:UnresolvedEntry>"
RESOLVE = f'<m:ResolveNames ReturnFullContactData="1">{ENTRY}</m:ResolveNames>'
UTC_ZONE = EWSTimeZone("UTC")


@pytest.fixture(autouse=True)
def _budget(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR, "Room 4", meeting=True))


@pytest.fixture
def fast_account(exchange: CheckedExchange) -> Iterator[Any]:
    """An account whose calendar folder is known already, so that a fault meets the next request."""
    CachingProtocol.clear_cache()
    account = make_account(exchange)
    assert account.calendar
    yield account
    account.protocol.close()
    CachingProtocol.clear_cache()


def look(account: Any) -> list[Any]:
    start, end = (EWSDateTime(2026, 3, day, tzinfo=UTC_ZONE) for day in (1, 5))
    return list(
        account.calendar.view(start=start, end=end, max_items=10).only("subject", "start", "is_meeting")
    )


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("server-busy", ErrorServerBusy),
        ("http-503", ErrorServerBusy),
        ("http-500-html", MalformedResponseError),
        ("refused-password", UnauthorizedError),
        ("garbage-body", SOAPError),
        ("find-item-denied", ErrorAccessDenied),
        ("mailbox-moved", ErrorMailboxMoveInProgress),
        ("non-existent-mailbox", ErrorNonExistentMailbox),
    ],
)
def test_exchangelib_meets_each_fault_as_on_a_real_server(
    exchange: CheckedExchange, fast_account: Any, name: str, error: type[Exception]
) -> None:
    exchange.faults.set(name, user=ANNA)
    with pytest.raises(error):
        look(fast_account)
    exchange.faults.clear(ANNA)
    assert [one.subject for one in look(fast_account)] == ["Budget"]


def test_a_busy_server_says_for_how_long(exchange: CheckedExchange, fast_account: Any) -> None:
    exchange.faults.set("server-busy")
    with pytest.raises(ErrorServerBusy) as caught:
        look(fast_account)
    assert caught.value.back_off == 90


def test_a_busy_server_faults_in_the_shape_of_the_published_one(exchange: CheckedExchange) -> None:
    exchange.faults.set("server-busy")
    fault = ask(exchange, ANNA, find_item())
    assert codes(fault) == ["ErrorServerBusy"]
    assert [one.get("Name") for one in fault.iter("{*}Value")][:1] == ["BackOffMilliseconds"]


def test_missing_details_leave_the_bare_item(exchange: CheckedExchange) -> None:
    exchange.faults.set("details-missing")
    item = find(ask(exchange, ANNA, find_item(*ALL)), ITEM)
    names = [child.tag.rpartition("}")[2] for child in item]
    assert names == ["ItemId", "Start", "LegacyFreeBusyStatus"]
    assert find(ask(exchange, ANNA, availability(ANNA)), EVENT).find("{*}CalendarEventDetails") is None


def test_find_item_denied_leaves_free_busy_alone(exchange: CheckedExchange) -> None:
    exchange.faults.set("find-item-denied")
    answer = ask(exchange, ANNA, find_item(*ALL))
    assert (codes(answer), ids(answer)) == (["ErrorAccessDenied"], [])
    busy = ask(exchange, ANNA, availability(ANNA))
    assert text(busy, f"{EVENT}/t:CalendarEventDetails/t:IsMeeting") == "true"


def test_a_truncated_body_is_half_of_the_right_one(exchange: CheckedExchange) -> None:
    request = envelope(find_item(*ALL))
    whole = exchange.handle(ANNA, request)
    exchange.faults.set("truncated-body")
    assert exchange.handle(ANNA, request) == whole[: len(whole) // 2]


def test_a_refused_password_is_a_refused_login(exchange: CheckedExchange) -> None:
    exchange.faults.set("refused-password", user=ANNA)
    answer = exchange.answer(ANNA, envelope(find_item()))
    assert answer is not None
    assert answer.status == 401
    assert exchange.counters.refused_of(ANNA) == 1
    assert dict(exchange.counters.requests) == {}


def test_a_request_that_is_never_answered_lasts_until_its_client_gives_up(exchange: CheckedExchange) -> None:
    url = exchange.start()
    exchange.faults.set("timed-out")
    with pytest.raises(requests.ReadTimeout):
        requests.post(url, envelope(find_item()), auth=(ANNA, "secret"), timeout=0.2)
    exchange.faults.clear()
    assert requests.post(url, envelope(find_item()), auth=(ANNA, "secret"), timeout=10).status_code == 200


def test_a_request_that_is_never_answered_does_not_outlive_the_server(exchange: CheckedExchange) -> None:
    url = exchange.start()
    exchange.faults.set("timed-out")
    problems: list[Exception] = []

    def wait() -> None:
        try:
            requests.post(url, envelope(find_item()), auth=(ANNA, "secret"), timeout=60)
        except requests.RequestException as error:
            problems.append(error)

    waiting = Thread(target=wait)
    waiting.start()
    while not exchange.seen:
        waiting.join(0.01)
    exchange.stop()
    waiting.join(10)
    assert not waiting.is_alive()
    assert isinstance(problems[0], requests.ConnectionError)


def test_a_fault_is_of_one_person_or_of_everybody(exchange: CheckedExchange) -> None:
    exchange.faults.set("server-busy", user=ANNA.upper())
    assert codes(ask(exchange, ANNA, find_item())) == ["ErrorServerBusy"]
    assert codes(ask(exchange, BEN, find_item())) == ["NoError"]
    exchange.faults.set("mailbox-moved")
    assert codes(ask(exchange, ANNA, find_item())) == ["ErrorServerBusy"]
    assert codes(ask(exchange, BEN, find_item())) == ["ErrorMailboxMoveInProgress"]
    exchange.faults.clear(ANNA)
    assert codes(ask(exchange, ANNA, find_item())) == ["ErrorMailboxMoveInProgress"]
    exchange.faults.clear()
    assert codes(ask(exchange, ANNA, find_item())) == ["NoError"]


def test_a_fault_ends_after_its_times(exchange: CheckedExchange) -> None:
    exchange.faults.set("server-busy", times=2)
    found = [codes(ask(exchange, ANNA, find_item())) for _ in range(3)]
    assert found == [["ErrorServerBusy"], ["ErrorServerBusy"], ["NoError"]]


def test_there_is_no_fault_of_another_name(exchange: CheckedExchange) -> None:
    with pytest.raises(KeyError):
        exchange.faults.set("earthquake")


def test_every_fault_does_something_and_has_its_own_name() -> None:
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    known = {row.name for row in ROWS} | {"*"}
    for fault in FAULTS:
        harmless = replace(Fault(fault.name, fault.about), strangers=fault.strangers)
        assert fault != harmless
        assert fault.about
        assert set(fault.rows) <= known
        assert {*fault.rows.values(), fault.soap} - {""} <= set(TEXTS)


def test_faults_of_all_rows_reach_every_operation_on_a_mailbox(exchange: CheckedExchange) -> None:
    exchange.faults.set("mailbox-moved")
    for body in (
        find_item(),
        availability(ANNA),
        OOF,
        RESOLVE,
        "<m:GetServerTimeZones/>",
    ):
        assert codes(ask(exchange, ANNA, body)) == ["ErrorMailboxMoveInProgress"]


def test_an_html_page_comes_as_one(exchange: CheckedExchange) -> None:
    exchange.faults.set("http-500-html")
    answer = exchange.answer(ANNA, envelope(find_item()))
    assert answer is not None
    assert (answer.status, answer.content_type) == (500, "text/html; charset=utf-8")
    assert b"<html>" in answer.body
