"""Meetings that are not what they say: uids of others, people under several addresses, organizers who are
none, and people who work on one meeting at the same time.
"""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from lyncdesk.exchange_server.model import Attendee, Entry
from tests.exchange.server.conftest import ANNA, BEN
from tests.exchange.server.test_meetings import ALL, CARL, attendees, calendar, kinds, listed, meet, respond
from tests.exchange.server.wire import (
    MASTERS,
    CheckedExchange,
    ask,
    codes,
    create,
    delete,
    find_item,
    ids,
    item_id,
    set_field,
    times,
    update,
)


@pytest.fixture(autouse=True)
def people(exchange: CheckedExchange) -> None:
    exchange.add_person(CARL, "x", name="Carl Stone", aliases=("c.stone@example.com",))


def subjects(exchange: CheckedExchange, user: str) -> list[tuple[str, bool]]:
    return [(entry.subject, entry.cancelled) for entry in exchange.entries(user)]


def test_who_knows_a_uid_has_no_say_in_the_meeting(exchange: CheckedExchange) -> None:
    meet(exchange, BEN)
    uid = calendar(exchange, ANNA).uid
    inside = f"<t:Subject>Mine</t:Subject><t:UID>{uid}</t:UID>{times()}{attendees(ANNA, BEN)}"
    made = ask(exchange, CARL, create(inside, f'SendMeetingInvitations="{ALL}"'))
    for user in (ANNA, BEN):
        assert subjects(exchange, user) == [("Plan", False), ("Mine", False)]
    assert codes(ask(exchange, CARL, delete(item_id(ids(made)[0][0]), send=ALL))) == ["NoError"]
    for user in (ANNA, BEN):
        assert subjects(exchange, user) == [("Plan", False), ("Canceled: Mine", True)]


def test_an_answer_goes_to_the_meeting_of_who_called_it(exchange: CheckedExchange) -> None:
    meet(exchange, BEN)
    mine = calendar(exchange, ANNA)
    inside = f"<t:UID>{mine.uid}</t:UID>{times()}{attendees(ANNA, BEN)}"
    ask(exchange, CARL, create(inside, f'SendMeetingInvitations="{ALL}"'))
    of_anna, of_carl = listed(exchange, BEN)
    assert codes(ask(exchange, BEN, respond("AcceptItem", of_anna))) == ["NoError"]
    assert codes(ask(exchange, BEN, respond("DeclineItem", of_carl))) == ["NoError"]
    assert [one.response for one in calendar(exchange, CARL).required] == ["Unknown", "Decline"]
    assert [entry.required[0].response for entry in exchange.entries(ANNA) if entry.key == mine.key] == [
        "Accept"
    ]
    assert [entry.response for entry in exchange.entries(BEN)] == ["Accept"]


def test_a_person_of_several_addresses_is_invited_once(exchange: CheckedExchange) -> None:
    meet(exchange, "c.stone@example.com", CARL, CARL.upper())
    assert len(exchange.entries(CARL)) == 1
    assert kinds(exchange, CARL) == [("MeetingRequest", "Plan")]


def test_another_address_of_an_attendee_is_no_other_person(exchange: CheckedExchange) -> None:
    ident, _key = meet(exchange, "c.stone@example.com")
    new = set_field("calendar:RequiredAttendees", attendees(CARL))
    changed = ask(exchange, ANNA, update(item_id(ident), new, how="AlwaysOverwrite", send=ALL))
    assert codes(changed) == ["NoError"]
    assert subjects(exchange, CARL) == [("Plan", False)]
    assert [kind for kind, _subject in kinds(exchange, CARL)] == ["MeetingRequest", "MeetingRequest"]


def invitation(organizer: str, *attendees: str, subject: str = "Imported") -> str:
    text = "\r\n".join([
        "BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:from-elsewhere", f"SUMMARY:{subject}",
        "DTSTART:20260302T090000Z", "DTEND:20260302T100000Z", f"ORGANIZER:mailto:{organizer}",
        *(f"ATTENDEE{attendee}" for attendee in attendees), "END:VEVENT", "END:VCALENDAR", "",
    ])  # fmt: skip
    encoded = base64.b64encode(text.encode()).decode()
    return f'<t:MimeContent CharacterSet="UTF-8">{encoded}</t:MimeContent>'


