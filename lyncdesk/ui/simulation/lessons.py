"""The Lessons tab: the questions, what each lesson prepares, and what is wrong with a trainer's own."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from lyncdesk.client.lesson_types import LessonRow, Lessons, LessonView
from lyncdesk.client.words import Words
from lyncdesk.ui.bridge import Bridge
from lyncdesk.ui.controls import button
from lyncdesk.ui.newest import Newest
from lyncdesk.ui.simulation.lessons_coach import Coach
from lyncdesk.ui.simulation.lessons_controls import Controls
from lyncdesk.ui.simulation.lessons_pointer import Pointer
from lyncdesk.ui.widgets import MessageLine, QuietLabel, bold, label

# So often the step is looked at: windows open and close, and lists scroll, without telling anybody.
LOOK_MS = 200


class LessonList(QListWidget):
    """The lessons; Enter and a double click begin one."""

    begun = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter begins."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.begun.emit()
        else:
            super().keyPressEvent(event)


class LessonsTab(QWidget):
    """The list. The step of the lesson that goes on is in :attr:`coach`, which stands under all tabs.

    ``texts_changed`` tells that buttons say something else; ``acted`` that a lesson may have changed
    calendars or the pace of time.
    """

    texts_changed = Signal()
    acted = Signal()

    def __init__(
        self,
        bridge: Bridge,
        lessons: Lessons,
        words: Words,
        controls: Controls | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._lessons = lessons
        self._words = words
        self._controls = controls
        self._rows: tuple[LessonRow, ...] = ()
        self._step: LessonView | None = None
        self._goes_on = False
        self.pointer = Pointer()
        self.coach = Coach(words)
        self.list = LessonList()
        self.list.setAccessibleName(words("Lessons"))
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.question = bold()
        self.about = label(selectable=True)
        self.before = QuietLabel()
        self.start_button = button(words("Start this lesson"), self.start)
        self.mistakes = MessageLine(warning=True)
        self.message = MessageLine(warning=True)
        self._lay_out()
        self.list.currentRowChanged.connect(lambda _: self._show_row())
        self.list.begun.connect(self.start)
        self.list.itemDoubleClicked.connect(lambda _: self.start())
        self.coach.on.connect(self._on)
        self.coach.back.connect(lambda: self._ask(_soon(lessons.back)))
        self.coach.again.connect(lambda: self._ask(lessons.again))
        self.coach.end.connect(lambda: self._ask(lessons.end))
        self.coach.do.connect(lambda: self._ask(lessons.do))
        self.coach.show_me.connect(self._show_me)
        self.coach.seen.connect(self._watch)
        self._newest = Newest(bridge, self._job, self._show, self)
        bridge.state_changed.connect(self.look)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)

    def _lay_out(self) -> None:
        self.list.setMinimumHeight(self.list.fontMetrics().height() * 8)
        row = QHBoxLayout()
        row.addWidget(self.start_button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.addWidget(self.list, 1)
        column.addLayout(row)
        for words in (self.message, self.question, self.about, self.before, self.mistakes):
            column.addWidget(words)

    # --- the list ---

    def showEvent(self, event: QShowEvent) -> None:
        """Read the lessons when they are first wanted."""
        super().showEvent(event)
        if not self._rows:
            lessons, words = self._lessons, self._words
            self._bridge.work_out(
                lambda: (lessons.rows(words), lessons.mistakes()), self._show_lessons, self._failed
            )

    def _show_lessons(self, found: tuple[tuple[LessonRow, ...], tuple[str, ...]]) -> None:
        self._rows, mistakes = found
        self.list.clear()
        for row in self._rows:
            item = QListWidgetItem(row.title)
            item.setToolTip(row.question)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        wrong = self._words("These lessons cannot be used:")
        self.mistakes.say("\n".join((wrong, *mistakes)) if mistakes else "")

    def _show_row(self) -> None:
        row = self.chosen
        self.start_button.setEnabled(row is not None)
        if row is not None:
            self.question.setText(self._words("“{question}”", question=row.question))
            self.about.setText(row.about)
            self.about.setVisible(bool(row.about))
            self.before.setText("\n".join(row.before))
            self.before.setVisible(bool(row.before))

    @property
    def chosen(self) -> LessonRow | None:
        """The lesson that is chosen."""
        number = self.list.currentRow()
        return self._rows[number] if 0 <= number < len(self._rows) else None

    # --- the lesson that goes on ---

    def start(self) -> None:
        """Begin the chosen lesson."""
        row = self.chosen
        if row is not None and not (self._step is not None and self._step.busy):
            self._goes_on = True
            self._ask(self._lessons.begin, row.name)
            self.look()

    def _on(self) -> None:
        step = self._step
        self._ask(self._lessons.end if step is not None and step.is_last else _soon(self._lessons.on))

    def _ask(self, function: Callable[..., Coroutine[Any, Any, None]], *args: object) -> None:
        self.message.say("")
        self._bridge.call(function, *args, done=lambda _: self._done(), failed=self._failed)

    def _done(self) -> None:
        self.look()
        self.acted.emit()

    def _failed(self, error: Exception) -> None:
        said = str(error) or type(error).__name__
        self.message.say(self._words("The lesson cannot go on: {error}", error=said))

    def look(self, _state: object = None) -> None:
        """Show the step as it is now, and point at what it is about."""
        self._newest.ask()

    def _job(self) -> Callable[[], LessonView | None] | None:
        if not self._goes_on:
            return None
        lessons, words, seen = self._lessons, self._words, self._seen()

        def work_out() -> LessonView | None:
            for control, who in seen:
                lessons.looked(control, who)
            return lessons.view(words)

        return work_out

    def _seen(self) -> tuple[tuple[str, str], ...]:
        """Of what the step waits to be looked at, what can be seen."""
        controls = self._controls
        if self._step is None or controls is None:
            return ()
        return tuple(one for one in self._step.watch if controls.find_exactly(*one) is not None)

    def _show(self, view: LessonView | None) -> None:
        self._step = view
        if view is None:
            self._goes_on = False
        if self.coach.show_view(view):
            self.texts_changed.emit()
        self._watch(self.coach.isVisible())

    def _watch(self, seen: bool) -> None:
        view = self._step
        if not seen or view is None or (view.done and not view.watch):
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()
        self._point(view if seen else None)

    def _point(self, view: LessonView | None) -> None:
        if view is None or not view.point or self._controls is None:
            self.pointer.rest()
            return
        spot = self._controls.find(view.point, view.who)
        self.pointer.point(spot, self._words("The lesson points here: {say}", say=view.wrong or view.say))

    def _show_me(self) -> None:
        view = self._step
        if view is not None and view.point and self._controls is not None:
            self._controls.open(view.point, view.who)
            self.look()


def _soon(function: Callable[[], None]) -> Callable[[], Coroutine[Any, Any, None]]:
    """The same on the client's loop, where lessons live."""

    async def call() -> None:
        function()

    return call
