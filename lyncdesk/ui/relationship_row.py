"""The card's "Anna sees you as: [Colleagues]": the relationship that one gives, and the choice of another.

The choices unfold in the card itself. A menu on a popup that came without focus would need a grab that
Wayland refuses, and on X11 Qt puts the popup before its own menu.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QStyle,
    QStyleOptionButton,
    QVBoxLayout,
    QWidget,
)

from lyncdesk.client.view_types import Card
from lyncdesk.client.words import Words
from lyncdesk.presence.relationships import Relationship
from lyncdesk.ui.mnemonics import plain
from lyncdesk.ui.widgets import QuietLabel
from lyncdesk.ui.wrapping import WrappingRadioButton


class UnfoldButton(QPushButton):
    """A button with the sign of a menu, whose choices unfold elsewhere."""

    def initStyleOption(self, option: QStyleOptionButton) -> None:
        """Draw the sign."""
        super().initStyleOption(option)
        option.features |= QStyleOptionButton.ButtonFeature.HasMenu

    def sizeHint(self) -> QSize:
        """With room for the sign."""
        sign = self.style().pixelMetric(QStyle.PixelMetric.PM_MenuButtonIndicator, None, self)
        return super().sizeHint() + QSize(sign, 0)


class RelationshipRow(QWidget):
    """``given(relationship)`` tells that the person chose another; ``resized`` that the height changed."""

    given = Signal(object)
    resized = Signal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._given: Relationship | None = None
        self._shown: tuple[tuple[Relationship, str, str], ...] = ()
        self.choices: dict[Relationship, WrappingRadioButton] = {}
        self.name = QuietLabel()
        self.button = UnfoldButton()
        self.button.setAutoDefault(False)
        self.button.setCheckable(True)
        self.button.toggled.connect(self._unfold)
        self.locked = QuietLabel()
        self._list = QWidget()
        self._rows = QVBoxLayout(self._list)
        self._rows.setContentsMargins(2, 4, 0, 0)
        self._rows.setSpacing(4)
        self._list.hide()
        row = QHBoxLayout()
        row.addWidget(self.name, 1)
        row.addWidget(self.button)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self._list)
        column.addWidget(self.locked)

    def show_card(self, card: Card) -> None:
        """Show what is given to this contact."""
        self._given = card.relationship
        if card.relationship_choices != self._shown:
            self._fill(card.relationship_choices)
        names = {relationship: name for relationship, name, _ in card.relationship_choices}
        name = names.get(card.relationship, self._words("{relationship}", relationship=card.relationship))
        self.name.setText(card.sees_you_as)
        self.button.setText(plain(name))
        self.button.setEnabled(not card.relationship_locked)
        self.button.setAccessibleName(f"{card.sees_you_as} {name}")
        self.button.setAccessibleDescription(card.relationship_locked)
        self.locked.setText(card.relationship_locked)
        self.locked.setVisible(bool(card.relationship_locked))
        if card.relationship_locked:
            self.fold()
        for relationship, choice in self.choices.items():
            choice.setChecked(relationship is card.relationship)

    def fold(self) -> None:
        """Hide the choices."""
        self.button.setChecked(False)

    def _fill(self, choices: tuple[tuple[Relationship, str, str], ...]) -> None:
        self._shown = choices
        for old in self.choices.values():
            self._rows.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.choices = {}
        for relationship, name, lets_see in choices:
            text = f"{name} – {lets_see}" if lets_see else name
            choice = WrappingRadioButton(plain(text))
            choice.setAccessibleName(text)
            # The arrow keys would choose at once, and each choice goes out to the contact.
            choice.setAutoExclusive(False)
            choice.clicked.connect(lambda _=False, which=relationship: self._choose(which))
            self.choices[relationship] = choice
            self._rows.addWidget(choice)

    def _choose(self, relationship: Relationship) -> None:
        # The choices stay: a card that shrank now would slip away from under the pointer.
        for each, choice in self.choices.items():
            choice.setChecked(each is relationship)
        if relationship is not self._given:
            self.given.emit(relationship)

    def _unfold(self, unfolded: bool) -> None:
        self._list.setVisible(unfolded)
        self._column.invalidate()
        self.updateGeometry()
        self.resized.emit()
