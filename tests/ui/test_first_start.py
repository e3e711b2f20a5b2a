"""First start and the password prompt: nothing is saved before it works, no password is asked for in vain."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from typing import cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from lyncdesk.client.options import Account, Options, Origin
from lyncdesk.client.problems import Problem
from lyncdesk.client.session import ConnectionStep, StepResult
from lyncdesk.client.session import Session as RealSession
from lyncdesk.client.state import Calendar, Health, State
from lyncdesk.presence.message import Message
from lyncdesk.ui.bridge import Bridge
from lyncdesk.ui.first_start import FirstStart
from lyncdesk.ui.password_prompt import PasswordPrompt
from tests.ui.builders import RecordingBridge, RecordingSession, state
from tests.ui.names import doubled_letters, nameless
from tests.ui.parts import WORDS, knowing

ADDRESS, SERVER = "kim@litware.example", "https://mail.litware.example"
ACCOUNT = Account(ADDRESS, "", SERVER)
REFUSED = Problem.of("refused-password", server="mail.litware.example")
NO_KEYRING = Problem.of("keyring-missing", code="no D-Bus")
FAILED = ConnectionStep("sign-in", Message.of("Sign in"), StepResult.FAILED, problem=REFUSED)
OK = ConnectionStep("sign-in", Message.of("Sign in"), StepResult.OK)


class Session(RecordingSession):
    """Tests and saves with answers of their own."""

    works = True
    kept: Problem | None = None

    async def test_connection(
        self, account: Account, password: str | None, on_step: object, *, anew: bool = True
    ) -> bool:
        self.problem = None if self.works else REFUSED
        return await super().test_connection(account, password, on_step, anew=anew)  # type: ignore[arg-type]

    async def save_account(self, account: Account, password: str | None, *, keep: bool) -> Problem | None:
        await super().save_account(account, password, keep=keep)
        return self.kept


class WaitingSession(Session):
    """Saves when somebody has answered."""

    def __init__(self) -> None:
        super().__init__()
        self.answered = threading.Event()

    async def save_account(self, account: Account, password: str | None, *, keep: bool) -> Problem | None:
        await asyncio.to_thread(self.answered.wait, 30)
        return await super().save_account(account, password, keep=keep)


class Desk:
    """The page, open."""

    def __init__(self, qtbot: QtBot, options: Options | None = None) -> None:
        self.session = Session()
        self.session.steps = (OK,)
        self.bridge = knowing(state(options=options or Options()), RecordingBridge(self.session))
        self.samples = 0
        self.page = FirstStart(self.bridge, WORDS, self._open_sample)
        qtbot.addWidget(self.page)
        self.page.open()

    def _open_sample(self) -> None:
        self.samples += 1

    def fill(self, address: str = ADDRESS, server: str = SERVER, password: str = "secret") -> None:
        form = self.page.form
        form.address.setText(address)
        form.use_server(server)
        form.password.line.setText(password)

    def connect(self) -> None:
        QTest.mouseClick(self.page.connect_button, Qt.MouseButton.LeftButton)

    @property
    def calls(self) -> list[str]:
        return [call[0] for call in self.bridge.asked]


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def test_what_works_is_saved_and_the_program_goes_on(qtbot: QtBot, desk: Desk) -> None:
    desk.fill()
    with qtbot.waitSignal(desk.page.connected):
        desk.connect()
    assert desk.bridge.asked == [
        ("test_connection", ACCOUNT, "secret"),
        ("save_account", ACCOUNT, "secret", True),
    ]
    assert desk.page.form.password.text() == ""


def test_what_does_not_work_is_not_saved_and_says_what_to_do(qtbot: QtBot, desk: Desk) -> None:
    desk.session.works = False
    desk.session.steps = (FAILED,)
    desk.fill()
    with qtbot.assertNotEmitted(desk.page.connected):
        desk.connect()
    assert desk.calls == ["test_connection"]
    assert desk.page.test.trouble_box is not None
    assert desk.page.message.text().startswith("Nothing was saved.")
    assert desk.page.connect_button.isEnabled()
    assert desk.page.form.password.text() == "secret"
    assert desk.page.form.password.line.hasFocus()
    assert desk.page.form.password.line.selectedText()


def test_a_server_that_is_not_found_leads_back_to_its_line(desk: Desk) -> None:
    desk.session.works = False
    desk.session.steps = (replace(FAILED, problem=Problem.of("name-not-found")),)
    desk.fill()
    desk.connect()
    assert desk.page.form.server.hasFocus()


def test_the_words_of_a_failure_are_scrolled_into_view(qtbot: QtBot, desk: Desk) -> None:
    desk.session.works = False
    desk.session.steps = (FAILED,)
    desk.page.resize(560, 400)
    desk.fill()
    desk.connect()
    qtbot.waitUntil(lambda: not desk.page.message.visibleRegion().isEmpty())


def test_the_letter_of_a_label_leads_to_the_password(qtbot: QtBot, desk: Desk) -> None:
    desk.page.activateWindow()
    qtbot.waitUntil(desk.page.isActiveWindow)
    QTest.keyClick(desk.page.form.address, Qt.Key.Key_P, Qt.KeyboardModifier.AltModifier)
    assert desk.page.form.password.line.hasFocus()


def test_without_a_keyring_the_page_says_that_the_password_is_kept_for_this_run_only(
    qtbot: QtBot, desk: Desk
) -> None:
    desk.session.kept = NO_KEYRING
    desk.fill()
    with qtbot.assertNotEmitted(desk.page.connected):
        desk.connect()
    assert "for this run only" in desk.page.message.text()
    assert desk.page.connect_button.text().replace("&", "") == "Continue"
    with qtbot.waitSignal(desk.page.connected):
        desk.connect()
    assert desk.calls == ["test_connection", "save_account"]


def test_an_error_while_saving_is_told_and_one_can_try_again(desk: Desk) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise OSError("disk full")

    desk.session.save_account = broken  # type: ignore[method-assign]
    desk.fill()
    desk.connect()
    assert "disk full" in desk.page.message.text()
    assert desk.page.connect_button.isEnabled()


def test_while_the_keyring_asks_its_own_question_nothing_is_sent_twice(qtbot: QtBot) -> None:
    session = WaitingSession()
    bridge = Bridge(lambda: cast("RealSession", session))
    bridge.start()
    try:
        qtbot.waitUntil(lambda: bridge.is_ready)
        page = FirstStart(bridge, WORDS, lambda: None)
        qtbot.addWidget(page)
        page.open()
        page.form.address.setText(ADDRESS)
        page.form.use_server(SERVER)
        page.form.password.line.setText("secret")
        QTest.mouseClick(page.connect_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: page.missing.text() == "Saving ...")
        assert not page.connect_button.isEnabled()
        with qtbot.waitSignal(page.connected):
            session.answered.set()
        assert [call[0] for call in session.asked] == ["test_connection", "save_account"]
    finally:
        assert bridge.stop()


@pytest.mark.parametrize(
    ("address", "server", "password", "words"),
    [
        ("", "", "", "e-mail address"),
        ("kim", SERVER, "x", "e-mail address"),
        (ADDRESS, "", "x", "Exchange server"),
        (ADDRESS, "http://mail.litware.example", "x", "https://"),
        (ADDRESS, "ftp://mail.litware.example", "x", "https://"),
        (ADDRESS, SERVER, "", "password"),
    ],
)
def test_what_is_missing_is_said_before_anything_is_sent(
    desk: Desk, address: str, server: str, password: str, words: str
) -> None:
    desk.fill(address, server, password)
    assert not desk.page.connect_button.isEnabled()
    assert words in desk.page.missing.text()
    QTest.keyClick(desk.page.form.server, Qt.Key.Key_Return)
    assert desk.calls == []


@pytest.mark.parametrize("address", ["kim@outlook.com", "kim@litware.onmicrosoft.com", "kim@live.de"])
def test_exchange_online_is_recognised_before_a_password_is_asked_for(desk: Desk, address: str) -> None:
    assert desk.page.form.password.isVisible()
    desk.page.form.address.setText(address)
    assert not desk.page.form.password.isVisible()
    assert not desk.page.form.server.isVisible()
    assert desk.page.form.online.isVisible()
    assert "Exchange Online" in desk.page.form.online.text()
    assert not desk.page.connect_button.isEnabled()
    desk.page.form.address.setText(ADDRESS)
    assert desk.page.form.password.isVisible()
    assert not desk.page.form.online.isVisible()


def test_a_server_of_exchange_online_is_recognised_too(desk: Desk) -> None:
    desk.fill(server="outlook.office365.com")
    assert desk.page.form.online.isVisible()
    assert not desk.page.connect_button.isEnabled()


def test_a_host_alone_becomes_a_safe_address(desk: Desk) -> None:
    desk.fill(server="mail.litware.example")
    desk.connect()
    assert desk.bridge.asked[0][1].server == "https://mail.litware.example"


def test_address_and_password_are_enough(desk: Desk) -> None:
    """The server is found, unless somebody wants to type it."""
    form = desk.page.form
    assert form.automatic.isChecked()
    assert not form.server.isVisible()
    form.address.setText(ADDRESS)
    form.password.line.setText("secret")
    desk.connect()
    found = Account(ADDRESS)
    assert desk.bridge.asked == [
        ("test_connection", found, "secret"),
        ("save_account", found, "secret", True),
    ]


def test_a_server_that_cannot_be_found_leads_to_its_choice(qtbot: QtBot, desk: Desk) -> None:
    desk.session.works = False
    desk.session.steps = (replace(FAILED, problem=Problem.of("server-not-found", server="litware.example")),)
    desk.page.form.address.setText(ADDRESS)
    desk.page.form.password.line.setText("secret")
    desk.connect()
    assert desk.page.form.automatic.hasFocus()
    QTest.keyClick(desk.page.form.automatic, Qt.Key.Key_Down)
    assert desk.page.form.typed.isChecked()
    qtbot.waitUntil(desk.page.form.server.hasFocus)


def test_negotiate_needs_no_password(desk: Desk) -> None:
    """It is then whoever is signed in to the computer."""
    form = desk.page.form
    form.address.setText(ADDRESS)
    assert "password" in desk.page.missing.text()
    form.authentication.setCurrentIndex(form.authentication.findData("negotiate"))
    assert desk.page.missing.text() == ""
    desk.connect()
    account = Account(ADDRESS, authentication="negotiate")
    assert desk.bridge.asked == [("test_connection", account, None), ("save_account", account, None, True)]


def test_the_server_that_the_organisation_refers_to_is_shown_and_asked_with_one_press(
    qtbot: QtBot, desk: Desk
) -> None:
    elsewhere = Problem.of("server-elsewhere", domain="litware.example", server="mail.hoster.example")
    desk.session.works = False
    desk.session.steps = (replace(FAILED, problem=elsewhere),)
    desk.page.form.address.setText(ADDRESS)
    desk.page.form.password.line.setText("secret")
    desk.connect()
    offer = desk.page.test.offer
    assert offer is not None
    qtbot.waitUntil(lambda: not offer.visibleRegion().isEmpty())
    desk.session.works = True
    desk.session.steps = (OK,)
    with qtbot.waitSignal(desk.page.connected):
        offer.click()
    there = Account(ADDRESS, server="https://mail.hoster.example/autodiscover/autodiscover.xml")
    assert desk.bridge.asked[1:] == [
        ("test_connection", there, "secret"),
        ("save_account", there, "secret", True),
    ]


def test_the_address_comes_first_and_return_connects(desk: Desk) -> None:
    lines = desk.page.form.findChildren(QLineEdit)
    assert lines[0] is desk.page.form.address
    desk.fill()
    QTest.keyClick(desk.page.form.password.line, Qt.Key.Key_Return)
    assert desk.calls == ["test_connection", "save_account"]


def test_the_sample_organisation_is_one_press_away(desk: Desk) -> None:
    QTest.mouseClick(desk.page.sample_button, Qt.MouseButton.LeftButton)
    assert desk.samples == 1
    assert desk.calls == []


def test_the_administrators_server_is_filled_in_and_locked(qtbot: QtBot) -> None:
    options = Options(account=Account(server=SERVER), origins={"account.server": Origin.POLICY})
    desk = Desk(qtbot, options)
    assert desk.page.form.server.text() == SERVER
    assert not desk.page.form.server.isEnabled()


def test_a_password_that_may_not_be_kept_is_not(qtbot: QtBot) -> None:
    desk = Desk(qtbot, Options(allow_saved_password=False))
    desk.fill()
    desk.connect()
    assert desk.bridge.asked[1] == ("save_account", ACCOUNT, "secret", False)


def test_typing_is_shown_only_while_asked_for(desk: Desk) -> None:
    field = desk.page.form.password
    assert field.line.echoMode() is QLineEdit.EchoMode.Password
    QTest.mouseClick(field.reveal, Qt.MouseButton.LeftButton)
    assert field.line.echoMode() is QLineEdit.EchoMode.Normal
    field.clear()
    assert field.line.echoMode() is QLineEdit.EchoMode.Password


def test_no_password_stays_in_a_hidden_page(desk: Desk) -> None:
    desk.fill()
    desk.page.hide()
    assert desk.page.form.password.text() == ""


def test_every_control_of_the_page_has_a_name_and_a_letter_of_its_own(desk: Desk) -> None:
    assert nameless(desk.page) == []
    assert doubled_letters(desk.page) == []


# --- the password prompt ---


def refused() -> State:
    calendar = Calendar(health=Health.STOPPED, problem=REFUSED)
    return state(options=Options(account=replace(ACCOUNT, user_name="LITWARE\\kim")), calendar=calendar)


class Prompt:
    """The prompt, open."""

    def __init__(self, qtbot: QtBot, known: State | None = None) -> None:
        self.session = RecordingSession()
        self.bridge = knowing(known or refused(), RecordingBridge(self.session))
        self.dialog = PasswordPrompt(self.bridge, WORDS)
        qtbot.addWidget(self.dialog)
        self.dialog.ask()

    def enter(self, password: str = "secret") -> None:
        QTest.keyClicks(self.dialog.password.line, password)
        QTest.keyClick(self.dialog.password.line, Qt.Key.Key_Return)


def test_the_prompt_says_why_and_for_whom(qtbot: QtBot) -> None:
    prompt = Prompt(qtbot)
    assert prompt.dialog.title.text() == "Exchange refused your password."
    assert "mail.litware.example" in prompt.dialog.cause.text()
    assert prompt.dialog.account.text() == "LITWARE\\kim"


@pytest.mark.parametrize("name", ["password-expired", "account-locked"])
def test_the_prompt_says_what_else_keeps_the_password_from_being_used(qtbot: QtBot, name: str) -> None:
    problem = Problem.of(name, server="mail.litware.example")
    known = replace(refused(), calendar=Calendar(health=Health.STOPPED, problem=problem))
    assert Prompt(qtbot, known).dialog.title.text() == WORDS(problem.title)


def test_where_none_is_kept_the_prompt_says_that(qtbot: QtBot) -> None:
    prompt = Prompt(qtbot, state(options=Options(account=ACCOUNT)))
    assert prompt.dialog.title.text() == "Your password is needed."


def test_a_password_goes_to_the_session_and_nowhere_else(qtbot: QtBot) -> None:
    prompt = Prompt(qtbot)
    prompt.enter()
    assert prompt.bridge.asked == [("enter_password", "secret", True)]
    assert not prompt.dialog.isVisible()
    assert prompt.dialog.password.text() == ""


def test_nothing_typed_is_nothing_sent(qtbot: QtBot) -> None:
    prompt = Prompt(qtbot)
    prompt.enter("")
    assert prompt.bridge.asked == []
    assert prompt.dialog.isVisible()


def test_escape_sends_nothing(qtbot: QtBot) -> None:
    prompt = Prompt(qtbot)
    QTest.keyClicks(prompt.dialog.password.line, "secret")
    QTest.keyClick(prompt.dialog, Qt.Key.Key_Escape)
    assert prompt.bridge.asked == []
    assert prompt.dialog.password.text() == ""


def test_a_prompt_without_a_keyring_says_that_it_is_for_this_run_only(qtbot: QtBot) -> None:
    prompt = Prompt(qtbot)
    prompt.session.problem = NO_KEYRING
    prompt.enter()
    assert prompt.dialog.isVisible()
    assert "for this run only" in prompt.dialog.remedy.text()
    assert not prompt.dialog.password.isVisible()
    QTest.keyClick(prompt.dialog, Qt.Key.Key_Return)
    assert not prompt.dialog.isVisible()
    assert len(prompt.bridge.asked) == 1
    prompt.dialog.ask()
    assert prompt.dialog.password.isVisible()


def test_a_policy_against_saved_passwords_is_shown_in_the_prompt(qtbot: QtBot) -> None:
    prompt = Prompt(qtbot, state(options=Options(account=ACCOUNT, allow_saved_password=False)))
    assert not prompt.dialog.keep.isEnabled()
    prompt.enter()
    assert prompt.bridge.asked == [("enter_password", "secret", False)]


def test_every_control_of_the_prompt_has_a_name_and_a_letter_of_its_own(qtbot: QtBot) -> None:
    prompt = Prompt(qtbot)
    assert nameless(prompt.dialog) == []
    assert doubled_letters(prompt.dialog) == []


def test_before_there_is_a_presence_the_window_has_the_programs_icon(qtbot: QtBot) -> None:
    icon = Desk(qtbot).page.windowIcon()
    sizes = sorted(size.width() for size in icon.availableSizes())
    assert sizes == [16, 22, 24, 32, 48, 64, 128]
    assert icon.pixmap(48).toImage().pixelColor(25, 33).name() == "#2e9e3f"
