"""What the levels of a shared calendar let others create, change and delete in it."""

from datetime import timedelta
from typing import Any

import pytest
from exchangelib import CalendarItem
from exchangelib.errors import ErrorAccessDenied
from exchangelib.folders import Calendar
from exchangelib.properties import DistinguishedFolderId, Mailbox

from lyncdesk.exchange_server.ids import Ident, write_id
from lyncdesk.exchange_server.model import Attendee, Changed, Entry, Pattern, Recurrence
from lyncdesk.exchange_server.sharing import LEVELS, Rights
from tests.exchange.server.conftest import ANNA, BEN
from tests.exchange.server.wire import (
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
    paths,
    set_field,
    text,
    texts,
    times,
    update,
)

HOUR = timedelta(hours=1)
DENIED = "ErrorAccessDenied"
CREATE = {
    "Contributor",
    "NoneditingAuthor",
    "Author",
    "PublishingAuthor",
    "Editor",
    "PublishingEditor",
    "Owner",
}
EDIT_OWN = {"Author", "PublishingAuthor", "Editor", "PublishingEditor", "Owner"}
DELETE_OWN = {"NoneditingAuthor", *EDIT_OWN}
ALL = {"Editor", "PublishingEditor", "Owner"}
READ_OWN = {"Contributor", "Reviewer", *DELETE_OWN}
GOT = "m:ResponseMessages/m:GetItemResponseMessage/m:Items/t:CalendarItem"
CALL = f"<t:Subject>Call</t:Subject>{times()}"


def by(level: str, those: set[str]) -> list[str]:
    return ["NoError" if level in those else DENIED]


def subject(text: str) -> str:
    return set_field("item:Subject", f"<t:Subject>{text}</t:Subject>")


def ident(key: str, owner: str = BEN) -> str:
    return item_id(write_id(Ident("item", owner, key)))


def change(exchange: CheckedExchange, key: str, *fields: str, send: str = "SendToNone") -> list[str]:
    body = update(ident(key), *(fields or (subject("New"),)), how="AlwaysOverwrite", send=send)
    return codes(ask(exchange, ANNA, body))


def creates(exchange: CheckedExchange, item: str = CALL, send: str = "SendToNone") -> Element:
    return ask(exchange, ANNA, create(item, f'SendMeetingInvitations="{send}"', of(BEN)))


def made_by_anna(exchange: CheckedExchange) -> str:
    """The key of an item that Anna made in Ben's calendar, when she still could."""
    exchange.share(BEN, "Contributor", ANNA)
    assert codes(creates(exchange)) == ["NoError"]
    return exchange.entries(BEN)[-1].key


@pytest.mark.parametrize("level", LEVELS)
def test_who_may_create(exchange: CheckedExchange, level: Any) -> None:
    exchange.share(BEN, level, ANNA)
    assert codes(creates(exchange)) == by(level, CREATE)
    assert [entry.subject for entry in exchange.entries(BEN)] == ["Call"] * (level in CREATE)
    assert exchange.entries(ANNA) == ()


@pytest.mark.parametrize("level", LEVELS)
def test_who_may_do_what_with_an_item_of_the_owner(exchange: CheckedExchange, level: Any) -> None:
    key = exchange.add_entry(BEN, Entry("Review", MONDAY, MONDAY + HOUR)).key
    exchange.share(BEN, level, ANNA)
    assert change(exchange, key) == by(level, ALL)
    assert exchange.entries(BEN)[0].subject == ("New" if level in ALL else "Review")
    assert codes(ask(exchange, ANNA, delete(ident(key)))) == by(level, ALL)
    assert len(exchange.entries(BEN)) == (level not in ALL)


@pytest.mark.parametrize("level", LEVELS)
def test_who_may_do_what_with_an_item_of_their_own(exchange: CheckedExchange, level: Any) -> None:
    key = made_by_anna(exchange)
    exchange.share(BEN, level, ANNA)
    assert codes(ask(exchange, ANNA, get_item(ident(key)))) == by(level, READ_OWN)
    assert change(exchange, key) == by(level, EDIT_OWN)
    assert codes(ask(exchange, ANNA, delete(ident(key)))) == by(level, DELETE_OWN)
    assert len(exchange.entries(BEN)) == (level not in DELETE_OWN)


