"""The card's "Anna sees you as: [Colleagues]": the relationship that one gives, and the choice of another.

The choices unfold in the card itself. A menu on a popup that came without focus would need a grab that
Wayland refuses, and on X11 Qt puts the popup before its own menu.
"""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QStyle,
    QStyleOptionButton,
    QVBoxLayout,
    QWidget,
)

from lyncdesk.client.view_types import Given
from lyncdesk.client.words import Words
from lyncdesk.presence.relationships import Relationship
from lyncdesk.ui.mnemonics import plain, with_mnemonics
from lyncdesk.ui.widgets import QuietLabel, label
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
    """``given(relationship)`` tells that the person chose another, after the question if there is one;
    ``undone`` that the last change is to be taken back; ``resized`` that the height changed.
    """

    given = Signal(object)
    undone = Signal()
    resized = Signal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._gives: Given | None = None
        self._shown: tuple[object, ...] = ()
        self._asked: Relationship | None = None
        self.choices: dict[Relationship, WrappingRadioButton] = {}
        self.reasons: dict[Relationship, QuietLabel] = {}
        self.name = QuietLabel()
        self.button = UnfoldButton()
        self.button.setAutoDefault(False)
        self.button.setCheckable(True)
        self.button.toggled.connect(self._unfold)
        self.locked = QuietLabel()
        self.note = QuietLabel()
        self.undo = QPushButton()
        self.undo.setAutoDefault(False)
        self.undo.clicked.connect(lambda _=False: self.undone.emit())
        self.question = label()
        change, cancel = with_mnemonics([words("Change"), words("Cancel")])
        self.yes, self.no = QPushButton(change), QPushButton(cancel)
        for button in (self.yes, self.no):
            button.setAutoDefault(True)
        self.yes.clicked.connect(lambda _=False: self._answered())
        self.no.clicked.connect(lambda _=False: self._ask(None))
        self._list = QWidget()
        self._rows = QVBoxLayout(self._list)
        self._rows.setContentsMargins(2, 4, 0, 0)
        self._rows.setSpacing(4)
        self._list.hide()
        self._asking = QWidget()
        asking = QVBoxLayout(self._asking)
        asking.setContentsMargins(0, 4, 0, 0)
        asking.addWidget(self.question)
        asking.addLayout(_beside(None, self.yes, self.no))
        self._asking.hide()
        row = QHBoxLayout()
        row.addWidget(self.name, 1)
        row.addWidget(self.button)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self._list)
        column.addWidget(self._asking)
        column.addWidget(self.locked)
        column.addLayout(_beside(self.note, self.undo))

    def show_given(self, sees_you_as: str, gives: Given) -> None:
        """Show what is given to this contact."""
        same = self._gives is not None and self._gives.relationship is gives.relationship
        self._gives = gives
        if (gives.choices, gives.denied) != self._shown:
            self._fill(gives)
        self.name.setText(sees_you_as)
        self.button.setText(plain(gives.shown))
        self.button.setEnabled(not gives.locked)
        self.button.setAccessibleName(f"{sees_you_as} {gives.shown}")
        self.button.setAccessibleDescription(gives.locked)
        self._put(self.locked, gives.locked)
        self._put(self.note, gives.note)
        self.undo.setText(plain(gives.undo))
        self.undo.setAccessibleDescription(gives.note)
        self.undo.setVisible(bool(gives.undo))
        if gives.locked:
            self.fold()
        elif not same:
            self._ask(None)
        self._check(self._asked or gives.relationship)

    def fold(self) -> None:
        """Hide the choices."""
        self._ask(None)
        self.button.setChecked(False)

    def _fill(self, gives: Given) -> None:
        self._shown = (gives.choices, gives.denied)
        for old in (*self.choices.values(), *self.reasons.values()):
            self._rows.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.choices, self.reasons = {}, {}
        for relationship, name, lets_see in gives.choices:
            denied = relationship in gives.denied
            text = f"{name} – {lets_see}" if lets_see and not denied else name
            choice = WrappingRadioButton(plain(text))
            choice.setAccessibleName(text)
            choice.setEnabled(not denied)
            # The arrow keys would choose at once, and each choice goes out to the contact.
            choice.setAutoExclusive(False)
            choice.clicked.connect(lambda _=False, which=relationship: self._choose(which))
            self.choices[relationship] = choice
            self._rows.addWidget(choice)
            if denied:
                # Beside the disabled choice and not in it: what is greyed out cannot be read well.
                choice.setAccessibleDescription(lets_see)
                choice.setToolTip(lets_see)
                reason = self.reasons[relationship] = QuietLabel(lets_see)
                sign = self.style().pixelMetric(QStyle.PixelMetric.PM_ExclusiveIndicatorWidth)
                gap = self.style().pixelMetric(QStyle.PixelMetric.PM_RadioButtonLabelSpacing)
                reason.setContentsMargins(sign + gap, 0, 0, 0)
                self._rows.addWidget(reason)

        # As they stand: the choices were made after the buttons under them.
        for one, other in pairwise((self.button, *self.choices.values(), self.yes, self.no, self.undo)):
            self.setTabOrder(one, other)

    def _choose(self, relationship: Relationship) -> None:
        # The choices stay: a card that shrank now would slip away from under the pointer.
        self._check(relationship)
        if self._gives is None or relationship is self._gives.relationship:
            self._ask(None)
        elif self._gives.question(relationship):
            self._ask(relationship)
        else:
            self.given.emit(relationship)

    def _check(self, relationship: Relationship | None) -> None:
        for each, choice in self.choices.items():
            choice.setChecked(each is relationship)

    def _ask(self, relationship: Relationship | None) -> None:
        """Put the question of this relationship; None takes it away, and what was chosen with it."""
        changed = relationship is not self._asked
        self._asked = relationship
        gives = self._gives
        if relationship is None and gives is not None:
            self._check(gives.relationship)
        if relationship is not None and gives is not None:
            self.question.setText(gives.question(relationship))
            self._asking.setAccessibleName(self.question.text())
            self.yes.setAccessibleDescription(self.question.text())
        self._asking.setVisible(relationship is not None)
        if relationship is not None:
            # The safe answer is the one that a key pressed too often gives.
            self.no.setFocus(Qt.FocusReason.OtherFocusReason)
        if changed:
            self._grown()

    def _answered(self) -> None:
        relationship, self._asked = self._asked, None
        self._asking.hide()
        self._grown()
        if relationship is not None:
            self.given.emit(relationship)

    def _unfold(self, unfolded: bool) -> None:
        self._list.setVisible(unfolded)
        if not unfolded:
            self._ask(None)
        self._grown()

    def _grown(self) -> None:
        self._column.invalidate()
        self.updateGeometry()
        self.resized.emit()

    def _put(self, where: QuietLabel, text: str) -> None:
        where.setText(text)
        where.setVisible(bool(text))


def _beside(first: QWidget | None, *others: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    if first is None:
        row.addStretch(1)
    else:
        row.addWidget(first, 1)
    for other in others:
        row.addWidget(other)
    return row
