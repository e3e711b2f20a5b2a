"""Reading calendar items of a lesson: their times are told from the minute in which they are added."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from lyncdesk.client.durations import parse_duration
from lyncdesk.presence.items import Item, Kind, ShowAs
from lyncdesk.simulation.lessons import Entry
from lyncdesk.simulation.scenario_tables import Sheet, WrongValueError, flag, text, word

Who = Callable[[object], str]
_SHOW_AS = word([one for one in ShowAs if one is not ShowAs.NO_DATA], "show-as")
_KIND = word(Kind, "kind")
_FARTHEST = timedelta(hours=24)


def offset(value: object) -> timedelta:
    """A time before or after now: `"-10m"`, `"0m"`, `"1h30m"`."""
    wrong = 'a time from now is text like "-10m", "0m" or "1h30m"'
    if not isinstance(value, str):
        raise WrongValueError(wrong)
    try:
        found = parse_duration(value.removeprefix("-"))
    except (ValueError, OverflowError) as error:
        raise WrongValueError(wrong) from error
    if found > _FARTHEST:
        raise WrongValueError("a lesson looks no farther than 24 hours")
    return -found if value.startswith("-") else found


@dataclass(frozen=True, slots=True)
class Change:
    """New values of an item; None = as it was."""

    show_as: ShowAs | None = None
    kind: Kind | None = None
    private: bool | None = None

    def of(self, item: Item) -> Item:
        """The item with them."""
        return replace(
            item,
            show_as=self.show_as or item.show_as,
            kind=self.kind or item.kind,
            private=item.private if self.private is None else self.private,
        )


def read_item(sheet: Sheet, who: Who) -> Entry | None:
    """The item of a table; None where a mistake was found that leaves none."""
    subject = sheet.need("subject", text)
    start, end = sheet.need("from", offset), sheet.need("to", offset)
    show_as = sheet.take("show_as", _SHOW_AS, ShowAs.BUSY.value)
    kind = sheet.take("kind", _KIND, Kind.APPOINTMENT.value)
    whose, location = sheet.take("who", who, ""), sheet.take("location", text, "")
    private = sheet.take("private", flag, False)
    sheet.close()
    if subject is None or start is None or end is None:
        return None
    if end <= start:
        sheet.wrong("to", "an item ends after it starts")
        return None
    return Entry(subject, start, end, whose, location, ShowAs(show_as), Kind(kind), private)


def read_entry(sheet: Sheet, key: str, who: Who) -> Entry | None:
    """The item under a key."""
    within = sheet.needed(key, key)
    return read_item(within, who) if within is not None else None


def read_change(sheet: Sheet, key: str, _who: Who) -> Change | None:
    """What changes of the item that the lesson is about."""
    within = sheet.needed(key, key)
    if within is None:
        return None
    show_as, kind = within.take("show_as", _SHOW_AS, None), within.take("kind", _KIND, None)
    made = Change(
        ShowAs(show_as) if show_as else None, Kind(kind) if kind else None, within.take("private", flag, None)
    )
    within.close()
    return made
