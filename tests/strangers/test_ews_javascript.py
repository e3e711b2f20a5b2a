"""ews-javascript-api, the port of Microsoft's Managed API that others wrote, uses the embedded Exchange."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urljoin

import pytest

from lyncdesk.exchange_server.model import Changed, Entry, Pattern, Recurrence
from tests.strangers.conftest import ANNA, BEN, CARLA, PASSWORDS, Certificate, VisitedExchange
from tests.strangers.lines import Lines, StrangerError

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = {"start": "2026-03-01T23:00:00Z", "end": "2026-03-08T23:00:00Z"}
MONTH = {"start": "2026-02-28T23:00:00Z", "end": "2026-03-31T22:00:00Z"}


class Account:
    """A person's account in the client: what is asked goes over the socket."""

    def __init__(self, node: Lines, exchange: VisitedExchange, address: str, **given: str) -> None:
        self._node = node
        arguments = {"url": exchange.url, "user": address, "password": PASSWORDS.get(address), **given}
        self._number = node.ask("connect", **arguments)

    def __call__(self, operation: str, **arguments: object) -> Any:
        return self._node.ask(operation, account=self._number, **arguments)


@pytest.fixture
def anna(node: Lines, exchange: VisitedExchange) -> Account:
    return Account(node, exchange, ANNA)


@pytest.fixture
def ben(node: Lines, exchange: VisitedExchange) -> Account:
    return Account(node, exchange, BEN)


def weekly(subject: str = "Stand-up", **changes: Any) -> Entry:
    """Mondays and Wednesdays at nine in Berlin, three weeks long."""
    pattern = Pattern("weekly", days=("Monday", "Wednesday"))
    recurrence = Recurrence(pattern, date(2026, 3, 2), count=6)
    return Entry(subject, MONDAY, MONDAY + HOUR, zone="Europe/Berlin", recurrence=recurrence, **changes)


def starts(found: Any) -> list[tuple[str, str]]:
    """Subject and start of each item of a view."""
    return [(item["subject"], item["start"]) for item in found["items"]]


# --- signing in ---


def test_it_asks_the_server_over_its_socket(exchange: VisitedExchange, anna: Account) -> None:
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR))
    assert anna("folder", name="Calendar") == {"name": "Calendar", "kind": "IPF.Appointment", "total": 1}
    log = exchange.counters.log(ANNA)
    assert [(one.operation, one.codes) for one in log] == [("GetFolder", ("NoError",))]


def test_a_wrong_password_reaches_the_server_once(exchange: VisitedExchange, node: Lines) -> None:
    wrong = Account(node, exchange, ANNA, password="guess")
    with pytest.raises(StrangerError) as refused:
        wrong("folder", name="Calendar")
    assert refused.value.status == 401
    assert exchange.counters.refused_of(ANNA) == 1
    assert exchange.counters.requests == {}


@pytest.mark.parametrize("user", [ANNA, "EXAMPLE\\anna"])
def test_it_signs_in_with_ntlm(
    exchange: VisitedExchange, node: Lines, certificate: Certificate, user: str
) -> None:
    exchange.stop()
    exchange.start(schemes=["NTLM"], tls=certificate.context)  # it keeps a connection with https only
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR))
    account = Account(node, exchange, ANNA, user=user, scheme="ntlm")
    assert starts(account("view", **WEEK)) == [("Budget", "2026-03-02T08:00:00Z")]
    assert exchange.counters.refused == 0
    wrong = Account(node, exchange, ANNA, user=user, password="guess", scheme="ntlm")
    with pytest.raises(StrangerError) as refused:
        wrong("view", **WEEK)
    assert refused.value.status == 401
    assert exchange.counters.refused == 1


def test_it_trusts_the_certificate_of_the_server(
    exchange: VisitedExchange, node: Lines, certificate: Certificate
) -> None:
    exchange.stop()
    assert exchange.start(tls=certificate.context).startswith("https:")
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR))
    account = Account(node, exchange, ANNA)
    assert starts(account("view", **WEEK)) == [("Budget", "2026-03-02T08:00:00Z")]


