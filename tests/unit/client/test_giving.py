"""Relationships that are permissions in Exchange: asked, written, told, undone, never lowered in silence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from lyncdesk.client import effects as ef
from lyncdesk.client import events as ev
from lyncdesk.client import views
from lyncdesk.client.ports import ContactsAnswer
from lyncdesk.client.problems import Problem
from lyncdesk.client.state import ContactReading, State
from lyncdesk.client.view_types import Action, Given
from lyncdesk.client.words import Words
from lyncdesk.presence.known_calendar import seen_at
from lyncdesk.presence.publication import Profile
from lyncdesk.presence.relationships import Relationship
from lyncdesk.presence.rights import Level, Right, Rights
from tests.unit.client.driving import PROFILE, Driven, options
from tests.unit.strategies import MINUTE

WORDS = Words()
BEN = "ben@litware.example"
TIMES, DETAILS, EDITOR = Right(Level.TIMES), Right(Level.DETAILS), Right(Level.EDITOR)
C, W = Relationship.COLLEAGUES, Relationship.WORKGROUP


class Giver(Driven):
    """Anna, whose contact Ben is known from Exchange alone."""

    def __init__(self, rights: Rights | None, problem: Problem | None = None) -> None:
        state = State(
            PROFILE, options(contacts=(BEN,)), reading=ContactReading(used=True), pool="exchange-alone"
        )
        super().__init__(state)
        self.signed_in()
        self.answer()
        self.do(ev.ContactSeen(seen_at(Profile(BEN, "Ben Smith", zone=""), None, self.now)))
        self.read(rights, problem)

    def read(self, rights: Rights | None, problem: Problem | None = None) -> None:
        started = self.state.reading.reading_since
        assert started is not None
        self.do(ev.ContactsRead(started, ContactsAnswer(1, 0, 2, rights, problem)))

    @property
    def asked(self) -> list[ef.GiveRight]:
        return [effect for effect in self.effects if isinstance(effect, ef.GiveRight)]

    @property
    def gives(self) -> Given:
        return views.card(BEN, self.state, self.now, WORDS).gives

    def given(self, rights: Rights) -> None:
        self.do(ev.RightGiven(self.asked[-1].number, rights))

    def not_given(self, name: str, rights: Rights | None = None, back_off: timedelta | None = None) -> None:
        self.do(ev.RightNotGiven(self.asked[-1].number, Problem.of(name, code="-"), back_off, rights))


def of_ben(right: Right | None, default: Right = TIMES, unknown: int = 0) -> Rights:
    return Rights(default, {} if right is None else {BEN: right}, unknown)


@pytest.mark.parametrize(
    ("rights", "relationship", "name", "locked"),
    [
        (of_ben(None), C, "Colleagues", ""),
        (of_ben(None, DETAILS), W, "Workgroup", ""),
        (of_ben(DETAILS), W, "Workgroup", ""),
        (of_ben(TIMES, DETAILS), C, "Colleagues", ""),
        (of_ben(Right(Level.NONE)), None, "No permission", ""),
        (of_ben(EDITOR), W, "Editor", "This permission was given in Outlook; it can be changed there."),
        (of_ben(None, Right(Level.REVIEWER)), W, "Reviewer", ""),
        (
            of_ben(Right(Level.CUSTOM, (("ReadItems", "TimeOnly"),))),
            C,
            "Custom permission",
            "This permission was given in Outlook; it can be changed there.",
        ),
    ],
)
def test_what_ben_may_see_is_shown_as_it_is(
    rights: Rights, relationship: Relationship | None, name: str, locked: str
) -> None:
    shown = Giver(rights).gives
    assert (shown.relationship, shown.shown, shown.locked) == (relationship, name, locked)


def test_what_exchange_cannot_express_says_so() -> None:
    shown = Giver(of_ben(None)).gives
    assert shown.denied == set(Relationship) - {C, W}
    texts = {relationship: text for relationship, _, text in shown.choices}
    assert all(texts[one].startswith("not with Exchange alone") for one in shown.denied)


def test_before_and_without_the_permissions_nothing_can_be_given() -> None:
    assert Giver(None).gives.locked == "The permissions of your calendar have not been read yet."
    client = Giver(None, Problem.of("access-denied"))
    assert client.gives.locked == "The permissions of your calendar could not be read."
    client.do(ev.Give(BEN, W))
    assert client.asked == []


def test_the_question_says_what_will_change_and_what_else_goes() -> None:
    shown = Giver(of_ben(None)).gives
    assert shown.question(W) == (
        "Ben Smith will see subject and location of your items in Outlook and LyncDesk. Change?"
    )
    lost = Giver(of_ben(None, unknown=2)).gives
    assert lost.question(C).endswith("2 entries of people who no longer exist go with it.")


def test_a_permission_is_shown_as_given_when_the_server_has_taken_it_and_not_before() -> None:
    client = Giver(of_ben(None))
    client.do(ev.Give(BEN.upper(), W))
    assert client.asked == [ef.GiveRight(1, BEN, DETAILS, None)]
    assert (client.gives.relationship, client.gives.locked) == (
        C,
        "The permission is being changed in Exchange.",
    )
    client.do(ev.Give(BEN, C))
    assert len(client.asked) == 1  # one at a time
    client.given(of_ben(DETAILS))
    shown = client.gives
    assert (shown.relationship, shown.locked, shown.undo) == (W, "", "Undo")
    assert shown.note == "Ben Smith now sees subject and location of your items."
    notice = views.main(client.state, client.now, WORDS).notice
    assert notice is not None
    assert (notice.text, notice.action) == (shown.note, Action.UNDO_GIVING)
    assert client.state.options.gives == {}


@pytest.mark.parametrize("former", [None, TIMES, Right(Level.NONE)])
def test_undo_puts_back_exactly_what_was_there(former: Right | None) -> None:
    client = Giver(of_ben(former))
    client.do(ev.Give(BEN, W))
    client.given(of_ben(DETAILS))
    client.do(ev.GivingUndone())
    assert client.asked[-1] == ef.GiveRight(2, BEN, former, DETAILS)
    client.given(of_ben(former))
    shown = client.gives
    assert (shown.note, shown.undo) == ("Ben Smith's permission is as it was before.", "")
    client.do(ev.GivingUndone())
    assert len(client.asked) == 2


def test_what_became_of_it_is_told_for_ten_minutes() -> None:
    client = Giver(of_ben(None))
    client.do(ev.Give(BEN, W))
    client.given(of_ben(DETAILS))
    client.until(9.9)
    assert client.gives.undo
    client.until(10)
    assert (client.gives.undo, client.gives.note) == ("", "")
    client.do(ev.GivingUndone())
    assert len(client.asked) == 1


def test_what_became_of_it_is_told_no_longer_on_a_clock_that_was_set_back() -> None:
    client = Giver(of_ben(None))
    client.do(ev.Give(BEN, W))
    client.given(of_ben(DETAILS))
    client.now -= 600 * MINUTE
    client.do(ev.Jolted("clock-jumped"))
    assert (client.gives.undo, client.gives.note) == ("", "")


def test_what_was_read_before_a_change_that_is_under_way_does_not_count() -> None:
    client = Giver(of_ben(TIMES))
    client.do(ev.CheckNow())
    client.answer()
    client.do(ev.Give(BEN, W))
    client.read(of_ben(EDITOR))
    assert client.state.giving.known == of_ben(TIMES)
    client.given(of_ben(DETAILS))
    assert client.gives.relationship is W


@pytest.mark.parametrize("given", [True, False])
def test_what_was_read_before_a_change_that_has_ended_since_does_not_count(given: bool) -> None:
    client = Giver(of_ben(TIMES))
    client.do(ev.CheckNow())
    client.answer()
    client.until(0.5)
    client.do(ev.Give(BEN, W))
    if given:
        client.given(of_ben(DETAILS))
    else:
        client.not_given("right-changed", of_ben(EDITOR))
    client.read(of_ben(TIMES))
    assert client.state.giving.known == of_ben(DETAILS if given else EDITOR)
    client.do(ev.CheckNow())
    client.answer()
    client.read(of_ben(None))
    assert client.state.giving.known == of_ben(None)


def test_what_is_so_already_is_not_written() -> None:
    client = Giver(of_ben(TIMES))
    client.do(ev.Give(BEN, C))
    assert (client.asked, client.gives.locked) == ([], "")


def test_after_signing_out_the_permissions_are_not_known() -> None:
    client = Giver(of_ben(TIMES))
    client.do(ev.SignOut())
    assert client.state.giving.known is None


def test_somebody_else_s_change_meanwhile_is_shown_and_not_written_over() -> None:
    client = Giver(of_ben(None))
    client.do(ev.Give(BEN, W))
    client.not_given("right-changed", of_ben(EDITOR))
    shown = client.gives
    assert (shown.shown, shown.undo) == ("Editor", "")
    assert shown.note == (
        "Ben Smith's permission was not changed: The permission was changed by somebody else."
    )
    notice = views.main(client.state, client.now, WORDS).notice
    assert notice is not None
    assert notice.warning
    client.until(10)
    assert client.gives.note == ""


def test_where_nobody_knows_whether_it_was_written_it_is_read_anew() -> None:
    client = Giver(of_ben(None))
    client.until(5)
    client.do(ev.Give(BEN, W))
    client.not_given("timed-out")
    asked = [effect.asked for effect in client.effects if isinstance(effect, ef.ReadContacts)]
    assert (asked[-1].started, asked[-1].rights) == (client.now, True)
    client.read(of_ben(DETAILS))
    assert client.gives.relationship is W


@pytest.mark.parametrize("update", [True, False])
def test_a_server_that_wants_peace_gets_it(update: bool) -> None:
    client = Giver(of_ben(None))
    client.choose(update_presence=update)
    client.do(ev.Give(BEN, W))
    client.not_given("server-busy", back_off=45 * MINUTE)
    client.until(44.9)
    assert client.sent == [0]
    assert len([e for e in client.effects if isinstance(e, ef.ReadContacts)]) == 1


def test_permissions_are_read_with_the_first_read_and_at_once_when_asked_but_not_each_time() -> None:
    client = Giver(of_ben(None))
    client.until(30)
    client.answer()
    client.read(None)
    client.do(ev.CheckNow())
    client.answer()
    asked = [effect.asked.rights for effect in client.effects if isinstance(effect, ef.ReadContacts)]
    assert asked == [True, False, True]
    assert client.state.giving.known == of_ben(None)


def of_another_account() -> Giver:
    """Anna, who changed her account while a permission was being written; a read has ended since."""
    client = Giver(of_ben(TIMES))
    client.do(ev.Give(BEN, W))
    client.choose(account=replace(client.state.options.account, user_name="anna"))
    client.answer()
    client.read(of_ben(TIMES))
    return client


def reads(client: Giver) -> list[bool]:
    """For each read of the contacts whether it asked for the permissions."""
    return [effect.asked.rights for effect in client.effects if isinstance(effect, ef.ReadContacts)]


def test_what_another_account_was_given_late_is_read_anew_of_this_one_and_not_undone() -> None:
    client = of_another_account()
    assert client.gives.locked == "The permission is being changed in Exchange."
    client.until(5)
    before = len(reads(client))
    client.given(of_ben(DETAILS))
    assert (client.state.giving.known, client.gives.note, client.gives.undo) == (None, "", "")
    assert reads(client)[before:] == [True]
    client.read(of_ben(EDITOR))
    assert client.gives.shown == "Editor"
    client.do(ev.GivingUndone())
    assert len(client.asked) == 1


@pytest.mark.parametrize("rights", [None, of_ben(DETAILS)])
def test_what_another_account_was_refused_late_is_told_and_read_anew_of_this_one(
    rights: Rights | None,
) -> None:
    client = of_another_account()
    client.until(5)
    before = len(reads(client))
    client.not_given("right-refused", rights, back_off=45 * MINUTE)
    assert client.gives.note.startswith("Ben Smith's permission was not changed: ")
    assert (client.state.giving.known, client.gives.undo) == (None, "")
    assert reads(client)[before:] == [True]  # that server's wish is not this one's


def test_what_is_refused_late_of_an_account_that_is_in_use_again_is_its_own() -> None:
    client = of_another_account()
    client.choose(account=replace(client.state.options.account, user_name=""))
    client.answer()
    client.not_given("right-changed", of_ben(EDITOR))
    assert client.gives.shown == "Editor"


def test_after_signing_out_nothing_is_given_or_undone() -> None:
    client = Giver(of_ben(None))
    client.do(ev.Give(BEN, W))
    client.do(ev.SignOut())
    client.given(of_ben(DETAILS))
    assert client.gives.undo == ""
    client.do(ev.GivingUndone())
    client.do(ev.Give(BEN, C))
    assert len(client.asked) == 1


def test_contacts_are_grouped_by_what_they_may_see() -> None:
    (row,) = views.main(Giver(of_ben(EDITOR)).state, Giver(None).now, WORDS).contacts
    assert row.relationship is W
    (row,) = views.main(Giver(of_ben(Right(Level.NONE))).state, Giver(None).now, WORDS).contacts
    assert row.relationship is Relationship.EXTERNAL


def test_what_became_of_a_change_stands_on_the_card_of_that_person_alone() -> None:
    client = Giver(of_ben(None))
    client.do(ev.Give(BEN, W))
    client.given(of_ben(DETAILS))
    assert client.gives.note != ""
    other = views.card("carla@litware.example", client.state, client.now, WORDS).gives
    assert (other.note, other.undo) == ("", "")
