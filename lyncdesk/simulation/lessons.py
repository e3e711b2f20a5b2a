"""A lesson as values: one question, answered by doing. The language is described in `docs/lessons.md`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lyncdesk.presence.items import Item, Kind, ShowAs
from lyncdesk.presence.publication import person
from lyncdesk.presence.relationships import Relationship

A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """A calendar item of a lesson; ``start`` and ``end`` are told from the minute in which it is added."""

    subject: str
    start: timedelta
    end: timedelta
    who: str = ""
    location: str = ""
    show_as: ShowAs = ShowAs.BUSY
    kind: Kind = Kind.APPOINTMENT
    private: bool = False

    def item(self, now: datetime, subject: str) -> Item:
        """The item when it is added at ``now``; ``subject`` is its subject in the person's language."""
        minute = now.replace(second=0, microsecond=0)
        return Item(
            minute + self.start,
            minute + self.end,
            self.show_as,
            self.kind,
            subject,
            self.location,
            self.private,
        )


@dataclass(frozen=True, slots=True)
class Gift:
    """A relationship that ``who`` gives ``to``; "" is the signed-in person, as everywhere in a lesson."""

    who: str
    to: str
    relationship: Relationship


@dataclass(frozen=True, slots=True)
class Condition:
    """What a step waits for: a name of the table of conditions and what it is compared with."""

    name: str
    value: object


@dataclass(frozen=True, slots=True)
class Act:
    """What is done for the person: a name of the table of acts and what with."""

    name: str
    value: object


@dataclass(frozen=True, slots=True)
class Step:
    """One step. ``until`` must all hold; a step without is there to be read.

    ``who`` is the contact that it is about. ``then`` is what is said once it is done. ``do`` are the acts
    that do it; ``offer`` is the text of their button where nothing on the screen does them. ``needs`` are
    what must hold for the step to be possible.
    """

    say: str
    then: str = ""
    point: str = ""
    who: str = ""
    until: tuple[Condition, ...] = ()
    do: tuple[Act, ...] = ()
    offer: str = ""
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is made so before the first step. A lesson always begins signed in, with the calendar in use and
    just read, without a status by hand, with the interval of the built-in policy and time as it really runs.

    ``free`` is for how long nothing of the person's own calendar makes busy; ``items`` are added,
    ``gifts`` given. ``status`` is set by hand, "" = none; ``calendar`` off withdraws it at the end.
    """

    free: timedelta = timedelta()
    items: tuple[Entry, ...] = ()
    gifts: tuple[Gift, ...] = ()
    status: str = ""
    calendar: bool = True
    interval: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson. ``name`` is that of its file; ``question`` is in the asker's words; ``scenario`` names the
    scenario that holds its facts, "" where there is none.
    """

    name: str
    title: str
    question: str
    steps: tuple[Step, ...]
    about: str = ""
    scenario: str = ""
    prepared: Prepared = field(default_factory=Prepared)


def values_of(lesson: Lesson) -> tuple[object, ...]:
    """All that a lesson adds, gives, does and waits for."""
    prepared = lesson.prepared
    waited_for = [one.value for step in lesson.steps for one in step.until]
    done = [one.value for step in lesson.steps for one in step.do]
    return (*prepared.items, *prepared.gifts, *waited_for, *done)


def concerned(lesson: Lesson) -> frozenset[str]:
    """Whose calendars it touches or looks at; "" is the signed-in person."""
    named = {str(getattr(value, "who", "")) for value in values_of(lesson)}
    return frozenset({"", *named, *(step.who for step in lesson.steps)})


@dataclass(frozen=True, slots=True)
class People:
    """The people of the organisation: ``addresses`` by the names that lessons call them, ``me`` one's own."""

    me: str
    addresses: Mapping[str, str] = field(default_factory=dict, hash=False)

    def address(self, who: str) -> str:
        """The address behind a name; "" is the signed-in person."""
        return person(self.addresses[who]) if who else self.me