def test_an_item_of_a_third_person_is_not_one_s_own(exchange: CheckedExchange) -> None:
    exchange.add_person("carl@example.com", "pst")
    key = made_by_anna(exchange)
    exchange.share(BEN, "Author")
    body = update(ident(key), subject("New"), how="AlwaysOverwrite")
    assert codes(ask(exchange, "carl@example.com", body)) == [DENIED]
    exchange.share(BEN, "Author", ANNA)
    assert change(exchange, key) == ["NoError"]


def test_custom_rights_decide_one_by_one(exchange: CheckedExchange) -> None:
    key = exchange.add_entry(BEN, Entry("Review", MONDAY, MONDAY + HOUR)).key
    exchange.share(BEN, Rights("TimeOnly", edit="All"), ANNA)
    assert codes(creates(exchange)) == [DENIED]
    assert codes(ask(exchange, ANNA, get_item(ident(key)))) == [DENIED]
    assert change(exchange, key) == ["NoError"]
    assert codes(ask(exchange, ANNA, delete(ident(key)))) == [DENIED]
    exchange.share(BEN, Rights("FullDetails"), ANNA)
    assert codes(ask(exchange, ANNA, find_item(folder=of(BEN)))) == ["NoError"]
    assert codes(ask(exchange, ANNA, get_item(ident(key)))) == ["NoError"]
    exchange.share(BEN, Rights("TimeOnly", delete="All"), ANNA)
    assert change(exchange, key) == [DENIED]
    assert codes(ask(exchange, ANNA, delete(ident(key)))) == ["NoError"]


def test_what_somebody_else_made_is_the_owner_s_and_tells_who_changed_it(exchange: CheckedExchange) -> None:
    key = made_by_anna(exchange)
    shape = get_item(ident(key), "item:LastModifiedName", "calendar:Organizer", "calendar:IsOrganizer")
    answer = ask(exchange, BEN, shape)
    assert text(answer, f"{GOT}/t:LastModifiedName") == "Anna Keller"
    assert text(answer, f"{GOT}/t:Organizer/t:Mailbox/t:EmailAddress") == BEN
    assert text(answer, f"{GOT}/t:IsOrganizer") == "true"
    body = update(ident(key), subject("New"), how="AlwaysOverwrite")
    assert codes(ask(exchange, BEN, body)) == ["NoError"]
    assert text(ask(exchange, BEN, shape), f"{GOT}/t:LastModifiedName") == "Ben Carter"
    exchange.share(BEN, "Editor", ANNA)
    assert change(exchange, key) == ["NoError"]
    assert text(ask(exchange, BEN, shape), f"{GOT}/t:LastModifiedName") == "Anna Keller"


@pytest.mark.parametrize(
    ("level", "theirs", "mine"),
    [
        ("Reviewer", "false false true", "false false true"),
        ("NoneditingAuthor", "false false true", "true false true"),
        ("Author", "false false true", "true true true"),
        ("Editor", "true true true", "true true true"),
    ],
)
def test_an_item_tells_what_the_caller_may_do_with_it(
    exchange: CheckedExchange, level: Any, theirs: str, mine: str
) -> None:
    keys = exchange.add_entry(BEN, Entry("Review", MONDAY, MONDAY + HOUR)).key, made_by_anna(exchange)
    exchange.share(BEN, level, ANNA)
    answers = [ask(exchange, ANNA, get_item(ident(key), "item:EffectiveRights")) for key in keys]
    nothing = "false false false"  # can be made inside an item
    assert [rights(answer) for answer in answers] == [f"{nothing} {one} false" for one in (theirs, mine)]
    own = ask(exchange, BEN, get_item(ident(keys[0]), "item:EffectiveRights"))
    assert rights(own) == f"{nothing} true true true true"


