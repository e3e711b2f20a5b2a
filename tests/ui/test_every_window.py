"""What holds for every window in every language and with every font: no text is cut, no part lies over
another, every control has a name, and no letter with Alt belongs to two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QPoint, QRect, QSettings, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from lyncdesk.client import views
from lyncdesk.client.options import Account, Options, Origin
from lyncdesk.client.ports import ItemKey
from lyncdesk.client.problems import Problem
from lyncdesk.client.session import ConnectionStep, StepResult
from lyncdesk.client.state import Calendar, ContactReading, Giving, Health, State, Undo
from lyncdesk.client.words import Words, catalogue
from lyncdesk.presence.items import Item, Kind, Recurring, ShowAs
from lyncdesk.presence.message import Message
from lyncdesk.presence.publication import Profile, Seen, Told
from lyncdesk.presence.relationships import Relationship
from lyncdesk.presence.rights import Level, Right, Rights
from lyncdesk.presence.states import Presence
from lyncdesk.ui.about_status import AboutStatus, Tab
from lyncdesk.ui.card_view import CARD_WIDTH, CardView
from lyncdesk.ui.commands import Commands
from lyncdesk.ui.first_start import FirstStart
from lyncdesk.ui.indicators import IndicatorIcons
from lyncdesk.ui.main_window import MainWindow
from lyncdesk.ui.options_window import OptionsPage, OptionsWindow
from lyncdesk.ui.password_prompt import PasswordPrompt
from lyncdesk.ui.simulation.item_editor import ItemEditor
from lyncdesk.ui.simulation_window import SimulationWindow
from tests.ui.builders import ANNA, ME, NOW, ZONE, RecordingBridge, RecordingSession, berlin, state
from tests.ui.lesson_parts import begun
from tests.ui.names import doubled_letters, nameless
from tests.ui.parts import Sample, knowing
from tests.ui.squeezed import squeezed

ACCOUNT = Account(ME, "", "https://mail.litware.example/EWS/Exchange.asmx")
LOCKED = dict.fromkeys(
    ("share_details", "inactive_after", "away_after", "account.server", "account.authentication"),
    Origin.POLICY,
)
BUDGET = Item(berlin(10), berlin(11), ShowAs.BUSY, Kind.MEETING, "Budget review", "Room 12", id="1")


def known(problem: str = "", *, health: Health = Health.OK) -> State:
    """Signed in, in a meeting, with much that the administrator set."""
    calendar = Calendar(
        (BUDGET,),
        as_of=NOW - timedelta(minutes=65),
        health=health,
        problem=Problem.of(problem, server="mail.litware.example", code="503") if problem else None,
        anchor=NOW,
        next_check=NOW + timedelta(minutes=30),
    )
    options = Options(account=ACCOUNT, contacts=(ANNA,), origins=LOCKED, allow_saved_password=False)
    options = replace(options, newer_version_url="https://files.litware.example/lyncdesk/latest.json")
    return state(signed_in=True, calendar=calendar, options=options, since=NOW)


Open = Callable[[Words, Path], QWidget]


def main_window(kind: State) -> Open:
    def opened(words: Words, home: Path) -> QWidget:
        icons = IndicatorIcons()
        commands = Commands(words, icons)
        bridge = knowing(kind, RecordingBridge(RecordingSession(simulation=True)))
        places = QSettings(str(home / "places.ini"), QSettings.Format.IniFormat)
        window = MainWindow(bridge, words, icons, commands, places, lambda: False)
        window.day.fold.setChecked(True)
        window.open()
        return window

    return opened


def changing(words: Words, home: Path) -> QWidget:
    """A question before a Show As of a series is written, over what became of the change before."""
    weekly = replace(BUDGET, recurring=Recurring.EXCEPTION, series="s", change_key="k")
    undo = Undo(weekly, ItemKey("1", "k"), ShowAs.OOF, whole=True, until=NOW + timedelta(minutes=5))
    kind = known()
    calendar = replace(kind.calendar, items=(weekly,), undo=undo)
    window = main_window(replace(kind, calendar=calendar))(words, home)
    assert isinstance(window, MainWindow)
    menu = window.day.week._menu_of("1")
    assert menu is not None
    window.day.week._ask(menu, menu.choices[3])
    return window


def about(tab: Tab, kind: State) -> Open:
    def opened(words: Words, _home: Path) -> QWidget:
        window = AboutStatus(knowing(kind), words, lambda: True)
        window.open_tab(tab)
        return window

    return opened


def options(page: OptionsPage) -> Open:
    def opened(words: Words, _home: Path) -> QWidget:
        window = OptionsWindow(knowing(known()), words)
        window.open_page(page)
        return window

    return opened


def step(result: StepResult, problem: Problem | None = None) -> ConnectionStep:
    """A step with much to say."""
    tried = Message.of("Signing in as {user}", user=ME)
    came = Message.of("{n} ms", n=12)
    length = None if result is StepResult.RUNNING else timedelta(seconds=1.42)
    return ConnectionStep(result.value, tried, result, came, length, problem)


def after_test(start: Callable[[Words, Path], QWidget]) -> Open:
    """A window in which a test has ended: every sign, a step that failed, and an address that is offered."""

    def opened(words: Words, home: Path) -> QWidget:
        window = start(words, home)
        assert isinstance(window, AboutStatus | FirstStart | OptionsWindow)
        elsewhere = Problem.of("server-elsewhere", server="mail.fabrikam.example", host="litware.example")
        session = window._bridge.seat
        assert isinstance(session, RecordingSession)
        session.problem = elsewhere
        session.steps = tuple(
            step(result, elsewhere if result is StepResult.FAILED else None) for result in StepResult
        )
        match window:
            case AboutStatus():
                window.connection.test.start()
            case OptionsWindow():
                window.account.test.start()
            case FirstStart():
                window.form.address.setText(ME)
                window.form.password.line.setText("secret")
                window._connect()
        return window

    return opened


def alone() -> State:
    """Nothing but Exchange, with a contact whose permission can be changed."""
    anna = Seen(Profile(ANNA, "Anna Bedecs", zone=ZONE), Presence(0), told=Told.NOTHING)
    rights = Rights(Right(Level.TIMES), {}, unknown=2)
    return replace(
        known(),
        pool="exchange-alone",
        contacts={ANNA: anna},
        reading=ContactReading(used=True),
        giving=Giving(known=rights),
    )


def card_asking(words: Words, _home: Path) -> QWidget:
    """A card with its choices unfolded, the details open, and a question before a permission is given."""
    view = CardView(words, lambda _: None)
    view.show_card(views.card(ANNA, alone(), NOW, words))
    view.show_detail()
    view.gives.button.click()
    view.gives.choices[Relationship.WORKGROUP].click()
    view.setFixedSize(CARD_WIDTH, view.height_now(CARD_WIDTH))
    view.show()
    return view


def first_start(words: Words, _home: Path) -> QWidget:
    window = FirstStart(knowing(state()), words, lambda: None)
    window.open()
    return window


def first_start_prepared(words: Words, _home: Path) -> QWidget:
    parts = ("address", "user_name", "server", "authentication", "ca_file")
    account = Account(ME, "LITWARE\\kim", "https://mail.litware.example", "ntlm", "/etc/ssl/litware.pem")
    options = Options(account=account, origins={f"account.{part}": Origin.POLICY for part in parts})
    window = FirstStart(knowing(state(options=options)), words, lambda: None)
    window.open()
    return window


def first_start_online(words: Words, home: Path) -> QWidget:
    window = first_start(words, home)
    assert isinstance(window, FirstStart)
    window.form.address.setText("kim@litware.onmicrosoft.com")
    return window


def password_prompt(words: Words, _home: Path) -> QWidget:
    prompt = PasswordPrompt(knowing(known("refused-password", health=Health.STOPPED)), words)
    prompt.ask()
    return prompt


def simulation(words: Words, _home: Path) -> QWidget:
    sample = Sample()
    sample.fill()
    window = SimulationWindow(knowing(state()), sample, words, IndicatorIcons(), QRect)
    window.open()
    return window


def lesson(words: Words, home: Path) -> QWidget:
    return begun(simulation(words, home))


def item_editor(words: Words, _home: Path) -> QWidget:
    editor = ItemEditor(BUDGET, ZoneInfo(ZONE), words)
    editor.open()
    return editor


WINDOWS: dict[str, Open] = {
    "main": main_window(known()),
    "main, failing": main_window(known("timed-out", health=Health.FAILING)),
    "main, refused": main_window(known("refused-password", health=Health.STOPPED)),
    "main, alone": main_window(replace(known(), pool="exchange-alone")),
    "main, changing": changing,
    "card, asking": card_asking,
    "why": about(Tab.WHY, known()),
    "seen": about(Tab.SEEN, known()),
    "seen, alone": about(Tab.SEEN, alone()),
    "connection": about(Tab.CONNECTION, known("server-error", health=Health.FAILING)),
    **{f"options, {page.name}": options(page) for page in OptionsPage},
    "connection, tested": after_test(about(Tab.CONNECTION, known())),
    "options, tested": after_test(options(OptionsPage.ACCOUNT)),
    "first start, tested": after_test(first_start),
    "first start": first_start,
    "first start, prepared": first_start_prepared,
    "first start, online": first_start_online,
    "password": password_prompt,
    "simulation": simulation,
    "simulation, lesson": lesson,
    "item": item_editor,
}


def jumps_up(window: QWidget) -> list[tuple[str, str]]:
    """Steps of the Tab key to something that stands wholly above; the one step back to the first is none."""
    chain, widget = [], window.nextInFocusChain()
    while widget is not window and widget is not None:
        reached = widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None
        if (
            reached
            and not widget.visibleRegion().isEmpty()
            and widget.isEnabled()
            and widget.window() is window
        ):
            chain.append(widget)
        widget = widget.nextInFocusChain()
    places = [one.visibleRegion().boundingRect().translated(one.mapTo(window, QPoint())) for one in chain]
    names = [f"{type(one).__name__} {one.accessibleName()}" for one in chain]
    steps = zip(places, places[1:], names, names[1:], strict=False)
    return [(before, after) for a, b, before, after in steps if b.bottom() < a.top()]


@pytest.fixture(params=[9, 15])
def _font(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[None]:
    before = qapp.font()
    larger = QFont(before)
    larger.setPointSize(request.param)
    qapp.setFont(larger)
    yield
    qapp.setFont(before)


@pytest.fixture(params=list(Qt.LayoutDirection)[:2])
def _direction(qapp: QApplication, request: pytest.FixtureRequest) -> Iterator[None]:
    qapp.setLayoutDirection(request.param)
    yield
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


@pytest.mark.usefixtures("_font", "_direction")
@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("window", WINDOWS)
def test_each_window_has_room_for_its_words_names_for_its_controls_and_letters_of_their_own(
    qtbot: QtBot, home: Path, language: str, window: str
) -> None:
    words = Words(catalogue(language), language, zone=ZoneInfo(ZONE), now=NOW)
    opened = WINDOWS[window](words, home)
    qtbot.addWidget(opened)

    def right() -> None:
        assert squeezed(opened) == []

    qtbot.waitUntil(right)
    assert nameless(opened) == []
    assert doubled_letters(opened) == []
    assert jumps_up(opened) == []
