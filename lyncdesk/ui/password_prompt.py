"""Enter password: after Exchange refused it, or where none is kept."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from lyncdesk.client.options import Options
from lyncdesk.client.problems import Problem
from lyncdesk.client.views import PASSWORD_HELPS, trouble
from lyncdesk.client.words import Words
from lyncdesk.ui.bridge import Bridge
from lyncdesk.ui.controls import (
    Form,
    Lock,
    PasswordField,
    check_indent,
    fit_height,
    give_mnemonics,
)
from lyncdesk.ui.widgets import MessageLine, bold, label
from lyncdesk.ui.wrapping import WrappingCheckBox

_Button = QDialogButtonBox.StandardButton


class PasswordPrompt(QDialog):
    """Asks once; the password goes to the session and is forgotten here."""

    def __init__(self, bridge: Bridge, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._words = words
        self._done = False
        self.setWindowTitle(words("LyncDesk – Enter password"))
        self.title = bold(larger=2)
        self.cause = label()
        self.remedy = label()
        self.account = QLabel()
        self.account.setTextFormat(Qt.TextFormat.PlainText)
        self.account.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.password = PasswordField(words, words("Password"))
        self.keep = WrappingCheckBox(words("Keep my password in this computer's keyring"))
        self._keep_lock = Lock(self.keep, words, check_indent(self.keep))
        self.message = MessageLine(warning=True)
        self.buttons = QDialogButtonBox(_Button.Ok | _Button.Cancel)
        self._ok = self.buttons.button(_Button.Ok)
        self._cancel = self.buttons.button(_Button.Cancel)
        self._ok.setText(words("OK"))
        self._cancel.setText(words("Cancel"))
        self.buttons.accepted.connect(self._enter)
        self.buttons.rejected.connect(self.reject)
        self.password.changed.connect(self._adapt)
        self.form = QWidget()
        form = Form()
        form.setContentsMargins(0, 0, 0, 0)
        self.form.setLayout(form)
        form.add(words("User name:"), self.account)
        form.add(words("Password:"), self.password)
        form.add_note(self.keep)
        form.add_note(self._keep_lock.note)
        column = QVBoxLayout(self)
        column.setSpacing(10)
        for widget in (self.title, self.cause, self.remedy):
            column.addWidget(widget)
        column.addWidget(self.form)
        column.addWidget(self.message)
        column.addStretch(1)
        column.addWidget(self.buttons)
        self.resize(460, 300)

    def ask(self) -> None:
        """Come up."""
        state = self._bridge.state
        options = state.options if state is not None else Options()
        problem = state.calendar.problem if state is not None else None
        if problem is None or problem.name not in PASSWORD_HELPS:
            problem = Problem.of("no-password")
        self._explain(problem)
        self.form.show()
        self.account.setText(options.account.login)
        self.account.setAccessibleName(f"{self._words('User name')}: {options.account.login}")
        self.keep.setChecked(options.allow_saved_password)
        self._keep_lock.set(not options.allow_saved_password)
        self.password.clear()
        self.message.say("")
        self._done = False
        self._cancel.show()
        self._ok.setText(self._words("OK"))
        give_mnemonics(self)
        self._adapt()
        fit_height(self)
        self.show()
        self.raise_()
        self.activateWindow()
        self.password.setFocus()

    def _explain(self, problem: Problem) -> None:
        shown = trouble(problem, self._words)
        self.title.setText(shown.title)
        self.cause.setText(shown.cause)
        self.remedy.setText(shown.remedy)

    def _adapt(self) -> None:
        self._ok.setEnabled(self._done or bool(self.password.text()))

    def _enter(self) -> None:
        if self._done:
            self.accept()
            return
        if not self.password.text():
            return
        self._ok.setEnabled(False)
        self._bridge.call(
            self._bridge.session.enter_password,
            self.password.text(),
            keep=self.keep.isChecked(),
            done=self._entered,
            failed=self._failed,
        )

    def _entered(self, problem: Problem | None) -> None:
        self.password.clear()
        if problem is None:
            self.accept()
            return
        # It is used for this run; that it is not kept has to be read before the window goes.
        self._explain(problem)
        self._done = True
        self.form.hide()
        self._cancel.hide()
        self._ok.setText(self._words("Close"))
        self._adapt()
        fit_height(self)

    def _failed(self, error: Exception) -> None:
        self.message.say(
            self._words("The password could not be used: {error}", error=str(error) or type(error).__name__)
        )
        self._adapt()
        fit_height(self)

    def hideEvent(self, event: QHideEvent) -> None:
        """No password stays behind."""
        self.password.clear()
        super().hideEvent(event)
