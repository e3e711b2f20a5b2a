"""The contact card on a real screen: hovering takes no focus, and what a click took is given back."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lyncdesk.ui.card import LINGER_MS
from lyncdesk.ui.card_view import CARD_WIDTH
from tests.desktop import Desktop
from tests.waiting import LONG_ENOUGH, wait_for

pytestmark = pytest.mark.desktop


@dataclass
class Screen:
    """The sample organisation on a desktop."""

    desktop: Desktop
    window: int

    @property
    def card(self) -> tuple[int, int, int, int] | None:
        """Where the card stands."""
        places = map(self.desktop.geometry, self.desktop.popups())
        return next((place for place in places if place[2] == CARD_WIDTH), None)

    @property
    def row(self) -> tuple[int, int]:
        """A place in the middle of the contact list."""
        x, y, width, height = self.desktop.geometry(self.window)
        return x + width // 3, y + height * 9 // 20

    def rest_on_a_contact(self) -> tuple[int, int, int, int]:
        """Point at the list until a card comes: the row may be the heading of a group."""
        x, y = self.row
        for step in range(4):
            self.desktop.move(x, y + 16 * step)
            self.desktop.move(x + 2, y + 16 * step + 1)
            try:
                return wait_for(lambda: self.card, "the card", LONG_ENOUGH / 4)
            except AssertionError:
                continue
        raise AssertionError("no contact of the list showed a card")

    def gone(self) -> None:
        wait_for(lambda: self.card is None, "the end of the card")


@pytest.fixture
def screen(desktop: Desktop, tmp_path: Path) -> Iterator[Screen]:
    env = desktop.environment(tmp_path / "home")
    desktop.move(2, 700)
    with desktop.program([sys.executable, "-m", "lyncdesk", "demo"], env=env) as program:
        window = wait_for(
            lambda: next(iter(desktop.windows("^LyncDesk$")), None), f"the window; {program.text}"
        )
        wait_for(lambda: desktop.active_window() == window, "the window's focus")
        yield Screen(desktop, window)


def test_the_card_comes_by_hovering_without_the_focus_stays_under_the_pointer_and_goes(
    screen: Screen,
) -> None:
    x, y, width, _ = screen.rest_on_a_contact()
    assert screen.desktop.active_window() == screen.window
    screen.desktop.move(x + width // 2, y + 20)
    screen.desktop.move(x + width // 2 + 2, y + 22)
    # Longer than it lingers, while a key goes to the window below and not to the card.
    end = time.monotonic() + 2 * LINGER_MS / 1000
    while time.monotonic() < end:
        screen.desktop.key("Tab")
        assert screen.card is not None
    screen.desktop.move(2, 700)
    screen.gone()


def test_hovering_over_the_calendar_line_opens_the_details(screen: Screen) -> None:
    x, y, width, height = screen.rest_on_a_contact()

    def higher() -> bool:
        place = screen.card
        assert place is not None
        return place[3] > height

    for down in range(60, 140, 6):  # the line stands under the name, whose height depends on the contact
        screen.desktop.move(x + width // 2, y + down)
        if higher():
            break
    wait_for(higher, "the details")


def test_escape_closes_a_card_that_has_no_focus(screen: Screen) -> None:
    screen.rest_on_a_contact()
    screen.desktop.key("Escape")
    screen.gone()
    assert screen.desktop.active_window() == screen.window


def test_a_click_opens_it_at_once_and_escape_gives_the_keyboard_back(screen: Screen) -> None:
    x, y = screen.row
    for step in range(4):
        screen.desktop.click(x, y + 16 * step)
        try:
            wait_for(lambda: screen.card, "the card", LONG_ENOUGH / 4)
            break
        except AssertionError:
            continue
    assert screen.card is not None
    screen.desktop.move(2, 700)  # it does not follow the pointer
    screen.desktop.key("Tab")
    assert screen.card is not None
    screen.desktop.key("Escape")
    screen.gone()
    assert screen.desktop.active_window() == screen.window
