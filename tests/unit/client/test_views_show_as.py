"""What a person reads before and after a Show As is changed."""

from __future__ import annotations

from dataclasses import replace

from lyncdesk.client import events as ev
from lyncdesk.client import views
from lyncdesk.client.day_types import ChangeLine
from lyncdesk.client.ports import ItemKey, Written
from lyncdesk.client.problems import Problem
from lyncdesk.client.words import Words
from lyncdesk.presence.items import Item, Kind, Recurring, ShowAs
from tests.unit.client.driving import Driven, meeting, running

WORDS = Words()
BUDGET = meeting(-10, 50, id="budget", change_key="k1")
WEEKLY = meeting(60, 90, "Weekly", id="w", change_key="k", recurring=Recurring.OCCURRENCE, series="uid")


def line(client: Driven) -> ChangeLine | None:
    return views.week(client.state, client.now, WORDS).change


def pick(client: Driven, item: Item, show_as: ShowAs = ShowAs.OOF, *, series: bool = False) -> None:
    client.do(ev.ShowAsPicked(item.id, show_as, series))


def test_each_choice_says_what_it_makes_others_see() -> None:
    client = running(BUDGET)
    menu = views.show_as_menu(client.state, "budget", client.now, WORDS)
    assert menu is not None
    assert [choice.show_as for choice in menu.choices] == [one for one in ShowAs if one is not ShowAs.NO_DATA]
    busy = menu.choices[2]
    assert (busy.text, busy.chosen, busy.one, busy.whole) == (
        "Busy, shown as In a meeting", True, "Change it", ""
    )  # fmt: skip
    assert "It then makes you Available, out of office." in menu.choices[3].question
    assert menu.locked == ""
    assert views.show_as_menu(client.state, "gone", client.now, WORDS) is None


def test_what_does_not_count_anyway_says_so_for_every_choice() -> None:
    declined = replace(BUDGET, cancelled=True, kind=Kind.APPOINTMENT)
    menu = views.show_as_menu(running(declined).state, "budget", running(declined).now, WORDS)
    assert menu is not None
    assert {choice.text.rpartition("shown as ")[2] for choice in menu.choices} == {"Available"}


def test_of_a_series_one_or_all_can_be_changed_and_what_stays_is_said() -> None:
    for item, asked in (
        (WEEKLY, True),
        (replace(WEEKLY, recurring=Recurring.EXCEPTION), True),
        (BUDGET, False),
    ):
        client = running(item)
        menu = views.show_as_menu(client.state, item.id, client.now, WORDS)
        assert menu is not None
        choice = menu.choices[0]
        assert (choice.one, choice.whole) == (
            ("Only this one", "The whole series") if asked else ("Change it", "")
        )
        assert ("may keep what they say" in choice.note) is asked


def test_a_change_is_told_from_the_pick_until_it_is_out_of_reach() -> None:
    client = running(BUDGET)
    assert line(client) is None
    pick(client, BUDGET)
    assert line(client) == ChangeLine("“Budget review” is being changed to Out of office...")
    client.do(ev.ShowAsWritten(1, Written(ItemKey("budget", "k2"))))
    assert line(client) == ChangeLine("“Budget review” is now shown as Out of office.", "Undo")
    client.do(ev.ShowAsUndone())
    assert line(client) == ChangeLine("“Budget review” is being changed to Busy...")
    client.do(ev.ShowAsNotWritten(2, Problem.of("item-changed")))
    told = line(client)
    assert told is not None
    assert told.warning
    assert told.text.startswith("“Budget review” was not changed. The item was changed by somebody else.")
    client.until(20)
    assert line(client) is None


def test_a_series_is_told_as_one() -> None:
    client = running(WEEKLY)
    pick(client, WEEKLY, series=True)
    client.do(ev.ShowAsWritten(1, Written(ItemKey("m", "m2"), ShowAs.BUSY)))
    assert line(client) == ChangeLine("The series “Weekly” is now shown as Out of office.", "Undo")


def test_an_item_without_a_subject_is_told_without_one() -> None:
    client = running(replace(BUDGET, subject=""))
    pick(client, BUDGET)
    assert line(client) == ChangeLine("“Without subject” is being changed to Out of office...")
