"""Windows: each notice and menu row leads to the right page; windows are made once, when first wanted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from lyncdesk.client.events import GivingUndone, SignIn
from lyncdesk.client.options import Account, Options
from lyncdesk.client.problems import Problem
from lyncdesk.client.state import State
from lyncdesk.client.view_types import Action
from lyncdesk.ui.about_status import AboutStatus, Tab
from lyncdesk.ui.commands import Commands
from lyncdesk.ui.first_start import FirstStart
from lyncdesk.ui.indicators import IndicatorIcons
from lyncdesk.ui.options_window import OptionsPage, OptionsWindow
from lyncdesk.ui.password_prompt import PasswordPrompt
from lyncdesk.ui.simulation_window import SimulationWindow
from lyncdesk.ui.windows import Windows
from tests.ui.builders import ME, RecordingBridge, RecordingSession, state
from tests.ui.parts import WORDS, Sample, knowing, tell

WITH_ACCOUNT = state(options=Options(account=Account(ME, server="https://mail.litware.example")))

_WINDOWS: dict[Action, type[QWidget]] = {
    Action.OPTIONS: OptionsWindow,
    Action.ACCOUNT: OptionsWindow,
    Action.ENTER_PASSWORD: PasswordPrompt,
    Action.WHY: AboutStatus,
    Action.CONNECTION: AboutStatus,
}


class Made:
    """The windows, and the bridge under them."""

    def __init__(self, home: Path, start: State, *, simulation: bool = False, tray: bool = True) -> None:
        self.bridge = knowing(start, RecordingBridge(RecordingSession(simulation=simulation)))
        icons = IndicatorIcons()
        self.samples = 0
        sample = Sample()
        self.windows = Windows(
            self.bridge,
            WORDS,
            icons,
            Commands(WORDS, icons),
            QSettings(str(home / "places.ini"), QSettings.Format.IniFormat),
            has_tray=lambda: tray,
            session_ends=lambda: False,
            simulation=lambda: sample if simulation else None,
            open_sample=self._open_sample,
        )

    def _open_sample(self) -> None:
        self.samples += 1

    def of(self, kind: type[QWidget]) -> list[QWidget]:
        return [window for window in self.windows._others.values() if isinstance(window, kind)]


@pytest.fixture
def made(qapp: object, home: Path) -> Iterator[Made]:
    made = Made(home, WITH_ACCOUNT)
    yield made
    made.windows.end()


def test_nothing_but_the_main_window_is_made_before_it_is_wanted(made: Made) -> None:
    assert made.windows._others == {}


@pytest.mark.parametrize(("action", "kind"), _WINDOWS.items())
def test_an_action_opens_its_window_and_the_same_one_again(
    made: Made, action: Action, kind: type[QWidget]
) -> None:
    made.windows.act(action)
    (window,) = made.of(kind)
    assert window.isVisible()
    window.close()
    made.windows.act(action)
    assert made.of(kind) == [window]
    assert window.isVisible()


@pytest.mark.parametrize(("action", "tab"), [(Action.WHY, Tab.WHY), (Action.CONNECTION, Tab.CONNECTION)])
def test_about_my_status_opens_at_the_right_tab(made: Made, action: Action, tab: Tab) -> None:
    made.windows.act(action)
    (window,) = made.of(AboutStatus)
    assert isinstance(window, AboutStatus)
    assert window.tabs.currentIndex() == tab


def test_a_restart_is_for_the_program(qtbot: QtBot, made: Made) -> None:
    with qtbot.waitSignal(made.windows.restart_asked):
        made.windows.act(Action.RESTART)


def test_what_a_trouble_offers_leads_on(made: Made) -> None:
    made.windows.act(Action.CONNECTION)
    (about,) = made.of(AboutStatus)
    assert isinstance(about, AboutStatus)
    about.acted.emit(Action.ENTER_PASSWORD)
    assert made.of(PasswordPrompt)


def test_turn_on_switches_both_switches_on(made: Made) -> None:
    made.windows.act(Action.TURN_ON)
    assert made.bridge.asked == [("save_options", {"use_exchange": True, "update_presence": True})]
    assert not made.windows.main.mishap.isVisibleTo(made.windows.main)


def test_turn_on_that_is_refused_says_why(made: Made) -> None:
    made.bridge.recording.problem = Problem("policy-invalid")
    made.windows.act(Action.TURN_ON)
    assert made.windows.main.mishap.isVisibleTo(made.windows.main)


def test_sign_in_and_undo_are_events(made: Made) -> None:
    made.windows.act(Action.SIGN_IN)
    made.windows.act(Action.UNDO_GIVING)
    assert made.bridge.posted == [SignIn(), GivingUndone()]


def test_without_an_account_sign_in_asks_for_one(qapp: object, home: Path) -> None:
    made = Made(home, state())
    made.windows.act(Action.SIGN_IN)
    (page,) = made.of(FirstStart)
    assert page.isVisible()
    assert made.bridge.posted == []
    made.windows.end()


def test_without_its_account_a_client_shows_what_somebody_new_sees(qapp: object, home: Path) -> None:
    made = Made(home, WITH_ACCOUNT, tray=False)
    ended: list[bool] = []
    made.windows.nothing_left.connect(lambda: ended.append(True))
    made.windows.open_first_start()
    (page,) = made.of(FirstStart)
    page.close()  # connected
    for action in (Action.WHY, Action.ENTER_PASSWORD, Action.ACCOUNT):
        made.windows.act(action)
    tell(made.bridge, state())
    (options,) = made.of(OptionsWindow)
    assert isinstance(options, OptionsWindow)
    options.forgotten.emit()
    assert [window for window in made.windows._others.values() if window.isVisible()] == [page]
    assert isinstance(page, FirstStart)
    assert page.form.address.text() == ""
    assert ended == []
    made.windows.end()


@pytest.mark.parametrize(
    ("known", "tray", "main", "ends"),
    [
        (state(), False, False, True),
        (state(), True, False, False),
        (state(), False, True, False),
        (WITH_ACCOUNT, False, False, False),
    ],
)
def test_closing_the_first_start_ends_the_program_where_nobody_could_find_it_again(
    qtbot: QtBot, home: Path, known: State, tray: bool, main: bool, ends: bool
) -> None:
    made = Made(home, known, tray=tray)
    if main:
        made.windows.open_main()
    made.windows.open_first_start()
    left = []
    made.windows.nothing_left.connect(lambda: left.append(True))
    made.of(FirstStart)[0].close()
    assert left == [True] * ends
    made.windows.end()
    assert left == [True] * ends


def test_connecting_where_there_is_no_tray_does_not_end_the_program(qtbot: QtBot, home: Path) -> None:
    made = Made(home, state(), tray=False)
    made.windows.open_first_start()
    (page,) = made.of(FirstStart)
    assert isinstance(page, FirstStart)
    with qtbot.assertNotEmitted(made.windows.nothing_left):
        page.connected.emit()
    made.windows.end()


def test_once_connected_the_first_start_page_gives_way_to_the_main_window(made: Made) -> None:
    made.windows.open_first_start()
    (page,) = made.of(FirstStart)
    assert isinstance(page, FirstStart)
    page.connected.emit()
    assert not page.isVisible()
    assert made.windows.main.isVisible()


def test_the_simulation_window_exists_in_the_sample_organisation_only(
    qapp: object, home: Path, made: Made
) -> None:
    made.windows.open_simulation()
    assert made.of(SimulationWindow) == []
    sample = Made(home, WITH_ACCOUNT, simulation=True)
    sample.windows.main.simulation.button.click()
    (window,) = sample.of(SimulationWindow)
    assert window.isVisible()
    sample.windows.end()


def test_the_end_closes_everything(made: Made) -> None:
    made.windows.main.open()
    for action in (Action.OPTIONS, Action.CONNECTION):
        made.windows.act(action)
    others = list(made.windows._others.values())
    made.windows.end()
    assert not made.windows.main.isVisible()
    assert not any(window.isVisible() for window in others)


def test_what_is_mended_in_the_account_leads_to_its_page(made: Made) -> None:
    made.windows.act(Action.OPTIONS)
    (window,) = made.of(OptionsWindow)
    assert isinstance(window, OptionsWindow)
    assert window.list.currentRow() == OptionsPage.PERSONAL
    made.windows.act(Action.ACCOUNT)
    assert window.list.currentRow() == OptionsPage.ACCOUNT
