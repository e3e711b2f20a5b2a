"""Lessons in memory, as the Simulation window sees them: it remembers what it was asked."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QWidget

from lyncdesk.client.lesson_types import LessonRow, LessonView
from lyncdesk.client.words import Words
from lyncdesk.ui.simulation_window import SimulationWindow

RIGHT_NOW = LessonRow(
    "02_right_now",
    "An appointment for right now",
    "I Added an Appointment or Meeting for Right Now, But My Presence Didn’t Update Yet. What’s Up?",
    "You add one, and watch when others see it.",
    ("Before it begins: your status is reset.", "What makes you busy in the next 2 hours is marked as Free."),
)
OUT_OF_SCOPE = LessonRow("13_call_forwarding", "Call forwarding", "Can you please tell me how ...", "", ())
STEP = LessonView(
    "02_right_now",
    "An appointment for right now",
    1,
    2,
    "You are shown as Available. Add an appointment for right now.",
    point="simulation.right_now",
    where="Simulation, Outlook: Appointment for right now",
    doing="Do it for me",
)


class RecordingLessons:
    """Shows what it is told to show."""

    def __init__(self) -> None:
        self.shown: LessonView | None = None
        self.wrong: tuple[str, ...] = ()
        self.asked: list[str] = []
        self.seen: set[tuple[str, str]] = set()
        self.broken: Exception | None = None

    def rows(self, words: Words) -> tuple[LessonRow, ...]:
        return (RIGHT_NOW, OUT_OF_SCOPE)

    def mistakes(self) -> tuple[str, ...]:
        return self.wrong

    def view(self, words: Words) -> LessonView | None:
        return self.shown

    async def begin(self, name: str) -> None:
        if self.broken:
            raise self.broken
        self.asked.append(f"begin {name}")
        self.shown = STEP

    async def again(self) -> None:
        self.asked.append("again")

    def back(self) -> None:
        self.asked.append("back")

    def on(self) -> None:
        self.asked.append("on")

    async def do(self) -> None:
        self.asked.append("do")

    def looked(self, control: str, who: str) -> None:
        self.seen.add((control, who))

    async def end(self) -> None:
        self.asked.append("end")
        self.shown = None


def begun(window: QWidget) -> QWidget:
    """The Simulation window with a lesson that goes on, over a list with a mistake in one of a trainer's."""
    assert isinstance(window, SimulationWindow)
    teacher = window.lessons._lessons
    assert isinstance(teacher, RecordingLessons)
    teacher.wrong = ("~/.config/lyncdesk/lessons/lunch.toml:3: a lesson needs question",)
    window.open(window.lessons)
    window.lessons.start()
    teacher.shown = replace(STEP, wrong="You are signed out: nothing is read. Sign in to go on.", number=2)
    window.lessons.look()
    return window