def test_it_understands_the_faults_of_the_server(exchange: VisitedExchange, anna: Account) -> None:
    exchange.faults.set("server-busy")
    with pytest.raises(StrangerError) as busy:
        anna("view", **WEEK)
    assert busy.value.code == "ErrorServerBusy"


def test_it_finds_the_server_by_autodiscover(
    exchange: VisitedExchange, node: Lines, certificate: Certificate
) -> None:
    exchange.stop()
    url = exchange.start(tls=certificate.context)
    given = {"url": urljoin(url, "/autodiscover/autodiscover.svc"), "user": ANNA, "password": PASSWORDS[ANNA]}
    found = node.ask("discover", address=ANNA, **given)
    assert found["error"] == "NoError"
    assert (found["ExternalEwsUrl"], found["InternalEwsUrl"]) == (url, url)
    assert found["UserDisplayName"] == "Anna Keller"
    account = Account(node, exchange, ANNA, url=found["ExternalEwsUrl"])
    assert account("folder", name="Calendar")["kind"] == "IPF.Appointment"


# --- reading ---


def test_a_view_shows_every_kind_of_item(exchange: VisitedExchange, anna: Account) -> None:
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR, "Room 4", "Tentative"))
    exchange.add_entry(ANNA, Entry("Doctor", MONDAY + 2 * HOUR, MONDAY + 3 * HOUR, sensitivity="Private"))
    midnight = datetime(2026, 3, 3, 23, tzinfo=UTC)
    exchange.add_entry(
        ANNA, Entry("Fair", midnight, midnight + DAY, show_as="OOF", all_day=True, zone="Europe/Berlin")
    )
    exchange.add_entry(BEN, Entry("Of somebody else", MONDAY, MONDAY + HOUR))
    budget, doctor, fair = anna("view", **WEEK)["items"]
    assert (budget["subject"], budget["location"], budget["showAs"]) == ("Budget", "Room 4", "Tentative")
    assert (budget["start"], budget["end"], budget["type"]) == (
        "2026-03-02T08:00:00Z",
        "2026-03-02T09:00:00Z",
        "Single",
    )
    assert (doctor["subject"], doctor["sensitivity"]) == ("Doctor", "Private")
    assert (fair["allDay"], fair["showAs"], fair["start"]) == (True, "OOF", "2026-03-03T23:00:00Z")


def test_a_view_shows_the_occurrences_of_a_series_across_summer_time(
    exchange: VisitedExchange, anna: Account
) -> None:
    moved = Entry("Stand-up, moved", MONDAY + 2 * DAY + HOUR, MONDAY + 2 * DAY + 2 * HOUR)
    exchange.add_entry(
        ANNA,
        weekly(changed=(Changed(MONDAY + 2 * DAY, moved),), deleted=(MONDAY + 7 * DAY,)),
    )
    late = replace(weekly("Late"), start=MONDAY + 23 * DAY, end=MONDAY + 23 * DAY + HOUR)
    pattern = Pattern("weekly", days=("Wednesday",))
    exchange.add_entry(ANNA, replace(late, recurrence=Recurrence(pattern, date(2026, 3, 25), count=2)))
    found = anna("view", start="2026-02-28T23:00:00Z", end="2026-04-30T22:00:00Z")
    assert starts(found) == [
        ("Stand-up", "2026-03-02T08:00:00Z"),
        ("Stand-up, moved", "2026-03-04T09:00:00Z"),
        ("Stand-up", "2026-03-11T08:00:00Z"),
        ("Stand-up", "2026-03-16T08:00:00Z"),
        ("Stand-up", "2026-03-18T08:00:00Z"),
        ("Late", "2026-03-25T08:00:00Z"),
        ("Late", "2026-04-01T07:00:00Z"),
    ]
    assert [item["type"] for item in found["items"]][:3] == ["Occurrence", "Exception", "Occurrence"]


