"""The time of the sample organisation: stop it, let it run faster, or jump."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDate, QLocale, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from lyncdesk.client.session import Simulation
from lyncdesk.client.words import N_, Words
from lyncdesk.ui.bridge import Bridge
from lyncdesk.ui.simulation.jumps import Jumps
from lyncdesk.ui.widgets import QuietLabel, bold

# Speed, its sign, and its name for those who hear it. Zero is a pause.
SPEEDS: tuple[tuple[float, str, str], ...] = (
    (0, N_("Pause"), N_("Pause the time")),
    (1, "×1", N_("As fast as real time")),
    (10, "×10", N_("10 times as fast")),
    (60, "×60", N_("60 times as fast: a minute a second")),
    (600, "×600", N_("600 times as fast: 10 minutes a second")),
)
# The one that lessons point at: what follows comes in seconds, and can still be watched.
_HURRIED = 60
_SHORTEST_MS, _LONGEST_MS = 100, 60_000


class TimeBar(QWidget):
    """Shows the virtual time, and looks anew when its minute changes, while it is visible and time runs.

    ``moved`` tells that time has gone on: by a minute, or by a jump.
    """

    moved = Signal()

    def __init__(
        self, bridge: Bridge, simulation: Simulation, words: Words, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._simulation = simulation
        self._words = words
        self._shown = ""
        self.clock = bold(wrap=False, larger=5)
        self.day = QuietLabel(wrap=False)
        self.next = QuietLabel()
        self.speeds = QButtonGroup(self)
        self.speeds.setExclusive(True)
        self.jumps = Jumps(bridge, simulation, words)
        row = QHBoxLayout()
        row.setSpacing(4)
        for number, (speed, sign, name) in enumerate(SPEEDS):
            choice = QToolButton()
            choice.setText(words(sign))
            choice.setAccessibleName(words(name))
            choice.setToolTip(words(name))
            choice.setCheckable(True)
            choice.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # or a click would leave it on another pace
            _room_for_bold(choice)
            self.speeds.addButton(choice, number)
            if speed == _HURRIED:
                choice.setObjectName("simulation.speed")
            row.addWidget(choice)
        row.addStretch(1)
        self.speeds.idClicked.connect(self._set_speed)
        head = QHBoxLayout()
        head.addWidget(self.clock)
        head.addWidget(self.day)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(head)
        column.addLayout(row)
        column.addWidget(self.jumps)
        column.addWidget(self.next)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.refresh)
        bridge.state_changed.connect(self._follow)
        self.jumps.began.connect(self.refresh)
        self.jumps.ended.connect(self.refresh)

    def refresh(self, _state: object = None) -> None:
        """Show the time as it is now."""
        if not self.isVisible():
            return
        world = self._simulation.time()
        zone = ZoneInfo(self._simulation.people()[0].zone)
        local = world.now.astimezone(zone)
        self.clock.setText(self._words.time(local))
        self.day.setText(self.locale().toString(_date(local), QLocale.FormatType.LongFormat))
        for number, (speed, _, _) in enumerate(SPEEDS):
            chosen = self.speeds.button(number)
            chosen.setChecked(speed == world.speed)
            _embolden(chosen, speed == world.speed)
            chosen.setEnabled(not self.jumps.running)
        self.jumps.show_time(world)
        words = self._words.at(world.now)
        self.next.setText(
            words("Next check of your calendar: {time}", time=world.next_check)
            if world.next_check is not None
            else words("No check of your calendar is planned.")
        )
        self._plan(world.now, world.speed)
        shown = f"{self.day.text()} {self.clock.text()}"
        if shown != self._shown:
            self._shown = shown
            self.moved.emit()

    def _follow(self, _state: object) -> None:
        # While a jump runs States come by the hundred; the timer looks often enough.
        if not self.jumps.running:
            self.refresh()

    def _plan(self, now: datetime, speed: float) -> None:
        self._timer.stop()
        if self.jumps.running:
            self._timer.start(_SHORTEST_MS)
        elif speed > 0:
            seconds = 60 - now.second - now.microsecond / 1e6
            self._timer.start(max(_SHORTEST_MS, min(_LONGEST_MS, round(seconds / speed * 1000) + 5)))

    def _set_speed(self, number: int) -> None:
        speed = SPEEDS[number][0]

        async def set_speed() -> None:  # the pace of the client's loop is set there
            self._simulation.set_speed(speed)

        self._bridge.call(set_speed, done=self.refresh)

    def showEvent(self, event: QShowEvent) -> None:
        """Time is looked at while it can be seen."""
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """And only then."""
        self._timer.stop()
        super().hideEvent(event)


def _date(moment: datetime) -> QDate:
    return QDate(moment.year, moment.month, moment.day)


def _room_for_bold(button: QToolButton) -> None:
    """So that nothing moves when another pace is chosen."""
    _embolden(button, True)
    button.setMinimumWidth(button.sizeHint().width())
    _embolden(button, False)


def _embolden(button: QAbstractButton, bold: bool) -> None:
    # Many styles show what is chosen by a shade that on dark grounds is hardly to be seen.
    font = button.font()
    if font.bold() != bold:
        font.setBold(bold)
        button.setFont(font)
