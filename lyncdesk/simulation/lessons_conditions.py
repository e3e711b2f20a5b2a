"""What a step can wait for: one table, from the name in a lesson to a pure function of two moments.

``before`` is the moment at which the step began. Each row also says how its value is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from lyncdesk.client.lesson_types import CONTROLS
from lyncdesk.client.problems import PROBLEMS
from lyncdesk.client.reading import decision, problems
from lyncdesk.client.state import Calendar
from lyncdesk.presence.items import Item, Kind, ShowAs
from lyncdesk.presence.publication import Seen
from lyncdesk.presence.relationships import Relationship, default_relationship
from lyncdesk.presence.states import STATES, ManualStatus
from lyncdesk.simulation.lessons import Condition, Gift, Step
from lyncdesk.simulation.lessons_facts import Facts
from lyncdesk.simulation.scenario_tables import Sheet, flag, text, word
from lyncdesk.simulation.scenario_times import duration

SHOWN = tuple(dict.fromkeys(row.text for row in STATES))
Who = Callable[[object], str]
Holds = Callable[[object, Facts, Facts], bool]
Read = Callable[[Sheet, str, Who], object]


@dataclass(frozen=True, slots=True)
class Wanted:
    """An item that a step waits for; None = it does not matter. ``began`` True: it began before the minute in
    which the step did.
    """

    who: str = ""
    show_as: ShowAs | None = None
    kind: Kind | None = None
    runs: bool | None = None
    began: bool | None = None
    private: bool | None = None

    def fits(self, item: Item, before: datetime, now: datetime) -> bool:
        """Whether this is one."""
        compared = (
            (self.show_as, item.show_as),
            (self.kind, item.kind),
            (self.private, item.private),
            (self.runs, item.runs_at(now)),
            (self.began, item.start < before.replace(second=0, microsecond=0)),
        )
        return all(wanted is None or wanted == found for wanted, found in compared)


@dataclass(frozen=True, slots=True)
class Sight:
    """What is seen of a person; None = it does not matter, "" = nothing is visible."""

    who: str
    shows: str | None = None
    subject: str | None = None

    def fits(self, seen: Seen | None) -> bool:
        """Whether this was sent."""
        if seen is None:
            return False
        subject = seen.item.subject if seen.item is not None else ""
        return (self.shows is None or seen.presence.text == self.shows) and (
            self.subject is None or subject == self.subject
        )


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A control to be looked at, of a contact where it is one's."""

    control: str
    who: str = ""


def touched(condition: Condition, before: Facts, now: Facts) -> Item | None:
    """The item that fulfils a condition about items; None where none does."""
    return next(iter(_TOUCHED[condition.name](condition.value, before, now)), None)


def _added(wanted: object, before: Facts, now: Facts) -> Iterator[Item]:
    if isinstance(wanted, Wanted):
        there = {item.id for item in before.calendar(wanted.who)}
        yield from (
            item
            for item in now.calendar(wanted.who)
            if item.id not in there and before.covers(item) and wanted.fits(item, before.now, now.now)
        )


def _changed(wanted: object, before: Facts, now: Facts) -> Iterator[Item]:
    if isinstance(wanted, Wanted):
        there = {item.id: _content(item) for item in before.calendar(wanted.who)}
        yield from (
            item
            for item in now.calendar(wanted.who)
            if item.id in there
            and there[item.id] != _content(item)
            and wanted.fits(item, before.now, now.now)
        )


def _removed(wanted: object, before: Facts, now: Facts) -> Iterator[Item]:
    if isinstance(wanted, Wanted):
        there = {item.id for item in now.calendar(wanted.who)}
        yield from (
            item
            for item in before.calendar(wanted.who)
            if item.id not in there and now.covers(item) and wanted.fits(item, before.now, now.now)
        )


def _content(item: Item) -> tuple[object, ...]:
    return item.start, item.end, item.show_as, item.kind, item.subject, item.location, item.private


_TOUCHED: Mapping[str, Callable[[object, Facts, Facts], Iterator[Item]]] = {
    "added": _added,
    "changed": _changed,
    "removed": _removed,
}


def waits_for_item(step: Step) -> bool:
    """Whether what a step waits for is in a calendar."""
    return any(one.name in _TOUCHED for one in step.until)


def _checked(wanted: object, before: Facts, now: Facts) -> bool:
    earlier, later = before.state.calendar, now.state.calendar
    newer = later.as_of is not None and (earlier.as_of is None or later.as_of > earlier.as_of)
    # While time stands, a check has the very moment of the one before.
    ended = _ended(later) - _ended(earlier)
    again = ended > 0 and any(one.used and not one.problem for one in later.history[-ended:])
    return (newer or again) is wanted


def _ended(calendar: Calendar) -> int:
    return calendar.checks_sent - (calendar.checking_since is not None)


def _reset(wanted: object, _before: Facts, now: Facts) -> bool:
    return (now.state.reset_waiting or now.state.reset_unplanned) is wanted


def _status(wanted: object, _before: Facts, now: Facts) -> bool:
    manual = now.state.manual
    return (manual.status.value if manual is not None else "") == wanted


def _gives(wanted: object, _before: Facts, now: Facts) -> bool:
    if not isinstance(wanted, Gift):
        return False
    owner, viewer = now.people.address(wanted.who), now.people.address(wanted.to)
    given = now.state_of(wanted.who).options.gives.get(viewer, default_relationship(owner, viewer))
    return given is wanted.relationship


