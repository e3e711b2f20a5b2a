"""Options > Account: whose calendar, on which server; tested as it is typed, saved with OK."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from lyncdesk.client.options import Account, Options
from lyncdesk.client.words import Words
from lyncdesk.ui.account_form import AccountForm
from lyncdesk.ui.bridge import Bridge
from lyncdesk.ui.connection_test import ConnectionTest
from lyncdesk.ui.options_pages.page import Page


class AccountPage(Page):
    """The account; it is saved apart from the other options because of its password."""

    def __init__(self, bridge: Bridge, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self.heading(words("Exchange account"))
        self.form = AccountForm(words, stored=True)
        self.test = ConnectionTest(bridge, words, self._tested)
        self.column.addWidget(self.form)
        self.column.addWidget(self.test)
        self.column.addStretch(1)
        self.form.changed.connect(self._touched)

    def _tested(self) -> tuple[Account, str | None]:
        return self.form.account(), self.form.typed_password()

    def _touched(self) -> None:
        if not self.test.running:
            self.test.clear()
        self.adapt()
        self.changed.emit()

    def show_more(self, options: Options) -> None:
        """The account in force."""
        self.form.show_account(options)

    def adapt(self) -> None:
        """Only what is complete can be tested."""
        self.test.start_button.setEnabled(not self.test.running and not self.form.trouble())

    def trouble(self) -> str:
        """What keeps a changed account from being saved."""
        return self.form.trouble() if self.form.is_changed else ""
