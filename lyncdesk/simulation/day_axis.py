"""The hours of a drawing: which moments get a tick, by the clock of the zone, and where a moment lies.

On a day on which clocks change an hour is as wide as any other, one is missing or there twice, and the ticks
say what they are ahead of UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from lyncdesk.client.words import Words

_SECOND, _MINUTE, _HOUR, _DAY = 1, 60, 3600, 86400
_STEPS = (
    *(n * _SECOND for n in (1, 2, 5, 10, 15, 30)),
    *(n * _MINUTE for n in (1, 2, 5, 10, 15, 30)),
    *(n * _HOUR for n in (1, 2, 3, 4, 6, 12)),
)
_QUARTER = timedelta(minutes=15)
# Two ticks are no nearer than this, which is room for a time.
_NEAREST = 52.0


@dataclass(frozen=True, slots=True)
class Tick:
    """A moment of the axis: its text, and a second line where there is more to say."""

    at: datetime
    text: str
    below: str = ""


@dataclass(frozen=True, slots=True)
class Axis:
    """Moments from ``start`` to ``until`` between two places, in coordinates of the drawing."""

    start: datetime
    until: datetime
    left: float
    right: float
    zone: ZoneInfo

    def x(self, moment: datetime) -> float:
        """Where a moment is; what lies outside is at the end."""
        whole = (self.until - self.start).total_seconds()
        if whole <= 0:
            return self.left
        share = min(1.0, max(0.0, (moment - self.start).total_seconds() / whole))
        return self.left + share * (self.right - self.left)

    def ticks(self) -> Iterator[Tick]:
        """Moments at which every clock of the zone shows a round time."""
        seconds = max(1.0, (self.until - self.start).total_seconds())
        least = _NEAREST * seconds / (self.right - self.left)
        step = next((one for one in _STEPS if one >= least), 0)
        days = 1
        while not step and days * _DAY < least:
            days *= 2
        moments: list[datetime] = []
        for moment in self._every(step) if step else self._midnights(days):
            # Where clocks go back, the same times come again sooner.
            if not moments or self.x(moment) - self.x(moments[-1]) > _NEAREST - 8:
                moments.append(moment)
        changing = len({moment.astimezone(self.zone).utcoffset() for moment in (*moments, self.start)}) > 1
        day, offset = self.start.astimezone(self.zone).date(), None
        for moment in moments:
            local = moment.astimezone(self.zone)
            below = []
            if local.date() != day or not step:
                day = local.date()
                below.append(Words().date(day) if step else f"{local.year}")
            if changing and step and local.utcoffset() != offset:
                offset = local.utcoffset()
                below.append(_ahead(offset))
            text = f"{local:%H:%M:%S}" if 0 < step < _MINUTE else f"{local:%H:%M}"
            yield Tick(moment, text if step else Words().date(day), " ".join(below))

    def _every(self, step: int) -> Iterator[datetime]:
        """Each moment whose local time of day is a multiple of ``step`` seconds."""
        moment = self.start
        stride = min(step, int(_QUARTER.total_seconds()))
        while moment <= self.until:
            local = moment.astimezone(self.zone)
            of_day = local.hour * _HOUR + local.minute * _MINUTE + local.second
            if of_day % step == 0:
                yield moment
            # What is left to the next stride by the local clock, which the zone may have moved meanwhile.
            moment += timedelta(seconds=stride - of_day % stride)

    def _midnights(self, days: int) -> Iterator[datetime]:
        date = self.start.astimezone(self.zone).date()
        while True:
            moment = datetime(date.year, date.month, date.day, tzinfo=self.zone).astimezone(UTC)
            if moment > self.until:
                return
            if moment >= self.start:
                yield moment
            date += timedelta(days=days)


def _ahead(offset: timedelta | None) -> str:
    minutes = (offset or timedelta()) // timedelta(minutes=1)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")
