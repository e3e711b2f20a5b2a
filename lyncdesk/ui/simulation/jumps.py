"""Jumps in the time of the sample organisation: to the next check, the next change, or a time of day."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from datetime import datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from PySide6.QtCore import QLocale, Qt, QTime, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from lyncdesk.client.clock_times import next_at
from lyncdesk.client.session import Jumped, PresenceChange, Simulation, WorldTime
from lyncdesk.client.words import N_, Words
from lyncdesk.ui.bridge import Bridge, Call
from lyncdesk.ui.controls import button
from lyncdesk.ui.simulation.moment_fields import TimeField
from lyncdesk.ui.widgets import MessageLine, QuietLabel

T = TypeVar("T")
# So many changes of one moment are told by name.
_TOLD = 3
_AN_HOUR = timedelta(hours=1)


class Jumps(QWidget):
    """The jumps, one at a time, and Stop while one runs.

    ``began`` and ``ended`` tell of each; ``jumped`` of one that came where it was to come. What came of it
    is said in a line of its own.
    """

    began = Signal()
    ended = Signal()
    jumped = Signal()

    def __init__(
        self, bridge: Bridge, simulation: Simulation, words: Words, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._simulation = simulation
        self._words = words
        self._call: Call | None = None
        self._pressed: QWidget | None = None
        self._typed = False
        self.to_check = button(words("Jump to the next check"), self.jump_to_check)
        self.to_check.setToolTip(words("Runs to just after the next check of your calendar"))
        self.to_check.setObjectName("simulation.next_check")
        self.to_change = button(words("Jump to the next change"), self.jump_to_change)
        self.to_change.setToolTip(
            words(
                "Runs until somebody shows something else: you, one of your contacts, or somebody you sit"
                " in as"
            )
        )
        self.to_change.setObjectName("simulation.next_change")
        self.at = TimeField()
        self.at.setAccessibleName(words("Time to jump to"))
        self.at.timeChanged.connect(self._time_chosen)
        self.at.lineEdit().returnPressed.connect(self.jump_to_time)
        self.to_time = button(words("Jump to this time"), self.jump_to_time)
        self.day = QuietLabel(wrap=False)
        self.stop_button = button(words("Stop the jump"), self.stop)
        self.message = MessageLine()
        self.trouble = MessageLine(warning=True)
        self._lay_out()
        self._adapt(simulation.time())

    @property
    def running(self) -> bool:
        """Whether a jump is under way."""
        return self._call is not None

    def show_time(self, world: WorldTime) -> None:
        """It is this time now."""
        if not self._typed and not self.at.hasFocus():
            local = (world.now + _AN_HOUR).astimezone(self._zone)
            self.at.blockSignals(True)
            self.at.setTime(QTime(local.hour, 0))
            self.at.blockSignals(False)
        self._adapt(world)

    # --- the jumps ---

    def jump_to_check(self) -> None:
        """Let time run to just after the next check."""
        check = self._simulation.time().next_check
        if check is not None:
            said = self._words("Jumped to the next check of your calendar, {time}.", time=self._at(check))
            self._run(self._simulation.jump_to_next_check, lambda _: said)

    def jump_to_change(self) -> None:
        """Let time run until somebody on the screen shows something else."""
        self._run(self._simulation.jump_to_next_change, self._changed)

    def jump_to_time(self) -> None:
        """Let time run to the time in the field, today or tomorrow."""
        moment = self._chosen(self._simulation.time().now)
        said = self._words("Jumped to {time}.", time=self._at(moment))
        self._run(lambda: self._simulation.jump(moment), lambda _: said)

    def stop(self) -> None:
        """Stop the jump where it has come."""
        if self._call is None or self._call.cancelled:
            return
        self._call.cancel()

        async def now() -> datetime:  # asked on the client's loop, where the jump has ended by then
            return self._simulation.time().now

        self._bridge.call(
            now, done=lambda now: self._over(self._words("Stopped at {time}.", time=self._at(now)))
        )

    def _run(self, function: Callable[[], Coroutine[Any, Any, T]], told: Callable[[T], str]) -> None:
        if self.running:
            return
        self.message.say("")
        self.trouble.say("")
        started_by = (self.to_check, self.to_change, self.at, self.to_time)
        self._pressed = next((each for each in started_by if each.hasFocus()), None)
        ended: list[object] = []

        def done(result: T) -> None:
            ended.append(result)
            self._over(told(result))
            self.jumped.emit()

        def failed(error: Exception) -> None:
            ended.append(error)
            self._over("")
            self.trouble.say(
                self._words("The jump failed: {error}", error=str(error) or type(error).__name__)
            )

        call = self._bridge.call(function, done=done, failed=failed)
        if not ended:
            self._call = call
            self._adapt(self._simulation.time())
            self.began.emit()

    def _over(self, said: str) -> None:
        self._call = None
        self.message.say(said)
        self._adapt(self._simulation.time())
        self.ended.emit()

    # --- words ---

    def _changed(self, jumped: Jumped) -> str:
        words, changes, at = self._words, jumped.changes, self._at(jumped.at)
        if not changes:
            return words("Nobody’s presence changed within a day. It is {time} there now.", time=at)
        me = self._simulation.people()[0].address
        told = [self._change(change, own=change.profile.address == me) for change in changes[:_TOLD]]
        more = len(changes) - _TOLD
        if more > 0:
            told.append(words.plural(N_("and 1 more"), N_("and {n} more"), more))
        return words("Jumped to {time}: {changes}.", time=at, changes="; ".join(told))

    def _change(self, change: PresenceChange, *, own: bool) -> str:
        words = self._words
        state = words(change.after.text)
        if change.after.out_of_office:
            state = words("{state}, out of office", state=state)
        if own:
            return words("you are now {state}", state=state)
        return words("{name} is now {state}", name=change.profile.shown_name, state=state)

    def _at(self, moment: datetime) -> str:
        return self._words.time(moment.astimezone(self._zone))

    # --- the time of the field ---

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self._simulation.people()[0].zone)

    def _chosen(self, now: datetime) -> datetime:
        at = self.at.time()
        return next_at(time(at.hour(), at.minute()), now, self._zone)

    def _time_chosen(self) -> None:
        self._typed = True
        self._adapt(self._simulation.time())

    def _adapt(self, world: WorldTime) -> None:
        running = self.running
        moment = self._chosen(world.now)
        local, now = moment.astimezone(self._zone), world.now.astimezone(self._zone)
        day = "" if local.date() == now.date() else self._words("That is tomorrow.")
        self.day.setText(day)
        self.to_time.setAccessibleDescription(day)
        self.at.setAccessibleDescription(day)
        # The focus first, or Qt would look for a place of its own for it.
        if running:
            self.stop_button.setEnabled(True)
            if self._pressed is not None:
                self.stop_button.setFocus(Qt.FocusReason.OtherFocusReason)
        self.to_check.setEnabled(not running and world.next_check is not None)
        for each in (self.to_change, self.to_time, self.at):
            each.setEnabled(not running)
        if not running:
            if self.stop_button.hasFocus() and self._pressed is not None:
                self._pressed.setFocus(Qt.FocusReason.OtherFocusReason)
            self.stop_button.setEnabled(False)

    def _lay_out(self) -> None:
        first = QHBoxLayout()
        for widget in (self.to_check, self.to_change, self.stop_button):
            first.addWidget(widget)
        first.addStretch(1)
        second = QHBoxLayout()
        for each in (self.at, self.to_time, self.day):
            second.addWidget(each)
        second.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(first)
        column.addLayout(second)
        column.addWidget(self.message)
        column.addWidget(self.trouble)

    def showEvent(self, event: QShowEvent) -> None:
        """Times are written as the system writes them."""
        super().showEvent(event)
        self.at.setDisplayFormat(self.locale().timeFormat(QLocale.FormatType.ShortFormat))