@pytest.mark.parametrize(("said", "response"), [(";PARTSTAT=ACCEPTED", "Accept"), ("", "NoResponseReceived")])
def test_nobody_invites_in_the_name_of_another(exchange: CheckedExchange, said: str, response: str) -> None:
    content = invitation(CARL, f"{said}:mailto:{ANNA}", f":mailto:{BEN}")
    assert codes(ask(exchange, ANNA, create(content, f'SendMeetingInvitations="{ALL}"'))) == ["NoError"]
    mine = calendar(exchange, ANNA)
    assert (mine.organizer, mine.response) == (Attendee(CARL), response)
    assert exchange.entries(BEN) == ()
    assert kinds(exchange, BEN) == []


def test_content_under_another_address_of_ones_own_is_ones_own(exchange: CheckedExchange) -> None:
    content = invitation("c.stone@example.com", f":mailto:{BEN}")
    ask(exchange, CARL, create(content, f'SendMeetingInvitations="{ALL}"'))
    assert calendar(exchange, CARL).response == "Organizer"
    assert kinds(exchange, BEN) == [("MeetingRequest", "Imported")]


def test_who_called_a_meeting_stays_who_called_it(exchange: CheckedExchange) -> None:
    ident, key = meet(exchange, BEN)
    new = set_field("item:MimeContent", invitation(CARL, f":mailto:{BEN}", subject="New"))
    assert codes(ask(exchange, ANNA, update(item_id(ident, key), new, how="AlwaysOverwrite"))) == ["NoError"]
    mine = calendar(exchange, ANNA)
    assert mine.subject == "New"
    assert mine.organizer is not None
    assert mine.organizer.address == ANNA


# --- two at once ---


def meddle(exchange: CheckedExchange, monkeypatch: pytest.MonkeyPatch, how: Callable[[str], Any]) -> None:
    """Do something before the next change of an entry, as another thread would."""
    change = exchange.store.change

    def after(address: str, key: str, *arguments: Any) -> Entry:
        monkeypatch.setattr(exchange.store, "change", change)
        how(key)
        return change(address, key, *arguments)

    monkeypatch.setattr(exchange.store, "change", after)


def test_a_meeting_deleted_while_it_is_answered_is_gone(
    exchange: CheckedExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet(exchange, BEN)
    (request,) = listed(exchange, BEN)
    meddle(exchange, monkeypatch, lambda key: exchange.remove_entry(BEN, key))
    assert codes(ask(exchange, BEN, respond("AcceptItem", request))) == ["ErrorItemNotFound"]


def test_a_meeting_deleted_while_its_people_are_told_is_no_mistake(
    exchange: CheckedExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    meddle(exchange, monkeypatch, lambda key: exchange.remove_entry(ANNA, key))
    meet(exchange, BEN)
    assert kinds(exchange, BEN) == [("MeetingRequest", "Plan")]


def test_a_copy_deleted_while_the_meeting_changes_comes_back(
    exchange: CheckedExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    ident, _key = meet(exchange, BEN)
    (copy,) = exchange.entries(BEN)
    change = exchange.store.change

    def after(address: str, key: str, *arguments: Any) -> Entry:
        if address == BEN:
            monkeypatch.setattr(exchange.store, "change", change)
            exchange.remove_entry(BEN, copy.key)
        return change(address, key, *arguments)

    monkeypatch.setattr(exchange.store, "change", after)
    new = set_field("item:Subject", "<t:Subject>Other</t:Subject>")
    assert codes(ask(exchange, ANNA, update(item_id(ident), new, how="AlwaysOverwrite", send=ALL))) == [
        "NoError"
    ]
    assert subjects(exchange, BEN) == [("Other", False)]


def test_what_a_change_is_compared_with_is_what_it_changed(
    exchange: CheckedExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    ident, _key = meet(exchange, BEN)
    # While Anna changes the subject, another of her programs takes Carl in: that is not what she tells.
    meddle(exchange, monkeypatch, lambda key: exchange.change_entry(ANNA, key, required=(Attendee(CARL),)))
    new = set_field("item:Subject", "<t:Subject>Other</t:Subject>")
    ask(exchange, ANNA, update(item_id(ident), new, how="AlwaysOverwrite", send="SendOnlyToChanged"))
    assert [codes(ask(exchange, ANNA, find_item(view=MASTERS))), kinds(exchange, CARL)] == [["NoError"], []]
    assert kinds(exchange, BEN) == [("MeetingRequest", "Plan")]
