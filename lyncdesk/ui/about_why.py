"""About my status > Why: one sentence, then each input, what it said, and why it won or lost."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from lyncdesk.client.view_types import ReasonRow, Why
from lyncdesk.client.words import N_, Words
from lyncdesk.ui.controls import scrolling
from lyncdesk.ui.tables import WordTable
from lyncdesk.ui.widgets import Mark, Panel, QuietLabel, bold, label

_VERDICTS = {"won": N_("decides"), "lost": N_("does not decide"), "mark": N_("adds a mark")}


class ReasonTable(WordTable):
    """Reasons: the input, what it said, whether it decided, and why."""

    def __init__(self, words: Words, name: str) -> None:
        headings = [words("Input"), words("What it said"), words("Result"), words("Why")]
        super().__init__(headings, name, shares=(22, 28, 16, 34))
        self._words = words

    def show_reasons(self, rows: Sequence[ReasonRow]) -> None:
        """Show these reasons."""
        self.show_rows([(row.source, row.said, self._words(_VERDICTS[row.verdict]), row.why) for row in rows])


class WhyTab(QWidget):
    """Renders a Why; it recomputes nothing."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self.mark = Mark(32)
        self.title = bold(larger=3)
        self.sentence = label(selectable=True)
        self.table = ReasonTable(words, words("What was looked at"))
        self.read = QuietLabel()
        self.lync = label(selectable=True)
        self._lync_panel = Panel()
        lync = QVBoxLayout(self._lync_panel)
        lync.addWidget(bold(words("What Lync would have shown")))
        lync.addWidget(self.lync)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setSpacing(12)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        beside = QVBoxLayout()
        beside.addWidget(self.title)
        beside.addWidget(self.sentence)
        head.addLayout(beside, 1)
        column.addLayout(head)
        column.addWidget(self.table)
        column.addWidget(self.read)
        column.addWidget(self._lync_panel)
        column.addStretch(1)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(scrolling(content))

    def show_why(self, why: Why) -> None:
        """Show this explanation."""
        self.mark.show_indicator(why.indicator)
        self.title.setText(why.title)
        self.sentence.setText(why.sentence)
        self.table.show_reasons(why.rows)
        self.read.setText(why.read)
        self.lync.setText(why.lync)
        self._lync_panel.setVisible(bool(why.lync))
