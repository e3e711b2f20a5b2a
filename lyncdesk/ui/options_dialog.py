"""The window of options: pages with OK, Cancel and Apply, whosever options they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QListWidget,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from lyncdesk.client.options import Options
from lyncdesk.client.problems import Problem
from lyncdesk.client.state import State
from lyncdesk.client.views import trouble
from lyncdesk.client.words import Words
from lyncdesk.ui.bridge import SeatBridge
from lyncdesk.ui.controls import give_mnemonics, open_at, scrolling
from lyncdesk.ui.options_pages.page import Page
from lyncdesk.ui.widgets import MessageLine

_Button = QDialogButtonBox.StandardButton


class OptionsDialog(QDialog):
    """The window over these pages, each with its name. Values go out through the seat; nothing is kept here.

    A window that saves more than the pages' values adds it by the methods of the last part.
    """

    def __init__(
        self,
        bridge: SeatBridge,
        words: Words,
        pages: Sequence[tuple[Page, str]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._words = words
        self._options = Options()
        self._saving = 0
        self._close_after = False
        self._said: list[str] = []
        self.setWindowTitle(words("LyncDesk – Options"))
        self.pages: tuple[Page, ...] = tuple(page for page, _ in pages)
        self.list = QListWidget()
        self.list.setAccessibleName(words("Pages"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._stack = QStackedWidget()
        for page, name in pages:
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
        self.list.setCurrentRow(0)
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
        self._last_row = QHBoxLayout()
        self._last_row.addWidget(self.buttons, 1)
        column.addLayout(self._last_row)
        open_at(self, 660, 520)
        bridge.state_changed.connect(self._follow)

    def open_page(self, page: int = 0) -> None:
        """Come up with this page; what was typed and not applied stays while the window is up."""
        if not self.isVisible():
            self.message.say("")
            self._coming_up()
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
            self._follow_more(state)
        # What the person typed is not taken away by a change from elsewhere; OK decides.
        if self.isVisible() and not self._is_changed and state.options != self._options:
            self._show(state.options)

    @property
    def _is_changed(self) -> bool:
        return any(page.values() for page in self.pages) or self._more_changed

    def _touched(self) -> None:
        idle = self._saving == 0
        self.buttons.button(_Button.Apply).setEnabled(idle and self._is_changed)
        self.buttons.button(_Button.Ok).setEnabled(idle)
        self._touched_more(idle=idle)

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
        if self._has_to_ask(values, lambda: self._apply(close=close)):
            return
        self.message.say("")
        self._said = []
        self._close_after = close
        more = self._more_changed
        # Both are counted before either can end.
        self._saving = bool(values) + more
        self._touched()
        if values:
            self._bridge.call(
                self._bridge.seat.save_options,
                values,
                done=lambda problems: self._options_saved(problems, values),
                failed=self._failed,
            )
        if more:
            self._save_more()
        if not self._saving:
            self._ended()

    def _options_saved(self, problems: tuple[Problem, ...], values: dict[str, Any]) -> None:
        self._values_saved()
        self._saved(problems, options=values)

    def _saved(self, problems: tuple[Problem, ...], options: dict[str, Any]) -> None:
        for problem in problems:
            shown = trouble(problem, self._words)
            self._said.append(f"{shown.title} {shown.cause} {shown.remedy}")
        self._options = replace(self._options, **options)
        self._one_less()

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

    # --- what a window asks and saves beside the pages' values

    def _coming_up(self) -> None:
        """The window was hidden and comes up."""

    def _has_to_ask(self, _values: Mapping[str, object], _then: Callable[[], None]) -> bool:
        """Whether the person is being asked about these values first; ``_then`` is called after it."""
        return False

    def _values_saved(self) -> None:
        """The pages' values have been saved."""

    @property
    def _more_changed(self) -> bool:
        """Whether there is more to save."""
        return False

    def _save_more(self) -> None:
        """Begin to save it; ``_saved`` or ``_failed`` tell the end."""

    def _follow_more(self, state: State) -> None:
        """Show what the client found out meanwhile."""

    def _touched_more(self, *, idle: bool) -> None:
        """Something was touched, or what is being saved began or ended."""
