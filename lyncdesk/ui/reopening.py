"""Opening LyncDesk again on macOS, which starts no second program for that but activates the first."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

# A start is an activation too, also of a program that is to wait in the menu bar.
STARTED_MS = 5_000


class Reopening(QObject):
    """``asked`` comes when the program is activated with no window on the screen.

    It has no place in the Dock, and its icon may be hidden beside a camera: whoever opens it from the folder
    of applications wants to see it. An own window that comes up activates it as well, and is there by then.
    """

    asked = Signal()

    def __init__(self, app: QApplication, parent: QObject, started_ms: int = STARTED_MS) -> None:
        super().__init__(parent)
        self._app = app
        QTimer.singleShot(started_ms, self, self._begin)

    def _begin(self) -> None:
        self._app.applicationStateChanged.connect(self._changed)

    def _changed(self, state: Qt.ApplicationState) -> None:
        if state is not Qt.ApplicationState.ApplicationActive:
            return
        if not any(widget.isVisible() for widget in self._app.topLevelWidgets()):
            self.asked.emit()
