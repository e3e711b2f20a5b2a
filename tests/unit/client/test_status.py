"""The status by hand, Reset Status, and what is remembered and published of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from lyncdesk.client import effects as ef
from lyncdesk.client import events as ev
from lyncdesk.client.problems import Problem
from lyncdesk.presence.inputs import Machine, Manual, OutOfOffice
from lyncdesk.presence.items import Item
from lyncdesk.presence.publication import Profile, Seen, unknown
from lyncdesk.presence.relationships import DetailsTo, Relationship
from lyncdesk.presence.states import ManualStatus, Presence
from tests.unit.client.driving import PROFILE, REFUSED, Driven, meeting, running
from tests.unit.strategies import MINUTE, NOW, at

DAY = timedelta(hours=24)


def remembered(effects: tuple[ef.Effect, ...]) -> list[Manual | None]:
    return [e.manual for e in effects if isinstance(e, ef.Remember)]


# by hand


@pytest.mark.parametrize("status", list(ManualStatus))
def test_a_status_by_hand_shows_at_once_is_published_and_remembered(status: ManualStatus) -> None:
    client = running(meeting(-5, 60))
    effects = client.do(ev.SetStatus(status, device="desk"))
    until = NOW + DAY if status in (ManualStatus.BUSY, ManualStatus.DO_NOT_DISTURB) else None
    assert remembered(effects) == [Manual(status, NOW, until, "desk")]
    assert client.published[-1].presence.text == client.text
    assert client.text == {"Appear away": "Away"}.get(status.value, status.value)


def test_the_card_keeps_the_meeting_while_a_status_by_hand_shows() -> None:
    client = running(meeting(-5, 60))
    client.do(ev.SetStatus(ManualStatus.BE_RIGHT_BACK))
    assert client.published[-1].item == meeting(-5, 60)


def test_busy_by_hand_ends_by_itself_after_24_hours_and_is_forgotten() -> None:
    client = running(interval=8 * 60 * MINUTE)
    client.do(ev.SetStatus(ManualStatus.BUSY))
    client.until(24 * 60 - 0.01)
    assert client.text == "Busy"
    before = len(client.effects)
    client.until(24 * 60)
    assert client.text == "Available"
    assert remembered(tuple(client.effects[before:])) == [None]


def test_a_status_ends_at_the_time_that_was_chosen_and_at_the_longest_that_policy_allows() -> None:
    client = running(manual_expiry=60 * MINUTE)
    client.do(ev.SetStatus(ManualStatus.DO_NOT_DISTURB, at(20)))
    assert client.until(19.9).text == "Do not disturb"
    assert client.until(20).text == "Available"
    client.do(ev.SetStatus(ManualStatus.DO_NOT_DISTURB, at(900)))
    assert client.state.manual is not None
    assert client.state.manual.until == at(80)


def test_available_by_hand_is_dropped_for_good_when_a_later_busy_item_begins() -> None:
    client = running(meeting(-5, 10), meeting(20, 30))
    client.do(ev.SetStatus(ManualStatus.AVAILABLE))
    assert client.until(19.9).text == "Available"
    before = len(client.effects)
    assert client.until(20).text == "In a meeting"
    assert remembered(tuple(client.effects[before:])) == [None]
    client.until(29)
    client.do(ev.OptionsChanged(client.state.options))
    assert client.state.manual is None
    assert client.until(30).text == "Available"


def test_a_status_by_hand_survives_a_restart_and_one_that_is_over_does_not() -> None:
    client = running(meeting(-5, 60))
    client.do(ev.RestoreManual(Manual(ManualStatus.DO_NOT_DISTURB, at(-90), at(30))))
    assert client.text == "Do not disturb"
    effects = client.do(ev.RestoreManual(Manual(ManualStatus.BUSY, at(-1500), at(-60))))
    assert (client.text, remembered(effects)) == ("In a meeting", [None])


def test_a_status_by_hand_survives_signing_out_and_in() -> None:
    client = running()
    client.do(ev.SetStatus(ManualStatus.BE_RIGHT_BACK))
    client.do(ev.SignOut())
    assert client.text == "Offline"
    client.do(ev.SignIn())
    assert client.text == "Be right back"


# Reset Status


def test_reset_status_drops_the_status_at_once_sends_no_request_and_waits_for_the_next_good_check() -> None:
    client = running(meeting(-5, 60)).until(2)
    client.do(ev.SetStatus(ManualStatus.BE_RIGHT_BACK))
    effects = client.do(ev.ResetStatus())
    assert (client.text, remembered(effects), client.sent) == ("In a meeting", [None], [0])
    assert (client.state.reset_waiting, client.next) == (True, 30)
    client.until(30)
    assert client.state.reset_waiting
    client.fail()
    assert client.state.reset_waiting
    client.until(31)
    client.answer()
    assert not client.state.reset_waiting


def test_reset_status_recomputes_from_the_calendar_as_last_checked() -> None:
    client = running().until(2)
    client.do(ev.SetStatus(ManualStatus.BUSY))
    client.do(ev.ResetStatus())
    assert client.text == "Available"
    client.until(30)
    client.answer(meeting(1, 60))
    assert client.text == "In a meeting"


def test_reset_status_waits_even_if_no_status_was_picked() -> None:
    client = running()
    client.do(ev.ResetStatus())
    assert client.state.reset_waiting


@pytest.mark.parametrize("without", ["calendar off", "password refused", "signed out"])
def test_where_no_check_is_planned_reset_status_does_not_wait_and_says_so(without: str) -> None:
    client = running().until(30)
    if without == "password refused":
        client.fail(REFUSED)
    elif without == "signed out":
        client.do(ev.SignOut())
    else:
        client.choose(update_presence=False)
    client.do(ev.ResetStatus())
    assert (client.state.reset_waiting, client.state.reset_unplanned) == (False, without != "signed out")


def test_a_reset_that_waits_is_told_when_the_check_it_waits_for_is_no_longer_planned() -> None:
    client = running().until(30)
    client.do(ev.ResetStatus())
    client.fail(REFUSED)
    assert (client.state.reset_waiting, client.state.reset_unplanned) == (False, True)
    client.do(ev.PasswordEntered())
    assert (client.state.reset_waiting, client.state.reset_unplanned) == (True, False)
    client.choose(update_presence=False)
    assert (client.state.reset_waiting, client.state.reset_unplanned) == (False, True)
    client.choose(update_presence=True)
    assert (client.state.reset_waiting, client.state.reset_unplanned) == (False, False)


def test_picking_a_status_ends_the_waiting() -> None:
    client = running()
    client.do(ev.ResetStatus())
    client.do(ev.SetStatus(ManualStatus.BUSY))
    assert not client.state.reset_waiting


# machines


def test_the_computers_own_moments_need_no_event() -> None:
    client = running(interval=60 * MINUTE)
    client.machine(idle_since=NOW)
    texts = [client.until(m).published[-1].presence.text for m in (4.9, 5, 9.9, 10)]
    assert texts == ["Available", "Inactive", "Inactive", "Away"]
    last_active = [client.published[-1].last_active]
    client.machine()
    last_active.append(client.published[-1].last_active)
    assert (client.published[-1].presence.text, last_active) == ("Available", [NOW, None])


def test_each_computer_replaces_what_it_told_before() -> None:
    client = running()
    client.machine(id="desk", locked=True)
    client.machine(id="laptop", locked=True)
    assert client.text == "Away"
    client.machine(id="laptop")
    assert client.text == "Available"
    assert sorted(machine.id for machine in client.state.machines) == ["desk", "laptop"]


# publishing


def test_only_what_is_new_is_published_and_each_time_with_a_higher_revision() -> None:
    client = running(meeting(5, 10))
    before = len(client.published)
    client.do(ev.Tick())
    client.machine(id="desk")
    client.do(ev.ProblemFound(Problem.of("keyring-missing")))
    client.do(ev.ContactSeen(Seen(Profile("ben@litware.example"), Presence(3500))))
    assert len(client.published) == before
    client.until(10)
    assert [p.presence.text for p in client.published[before:]] == ["In a meeting", "Available"]
    client.do(ev.SignOut())
    client.do(ev.SignIn())
    revisions = [p.revision for p in client.published]
    assert all(one < following for one, following in pairwise(revisions))


def test_giving_a_relationship_publishes_who_gets_what_and_remembers_it() -> None:
    client = running()
    effects = client.do(ev.Give(" Ben@Litware.example", Relationship.WORKGROUP))
    assert client.state.options.gives == {"ben@litware.example": Relationship.WORKGROUP}
    publish = next(e for e in effects if isinstance(e, ef.Publish))
    assert publish.gives == client.state.options.gives
    assert len([e for e in effects if isinstance(e, ef.Remember)]) == 1


@pytest.mark.parametrize("default", [None, Relationship.COLLEAGUES])
def test_giving_the_default_takes_the_entry_away(default: Relationship | None) -> None:
    client = running()
    client.do(ev.Give("ben@litware.example", Relationship.WORKGROUP))
    client.do(ev.Give("BEN@litware.example", default))
    assert client.state.options.gives == {}


def test_what_the_person_and_the_administrator_let_out_travels_with_the_publication() -> None:
    client = running(details_to=DetailsTo.WORKGROUP)
    assert client.published[-1].share.details
    for name in ("share_details", "details_allowed", "share_free_busy", "free_busy_allowed", "note_allowed"):
        client.choose(**{name: False})
        share = client.published[-1].share
        field = {"details": share.details, "free_busy": share.free_busy, "note": share.note}
        assert field[next(key for key in field if key in name)] is False
        client.choose(**{name: True})
    client.choose(share_out_of_office=False)
    assert client.published[-1].share.out_of_office is False
    assert client.published[-1].share.details_to is DetailsTo.WORKGROUP


def test_automatic_replies_that_are_not_shared_still_mark_the_persons_own_presence() -> None:
    client = Driven(share_out_of_office=False).signed_in()
    client.answer(out_of_office=OutOfOffice("Back on Monday", at(5), at(10)))
    assert [client.until(m).shown.presence.out_of_office for m in (4, 5, 10)] == [False, True, False]


def test_a_note_is_published_and_remembered() -> None:
    client = running()
    effects = client.do(ev.NoteWritten("In the lab"))
    assert client.published[-1].note == "In the lab"
    assert [e.options.note for e in effects if isinstance(e, ef.Remember)] == ["In the lab"]


def test_since_tells_when_the_shown_text_last_changed() -> None:
    client = running(meeting(5, 10), Item(at(10), at(20)), replace(meeting(20, 25), subject="Other"))
    client.until(12)
    assert client.state.since == at(10)
    client.do(ev.NoteWritten("x"))
    assert client.published[-1].since == at(10)
    assert client.until(22).state.since == at(20)


# contacts and problems


def test_contacts_come_and_go_by_their_address_whatever_its_case() -> None:
    client = running()
    ben = Seen(Profile("Ben@Litware.example"), Presence(3500))
    client.do(ev.ContactSeen(ben))
    assert client.state.contacts == {"ben@litware.example": ben}
    client.do(ev.ContactGone("BEN@litware.example"))
    assert client.state.contacts == {}


def test_signed_out_and_anew_contacts_keep_their_names_and_nothing_else() -> None:
    client = running()
    ben = Profile("ben@litware.example", "Ben Smith", "Engineer", work_phone="+47 1")
    client.do(ev.ContactSeen(Seen(ben, Presence(3500), note="In the lab")))
    left = {"ben@litware.example": unknown(Profile("ben@litware.example", "Ben Smith"))}
    client.do(ev.SignOut())
    assert client.state.contacts == left
    client.do(ev.SignIn())
    assert client.state.contacts == left


def test_news_that_were_under_way_when_the_person_signed_out_are_dropped() -> None:
    client = running()
    client.do(ev.SignOut())
    client.do(ev.ContactSeen(Seen(Profile("ben@litware.example"), Presence(3500))))
    assert client.state.contacts == {}


def test_news_of_others_that_come_at_the_very_moment_of_a_change_do_not_swallow_it() -> None:
    client = running(meeting(5, 10))
    client.now = at(5)
    client.do(ev.ContactSeen(Seen(Profile("ben@litware.example"), Presence(3500))))
    assert client.published[-1].presence.text == "In a meeting"
    client.now = at(6)
    assert client.do(ev.ContactGone("ben@litware.example")) == ()


def test_a_problem_is_there_once_until_it_is_gone() -> None:
    client = running()
    client.do(ev.ProblemFound(Problem.of("keyring-missing", code="a")))
    client.do(ev.ProblemFound(Problem.of("keyring-missing", code="b")))
    found = [client.state.problems]
    client.do(ev.ProblemGone("keyring-missing"))
    found.append(client.state.problems)
    assert found == [(Problem.of("keyring-missing", code="b"),), ()]


def test_signing_in_joins_the_pool_before_anything_is_published() -> None:
    client = Driven(contacts=("ben@litware.example",))
    kinds = [type(e) for e in client.do(ev.SignIn())]
    assert kinds == [ef.JoinPool, ef.FetchCalendar, ef.Publish]
    assert client.effects[0] == ef.JoinPool(("ben@litware.example",))


def test_the_persons_own_profile_is_published_when_it_becomes_known() -> None:
    client = running()
    client.do(ev.ProfileKnown(replace(PROFILE, title="Head of Budget")))
    assert client.published[-1].profile.title == "Head of Budget"


def test_a_locked_computer_shows_away_whatever_the_calendar_says() -> None:
    client = running(meeting(-5, 60))
    client.do(ev.MachineChanged(Machine(locked=True)))
    assert client.published[-1].presence == Presence(15500)
