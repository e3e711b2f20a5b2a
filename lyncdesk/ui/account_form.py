"""The fields of an account: address, server, user name, password. Options and the first start share them."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from lyncdesk.client.exchange_online import is_online_address, is_online_server
from lyncdesk.client.options import Account, Options
from lyncdesk.client.value_kinds import ADDRESS, SERVER
from lyncdesk.client.words import Words
from lyncdesk.ui.controls import Form, Lock, PasswordField, check_indent
from lyncdesk.ui.widgets import MessageLine, QuietLabel, label
from lyncdesk.ui.wrapping import WrappingCheckBox


def full_server(text: str) -> str:
    """What was typed, with https:// where only a host was typed."""
    typed = text.strip()
    return f"https://{typed}" if typed and "://" not in typed else typed


def online_words(words: Words) -> str:
    """What to tell somebody whose mailbox is in Exchange Online."""
    return words(
        "This address belongs to Exchange Online. Microsoft has blocked Exchange Web Services there for most"
        " organisations since October 2026 and ends them for good on 1 April 2027, so LyncDesk cannot read"
        " this calendar, and no password is needed. LyncDesk works with an Exchange Server that your"
        " organisation runs itself. Until then your administrator may have LyncDesk listed as an exception."
    )


class AccountForm(QWidget):
    """Values of one account. ``changed`` tells that the person touched something; ``online_changed`` that an
    address of Exchange Online was recognised or went away.
    """

    changed = Signal()
    online_changed = Signal(bool)

    def __init__(self, words: Words, *, stored: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._account = Account()
        self._stored = stored
        self._showing = False
        self._online = False
        self.address = QLineEdit()
        self.address.setPlaceholderText(words("first.last@example.org"))
        self.server = QLineEdit()
        self.server.setPlaceholderText("https://mail.example.org/EWS/Exchange.asmx")
        self.user_name = QLineEdit()
        self.user_name.setPlaceholderText(words("the same as the address"))
        self.password = PasswordField(words, words("Password"))
        if stored:
            self.password.line.setPlaceholderText(words("unchanged"))
        self.authentication = label(words("Basic: user name and password"))
        self.keep = WrappingCheckBox(words("Keep my password in this computer's keyring"))
        self.keep.setChecked(True)
        self.online = MessageLine(warning=True)
        self._server_lock = Lock(self.server, words)
        self._authentication_lock = Lock(self.authentication, words)
        self._keep_lock = Lock(self.keep, words, check_indent(self.keep))
        self._form = Form()
        self._rows: list[QWidget] = []
        self._lay_out()
        for line in (self.address, self.server, self.user_name):
            line.textChanged.connect(self._touched)
        self.password.changed.connect(self._touched)
        self.keep.toggled.connect(self._touched)

    def _lay_out(self) -> None:
        words, form = self._words, self._form
        form.add(words("Address:"), self.address)
        form.wide(self.online)
        where = QuietLabel(
            words("The address of Exchange Web Services. Your administrator or help desk knows it.")
        )
        self._rows = [
            form.add(words("Server:"), self.server, where),
            self.server,
            where,
        ]
        form.add_note(self._server_lock.note)
        self._rows += [form.add(words("User name:"), self.user_name), self.user_name]
        self._rows += [form.add(words("Password:"), self.password), self.password]
        form.add_note(self.keep)
        form.add_note(self._keep_lock.note)
        self._rows.append(self.keep)
        self._rows += [form.add(words("Authentication:"), self.authentication), self.authentication]
        form.add_note(self._authentication_lock.note)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(form)

    def show_account(self, options: Options) -> None:
        """Show the account in force, with what the administrator set."""
        self._account = options.account
        self._showing = True
        self.address.setText(options.account.address)
        self.server.setText(options.account.server)
        self.user_name.setText(options.account.user_name)
        self.password.clear()
        self._server_lock.set(options.locked("account.server"))
        self._authentication_lock.set(options.locked("account.authentication"))
        self.keep.setChecked(options.allow_saved_password)
        self._keep_lock.set(not options.allow_saved_password)
        self._showing = False
        self._recognise()

    def account(self) -> Account:
        """The account as typed."""
        return replace(
            self._account,
            address=self.address.text().strip(),
            user_name=self.user_name.text().strip(),
            server=full_server(self.server.text()),
        )

    def typed_password(self) -> str | None:
        """The password, None where the stored one is meant."""
        return self.password.text() or None

    @property
    def is_online(self) -> bool:
        """Whether what was typed belongs to Exchange Online."""
        return self._online

    @property
    def is_changed(self) -> bool:
        """Whether anything differs from what is in force."""
        return self.account() != self._account or self.typed_password() is not None

    def trouble(self) -> str:
        """What is missing or wrong, "" = nothing."""
        account = self.account()
        if self._online:
            return online_words(self._words)
        if not account.address or not ADDRESS.allowed(account.address):
            return self._words("Type your e-mail address, such as first.last@example.org.")
        if not account.server:
            return self._words("Type the address of your Exchange server.")
        if not SERVER.allowed(account.server):
            return self._words(
                "The server's address has to begin with https://, such as"
                " https://mail.example.org/EWS/Exchange.asmx."
            )
        if not self._stored and self.typed_password() is None:
            return self._words("Type your password.")
        return ""

    def _touched(self) -> None:
        if not self._showing:
            self._recognise()
            self.changed.emit()

    def _recognise(self) -> None:
        online = is_online_address(self.address.text()) or is_online_server(self.server.text())
        self.online.say(online_words(self._words) if online else "")
        if online != self._online:
            self._online = online
            self.online_changed.emit(online)
        by_address = is_online_address(self.address.text())
        for widget in self._rows:  # nobody types a password for nothing
            widget.setVisible(not by_address)