def test_the_calendar_of_another_shows_what_is_shared(exchange: VisitedExchange, anna: Account) -> None:
    exchange.add_entry(BEN, Entry("Budget", MONDAY, MONDAY + HOUR))
    exchange.add_entry(BEN, Entry("Doctor", MONDAY + HOUR, MONDAY + 2 * HOUR, sensitivity="Private"))
    with pytest.raises(StrangerError) as denied:
        anna("view", of=BEN, **WEEK)
    assert denied.value.code == "ErrorAccessDenied"
    exchange.share(BEN, "Reviewer", ANNA)
    found = anna("view", of=BEN, **WEEK)["items"]
    assert [item["subject"] for item in found] == ["Budget", "Private Appointment"]


def test_a_view_holds_no_more_than_was_asked_for(exchange: VisitedExchange, anna: Account) -> None:
    exchange.add_entry(ANNA, weekly())
    found = anna("view", most=2, **MONTH)
    assert (len(found["items"]), found["more"]) == (2, True)


def test_items_are_found_by_their_subject_and_in_pages(exchange: VisitedExchange, anna: Account) -> None:
    for number, subject in enumerate(("Review A", "Lunch", "review B", "Review C")):
        exchange.add_entry(ANNA, Entry(subject, MONDAY + number * DAY, MONDAY + number * DAY + HOUR))
    first = anna("find", subject="review", size=2)
    assert first == {"subjects": ["Review A", "review B"], "total": 3, "more": True}
    second = anna("find", subject="review", size=2, offset=2)
    assert second == {"subjects": ["Review C"], "total": 3, "more": False}


# --- writing ---


def test_what_it_creates_comes_back_as_it_was_sent(exchange: VisitedExchange, anna: Account) -> None:
    given = {
        "subject": "Planning",
        "body": "Agenda",
        "start": "2026-03-03T09:00:00Z",
        "end": "2026-03-03T10:30:00Z",
        "location": "Room 1",
        "showAs": "OOF",
        "sensitivity": "Private",
        "categories": ["Blue", "Green"],
        "reminderMinutes": 5,
    }
    made = anna("create", **given)
    read = anna("read", id=made["id"])
    assert {name: read[name] for name in given} == given
    assert (read["key"], read["organizer"], read["type"]) == (made["key"], ANNA, "Single")
    (entry,) = exchange.entries(ANNA)
    assert (entry.subject, entry.start, entry.show_as) == (
        "Planning",
        datetime(2026, 3, 3, 9, tzinfo=UTC),
        "OOF",
    )


def test_an_all_day_item_lies_on_the_day_of_its_zone(exchange: VisitedExchange, anna: Account) -> None:
    anna("create", subject="Fair", start="2026-03-03T23:00:00Z", end="2026-03-04T23:00:00Z", allDay=True)
    (entry,) = exchange.entries(ANNA)
    assert (entry.all_day, entry.zone) == (True, "Europe/Berlin")
    assert (entry.start, entry.end - entry.start) == (datetime(2026, 3, 3, 23, tzinfo=UTC), DAY)


def test_an_update_changes_what_it_names_and_a_stale_one_is_refused(
    node: Lines, exchange: VisitedExchange, anna: Account
) -> None:
    entry = exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR, "Room 4"))
    (item,) = anna("view", **WEEK)["items"]
    (stale,) = anna("view", **WEEK)["items"]
    node.ask("update", item=item["kept"], subject="Budget 2027", showAs="Free")
    with pytest.raises(StrangerError) as refused:
        node.ask("update", item=stale["kept"], subject="Mine")
    assert refused.value.code == "ErrorIrresolvableConflict"
    (now,) = exchange.entries(ANNA)
    assert (now.subject, now.show_as, now.location) == ("Budget 2027", "Free", "Room 4")
    node.ask("update", item=stale["kept"], subject="Mine", overwrite=True)
    assert exchange.entries(ANNA)[0].subject == "Mine"
    assert exchange.entries(ANNA)[0].key == entry.key


