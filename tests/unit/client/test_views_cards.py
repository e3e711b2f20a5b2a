"""Contact cards, the list, and what others see: nothing but what was sent."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lyncdesk.client import events as ev
from lyncdesk.client import views
from lyncdesk.client.problems import Problem
from lyncdesk.client.publish import publication, share
from lyncdesk.client.state import ContactReading, State
from lyncdesk.client.view_types import Card
from lyncdesk.client.words import Words
from lyncdesk.presence.freebusy import Stretch, WorkingHours
from lyncdesk.presence.inputs import OutOfOffice
from lyncdesk.presence.items import Item, Kind, ShowAs
from lyncdesk.presence.known_calendar import KnownCalendar, seen_at
from lyncdesk.presence.publication import Profile, Publication, Seen, Told, filtered, offline
from lyncdesk.presence.relationships import DetailsTo, Relationship
from lyncdesk.presence.states import ManualStatus, Presence
from tests.unit.client.driving import PROFILE, Driven, meeting, options, running
from tests.unit.strategies import NOW, OPTIONS, at

WORDS = Words(zone=ZoneInfo("Europe/Berlin"))
BEN = "ben@litware.example"
E, C, W, F, B = Relationship
SHARES_NOTHING = "Ben shares no details of this with you. Ben can change that by putting you in Workgroup"

BENS = Publication(
    Profile(
        BEN, "Ben Smith", "Engineer", "Litware", "Oslo", "+47-WORK", "+47-MOBILE", "+47-HOME", "Asia/Tokyo"
    ),
    Presence(6500, "in-a-meeting"),
    revision=1,
    published_at=NOW,
    valid_until=at(60),
    until=at(60),
    since=at(-60),
    item=meeting(-60, 60, "Wages", location="Room 4"),
    more=1,
    busy=(Stretch(at(-60), at(60), ShowAs.BUSY, Kind.MEETING),),
    note="In the lab",
    calendar_as_of=at(-10),
)  # fmt: skip


def client(*seen: Seen, **fields: object) -> Driven:
    """A client that got these news."""
    made = Driven(State(PROFILE, replace(options(contacts=(BEN,)), **fields)))  # type: ignore[arg-type]
    made.signed_in()
    made.answer()
    for one in seen:
        made.do(ev.ContactSeen(one))
    return made


def card(whole: Publication, given: Relationship, minutes: float = 0, **fields: object) -> Card:
    return views.card(BEN, client(filtered(whole, given), **fields).state, at(minutes), WORDS)


def test_workgroup_sees_subject_location_time_and_how_many_more() -> None:
    shown = card(BENS, W)
    assert shown.presence == "In a meeting until 11:00"
    assert shown.calendar == "In a meeting until 11:00"
    assert shown.detail.lines == ("Wages", "Room 4", "9:00 to 11:00", "and 1 more")
    assert shown.detail.ask == ""
    assert shown.phones == (("Work", "+47-WORK"), ("Mobile", "+47-MOBILE"))
    assert (shown.job, shown.note, shown.local_time) == (
        "Engineer, Litware",
        "In the lab",
        "Local time 18:00",
    )


def test_colleagues_see_the_line_and_a_sentence_why_there_is_no_more_with_a_way_to_ask() -> None:
    shown = card(BENS, C)
    assert shown.calendar == "In a meeting until 11:00"
    assert shown.detail.lines == (SHARES_NOTHING + " or Friends and Family.",)
    assert shown.detail.ask == "Ask Ben"
    assert "Workgroup" in shown.detail.mail_body
    assert "Colleagues" not in " ".join((*shown.detail.lines, shown.detail.mail_body))
    assert shown.phones == (("Work", "+47-WORK"),)


def test_the_sentence_names_the_relationships_of_the_policy() -> None:
    shown = card(BENS, C, details_to=DetailsTo.WORKGROUP)
    assert shown.detail.lines == (SHARES_NOTHING + ".",)


def test_external_sees_the_presence_and_who_it_is_and_nothing_of_the_day() -> None:
    shown = card(BENS, E)
    assert (shown.presence, shown.job) == ("In a meeting", "Engineer, Litware")
    assert (shown.calendar, shown.note, shown.phones, shown.local_time, shown.strip) == ("", "", (), "", None)


def test_friends_and_family_see_every_phone_and_the_details_as_policy_allows() -> None:
    shown = card(BENS, F)
    assert [label for label, _ in shown.phones] == ["Work", "Mobile", "Home"]
    assert shown.detail.lines[0] == "Wages"
    strict = replace(BENS, share=replace(BENS.share, details_to=DetailsTo.WORKGROUP))
    assert card(strict, F).detail.lines[0].startswith("Ben shares no details")


def test_a_private_item_is_private() -> None:
    shown = card(replace(BENS, item=replace(meeting(-60, 60, "Wages"), private=True)), W)
    assert shown.detail.lines == ("Private", "9:00 to 11:00", "and 1 more")


def test_the_card_keeps_the_meeting_when_another_status_was_set_by_hand() -> None:
    shown = card(replace(BENS, presence=Presence(12500), until=None), W)
    assert (shown.presence, shown.detail.lines[0]) == ("Be right back for 1 hour", "Wages")


def test_away_tells_how_long() -> None:
    away = replace(BENS, presence=Presence(15500), until=None, since=at(-25), item=None, more=0, busy=())
    assert card(away, C).presence == "Away for 25 minutes"
    assert card(away, E).presence == "Away"


@pytest.mark.parametrize(("given", "shown"), [(W, "Urgent interruptions only"), (C, "Do not disturb")])
def test_do_not_disturb_is_told_as_the_relationship_reads_it(given: Relationship, shown: str) -> None:
    dnd = replace(BENS, presence=Presence(9500), until=None)
    assert card(dnd, given).presence == shown


def test_out_of_office_has_its_own_line_with_its_note() -> None:
    away = replace(BENS, presence=Presence(6500, out_of_office=True))
    assert card(away, C).out_of_office == "Out of office"
    assert (
        card(replace(away, out_of_office_note="Back on Monday"), C).out_of_office
        == "Out of office: Back on Monday"
    )
    assert card(away, E).out_of_office == ""


@pytest.mark.parametrize("show_as", [ShowAs.TENTATIVE, ShowAs.WORKING_ELSEWHERE])
def test_an_item_whose_subject_nobody_is_sent_is_not_said_to_be_nothing(show_as: ShowAs) -> None:
    stretch = Stretch(at(-60), at(60), show_as, Kind.MEETING)
    elsewhere = replace(BENS, presence=Presence(3500), until=None, item=None, more=0, busy=(stretch,))
    assert card(elsewhere, W).detail.lines == (
        "Only items shown as Busy or Out of office tell what they are about.",
    )
    assert card(elsewhere, W, minutes=61).detail.lines == ("Nothing is planned now.",)


def test_somebody_with_nothing_on_is_said_to_have_nothing_on() -> None:
    free = replace(BENS, presence=Presence(3500), until=None, item=None, more=0, busy=())
    assert card(free, W).detail.lines == card(free, C).detail.lines == ("Nothing is planned now.",)


def test_an_item_is_not_shown_beyond_its_end_by_an_owner_whose_computer_sleeps() -> None:
    away = replace(BENS, presence=Presence(15500), until=None)
    assert card(away, W, minutes=59.9).detail.lines[0] == "Wages"
    assert card(away, W, minutes=60).detail.lines == ("Nothing is planned now.",)
    following = (*BENS.busy, Stretch(at(60), at(90), ShowAs.BUSY, Kind.MEETING))
    shown = card(replace(away, busy=following), W, minutes=60)
    assert shown.detail.lines == ("What Ben is at now has not been told yet.",)
    assert shown.detail.ask == ""


def test_a_calendar_that_was_not_read_yet_is_said_to_be_so() -> None:
    fresh = replace(
        BENS, presence=Presence(3500), until=None, item=None, busy=(), calendar_as_of=None, valid_until=None
    )
    shown = card(fresh, W)
    assert (shown.calendar, shown.strip) == ("", None)
    assert shown.detail.lines == ("Ben's calendar has not been read yet.",)
    assert shown.age == "The calendar has not been read yet."


def test_old_data_are_marked_by_their_owner_and_by_their_promise() -> None:
    told = card(replace(BENS, stale=True), C)
    assert told.indicator.stale
    assert told.age == "This may be out of date: calendar as of 9:50, 10 minutes old."
    assert not card(BENS, C, 59.9).indicator.stale
    late = card(BENS, C, 60)
    assert late.indicator.stale
    assert late.strip is not None
    assert all(part.stale for part in late.strip.parts)
    assert card(BENS, E, 60).age == "This may be out of date."


def test_a_calendar_of_which_items_may_be_missing_is_not_called_old() -> None:
    thin = replace(BENS, incomplete=True)
    told = card(thin, C)
    assert told.age == "Some of Ben's recurring items may be missing: Ben may be busy while shown as free."
    assert told.indicator.text == "In a meeting, some items may be missing"
    assert told.strip is not None
    assert told.indicator.stale
    assert all(part.stale for part in told.strip.parts)
    # Who may not see the calendar hears nothing of what is in it.
    assert card(thin, E).age == "Ben may be busy although this does not show it."
    (row,) = views.contacts(client(filtered(thin, C)).state, NOW, WORDS)
    assert row.indicator == told.indicator
    # What is old besides is told as old: that counts more.
    assert "out of date" in card(replace(thin, stale=True), C).age
    assert card(thin, B).age == ""


def test_a_contact_of_whom_nothing_was_heard_is_unknown() -> None:
    shown = views.card(BEN, client().state, NOW, WORDS)
    assert (shown.presence, shown.name, shown.calendar) == ("Presence unknown", BEN, "")
    assert shown.detail.lines == (f"No calendar is known of {BEN} now.",)


def test_a_contact_is_found_whatever_the_case_of_the_address() -> None:
    made = client(filtered(BENS, W))
    made.do(ev.Give(BEN, W))
    shown = views.card("Ben@LITWARE.example", made.state, NOW, WORDS)
    assert (shown.name, shown.gives.relationship) == ("Ben Smith", W)


@pytest.mark.parametrize("given", [E, C, W, F])
def test_a_card_of_somebody_who_blocked_me_cannot_be_told_from_one_who_is_signed_out(
    given: Relationship,
) -> None:
    bare = replace(BENS, profile=Profile(BEN, "Ben Smith", zone=""))
    assert card(bare, B) == card(offline(bare), given)
    assert card(BENS, B).job == ""


# people who are known from Exchange alone


def alone(calendar: KnownCalendar | None, *, problem: Problem | None = None) -> Card:
    """The card of somebody whose calendar is all that is known."""
    made = client(seen_at(Profile(BEN, "Ben Smith", "Engineer", zone=""), calendar, NOW))
    reading = ContactReading(used=True, problem=problem)
    made.state = replace(made.state, pool="exchange-alone", reading=reading)
    return views.card(BEN, made.state, NOW, WORDS)


def calendar_of(told: Told, *items: Item) -> KnownCalendar:
    return KnownCalendar.of(told, at(-1), items)


MEETING = Item(at(-5), at(25), kind=Kind.MEETING, subject="Budget", location="Room 4")
BARE = Item(at(-5), at(25), kind=Kind.UNKNOWN)


def test_a_contact_known_from_exchange_alone_is_free_in_calendar_and_its_line_is_told() -> None:
    shown = alone(calendar_of(Told.DETAILS))
    assert (shown.presence, shown.calendar) == ("Free in calendar", "Free for the rest of the day")
    assert shown.detail.lines == ("Nothing is planned now.",)
    assert shown.job == "Engineer"


def test_an_item_that_is_shared_in_exchange_is_told_with_subject_location_and_time() -> None:
    shown = alone(calendar_of(Told.DETAILS, MEETING))
    assert (shown.presence, shown.calendar) == ("In a meeting until 10:25", "In a meeting until 10:25")
    assert shown.detail.lines == ("Budget", "Room 4", "9:55 to 10:25")


@pytest.mark.parametrize(
    ("calendar", "line", "ask"),
    [
        (calendar_of(Told.TIMES, BARE), "Ben shares free/busy only.", "Ask Ben"),
        (
            calendar_of(Told.NO_DETAILS, BARE),
            "No details of Ben's calendar are on the server, only the times.",
            "",
        ),
        (
            calendar_of(Told.DETAILS, BARE),
            "No details of Ben's calendar are on the server, only the times.",
            "",
        ),
        (calendar_of(Told.NOTHING), "Ben's calendar could not be read.", ""),
        (calendar_of(Told.NOT_SHARED), "Ben shares no free/busy times with you in Exchange.", "Ask Ben"),
        (
            calendar_of(Told.NO_MAILBOX),
            "Exchange knows no calendar of Ben: only people with a mailbox there have one.",
            "",
        ),
        (None, "Ben's calendar has not been read yet.", ""),
    ],
)
def test_with_exchange_alone_it_is_said_exactly_why_there_are_no_details(
    calendar: KnownCalendar | None, line: str, ask: str
) -> None:
    shown = alone(calendar)
    assert (shown.detail.lines, shown.detail.ask) == ((line,), ask)
    if ask:
        assert "permissions of your calendar in Outlook" in shown.detail.mail_body


def test_a_calendar_that_was_not_read_tells_what_went_wrong() -> None:
    shown = alone(None, problem=Problem.of("timed-out"))
    assert shown.detail.lines == ("Ben's calendar has not been read yet.", "Exchange did not answer.")


def test_a_private_item_of_exchange_alone_says_no_more_than_that() -> None:
    shown = alone(calendar_of(Told.DETAILS, replace(MEETING, private=True, kind=Kind.UNKNOWN)))
    assert shown.detail.lines == ("Private", "9:55 to 10:25")
    assert "Budget" not in repr(shown)


def test_the_card_offers_every_relationship_with_what_it_means() -> None:
    shown = card(BENS, C)
    assert [relationship for relationship, _, _ in shown.gives.choices] == list(Relationship)
    assert shown.sees_you_as == "Ben sees you as:"


# the strip of a contact


def test_a_contacts_strip_shows_what_blocks_in_the_viewers_own_zone() -> None:
    busy = (
        Stretch(at(-120), at(-60), ShowAs.TENTATIVE, Kind.MEETING),
        Stretch(at(-60), at(60), ShowAs.BUSY, Kind.MEETING),
        Stretch(at(60), at(120), ShowAs.OOF),
        Stretch(at(11 * 60), at(12 * 60), ShowAs.BUSY, Kind.APPOINTMENT),
    )
    strip = card(replace(BENS, busy=busy), C).strip
    assert strip is not None
    assert strip.zone == "Europe/Berlin"
    assert strip.summary == (
        "Free, 7:00 to 9:00; In a meeting, 9:00 to 11:00; Out of office, 11:00 to 12:00;"
        " Free, 12:00 to 21:00; Busy, 21:00 to 22:00"
    )
    assert [part.out_of_office for part in strip.parts] == [False, False, True, False, False]


# the list


def test_the_list_shows_each_contact_with_the_line_group_and_relationship() -> None:
    made = client(filtered(BENS, C), groups={"Team": (BEN,)})
    (row,) = views.contacts(made.state, NOW, WORDS)
    assert (row.name, row.text, row.calendar) == (
        "Ben Smith",
        "In a meeting until 11:00",
        "In a meeting until 11:00",
    )
    assert (row.group, row.relationship) == ("Team", C)
    assert views.contacts(client().state, NOW, WORDS)[0].group == ""


def test_the_most_reachable_come_first_and_unknown_comes_last() -> None:
    presences = [
        Presence(3500),
        Presence(0, "free-in-calendar"),
        Presence(5000),
        Presence(6500),
        Presence(9500),
        Presence(15500),
        Presence(18500),
        Presence(0),
    ]
    seen = [Seen(Profile(f"{n}@litware.example"), presence) for n, presence in enumerate(presences)]
    made = client(*seen, contacts=tuple(one.profile.address for one in seen))
    ranks = [row.rank for row in views.contacts(made.state, NOW, WORDS)]
    assert ranks == sorted(set(ranks))


def test_the_line_outside_working_hours_names_the_day_on_which_work_begins() -> None:
    hours = WorkingHours("Asia/Tokyo", frozenset(range(7)))
    off = replace(BENS, busy=(), item=None, more=0, working_hours=hours)
    assert card(off, C).calendar == "Outside working hours until tomorrow 0:00"


# as others see me


@settings(max_examples=40)
@given(OPTIONS, st.sampled_from(Relationship), st.sampled_from([None, *ManualStatus]))
def test_as_others_see_me_is_the_card_of_exactly_what_would_be_sent(
    chosen: object, given: Relationship, status: ManualStatus | None
) -> None:
    me = running(meeting(-60, 60, "Wages"))
    me.do(ev.OptionsChanged(chosen))  # type: ignore[arg-type]
    if status is not None:
        me.do(ev.SetStatus(status))
    sent = filtered(me.published[-1], given)
    viewer = client(sent, details_to=me.state.options.details_to)
    got = views.card(PROFILE.address, viewer.state, me.now, WORDS)
    shown = views.as_seen_by(me.state, given, me.now, WORDS)
    mine = replace(shown.detail, mail_body=got.detail.mail_body)
    assert replace(shown, gives=got.gives, detail=mine) == got


def test_signed_out_one_is_seen_as_offline_with_nothing_of_the_day() -> None:
    me = running(meeting(-60, 60))
    me.do(ev.NoteWritten("In the lab"))
    me.do(ev.SignOut())
    shown = views.as_seen_by(me.state, W, me.now, WORDS)
    assert (shown.presence, shown.note, shown.calendar) == ("Offline", "", "")


REASONED = (meeting(-60, 60, "Wages"), Item(at(-30), at(30), ShowAs.OOF, subject="Fair"))


@pytest.mark.parametrize(("given", "subject"), [(E, False), (C, False), (W, True), (F, True), (B, False)])
@pytest.mark.parametrize("private", [False, True])
def test_a_reason_shown_to_others_tells_no_more_than_the_card(
    given: Relationship, subject: bool, private: bool
) -> None:
    me = running(*(replace(item, private=private) for item in REASONED))
    told = repr(views.why_seen(me.state, given, me.now, WORDS))
    assert ("Wages" in told) is (subject and not private)
    assert ("Fair" in told) is (subject and not private)
    assert ("9:00 to 11:00" in told) is (given in (C, W, F))


@pytest.mark.parametrize("show_as", [ShowAs.FREE, ShowAs.TENTATIVE])
def test_the_subject_of_what_is_free_or_tentative_is_in_no_reason_for_others(show_as: ShowAs) -> None:
    me = running(meeting(-60, 60, "Wages", show_as=show_as))
    assert "Wages" in repr(views.why(me.state, me.now, WORDS).rows)
    assert "Wages" not in repr(views.why_seen(me.state, W, me.now, WORDS))


def test_switches_filter_the_reasons_as_they_filter_the_card() -> None:
    me = running(*REASONED)
    me.choose(share_details=False)
    assert "Wages" not in repr(views.why_seen(me.state, W, me.now, WORDS))
    me.choose(share_out_of_office=False)
    assert "Out of office" not in repr(views.why_seen(me.state, W, me.now, WORDS))
    me.choose(share_free_busy=False)
    assert "9:00" not in repr(views.why_seen(me.state, W, me.now, WORDS))


def test_an_absence_that_is_not_shared_is_in_no_reason_and_on_no_card() -> None:
    me = running(meeting(-60, 60, "Surgery", show_as=ShowAs.OOF))
    me.choose(share_out_of_office=False)
    told = repr((views.why_seen(me.state, W, me.now, WORDS), views.as_seen_by(me.state, W, me.now, WORDS)))
    assert "Surgery" not in told
    assert "Out of office" not in told
    assert views.as_seen_by(me.state, W, me.now, WORDS).calendar.startswith("Busy until")


@pytest.mark.parametrize(
    ("given", "fields", "hides"),
    [
        (W, {}, ()),
        (F, {}, ()),
        (C, {}, ("Subject and location are for Workgroup and Friends and Family only.",)),
        (F, {"details_to": DetailsTo.WORKGROUP}, ("Subject and location are for Workgroup only.",)),
        (W, {"share_details": False}, ("You do not share subject and location.",)),
        (W, {"details_allowed": False}, ("Subject and location are not shared: set by your administrator.",)),
        (W, {"share_free_busy": False}, ("You do not share your free/busy times.",)),
        (W, {"free_busy_allowed": False}, ("Free/busy times are not shared: set by your administrator.",)),
        (W, {"share_out_of_office": False}, ("You do not share your out-of-office information.",)),
        (W, {"note_allowed": False}, ("Notes are not shared: set by your administrator.",)),
        (E, {}, ("External: sees no free/busy, no times, no notes and no out of office.",)),
        (B, {}, ("Blocked: always sees you as Offline, and nothing else.",)),
    ],
)
def test_the_owner_is_told_what_hides_the_rest(
    given: Relationship, fields: dict[str, object], hides: tuple[str, ...]
) -> None:
    assert views.what_hides(client(**fields).state, given, WORDS) == hides


def test_the_reply_note_is_published_while_replies_are_on() -> None:
    me = Driven().signed_in()
    me.answer(out_of_office=OutOfOffice("Back on Monday", at(5), at(10)))
    notes = [me.until(m).published[-1].out_of_office_note for m in (4, 5, 10)]
    assert notes == ["", "Back on Monday", ""]
    assert publication(me.state, me.now).share == share(me.state)


def exchange_only(*items: Item, **fields: object) -> Driven:
    """A client that has nothing but Exchange, in the middle of these items."""
    me = running(*items)
    me.state = replace(me.state, reading=ContactReading(used=True), **fields)  # type: ignore[arg-type]
    return me


def test_who_is_told_no_calendar_by_a_pool_has_a_line_that_opens_the_question() -> None:
    assert (card(BENS, E).calendar, card(BENS, E).no_calendar) == ("", "Not shared with you")
    assert card(BENS, B).no_calendar == ""


@pytest.mark.parametrize(
    ("given", "shown", "lines"),
    [
        (C, "Busy until 11:00", ("Anna shares free/busy only.",)),
        (W, "In a meeting until 11:00", ("Wages", "Room 4", "9:00 to 11:00")),
    ],
)
def test_with_exchange_alone_others_see_the_calendar_whatever_the_status_by_hand(
    given: Relationship, shown: str, lines: tuple[str, ...]
) -> None:
    me = exchange_only(meeting(-60, 60, "Wages", location="Room 4"))
    me.do(ev.SetStatus(ManualStatus.DO_NOT_DISTURB))
    me.do(ev.NoteWritten("In the lab"))
    seen = views.as_seen_by(me.state, given, me.now, WORDS)
    assert (seen.presence, seen.calendar, seen.note) == (shown, shown, "")
    assert seen.detail.lines == lines
    assert views.why_seen(me.state, given, me.now, WORDS) == ()
    free = views.as_seen_by(me.state, given, at(70), WORDS)
    assert free.presence == "Free in calendar"
    off = exchange_only(meeting(-60, 60, "Wages", cancelled=True))
    assert views.as_seen_by(off.state, given, off.now, WORDS).presence == "Free in calendar"


def test_with_exchange_alone_who_has_no_permission_sees_nothing_and_what_is_old_is_marked() -> None:
    me = exchange_only(meeting(-60, 60, "Wages"))
    nothing = views.as_seen_by(me.state, E, me.now, WORDS)
    assert (nothing.presence, nothing.calendar, nothing.strip) == ("Presence unknown", "", None)
    assert nothing.no_calendar == "Not shared with you"
    thin = replace(me.state, calendar=replace(me.state.calendar, complete=False))
    assert views.as_seen_by(thin, C, me.now, WORDS).age.startswith("Some of Anna's recurring items")
    assert views.as_seen_by(me.state, C, at(200), WORDS).indicator.stale
    unread = replace(me.state, calendar=replace(me.state.calendar, items=(), as_of=None))
    assert views.as_seen_by(unread, W, me.now, WORDS).no_calendar == "Not read yet"
    assert views.as_seen_by(unread, E, me.now, WORDS).no_calendar == "Not shared with you"


def test_with_exchange_alone_the_owner_is_told_what_its_permissions_hide() -> None:
    me = exchange_only()
    status = "Your status is not shown: with Exchange alone only you see it."
    assert views.what_hides(me.state, W, WORDS) == (status,)
    assert views.what_hides(me.state, C, WORDS) == (
        status,
        "The permission of your calendar shows only when you are free or busy.",
    )
    assert views.what_hides(me.state, E, WORDS) == (
        status,
        "Without a permission of your calendar Exchange shows nothing of it.",
    )
    # Levels that Exchange does not know cannot be looked from.
    assert views.viewers(me.state) == (C, W)
    assert views.viewers(running().state) == tuple(Relationship)


@pytest.mark.parametrize(
    ("told", "line"),
    [
        (Told.NOT_YET, "Not read yet"),
        (Told.NOTHING, "Could not be read"),
        (Told.NOT_SHARED, "Not shared with you"),
        (Told.NO_MAILBOX, "None in Exchange"),
    ],
)
def test_a_calendar_of_which_nothing_came_has_a_line_that_opens_the_reason(told: Told, line: str) -> None:
    seen = Seen(Profile(BEN, "Ben Smith"), Presence(0), told=told)
    shown = views.card(BEN, client(seen).state, NOW, WORDS)
    assert (shown.calendar, shown.no_calendar) == ("", line)
    assert shown.detail.lines[0].startswith(("Ben", "Exchange knows no calendar of Ben"))


def test_what_keeps_calendars_from_being_read_is_no_reason_for_what_is_not_shared() -> None:
    problem = Problem.of("timed-out")
    shown = alone(calendar_of(Told.NOT_SHARED), problem=problem)
    assert shown.detail.lines == ("Ben shares no free/busy times with you in Exchange.",)
