"""SyncFolderHierarchy and SyncFolderItems: a client that follows them has what the server has."""

import base64
import random
from datetime import timedelta
from typing import Any

import pytest

from lyncdesk.exchange_server import history
from lyncdesk.exchange_server.model import Changed, Entry, Pattern, Recurrence
from tests.exchange.server.conftest import ANNA, BEN
from tests.exchange.server.wire import (
    CALENDAR,
    MONDAY,
    CheckedExchange,
    Element,
    ask,
    codes,
    delete,
    find,
    item_id,
    of,
    set_field,
    shape,
    text,
    texts,
    update,
)

HOUR = timedelta(hours=1)
BUDGET = Entry("Budget", MONDAY, MONDAY + HOUR)
ITEMS = "m:ResponseMessages/m:SyncFolderItemsResponseMessage"
FOLDERS = "m:ResponseMessages/m:SyncFolderHierarchyResponseMessage"


def sync_items(state: str | None = None, most: int = 100, folder: str = CALENDAR, ignore: str = "",
               scope: str = "") -> str:  # fmt: skip
    given = "" if state is None else f"<m:SyncState>{state}</m:SyncState>"
    passed = f"<m:Ignore>{ignore}</m:Ignore>" if ignore else ""
    scoped = f"<m:SyncScope>{scope}</m:SyncScope>" if scope else ""
    return (
        f"<m:SyncFolderItems>{shape('item:Subject')}<m:SyncFolderId>{folder}</m:SyncFolderId>{given}{passed}"
        f"<m:MaxChangesReturned>{most}</m:MaxChangesReturned>{scoped}</m:SyncFolderItems>"
    )


def sync_folders(state: str | None = None, folder: str = "", base: str = "Default") -> str:
    given = "" if state is None else f"<m:SyncState>{state}</m:SyncState>"
    under = f"<m:SyncFolderId>{folder}</m:SyncFolderId>" if folder else ""
    return (
        f"<m:SyncFolderHierarchy><m:FolderShape><t:BaseShape>{base}</t:BaseShape></m:FolderShape>{under}"
        f"{given}</m:SyncFolderHierarchy>"
    )


class Copy:
    """A client's copy of a folder, kept by nothing but the changes it is told."""

    def __init__(self, exchange: CheckedExchange, folder: str = CALENDAR) -> None:
        self.exchange = exchange
        self.folder = folder
        self.state: str | None = None
        self.items: dict[str, str] = {}
        self.told: list[tuple[str, str]] = []
        self.last = False

    def step(self, most: int = 100) -> list[tuple[str, str]]:
        answer = ask(self.exchange, ANNA, sync_items(self.state, most, self.folder))
        assert codes(answer) == ["NoError"]
        self.state = text(answer, f"{ITEMS}/m:SyncState")
        self.last = text(answer, f"{ITEMS}/m:IncludesLastItemInRange") == "true"
        self.told = []
        for change in find(answer, f"{ITEMS}/m:Changes"):
            self._apply(change.tag.rpartition("}")[2], change)
        assert len(self.told) <= most
        return self.told

    def _apply(self, kind: str, change: Element) -> None:
        ident = find(change, ".//t:ItemId").get("Id", "")
        subject = change.findtext(".//{*}Subject", "")
        match kind:
            case "Create":
                assert ident not in self.items
                self.items[ident] = subject
            case "Update":
                assert ident in self.items
                self.items[ident] = subject
            case "Delete":
                subject = self.items.pop(ident, "")
        self.told.append((kind, subject))

    def all(self, most: int = 100) -> list[tuple[str, str]]:
        told = self.step(most)
        while not self.last:
            told = told + self.step(most)
        return told


def test_what_is_there_is_created_what_happens_is_told_once(exchange: CheckedExchange) -> None:
    copy = Copy(exchange)
    budget = exchange.add_entry(ANNA, BUDGET)
    exchange.add_entry(BEN, Entry("Of Ben", MONDAY, MONDAY + HOUR))
    assert copy.step() == [("Create", "Budget")]
    assert copy.step() == []
    exchange.change_entry(ANNA, budget.key, subject="Budget 2027")
    exchange.add_entry(ANNA, Entry("Lunch", MONDAY, MONDAY + HOUR))
    assert copy.step() == [("Update", "Budget 2027"), ("Create", "Lunch")]
    exchange.remove_entry(ANNA, budget.key)
    gone = exchange.add_entry(ANNA, Entry("Came and went", MONDAY, MONDAY + HOUR))
    exchange.remove_entry(ANNA, gone.key)
    assert copy.step() == [("Delete", "Budget 2027")]
    assert copy.step() == []
    assert copy.last


