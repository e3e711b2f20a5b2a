"""What a person can do from everywhere, as Qt actions that the tray menu and the main window share.

Rows are made once and changed in place, and only where something differs: a tray menu that a StatusNotifier
host shows must not flicker, and a change that is none must wake nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup, QIcon

from lyncdesk.client.events import CheckNow, Event, ResetStatus, SetStatus, SignOut
from lyncdesk.client.view_types import Action, StatusChoice, TrayView
from lyncdesk.client.words import N_, Words
from lyncdesk.presence.states import ManualStatus
from lyncdesk.ui.indicators import IndicatorIcons
from lyncdesk.ui.mnemonics import with_mnemonics


class Commands(QObject):
    """The actions; ``posted(Event)``, ``acted(Action)``, ``open_asked``, ``exit_asked`` tell the choice.

    ``exit_text`` names the last one where it ends less than the program.
    """

    posted = Signal(object)
    acted = Signal(object)
    open_asked = Signal()
    exit_asked = Signal()

    def __init__(
        self,
        words: Words,
        icons: IndicatorIcons,
        parent: QObject | None = None,
        *,
        exit_text: str = N_("Exit"),
    ) -> None:
        super().__init__(parent)
        self._exit_text = exit_text
        self._words = words
        self._icons = icons
        self._view: TrayView | None = None
        self._dark = False
        # Not a disabled row, which hardly anybody could read: it leads to what it tells of.
        self.status_line = self._action(partial(self.acted.emit, Action.CONNECTION))
        self.check_now = self._action(partial(self._post, CheckNow()))
        self.why = self._action(partial(self.acted.emit, Action.WHY))
        self._group = QActionGroup(self)
        self._group.setExclusionPolicy(QActionGroup.ExclusionPolicy.ExclusiveOptional)
        self.statuses = {status: self._status(status) for status in ManualStatus}
        self.reset = self._action(partial(self._post, ResetStatus()))
        self.reset.setObjectName("main.reset_status")
        self.open = self._action(self.open_asked.emit)
        self.options = self._action(partial(self.acted.emit, Action.OPTIONS))
        self.options.setMenuRole(QAction.MenuRole.PreferencesRole)
        self.connection = self._action(partial(self.acted.emit, Action.CONNECTION))
        self.sign = self._action(self._sign_in_or_out)
        self.exit = self._action(self.exit_asked.emit)
        self.exit.setMenuRole(QAction.MenuRole.QuitRole)
        self._name()
        for action in (
            self.status_line,
            self.check_now,
            self.why,
            *self.statuses.values(),
            self.reset,
            self.sign,
        ):
            action.setEnabled(False)

    def show_view(self, view: TrayView) -> None:
        """Show what holds now."""
        if view == self._view:
            return
        self._view = view
        self._name()
        self.check_now.setVisible(view.check_now)
        self.check_now.setEnabled(view.check_now and view.can_check_now)
        self.status_line.setEnabled(True)
        self.why.setEnabled(True)
        self.reset.setEnabled(view.can_reset)
        self.sign.setEnabled(True)
        for choice in view.statuses:
            self._show_status(choice, view.signed_in)

    def use_dark(self, dark: bool) -> None:
        """The menus' ground is dark, or no longer."""
        if dark != self._dark:
            self._dark = dark
            for choice in self._view.statuses if self._view else ():
                self.statuses[choice.status].setIcon(self._icon(choice))

    def _action(self, chosen: Callable[[], object]) -> QAction:
        action = QAction(self)
        action.triggered.connect(lambda _checked=False: chosen())
        return action

    def _status(self, status: ManualStatus) -> QAction:
        action = self._action(lambda: self._pick(status))
        action.setCheckable(True)
        self._group.addAction(action)
        return action

    def _pick(self, status: ManualStatus) -> None:
        self._post(SetStatus(status))
        # The check mark follows the client, not the click.
        if self._view is not None:
            for choice in self._view.statuses:
                self.statuses[choice.status].setChecked(choice.chosen)

    def _post(self, event: Event) -> None:
        self.posted.emit(event)

    def _sign_in_or_out(self) -> None:
        if self._view is not None and self._view.signed_in:
            self._post(SignOut())
        else:
            self.acted.emit(Action.SIGN_IN)

    def _name(self) -> None:
        words, view = self._words, self._view
        chosen = {choice.status: choice.text for choice in view.statuses} if view else {}
        rows = [
            (self.check_now, words("Check calendar now")),
            (self.why, view.why if view else words("Why am I shown like this?")),
            *((action, chosen.get(status, words(status.value))) for status, action in self.statuses.items()),
            (self.reset, words("Reset Status")),
            (self.open, words("Open LyncDesk")),
            (self.options, words("Options...")),
            (self.connection, words("Configuration information")),
            (self.sign, words("Sign out") if view is None or view.signed_in else words("Sign in")),
            (self.exit, words(self._exit_text)),
            # Last, so that it takes no other row's letter: its words change.
            *([(self.status_line, view.status_line)] if view else []),
        ]
        texts = with_mnemonics([text for _, text in rows])
        for (action, _), text in zip(rows, texts, strict=True):
            self._set_text(action, text)

    def _show_status(self, choice: StatusChoice, signed_in: bool) -> None:
        action = self.statuses[choice.status]
        icon = self._icon(choice)
        if action.icon().cacheKey() != icon.cacheKey():
            action.setIcon(icon)
        action.setIconVisibleInMenu(True)
        action.setChecked(choice.chosen)
        action.setEnabled(signed_in)

    def _icon(self, choice: StatusChoice) -> QIcon:
        return self._icons.icon(choice.indicator, dark=self._dark)

    @staticmethod
    def _set_text(action: QAction, text: str) -> None:
        if action.text() != text:
            action.setText(text)
