"""Reading calendar items of a scenario."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from lyncdesk.presence.items import Item, Kind, Response, ShowAs
from lyncdesk.simulation.scenario_tables import Sheet, flag, text, word
from lyncdesk.simulation.scenario_times import Times, day

_SHOW_AS = tuple(known for known in ShowAs if known is not ShowAs.NO_DATA)


class ItemReader:
    """Reads items and gives each an id of its own."""

    def __init__(self, times: Times) -> None:
        self._times = times
        self._made = 0

    def read(self, sheet: Sheet, base: Item | None, zone: ZoneInfo) -> Item | None:
        """An item, or what a change makes of ``base``; None where a mistake was found.

        ``zone`` is the owner's: its midnights bound an all-day item.
        """
        before = len(sheet.notes.mistakes)
        all_day = sheet.take("all_day", flag, base.all_day if base else False)
        start, end = self._span(sheet, base, all_day, Times(zone, self._times.date))
        self._made += 1
        fresh = base or Item(
            self._times.begin(self._times.date), self._times.begin(self._times.date), id=str(self._made)
        )
        values = {
            "subject": sheet.take("subject", text, fresh.subject),
            "location": sheet.take("location", text, fresh.location),
            "show_as": ShowAs(sheet.take("show_as", word(_SHOW_AS, "show-as"), fresh.show_as)),
            "kind": Kind(sheet.take("kind", word(Kind, "kind"), fresh.kind)),
            "private": sheet.take("private", flag, fresh.private),
            "cancelled": sheet.take("cancelled", flag, fresh.cancelled),
            "response": Response(sheet.take("response", word(Response, "response"), fresh.response)),
        }
        sheet.close()
        if len(sheet.notes.mistakes) > before or start is None or end is None:
            return None
        if end < start:
            sheet.wrong(
                "end", "the item ends before it starts; give a full date-time if it ends on another day"
            )
            return None
        return replace(fresh, start=start, end=end, all_day=all_day, **values)  # type: ignore[arg-type]

    def _span(
        self, sheet: Sheet, base: Item | None, all_day: bool, days: Times
    ) -> tuple[datetime | None, datetime | None]:
        """Start and end; a change keeps what it does not name, unless ``all_day`` changes."""
        kept = base if base is not None and base.all_day is all_day else None
        if not all_day:
            if kept is not None:
                return (
                    sheet.take("start", self._times.moment, kept.start),
                    sheet.take("end", self._times.moment, kept.end),
                )
            return sheet.need("start", self._times.moment), sheet.need("end", self._times.moment)
        if kept is not None:
            return (
                sheet.take("start", days.midnight, kept.start),
                sheet.take("end", days.midnight, kept.end),
            )
        first = sheet.take("start", day, days.date)
        last = sheet.take("end", day, first + timedelta(days=1))
        return days.begin(first), days.begin(last)
