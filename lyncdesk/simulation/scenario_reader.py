"""Makes a scenario of the values of its file. The language is described in `docs/scenarios.md`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lyncdesk.client.problems import PROBLEMS
from lyncdesk.presence.relationships import Relationship
from lyncdesk.presence.states import STATES, Colour, Shape
from lyncdesk.simulation.scenario import Check, Expectation, Person, Scenario
from lyncdesk.simulation.scenario_items import ItemReader
from lyncdesk.simulation.scenario_policy import read_policy
from lyncdesk.simulation.scenario_positions import Path
from lyncdesk.simulation.scenario_steps import StepReader
from lyncdesk.simulation.scenario_tables import (
    LEFT_OUT,
    Names,
    Notes,
    Sheet,
    WrongValueError,
    flag,
    number,
    text,
    word,
)
from lyncdesk.simulation.scenario_times import Times, day, zone_name

# A person's key -> the option that it sets.
_SWITCHES = {
    "calendar": "update_presence",
    "ignore_all_day": "ignore_all_day",
    "meeting_while_away": "meeting_while_away",
}
# Stands for a date that is missing or wrong, which is kept as a mistake: the rest is read nevertheless.
_SOME_DATE = date(2000, 1, 1)


class ScenarioReader:
    """Reads one file; every mistake goes into the notes."""

    def __init__(self, notes: Notes, values: Mapping[str, object]) -> None:
        kept = {key: value for key, value in values.items() if not key.startswith(LEFT_OUT)}
        self._notes = notes
        self._top = Sheet(notes, (), kept, "a scenario")
        self._zone = self._top.take("zone", zone_name, "UTC")
        self._date = self._top.need("date", day)
        self._times = Times(ZoneInfo(self._zone), self._date or _SOME_DATE)
        self._names = Names()
        self._items = ItemReader(self._times)
        for who in notes.lost:
            self._names.declare(who)

    def read(self) -> Scenario | None:
        """The scenario; None where so much is wrong that there is none."""
        top, times = self._top, self._times
        title = top.take("title", text, self._notes.file)
        start = top.take("start", times.moment, times.begin(times.date))
        until = top.take("until", times.moment, None)
        policy = read_policy(top.sheet("policy", "[policy]"))
        people = self._people(top.sheet("people", "[people]"), start)
        if not people and not top.values.get("people") and not self._notes.incomplete:
            top.notes.add((), "a scenario needs people: a table [people.NAME] for each")
        calendars = {person.who: list(person.items) for person in people}
        zones = {person.who: person.zone for person in people}
        reader = StepReader(times, self._names, self._items, calendars, zones)
        acts, looks = top.sheets("steps", "[[steps]]"), top.sheets("expect", "[[expect]]")
        steps = reader.read(acts)
        read = [self._expectation(sheet) for sheet in looks]
        expectations = tuple(expectation for expectation in read if expectation is not None)
        top.close()
        if self._date is None:
            return None
        written = {sheet.line: (*sheet.path, "at") for sheet in (*acts, *looks)}
        moments = [
            *((one.signs_in, ("people", one.who, "signs_in")) for one in people),
            *((one.at, written[one.line]) for one in steps),
            *((one.at, written[one.line]) for one in expectations),
        ]
        end = until or max([start, *(moment for moment, _ in moments)])
        if end < start:
            top.wrong("until", "the scenario ends before it starts")
        for moment, path in moments:
            self._within(moment, path, start, end)
        return Scenario(self._notes.file, title, self._zone, start, end, policy, people, steps, expectations)

    def _within(self, moment: datetime, path: Path, start: datetime, end: datetime) -> None:
        shown = moment.astimezone(self._times.zone)
        if moment < start:
            self._notes.wrong(path, f"{shown:%H:%M:%S} on {shown:%Y-%m-%d} is before the start")
        elif moment > end >= start:
            self._notes.wrong(path, f"{shown:%H:%M:%S} on {shown:%Y-%m-%d} is after `until`")

    # --- people ---

    def _people(self, top: Sheet, start: datetime) -> tuple[Person, ...]:
        sheets: list[tuple[str, Sheet]] = []
        for who in top.values:
            path = (*top.path, who)
            try:
                self._names.declare(who)
            except WrongValueError as error:
                self._notes.add(path, f'"{who}": {error}')
            sheets.append((who, top.sheet(who, f"[people.{who}]")))
        return tuple(self._person(who, sheet, start) for who, sheet in sheets)

    def _person(self, who: str, sheet: Sheet, start: datetime) -> Person:
        zone = sheet.take("zone", zone_name, self._zone)
        items = [
            item
            for one in sheet.sheets("items", f"[[people.{who}.items]]")
            if (item := self._items.read(one, None, ZoneInfo(zone))) is not None
        ]
        person = Person(
            who,
            sheet.take("name", text, who.capitalize()),
            sheet.take("signs_in", self._times.moment, start),
            zone,
            self._chosen(sheet),
            self._gives(who, sheet.sheet("gives", "gives")),
            tuple(items),
        )
        sheet.close()
        return person

    @staticmethod
    def _chosen(sheet: Sheet) -> Mapping[str, object]:
        read = {option: sheet.take(key, flag, None) for key, option in _SWITCHES.items()}
        return {option: value for option, value in read.items() if value is not None}

    def _gives(self, who: str, sheet: Sheet) -> Mapping[str, Relationship]:
        given = {}
        for to in sheet.values:
            try:
                self._names.other(who)(to)
            except WrongValueError as error:
                self._notes.add((*sheet.path, to), f'"{to}": {error}')
            relationship = sheet.take(to, word(Relationship, "relationship"), None)
            if relationship is not None:
                given[to] = Relationship(relationship)
        return given

    # --- expectations ---

    def _expectation(self, sheet: Sheet) -> Expectation | None:
        at = sheet.need("at", self._times.moment)
        who = sheet.need("who", self._names.declared)
        viewer = sheet.take("viewer", self._names.other(who or ""), "")
        checks = []
        converters = {**_COMPARED, **dict.fromkeys(("checked", "next_check"), self._times.none_or_moment)}
        missing = object()
        for key, convert in converters.items():
            found = sheet.take(key, convert, missing)
            if found is not missing:
                checks.append(Check(key, found, sheet.line_of(key)))
            if key in sheet and "viewer" in sheet and key in _OWN_ONLY:
                sheet.wrong(key, "only the person's own client knows this; leave out viewer")
        sheet.close()
        if not set(sheet.values) - {"at", "who", "viewer"} and not self._notes.incomplete:
            self._notes.add(sheet.path, f"this expects nothing; give one of {', '.join(converters)}")
        if at is None or who is None:
            return None
        in_order = tuple(sorted(checks, key=lambda check: check.line))
        return Expectation(at, who, viewer, in_order, sheet.line)


_COMPARED: dict[str, Callable[[object], object]] = {
    "shows": word([row.text for row in STATES], "presence"),
    "colour": word(Colour, "colour"),
    "shape": word(Shape, "shape"),
    "availability": number,
    "activity": word(["", *dict.fromkeys(row.activity for row in STATES if row.activity)], "activity"),
    "subject": text,
    "location": text,
    "calendar": text,
    "local_time": text,
    "out_of_office": flag,
    "checks": number,
    "reset_waiting": flag,
    "stale": flag,
    "problem": word(["", *PROBLEMS], "problem"),
}
_OWN_ONLY = frozenset({"next_check", "checks", "reset_waiting", "problem"})
