"""Options: four pages with OK, Cancel and Apply. What the administrator set is locked and says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import IntEnum

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QWidget

from lyncdesk.client.options import Account
from lyncdesk.client.problems import Problem
from lyncdesk.client.state import State
from lyncdesk.client.words import Words
from lyncdesk.ui.bridge import Bridge
from lyncdesk.ui.options_dialog import OptionsDialog
from lyncdesk.ui.options_pages.account import AccountPage
from lyncdesk.ui.options_pages.advanced import AdvancedPage
from lyncdesk.ui.options_pages.personal import PersonalPage
from lyncdesk.ui.options_pages.status import StatusPage
from lyncdesk.ui.question import ask


class OptionsPage(IntEnum):
    """The pages, in order."""

    PERSONAL = 0
    STATUS = 1
    ACCOUNT = 2
    ADVANCED = 3


class OptionsWindow(OptionsDialog):
    """The options of the person whose program this is.

    ``forgotten`` comes when the account is gone from this computer, before the window goes.
    """

    forgotten = Signal()

    def __init__(self, bridge: Bridge, words: Words, parent: QWidget | None = None) -> None:
        self._own = bridge
        self.personal = PersonalPage(words)
        self.status = StatusPage(words)
        self.account = AccountPage(bridge, words)
        self.advanced = AdvancedPage(bridge, words)
        pages = (
            (self.personal, words("Personal")),
            (self.status, words("Status")),
            (self.account, words("Account")),
            (self.advanced, words("Advanced")),
        )
        super().__init__(bridge, words, pages, parent)
        self.account.forget.clicked.connect(self._ask_to_forget)
        self._last_row.insertWidget(0, self.account.test.stop_button)  # steps scroll, this does not
        self._touched()

    @property
    def _more_changed(self) -> bool:
        return self.account.form.is_changed

    def _save_more(self) -> None:
        self.account.test.stop()
        form = self.account.form
        account = form.account()
        self._bridge.call(
            self._own.session.save_account,
            account,
            form.typed_password(),
            keep=form.keep.isChecked(),
            done=lambda problem: self._account_saved(account, problem),
            failed=self._failed,
        )

    def _coming_up(self) -> None:
        self.advanced.history.tell()
        self.advanced.versions.tell()

    def _has_to_ask(self, values: Mapping[str, object], then: Callable[[], None]) -> bool:
        return self.advanced.history.has_to_ask(values, then)

    def _values_saved(self) -> None:
        self.advanced.history.saved()

    def _follow_more(self, state: State) -> None:
        self.account.follow(state)

    def _touched_more(self, *, idle: bool) -> None:
        self.account.offer_to_forget(self._options, idle=idle)

    def _account_saved(self, account: Account, problem: Problem | None) -> None:
        # It is in use whether its password could be kept or not, so nothing is left to apply.
        self.account.show_more(replace(self._options, account=account))
        self._saved((problem,) if problem else (), {"account": account})

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
            self._own.session.forget_account,
            done=self._account_forgotten,
            failed=self._not_forgotten,
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
        self.advanced.versions.leave()
        super().hideEvent(event)
