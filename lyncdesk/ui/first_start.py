"""First start: connect to the organisation's Exchange server, or look around in the sample organisation.

Nothing is saved before it works. The password goes to the system's keyring; without one it is kept for this
run only, and the page says so.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent, QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from lyncdesk.client.options import Account, Options, Origin
from lyncdesk.client.problems import Problem
from lyncdesk.client.state import State
from lyncdesk.client.views import PASSWORD_PROBLEMS, trouble
from lyncdesk.client.words import Words
from lyncdesk.ui.account_form import AccountForm
from lyncdesk.ui.bridge import Bridge
from lyncdesk.ui.connection_test import ConnectionTest
from lyncdesk.ui.controls import button, give_mnemonics, open_at, scrolling
from lyncdesk.ui.program_icon import program_icon
from lyncdesk.ui.widgets import MessageLine, Panel, QuietLabel, bold, label


def _of_account(options: Options) -> tuple[Account, bool, frozenset[tuple[str, Origin]]]:
    origins = frozenset(item for item in options.origins.items() if item[0].startswith("account."))
    return options.account, options.allow_saved_password, origins


class FirstStart(QWidget):
    """The page, a window of its own. ``connected`` comes when an account works and is saved, ``closed`` when
    the window goes.
    """

    connected = Signal()
    closed = Signal()

    def __init__(
        self, bridge: Bridge, words: Words, open_sample: Callable[[], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._words = words
        self._tested: tuple[Account, str | None] = (Account(), None)
        self._shown = Options()
        self._saving = False
        self._saved = False
        self.setWindowTitle(words("Welcome to LyncDesk"))
        self.setWindowIcon(program_icon())
        self.form = AccountForm(words)
        self.test = ConnectionTest(bridge, words, self._typed, take_server=self._take_server)
        self.test.start_button.hide()
        self.connect_button = QPushButton(words("Connect"))
        self.connect_button.setDefault(True)
        self.connect_button.clicked.connect(self._connect)
        self.message = MessageLine(warning=True)
        self.test.end = self.message
        self.missing = QuietLabel()
        self.prepared = label()
        self.mistake = MessageLine(warning=True)
        self.sample_button = button(words("Look around"), open_sample)
        self.sample_button.setAccessibleName(words("Look around in the sample organisation"))
        self._lay_out()
        self.form.changed.connect(self._adapt)
        self.form.password.changed.connect(self.test.password_typed)
        self.test.finished.connect(self._test_ended)
        self.test.running_changed.connect(self._running_changed)
        for line in (self.form.address, self.form.server, self.form.user_name, self.form.password.line):
            line.returnPressed.connect(self._connect)
        open_at(self, 560, 720)
        self._adapt()
        bridge.state_changed.connect(self._follow)

    def _lay_out(self) -> None:
        words = self._words
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(22, 18, 22, 18)
        column.setSpacing(12)
        column.addWidget(bold(words("Welcome to LyncDesk"), larger=6))
        column.addWidget(
            label(
                words(
                    "LyncDesk reads your Exchange calendar and shows you the presence that follows from it,"
                    " and your colleagues' calendars as far as they share them with you. With Exchange alone"
                    " only you see your presence. The sample organisation also shows how contacts see each"
                    " other's."
                )
            )
        )
        column.addSpacing(4)
        column.addWidget(bold(words("Connect to my organisation's Exchange server"), larger=2))
        column.addWidget(self.prepared)
        column.addWidget(self.mistake)
        column.addWidget(self.form)
        buttons = QHBoxLayout()
        buttons.addWidget(self.connect_button)
        buttons.addWidget(self.missing, 1)
        column.addLayout(buttons)
        column.addWidget(self.test)
        column.addWidget(self.message)
        column.addSpacing(6)
        sample = Panel()
        inside = QVBoxLayout(sample)
        inside.setContentsMargins(14, 12, 14, 12)
        inside.addWidget(bold(words("Look around in the sample organisation"), larger=1))
        inside.addWidget(
            label(
                words(
                    "Some dozen made-up people and an Exchange server inside the program. Nothing is real,"
                    " nothing leaves this computer."
                )
            )
        )
        row = QHBoxLayout()
        row.addWidget(self.sample_button)
        row.addStretch(1)
        inside.addLayout(row)
        column.addWidget(sample)
        column.addStretch(1)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(scrolling(content), 1)
        stop = QHBoxLayout()
        stop.setContentsMargins(22, 6, 22, 6)
        stop.addWidget(self.test.stop_button)  # a long list of steps scrolls, this does not
        stop.addStretch(1)
        around.addLayout(stop)

    def open(self) -> None:
        """Come up, empty but for what the administrator set."""
        state = self._bridge.state
        self._saved = False
        self.connect_button.setText(self._words("Connect"))
        self.message.say("")
        self.test.clear()
        self._fill_in(state.options if state is not None else Options())
        self._tell_mistake(state)
        self._adapt()
        self.show()
        self.raise_()
        self.activateWindow()
        self.form.first_to_fill_in.setFocus()

    def _fill_in(self, options: Options) -> None:
        self._shown = options
        limits = self._bridge.session.sign_in_limits() if self._bridge.is_ready else {}
        self.form.show_account(options, limits=limits, first=True)
        self._say_what_is_prepared(options)
        give_mnemonics(self)

    def _follow(self, state: State) -> None:
        """What the administrator changed meanwhile stands here too; what the person typed where they may
        stays, the password as long as it is for the same login.
        """
        self._tell_mistake(state)
        options, before = state.options, self._shown
        if not self.is_idle() or _of_account(options) == _of_account(before):
            return
        typed, password, keep = self.form.account(), self.form.typed_password(), self.form.keep.isChecked()
        self._fill_in(options)
        for name, line in (("address", self.form.address), ("user_name", self.form.user_name)):
            if getattr(typed, name) != getattr(before.account, name) and line.isEnabled():
                line.setText(getattr(typed, name))
        if typed.server != before.account.server and not options.locked("account.server"):
            self.form.use_server(typed.server)
        if password is not None and self.form.account().login == typed.login:
            self.form.password.line.setText(password)
        if options.allow_saved_password:
            self.form.keep.setChecked(keep)
        self._adapt()

    def _tell_mistake(self, state: State | None) -> None:
        """What is wrong with the policy, which may be why there is an account to be typed at all."""
        problems = state.problems if state is not None else ()
        wrong = [trouble(problem, self._words) for problem in problems if problem.name == "policy-invalid"]
        self.mistake.say(f"{wrong[0].title} {wrong[0].cause} {wrong[0].remedy}" if wrong else "")

    def _say_what_is_prepared(self, options: Options) -> None:
        text = ""
        if options.locked("account.address"):
            text = self._words("Your administrator has prepared this for you. Only your password is missing.")
        elif options.account.address:
            text = self._words("Your administrator has filled this in for you. Correct what is not right.")
        self.prepared.setText(text)
        self.prepared.setVisible(bool(text))

    def is_idle(self) -> bool:
        """Whether it is there and waits for the person, and nothing goes on that was begun here."""
        return self.isVisible() and not (self._saving or self._saved or self.test.running)

    def _typed(self) -> tuple[Account, str | None]:
        return self.form.account(), self.form.typed_password()

    def _adapt(self) -> None:
        if self._saved:
            self.connect_button.setEnabled(True)
            self.missing.setText("")
            return
        if self._saving:
            self.connect_button.setEnabled(False)
            self.form.setEnabled(False)
            self.missing.setText(self._words("Saving ..."))
            return
        words = self.form.trouble()
        self.connect_button.setEnabled(not words and not self.test.running)
        # The long words about Exchange Online stand by the address already.
        self.missing.setText("" if self.form.is_online or self.test.running else words)
        self.form.setEnabled(not self.test.running)

    def _running_changed(self, running: bool) -> None:
        self._adapt()
        if running:
            self.test.stop_button.setFocus()

    def _connect(self) -> None:
        if self._saved:
            self.connected.emit()
            return
        if self.form.trouble() or self.test.running or self._saving:
            return
        self.message.say("")
        self._tested = self._typed()
        self.test.start()

    def _test_ended(self, ok: bool) -> None:
        if not ok:
            self.message.say(self._words("Nothing was saved. Correct what is wrong above and connect again."))
            self._lead_to_what_is_wrong()
            return
        account, password = self._tested
        self._saving = True  # it may wait for an answer to the keyring's own question
        self._adapt()
        self._bridge.call(
            self._bridge.session.save_account,
            account,
            password,
            keep=self.form.keep.isChecked(),
            done=self._kept,
            failed=self._failed,
        )

    def _lead_to_what_is_wrong(self) -> None:
        problem = self.test.problem
        by_password = problem is not None and problem.name in PASSWORD_PROBLEMS
        wrong = self.form.password.line if by_password else self.form.for_server
        wrong.setFocus()
        if isinstance(wrong, QLineEdit):
            wrong.selectAll()

    def _take_server(self, server: str) -> None:
        self.form.use_server(server)
        self._connect()

    def _kept(self, problem: Problem | None) -> None:
        self._saving = False
        self.form.password.clear()
        if problem is None:
            self._adapt()
            self.connected.emit()
            return
        shown = trouble(problem, self._words)
        self._saved = True
        self.connect_button.setText(self._words("Continue"))
        give_mnemonics(self)
        self.form.setEnabled(False)
        self.message.say(f"{shown.title} {shown.cause} {shown.remedy}")
        self._adapt()
        self.connect_button.setFocus()

    def _failed(self, error: Exception) -> None:
        self._saving = False
        self._adapt()
        self.message.say(
            self._words("The account could not be saved: {error}", error=str(error) or type(error).__name__)
        )

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell that it goes."""
        super().closeEvent(event)
        self.closed.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing goes on behind a hidden window, and no password stays in it."""
        self.test.stop()
        self.form.password.clear()
        super().hideEvent(event)
