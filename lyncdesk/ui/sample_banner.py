"""The line at the top of a main window of the sample organisation."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from lyncdesk.client.words import Words
from lyncdesk.ui.widgets import Panel, label


class SampleBanner(Panel):
    """Says that nothing is real, or as whom one sits in, and opens the Simulation window."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._text = label(words("Nothing here is real."))
        self.button = QPushButton(words("Simulation..."))
        self.button.setAutoDefault(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(9, 4, 4, 4)
        row.addWidget(self._text, 1)
        row.addWidget(self.button)

    def say(self, text: str) -> None:
        """Say this instead."""
        self._text.setText(text)

    def text(self) -> str:
        """What it says."""
        return self._text.text()
