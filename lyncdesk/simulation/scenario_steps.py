"""Reading the steps of a scenario.

The calendars are played through, so that a step that names no item is found here and not during the run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from lyncdesk.client.problems import OF_CHECKS
from lyncdesk.presence.items import Item
from lyncdesk.presence.relationships import Relationship
from lyncdesk.presence.states import ManualStatus
from lyncdesk.simulation.scenario import (
    Action,
    AddItem,
    AutomaticReplies,
    ChangeItem,
    ExchangeFails,
    Give,
    Plain,
    RemoveItem,
    SetPolicy,
    SetStatus,
    Step,
    Travel,
)
from lyncdesk.simulation.scenario_items import ItemReader
from lyncdesk.simulation.scenario_policy import read_policy
from lyncdesk.simulation.scenario_tables import Names, Sheet, near, nearest, text, word
from lyncdesk.simulation.scenario_times import Times, duration, zone_name


class StepReader:
    """Reads steps. By name: ``calendars`` holds the items of before the run, ``zones`` where people begin."""

    def __init__(
        self,
        times: Times,
        names: Names,
        items: ItemReader,
        calendars: dict[str, list[Item]],
        zones: dict[str, str],
    ) -> None:
        self._times = times
        self._names = names
        self._items = items
        self._calendars = calendars
        self._zones = zones

    def read(self, sheets: list[Sheet]) -> tuple[Step, ...]:
        """Steps in the order in which they happen: by their time, then as in the file."""
        read: list[tuple[datetime, int, bool, str, str, Sheet]] = []
        last = self._times.begin(self._times.date)
        for place, sheet in enumerate(sheets):
            at = sheet.need("at", self._times.moment)
            who = sheet.need("who", self._names.declared)
            do = sheet.need("do", word(_DO, "step"))
            last = at or last
            right = None not in (at, who, do)
            if not right:
                # When this happens, to whose calendar, or what it is, is not known.
                self._doubt(sheet.values)
            meant = do or near(str(sheet.values.get("do", "")), _DO)
            if meant:
                sheet.title = f'a step "{meant}"'
                read.append((last, place, right, who or "", meant, sheet))
        steps = []
        for at, _, right, who, do, sheet in sorted(read, key=lambda step: step[:2]):
            action = _DO[do](self, who, sheet)
            sheet.close()
            if action is not None and right:
                steps.append(Step(at, who, action, sheet.line))
        return tuple(steps)

    def _doubt(self, step: Mapping[str, object]) -> None:
        """Take the subjects that a step names as those of items that may be there or not."""
        for key in ("item", "to"):
            named = step.get(key)
            subject = named.get("subject") if isinstance(named, dict) else None
            if isinstance(subject, str):
                self._items.unread.add(subject)

    def add(self, who: str, sheet: Sheet) -> Action | None:
        one = sheet.needed("item", "item")
        item = self._items.read(one, None, self._zone(who)) if one is not None else None
        if item is None:
            return None
        self._calendars.setdefault(who, []).append(item)
        return AddItem(item)

    def remove(self, who: str, sheet: Sheet) -> Action | None:
        item = self._find(who, sheet)
        if item is None:
            return None
        self._calendars[who].remove(item)
        return RemoveItem(item)

    def change(self, who: str, sheet: Sheet) -> Action | None:
        base = self._find(who, sheet)
        to = sheet.needed("to", "to")
        if to is None:
            return None
        # Where it is not known what is changed, the values of the change are looked at all the same.
        item = self._items.read(to, base or self._items.any_item(to), self._zone(who))
        if base is None or item is None:
            return None
        calendar = self._calendars[who]
        calendar[calendar.index(base)] = item
        return ChangeItem(item)

    def set_status(self, _who: str, sheet: Sheet) -> Action | None:
        status = sheet.need("status", word(ManualStatus, "status"))
        length = sheet.take("for", duration, None)
        return SetStatus(ManualStatus(status), length) if status is not None else None

    def travel(self, who: str, sheet: Sheet) -> Action | None:
        zone = sheet.need("zone", zone_name)
        if zone is None:
            return None
        self._zones[who] = zone
        return Travel(zone)

    def give(self, who: str, sheet: Sheet) -> Action | None:
        to = sheet.need("to", self._names.other(who))
        relationship = sheet.need("relationship", word(Relationship, "relationship"))
        return Give(to, Relationship(relationship)) if to and relationship else None

    def set_policy(self, _who: str, sheet: Sheet) -> Action | None:
        one = sheet.needed("policy", "policy")
        return SetPolicy(read_policy(one)) if one is not None else None

    def exchange_fails(self, _who: str, sheet: Sheet) -> Action | None:
        problem = sheet.need("problem", word(OF_CHECKS, "problem of Exchange"))
        return ExchangeFails(problem) if problem is not None else None

    def out_of_office(self, _who: str, sheet: Sheet) -> Action | None:
        return AutomaticReplies(sheet.take("note", text, None))

    def _zone(self, who: str) -> ZoneInfo:
        """Where the person is at this step; the scenario's zone for somebody who is not declared."""
        return ZoneInfo(self._zones[who]) if who in self._zones else self._times.zone

    def _find(self, who: str, sheet: Sheet) -> Item | None:
        """The item of a calendar that ``item`` names by its subject, as the calendar is at this step."""
        one = sheet.needed("item", "item")
        if one is None:
            return None
        subject = one.need("subject", text)
        one.close()
        if subject is None or who not in self._calendars:
            return None
        items = self._calendars[who]
        found = [item for item in items if item.subject == subject]
        if len(found) == 1:
            return found[0]
        if one.notes.incomplete or subject in self._items.unread:
            return None  # the mistake is where the item is, or was left out
        if found:
            one.wrong("subject", f"{len(found)} items of {who} have this subject then")
        else:
            near = nearest(subject, [item.subject for item in items])
            one.wrong("subject", f"no item of {who} has this subject then{near}")
        return None


_ReadAction = Callable[[StepReader, str, Sheet], "Action | None"]


def _plain(action: Plain) -> _ReadAction:
    return lambda _reader, _who, _sheet: action


_DO: dict[str, _ReadAction] = {
    "add": StepReader.add,
    "remove": StepReader.remove,
    "change": StepReader.change,
    "set_status": StepReader.set_status,
    "travel": StepReader.travel,
    **{action.value: _plain(action) for action in Plain},
    "give": StepReader.give,
    "set_policy": StepReader.set_policy,
    "exchange_fails": StepReader.exchange_fails,
    "out_of_office": StepReader.out_of_office,
}
