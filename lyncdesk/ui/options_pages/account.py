"""Options > Account: whose calendar, on which server; tested as it is typed, saved with OK."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton, QWidget

from lyncdesk.client import views
from lyncdesk.client.options import Account, Options
from lyncdesk.client.state import State
from lyncdesk.client.view_types import Trouble
from lyncdesk.client.words import Words
from lyncdesk.ui.account_form import AccountForm
from lyncdesk.ui.bridge import Bridge
from lyncdesk.ui.connection_steps import drop
from lyncdesk.ui.connection_test import ConnectionTest
from lyncdesk.ui.controls import Lock
from lyncdesk.ui.options_pages.page import Page
from lyncdesk.ui.widgets import QuietLabel, TroubleBox


class AccountPage(Page):
    """The account; it is saved apart from the other options because of its password."""

    def __init__(self, bridge: Bridge, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self.heading(words("Exchange account"))
        self._bridge = bridge
        self._trouble: Trouble | None = None
        self._box: TroubleBox | None = None
        self.form = AccountForm(words)
        self.test = ConnectionTest(bridge, words, self._tested, take_server=self._take_server)
        self.column.addWidget(self.form)
        self.column.addWidget(self.test)
        self.forget = QPushButton(words("Forget this account ..."))
        self.forget.setAutoDefault(False)
        self._forget_lock = Lock(self.forget, words)
        self.none_kept = QuietLabel()
        self.column.addSpacing(8)
        self.at_left(self.forget)
        self.column.addWidget(self.none_kept)
        self.column.addWidget(self._forget_lock.note)
        self.column.addStretch(1)
        self.form.changed.connect(self._touched)
        self.form.password.changed.connect(self.test.password_typed)
        self.form.find_asked.connect(self.test.start)

    def _tested(self) -> tuple[Account, str | None]:
        return self.form.account(), self.form.typed_password()

    def _touched(self) -> None:
        self.test.stop()  # it tests what is no longer there
        self.test.clear()
        self.adapt()
        self.changed.emit()

    def show_more(self, options: Options) -> None:
        """The account in force, and what is wrong with it."""
        state = self._bridge.state
        if state is None:
            self.form.show_account(options)
            return
        self.form.show_account(options, self._found(state), self._bridge.session.sign_in_limits())
        self.follow(state)

    def follow(self, state: State) -> None:
        """What the client found out meanwhile; what was typed stays."""
        self.form.tell_found(self._found(state))
        trouble = views.account_trouble(state, self._words)
        if trouble == self._trouble:
            return
        self._trouble = trouble
        if self._box is not None:
            drop(self._box)
            self._box = None
        if trouble is not None:
            self._box = TroubleBox(trouble)
            self.column.insertWidget(self.column.indexOf(self.form), self._box)

    def offer_to_forget(self, options: Options, *, idle: bool) -> None:
        """Let the account in force be forgotten if there is one, or say that there is none."""
        none_kept = ""
        if not options.account.address:
            none_kept = self._words("No account is kept on this computer.")
        elif self._bridge.session.is_simulation:
            none_kept = self._words("The sample organisation keeps no account of yours.")
        self._forget_lock.set(options.locked("account.address"), usable=idle and not none_kept)
        self.none_kept.setText(none_kept)
        self.none_kept.setVisible(bool(none_kept))

    def _found(self, state: State) -> str:
        return views.server_found(state, self._words.at(self._bridge.now()))

    def _take_server(self, server: str) -> None:
        self.form.use_server(server)
        self.test.start()

    def adapt(self) -> None:
        """Only what is complete can be tested."""
        self.test.start_button.setEnabled(not self.test.running and not self.form.trouble())

    def trouble(self) -> str:
        """What keeps a changed account from being saved."""
        return self.form.trouble() if self.form.is_changed else ""
