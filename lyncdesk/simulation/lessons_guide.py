"""Guides through lessons in the running sample organisation (:class:`lyncdesk.client.lesson_types.Lessons`).

It looks at the world with each new State of anybody and with each change of a calendar, so that nothing that
was done is missed, however fast time runs. What that means is worked out in
:mod:`lyncdesk.simulation.lessons_progress`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from lyncdesk.client.lesson_types import LessonRow, LessonView
from lyncdesk.client.policy import Policy
from lyncdesk.client.words import Words
from lyncdesk.simulation.lessons import Lesson, People, Prepared, concerned
from lyncdesk.simulation.lessons_acts import Client, Hands, Place, do
from lyncdesk.simulation.lessons_conditions import waits_for_item
from lyncdesk.simulation.lessons_facts import Facts, Glance, window
from lyncdesk.simulation.lessons_library import Library, library
from lyncdesk.simulation.lessons_needs import Subject
from lyncdesk.simulation.lessons_prepare import Before, prepare, told
from lyncdesk.simulation.lessons_progress import Progress, at_step, done, is_done, view, waits


class LessonGuide:
    """One guide of one world. ``folders`` are a trainer's own; they are read when they are first wanted."""

    def __init__(self, place: Place, people: People, folders: Iterable[Path] = ()) -> None:
        self._place = place
        self._people = people
        self._folders = tuple(folders)
        self._client: Client | None = None
        self._library: Library | None = None
        self._progress: Progress | None = None
        self._before: Before | None = None
        self._busy = False
        self._acts = False
        self._resting: asyncio.Task[None] | None = None
        self._glances: set[Glance] = set()
        self._changed = asyncio.Event()
        self._words = Words()

    def learn(self, client: Client) -> None:
        """Tell whose client the person's is."""
        self._client = client

    # --- what there is ---

    @property
    def library(self) -> Library:
        """The lessons, read once."""
        if self._library is None:
            self._library = library(self._people.addresses, self._folders)
        return self._library

    def rows(self, words: Words) -> tuple[LessonRow, ...]:
        """The lessons that there are, in order."""
        self._words = words
        return tuple(self._row(lesson, words) for lesson in self.library.lessons)

    def _row(self, lesson: Lesson, words: Words) -> LessonRow:
        names = {who: self._name(address) for who, address in self._people.addresses.items()}
        before = told(lesson.prepared, words, names) if _does_something(lesson) else ()
        about = words(lesson.about) if lesson.about else ""
        return LessonRow(lesson.name, words(lesson.title), words(lesson.question), about, before)

    def _name(self, address: str) -> str:
        state = self._place.states().get(address)
        return state.profile.shown_name if state is not None else address

    def mistakes(self) -> tuple[str, ...]:
        """What is wrong with a trainer's lessons."""
        return tuple(str(mistake) for mistake in self.library.mistakes)

    # --- what goes on ---

    def view(self, words: Words) -> LessonView | None:
        """The lesson that goes on."""
        self._words = words
        if self._progress is None:
            return None
        self.look()
        return view(self._progress, self._facts(), words, busy=self._busy)

    def look(self) -> None:
        """Something may have changed."""
        self._changed.set()
        progress = self._progress
        if progress is None or self._busy or self._resting is not None or not waits(progress):
            return
        # With each State of anybody: calendars are opened only where the step waits for an item.
        if is_done(progress, self._facts(calendars=waits_for_item(progress.step))):
            self._resting = asyncio.get_running_loop().create_task(self._done(progress))

    async def _done(self, progress: Progress) -> None:
        """Tell it when others have heard of it too, or what is said of them would be of the moment before."""
        try:
            await self._rest()
            if self._progress is progress:
                self._progress = done(progress, self._facts())
        finally:
            self._resting = None

    async def _rest(self) -> None:
        await self._hands().client.drained()
        await self._place.rest()

    async def stop(self) -> None:
        """End what is under way. Idempotent."""
        resting = self._resting
        if resting is not None:
            resting.cancel()
            await asyncio.gather(resting, return_exceptions=True)

    def looked(self, control: str, who: str) -> None:
        """The person has a control before the eyes."""
        self._glances.add((control, who))
        self.look()

    async def begin(self, name: str) -> None:
        """Prepare the world, and begin. Raises KeyError for a name that is none."""
        lesson = next((one for one in self.library.lessons if one.name == name), None)
        if lesson is None:
            raise KeyError(name)
        if self._busy:
            return
        self._progress = Progress(lesson, self._facts())
        with self._at_work():
            await self._put_back()
            if _does_something(lesson):
                hands = self._hands()
                self._before = Before(lesson, hands)
                await prepare(lesson.prepared, hands, self._changed)
                await self._rest()
        self._progress = replace(
            at_step(self._progress, 0, self._facts()), subject=self._prepared_subject(lesson.prepared)
        )

    async def again(self) -> None:
        """Prepare the world once more, and begin with the first step."""
        if self._progress is not None:
            await self.begin(self._progress.lesson.name)

    def back(self) -> None:
        """The step before this one; of the first one, the first."""
        if self._progress is not None and not self._busy:
            self._to(self._progress.number - 1)

    def on(self) -> None:
        """The next step."""
        if self._progress is not None and not self._busy and not self._progress.is_last:
            self._to(self._progress.number + 1)

    def _to(self, number: int) -> None:
        if self._progress is not None:
            self._glances.clear()
            self._progress = at_step(self._progress, number, self._facts())

    async def do(self) -> None:
        """Do for the person what this step asks for; pressed twice, once."""
        progress = self._progress
        if progress is None or self._busy or self._acts or self._resting or progress.after is not None:
            return
        self._acts = True
        try:
            await do(progress.step.do, self._hands())
        finally:
            self._acts = False
        self.look()
        if self._resting is not None:
            await asyncio.gather(self._resting, return_exceptions=True)

    async def end(self) -> None:
        """End the lesson, and put back what it did."""
        if self._progress is None or self._busy:
            return
        with self._at_work():
            await self._put_back()
        self._progress = None

    async def _put_back(self) -> None:
        before, self._before = self._before, None
        self._glances.clear()
        if before is not None:
            hands = self._hands()
            hands.place.hide_details(hands.people.me, hidden=False)
            hands.place.set_policy(Policy())
            await before.put_back(hands)

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        self._busy = True
        try:
            yield
        finally:
            self._busy = False

    def _prepared_subject(self, prepared: Prepared) -> Subject | None:
        """The first item that was prepared is what the lesson is about, until another is added."""
        if not prepared.items:
            return None
        entry = prepared.items[0]
        address, subject = self._people.address(entry.who), self._words(entry.subject)
        found = self._facts().items.get(address, ())
        item = next((one for one in reversed(found) if one.subject == subject), None)
        return Subject(address, item) if item is not None else None

    # --- the world ---

    def _hands(self) -> Hands:
        if self._client is None:
            raise RuntimeError("there is nobody to learn anything yet")
        subject = self._progress.subject if self._progress is not None else None
        return Hands(self._place, self._client, self._people, self._words, subject)

    def _facts(self, *, calendars: bool = True) -> Facts:
        if self._client is None:
            raise RuntimeError("there is nobody to learn anything yet")
        now = self._place.now()
        progress = self._progress
        whose = concerned(progress.lesson) if calendars and progress is not None else ()
        return Facts(
            now,
            self._people,
            self._client.state,
            dict(self._place.states()),
            {
                address: self._place.items(address, *window(now))
                for address in map(self._people.address, whose)
            },
            frozenset(self._glances),
        )


def _does_something(lesson: Lesson) -> bool:
    """Whether anything of the lesson happens in the world; what is only read needs no preparing."""
    return any(step.until or step.do for step in lesson.steps)
