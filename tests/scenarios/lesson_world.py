"""For the tests of lessons: the running sample organisation with Anna's real client, and a guide.

Her calendar comes over real EWS, or from the same mailbox without the wire where a test has no need of it:
her client's worker process takes longer to start than the whole organisation.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

from lyncdesk.client.lesson_types import LessonView
from lyncdesk.client.parts import Parts
from lyncdesk.client.state import State
from lyncdesk.client.words import Words
from lyncdesk.simulation.lessons_guide import LessonGuide
from lyncdesk.simulation.mailboxes import MailboxCalendar
from lyncdesk.simulation.organisation_file import sample_organisation
from lyncdesk.simulation.session import SampleSession
from lyncdesk.simulation.world import World
from tests import sample_world
from tests.unit.session_parts import MemoryExchange
from tests.waiting import LONG_ENOUGH, until

BERLIN = ZoneInfo("Europe/Berlin")
WEDNESDAY = date(2026, 3, 4)
ANNA, BEN = "anna.keller@brightwater.example", "ben.okafor@brightwater.example"
WORDS = Words(zone=BERLIN)


def at(clock: str, day: date = WEDNESDAY) -> datetime:
    """A moment by Berlin's clock."""
    return datetime.combine(day, time.fromisoformat(clock), BERLIN)


def standing() -> float:
    """Real time that stands: virtual time moves by jumps alone, however long a slow machine takes."""
    return 0.0


def parts(world: World, home: Path, *, wire: bool = True) -> Parts:
    """The parts of Anna's client, as the program makes them but for the ``wire``."""
    made = replace(
        sample_world.parts(world, home),
        read_policy=world.administrator.read,
        wait=world.administrator.wait,
    )
    return made if wire else replace(made, exchange=MemoryExchange(MailboxCalendar(world.exchange, ANNA)))


class Class:
    """Somebody who learns: the session, its world and its guide."""

    def __init__(self, session: SampleSession) -> None:
        self.session = session
        self.world = session.world
        self.guide: LessonGuide = session.world.guide

    @property
    def state(self) -> State:
        """What Anna's client knows."""
        return self.session.state

    def view(self) -> LessonView:
        """The lesson that goes on, in English."""
        found = self.guide.view(WORDS)
        assert found is not None
        return found

    async def done(self) -> LessonView:
        """Wait until the step is done."""
        await until(lambda: self.view().said, "the step to be done")
        return self.view()


@asynccontextmanager
async def a_class(
    home: Path,
    real_now: datetime,
    lessons: Iterable[Path] = (),
    *,
    wire: bool = True,
    monotonic: Callable[[], float] = standing,
) -> AsyncIterator[Class]:
    """The sample organisation, once Anna's client has read its calendar."""
    world = World(
        sample_organisation(),
        real_now=real_now,
        monotonic=monotonic,
        lessons=lessons,
    )
    session = SampleSession(world, lambda world: parts(world, home, wire=wire))
    read = asyncio.Event()

    def on_state(state: State) -> None:
        if state.calendar.as_of is not None:
            read.set()

    session.start(on_state)
    try:
        async with asyncio.timeout(LONG_ENOUGH):
            await read.wait()
        yield Class(session)
    finally:
        await session.stop()