def rights(answer: Element) -> str:
    return " ".join(one.text or "" for one in find(answer, f"{GOT}/t:EffectiveRights"))


def test_an_editor_changes_and_deletes_one_occurrence(exchange: CheckedExchange) -> None:
    daily = Recurrence(Pattern("daily"), MONDAY.date(), count=3)
    exchange.add_entry(BEN, Entry("Plan", MONDAY, MONDAY + HOUR, recurrence=daily))
    exchange.share(BEN, "Editor", ANNA)
    first, second, _third = ids(ask(exchange, ANNA, find_item(folder=of(BEN))))
    body = update(item_id(*first), subject("Only today"))
    assert codes(ask(exchange, ANNA, body)) == ["NoError"]
    assert codes(ask(exchange, ANNA, delete(item_id(*second)))) == ["NoError"]
    answer = ask(exchange, BEN, find_item("item:Subject", "item:LastModifiedName"))
    assert [one.text for one in answer.iter("{*}Subject")] == ["Only today", "Plan"]
    assert [one.text for one in answer.iter("{*}LastModifiedName")] == ["Anna Keller"] * 2


def test_who_made_a_series_may_change_each_of_its_occurrences(exchange: CheckedExchange) -> None:
    daily = Recurrence(Pattern("daily"), MONDAY.date(), count=3)
    other = Changed(MONDAY, Entry("Other", MONDAY, MONDAY + HOUR))
    made = Entry("Plan", MONDAY, MONDAY + HOUR, recurrence=daily, changed=(other,), creator=ANNA)
    exchange.add_entry(BEN, made)
    exchange.share(BEN, "Author", ANNA)
    for one in ids(ask(exchange, ANNA, find_item(folder=of(BEN)))):
        body = update(item_id(*one), subject("New"), how="AlwaysOverwrite")
        assert codes(ask(exchange, ANNA, body)) == ["NoError"]


@pytest.mark.parametrize(
    "name",
    [
        '<t:ItemId Id="{whole}"/>',
        '<t:ItemId Id="{one}"/>',
        '<t:OccurrenceItemId RecurringMasterId="{whole}" InstanceIndex="2"/>',
        '<t:RecurringMasterItemId OccurrenceId="{one}"/>',
    ],
)
@pytest.mark.parametrize(
    ("rights", "changed", "deleted"),
    [
        (Rights("FullDetails"), DENIED, DENIED),
        (Rights("TimeOnly", edit="All"), "NoError", DENIED),
        (Rights("TimeOnly", delete="All"), DENIED, "NoError"),
    ],
)
def test_a_series_is_guarded_under_each_of_its_ids(
    exchange: CheckedExchange, rights: Rights, changed: str, deleted: str, name: str
) -> None:
    daily = Recurrence(Pattern("daily"), MONDAY.date(), count=3)
    key = exchange.add_entry(BEN, Entry("Plan", MONDAY, MONDAY + HOUR, recurrence=daily)).key
    exchange.share(BEN, rights, ANNA)
    whole, one = (write_id(Ident("item", BEN, key, original)) for original in (None, MONDAY))
    named = name.format(whole=whole, one=one)
    body = update(named, subject("New"), how="AlwaysOverwrite")
    assert codes(ask(exchange, ANNA, body)) == [changed]
    assert codes(ask(exchange, ANNA, delete(named))) == [deleted]