def test_a_client_s_own_changes_and_the_trash_are_told_too(exchange: CheckedExchange) -> None:
    copy, trash = Copy(exchange), Copy(exchange, '<t:DistinguishedFolderId Id="deleteditems"/>')
    exchange.add_entry(ANNA, BUDGET)
    copy.step()
    (ident,) = copy.items
    subject = set_field("item:Subject", "<t:Subject>Changed</t:Subject>")
    ask(exchange, ANNA, update(item_id(ident), subject, how="AlwaysOverwrite"))
    assert copy.step() == [("Update", "Changed")]
    assert trash.step() == []
    assert codes(ask(exchange, ANNA, delete(item_id(ident), how="MoveToDeletedItems"))) == ["NoError"]
    assert copy.step() == [("Delete", "Changed")]
    assert trash.step() == [("Create", "Changed")]
    assert trash.items.keys().isdisjoint({ident}), "an item has another id in another folder"


def test_a_series_is_one_item_whatever_its_occurrences_do(exchange: CheckedExchange) -> None:
    series = exchange.add_entry(
        ANNA, Entry("Daily", MONDAY, MONDAY + HOUR, recurrence=Recurrence(Pattern("daily"), MONDAY.date()))
    )
    copy = Copy(exchange)
    assert copy.step() == [("Create", "Daily")]
    exchange.change_entry(
        ANNA,
        series.key,
        changed=(Changed(MONDAY, Entry("Late", MONDAY + HOUR, MONDAY + 2 * HOUR)),),
        deleted=(MONDAY + timedelta(days=1),),
    )
    assert copy.step() == [("Update", "Daily")]


def test_many_changes_come_in_parts(exchange: CheckedExchange) -> None:
    for number in range(7):
        exchange.add_entry(ANNA, Entry(f"{number}", MONDAY, MONDAY + HOUR))
    copy = Copy(exchange)
    parts = []
    while not copy.last:
        parts.append([subject for _kind, subject in copy.step(3)])
    assert parts == [["0", "1", "2"], ["3", "4", "5"], ["6"]]


def test_an_item_changed_before_its_part_came_is_still_created(exchange: CheckedExchange) -> None:
    entries = [exchange.add_entry(ANNA, Entry(f"{number}", MONDAY, MONDAY + HOUR)) for number in range(4)]
    copy = Copy(exchange)
    copy.step(2)
    exchange.change_entry(ANNA, entries[0].key, subject="0 again")
    exchange.change_entry(ANNA, entries[3].key, subject="3 again")
    assert copy.all(2) == [("Create", "2"), ("Create", "3 again")]
    assert copy.all(2) == [("Update", "0 again"), ("Update", "3 again")]


def test_an_item_changed_more_often_than_is_remembered_is_not_lost(exchange: CheckedExchange) -> None:
    entries = [exchange.add_entry(ANNA, Entry(f"{number}", MONDAY, MONDAY + HOUR)) for number in range(4)]
    exchange.change_entry(ANNA, entries[0].key, subject="0 again")
    copy = Copy(exchange)
    assert copy.step(1) == [("Create", "1")]
    for number in range(history.MOST_CHANGES):
        exchange.change_entry(ANNA, entries[0].key, subject=f"0 change {number}")
    copy.all(1)
    copy.all(1)
    assert sorted(copy.items.values()) == ["0 change 49", "1", "2", "3"]


@pytest.mark.parametrize("seed", range(20))
def test_a_copy_is_right_in_the_end_whatever_happens_between_the_parts(
    exchange: CheckedExchange, seed: int
) -> None:
    chance = random.Random(seed)
    copy = Copy(exchange)
    keys: list[str] = []
    for number in range(120):
        match chance.choice(["add", "change", "change", "remove", "trash", "step"]):
            case "add":
                keys.append(exchange.add_entry(ANNA, Entry(f"{number}", MONDAY, MONDAY + HOUR)).key)
            case "change" if keys:
                exchange.change_entry(ANNA, chance.choice(keys), subject=f"changed {number}")
            case "remove" if keys:
                exchange.remove_entry(ANNA, keys.pop(chance.randrange(len(keys))))
            case "trash" if keys:
                exchange.store.move(ANNA, keys.pop(chance.randrange(len(keys))), "deleteditems")
            case _:
                copy.step(chance.randint(1, 4))
    copy.all(3)
    copy.all(3)
    assert sorted(copy.items.values()) == sorted(entry.subject for entry in exchange.entries(ANNA))
    assert copy.step() == []


