"""Lets My day go back in days: asks the client for the history, and shows what was really shown."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, Signal

from lyncdesk.client import views
from lyncdesk.client.checks import window
from lyncdesk.client.history import LONGEST, Past
from lyncdesk.client.ports import ProblemError
from lyncdesk.client.state import State
from lyncdesk.client.words import Words
from lyncdesk.ui.bridge import Call, SeatBridge
from lyncdesk.ui.my_day import MyDay

_A_DAY = timedelta(days=1)


class PastDays(QObject):
    """Between the client's history and My day. ``of_the_week`` is what the history has of the week that is
    unfolded, as asked for last, ``of_today`` what it has of today before this start of the program; None
    where none is kept. ``learnt`` tells that something came that is not shown yet.
    """

    learnt = Signal()

    def __init__(
        self, bridge: SeatBridge, words: Words, my_day: MyDay, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.of_the_week: Past | None = None
        self.of_today: Past | None = None
        self._of_whom: tuple[str, date] | None = None
        self._bridge = bridge
        self._words = words
        self._my_day = my_day
        self._day: date | None = None  # None = today
        self._asking: Call | None = None
        my_day.pager.stepped.connect(self._step)
        my_day.pager.today_asked.connect(self.show_today)
        my_day.unfolded.connect(lambda _: self.follow())

    @property
    def _state(self) -> State | None:
        return self._bridge.state

    def follow(self) -> None:
        """Look anew: whether a history is kept, which day is today, what is known of the week."""
        state = self._state
        kept = state is not None and state.options.keep_history
        if state is None or not kept:
            self._my_day.pager.hide()
            self.of_the_week = self.of_today = None
            self.show_today()
            return
        if self._my_day.pager.isHidden():
            self._allow(since_known=False, since=None)
            self._my_day.pager.show()
        if self._day is not None and self._day >= self._today(state):
            self.show_today()
        self._ask_of_today(state)
        if self._my_day.is_unfolded:
            week = window(state.calendar.as_of or self._bridge.now(), state.profile.zone)
            self._bridge.call(
                self._bridge.seat.past,
                week.start,
                self._bridge.now(),
                done=self._week,
                failed=self._no_week,
            )

    def _ask_of_today(self, state: State) -> None:
        """What was shown today before the program was started (again): its own memory does not have it."""
        today = self._today(state)
        whom = state.options.account.address, today
        if whom != self._of_whom:
            self._of_whom, self.of_today = whom, None
        midnight, _ = views.day_bounds(today, state.profile.zone)
        if state.trail and midnight < state.trail[0].since:
            begins = state.trail[0].since
            self._bridge.call(
                self._bridge.seat.past,
                midnight,
                begins,
                done=lambda past: self._earlier(whom, past),
                failed=lambda _error: None,  # the day does without, as before the history was there
            )

    def _earlier(self, whom: tuple[str, date], past: Past) -> None:
        if whom != self._of_whom:
            return  # of yesterday, or of another account
        before, self.of_today = self.of_today, past
        if _starts(before) != _starts(past):
            self.learnt.emit()

    def _week(self, past: Past) -> None:
        before, self.of_the_week = self.of_the_week, past
        if before is None:
            self.learnt.emit()

    def _no_week(self, _error: Exception) -> None:
        self.of_the_week = None  # the totals say that they do without

    def _today(self, state: State) -> date:
        return self._bridge.now().astimezone(ZoneInfo(state.profile.zone)).date()

    def _step(self, days: int) -> None:
        state = self._state
        if state is None:
            return
        today = self._today(state)
        day = (self._day or today) + days * _A_DAY
        if day >= today:
            self.show_today()
            return
        self._day = day
        self._ask(state, day)

    def show_today(self) -> None:
        """Back to the present."""
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None
        if self._day is None:
            return
        self._day = None
        self._my_day.show_past(None, "")
        self._allow(since_known=False, since=None)

    def _ask(self, state: State, day: date) -> None:
        if self._asking is not None:
            self._asking.cancel()
        start, end = views.day_bounds(day, state.profile.zone)

        def show(past: Past) -> None:
            self._show(day, state.profile.zone, past)

        self._asking = self._bridge.call(
            self._bridge.seat.past, start, end, done=show, failed=lambda error: self._failed(day, error)
        )

    def _show(self, day: date, zone: str, past: Past) -> None:
        words = self._words
        strip = views.past_day(past, day, zone, self._bridge.now(), words)
        title = views.day_title(day, words)
        if all(part.unknown for part in strip.parts):
            text = words("{day}. {text}", day=title, text=strip.summary)
        else:
            text = words("{day}, as it was shown", day=title)
        self._my_day.show_past(strip, text)
        since = past.since.astimezone(ZoneInfo(zone)).date() if past.since is not None else None
        self._allow(since_known=True, since=since)

    def _failed(self, day: date, error: Exception) -> None:
        words = self._words
        why = words(error.problem.cause) if isinstance(error, ProblemError) else type(error).__name__
        text = words("The history could not be read: {error}", error=why)
        self._my_day.show_past(None, f"{views.day_title(day, words)}. {text}")
        self._allow(since_known=False, since=None)

    def _allow(self, *, since_known: bool, since: date | None) -> None:
        state = self._state
        if state is None:
            return
        today = self._today(state)
        here = self._day or today
        oldest = today - LONGEST
        if since_known:
            oldest = max(oldest, since) if since is not None else here
        self._my_day.pager.allow(back=here > oldest, forth=self._day is not None)


def _starts(past: Past | None) -> list[datetime]:
    return [span.start for span in past.spans] if past is not None else []