@pytest.mark.parametrize("exception", [False, True])
def test_nobody_else_changes_what_is_private(exchange: CheckedExchange, exception: bool) -> None:
    private = Entry("Dentist", MONDAY, MONDAY + HOUR, sensitivity="Private")
    entry = private
    if exception:
        daily = Recurrence(Pattern("daily"), MONDAY.date(), count=3)
        entry = Entry(
            "Plan", MONDAY, MONDAY + HOUR, recurrence=daily, changed=(Changed(MONDAY, private),)
        )  # fmt: skip
    key = exchange.add_entry(BEN, entry).key
    exchange.share(BEN, "Owner", ANNA)
    before = exchange.entries(BEN)
    names = [item_id(write_id(Ident("item", BEN, key, MONDAY if exception else None)))]
    if exception:
        names.append(f'<t:OccurrenceItemId RecurringMasterId="{write_id(Ident("item", BEN, key))}" '
                     'InstanceIndex="1"/>')  # fmt: skip
    for name in names:
        assert codes(ask(exchange, ANNA, get_item(name))) == ["NoError"]
        assert codes(ask(exchange, ANNA, update(name, subject("x"), how="AlwaysOverwrite"))) == [DENIED]
        assert codes(ask(exchange, ANNA, delete(name))) == [DENIED]
    assert exchange.entries(BEN) == before


@pytest.mark.parametrize("how", ["HardDelete", "SoftDelete", "MoveToDeletedItems"])
def test_what_an_editor_deletes_goes_where_the_owner_finds_it(exchange: CheckedExchange, how: str) -> None:
    key = exchange.add_entry(BEN, Entry("Review", MONDAY, MONDAY + HOUR)).key
    exchange.share(BEN, "Editor", ANNA)
    assert codes(ask(exchange, ANNA, delete(ident(key), how))) == ["NoError"]
    assert len(exchange.store.entries(BEN, "deleteditems")) == (how == "MoveToDeletedItems")
    assert exchange.store.entries(ANNA, "deleteditems") == ()


def test_the_rights_of_a_calendar_end_with_it(exchange: CheckedExchange) -> None:
    exchange.share(BEN, "Owner", ANNA)
    key = exchange.store.add(BEN, Entry("Gone", MONDAY, MONDAY + HOUR, folder="deleteditems")).key
    assert codes(ask(exchange, ANNA, get_item(ident(key)))) == [DENIED]
    assert change(exchange, key) == [DENIED]
    assert codes(ask(exchange, ANNA, delete(ident(key)))) == [DENIED]


# --- meetings ---

CARL = "carl@example.com"
INVITED = (
    f"{CALL}<t:RequiredAttendees><t:Attendee><t:Mailbox><t:EmailAddress>{CARL}</t:EmailAddress></t:Mailbox>"
    "</t:Attendee></t:RequiredAttendees>"
)
SENDS = ["SendOnlyToAll", "SendToAllAndSaveCopy"]


@pytest.mark.parametrize("send", SENDS)
def test_nobody_invites_in_the_name_of_the_owner(exchange: CheckedExchange, send: str) -> None:
    exchange.add_person(CARL, "x")
    exchange.share(BEN, "Owner", ANNA)
    assert codes(creates(exchange, INVITED, send)) == ["ErrorSendAsDenied"]
    assert exchange.entries(BEN) == ()
    assert codes(creates(exchange, CALL, send)) == ["NoError"]
    (key,) = (entry.key for entry in exchange.entries(BEN))
    people = INVITED.removeprefix(CALL)
    invite = set_field("calendar:RequiredAttendees", people)
    assert change(exchange, key, invite, send=send) == ["ErrorSendAsDenied"]
    assert exchange.entries(BEN)[0].required == ()
    assert change(exchange, key, invite) == ["NoError"]
    assert codes(ask(exchange, ANNA, delete(ident(key), send=send))) == ["ErrorSendAsDenied"]
    assert change(exchange, key, send=send) == ["ErrorSendAsDenied"]
    alone = f"<t:DeleteItemField>{paths('calendar:RequiredAttendees')}</t:DeleteItemField>"
    assert change(exchange, key, alone, send=send) == ["ErrorSendAsDenied"]
    assert len(exchange.entries(BEN)) == 1
    assert exchange.entries(CARL) == exchange.store.entries(CARL, "inbox") == ()
    assert codes(ask(exchange, ANNA, delete(ident(key)))) == ["NoError"]


