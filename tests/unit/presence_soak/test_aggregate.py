"""One presence from many inputs: the eight rules, each with what it beats and what beats it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from lyncdesk.presence.aggregate import decide, live_manual, next_change, shown_until
from lyncdesk.presence.inputs import Inputs, Machine, Manual, OutOfOffice, Rules, picked
from lyncdesk.presence.items import Item, Kind, ShowAs
from lyncdesk.presence.reasons import Source
from lyncdesk.presence.states import ManualStatus, Presence
from tests.unit.strategies import MINUTE, NOW, at

APPOINTMENT = Item(at(-30), at(30), subject="Desk work")
MEETING = replace(APPOINTMENT, kind=Kind.MEETING, subject="Budget review")
AWAY_ITEM = replace(APPOINTMENT, show_as=ShowAs.OOF, subject="Fair")
IN_USE = Machine("desk")
INACTIVE = Machine("desk", idle_since=at(-5))
IDLE = Machine("desk", idle_since=at(-10))
LOCKED = Machine("desk", locked=True)
ASLEEP = Machine("desk", asleep=True)
TIE_TO_AWAY = [LOCKED, ASLEEP, IDLE]


def inputs(*items: Item, by_hand: ManualStatus | Manual | None = None, **fields: Any) -> Inputs:
    manual = Manual(by_hand, at(-60)) if isinstance(by_hand, ManualStatus) else by_hand
    return Inputs(items=items, manual=manual, **fields)


def shown(asked: Inputs) -> str:
    return decide(asked, NOW).presence.text


def number(asked: Inputs) -> int:
    return decide(asked, NOW).presence.availability


@pytest.mark.parametrize("status", list(ManualStatus))
@pytest.mark.parametrize("machine", [IN_USE, IDLE, LOCKED])
def test_rule_1_signed_out_is_offline_whatever_else_holds(status: ManualStatus, machine: Machine) -> None:
    decision = decide(inputs(MEETING, AWAY_ITEM, by_hand=status, machines=(machine,), signed_in=False), NOW)
    assert decision.presence == Presence(18500)
    assert (decision.item, decision.more, decision.source) == (None, 0, Source.SIGN_IN)


@pytest.mark.parametrize("machine", [IN_USE, INACTIVE, *TIE_TO_AWAY])
@pytest.mark.parametrize(
    ("status", "presence"),
    [
        (ManualStatus.BE_RIGHT_BACK, Presence(12500)),
        (ManualStatus.APPEAR_AWAY, Presence(15500)),
        (ManualStatus.OFF_WORK, Presence(15500, "off-work")),
    ],
)
def test_rule_2_the_away_statuses_by_hand_hold_before_computer_and_calendar(
    status: ManualStatus, presence: Presence, machine: Machine
) -> None:
    assert decide(inputs(MEETING, by_hand=status, machines=(machine,)), NOW).presence == presence


@pytest.mark.parametrize("machine", TIE_TO_AWAY)
@pytest.mark.parametrize("by_hand", [None, ManualStatus.BUSY, ManualStatus.DO_NOT_DISTURB])
def test_rule_3_an_unattended_computer_beats_the_calendar_busy_and_do_not_disturb(
    by_hand: ManualStatus | None, machine: Machine
) -> None:
    decision = decide(inputs(MEETING, by_hand=by_hand, machines=(machine,)), NOW)
    assert decision.presence == Presence(15500)
    assert decision.source is Source.MACHINE


def test_idle_turns_into_inactive_and_away_exactly_at_the_minutes_that_are_set() -> None:
    asked = inputs(
        machines=(Machine("desk", idle_since=NOW),),
        rules=Rules(inactive_after=7 * MINUTE, away_after=11 * MINUTE),
    )
    tick = timedelta(microseconds=1)
    found = [decide(asked, at(m) + t).presence.text for m in (7, 18) for t in (-tick, 0 * tick)]
    assert found == ["Available", "Inactive", "Inactive", "Away"]


def test_available_by_hand_holds_while_idle_and_not_while_locked_or_asleep() -> None:
    texts = {
        m: shown(inputs(by_hand=ManualStatus.AVAILABLE, machines=(m,))) for m in (INACTIVE, *TIE_TO_AWAY)
    }
    assert texts == {INACTIVE: "Available", IDLE: "Available", LOCKED: "Away", ASLEEP: "Away"}


def test_available_by_hand_holds_while_one_of_several_computers_is_only_idle() -> None:
    assert (
        shown(inputs(by_hand=ManualStatus.AVAILABLE, machines=(LOCKED, replace(IDLE, id="laptop"))))
        == "Available"
    )
    assert (
        shown(inputs(by_hand=ManualStatus.AVAILABLE, machines=(LOCKED, replace(ASLEEP, id="laptop"))))
        == "Away"
    )


@pytest.mark.parametrize(
    ("machines", "text"),
    [
        ((LOCKED, IN_USE), "Available"),
        ((ASLEEP, INACTIVE), "Inactive"),
        ((IDLE, LOCKED), "Away"),
        ((INACTIVE, IN_USE, ASLEEP), "Available"),
        ((), "Available"),
    ],
)
def test_of_several_computers_the_most_active_one_counts(machines: tuple[Machine, ...], text: str) -> None:
    assert shown(inputs(machines=machines)) == text
    assert shown(inputs(machines=machines[::-1])) == text


@pytest.mark.parametrize("machine", TIE_TO_AWAY)
def test_a_meeting_while_away_shows_if_the_person_wants_it(machine: Machine) -> None:
    rules = Rules(meeting_while_away=True)
    assert shown(inputs(MEETING, machines=(machine,), rules=rules)) == "In a meeting"
    assert shown(inputs(APPOINTMENT, machines=(machine,), rules=rules)) == "Away"
    assert shown(inputs(machines=(machine,), rules=rules)) == "Away"


def test_rule_4_do_not_disturb_by_hand_beats_the_calendar_and_holds_on_an_inactive_computer() -> None:
    assert number(inputs(MEETING, by_hand=ManualStatus.DO_NOT_DISTURB)) == 9500
    assert number(inputs(MEETING, by_hand=ManualStatus.DO_NOT_DISTURB, machines=(INACTIVE,))) == 9500


def test_rule_5_busy_by_hand_shows_its_own_text_during_a_meeting() -> None:
    assert decide(inputs(MEETING, by_hand=ManualStatus.BUSY), NOW).presence == Presence(6500)


def test_rule_5_available_by_hand_beats_an_item_that_ran_already_when_it_was_picked() -> None:
    for item in (MEETING, replace(MEETING, start=at(-60))):
        asked = inputs(item, by_hand=Manual(ManualStatus.AVAILABLE, max(item.start, at(-60))))
        assert decide(asked, NOW).presence == Presence(3500)


def test_rule_5_available_by_hand_ends_for_good_when_a_busy_item_that_started_later_begins() -> None:
    asked = inputs(Item(at(10), at(20)), by_hand=ManualStatus.AVAILABLE)
    texts = [decide(asked, at(m)).presence.text for m in (9, 10, 19, 20, 30)]
    assert texts == ["Available", "Busy", "Busy", "Available", "Available"]
    assert [live_manual(asked, at(m)) is not None for m in (9, 10, 30)] == [True, False, False]


@pytest.mark.parametrize(
    "item",
    [
        Item(at(10), at(20), ShowAs.TENTATIVE),
        Item(at(10), at(20), ShowAs.OOF),
        Item(at(10), at(20), cancelled=True),
        Item(at(10), at(10)),
    ],
)
def test_rule_5_available_by_hand_outlasts_what_does_not_make_busy(item: Item) -> None:
    asked = inputs(item, by_hand=ManualStatus.AVAILABLE)
    assert live_manual(asked, at(15)) is not None


def test_rule_5_an_all_day_item_that_is_ignored_does_not_end_available_by_hand() -> None:
    day = Item(at(10), at(20), all_day=True)
    rules = Rules(ignore_all_day=True)
    assert live_manual(inputs(day, by_hand=ManualStatus.AVAILABLE), at(15)) is None
    assert live_manual(inputs(day, by_hand=ManualStatus.AVAILABLE, rules=rules), at(15)) is not None


def test_rule_6_the_calendar_decides_while_nothing_stronger_holds() -> None:
    assert decide(inputs(MEETING), NOW).presence == Presence(6500, "in-a-meeting")
    assert decide(inputs(APPOINTMENT, machines=(IN_USE,)), NOW).presence == Presence(6500)


def test_rule_7_otherwise_available() -> None:
    decision = decide(inputs(replace(MEETING, show_as=ShowAs.TENTATIVE)), NOW)
    assert (decision.presence, decision.source) == (Presence(3500), Source.NOTHING)


@pytest.mark.parametrize(
    ("asked", "presence"),
    [
        (inputs(), Presence(5000)),
        (inputs(APPOINTMENT), Presence(7500)),
        (inputs(MEETING), Presence(7500, "in-a-meeting")),
        (inputs(by_hand=ManualStatus.BUSY), Presence(7500)),
        (inputs(by_hand=ManualStatus.AVAILABLE), Presence(3500)),
    ],
)
def test_rule_8_an_inactive_computer_turns_an_automatic_3500_into_5000_and_any_6500_into_7500(
    asked: Inputs, presence: Presence
) -> None:
    assert decide(replace(asked, machines=(INACTIVE,)), NOW).presence == presence


@pytest.mark.parametrize(
    ("status", "ends"),
    [
        (ManualStatus.BUSY, True),
        (ManualStatus.DO_NOT_DISTURB, True),
        (ManualStatus.AVAILABLE, False),
        (ManualStatus.BE_RIGHT_BACK, False),
        (ManualStatus.OFF_WORK, False),
        (ManualStatus.APPEAR_AWAY, False),
    ],
)
def test_busy_and_do_not_disturb_end_after_24_hours_and_no_other_status_does(
    status: ManualStatus, ends: bool
) -> None:
    asked = inputs(by_hand=picked(status, NOW))
    day = timedelta(hours=24)
    assert live_manual(asked, NOW + day - timedelta(microseconds=1)) is not None
    assert (live_manual(asked, NOW + day) is None) is ends


@pytest.mark.parametrize("status", list(ManualStatus))
def test_a_chosen_end_ends_every_status_and_no_later_than_the_longest_time_allowed(
    status: ManualStatus,
) -> None:
    assert picked(status, NOW, until=at(30), expiry=60 * MINUTE).until == at(30)
    late = picked(status, NOW, until=at(90), expiry=60 * MINUTE).until
    assert late == (at(60) if status in (ManualStatus.BUSY, ManualStatus.DO_NOT_DISTURB) else at(90))
    assert live_manual(inputs(by_hand=picked(status, NOW, until=at(30))), at(30)) is None


@pytest.mark.parametrize("status", [*ManualStatus, None])
@pytest.mark.parametrize("machine", [IN_USE, LOCKED])
def test_the_card_keeps_the_item_whatever_presence_wins(
    status: ManualStatus | None, machine: Machine
) -> None:
    assert decide(inputs(MEETING, by_hand=status, machines=(machine,)), NOW).item == MEETING


@pytest.mark.parametrize("asked", [inputs(AWAY_ITEM), inputs(out_of_office=OutOfOffice("Back on Monday"))])
def test_the_words_of_out_of_office_replace_an_automatic_away_and_nothing_else(asked: Inputs) -> None:
    found = {
        (machine.id, status): decide(
            replace(asked, machines=(machine,), manual=status and Manual(status, at(-60))), NOW
        )
        for machine in (
            replace(IN_USE, id="used"),
            replace(INACTIVE, id="inactive"),
            replace(LOCKED, id="locked"),
        )
        for status in (None, *ManualStatus)
    }
    assert all(decision.presence.out_of_office for decision in found.values())
    renamed = {key for key, decision in found.items() if decision.presence.text == "Out of office"}
    by_machine = {None, ManualStatus.BUSY, ManualStatus.DO_NOT_DISTURB, ManualStatus.AVAILABLE}
    assert renamed == {("locked", status) for status in by_machine}
    assert {found[key].presence.availability for key in renamed} == {15500}


def test_out_of_office_is_a_mark_and_never_makes_busy() -> None:
    assert decide(inputs(AWAY_ITEM), NOW).presence == Presence(3500, out_of_office=True)
    assert decide(inputs(AWAY_ITEM, MEETING), NOW).presence == Presence(
        6500, "in-a-meeting", out_of_office=True
    )


def test_scheduled_replies_mark_from_their_start_until_just_before_their_end() -> None:
    asked = inputs(out_of_office=OutOfOffice(start=at(10), end=at(20)))
    assert [decide(asked, at(m)).presence.out_of_office for m in (9, 10, 19, 20)] == [
        False,
        True,
        True,
        False,
    ]
    assert (next_change(asked, NOW), next_change(asked, at(10)), next_change(asked, at(20))) == (
        at(10),
        at(20),
        None,
    )


def test_what_lasts_is_told_with_its_end_and_what_the_computer_decides_is_not() -> None:
    following = replace(MEETING, start=at(30), end=at(60))
    assert shown_until(inputs(MEETING), NOW) == at(30)
    assert shown_until(inputs(MEETING, following), NOW) == at(60)
    assert shown_until(inputs(MEETING, by_hand=Manual(ManualStatus.BUSY, at(-5), at(45))), NOW) == at(45)
    assert shown_until(inputs(following, by_hand=Manual(ManualStatus.AVAILABLE, at(-5))), NOW) == at(30)
    assert shown_until(inputs(by_hand=ManualStatus.AVAILABLE), NOW) is None
    assert shown_until(inputs(MEETING, machines=(LOCKED,)), NOW) is None
    assert shown_until(inputs(), NOW) is None


def test_a_meeting_that_shows_while_away_is_told_with_its_own_end_not_with_that_of_a_status_behind_it() -> (
    None
):
    asked = inputs(
        MEETING,
        by_hand=Manual(ManualStatus.BUSY, at(-5), at(45)),
        machines=(LOCKED,),
        rules=Rules(meeting_while_away=True),
    )
    assert (shown(asked), shown_until(asked, NOW)) == ("In a meeting", at(30))
