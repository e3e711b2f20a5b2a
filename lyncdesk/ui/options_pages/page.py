"""What every page of Options has, and the controls that know the option they stand for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from lyncdesk.client.options import Options
from lyncdesk.client.words import Words
from lyncdesk.ui.controls import Lock, check_indent
from lyncdesk.ui.widgets import bold
from lyncdesk.ui.wrapping import WrappingCheckBox


@dataclass(frozen=True, slots=True)
class Bound:
    """A control bound to an option: how to read it, how to show a value, and its lock."""

    name: str
    read: Callable[[], object]
    show: Callable[[Options], None]
    lock: Lock


class Page(QWidget):
    """A page. ``changed`` tells that the person touched something."""

    changed = Signal()

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._options = Options()
        self._bound: list[Bound] = []
        self._showing = False
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(12, 4, 12, 4)
        self.column.setSpacing(8)

    def heading(self, text: str) -> QLabel:
        """A heading with some air above it."""
        if self.column.count():
            self.column.addSpacing(8)
        made = bold(text)
        self.column.addWidget(made)
        return made

    def at_left(self, widget: QWidget) -> None:
        """A control that is as wide as it has to be, and not as the page."""
        row = QHBoxLayout()
        row.addWidget(widget)
        row.addStretch(1)
        self.column.addLayout(row)

    def switch(self, name: str, text: str) -> QCheckBox:
        """A check box for the option ``name``, with the place for its lock under it."""
        box = WrappingCheckBox(text)
        lock = Lock(box, self._words, check_indent(box))
        self.bind(
            Bound(name, box.isChecked, lambda options: box.setChecked(bool(getattr(options, name))), lock)
        )
        box.toggled.connect(self.touched)
        self.column.addWidget(box)
        self.column.addWidget(lock.note)
        return box

    def bind(self, bound: Bound) -> None:
        """Let this control stand for its option."""
        self._bound.append(bound)

    def touched(self, *_: object) -> None:
        """A control changed; only the person's doing counts."""
        if not self._showing:
            self.adapt()
            self.changed.emit()

    def show_options(self, options: Options) -> None:
        """Show what is in force."""
        self._options = options
        self._showing = True
        for bound in self._bound:
            bound.show(options)
            bound.lock.set(options.locked(bound.name))
        self.show_more(options)
        self._showing = False
        self.adapt()

    def show_more(self, options: Options) -> None:
        """For pages that show more than bound controls."""

    def adapt(self) -> None:
        """For pages where one control decides whether another can be used."""

    def values(self) -> Mapping[str, object]:
        """What the person changed and may change."""
        return {
            bound.name: value
            for bound in self._bound
            if not bound.lock.locked and (value := bound.read()) != getattr(self._options, bound.name)
        }

    def trouble(self) -> str:
        """What keeps the page from being applied, "" = nothing."""
        return ""
