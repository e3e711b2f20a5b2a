"""Reading calendar items of a scenario."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from lyncdesk.presence.items import Item, Kind, Response, ShowAs
from lyncdesk.simulation.scenario_tables import Sheet, flag, text, word
from lyncdesk.simulation.scenario_times import YEARS, Times, day

_SHOW_AS = tuple(known for known in ShowAs if known is not ShowAs.NO_DATA)


class ItemReader:
    """Reads items and gives each an id of its own.

    ``unread`` are the subjects of those that could not be read, so that they are not called missing as well.
    """

    def __init__(self, times: Times) -> None:
        self._times = times
        self._made = 0
        self.unread: set[str] = set()

    def read(self, sheet: Sheet, base: Item | None, zone: ZoneInfo) -> Item | None:
        """An item, or what a change makes of ``base``; None where a mistake was found.

        ``zone`` is the owner's: its midnights bound an all-day item.
        """
        before = len(sheet.notes.mistakes)
        all_day = sheet.take("all_day", flag, base.all_day if base else False)
        if len(sheet.notes.mistakes) > before:
            # Whether days or times would be right there is not known.
            sheet.pass_over("start", "end")
            start = end = None
        else:
            start, end = self._span(sheet, base, all_day, Times(zone, self._times.date))
        readable = len(sheet.notes.mistakes) == before
        self._made += 1
        fresh = base or Item(
            self._times.begin(self._times.date), self._times.begin(self._times.date), id=str(self._made)
        )
        subject = sheet.take("subject", text, fresh.subject)
        values = {
            "subject": subject,
            "location": sheet.take("location", text, fresh.location),
            "show_as": ShowAs(sheet.take("show_as", word(_SHOW_AS, "show-as"), fresh.show_as)),
            "kind": Kind(sheet.take("kind", word(Kind, "kind"), fresh.kind)),
            "private": sheet.take("private", flag, fresh.private),
            "cancelled": sheet.take("cancelled", flag, fresh.cancelled),
            "response": Response(sheet.take("response", word(Response, "response"), fresh.response)),
        }
        sheet.close()
        if readable and start is not None and end is not None:
            self._in_order(sheet, start, end, all_day=all_day)
        if len(sheet.notes.mistakes) > before or start is None or end is None:
            self.unread.add(subject)
            return None
        return replace(fresh, start=start, end=end, all_day=all_day, **values)  # type: ignore[arg-type]

    def any_item(self, sheet: Sheet) -> Item:
        """Stands for an item of which only the change in ``sheet`` is known."""
        first, last = (self._times.begin(date(year, 1, 1)) for year in (YEARS[0], YEARS[-1]))
        return Item(first, last, all_day=sheet.values.get("all_day") is True)

    @staticmethod
    def _in_order(sheet: Sheet, start: datetime, end: datetime, *, all_day: bool) -> None:
        if all_day and end <= start:
            sheet.wrong("end", "the item ends before it starts; `end` is the day after its last day")
        elif end < start:
            sheet.wrong(
                "end", "the item ends before it starts; give a full date-time if it ends on another day"
            )

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