def test_ignored_items_are_passed_over(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, BUDGET)
    copy = Copy(exchange)
    copy.step()
    (ident,) = copy.items
    answer = ask(exchange, ANNA, sync_items(ignore=item_id(ident), scope="NormalAndAssociatedItems"))
    assert codes(answer) == ["NoError"]
    assert len(find(answer, f"{ITEMS}/m:Changes")) == 0


def test_an_empty_state_is_the_beginning(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, BUDGET)
    assert texts(ask(exchange, ANNA, sync_items("")), ".//t:Subject") == ["Budget"]


def forged(exchange: CheckedExchange, **changes: Any) -> str:
    copy = Copy(exchange)
    copy.step()
    parts = base64.b64decode(copy.state or "").decode().split("\0")
    for index, value in changes.items():
        parts[int(index.removeprefix("part"))] = value
    return base64.b64encode("\0".join(parts).encode()).decode()


@pytest.mark.parametrize("state", ["rubbish", "AAAA", "0" * 2000, "é"])
def test_rubbish_is_no_sync_state(exchange: CheckedExchange, state: str) -> None:
    assert codes(ask(exchange, ANNA, sync_items(state))) == ["ErrorInvalidSyncStateData"]
    assert codes(ask(exchange, ANNA, sync_folders(state))) == ["ErrorInvalidSyncStateData"]


@pytest.mark.parametrize(
    "changes",
    [
        {"part1": "another server"},
        {"part2": "folders"},
        {"part3": BEN},
        {"part4": "inbox"},
        {"part5": "-1"},
        {"part5": "9"},
        {"part7": "999999"},
        {"part7": "²"},
    ],
)
def test_a_state_of_something_else_is_refused(exchange: CheckedExchange, changes: dict[str, str]) -> None:
    exchange.add_entry(ANNA, BUDGET)
    assert codes(ask(exchange, ANNA, sync_items(forged(exchange)))) == ["NoError"]
    assert codes(ask(exchange, ANNA, sync_items(forged(exchange, **changes)))) == [
        "ErrorInvalidSyncStateData"
    ]


def test_a_state_older_than_what_is_remembered_is_refused(
    exchange: CheckedExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "MOST_EVENTS", 3)
    entries = [exchange.add_entry(ANNA, BUDGET) for _ in range(5)]
    copy = Copy(exchange)
    copy.step()
    for entry in entries[:3]:
        exchange.remove_entry(ANNA, entry.key)
    assert copy.step() == [("Delete", "Budget")] * 3
    exchange.remove_entry(ANNA, entries[3].key)
    assert copy.step() == [("Delete", "Budget")]
    for entry in [*(exchange.add_entry(ANNA, BUDGET) for _ in range(3)), entries[4]]:
        exchange.remove_entry(ANNA, entry.key)
    answer = ask(exchange, ANNA, sync_items(copy.state))
    assert codes(answer) == ["ErrorInvalidSyncStateData"]
    copy.state, copy.items = None, {}
    assert copy.step() == []


@pytest.mark.parametrize(("most", "code"), [(0, "ErrorSchemaValidation"), (513, "ErrorSchemaValidation")])
def test_the_number_of_changes_has_its_bounds(exchange: CheckedExchange, most: int, code: str) -> None:
    exchange.check_requests = False
    assert codes(ask(exchange, ANNA, sync_items(most=most))) == [code]
    assert codes(ask(exchange, ANNA, sync_items(most=512))) == ["NoError"]


def test_a_colleague_s_calendar_is_synchronised_only_when_shared(exchange: CheckedExchange) -> None:
    exchange.add_entry(BEN, Entry("Secret", MONDAY, MONDAY + HOUR, sensitivity="Private"))
    assert codes(ask(exchange, ANNA, sync_items(folder=of(BEN)))) == ["ErrorAccessDenied"]
    exchange.share(BEN, "FullDetails", ANNA)
    assert texts(ask(exchange, ANNA, sync_items(folder=of(BEN))), ".//t:Subject") == ["Private Appointment"]


