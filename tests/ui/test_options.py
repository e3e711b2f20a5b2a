"""Options: values in, values out, what the administrator set, OK, Cancel and Apply."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialogButtonBox,
    QLabel,
    QMessageBox,
    QPushButton,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from lyncdesk.client.found import Found, How
from lyncdesk.client.options import AUTHENTICATIONS, Account, Options, Origin
from lyncdesk.client.problems import Problem
from lyncdesk.client.session import ConnectionStep, Session, StepResult
from lyncdesk.client.state import Calendar, Health
from lyncdesk.presence.message import Message
from lyncdesk.presence.relationships import DetailsTo
from lyncdesk.ui.bridge import Bridge
from lyncdesk.ui.options_window import OptionsPage, OptionsWindow
from lyncdesk.ui.widgets import TroubleBox
from tests.ui.builders import NOW, RecordingBridge, RecordingSession, state
from tests.ui.names import doubled_letters, nameless
from tests.ui.parts import WORDS, knowing, tell

ACCOUNT = Account(
    "kim.akers@litware.example", "LITWARE\\kim", "https://mail.litware.example/EWS/Exchange.asmx"
)
OPTIONS = Options(account=ACCOUNT)
BY_POLICY = "Set by your administrator"
Button = QDialogButtonBox.StandardButton


class Desk:
    """The window over a session that remembers what it was asked."""

    def __init__(
        self, qtbot: QtBot, options: Options = OPTIONS, session: RecordingSession | None = None
    ) -> None:
        self.bridge = knowing(state(options=options), RecordingBridge(session))
        self.window = OptionsWindow(self.bridge, WORDS)
        qtbot.addWidget(self.window)
        self.window.open_page()

    def press(self, which: Button) -> None:
        QTest.mouseClick(self.button(which), Qt.MouseButton.LeftButton)

    def button(self, which: Button) -> QPushButton:
        return self.window.buttons.button(which)

    @property
    def saved(self) -> list[Any]:
        return [call[1] for call in self.bridge.asked if call[0] == "save_options"]


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


# --- values in and out ---

EVERYTHING = Options(
    use_exchange=True,
    update_presence=False,
    share_details=False,
    share_out_of_office=False,
    share_free_busy=False,
    start_with_computer=True,
    start_minimised=True,
    inactive_after=timedelta(minutes=7),
    away_after=timedelta(minutes=360),
    meeting_while_away=True,
    ignore_all_day=True,
    notices=False,
    language="de",
    log_details=True,
    keep_history=True,
    account=ACCOUNT,
)
NAMES = (
    "update_presence", "share_details", "share_out_of_office", "share_free_busy", "start_with_computer",
    "start_minimised", "inactive_after", "away_after", "meeting_while_away", "ignore_all_day", "notices",
    "language", "log_details", "keep_history",
)  # fmt: skip


def test_every_option_in_force_is_shown_and_unchanged_ones_are_not_saved(qtbot: QtBot) -> None:
    desk = Desk(qtbot, EVERYTHING)
    shown = {bound.name: bound.read() for page in desk.window.pages for bound in page._bound}
    assert shown == {name: getattr(EVERYTHING, name) for name in shown}
    assert set(shown) == {*NAMES, "use_exchange"}
    desk.press(Button.Ok)
    assert desk.bridge.asked == []
    assert not desk.window.isVisible()


def test_what_the_person_changed_is_saved_by_its_name(desk: Desk) -> None:
    for page in desk.window.pages:
        for bound in page._bound:
            bound.show(replace(EVERYTHING, use_exchange=True))
    desk.press(Button.Ok)
    assert desk.saved == [{name: getattr(EVERYTHING, name) for name in NAMES}]


def test_the_personal_information_manager_can_be_none(desk: Desk) -> None:
    personal = desk.window.personal
    assert personal.manager.currentText() == "Microsoft Exchange"
    personal.manager.setCurrentIndex(personal.manager.findText("None"))
    for box in _calendar_boxes(desk):
        assert not box.isEnabled()
    assert personal.hint.isVisible()
    desk.press(Button.Apply)
    assert desk.saved == [{"use_exchange": False}]
    personal.manager.setCurrentIndex(0)
    assert all(box.isEnabled() for box in _calendar_boxes(desk))


def test_the_boxes_are_named_as_in_lync_and_on_by_default(desk: Desk) -> None:
    personal = desk.window.personal
    assert all(box.isChecked() for box in _calendar_boxes(desk))
    assert _plain(personal.update_presence.text()) == "Update my presence based on my calendar information"
    assert _plain(personal.share_free_busy.text()) == "Share my free/busy times"


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (DetailsTo.WORKGROUP, "contacts in my Workgroup"),
        (DetailsTo.WORKGROUP_AND_FRIENDS, "contacts in my Workgroup or Friends and Family"),
    ],
)
def test_who_sees_the_details_is_told_as_the_policy_says(qtbot: QtBot, policy: DetailsTo, words: str) -> None:
    desk = Desk(qtbot, replace(OPTIONS, details_to=policy))
    text = _plain(desk.window.personal.share_details.text())
    assert text == f"Show my meeting subject and location to {words}"


def test_minutes_take_5_to_360(desk: Desk) -> None:
    for box in (desk.window.status.inactive, desk.window.status.away):
        box.setValue(4)
        assert box.value() == 5
        box.setValue(361)
        assert box.value() == 360


# --- what the administrator set ---

LOCKABLE = [*NAMES, "use_exchange"]


@pytest.mark.parametrize("name", LOCKABLE)
def test_what_the_administrator_set_is_disabled_and_says_so(qtbot: QtBot, name: str) -> None:
    desk = Desk(qtbot, replace(OPTIONS, origins={name: Origin.POLICY}))
    page, bound = _bound(desk, name)
    desk.window.list.setCurrentRow(desk.window.pages.index(page))
    control = bound.lock._control
    assert not control.isEnabled()
    assert control.toolTip() == BY_POLICY
    assert control.accessibleDescription() == BY_POLICY
    assert bound.lock.note.isVisible()
    assert bound.lock.note.text() == BY_POLICY


def test_a_locked_option_is_never_saved(qtbot: QtBot) -> None:
    desk = Desk(qtbot, replace(OPTIONS, origins={"notices": Origin.POLICY}))
    _, bound = _bound(desk, "notices")
    bound.show(replace(OPTIONS, notices=False))
    desk.window.status.ignore_all_day.setChecked(True)
    desk.press(Button.Ok)
    assert desk.saved == [{"ignore_all_day": True}]


def test_what_is_only_recommended_stays_free(qtbot: QtBot) -> None:
    desk = Desk(qtbot, replace(OPTIONS, origins={"notices": Origin.RECOMMENDED}))
    _, bound = _bound(desk, "notices")
    assert bound.lock._control.isEnabled()
    assert not bound.lock.note.isVisible()


def test_a_locked_box_stays_locked_when_the_manager_comes_back(qtbot: QtBot) -> None:
    desk = Desk(qtbot, replace(OPTIONS, origins={"share_details": Origin.POLICY}))
    personal = desk.window.personal
    personal.manager.setCurrentIndex(1)
    personal.manager.setCurrentIndex(0)
    assert not personal.share_details.isEnabled()
    assert personal.share_free_busy.isEnabled()


@pytest.mark.parametrize(
    ("origins", "who"),
    [
        ({}, "Built in"),
        ({"interval": Origin.POLICY}, "Set by your administrator."),
        ({"interval": Origin.RECOMMENDED}, "Recommended"),
        ({"interval": Origin.COMMAND_LINE}, "command line"),
    ],
)
def test_the_interval_is_shown_with_who_set_it_and_the_line_to_copy(
    qtbot: QtBot, origins: Mapping[str, Origin], who: str
) -> None:
    desk = Desk(qtbot, replace(OPTIONS, interval=timedelta(minutes=15), origins=origins))
    advanced = desk.window.advanced
    assert "15 minutes" in advanced.interval.text()
    assert who in advanced.interval.text()
    assert advanced.line.isReadOnly()
    desk.window.list.setCurrentRow(OptionsPage.ADVANCED)
    QTest.mouseClick(advanced.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == 'WebServicePollInterval = "00:15:00"'


# --- the account ---


def test_a_changed_account_is_saved_with_its_password(desk: Desk) -> None:
    form = desk.window.account.form
    form.server.setText("ews.litware.example/EWS/Exchange.asmx")
    form.password.line.setText("secret")
    form.keep.setChecked(False)
    desk.press(Button.Ok)
    account = replace(ACCOUNT, server="https://ews.litware.example/EWS/Exchange.asmx")
    assert desk.bridge.asked == [("save_account", account, "secret", False)]
    assert not desk.window.isVisible()


def test_an_account_without_a_new_password_keeps_the_stored_one(desk: Desk) -> None:
    desk.window.account.form.user_name.setText("kim")
    desk.press(Button.Apply)
    assert desk.bridge.asked == [("save_account", replace(ACCOUNT, user_name="kim"), None, True)]


def test_a_stored_password_is_kept_no_longer_where_the_person_does_not_want_that(desk: Desk) -> None:
    apply = desk.button(Button.Apply)
    desk.window.account.form.keep.setChecked(False)
    assert apply.isEnabled()
    desk.press(Button.Apply)
    assert desk.bridge.asked == [("save_account", ACCOUNT, None, False)]
    assert not apply.isEnabled()


def test_the_wheel_is_left_to_the_page_and_changes_nothing(desk: Desk) -> None:
    status = desk.window.pages[OptionsPage.STATUS]
    controls = [*status.findChildren(QSpinBox), *status.findChildren(QComboBox)]
    assert len(controls) == 3
    for control in (desk.window.account.form.authentication, *controls):
        # What is not taken goes on to the area around, which scrolls.
        assert not takes_the_wheel(control)
    desk.press(Button.Ok)
    assert desk.bridge.asked == []


def takes_the_wheel(widget: QWidget) -> bool:
    """Turn the wheel towards oneself over a widget."""
    place = widget.rect().center()
    here = widget.mapToGlobal(place)
    wheel = QWheelEvent(
        QPointF(place),
        QPointF(here),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, wheel)
    return wheel.isAccepted()


def test_an_account_that_cannot_be_used_is_not_saved_and_the_window_says_why(desk: Desk) -> None:
    desk.window.account.form.server.setText("http://mail.litware.example")
    desk.press(Button.Ok)
    assert desk.bridge.asked == []
    assert desk.window.isVisible()
    assert "https://" in desk.window.message.text()
    assert desk.window.list.currentRow() == OptionsPage.ACCOUNT


def test_a_password_that_could_not_be_kept_is_said_before_the_window_goes(qtbot: QtBot) -> None:
    session = RecordingSession()
    session.problem = Problem.of("keyring-missing", code="no D-Bus")
    desk = Desk(qtbot, session=session)
    desk.window.account.form.password.line.setText("secret")
    desk.press(Button.Ok)
    assert desk.window.isVisible()
    assert "for this run only" in desk.window.message.text()
    form = desk.window.account.form
    assert form.password.text() == ""
    # The form still knows what this computer lacks.
    form.authentication.setCurrentIndex(form.authentication.findData("negotiate"))
    assert "Kerberos is missing here." in form.meaning.text()
    form.authentication.setCurrentIndex(0)
    desk.press(Button.Ok)
    assert not desk.window.isVisible()
    assert len(desk.bridge.asked) == 1


def test_exchange_online_is_recognised_and_not_saved(desk: Desk) -> None:
    form = desk.window.account.form
    desk.window.list.setCurrentRow(OptionsPage.ACCOUNT)
    form.server.setText("outlook.office365.com")
    assert form.online.isVisible()
    assert not desk.window.account.test.start_button.isEnabled()
    desk.press(Button.Ok)
    assert desk.bridge.asked == []


def test_the_test_takes_what_is_typed_and_saves_nothing(desk: Desk) -> None:
    desk.window.list.setCurrentRow(OptionsPage.ACCOUNT)
    desk.window.account.form.user_name.setText("kim")
    QTest.mouseClick(desk.window.account.test.start_button, Qt.MouseButton.LeftButton)
    assert desk.bridge.asked == [("test_connection", replace(ACCOUNT, user_name="kim"), None)]


def test_the_administrators_server_and_passwords_that_may_not_be_kept_are_locked(qtbot: QtBot) -> None:
    origins = {"account.server": Origin.POLICY}
    desk = Desk(qtbot, replace(OPTIONS, origins=origins, allow_saved_password=False))
    form = desk.window.account.form
    assert not form.server.isEnabled()
    assert form.server.toolTip() == BY_POLICY
    assert not form.keep.isEnabled()
    assert not form.keep.isChecked()


# --- the window ---


def test_cancel_saves_nothing_and_the_next_opening_shows_what_is_in_force(desk: Desk) -> None:
    desk.window.status.ignore_all_day.setChecked(True)
    desk.press(Button.Cancel)
    assert desk.bridge.asked == []
    assert not desk.window.isVisible()
    desk.window.open_page()
    assert not desk.window.status.ignore_all_day.isChecked()


def test_apply_is_there_only_for_what_is_changed(desk: Desk) -> None:
    assert not desk.button(Button.Apply).isEnabled()
    desk.window.status.ignore_all_day.setChecked(True)
    assert desk.button(Button.Apply).isEnabled()
    desk.press(Button.Apply)
    assert desk.window.isVisible()
    assert not desk.button(Button.Apply).isEnabled()
    assert desk.window.status.ignore_all_day.isChecked()


def test_a_refused_option_is_told_and_the_window_stays(qtbot: QtBot) -> None:
    session = RecordingSession()
    session.problem = Problem.of("policy-invalid", where="policy", key="x", value="y", range="z")
    desk = Desk(qtbot, session=session)
    desk.window.status.ignore_all_day.setChecked(True)
    desk.press(Button.Ok)
    assert desk.window.isVisible()
    assert "policy" in desk.window.message.text()


def test_an_error_nobody_foresaw_is_told_and_what_was_typed_stays(qtbot: QtBot) -> None:
    class Broken(RecordingSession):
        async def save_options(self, values: Mapping[str, object]) -> tuple[Problem, ...]:
            raise OSError("disk full")

    desk = Desk(qtbot, session=Broken())
    desk.window.status.ignore_all_day.setChecked(True)
    desk.press(Button.Ok)
    assert desk.window.isVisible()
    assert "disk full" in desk.window.message.text()
    assert desk.window.status.ignore_all_day.isChecked()
    assert desk.button(Button.Apply).isEnabled()


def test_a_change_from_elsewhere_is_shown_unless_the_person_is_typing(desk: Desk) -> None:
    tell(desk.bridge, state(options=replace(OPTIONS, notices=False)))
    assert not desk.window.status.notices.isChecked()
    desk.window.status.ignore_all_day.setChecked(True)
    tell(desk.bridge, state(options=OPTIONS))
    assert not desk.window.status.notices.isChecked()
    assert desk.window.status.ignore_all_day.isChecked()


def test_no_password_stays_in_a_closed_window(desk: Desk) -> None:
    desk.window.account.form.password.line.setText("secret")
    QTest.keyClick(desk.window, Qt.Key.Key_Escape)
    assert not desk.window.isVisible()
    assert desk.window.account.form.password.text() == ""


@pytest.mark.parametrize("page", list(OptionsPage))
def test_every_control_has_a_name_and_a_letter_of_its_own(qtbot: QtBot, page: OptionsPage) -> None:
    everything = dict.fromkeys((*LOCKABLE, "account.server"), Origin.POLICY)
    for options in (OPTIONS, replace(OPTIONS, origins=everything)):
        desk = Desk(qtbot, options)
        desk.window.open_page(page)
        assert nameless(desk.window) == []
        assert doubled_letters(desk.window) == []


def test_the_pages_can_be_walked_with_the_keyboard(desk: Desk) -> None:
    desk.window.list.setFocus()
    QTest.keyClick(desk.window.list, Qt.Key.Key_Down)
    assert desk.window.status.isVisible()
    QTest.keyClick(desk.window.list, Qt.Key.Key_Tab)
    QTest.keyClick(desk.window.status.inactive, Qt.Key.Key_Up)
    assert desk.window.status.inactive.value() == 6


def _calendar_boxes(desk: Desk) -> list[Any]:
    personal = desk.window.personal
    return [
        personal.update_presence,
        personal.share_details,
        personal.share_out_of_office,
        personal.share_free_busy,
    ]


def _bound(desk: Desk, name: str) -> tuple[QWidget, Any]:
    return next((page, bound) for page in desk.window.pages for bound in page._bound if bound.name == name)


def _plain(text: str) -> str:
    return text.replace("&", "")


# --- the server, and how to sign in ---


def on_account(qtbot: QtBot, options: Options = OPTIONS, session: RecordingSession | None = None) -> Desk:
    desk = Desk(qtbot, options, session)
    desk.window.list.setCurrentRow(OptionsPage.ACCOUNT)
    return desk


def test_a_server_that_was_typed_is_shown_and_can_be_left_to_be_found(qtbot: QtBot) -> None:
    desk = on_account(qtbot)
    form = desk.window.account.form
    assert form.typed.isChecked()
    assert form.server.isVisible()
    form.automatic.click()
    assert not form.server.isVisible()
    desk.press(Button.Ok)
    assert desk.bridge.asked == [("save_account", replace(ACCOUNT, server=""), None, True)]


def test_a_server_that_is_found_can_be_typed_instead(qtbot: QtBot) -> None:
    desk = on_account(qtbot, replace(OPTIONS, account=replace(ACCOUNT, server="")))
    form = desk.window.account.form
    assert form.automatic.isChecked()
    assert not form.server.isVisible()
    form.typed.click()
    assert form.server.isVisible()
    qtbot.waitUntil(form.server.hasFocus)
    desk.press(Button.Ok)
    assert "or let it be found" in desk.window.message.text()
    assert desk.bridge.asked == []
    form.server.setText("mail.litware.example")
    desk.press(Button.Ok)
    saved = replace(ACCOUNT, server="https://mail.litware.example")
    assert desk.bridge.asked == [("save_account", saved, None, True)]


def test_a_choice_that_changes_nothing_is_not_saved(qtbot: QtBot) -> None:
    desk = on_account(qtbot)
    form = desk.window.account.form
    form.automatic.click()
    form.typed.click()
    assert not desk.button(Button.Apply).isEnabled()
    desk.press(Button.Ok)
    assert desk.bridge.asked == []


@pytest.mark.parametrize("way", AUTHENTICATIONS)
def test_the_way_of_signing_in_is_shown_with_its_meaning_and_saved(qtbot: QtBot, way: str) -> None:
    other = "basic" if way != "basic" else "ntlm"
    desk = on_account(qtbot, replace(OPTIONS, account=replace(ACCOUNT, authentication=other)))
    form = desk.window.account.form
    assert form.authentication.currentData() == other
    before = form.meaning.text()
    form.authentication.setCurrentIndex(form.authentication.findData(way))
    assert form.meaning.text() != before
    # What is missing on this computer is said where it is chosen.
    assert ("Kerberos is missing here." in form.meaning.text()) is (way == "negotiate")
    desk.press(Button.Ok)
    assert desk.bridge.asked == [("save_account", replace(ACCOUNT, authentication=way), None, True)]


def test_what_the_administrator_set_about_the_server_is_locked_as_a_whole(qtbot: QtBot) -> None:
    origins = dict.fromkeys(("account.server", "account.authentication", "account.ca_file"), Origin.POLICY)
    account = replace(ACCOUNT, ca_file="/etc/ssl/litware.pem")
    desk = on_account(qtbot, Options(account=account, origins=origins))
    form = desk.window.account.form
    for control in (form.automatic, form.typed, form.server, form.authentication):
        assert not control.isEnabled()
    notes = [label for label in form.findChildren(QLabel) if label.isVisible() and label.text() == BY_POLICY]
    assert len(notes) == 3
    assert form.ca_file.isVisible()
    assert form.ca_file.text() == "/etc/ssl/litware.pem"
    # Nothing of it counts for a mailbox that is not on a server of one's own.
    form.address.setText("kim@litware.onmicrosoft.com")
    assert not form.ca_file.isVisible()
    assert QApplication.topLevelWidgets().count(form) == 0


def test_no_file_of_certificates_is_no_row(qtbot: QtBot) -> None:
    assert not on_account(qtbot).window.account.form.ca_file.isVisible()


def test_what_is_wrong_with_the_account_stands_above_its_fields(qtbot: QtBot) -> None:
    desk = on_account(qtbot)
    page = desk.window.account
    assert page.findChildren(TroubleBox) == []
    problem = Problem.of("not-exchange", server="mail.litware.example", code="404")
    failing = Calendar(health=Health.FAILING, failures=1, problem=problem)
    tell(desk.bridge, state(options=OPTIONS, signed_in=True, calendar=failing))
    qtbot.waitUntil(lambda: len(page.findChildren(TroubleBox)) == 1)
    (box,) = page.findChildren(TroubleBox)
    assert box.accessibleName() == "The address does not lead to Exchange Web Services."
    assert box.button is None
    qtbot.waitUntil(lambda: box.geometry().bottom() < page.form.geometry().top())
    # What says the same is not made anew under somebody who reads it.
    tell(desk.bridge, state(options=OPTIONS, signed_in=True, calendar=replace(failing, failures=2)))
    assert page.findChildren(TroubleBox) == [box]
    # What is typed is not taken away by it, and it goes when it no longer holds.
    page.form.user_name.setText("kim")
    tell(desk.bridge, state(options=OPTIONS, signed_in=True))
    qtbot.waitUntil(lambda: page.findChildren(TroubleBox) == [])
    assert page.form.user_name.text() == "kim"


def test_what_is_mended_elsewhere_does_not_stand_there(qtbot: QtBot) -> None:
    desk = on_account(qtbot)
    for name in ("refused-password", "timed-out"):
        failing = Calendar(health=Health.FAILING, failures=1, problem=Problem.of(name))
        tell(desk.bridge, state(options=OPTIONS, signed_in=True, calendar=failing))
        assert desk.window.account.findChildren(TroubleBox) == []


class SlowSession(RecordingSession):
    """Begins a test that does not end by itself."""

    async def test_connection(self, *_: Any, **__: Any) -> bool:
        self.asked.append(("test_connection",))
        await asyncio.Event().wait()
        return True


@contextmanager
def account_page(qtbot: QtBot) -> Iterator[OptionsWindow]:
    """Options > Account over a session whose tests of the connection last."""
    bridge = Bridge(lambda: cast("Session", SlowSession()))
    bridge.start()
    try:
        qtbot.waitUntil(lambda: bridge.is_ready)
        bridge._state = state(options=OPTIONS)
        window = OptionsWindow(bridge, WORDS)
        qtbot.addWidget(window)
        window.open_page(OptionsPage.ACCOUNT)
        yield window
    finally:
        assert bridge.stop()


def test_stop_does_not_scroll_away_and_a_change_stops_the_test(qtbot: QtBot) -> None:
    with account_page(qtbot) as window:
        test = window.account.test
        assert not test.stop_button.isVisible()
        test.start_button.click()
        assert test.stop_button.isVisible()
        assert not window._stack.isAncestorOf(test.stop_button)
        window.account.form.user_name.setText("kim")
        assert not test.running
        assert test.start_button.isEnabled()
        test.start_button.click()
        test.stop_button.click()
        assert test.outcome.text() == "Stopped. Nothing was saved."


FOUND = Found(
    ACCOUNT.address,
    "https://mail.litware.example/EWS/Exchange.asmx",
    How.SRV,
    "https://autodiscover.litware.example/autodiscover/autodiscover.xml",
    NOW,
)


def test_what_was_found_is_shown_with_how_and_when_and_can_be_found_again(qtbot: QtBot) -> None:
    options = replace(OPTIONS, account=replace(ACCOUNT, server=""))
    desk = on_account(qtbot, options)
    form = desk.window.account.form
    assert not form.found.isVisible()
    assert not form.find_again.isVisible()
    tell(desk.bridge, state(options=options, found={ACCOUNT.address: FOUND}))
    assert form.found.text() == (
        "Found: https://mail.litware.example/EWS/Exchange.asmx (Autodiscover at autodiscover.litware.example,"
        " which the domain names in DNS (SRV), 10:02)."
    )
    assert form.find_again.isVisible()
    QTest.mouseClick(form.find_again, Qt.MouseButton.LeftButton)
    assert desk.bridge.asked == [("test_connection", options.account, None)]
    # It was not found for what is typed now.
    form.address.setText("ben@litware.example")
    assert not form.found.isVisible()
    form.address.setText(ACCOUNT.address)
    assert form.found.isVisible()
    form.typed.click()
    assert not form.found.isVisible()


def test_the_server_that_the_organisation_refers_to_is_taken_and_tested_with_one_press(qtbot: QtBot) -> None:
    elsewhere = Problem.of("server-elsewhere", domain="litware.example", server="mail.hoster.example")
    session = RecordingSession()
    session.steps = (ConnectionStep("find", Message.of("Asking"), StepResult.FAILED, problem=elsewhere),)
    options = replace(OPTIONS, account=replace(ACCOUNT, server=""))
    desk = on_account(qtbot, options, session)
    page = desk.window.account
    page.test.start_button.click()
    assert page.test.offer is not None
    page.test.offer.click()
    there = replace(ACCOUNT, server="https://mail.hoster.example/autodiscover/autodiscover.xml")
    assert desk.bridge.asked == [
        ("test_connection", options.account, None),
        ("test_connection", there, None),
    ]
    assert page.form.account() == there
    assert desk.saved == []


def test_without_an_account_no_password_is_unchanged_and_one_has_to_be_typed(qtbot: QtBot) -> None:
    desk = on_account(qtbot, Options())
    form = desk.window.account.form
    assert form.password.line.placeholderText() == ""
    form.address.setText(ACCOUNT.address)
    desk.press(Button.Ok)
    assert desk.window.message.text() == "Type your password."
    tell(desk.bridge, state(options=OPTIONS))
    desk.press(Button.Cancel)
    desk.window.open_page(OptionsPage.ACCOUNT)
    assert form.password.line.placeholderText() == "unchanged"
    assert form.trouble() == ""
    assert desk.bridge.asked == []


# --- forgetting the account ---


def answer(desk: Desk, text: str) -> QMessageBox:
    """Ask to forget the account and answer the question."""
    QTest.mouseClick(desk.window.account.forget, Qt.MouseButton.LeftButton)
    box = desk.window.findChild(QMessageBox)
    assert isinstance(box, QMessageBox)
    chosen = next(button for button in box.buttons() if _plain(button.text()) == text)
    QTest.mouseClick(chosen, Qt.MouseButton.LeftButton)
    return box


class Forgetful(RecordingSession):
    """Says that the account is gone before it answers, as a client does."""

    bridge: RecordingBridge

    async def forget_account(self) -> Problem | None:
        tell(self.bridge, state())
        return await super().forget_account()


def with_account(qtbot: QtBot, problem: Problem | None = None) -> tuple[Desk, list[bool]]:
    session = Forgetful()
    session.problem = problem
    desk = on_account(qtbot, session=session)
    session.bridge = desk.bridge
    gone: list[bool] = []
    desk.window.forgotten.connect(lambda: gone.append(desk.window.isVisible()))
    return desk, gone


def test_the_account_is_forgotten_after_a_question_that_says_what_goes(qtbot: QtBot) -> None:
    desk, gone = with_account(qtbot)
    desk.window.account.form.user_name.setText("typed, but not applied")
    box = answer(desk, "Forget")
    assert box.text() == "Forget kim.akers@litware.example on this computer?"
    for word in ("signed out", "account", "password", "keyring", "contact list", "stay"):
        assert word in box.informativeText()
    assert desk.bridge.asked == [("forget_account",)]
    assert gone == [True], "the next window comes before this one goes"
    assert not desk.window.isVisible()
    assert desk.window.account.form.user_name.text() == ""


def test_an_account_that_is_kept_after_all_stays(qtbot: QtBot) -> None:
    desk, gone = with_account(qtbot)
    box = answer(desk, "Keep")
    assert (box.defaultButton(), box.escapeButton()) == (box.buttons()[1],) * 2
    assert _plain(box.buttons()[1].text()) == "Keep"
    assert (desk.bridge.asked, gone, desk.window.isVisible()) == ([], [], True)


def test_a_password_that_the_keyring_did_not_drop_is_said_before_the_window_goes(qtbot: QtBot) -> None:
    desk, gone = with_account(qtbot, Problem.of("keyring-missing", code="the keyring is locked"))
    desk.window.account.form.user_name.setText("typed, but not applied")
    answer(desk, "Forget")
    assert desk.window.isVisible()
    assert gone == []
    assert "No keyring answers: the keyring is locked." in desk.window.message.text()
    page = desk.window.account
    assert not page.forget.isEnabled()
    assert page.form.address.text() == page.form.user_name.text() == ""
    desk.press(Button.Ok)
    assert not desk.window.isVisible()
    assert desk.bridge.asked == [("forget_account",)]


def test_a_forgetting_that_breaks_is_told_and_can_be_tried_again(qtbot: QtBot) -> None:
    class Broken(RecordingSession):
        async def forget_account(self) -> Problem | None:
            raise OSError("no more processes")

    desk = on_account(qtbot, session=Broken())
    answer(desk, "Forget")
    assert desk.window.isVisible()
    said = "The account could not be forgotten: no more processes"
    assert desk.window.message.text() == said
    assert desk.window.account.forget.isEnabled()
    desk.window._forget()
    assert desk.window.message.text() == said


@pytest.mark.parametrize(
    ("options", "simulation", "said"),
    [
        (Options(), False, "No account is kept on this computer."),
        (OPTIONS, True, "The sample organisation keeps no account of yours."),
        (replace(OPTIONS, origins={"account.address": Origin.POLICY}), False, BY_POLICY),
    ],
)
def test_where_there_is_nothing_to_forget_the_words_say_why(
    qtbot: QtBot, options: Options, simulation: bool, said: str
) -> None:
    desk = on_account(qtbot, options, RecordingSession(simulation=simulation))
    page = desk.window.account
    assert not page.forget.isEnabled()
    assert said in [label.text() for label in page.findChildren(QLabel) if label.isVisible()]
    tell(desk.bridge, state(options=replace(OPTIONS, notices=False)))
    assert page.forget.isEnabled() is not simulation
    assert page.none_kept.isVisible() is simulation


def test_an_account_is_not_forgotten_while_it_is_saved(qtbot: QtBot) -> None:
    with account_page(qtbot) as window:
        assert window.account.forget.isEnabled()
        window.account.form.user_name.setText("kim")
        window.buttons.button(Button.Apply).click()
        assert not window.account.forget.isEnabled()
        qtbot.waitUntil(window.account.forget.isEnabled)
        window.account.test.start()
        window._forget()
        assert not window.account.test.running
        qtbot.waitUntil(lambda: not window.isVisible())
