"""Reading the file of a sample organisation: all of it, or every mistake in it with its line."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import time
from pathlib import Path
from typing import TypeVar

from lyncdesk.client.problems import PROBLEMS
from lyncdesk.presence.freebusy import WorkingHours
from lyncdesk.presence.items import Kind, Response, ShowAs
from lyncdesk.presence.publication import Profile, person
from lyncdesk.presence.relationships import Relationship
from lyncdesk.presence.states import ManualStatus
from lyncdesk.resource_files import resource
from lyncdesk.simulation.organisation import EVERY_DAY, WEEKDAYS, Doing, Habit, Member, Organisation, Plan
from lyncdesk.simulation.scenario_positions import positions
from lyncdesk.simulation.scenario_tables import (
    Mistake,
    Names,
    Notes,
    Sheet,
    WrongValueError,
    flag,
    text,
    word,
)
from lyncdesk.simulation.scenario_times import duration, zone_name

T = TypeVar("T")
FILE = "sample_organisation.toml"
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_GROUPS_OF_DAYS = {
    "weekdays": WEEKDAYS,
    "weekend": EVERY_DAY - WEEKDAYS,
    "every day": EVERY_DAY,
    **{name: frozenset({number}) for number, name in enumerate(_DAYS)},
}
_PROFILE = ("title", "company", "location", "work_phone", "mobile_phone", "home_phone")


class WrongOrganisationError(Exception):
    """The file is no organisation; ``mistakes`` are all that is wrong with it."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = mistakes