def test_a_series_is_created_and_single_occurrences_of_it_are_changed_and_deleted(
    node: Lines, exchange: VisitedExchange, anna: Account
) -> None:
    made = anna(
        "create",
        subject="Jour fixe",
        start="2026-03-24T09:00:00Z",
        end="2026-03-24T10:00:00Z",
        weekly={"days": ["Tuesday"], "times": 4},
    )
    second = anna("occurrence", id=made["id"], index=2)
    assert (second["type"], second["start"]) == ("Occurrence", "2026-03-31T08:00:00Z")
    node.ask("update", item=second["kept"], subject="Jour fixe, by phone", showAs="Tentative")
    third = anna("occurrence", id=made["id"], index=3)
    node.ask("delete", item=third["kept"])
    master = anna("master", id=second["id"])
    assert (master["id"], master["type"], master["pattern"]) == (
        made["id"],
        "RecurringMaster",
        "WeeklyPattern",
    )
    assert (master["firstOccurrence"], master["lastOccurrence"]) == (
        "2026-03-24T09:00:00Z",
        "2026-04-14T08:00:00Z",
    )
    assert master["modifiedOccurrences"] == ["2026-03-31T08:00:00Z"]
    assert master["deletedOccurrences"] == ["2026-04-07T08:00:00Z"]
    found = anna("view", start="2026-03-22T23:00:00Z", end="2026-04-30T22:00:00Z")
    assert starts(found) == [
        ("Jour fixe", "2026-03-24T09:00:00Z"),
        ("Jour fixe, by phone", "2026-03-31T08:00:00Z"),
        ("Jour fixe", "2026-04-14T08:00:00Z"),
    ]
    (entry,) = exchange.entries(ANNA)
    assert entry.recurrence == Recurrence(Pattern("weekly", days=("Tuesday",)), date(2026, 3, 24), count=4)


@pytest.mark.parametrize("how", ["HardDelete", "SoftDelete", "MoveToDeletedItems"])
def test_what_is_deleted_is_gone(node: Lines, exchange: VisitedExchange, anna: Account, how: str) -> None:
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR))
    (item,) = anna("view", **WEEK)["items"]
    node.ask("delete", item=item["kept"], how=how)
    assert anna("view", **WEEK)["items"] == []
    if how == "HardDelete":
        with pytest.raises(StrangerError) as gone:
            anna("read", id=item["id"])
        assert gone.value.code == "ErrorItemNotFound"


# --- availability, automatic replies, names ---


def test_availability_comes_for_several_people_and_one_bad_address_loses_nobody(
    exchange: VisitedExchange, anna: Account
) -> None:
    exchange.share(BEN, "FullDetails", ANNA)
    exchange.add_entry(BEN, Entry("Budget", MONDAY, MONDAY + HOUR, "Room 4", "OOF"))
    exchange.add_entry(CARLA, Entry("Secret plans", MONDAY + HOUR, MONDAY + 2 * HOUR))
    found = anna("availability", addresses=[BEN, "nobody@example.com", CARLA], **WEEK)
    ben, nobody, carla = found["people"]
    assert ben["events"] == [
        {
            "start": "2026-03-02T08:00:00Z",
            "end": "2026-03-02T09:00:00Z",
            "showAs": "OOF",
            "subject": "Budget",
            "location": "Room 4",
        }
    ]
    assert ben["workingDays"] == ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]
    assert nobody["error"] == "ErrorMailRecipientNotFound"
    assert [(event["showAs"], event["subject"]) for event in carla["events"]] == [("Busy", None)]


def test_merged_availability_is_a_digit_for_each_interval(exchange: VisitedExchange, anna: Account) -> None:
    exchange.add_entry(BEN, Entry("Budget", MONDAY, MONDAY + HOUR, show_as="Tentative"))
    day = {"start": "2026-03-01T23:00:00Z", "end": "2026-03-02T23:00:00Z"}
    found = anna("availability", addresses=[BEN], view="MergedOnly", minutes=60, **day)
    assert found["people"][0]["merged"] == ["Free"] * 9 + ["Tentative"] + ["Free"] * 14


