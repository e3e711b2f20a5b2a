"""How far a person is in a lesson. Pure: a lesson, a step, two moments; what they make of each other."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lyncdesk.client.lesson_types import CONTROLS, OF_A_CONTACT, LessonView
from lyncdesk.client.words import N_, Words
from lyncdesk.simulation.lessons import Lesson, Step
from lyncdesk.simulation.lessons_conditions import LookedAt, fulfilled, glance, touched
from lyncdesk.simulation.lessons_facts import Facts
from lyncdesk.simulation.lessons_needs import Subject, wrong_turn
from lyncdesk.simulation.lessons_words import Told, say

_OF_ITEMS = frozenset({"added", "changed"})


@dataclass(frozen=True, slots=True)
class Progress:
    """The step that is on. What it waits for counts from ``before`` on; ``after`` is the moment at which it
    was done, None = not yet. What to do is told as it was at ``begun`` (None = ``before``). ``subject`` is
    the item that the lesson is about by now.
    """

    lesson: Lesson
    before: Facts
    number: int = 0
    after: Facts | None = None
    subject: Subject | None = None
    begun: Facts | None = None

    @property
    def step(self) -> Step:
        """The step that is on."""
        return self.lesson.steps[self.number]

    @property
    def is_last(self) -> bool:
        """Whether no step follows."""
        return self.number + 1 == len(self.lesson.steps)


def waits(progress: Progress) -> bool:
    """Whether the step that is on still waits for something."""
    return progress.after is None and bool(progress.step.until)


def is_done(progress: Progress, now: Facts) -> bool:
    """Whether the step that is on is done by now, and nobody has said so yet."""
    return waits(progress) and fulfilled(progress.step, progress.before, now)


def done(progress: Progress, now: Facts) -> Progress:
    """The step is done, and what it set off has come to rest. It stays done, whatever comes."""
    return replace(progress, after=now, subject=_subject(progress, now))


def _subject(progress: Progress, now: Facts) -> Subject | None:
    for condition in progress.step.until:
        if condition.name in _OF_ITEMS:
            item = touched(condition, progress.before, now)
            who = getattr(condition.value, "who", "")
            if item is not None:
                return Subject(now.people.address(who), item)
    return progress.subject


def at_step(progress: Progress, number: int, now: Facts) -> Progress:
    """Another step of the same lesson begins now.

    Where it follows one that was done, or read, what happened while that was still shown counts: time does
    not wait for who reads.
    """
    within = max(0, min(number, len(progress.lesson.steps) - 1))
    before = now
    if within == progress.number + 1:
        read = progress.before if not progress.step.until else now
        before = progress.after or read
    came = fulfilled(progress.lesson.steps[within], before, now)
    return replace(progress, number=within, before=before, after=None, begun=before if came else now)


def view(progress: Progress, now: Facts, words: Words, *, busy: bool = False) -> LessonView:
    """The lesson as it is now, in words."""
    lesson, step = progress.lesson, progress.step
    words = words.at(now.now)
    item = progress.subject.item if progress.subject is not None else None
    told = Told(step, progress.before, progress.after or now, item)
    turn = wrong_turn(step.needs, now, progress.subject) if progress.after is None and not busy else None
    point = "" if progress.after is not None or busy else turn.point if turn is not None else step.point
    who = step.who if point in OF_A_CONTACT else ""
    return LessonView(
        name=lesson.name,
        title=words(lesson.title),
        number=progress.number + 1,
        count=len(lesson.steps),
        say=say(step.say, replace(told, now=progress.begun or progress.before), words),
        point=point,
        who=now.people.address(who) if who else "",
        where=_where(point, who, now, words),
        watch=() if progress.after is not None else _watched(step, now),
        said=say(step.then, told, words) if progress.after is not None else "",
        wrong=words(turn.told) if turn is not None else "",
        done=progress.after is not None or not step.until,
        doing="" if progress.after is not None or busy or turn is not None else _doing(step, words),
        busy=busy,
    )


def _where(point: str, who: str, now: Facts, words: Words) -> str:
    if not point:
        return ""
    where = words(CONTROLS[point])
    if not who:
        return where
    return words("{where}, {name}", where=where, name=now.state_of(who).profile.shown_name)


def _watched(step: Step, now: Facts) -> tuple[tuple[str, str], ...]:
    return tuple(glance(one.value, now) for one in step.until if isinstance(one.value, LookedAt))


def _doing(step: Step, words: Words) -> str:
    if not step.do:
        return ""
    return words(step.offer or N_("Do it for me"))
