"""About my status > As others see me: exactly the card that a relationship or a contact sees now."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from lyncdesk.client.view_types import Card, ContactRow, ReasonRow
from lyncdesk.client.words import Words
from lyncdesk.presence.relationships import Relationship
from lyncdesk.ui.about_why import ReasonTable
from lyncdesk.ui.card_view import CARD_WIDTH, CardView
from lyncdesk.ui.controls import scrolling
from lyncdesk.ui.widgets import Panel, bold, label


class SeenTab(QWidget):
    """Choose a viewer; ``chosen`` tells that another viewer is looked at."""

    chosen = Signal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._relationships: tuple[Relationship, ...] = tuple(Relationship)
        self._contacts: tuple[tuple[str, Relationship], ...] = ()
        self.viewer = QComboBox()
        self.viewer.setAccessibleName(words("Who looks at me"))
        self.viewer.currentIndexChanged.connect(lambda _: self.chosen.emit())
        question = QLabel(words("How do I look to:"))
        question.setBuddy(self.viewer)
        self.hides = bold(words("What hides the rest"))
        self.hint = label(selectable=True)
        self.reasons_name = bold(words("What this viewer may know of the reasons"))
        self.reasons = ReasonTable(words, self.reasons_name.text())
        self.card = CardView(words, _nothing, preview=True)
        self.card.calendar.setAccessibleDescription("")
        frame = Panel()
        frame.setFixedWidth(CARD_WIDTH + 2)
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.card)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setSpacing(12)
        row = QHBoxLayout()
        row.addWidget(question)
        row.addWidget(self.viewer, 1)
        column.addLayout(row)
        # Not aligned in the column, which would ask for the height of the card at its own, greater width.
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(frame)
        middle.addStretch(1)
        column.addLayout(middle)
        for words_of_it in (self.hides, self.hint, self.reasons_name):
            column.addWidget(words_of_it)
        column.addWidget(self.reasons)
        column.addStretch(1)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(scrolling(content))
        self._fill()

    @property
    def relationship(self) -> Relationship:
        """The relationship of the viewer who is looked at."""
        return Relationship(self.viewer.currentData()[1])

    def show_viewers(self, relationships: tuple[Relationship, ...], contacts: Sequence[ContactRow]) -> None:
        """Offer these relationships and these contacts; the choice stays."""
        fresh = tuple(sorted((row.name, row.relationship) for row in contacts))
        if (relationships, fresh) != (self._relationships, self._contacts):
            self._relationships, self._contacts = relationships, fresh
            self._fill()

    def _fill(self) -> None:
        before = self.viewer.currentData()
        self.viewer.blockSignals(True)
        self.viewer.clear()
        for relationship in self._relationships:
            text = self._words("{relationship}", relationship=relationship)
            self.viewer.addItem(text, ("", relationship.value))
        if self._contacts:
            self.viewer.insertSeparator(self.viewer.count())
        for name, relationship in self._contacts:
            text = self._words("{name} ({relationship})", name=name, relationship=relationship)
            self.viewer.addItem(text, (name, relationship.value))
        # A contact who was given something else stays the chosen one.
        same = (
            row for row in range(self.viewer.count()) if _viewer(self.viewer.itemData(row)) == _viewer(before)
        )
        colleagues = self._relationships.index(Relationship.COLLEAGUES)
        self.viewer.setCurrentIndex(next(same, colleagues) if before else colleagues)
        self.viewer.blockSignals(False)

    def show_seen(self, card: Card, hides: Sequence[str], reasons: Sequence[ReasonRow]) -> None:
        """Show what this viewer sees, what hides the rest, and the reasons that this viewer may know."""
        self.card.show_card(card)
        self.card.show_detail()
        self.hint.setText("\n".join(hides))
        self.reasons.show_reasons(reasons)
        self.hides.setVisible(bool(hides))
        self.hint.setVisible(bool(hides))
        self.reasons_name.setVisible(bool(reasons))
        self.reasons.setVisible(bool(reasons))


def _viewer(data: tuple[str, str] | None) -> tuple[str, str]:
    name, relationship = data or ("", "")
    return name, "" if name else relationship


_nothing: Callable[[object], None] = lambda _: None  # noqa: E731