def test_nobody_declines_in_the_name_of_the_owner(exchange: CheckedExchange) -> None:
    exchange.add_person(CARL, "x")
    invited = Entry(
        "Plan", MONDAY, MONDAY + HOUR, meeting=True, organizer=Attendee(CARL), response="Accept",
        required=(Attendee(BEN),),
    )  # fmt: skip
    key = exchange.add_entry(BEN, invited).key
    exchange.share(BEN, "Editor", ANNA)
    assert codes(ask(exchange, ANNA, delete(ident(key), send="SendOnlyToAll"))) == ["ErrorSendAsDenied"]
    assert change(exchange, key, send="SendOnlyToAll") == ["NoError"]  # of which only an organizer tells
    decline = (
        '<m:CreateItem MessageDisposition="SendAndSaveCopy"><m:Items><t:DeclineItem>'
        f'<t:ReferenceItemId Id="{write_id(Ident("item", BEN, key))}"/></t:DeclineItem></m:Items>'
        "</m:CreateItem>"
    )
    assert codes(ask(exchange, ANNA, decline)) == [DENIED]
    assert exchange.store.entries(CARL, "inbox") == ()
    assert exchange.entries(BEN)[0].response == "Accept"


def test_an_invitation_is_its_attendee_s_whoever_made_the_meeting(exchange: CheckedExchange) -> None:
    """Anna made it for Ben, who invites Carl: in Carl's calendar it is not hers."""
    exchange.add_person(CARL, "x")
    exchange.share(BEN, "Author", ANNA)
    exchange.share(CARL, "Author", ANNA)
    assert codes(creates(exchange, INVITED)) == ["NoError"]
    (entry,) = exchange.entries(BEN)
    body = update(ident(entry.key), subject("New"), how="AlwaysOverwrite", send="SendOnlyToAll")
    assert codes(ask(exchange, BEN, body)) == ["NoError"]
    (copy,) = exchange.entries(CARL)
    assert codes(ask(exchange, ANNA, delete(ident(copy.key, CARL)))) == [DENIED]
    assert codes(ask(exchange, CARL, delete(ident(copy.key, CARL)))) == ["NoError"]
    (request,) = exchange.store.entries(CARL, "inbox")
    accept = (
        "<m:CreateItem><m:Items><t:AcceptItem>"
        f'<t:ReferenceItemId Id="{write_id(Ident("item", CARL, request.key))}"/></t:AcceptItem></m:Items>'
        "</m:CreateItem>"
    )
    assert codes(ask(exchange, CARL, accept)) == ["NoError"]
    (copy,) = exchange.entries(CARL)
    assert codes(ask(exchange, ANNA, delete(ident(copy.key, CARL)))) == [DENIED]
    assert change(exchange, entry.key) == ["NoError"]
    asked = ask(exchange, CARL, get_item(ident(copy.key, CARL), "item:LastModifiedName"))
    assert texts(asked, f"{GOT}/t:LastModifiedName") == ["carl"]


# --- exchangelib ---


def test_exchangelib_writes_into_the_calendar_of_another(exchange: CheckedExchange, account: Any) -> None:
    exchange.share(BEN, "Author", ANNA)
    theirs = exchange.add_entry(BEN, Entry("Review", MONDAY, MONDAY + HOUR))
    named = DistinguishedFolderId(id="calendar", mailbox=Mailbox(email_address=BEN))
    calendar = Calendar(root=account.root, _distinguished_id=named)
    item = CalendarItem(
        folder=calendar, account=account, subject="Call", start=MONDAY + HOUR, end=MONDAY + 2 * HOUR
    )
    item.save()
    item.subject = "Long call"
    item.save(update_fields=["subject"])
    assert [entry.subject for entry in exchange.entries(BEN)] == ["Review", "Long call"]
    other = calendar.get(subject="Review")
    other.subject = "Mine"
    with pytest.raises(ErrorAccessDenied):
        other.save(update_fields=["subject"])
    with pytest.raises(ErrorAccessDenied):
        other.delete()
    item.delete()
    assert [entry.key for entry in exchange.entries(BEN)] == [theirs.key]
