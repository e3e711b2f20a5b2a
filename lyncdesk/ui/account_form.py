"""The fields of an account: address, server, user name, password. Options and the first start share them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from lyncdesk.client.exchange_online import is_online_address, is_online_server
from lyncdesk.client.options import AUTHENTICATIONS, Account, Options
from lyncdesk.client.value_kinds import ADDRESS, SERVER
from lyncdesk.client.views import WAYS
from lyncdesk.client.words import N_, Words
from lyncdesk.presence.message import Message
from lyncdesk.ui.controls import Form, Lock, PasswordField, button, check_indent
from lyncdesk.ui.widgets import MessageLine, QuietLabel
from lyncdesk.ui.wrapping import WrappingCheckBox, WrappingRadioButton

# What each way of signing in means; "automatic" comes first.
_MEANINGS = {
    "automatic": N_("What the server offers: NTLM rather than Basic, because it does not send the password."),
    "basic": N_("User name and password are sent to the server, over an encrypted connection."),
    "ntlm": N_("Windows sign-in: the password itself is not sent."),
    "negotiate": N_("Kerberos, or NTLM. Without a password: as you signed in to this computer."),
}


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

    ``find_asked``: the server is to be found anew.
    """

    changed = Signal()
    online_changed = Signal(bool)
    find_asked = Signal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._account = Account()
        self._limits: Mapping[str, Message] = {}
        self._showing = False
        self._online = False
        self._told = ""
        self._first = False
        self.address = QLineEdit()
        self.address.setPlaceholderText(words("first.last@example.org"))
        self.automatic = WrappingRadioButton(words("Find it automatically"))
        self.typed = WrappingRadioButton(words("Use this address"))
        self._choice = QButtonGroup(self)
        for choice in (self.automatic, self.typed):
            self._choice.addButton(choice)
        self.automatic.setChecked(True)
        self.automatic.setAccessibleName(words("Find the server automatically"))
        self.typed.setAccessibleName(words("Use this server address"))
        self.found = QuietLabel()
        self.find_again = button(
            words("Find again"), self.find_asked.emit, name=words("Find the server again")
        )
        self.server = QLineEdit()
        self.server.setPlaceholderText("https://mail.example.org/EWS/Exchange.asmx")
        self.server.setAccessibleName(words("Server address"))
        self.user_name = QLineEdit()
        self.user_name.setPlaceholderText(words("the same as the address"))
        self.password = PasswordField(words, words("Password"))
        self.authentication = QComboBox()
        for way in AUTHENTICATIONS:
            self.authentication.addItem(words(WAYS[way]), way)
        self.meaning = QuietLabel()
        self.keep = WrappingCheckBox(words("Keep my password in this computer's keyring"))
        self.keep.setChecked(True)
        self.ca_file = QuietLabel()
        self.online = MessageLine(warning=True)
        self._address_lock = Lock(self.address, words)
        self._user_lock = Lock(self.user_name, words)
        self._server_lock = Lock(self.server, words)
        self._authentication_lock = Lock(self.authentication, words)
        self._keep_lock = Lock(self.keep, words, check_indent(self.keep))
        self._ca_lock = Lock(self.ca_file, words)
        self._form = Form()
        self._rows: list[QWidget] = []
        self._lay_out()
        for line in (self.address, self.server, self.user_name):
            line.textChanged.connect(self._touched)
        self.password.changed.connect(self._touched)
        self.keep.toggled.connect(self._touched)
        self.typed.toggled.connect(self._server_chosen)
        self.authentication.currentIndexChanged.connect(self._touched)
        self._adapt()

    def _lay_out(self) -> None:
        words, form = self._words, self._form
        form.add(words("Address:"), self.address)
        form.add_note(self._address_lock.note)
        form.wide(self.online)
        self.where = QuietLabel(
            words(
                "The address of Exchange Web Services, or of Autodiscover. Your administrator or help desk"
                " knows it."
            )
        )
        server = QWidget()
        lines = QVBoxLayout(server)
        lines.setContentsMargins(0, 0, 0, 0)
        for widget in (self.automatic, self.typed, self.server, self.where, self._server_lock.note):
            lines.addWidget(widget)
        last = QHBoxLayout()
        last.addWidget(self.found, 1)
        last.addWidget(self.find_again, 0, Qt.AlignmentFlag.AlignTop)
        lines.addLayout(last)
        self._rows = [form.heading(words("Server:"), server), server]
        self._rows += [form.add(words("User name:"), self.user_name), self.user_name]
        form.add_note(self._user_lock.note)
        self._rows += [form.add(words("Password:"), self.password), self.password]
        form.add_note(self.keep)
        form.add_note(self._keep_lock.note)
        self._rows.append(self.keep)
        self._rows += [form.add(words("Authentication:"), self.authentication), self.authentication]
        form.add_note(self.meaning)
        form.add_note(self._authentication_lock.note)
        self._rows.append(self.meaning)
        self._ca_name = form.heading(words("Trusted certificates:"), self.ca_file)
        form.add_note(self._ca_lock.note)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(form)

    def show_account(
        self,
        options: Options,
        found: str = "",
        limits: Mapping[str, Message] | None = None,
        *,
        first: bool = False,
    ) -> None:
        """Show the account in force, with what the administrator set.

        ``found`` tells of the server that was found for it, ``limits`` what ways of signing in, by their
        names, lack on this computer. ``first``: nobody has typed a password for it yet.
        """
        self._first = first
        account = self._account = options.account
        self._told = found
        self._limits = limits or {}
        self._showing = True
        self.address.setText(account.address)
        self.server.setText(account.server)
        (self.typed if account.server else self.automatic).setChecked(True)
        self.user_name.setText(account.user_name)
        self.password.clear()
        unchanged = bool(account.address) and not first
        self.password.line.setPlaceholderText(self._words("unchanged") if unchanged else "")
        self._address_lock.set(options.locked("account.address"))
        self._user_lock.set(options.locked("account.user_name"))
        self._server_lock.set(options.locked("account.server"))
        for choice in (self.automatic, self.typed):
            choice.setEnabled(not self._server_lock.locked)
        self.authentication.setCurrentIndex(max(0, self.authentication.findData(account.authentication)))
        self._authentication_lock.set(options.locked("account.authentication"))
        self.keep.setChecked(options.allow_saved_password)
        self._keep_lock.set(not options.allow_saved_password)
        self.ca_file.setText(account.ca_file)
        self._ca_lock.set(options.locked("account.ca_file"))
        self._showing = False
        self._adapt()

    def tell_found(self, found: str) -> None:
        """Another server was found for the account."""
        if found != self._told:
            self._told = found
            self._adapt()

    def use_server(self, server: str) -> None:
        """Take this address as if it had been typed."""
        self.typed.setChecked(True)
        self.server.setText(server)

    def account(self) -> Account:
        """The account as typed."""
        return replace(
            self._account,
            address=self.address.text().strip(),
            user_name=self.user_name.text().strip(),
            server=full_server(self.server.text()) if self.typed.isChecked() else "",
            authentication=self.authentication.currentData(),
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
        by_hand = self.typed.isChecked() and not self._account.server
        forgets = bool(self._account.address) and not self._keep_lock.locked and not self.keep.isChecked()
        return self.account() != self._account or by_hand or forgets or self.typed_password() is not None

    @property
    def first_to_fill_in(self) -> QWidget:
        """Where somebody begins to type."""
        return self.password.line if self._address_lock.locked else self.address

    @property
    def for_server(self) -> QWidget:
        """The control in which a wrong server is mended."""
        return self.server if self.typed.isChecked() else self.automatic

    def trouble(self) -> str:
        """What is missing or wrong, "" = nothing."""
        account = self.account()
        if self._online:
            return online_words(self._words)
        if not account.address or not ADDRESS.allowed(account.address):
            return self._words("Type your e-mail address, such as first.last@example.org.")
        if self.typed.isChecked() and not account.server:
            return self._words("Type the address of your Exchange server, or let it be found automatically.")
        if not SERVER.allowed(account.server):
            return self._words(
                "The server's address has to begin with https://, such as"
                " https://mail.example.org/EWS/Exchange.asmx."
            )
        # Negotiate can do without: it is then whoever is signed in to this computer.
        first = self._first or not self._account.address
        needed = first and account.authentication != "negotiate"
        if needed and self.typed_password() is None:
            return self._words("Type your password.")
        return ""

    def _server_chosen(self) -> None:
        self._touched()
        if not self._showing and self.typed.isChecked():
            # A choice by the arrow keys takes the focus itself, after this.
            QTimer.singleShot(0, self.server, self.server.setFocus)

    def _touched(self) -> None:
        if not self._showing:
            self._adapt()
            self.changed.emit()

    def _adapt(self) -> None:
        typed = self.server.text() if self.typed.isChecked() else ""
        by_address = is_online_address(self.address.text())
        online = by_address or is_online_server(typed)
        self.online.say(online_words(self._words) if online else "")
        if online != self._online:
            self._online = online
            self.online_changed.emit(online)
        for locked in (self._authentication_lock, self._user_lock):
            locked.note.setVisible(locked.locked and not by_address)
        for widget in self._rows:  # nobody types a password for nothing
            widget.setVisible(not by_address)
        by_hand = self.typed.isChecked()
        now, before = self.account(), self._account
        same = (now.address, now.server, by_hand) == (before.address, before.server, bool(before.server))
        self.found.setText(self._told if same else "")
        self.found.setVisible(bool(self.found.text()))
        self.find_again.setVisible(bool(self.found.text()))
        self.server.setVisible(by_hand)
        self.where.setVisible(by_hand and not self._server_lock.locked)
        way = self.authentication.currentData()
        meaning = self._words(_MEANINGS[way])
        limit = self._limits.get(way)
        self.meaning.setText(f"{meaning} {self._words(limit)}" if limit is not None else meaning)
        shown = bool(self._account.ca_file) and not by_address
        self._ca_name.setVisible(shown)
        self.ca_file.setVisible(shown)
        self._ca_lock.note.setVisible(shown and self._ca_lock.locked)
