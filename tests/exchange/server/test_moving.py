"""MoveItem and CopyItem."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from exchangelib.errors import ErrorCrossMailboxMoveCopy
from exchangelib.folders import Calendar
from exchangelib.properties import DistinguishedFolderId, Mailbox

from lyncdesk.exchange_server.ids import Ident, write_id
from lyncdesk.exchange_server.model import Attendee, Entry, MeetingMessage, Pattern, Recurrence
from lyncdesk.exchange_server.sharing import LEVELS
from tests.exchange.server.conftest import ANNA, BEN
from tests.exchange.server.wire import (
    CALENDAR,
    MASTERS,
    MONDAY,
    CheckedExchange,
    ask,
    codes,
    find_item,
    get_item,
    ids,
    item_id,
    of,
    texts,
)

HOUR = timedelta(hours=1)
BUDGET = Entry("Budget", MONDAY, MONDAY + HOUR)


def folder(name: str) -> str:
    return f'<t:DistinguishedFolderId Id="{name}"/>'


def put(how: str, ident: str, where: str, more: str = "") -> str:
    return (
        f"<m:{how}Item><m:ToFolderId>{where}</m:ToFolderId><m:ItemIds>{item_id(ident)}</m:ItemIds>{more}"
        f"</m:{how}Item>"
    )


def listed(exchange: CheckedExchange, where: str) -> list[tuple[str, str]]:
    return ids(ask(exchange, ANNA, find_item(view=MASTERS, folder=where)))


def test_a_moved_item_is_elsewhere_under_another_id(exchange: CheckedExchange) -> None:
    made = exchange.add_entry(ANNA, BUDGET)
    ((ident, _key),) = listed(exchange, CALENDAR)
    answer = ask(exchange, ANNA, put("Move", ident, folder("deleteditems")))
    assert codes(answer) == ["NoError"]
    assert ids(answer) == listed(exchange, folder("deleteditems"))
    assert listed(exchange, CALENDAR) == []
    assert ids(answer)[0][0] != ident
    assert codes(ask(exchange, ANNA, get_item(item_id(ident)))) == ["ErrorItemNotFound"]
    ((trashed, _key),) = ids(answer)
    assert codes(ask(exchange, ANNA, put("Move", trashed, CALENDAR))) == ["NoError"]
    (back,) = exchange.entries(ANNA)
    assert (back.subject, back.uid, back.created) == ("Budget", made.uid, made.created)


def test_a_copied_item_is_in_both_places(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, BUDGET)
    ((ident, key),) = listed(exchange, CALENDAR)
    answer = ask(exchange, ANNA, put("Copy", ident, folder("deleteditems")))
    assert ids(answer) == listed(exchange, folder("deleteditems"))
    assert listed(exchange, CALENDAR) == [(ident, key)]


def test_new_ids_are_told_only_when_wanted(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, BUDGET)
    ((ident, _key),) = listed(exchange, CALENDAR)
    no = "<m:ReturnNewItemIds>false</m:ReturnNewItemIds>"
    answer = ask(exchange, ANNA, put("Move", ident, folder("deleteditems"), no))
    assert (codes(answer), ids(answer)) == (["NoError"], [])


def test_messages_stay_with_the_mail(exchange: CheckedExchange) -> None:
    said = MeetingMessage("MeetingRequest", Attendee(BEN))
    exchange.add_entry(ANNA, Entry("Plan", MONDAY, MONDAY + HOUR, folder="inbox", message=said))
    ((ident, _key),) = listed(exchange, folder("inbox"))
    assert codes(ask(exchange, ANNA, put("Move", ident, CALENDAR))) == ["ErrorMoveCopyFailed"]
    assert codes(ask(exchange, ANNA, put("Move", ident, folder("junkemail")))) == ["NoError"]
    view = find_item("item:Subject", view=MASTERS, folder=folder("junkemail"))
    assert texts(ask(exchange, ANNA, view), ".//t:MeetingRequest/t:Subject") == ["Plan"]


@pytest.mark.parametrize("how", ["Move", "Copy"])
def test_what_cannot_be_moved_stays(exchange: CheckedExchange, how: str) -> None:
    daily = Recurrence(Pattern("daily"), MONDAY.date(), count=2)
    exchange.add_entry(ANNA, Entry("x", MONDAY, MONDAY + HOUR, recurrence=daily))
    (occurrence, _key) = ids(ask(exchange, ANNA, find_item()))[0]
    ((master, _key),) = listed(exchange, CALENDAR)
    made = ask(
        exchange,
        ANNA,
        "<m:CreateItem><m:Items><t:Contact><t:DisplayName>B</t:DisplayName></t:Contact></m:Items></m:CreateItem>",
    )
    for ident, where, code in (
        (occurrence, folder("deleteditems"), "ErrorCalendarCannotMoveOrCopyOccurrence"),
        (master, folder("inbox"), "ErrorMoveCopyFailed"),
        (ids(made)[0][0], folder("deleteditems"), "ErrorMoveCopyFailed"),
        ("nonsense", CALENDAR, "ErrorInvalidIdMalformed"),
        (master, folder("archive"), "ErrorFolderNotFound"),
    ):
        assert codes(ask(exchange, ANNA, put(how, ident, where))) == [code]
    assert len(listed(exchange, CALENDAR)) == 1


CROSS = "ErrorCrossMailboxMoveCopy"
DENIED = "ErrorAccessDenied"


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("how", ["Move", "Copy"])
def test_nothing_goes_from_one_mailbox_to_another(exchange: CheckedExchange, how: str, level: Any) -> None:
    """Who has the rights on both sides is told that it cannot be done, all others that they may not."""
    mine = write_id(Ident("item", ANNA, exchange.add_entry(ANNA, BUDGET).key))
    theirs = write_id(Ident("item", BEN, exchange.add_entry(BEN, BUDGET).key))
    exchange.share(BEN, level, ANNA)
    before = exchange.entries(ANNA), exchange.entries(BEN)
    rights = LEVELS[level]
    takes = rights.read == "FullDetails" if how == "Copy" else rights.delete == "All"
    for ident, where, code in (
        (mine, of(BEN), CROSS if rights.create else DENIED),
        (theirs, CALENDAR, CROSS if takes else DENIED),
        (theirs, folder("deleteditems"), CROSS if takes else DENIED),
        (theirs, of(BEN), "ErrorMoveCopyFailed" if takes and rights.create else DENIED),
        (theirs, of(BEN).replace("calendar", "deleteditems"), DENIED),
        (mine, of("nobody@example.com"), "ErrorNonExistentMailbox"),
    ):
        assert codes(ask(exchange, ANNA, put(how, ident, where))) == [code]
    assert (exchange.entries(ANNA), exchange.entries(BEN)) == before
    assert exchange.store.entries(ANNA, "deleteditems") == exchange.store.entries(BEN, "deleteditems") == ()


@pytest.mark.parametrize("how", ["Move", "Copy"])
def test_what_is_private_goes_nowhere(exchange: CheckedExchange, how: str) -> None:
    key = exchange.add_entry(BEN, replace(BUDGET, sensitivity="Private")).key
    exchange.share(BEN, "Owner", ANNA)
    answer = ask(exchange, ANNA, put(how, write_id(Ident("item", BEN, key)), CALENDAR))
    assert codes(answer) == [CROSS if how == "Copy" else DENIED]
    assert exchange.entries(ANNA) == ()


def test_exchangelib_moves_nothing_into_the_mailbox_of_another(
    exchange: CheckedExchange, account: Any
) -> None:
    exchange.share(BEN, "Editor", ANNA)
    exchange.add_entry(ANNA, BUDGET)
    named = DistinguishedFolderId(id="calendar", mailbox=Mailbox(email_address=BEN))
    item = account.calendar.get()
    for do in (item.copy, item.move):
        with pytest.raises(ErrorCrossMailboxMoveCopy):
            do(Calendar(root=account.root, _distinguished_id=named))
    assert [entry.subject for entry in exchange.entries(ANNA)] == ["Budget"]


def test_exchangelib_moves_and_copies(exchange: CheckedExchange, account: Any) -> None:
    exchange.add_entry(ANNA, BUDGET)
    item = account.calendar.get()
    item.copy(account.trash)
    item.move(account.trash)
    assert list(account.calendar.all()) == []
    assert [one.subject for one in account.trash.all()] == ["Budget", "Budget"]