def test_times_for_a_meeting_are_suggested(exchange: VisitedExchange, anna: Account) -> None:
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + 3 * HOUR))
    exchange.add_entry(BEN, Entry("Trip", MONDAY + 4 * HOUR, MONDAY + 9 * HOUR, show_as="OOF"))
    day = {"start": "2026-03-01T23:00:00Z", "end": "2026-03-02T23:00:00Z"}
    found = anna("availability", addresses=[ANNA, BEN], data="FreeBusyAndSuggestions", **day)
    assert [len(one["events"]) for one in found["people"]] == [1, 1]
    assert found["suggestions"] == [
        {"day": "2026-03-01T23:00:00Z", "quality": "Excellent", "times": ["2026-03-02T11:00:00Z"]}
    ]


def test_automatic_replies_are_set_and_read(exchange: VisitedExchange, anna: Account) -> None:
    assert anna("oof", address=ANNA)["state"] == "Disabled"
    given = {
        "state": "Scheduled",
        "audience": "Known",
        "start": "2026-03-02T07:00:00Z",
        "end": "2026-03-06T16:00:00Z",
        "internal": "I am in the mountains",
        "external": "I am away",
    }
    anna("setOof", address=ANNA, **given)
    assert anna("oof", address=ANNA) == given
    mailbox = exchange.store.mailbox(ANNA)
    assert mailbox is not None
    oof = mailbox.oof
    assert (oof.state, oof.start) == ("Scheduled", datetime(2026, 3, 2, 7, tzinfo=UTC))


def test_nobody_reads_the_automatic_replies_of_another(anna: Account) -> None:
    with pytest.raises(StrangerError) as denied:
        anna("oof", address=BEN)
    assert denied.value.code == "ErrorAccessDenied"


def test_names_are_resolved_from_the_address_book(anna: Account) -> None:
    assert anna("resolve", name="anna") == [
        {
            "name": "Anna Keller",
            "address": ANNA,
            "title": "Head of Finance",
            "company": "Example",
            "phone": "+49 30 1",
        }
    ]
    assert [one["address"] for one in anna("resolve", name="Keller")] == [ANNA, CARLA]
    assert anna("resolve", name="nobody") == []


def test_contacts_are_kept_and_found_by_their_name(node: Lines, anna: Account) -> None:
    anna("addContact", given="Dora", surname="Winter", address="dora@partner.example", phone="+49 170 2")
    (contact,) = anna("contacts")
    assert (contact["name"], contact["address"]) == ("Dora Winter", "dora@partner.example")
    assert contact["phone"] == "+49 170 2"
    assert anna("resolve", name="winter") == []
    (found,) = anna("resolve", name="winter", scope="ContactsThenDirectory")
    assert (found["name"], found["address"]) == ("Dora Winter", "dora@partner.example")
    node.ask("delete", item=contact["kept"])
    assert anna("contacts") == []


# --- keeping a copy ---


def names(found: Any) -> list[tuple[str, str | None]]:
    return [(one["change"], one["name"]) for one in found["changes"]]


def test_a_copy_of_the_calendar_is_kept(exchange: VisitedExchange, anna: Account) -> None:
    budget = exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR))
    lunch = exchange.add_entry(ANNA, Entry("Lunch", MONDAY + 4 * HOUR, MONDAY + 5 * HOUR))
    exchange.add_entry(ANNA, weekly())
    whole = anna("syncItems", most=2)
    assert (names(whole), whole["more"]) == ([("Create", "Budget"), ("Create", "Lunch")], True)
    rest = anna("syncItems", state=whole["state"])
    assert (names(rest), rest["more"]) == ([("Create", "Stand-up")], False)  # the series, not its days
    exchange.change_entry(ANNA, budget.key, subject="Budget 2027")
    exchange.remove_entry(ANNA, lunch.key)
    exchange.add_entry(ANNA, Entry("Late", MONDAY + 9 * HOUR, MONDAY + 10 * HOUR))
    news = anna("syncItems", state=rest["state"])
    assert sorted(names(news), key=str) == [("Create", "Late"), ("Delete", None), ("Update", "Budget 2027")]
    gone = next(one["id"] for one in news["changes"] if one["change"] == "Delete")
    assert gone == next(one["id"] for one in whole["changes"] if one["name"] == "Lunch")
    assert anna("syncItems", state=news["state"])["changes"] == []