def _problem(wanted: object, _before: Facts, now: Facts) -> bool:
    found = {problem.name for problem in problems(now.state)}
    return wanted in found if wanted else not found


def _seen_by(wanted: object, _before: Facts, now: Facts) -> bool:
    return isinstance(wanted, Sight) and wanted.fits(now.seen("", wanted.who))


def _contact(wanted: object, _before: Facts, now: Facts) -> bool:
    return isinstance(wanted, Sight) and wanted.fits(now.seen(wanted.who, ""))


def _looks_at(wanted: object, _before: Facts, now: Facts) -> bool:
    return isinstance(wanted, LookedAt) and glance(wanted, now) in now.looked


def glance(wanted: LookedAt, now: Facts) -> tuple[str, str]:
    """The control, and the address of the contact whose it is."""
    return wanted.control, now.people.address(wanted.who) if wanted.who else ""


def _value(convert: Callable[[object], object]) -> Read:
    return lambda sheet, key, _who: sheet.take(key, convert, None)


def _wanted(sheet: Sheet, key: str, who: Who) -> Wanted:
    within = sheet.sheet(key, key)
    show_as = within.take(
        "show_as", word([one for one in ShowAs if one is not ShowAs.NO_DATA], "show-as"), None
    )
    kind = within.take("kind", word([Kind.APPOINTMENT, Kind.MEETING], "kind"), None)
    made = Wanted(
        within.take("who", who, ""),
        ShowAs(show_as) if show_as else None,
        Kind(kind) if kind else None,
        within.take("runs", flag, None),
        within.take("began", flag, None),
        within.take("private", flag, None),
    )
    within.close()
    return made


def _sight(sheet: Sheet, key: str, who: Who) -> Sight | None:
    within = sheet.sheet(key, key)
    whose = within.need("who", who)
    made = Sight(
        whose or "", within.take("shows", word(SHOWN, "presence"), None), within.take("subject", text, None)
    )
    within.close()
    if made.shows is None and made.subject is None and not sheet.notes.incomplete:
        sheet.wrong(key, "this compares nothing; give shows or subject")
    return made if whose else None


def gift_of(sheet: Sheet, who: Who) -> Gift | None:
    """A table of who gives whom what; ``who`` or ``to`` left out is the signed-in person."""
    giver, to = sheet.take("who", who, ""), sheet.take("to", who, "")
    given = sheet.need("relationship", word(Relationship, "relationship"))
    sheet.close()
    if giver == to and not sheet.notes.incomplete:
        sheet.notes.add(sheet.path, "somebody gives something to somebody else; give who, or to, or both")
    return Gift(giver, to, Relationship(given)) if given else None


def read_gift(sheet: Sheet, key: str, who: Who) -> Gift | None:
    """The gift under a key."""
    return gift_of(sheet.sheet(key, key), who)


def _looked(sheet: Sheet, key: str, who: Who) -> LookedAt | None:
    within = sheet.sheet(key, key)
    control = within.need("control", word(CONTROLS, "control"))
    whose = within.take("who", who, "")
    within.close()
    return LookedAt(control, whose) if control else None


@dataclass(frozen=True, slots=True)
class Row:
    """One condition: how its value is read, and whether it holds."""

    read: Read
    holds: Holds


def _status_or_none(value: object) -> str:
    return "" if value == "" else word(ManualStatus, "status")(value)


def _problem_or_none(value: object) -> str:
    return "" if value == "" else word(PROBLEMS, "problem")(value)


CONDITIONS: Mapping[str, Row] = {
    "added": Row(_wanted, lambda wanted, before, now: any(_added(wanted, before, now))),
    "changed": Row(_wanted, lambda wanted, before, now: any(_changed(wanted, before, now))),
    "removed": Row(_wanted, lambda wanted, before, now: any(_removed(wanted, before, now))),
    "checked": Row(_value(flag), _checked),
    "reset": Row(_value(flag), _reset),
    "status": Row(_value(_status_or_none), _status),
    "shows": Row(
        _value(word(SHOWN, "presence")),
        lambda wanted, _before, now: decision(now.state, now.now).presence.text == wanted,
    ),
    "calendar": Row(_value(flag), lambda wanted, _before, now: now.state.options.calendar_in_use is wanted),
    "shares_details": Row(
        _value(flag), lambda wanted, _before, now: now.state.options.share_details is wanted
    ),
    "interval": Row(_value(duration), lambda wanted, _before, now: now.state.options.interval == wanted),
    "gives": Row(read_gift, _gives),
    "seen_by": Row(_sight, _seen_by),
    "contact": Row(_sight, _contact),
    "problem": Row(_value(_problem_or_none), _problem),
    "looks_at": Row(_looked, _looks_at),
}


def fulfilled(step: Step, before: Facts, now: Facts) -> bool:
    """Whether everything that the step waits for holds; of a step that waits for nothing, it does not."""
    return bool(step.until) and all(CONDITIONS[one.name].holds(one.value, before, now) for one in step.until)


def read_conditions(sheet: Sheet, who: Who) -> tuple[Condition, ...]:
    """A table of conditions; every mistake in it is kept."""
    # Absent ones are asked for too, so that a word that is none of them is told with the nearest.
    read = {
        name: row.read(sheet, name, who) if name in sheet else sheet.take(name, text, None)
        for name, row in CONDITIONS.items()
    }
    sheet.close()
    return tuple(Condition(name, value) for name, value in read.items() if value is not None)
