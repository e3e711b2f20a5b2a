"""The question whether to restart, when what a person asked for turns out to be of another version.

Loaded with the desktop: what is loaded after an update would be of that other version, too.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMessageBox

from lyncdesk.client.problems import REPLACED, Problem
from lyncdesk.client.words import Words


class RestartQuestion(QObject):
    """Asks one question at a time; ``wanted`` comes with a Yes."""

    wanted = Signal()

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.box: QMessageBox | None = None

    def ask(self) -> None:
        """Ask, unless the question is up."""
        if self.box is not None:
            return
        words = self._words
        self.box = box = QMessageBox()
        box.setWindowTitle("LyncDesk")
        box.setIcon(QMessageBox.Icon.Information)
        box.setText(words(Problem.of(REPLACED).title))
        box.setInformativeText(
            words("What you asked for belongs to the new version. Nothing is lost when LyncDesk restarts.")
        )
        yes = box.addButton(words("Restart"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(words("Later"), QMessageBox.ButtonRole.RejectRole)
        box.finished.connect(lambda: self._answered(yes=box.clickedButton() is yes))
        box.open()

    def _answered(self, *, yes: bool) -> None:
        self.close()
        if yes:
            self.wanted.emit()

    def close(self) -> None:
        """Take the question away. Idempotent."""
        box, self.box = self.box, None
        if box is not None:
            box.hide()
            box.deleteLater()