def test_a_state_of_nobody_is_refused(anna: Account) -> None:
    with pytest.raises(StrangerError) as refused:
        anna("syncItems", state="bm9uc2Vuc2U=")
    assert refused.value.code == "ErrorInvalidSyncStateData"


def test_the_folders_of_a_mailbox_are_found(anna: Account) -> None:
    found = [tuple(one) for one in anna("folders")]
    assert {("Calendar", "IPF.Appointment"), ("Inbox", "IPF.Note"), ("Contacts", "IPF.Contact")} <= set(found)


def test_a_copy_of_the_folders_is_kept(anna: Account) -> None:
    whole = anna("syncFolders")
    assert {("Create", "Calendar"), ("Create", "Inbox"), ("Create", "Contacts")} <= set(names(whole))
    assert anna("syncFolders", state=whole["state"])["changes"] == []


def test_a_pull_subscription_tells_what_happened(
    node: Lines, exchange: VisitedExchange, anna: Account
) -> None:
    subscription = anna("subscribe")["kept"]
    assert node.ask("events", subscription=subscription)["events"] == []
    budget = exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR))
    lunch = exchange.add_entry(ANNA, Entry("Lunch", MONDAY + 4 * HOUR, MONDAY + 5 * HOUR))
    exchange.add_entry(BEN, Entry("Of somebody else", MONDAY, MONDAY + HOUR))
    ids = [item["id"] for item in anna("view", **WEEK)["items"]]
    exchange.change_entry(ANNA, budget.key, subject="Budget 2027")
    exchange.remove_entry(ANNA, lunch.key)
    told = node.ask("events", subscription=subscription)["events"]
    assert told == [["Created", ids[0]], ["Created", ids[1]], ["Modified", ids[0]], ["Deleted", ids[1]]]
    assert node.ask("events", subscription=subscription)["events"] == []
    node.ask("unsubscribe", subscription=subscription)
    with pytest.raises(StrangerError) as ended:
        node.ask("events", subscription=subscription)
    assert ended.value.code == "ErrorSubscriptionNotFound"


# --- meetings ---


@pytest.mark.parametrize(
    ("how", "response", "show_as"),
    [("accept", "Accept", "Busy"), ("tentative", "Tentative", "Tentative"), ("decline", "Decline", None)],
)
def test_an_invitation_is_answered(
    node: Lines,
    exchange: VisitedExchange,
    anna: Account,
    ben: Account,
    how: str,
    response: str,
    show_as: str | None,
) -> None:
    at = {"start": "2026-03-03T09:00:00Z", "end": "2026-03-03T10:00:00Z"}
    made = anna("create", subject="Review", required=[BEN], invite=True, **at)
    (invited,) = ben("view", **WEEK)["items"]
    assert (invited["subject"], invited["showAs"]) == ("Review", "Tentative")
    assert invited["response"] == "NoResponseReceived"
    node.ask("respond", item=invited["kept"], how=how)
    assert anna("read", id=made["id"])["required"] == [[BEN, response]]
    now = [(item["showAs"], item["response"]) for item in ben("view", **WEEK)["items"]]
    assert now == ([(show_as, response)] if show_as else [])


def test_a_meeting_is_called_off(node: Lines, exchange: VisitedExchange, anna: Account, ben: Account) -> None:
    at = {"start": "2026-03-03T09:00:00Z", "end": "2026-03-03T10:00:00Z"}
    made = anna("create", subject="Review", required=[BEN], invite=True, **at)
    node.ask("respond", item=anna("read", id=made["id"])["kept"], how="cancel")
    assert anna("view", **WEEK)["items"] == []
    assert [item["cancelled"] for item in ben("view", **WEEK)["items"]] == [True]