def sample_organisation() -> Organisation:
    """The one that ships.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    path = resource(FILE)
    return read_organisation(path.read_text(encoding="utf-8"), path.name)


def load_organisation(path: Path) -> Organisation:
    """Read a file.

    Raises:
        OSError: when it cannot be read.
        WrongOrganisationError: with every mistake.
    """
    return read_organisation(path.read_text(encoding="utf-8"), path.name)


def read_organisation(content: str, file: str) -> Organisation:
    """Read the text of a file that mistakes call ``file``.

    Raises:
        WrongOrganisationError: with every mistake.
    """
    try:
        values = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise WrongOrganisationError((Mistake(file, 0, str(error)),)) from error
    notes = Notes(file, positions(content))
    organisation = _Reader(notes).read(Sheet(notes, (), values, "an organisation"))
    if organisation is None:
        raise WrongOrganisationError(tuple(sorted(set(notes.mistakes))))
    return organisation


class _Reader:
    """One reading of one file."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._names = Names()
        self._addresses: dict[str, str] = {}

    def read(self, top: Sheet) -> Organisation | None:
        people = top.table("people")
        for who in people:
            try:
                self._names.declare(who)
            except WrongValueError as error:
                self._notes.wrong(("people", who), str(error))
        me = top.need("signed_in", self._names.declared)
        sheets = {who: top.sheet("people", "people").sheet(who, "a person") for who in people}
        self._declare(sheets)
        members = {who: self._member(who, sheet) for who, sheet in sheets.items()}
        top.close()
        if self._notes.mistakes or me is None:
            return None
        return Organisation((members[me], *(member for who, member in members.items() if who != me)))

    def _declare(self, sheets: dict[str, Sheet]) -> None:
        taken: dict[str, str] = {}
        for who, sheet in sheets.items():
            address = sheet.need("address", _address) or f"{who}@sample.example"
            self._addresses[who] = address
            for name in (address, *sheet.take("aliases", _list_of(_address), ())):
                if taken.setdefault(name, who) != who:
                    sheet.wrong("address", f"{name} belongs to {taken[name]}")

    def _member(self, who: str, sheet: Sheet) -> Member:
        zone = sheet.take("zone", zone_name, "UTC")
        name = sheet.need("name", text) or who
        title, company, location, work, mobile, home = (sheet.take(key, text, "") for key in _PROFILE)
        profile = Profile(self._addresses[who], name, title, company, location, work, mobile, home, zone)
        start, end = sheet.take("working_hours", _span, (time(9), time(17)))
        fails = sheet.take("calendar_fails", word(PROBLEMS, "problem"), "")
        member = Member(
            who,
            profile,
            sheet.take("aliases", _list_of(_address), ()),
            WorkingHours(zone, sheet.take("working_days", _days, WEEKDAYS), start, end),
            sheet.take("check_interval", duration, Member("", profile).check_interval),
            sheet.take("check_offset", duration, Member("", profile).check_offset),
            fails,
            sheet.take("works_for", duration, Member("", profile).works_for),
            sheet.take("automatic_replies", text, ""),
            sheet.take("note", text, ""),
            sheet.take("contacts", _list_of(self._other(who)), ()),
            {
                name: self._named(sheet, "groups", name, _list_of(self._other(who)), ())
                for name in sheet.table("groups")
            },
            {
                self._address(other): Relationship(level)
                for other in sheet.table("gives")
                if (level := self._gift(who, sheet, other))
            },
            tuple(self._plan(one) for one in sheet.sheets("items", "an item")),
            self._attendance(sheet) + tuple(self._habit(one) for one in sheet.sheets("habits", "a habit")),
        )
        sheet.close()
        return member

    def _gift(self, who: str, sheet: Sheet, other: str) -> str:
        try:
            self._other(who)(other)
        except WrongValueError as error:
            self._notes.wrong((*sheet.path, "gives", other), str(error))
            return ""
        return self._named(sheet, "gives", other, word(Relationship, "relationship"), "")

    def _named(self, sheet: Sheet, table: str, key: str, convert: Callable[[object], T], default: T) -> T:
        return sheet.sheet(table, f"the {table} of a person").take(key, convert, default)

    def _address(self, who: str) -> str:
        return self._addresses.get(who, who)

    def _other(self, who: str) -> Callable[[object], str]:
        other = self._names.other(who)
        return lambda value: self._address(other(value))

    def _plan(self, sheet: Sheet) -> Plan:
        all_day = sheet.take("all_day", flag, False)
        start = end = time()
        if not all_day:
            start = sheet.need("start", _clock) or start
            end = sheet.need("end", _clock) or end
        plan = Plan(
            sheet.need("subject", text) or "",
            sheet.take("days", _days, WEEKDAYS),
            start,
            end,
            sheet.take("location", text, ""),
            ShowAs(sheet.take("show_as", word(ShowAs, "show-as"), ShowAs.BUSY)),
            Kind(sheet.take("kind", word(Kind, "kind"), Kind.APPOINTMENT)),
            sheet.take("private", flag, False),
            all_day,
            sheet.take("cancelled", flag, False),
            Response(sheet.take("response", word(Response, "response"), Response.ACCEPTED)),
        )
        sheet.close()
        return plan

    def _habit(self, sheet: Sheet) -> Habit:
        doing = Doing(sheet.need("do", word(Doing, "habit")) or Doing.RETURN)
        status = ManualStatus.AVAILABLE
        if doing is Doing.SET_STATUS:
            status = ManualStatus(sheet.need("status", word(ManualStatus, "status")) or status)
        habit = Habit(doing, sheet.need("at", _clock) or time(), sheet.take("days", _days, WEEKDAYS), status)
        sheet.close()
        return habit

    def _attendance(self, sheet: Sheet) -> tuple[Habit, ...]:
        """``signed_in``: from and to on ``signed_in_days``; without it a person is always there."""
        days = sheet.take("signed_in_days", _days, WEEKDAYS)
        if "signed_in" not in sheet:
            return ()
        come, go = sheet.take("signed_in", _span, (time(), time()))
        return Habit(Doing.SIGN_IN, come, days), Habit(Doing.SIGN_OUT, go, days)


def _address(value: object) -> str:
    address = person(text(value))
    local, _, domain = address.partition("@")
    if not local or "." not in domain:
        raise WrongValueError("an address is needed here, like anna@brightwater.example")
    return address


def _list_of(convert: Callable[[object], T]) -> Callable[[object], tuple[T, ...]]:
    def converted(value: object) -> tuple[T, ...]:
        if not isinstance(value, list):
            raise WrongValueError("a list is needed here, in [ ]")
        return tuple(convert(one) for one in value)

    return converted


def _clock(value: object) -> time:
    try:
        return time.fromisoformat(text(value))
    except ValueError:
        raise WrongValueError('a time of day is needed here, like "09:30"') from None


def _span(value: object) -> tuple[time, time]:
    found = _list_of(_clock)(value)
    if len(found) != 2:
        raise WrongValueError('two times are needed here, like ["09:00", "17:30"]')
    return found[0], found[1]


def _days(value: object) -> frozenset[int]:
    one = word(_GROUPS_OF_DAYS, "day")
    names = [one(value)] if isinstance(value, str) else _list_of(one)(value)
    return frozenset().union(*(_GROUPS_OF_DAYS[name] for name in names))
