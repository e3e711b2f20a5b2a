"""Options: four pages with OK, Cancel and Apply. What the administrator set is locked and says so."""

from __future__ import annotations

from dataclasses import replace
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QListWidget,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from lyncdesk.client.options import Account, Options
from lyncdesk.client.problems import Problem
from lyncdesk.client.views import trouble
from lyncdesk.client.words import Words
from lyncdesk.ui.bridge import Bridge
from lyncdesk.ui.controls import give_mnemonics, scrolling
from lyncdesk.ui.options_pages.account import AccountPage
from lyncdesk.ui.options_pages.advanced import AdvancedPage
from lyncdesk.ui.options_pages.page import Page
from lyncdesk.ui.options_pages.personal import PersonalPage
from lyncdesk.ui.options_pages.status import StatusPage
from lyncdesk.ui.question import ask
from lyncdesk.ui.widgets import MessageLine

_Button = QDialogButtonBox.StandardButton


class OptionsPage(IntEnum):
    """The pages, in order."""

    PERSONAL = 0
    STATUS = 1
    ACCOUNT = 2
    ADVANCED = 3


class OptionsWindow(QDialog):
    """The window. Values go out through the session; nothing is kept here.

    ``forgotten`` comes when the account is gone from this computer, before the window goes.
    """

    forgotten = Signal()

    def __init__(self, bridge: Bridge, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._words = words
        self._options = Options()
        self._saving = 0
        self._close_after = False
        self._said: list[str] = []
        self.setWindowTitle(words("LyncDesk – Options"))
        self.personal = PersonalPage(words)
        self.status = StatusPage(words)
        self.account = AccountPage(bridge, words)
        self.account.forget.clicked.connect(self._ask_to_forget)
        self.advanced = AdvancedPage(bridge, words)
        self.pages: tuple[Page, ...] = (self.personal, self.status, self.account, self.advanced)
        self.list = QListWidget()
        self.list.setAccessibleName(words("Pages"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._stack = QStackedWidget()
        for page, name in zip(
            self.pages, (words("Personal"), words("Status"), words("Account"), words("Advanced")), strict=True
        ):
            self.list.addItem(name)
            self._stack.addWidget(scrolling(page))
            page.changed.connect(self._touched)
        height = self.list.fontMetrics().height()
        for row in range(self.list.count()):
            self.list.item(row).setSizeHint(QSize(0, round(height * 1.9)))
        self.list.setFixedWidth(
            max(self.list.sizeHintForColumn(0), self.list.fontMetrics().horizontalAdvance("m" * 10)) + 24
        )
        self.list.currentRowChanged.connect(self._stack.setCurrentIndex)
        self.list.setCurrentRow(OptionsPage.PERSONAL)
        self.message = MessageLine(warning=True)
        self.buttons = QDialogButtonBox(_Button.Ok | _Button.Cancel | _Button.Apply)
        texts = {_Button.Ok: words("OK"), _Button.Cancel: words("Cancel"), _Button.Apply: words("Apply")}
        for which, text in texts.items():
            self.buttons.button(which).setText(text)
        self.buttons.accepted.connect(self._ok)
        self.buttons.rejected.connect(self.reject)
        self.buttons.button(_Button.Apply).clicked.connect(lambda: self._apply(close=False))
        body = QHBoxLayout()
        body.addWidget(self.list)
        body.addWidget(self._stack, 1)
        column = QVBoxLayout(self)
        column.addLayout(body, 1)
        column.addWidget(self.message)
        last = QHBoxLayout()
        last.addWidget(self.account.test.stop_button)  # a long list of steps scrolls, this does not
        last.addWidget(self.buttons, 1)
        column.addLayout(last)
        self.resize(660, 520)
        bridge.state_changed.connect(self._follow)
        self._touched()

    def open_page(self, page: OptionsPage = OptionsPage.PERSONAL) -> None:
        """Come up with this page; what was typed and not applied stays while the window is up."""
        if not self.isVisible():
            self.message.say("")
            self.advanced.history.tell()
            state = self._bridge.state
            self._show(state.options if state is not None else Options())
        self.list.setCurrentRow(page)
        self.show()
        self.raise_()
        self.activateWindow()
        self.list.setFocus()

    def _show(self, options: Options) -> None:
        self._options = options
        for page in self.pages:
            page.show_options(options)
        give_mnemonics(self)
        self._touched()

    def _follow(self, state: Any) -> None:
        if self.isVisible():
            self.account.follow(state)
        # What the person typed is not taken away by a change from elsewhere; OK decides.
        if self.isVisible() and not self._is_changed and state.options != self._options:
            self._show(state.options)

    @property
    def _is_changed(self) -> bool:
        return any(page.values() for page in self.pages) or self.account.form.is_changed

    def _touched(self) -> None:
        idle = self._saving == 0
        self.buttons.button(_Button.Apply).setEnabled(idle and self._is_changed)
        self.buttons.button(_Button.Ok).setEnabled(idle)
        self.account.offer_to_forget(self._options, idle=idle)

    def _ok(self) -> None:
        self._apply(close=True)

    def _apply(self, *, close: bool) -> None:
        if self._saving:
            return
        for number, page in enumerate(self.pages):
            if words := page.trouble():
                self.list.setCurrentRow(number)
                self.message.say(words)
                return
        values = {name: value for page in self.pages for name, value in page.values().items()}
        if self.advanced.history.has_to_ask(values, lambda: self._apply(close=close)):
            return
        self.message.say("")
        self._said = []
        self._close_after = close
        form = self.account.form
        account_changed = form.is_changed
        # Both are counted before either can end.
        self._saving = bool(values) + account_changed
        self._touched()
        if values:
            self._bridge.call(
                self._bridge.session.save_options,
                values,
                done=lambda problems: self._options_saved(problems, values),
                failed=self._failed,
            )
        if account_changed:
            self.account.test.stop()
            account = form.account()
            self._bridge.call(
                self._bridge.session.save_account,
                account,
                form.typed_password(),
                keep=form.keep.isChecked(),
                done=lambda problem: self._account_saved(account, problem),
                failed=self._failed,
            )
        if not self._saving:
            self._ended()

    def _options_saved(self, problems: tuple[Problem, ...], values: dict[str, Any]) -> None:
        self.advanced.history.saved()
        self._saved(problems, options=values)

    def _saved(self, problems: tuple[Problem, ...], options: dict[str, Any]) -> None:
        for problem in problems:
            shown = trouble(problem, self._words)
            self._said.append(f"{shown.title} {shown.cause} {shown.remedy}")
        self._options = replace(self._options, **options)
        self._one_less()

    def _account_saved(self, account: Account, problem: Problem | None) -> None:
        # It is in use whether its password could be kept or not, so nothing is left to apply.
        self.account.show_more(replace(self._options, account=account))
        self._saved((problem,) if problem else (), {"account": account})

    def _failed(self, error: Exception) -> None:
        self._said.append(
            self._words("Your options could not be saved: {error}", error=str(error) or type(error).__name__)
        )
        self._one_less()

    def _one_less(self) -> None:
        self._saving -= 1
        if not self._saving:
            self._ended()

    def _ended(self) -> None:
        if self._said:
            self.message.say("\n".join(self._said))
            self._touched()
            state = self._bridge.state
            if state is not None:
                self._follow(state)
            return
        if self._close_after:
            self.accept()
        else:
            self._show(self._options)

    def _ask_to_forget(self) -> None:
        words = self._words
        ask(
            self,
            words("Forget this account"),
            words("Forget {address} on this computer?", address=self._options.account.address),
            (words("Forget"), words("Keep")),
            self._forget,
            words(
                "You are signed out, and the account goes from LyncDesk and its password from this computer's"
                " keyring. What was kept of its history is deleted. Your contact list and your other options"
                " stay, and nothing changes in Exchange."
            ),
        )

    def _forget(self) -> None:
        self.message.say("")
        self._said = []
        self._close_after = True
        self._saving = 1
        self._touched()
        self.account.test.stop()
        self._bridge.call(
            self._bridge.session.forget_account, done=self._account_forgotten, failed=self._not_forgotten
        )

    def _account_forgotten(self, problem: Problem | None) -> None:
        state = self._bridge.state
        if state is not None:
            self._show(state.options)
        if problem is None:
            self.forgotten.emit()
        else:
            self._said.append(
                self._words(
                    "The account is forgotten, but this computer's keyring could not be asked to drop its"
                    " password. {cause} If it is kept there, unlock the keyring and remove what is called"
                    " LyncDesk.",
                    cause=problem.cause,
                )
            )
        self._one_less()

    def _not_forgotten(self, error: Exception) -> None:
        said = str(error) or type(error).__name__
        self._said.append(self._words("The account could not be forgotten: {error}", error=said))
        self._one_less()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing goes on behind a hidden window, and no password stays in it."""
        self.account.test.stop()
        self.account.form.password.clear()
        super().hideEvent(event)
