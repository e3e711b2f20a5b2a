"""One line under the header when it applies, with its action."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from lyncdesk.client.view_types import Action, Notice
from lyncdesk.ui.mnemonics import plain
from lyncdesk.ui.widgets import Panel, label


class NoticeBar(QWidget):
    """Shows a notice or nothing. ``acted(Action)`` is its button."""

    acted = Signal(Action)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._notice: Notice | None = None
        self._panels = {warning: Panel(warning=warning, parent=self) for warning in (False, True)}
        self.text = label()
        self.button = QPushButton()
        self.button.setAutoDefault(False)
        self.button.clicked.connect(lambda _checked=False: self._act())
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(9, 6, 6, 6)
        self._row.addWidget(self.text, 1)
        self._row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.hide()

    @property
    def says_something(self) -> bool:
        """Whether there is a line to show."""
        return self._notice is not None

    def show_notice(self, notice: Notice | None) -> None:
        """Show this line; None hides it."""
        if notice == self._notice:
            return
        self._notice = notice
        if notice is not None:
            self.text.setText(notice.text)
            self.button.setText(plain(notice.action_text))
            self.button.setAccessibleDescription(notice.text)
            self.button.setVisible(notice.action is not None and bool(notice.action_text))
            for warning, panel in self._panels.items():
                panel.setVisible(warning is notice.warning)
            self.setAccessibleName(notice.text)
        self.setVisible(notice is not None)
        if notice is not None:
            QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def resizeEvent(self, event: object) -> None:
        """The ground fills the line."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        for panel in self._panels.values():
            panel.setGeometry(self.rect())
            panel.lower()

    def _act(self) -> None:
        if self._notice is not None and self._notice.action is not None:
            self.acted.emit(self._notice.action)
