"""Meetings between the people of the server: invited, answered, changed and cancelled."""

import base64
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from lyncdesk.exchange_server.model import Attendee, Entry, Pattern, Recurrence
from tests.exchange.server.conftest import ANNA, BEN
from tests.exchange.server.wire import (
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
    paths,
    set_field,
    text,
    texts,
    times,
    update,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
CARL = "carl@example.com"
ALL = "SendToAllAndSaveCopy"
INBOX = '<t:DistinguishedFolderId Id="inbox"/>'
SENT = '<t:DistinguishedFolderId Id="sentitems"/>'
TRASH = '<t:DistinguishedFolderId Id="deleteditems"/>'
DAILY = (
    "<t:Recurrence><t:DailyRecurrence><t:Interval>1</t:Interval></t:DailyRecurrence>"
    "<t:NumberedRecurrence><t:StartDate>2026-03-02</t:StartDate>"
    "<t:NumberOfOccurrences>4</t:NumberOfOccurrences></t:NumberedRecurrence></t:Recurrence>"
)


@pytest.fixture(autouse=True)
def carl(exchange: CheckedExchange) -> None:
    exchange.add_person(CARL, "x", name="Carl Stone")


def attendees(*addresses: str, kind: str = "RequiredAttendees") -> str:
    people = "".join(
        f"<t:Attendee><t:Mailbox><t:EmailAddress>{address}</t:EmailAddress></t:Mailbox></t:Attendee>"
        for address in addresses
    )
    return f"<t:{kind}>{people}</t:{kind}>"


def meet(exchange: CheckedExchange, *addresses: str, send: str = ALL, more: str = "", show: str = "Busy",
         subject: str = "Plan") -> tuple[str, str]:  # fmt: skip
    """Anna calls a meeting; the answer is its id and change key."""
    inside = (
        f"<t:Subject>{subject}</t:Subject>{times()}<t:LegacyFreeBusyStatus>{show}</t:LegacyFreeBusyStatus>"
        f"<t:Location>Room 4</t:Location>{attendees(*addresses)}{more}"
    )
    answer = ask(exchange, ANNA, create(inside, f'SendMeetingInvitations="{send}"'))
    assert codes(answer) == ["NoError"]
    return ids(answer)[0]


def inside(exchange: CheckedExchange, user: str, folder: str = "inbox") -> list[Entry]:
    return list(exchange.store.entries(user, folder))


def calendar(exchange: CheckedExchange, user: str) -> Entry:
    (entry,) = exchange.entries(user)
    return entry


def kinds(exchange: CheckedExchange, user: str, folder: str = "inbox") -> list[tuple[str, str]]:
    return [(entry.message.kind, entry.subject) for entry in inside(exchange, user, folder) if entry.message]


def listed(exchange: CheckedExchange, user: str, folder: str = INBOX) -> list[str]:
    """The ids in a folder."""
    return [ident for ident, _key in ids(ask(exchange, user, find_item(view=MASTERS, folder=folder)))]


def respond(kind: str, ident: str, disposition: str = "SendAndSaveCopy", body: str = "") -> str:
    return (
        f'<m:CreateItem MessageDisposition="{disposition}"><m:Items><t:{kind}>{body}'
        f'<t:ReferenceItemId Id="{ident}"/></t:{kind}></m:Items></m:CreateItem>'
    )


def get(exchange: CheckedExchange, user: str, ident: str, *names: str, base: str = "IdOnly") -> Element:
    answer = ask(exchange, user, get_item(item_id(ident), *names, base=base))
    assert codes(answer) == ["NoError"]
    return find(answer, "m:ResponseMessages/m:GetItemResponseMessage/m:Items")[0]


def answers(entry: Entry) -> dict[str, str]:
    return {one.address: one.response for one in (*entry.required, *entry.optional, *entry.resources)}


# --- inviting ---


def test_an_invitation_reaches_calendar_and_inbox(exchange: CheckedExchange) -> None:
    meet(exchange, BEN, "stranger@elsewhere.example")
    own, copy = calendar(exchange, ANNA), calendar(exchange, BEN)
    assert (copy.uid, copy.subject, copy.start, copy.location) == (own.uid, "Plan", own.start, "Room 4")
    assert (copy.response, copy.show_as, copy.meeting, copy.key != "") == (
        *("NoResponseReceived", "Tentative", True),
        True,
    )
    assert copy.organizer == Attendee(ANNA, "Anna Keller", "Organizer")
    assert (own.response, own.show_as, own.sent) == ("Organizer", "Busy", True)
    assert kinds(exchange, BEN) == [("MeetingRequest", "Plan")]
    assert kinds(exchange, ANNA, "sentitems") == [("MeetingRequest", "Plan")]
    assert kinds(exchange, ANNA) == []
    assert [entry.read for entry in (*inside(exchange, BEN), *inside(exchange, ANNA, "sentitems"))] == [
        *(False, True)
    ]


def test_a_request_says_all_there_is_to_say(exchange: CheckedExchange) -> None:
    meet(exchange, BEN, more=attendees(CARL, kind="OptionalAttendees"))
    (ident,) = listed(exchange, BEN)
    item = get(exchange, BEN, ident, base="AllProperties")
    assert item.tag.endswith("}MeetingRequest")
    told = {
        name: text(item, f"t:{name}")
        for name in (
            *("ItemClass", "Subject", "IsRead", "IsResponseRequested", "IsOutOfDate", "HasBeenProcessed"),
            *("ResponseType", "MeetingRequestType", "IntendedFreeBusyStatus", "LegacyFreeBusyStatus"),
            *("Start", "CalendarItemType", "MyResponseType", "IsOrganizer", "Location"),
        )
    }
    assert told == {
        "ItemClass": "IPM.Schedule.Meeting.Request",
        "Subject": "Plan",
        "IsRead": "false",
        "IsResponseRequested": "true",
        "IsOutOfDate": "false",
        "HasBeenProcessed": "false",
        "ResponseType": "NoResponseReceived",
        "MeetingRequestType": "NewMeetingRequest",
        "IntendedFreeBusyStatus": "Busy",
        "LegacyFreeBusyStatus": "Busy",
        "Start": "2026-03-02T09:00:00Z",
        "CalendarItemType": "Single",
        "MyResponseType": "NoResponseReceived",
        "IsOrganizer": "false",
        "Location": "Room 4",
    }
    assert text(item, "t:From/t:Mailbox/t:EmailAddress") == ANNA
    assert text(item, "t:ReceivedBy/t:Mailbox/t:EmailAddress") == BEN
    assert texts(item, "t:ToRecipients/t:Mailbox/t:EmailAddress") == [BEN, CARL]
    assert text(item, "t:UID") == calendar(exchange, ANNA).uid
    about = find(item, "t:AssociatedCalendarItemId")
    ((meeting, key),) = ids(ask(exchange, BEN, find_item()))
    assert (about.get("Id"), about.get("ChangeKey")) == (meeting, key)


def test_a_request_is_mail_with_the_meeting_in_it(exchange: CheckedExchange) -> None:
    meet(exchange, BEN, subject="Plan für März")
    (ident,) = listed(exchange, BEN)
    item = get(exchange, BEN, ident, "item:MimeContent")
    mail = message_from_bytes(base64.b64decode(text(item, "t:MimeContent") or ""), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    assert (mail["Subject"], mail["From"], mail["To"]) == ("Plan für März", f"Anna Keller <{ANNA}>", BEN)
    (part,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert part.get_content_type() == "text/calendar"
    assert part["Content-Type"].params["method"] == "REQUEST"
    assert "METHOD:REQUEST" in part.get_payload(decode=True).decode()  # type: ignore[union-attr]


@pytest.mark.parametrize("send", ["SendToNone", "SendOnlyToAll", ALL])
def test_how_a_meeting_is_sent(exchange: CheckedExchange, send: str) -> None:
    meet(exchange, BEN, send=send)
    invited, kept = send != "SendToNone", send == ALL
    assert (len(exchange.entries(BEN)), len(inside(exchange, BEN))) == (invited, invited)
    assert len(inside(exchange, ANNA, "sentitems")) == kept


def test_what_is_meant_to_be_free_stays_free(exchange: CheckedExchange) -> None:
    meet(exchange, BEN, show="Free")
    assert calendar(exchange, BEN).show_as == "Free"


# --- answering ---


@pytest.mark.parametrize(
    ("kind", "response", "show_as", "prefix", "ending"),
    [
        ("AcceptItem", "Accept", "OOF", "Accepted: ", "Pos"),
        ("TentativelyAcceptItem", "Tentative", "Tentative", "Tentative: ", "Tent"),
    ],
)
@pytest.mark.parametrize("by", ["request", "meeting"])
def test_an_answer_reaches_the_organizer(
    exchange: CheckedExchange, kind: str, response: str, show_as: str, prefix: str, ending: str, by: str
) -> None:
    meet(exchange, BEN, CARL, show="OOF")
    before = calendar(exchange, BEN)
    ident = listed(exchange, BEN)[0] if by == "request" else ids(ask(exchange, BEN, find_item()))[0][0]
    answer = ask(exchange, BEN, respond(kind, ident, body='<t:Body BodyType="Text">Fine</t:Body>'))
    assert codes(answer) == ["NoError"]
    assert ids(answer) == ids(ask(exchange, BEN, find_item()))
    own = calendar(exchange, BEN)
    assert (own.key, own.response, own.show_as, own.replied) == (before.key, response, show_as, MONDAY)
    assert answers(calendar(exchange, ANNA)) == {BEN: response, CARL: "Unknown"}
    assert kinds(exchange, ANNA) == [("MeetingResponse", f"{prefix}Plan")]
    assert kinds(exchange, BEN, "sentitems") == [("MeetingResponse", f"{prefix}Plan")]
    (received,) = listed(exchange, ANNA)
    item = get(exchange, ANNA, received, "item:Body", base="AllProperties")
    assert item.tag.endswith("}MeetingResponse")
    assert text(item, "t:ItemClass") == f"IPM.Schedule.Meeting.Resp.{ending}"
    assert (text(item, "t:ResponseType"), text(item, "t:Body")) == (response, "Fine")
    assert text(item, "t:From/t:Mailbox/t:EmailAddress") == BEN
    ((meeting, _key),) = ids(ask(exchange, ANNA, find_item()))
    assert find(item, "t:AssociatedCalendarItemId").get("Id") == meeting
    people = get(exchange, ANNA, meeting, "calendar:RequiredAttendees")
    assert texts(people, ".//t:ResponseType") == [response, "Unknown"]
    assert texts(people, ".//t:LastResponseTime") == ["2026-03-02T08:00:00Z"]
    # The request is done with when it was what was answered.
    assert len(inside(exchange, BEN)) == (by == "meeting")
    assert len(inside(exchange, BEN, "deleteditems")) == (by == "request")


def test_a_declined_meeting_leaves_the_calendar(exchange: CheckedExchange) -> None:
    meet(exchange, BEN)
    (ident,) = listed(exchange, BEN)
    answer = ask(exchange, BEN, respond("DeclineItem", ident))
    assert codes(answer) == ["NoError"]
    assert exchange.entries(BEN) == ()
    gone = [entry for entry in inside(exchange, BEN, "deleteditems") if entry.message is None]
    assert [(entry.response, entry.subject) for entry in gone] == [("Decline", "Plan")]
    assert answers(calendar(exchange, ANNA)) == {BEN: "Decline"}
    assert kinds(exchange, ANNA) == [("MeetingResponse", "Declined: Plan")]


def test_an_answer_can_be_kept_to_oneself(exchange: CheckedExchange) -> None:
    meet(exchange, BEN)
    (ident,) = listed(exchange, BEN)
    assert codes(ask(exchange, BEN, respond("AcceptItem", ident, "SaveOnly"))) == ["NoError"]
    assert calendar(exchange, BEN).response == "Accept"
    assert answers(calendar(exchange, ANNA)) == {BEN: "Unknown"}
    assert (kinds(exchange, ANNA), kinds(exchange, BEN, "sentitems")) == ([], [])


def test_deleting_an_invitation_declines_it_when_asked_to(exchange: CheckedExchange) -> None:
    meet(exchange, BEN, CARL)
    for who, send in ((BEN, ALL), (CARL, "SendToNone")):
        ((ident, _key),) = ids(ask(exchange, who, find_item()))
        assert codes(ask(exchange, who, delete(item_id(ident), send=send))) == ["NoError"]
        assert exchange.entries(who) == ()
    assert answers(calendar(exchange, ANNA)) == {BEN: "Decline", CARL: "Unknown"}
    assert kinds(exchange, ANNA) == [("MeetingResponse", "Declined: Plan")]


def test_deleting_a_meeting_that_was_cancelled_tells_nobody(exchange: CheckedExchange) -> None:
    ident, _key = meet(exchange, BEN)
    ask(exchange, ANNA, delete(item_id(ident), send=ALL))
    (copy,) = ids(ask(exchange, BEN, find_item()))
    assert codes(ask(exchange, BEN, delete(item_id(copy[0]), send=ALL))) == ["NoError"]
    assert kinds(exchange, ANNA) == []
    assert exchange.entries(BEN) == ()


def test_who_deleted_the_meeting_can_still_accept_the_request(exchange: CheckedExchange) -> None:
    meet(exchange, BEN)
    exchange.remove_entry(BEN, calendar(exchange, BEN).key)
    (ident,) = listed(exchange, BEN)
    assert codes(ask(exchange, BEN, respond("AcceptItem", ident))) == ["NoError"]
    assert (calendar(exchange, BEN).response, calendar(exchange, BEN).show_as) == ("Accept", "Busy")


def test_only_who_is_invited_can_answer(exchange: CheckedExchange) -> None:
    ident, _key = meet(exchange, BEN)
    exchange.add_entry(BEN, Entry("Own", MONDAY + DAY, MONDAY + DAY + HOUR))
    own = ids(ask(exchange, BEN, find_item()))[1][0]
    for user, about, code in (
        (ANNA, ident, "ErrorCalendarIsOrganizerForAccept"),
        (BEN, own, "ErrorCalendarIsOrganizerForAccept"),
        (BEN, ident, "ErrorAccessDenied"),
        (ANNA, "nonsense", "ErrorInvalidIdMalformed"),
    ):
        assert codes(ask(exchange, user, respond("AcceptItem", about))) == [code]


# --- changing ---


def test_another_time_has_to_be_answered_anew(exchange: CheckedExchange) -> None:
    ident, key = meet(exchange, BEN)
    ask(exchange, BEN, respond("AcceptItem", listed(exchange, BEN)[0]))
    assert answers(calendar(exchange, ANNA)) == {BEN: "Accept"}
    ((_ident, key),) = ids(ask(exchange, ANNA, find_item()))
    later = (
        set_field("calendar:Start", "<t:Start>2026-03-03T09:00:00Z</t:Start>"),
        set_field("calendar:End", "<t:End>2026-03-03T10:00:00Z</t:End>"),
    )
    answer = ask(exchange, ANNA, update(item_id(ident, key), *later, send=ALL))
    assert codes(answer) == ["NoError"]
    assert ids(answer) == ids(ask(exchange, ANNA, find_item())), "the key is that after the sending"
    copy = calendar(exchange, BEN)
    assert (copy.start, copy.response, copy.show_as) == (
        *(MONDAY + DAY + HOUR, "NoResponseReceived"),
        "Tentative",
    )
    assert answers(calendar(exchange, ANNA)) == {BEN: "Unknown"}
    item = get(exchange, BEN, listed(exchange, BEN)[0], "meetingRequest:MeetingRequestType")
    assert text(item, "t:MeetingRequestType") == "FullUpdate"


def test_another_subject_keeps_the_answers(exchange: CheckedExchange) -> None:
    ident, _key = meet(exchange, BEN)
    ask(exchange, BEN, respond("AcceptItem", listed(exchange, BEN)[0]))
    own = calendar(exchange, BEN)
    exchange.change_entry(BEN, own.key, show_as="OOF", categories=("Mine",), extras={"ReminderIsSet": "true"})
    new = set_field("item:Subject", "<t:Subject>Plan B</t:Subject>")
    assert codes(ask(exchange, ANNA, update(item_id(ident), new, how="AlwaysOverwrite", send=ALL))) == [
        "NoError"
    ]
    copy = calendar(exchange, BEN)
    assert (copy.subject, copy.response, copy.show_as, copy.categories) == (
        *("Plan B", "Accept", "OOF"),
        ("Mine",),
    )
    assert copy.extras["ReminderIsSet"] == "true"
    assert answers(calendar(exchange, ANNA)) == {BEN: "Accept"}
    item = get(exchange, BEN, listed(exchange, BEN)[0], "meetingRequest:MeetingRequestType")
    assert text(item, "t:MeetingRequestType") == "InformationalUpdate"


def test_a_request_that_was_overtaken_says_so(exchange: CheckedExchange) -> None:
    ident, _key = meet(exchange, BEN)
    later = set_field("calendar:End", "<t:End>2026-03-02T11:00:00Z</t:End>")
    ask(exchange, ANNA, update(item_id(ident), later, how="AlwaysOverwrite", send=ALL))
    old, new = listed(exchange, BEN)
    for one, outdated, sort in ((old, "true", "Outdated"), (new, "false", "FullUpdate")):
        item = get(exchange, BEN, one, "meeting:IsOutOfDate", "meetingRequest:MeetingRequestType")
        assert (text(item, "t:IsOutOfDate"), text(item, "t:MeetingRequestType")) == (outdated, sort)
    assert codes(ask(exchange, BEN, respond("AcceptItem", old))) == ["ErrorCalendarMeetingRequestIsOutOfDate"]
    assert codes(ask(exchange, BEN, respond("AcceptItem", new))) == ["NoError"]


def test_new_people_are_invited_and_others_uninvited(exchange: CheckedExchange) -> None:
    ident, _key = meet(exchange, BEN)
    ask(exchange, BEN, respond("AcceptItem", listed(exchange, BEN)[0]))
    both = set_field("calendar:RequiredAttendees", attendees(BEN, CARL))
    changed = "SendToChangedAndSaveCopy"
    assert codes(ask(exchange, ANNA, update(item_id(ident), both, how="AlwaysOverwrite", send=changed))) == [
        "NoError"
    ]
    assert kinds(exchange, CARL) == [("MeetingRequest", "Plan")]
    assert kinds(exchange, BEN) == [], "nothing has changed for Ben"
    assert answers(calendar(exchange, ANNA)) == {BEN: "Accept", CARL: "Unknown"}
    carl = set_field("calendar:RequiredAttendees", attendees(CARL))
    ask(exchange, ANNA, update(item_id(ident), carl, how="AlwaysOverwrite", send=changed))
    assert kinds(exchange, BEN) == [("MeetingCancellation", "Canceled: Plan")]
    assert (calendar(exchange, BEN).cancelled, calendar(exchange, BEN).show_as) == (True, "Free")
    assert calendar(exchange, CARL).cancelled is False


def test_what_is_not_sent_changes_nobody_s_calendar(exchange: CheckedExchange) -> None:
    ident, _key = meet(exchange, BEN)
    new = set_field("item:Subject", "<t:Subject>Secret</t:Subject>")
    ask(exchange, ANNA, update(item_id(ident), new, how="AlwaysOverwrite", send="SendToNone"))
    assert calendar(exchange, BEN).subject == "Plan"


def test_an_attendee_s_own_change_is_told_to_nobody(exchange: CheckedExchange) -> None:
    meet(exchange, BEN)
    ((ident, key),) = ids(ask(exchange, BEN, find_item()))
    busy = set_field("calendar:LegacyFreeBusyStatus", "<t:LegacyFreeBusyStatus>OOF</t:LegacyFreeBusyStatus>")
    assert codes(ask(exchange, BEN, update(item_id(ident, key), busy, send=ALL))) == ["NoError"]
    assert (calendar(exchange, BEN).show_as, calendar(exchange, ANNA).show_as) == ("OOF", "Busy")
    assert kinds(exchange, ANNA) == []


# --- cancelling ---


@pytest.mark.parametrize("how", ["cancel", "delete", "trash"])
def test_a_cancelled_meeting_is_told_to_all(exchange: CheckedExchange, how: str) -> None:
    ident, _key = meet(exchange, BEN, CARL)
    request = {
        "cancel": respond(
            "CancelCalendarItem", ident, body=""
        ).replace("</t:CancelCalendarItem>",
                  '<t:NewBodyContent BodyType="Text">Sorry</t:NewBodyContent></t:CancelCalendarItem>'),
        "delete": delete(item_id(ident), send=ALL),
        "trash": delete(item_id(ident), "MoveToDeletedItems", send=ALL),
    }[how]  # fmt: skip
    assert codes(ask(exchange, ANNA, request)) == ["NoError"]
    assert exchange.entries(ANNA) == ()
    assert len(inside(exchange, ANNA, "deleteditems")) == (how != "delete")
    for who in (BEN, CARL):
        copy = calendar(exchange, who)
        assert (copy.cancelled, copy.show_as, copy.subject) == (True, "Free", "Canceled: Plan")
        assert kinds(exchange, who)[-1] == ("MeetingCancellation", "Canceled: Plan")
    item = get(exchange, BEN, listed(exchange, BEN)[-1], "item:Body", base="AllProperties")
    assert item.tag.endswith("}MeetingCancellation")
    assert text(item, "t:ItemClass") == "IPM.Schedule.Meeting.Canceled"
    assert (text(item, "t:Body") == "Sorry") == (how == "cancel")
    assert codes(ask(exchange, BEN, respond("AcceptItem", listed(exchange, BEN)[0]))) == [
        "ErrorCalendarIsCancelledForAccept"
    ]


def test_a_cancelled_meeting_is_removed_by_its_cancellation(exchange: CheckedExchange) -> None:
    ident, _key = meet(exchange, BEN)
    asked = listed(exchange, BEN)[0]
    assert codes(ask(exchange, BEN, respond("RemoveItem", asked))) == ["ErrorInvalidReferenceItem"]
    ask(exchange, ANNA, delete(item_id(ident), send=ALL))
    assert codes(ask(exchange, BEN, respond("RemoveItem", listed(exchange, BEN)[-1]))) == ["NoError"]
    assert exchange.entries(BEN) == ()
    assert len(inside(exchange, BEN, "deleteditems")) == 2


def test_only_the_organizer_cancels(exchange: CheckedExchange) -> None:
    ident, _key = meet(exchange, BEN)
    ((copy, _key),) = ids(ask(exchange, BEN, find_item()))
    assert codes(ask(exchange, BEN, respond("CancelCalendarItem", copy))) == ["ErrorCalendarIsNotOrganizer"]
    assert codes(ask(exchange, ANNA, respond("RemoveItem", ident))) == ["ErrorCalendarIsOrganizerForRemove"]
    exchange.add_entry(CARL, Entry("Alone", MONDAY, MONDAY + HOUR))
    ((alone, _key),) = ids(ask(exchange, CARL, find_item()))
    assert codes(ask(exchange, CARL, respond("CancelCalendarItem", alone))) == ["ErrorInvalidReferenceItem"]


# --- series ---


def test_a_series_is_answered_as_a_whole_and_by_occurrence(exchange: CheckedExchange) -> None:
    meet(exchange, BEN, more=DAILY)
    (request,) = listed(exchange, BEN)
    item = get(exchange, BEN, request, "calendar:CalendarItemType", "calendar:Recurrence")
    assert text(item, "t:CalendarItemType") == "RecurringMaster"
    assert text(item, "t:Recurrence/t:NumberedRecurrence/t:NumberOfOccurrences") == "4"
    ask(exchange, BEN, respond("AcceptItem", request))
    shown = [ident for ident, _key in ids(ask(exchange, BEN, find_item()))]
    assert codes(ask(exchange, BEN, respond("TentativelyAcceptItem", shown[1]))) == ["NoError"]
    assert codes(ask(exchange, BEN, respond("DeclineItem", shown[2]))) == ["NoError"]
    busy = texts(ask(exchange, BEN, find_item("calendar:LegacyFreeBusyStatus")), ".//t:LegacyFreeBusyStatus")
    assert busy == ["Busy", "Tentative", "Busy"]
    own = calendar(exchange, ANNA)
    assert answers(own) == {BEN: "Accept"}
    assert [answers(one.entry)[BEN] for one in own.changed] == ["Tentative", "Decline"]
    assert kinds(exchange, ANNA) == [
        ("MeetingResponse", "Accepted: Plan"),
        ("MeetingResponse", "Tentative: Plan"),
        ("MeetingResponse", "Declined: Plan"),
    ]
    assert text(
        get(exchange, ANNA, listed(exchange, ANNA)[2], "calendar:RecurrenceId"), "t:RecurrenceId"
    ) == ("2026-03-04T09:00:00Z")


def test_one_occurrence_is_moved_and_one_is_cancelled(exchange: CheckedExchange) -> None:
    meet(exchange, BEN, more=DAILY)
    ask(exchange, BEN, respond("AcceptItem", listed(exchange, BEN)[0]))
    shown = [ident for ident, _key in ids(ask(exchange, ANNA, find_item()))]
    later = (
        set_field("calendar:Start", "<t:Start>2026-03-03T13:00:00Z</t:Start>"),
        set_field("calendar:End", "<t:End>2026-03-03T14:00:00Z</t:End>"),
    )
    assert codes(ask(exchange, ANNA, update(item_id(shown[1]), *later, how="AlwaysOverwrite", send=ALL))) == [
        "NoError"
    ]
    assert codes(ask(exchange, ANNA, delete(item_id(shown[3]), send=ALL))) == ["NoError"]
    copy = calendar(exchange, BEN)
    moved, cancelled = copy.changed
    assert (moved.entry.start, moved.entry.response, moved.entry.show_as) == (
        *(MONDAY + DAY + 5 * HOUR, "NoResponseReceived"),
        "Tentative",
    )
    assert (cancelled.entry.cancelled, cancelled.entry.subject) == (True, "Canceled: Plan")
    assert (copy.response, copy.cancelled) == ("Accept", False)
    request, cancellation = listed(exchange, BEN)
    item = get(exchange, BEN, request, "calendar:RecurrenceId", "calendar:Start")
    assert (text(item, "t:RecurrenceId"), text(item, "t:Start")) == (
        *("2026-03-03T09:00:00Z",),
        "2026-03-03T13:00:00Z",
    )
    # The moved occurrence is answered by its own request, the cancelled one is removed by its cancellation.
    assert codes(ask(exchange, BEN, respond("AcceptItem", request))) == ["NoError"]
    assert codes(ask(exchange, BEN, respond("RemoveItem", cancellation))) == ["NoError"]
    copy = calendar(exchange, BEN)
    assert [(one.entry.response, one.entry.show_as) for one in copy.changed] == [("Accept", "Busy")]
    assert copy.deleted == (MONDAY + 3 * DAY + HOUR,)
    assert [answers(one.entry)[BEN] for one in calendar(exchange, ANNA).changed] == ["Accept"]


def test_what_an_attendee_said_of_an_occurrence_outlives_a_change_of_the_series(
    exchange: CheckedExchange,
) -> None:
    ident, _key = meet(exchange, BEN, more=DAILY)
    ask(exchange, BEN, respond("AcceptItem", listed(exchange, BEN)[0]))
    shown = [one for one, _key in ids(ask(exchange, BEN, find_item()))]
    busy = set_field("calendar:LegacyFreeBusyStatus", "<t:LegacyFreeBusyStatus>OOF</t:LegacyFreeBusyStatus>")
    ask(exchange, BEN, update(item_id(shown[1]), busy, how="AlwaysOverwrite"))
    ask(exchange, BEN, delete(item_id(shown[2]), send=ALL))
    new = set_field("item:Subject", "<t:Subject>Plan B</t:Subject>")
    ask(exchange, ANNA, update(item_id(ident), new, how="AlwaysOverwrite", send=ALL))
    view = ask(exchange, BEN, find_item("calendar:LegacyFreeBusyStatus", "item:Subject"))
    assert texts(view, ".//t:LegacyFreeBusyStatus") == ["Busy", "OOF", "Busy"]
    assert texts(view, ".//t:Subject") == ["Plan B"] * 3


def test_an_alias_is_the_same_person(exchange: CheckedExchange) -> None:
    exchange.add_person("dora@example.com", "x", aliases=("d.lind@example.com",))
    meet(exchange, "D.Lind@example.com")
    (ident,) = listed(exchange, "dora@example.com")
    ask(exchange, "dora@example.com", respond("AcceptItem", ident))
    assert answers(calendar(exchange, ANNA)) == {"D.Lind@example.com": "Accept"}


def test_an_item_tells_what_can_be_done_to_it(exchange: CheckedExchange) -> None:
    def objects(user: str, ident: str) -> list[str]:
        item = get(exchange, user, ident, "item:ResponseObjects")
        return [one.tag.rpartition("}")[2] for one in item.iterfind("{*}ResponseObjects/{*}*")]

    answers = ["AcceptItem", "TentativelyAcceptItem", "DeclineItem"]
    ident, _key = meet(exchange, BEN)
    ((copy, _key),) = ids(ask(exchange, BEN, find_item()))
    assert objects(ANNA, ident) == ["CancelCalendarItem"]
    assert objects(BEN, copy) == objects(BEN, listed(exchange, BEN)[0]) == answers
    ask(exchange, ANNA, delete(item_id(ident), send=ALL))
    assert objects(BEN, copy) == objects(BEN, listed(exchange, BEN)[1]) == ["RemoveItem"]
    exchange.add_entry(CARL, Entry("Alone", MONDAY, MONDAY + HOUR))
    ((alone, _key),) = ids(ask(exchange, CARL, find_item()))
    assert objects(CARL, alone) == []


# --- messages as items ---


def test_messages_are_found_read_and_deleted(exchange: CheckedExchange) -> None:
    meet(exchange, BEN, subject="One")
    meet(exchange, BEN, subject="Two")
    unread = (
        '<m:Restriction><t:IsEqualTo><t:FieldURI FieldURI="message:IsRead"/><t:FieldURIOrConstant>'
        '<t:Constant Value="false"/></t:FieldURIOrConstant></t:IsEqualTo></m:Restriction>'
    )
    search = find_item("item:Subject", view=MASTERS, folder=INBOX, rest=unread)
    answer = ask(exchange, BEN, search)
    assert texts(answer, ".//t:MeetingRequest/t:Subject") == ["One", "Two"]
    ident, key = ids(answer)[0]
    read = (
        f"<t:SetItemField>{paths('message:IsRead')}<t:MeetingRequest><t:IsRead>true</t:IsRead>"
        "</t:MeetingRequest></t:SetItemField>"
    )
    assert codes(ask(exchange, BEN, update(item_id(ident, key), read, send=""))) == ["NoError"]
    assert texts(ask(exchange, BEN, search), ".//t:Subject") == ["Two"]
    counts = "<m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape>"
    folder = ask(exchange, BEN, f"<m:GetFolder>{counts}<m:FolderIds>{INBOX}</m:FolderIds></m:GetFolder>")
    assert (text(folder, ".//t:TotalCount"), text(folder, ".//t:UnreadCount")) == ("2", "1")
    subject = read.replace("message:IsRead", "item:Subject").replace("IsRead", "Subject")
    assert codes(ask(exchange, BEN, update(item_id(ident), subject, how="AlwaysOverwrite"))) == [
        "ErrorInvalidPropertySet"
    ]
    assert codes(ask(exchange, BEN, delete(item_id(ident), "MoveToDeletedItems", send=""))) == ["NoError"]
    assert kinds(exchange, BEN, "deleteditems") == [("MeetingRequest", "One")]


def test_reading_is_no_change_of_the_message(exchange: CheckedExchange) -> None:
    meet(exchange, BEN)
    request = (
        "<m:SyncFolderItems><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>"
        f"<m:SyncFolderId>{INBOX}</m:SyncFolderId>{{}}<m:MaxChangesReturned>10</m:MaxChangesReturned>"
        "</m:SyncFolderItems>"
    )
    answer = ask(exchange, BEN, request.format(""))
    (ident,) = listed(exchange, BEN)
    assert find(answer, ".//t:Create/t:MeetingRequest/t:ItemId").get("Id") == ident
    read = (
        f"<t:SetItemField>{paths('message:IsRead')}<t:Message><t:IsRead>true</t:IsRead></t:Message>"
        "</t:SetItemField>"
    )
    ask(exchange, BEN, update(item_id(ident), read, how="AlwaysOverwrite"))
    state = text(answer, ".//m:SyncState")
    answer = ask(exchange, BEN, request.format(f"<m:SyncState>{state}</m:SyncState>"))
    assert text(answer, ".//t:ReadFlagChange/t:IsRead") == "true"


def test_a_colleague_sees_no_messages(exchange: CheckedExchange) -> None:
    exchange.share(BEN, "FullDetails", ANNA)
    meet(exchange, BEN)
    (ident,) = listed(exchange, BEN)
    assert codes(ask(exchange, ANNA, get_item(item_id(ident)))) == ["ErrorAccessDenied"]


def test_new_mail_is_told_of(exchange: CheckedExchange) -> None:
    subscribe = (
        "<m:Subscribe><m:PullSubscriptionRequest><t:FolderIds>" + INBOX + "</t:FolderIds><t:EventTypes>"
        "<t:EventType>NewMailEvent</t:EventType></t:EventTypes><t:Timeout>10</t:Timeout>"
        "</m:PullSubscriptionRequest></m:Subscribe>"
    )
    answer = ask(exchange, BEN, subscribe)
    ident, mark = (text(answer, f".//m:{name}") for name in ("SubscriptionId", "Watermark"))
    meet(exchange, BEN)
    told = ask(
        exchange,
        BEN,
        f"<m:GetEvents><m:SubscriptionId>{ident}</m:SubscriptionId><m:Watermark>{mark}</m:Watermark>"
        "</m:GetEvents>",
    )
    assert ids(find(told, ".//t:NewMailEvent"))[0][0] == listed(exchange, BEN)[0]


def test_meetings_of_the_programme_are_told_to_nobody(exchange: CheckedExchange) -> None:
    """What is put into a calendar without a request is there and nowhere else."""
    series = Recurrence(Pattern("daily"), MONDAY.date(), count=2)
    entry = Entry("x", MONDAY, MONDAY + HOUR, meeting=True, required=(Attendee(BEN),), recurrence=series)
    added = exchange.add_entry(ANNA, entry)
    exchange.change_entry(ANNA, added.key, subject="y")
    assert exchange.entries(BEN) == ()
    assert replace(added, subject="y").uid == calendar(exchange, ANNA).uid


def test_the_time_of_an_answer_is_that_of_the_server() -> None:
    now: list[datetime] = [MONDAY]
    exchange = CheckedExchange(lambda: now[0])
    for who in (ANNA, BEN):
        exchange.add_person(who, "x")
    meet(exchange, BEN)
    now[0] += HOUR
    ask(exchange, BEN, respond("AcceptItem", listed(exchange, BEN)[0]))
    assert calendar(exchange, BEN).replied == MONDAY + HOUR
    assert [one.at for one in calendar(exchange, ANNA).required] == [MONDAY + HOUR]
    assert exchange.found == []
