"""Sit in as: whose main window to open beside one's own."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QVBoxLayout, QWidget

from lyncdesk.client.session import Simulation
from lyncdesk.client.words import Words
from lyncdesk.presence.publication import Profile
from lyncdesk.ui.controls import button
from lyncdesk.ui.simulation.guests import MOST, Guests
from lyncdesk.ui.widgets import QuietLabel, label


class SitInTab(QWidget):
    """Everybody but oneself; Enter, a double click or the button opens the window of the one chosen."""

    def __init__(
        self, simulation: Simulation, guests: Guests, words: Words, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._simulation = simulation
        self._guests = guests
        self._words = words
        self._people: tuple[Profile, ...] = ()
        self.what = label(
            words(
                "Opens the main window of another person beside yours. It shows what this person’s client was"
                " given of you and of everybody else, and what you do in it, this person does."
            )
        )
        whose = QLabel(words("Person:"))
        self.people = QListWidget()
        whose.setBuddy(self.people)
        self.people.setAccessibleName(words("Person to sit in as"))
        self.people.itemActivated.connect(lambda _: self.sit_in())
        self.people.currentRowChanged.connect(lambda _: self._adapt())
        self.sit_button = button(words("Sit in"), self.sit_in)
        self.leave_button = button(words("Stop sitting in"), self.leave)
        self.hint = QuietLabel(
            words(
                "Everybody goes on by habit until you choose a status for them; then their habits rest until"
                " you stop sitting in. The windows close together with this one."
            )
        )
        self.bound = QuietLabel(
            words("You sit in as {n} people already: close one of their windows first.", n=MOST)
        )
        buttons = QHBoxLayout()
        buttons.addWidget(self.sit_button)
        buttons.addWidget(self.leave_button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.addWidget(self.what)
        column.addWidget(whose)
        column.addWidget(self.people, 1)
        column.addLayout(buttons)
        column.addWidget(self.bound)
        column.addWidget(self.hint)
        guests.changed.connect(self.refresh)
        self._adapt()

    @property
    def profile(self) -> Profile | None:
        """Who is chosen."""
        row = self.people.currentRow()
        return self._people[row] if 0 <= row < len(self._people) else None

    def sit_in(self) -> None:
        """Open the window of the one chosen, or bring it to the front."""
        if self.profile is not None:
            self._guests.sit_in(self.profile)

    def leave(self) -> None:
        """Sit in as the one chosen no more."""
        if self.profile is not None:
            self._guests.leave(self.profile)

    def refresh(self) -> None:
        """Show who is there, and whose windows are open."""
        people = tuple(self._simulation.people()[1:])
        if people != self._people:
            chosen = self.profile
            self._people = people
            self.people.clear()
            self.people.addItems([profile.shown_name for profile in people])
            row = people.index(chosen) if chosen in people else 0
            self.people.setCurrentRow(row)
        for row, profile in enumerate(people):
            text = f"{profile.shown_name}, {profile.title}" if profile.title else profile.shown_name
            if self._guests.guest(profile) is not None:
                text = self._words("{person} (you sit in)", person=text)
            item = self.people.item(row)
            if item.text() != text:
                item.setText(text)
        self._adapt()

    def _adapt(self) -> None:
        profile = self.profile
        sits = profile is not None and self._guests.guest(profile) is not None
        self.sit_button.setEnabled(profile is not None and (sits or not self._guests.full))
        # Not left with the focus on something that is switched off.
        if not sits and self.leave_button.hasFocus():
            self.people.setFocus(Qt.FocusReason.OtherFocusReason)
        self.leave_button.setEnabled(sits)
        self.bound.setVisible(self._guests.full and not sits)

    def showEvent(self, event: QShowEvent) -> None:
        """Show who is there now."""
        super().showEvent(event)
        self.refresh()