def test_below_the_root_the_folders_are_told_with_those_in_them(exchange: CheckedExchange) -> None:
    root = '<t:DistinguishedFolderId Id="root"/>'
    answer = ask(exchange, ANNA, sync_folders(folder=root))
    told = f"{FOLDERS}/m:Changes/t:Create/*"
    assert texts(answer, f"{told}/t:DisplayName")[:2] == ["Top of Information Store", "Calendar"]
    assert texts(answer, f"{told}/t:ChildFolderCount") == ["11", *["0"] * 11]
    shape = "<m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape>"
    got = ask(exchange, ANNA, f"<m:GetFolder>{shape}<m:FolderIds>{root}</m:FolderIds></m:GetFolder>")
    assert texts(got, ".//t:ChildFolderCount") == ["1"]


def test_the_folders_are_told_once(exchange: CheckedExchange) -> None:
    answer = ask(exchange, ANNA, sync_folders())
    names = texts(answer, f"{FOLDERS}/m:Changes/t:Create/*/t:DisplayName")
    assert names == [
        *("Calendar", "Contacts", "Deleted Items", "Drafts", "Inbox", "Journal", "Junk Email", "Notes"),
        *("Outbox", "Sent Items", "Tasks"),
    ]
    assert text(answer, f"{FOLDERS}/m:IncludesLastFolderInRange") == "true"
    kinds = {
        find(change, "t:DisplayName").text: change.tag.rpartition("}")[2]
        for change in answer.iterfind(
            f"{FOLDERS}/m:Changes/t:Create/*", {"m": answer.nsmap["m"], "t": answer.nsmap["t"]}
        )
    }
    assert (kinds["Calendar"], kinds["Contacts"], kinds["Tasks"]) == (
        *("CalendarFolder", "ContactsFolder", "TasksFolder"),
    )
    again = ask(exchange, ANNA, sync_folders(text(answer, f"{FOLDERS}/m:SyncState")))
    assert codes(again) == ["NoError"]
    assert len(find(again, f"{FOLDERS}/m:Changes")) == 0


def test_the_hierarchy_of_a_folder_holds_what_is_below(exchange: CheckedExchange) -> None:
    root = ask(exchange, ANNA, sync_folders(folder='<t:DistinguishedFolderId Id="root"/>'))
    assert "Top of Information Store" in texts(root, ".//t:DisplayName")
    inbox = ask(exchange, ANNA, sync_folders(folder='<t:DistinguishedFolderId Id="inbox"/>'))
    assert texts(inbox, ".//t:DisplayName") == []


def contact(name: str) -> str:
    where = '<m:SavedItemFolderId><t:DistinguishedFolderId Id="contacts"/></m:SavedItemFolderId>'
    inside = f"<t:Contact><t:DisplayName>{name}</t:DisplayName></t:Contact>"
    return f"<m:CreateItem>{where}<m:Items>{inside}</m:Items></m:CreateItem>"


def test_contacts_are_synchronised_as_well(exchange: CheckedExchange) -> None:
    folder = '<t:DistinguishedFolderId Id="contacts"/>'
    exchange.add_entry(ANNA, BUDGET)
    made = ask(exchange, ANNA, contact("Ben"))
    answer = ask(exchange, ANNA, sync_items(folder=folder))
    first = find(made, ".//t:ItemId").get("Id")
    assert find(answer, f"{ITEMS}/m:Changes/t:Create/t:Contact/t:ItemId").get("Id") == first
    state = text(answer, f"{ITEMS}/m:SyncState")
    ask(exchange, ANNA, contact("Carl"))
    ask(exchange, ANNA, delete(item_id(first or "")))
    answer = ask(exchange, ANNA, sync_items(state, folder=folder))
    kinds = [change.tag.rpartition("}")[2] for change in find(answer, f"{ITEMS}/m:Changes")]
    assert kinds == ["Create", "Delete"]
    assert find(answer, f"{ITEMS}/m:Changes/t:Delete/t:ItemId").get("Id") == first
    assert codes(ask(exchange, ANNA, sync_items("rubbish", folder=folder))) == ["ErrorInvalidSyncStateData"]
