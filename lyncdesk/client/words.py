"""Messages into a person's language, with times and durations as people say them.

The English text is the key of the translation. Values are put in by name and are never templates themselves,
so a subject with braces, or a value that is missing, cannot break a sentence.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import Enum
from typing import TypeAlias

from lyncdesk.presence.message import Message, Value
from lyncdesk.resource_files import resource

DOMAIN = "lyncdesk"
MISSING = "-"
_PLACE = re.compile(r"\{(\w+)\}")
_A_DAY = timedelta(days=1)

Translate: TypeAlias = Callable[[str], str]


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for it, which translators' tools know
    """Mark a text for the catalogue without translating it where it stands."""
    return text


_WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
_MONTHS = (
    N_("Jan"),
    N_("Feb"),
    N_("Mar"),
    N_("Apr"),
    N_("May"),
    N_("Jun"),
    N_("Jul"),
    N_("Aug"),
    N_("Sep"),
    N_("Oct"),
    N_("Nov"),
    N_("Dec"),
)
# A length of time, longest unit first: the unit, the next smaller one, one of it, many of it, both together.
_LENGTHS = (
    (86400, 3600, N_("1 day"), N_("{n} days"), N_("{n} d {m} h")),
    (3600, 60, N_("1 hour"), N_("{n} hours"), N_("{n} h {m} min")),
    (60, 60, N_("1 minute"), N_("{n} minutes"), ""),
    (1, 1, N_("1 second"), N_("{n} seconds"), ""),
)


def identity(text: str) -> str:
    """The translation into English: none."""
    return text


def catalogue(language: str) -> Translate:
    """The translation into ``language`` ("de", "de_AT"); English where there is no such catalogue."""
    names = [language, language.replace("-", "_").partition("_")[0]]
    translations = gettext.translation(DOMAIN, resource("translations"), names, fallback=True)
    return translations.gettext


def languages() -> tuple[str, ...]:
    """The languages that ship, English first."""
    found = (path.name for path in resource("translations").iterdir() if (path / "LC_MESSAGES").is_dir())
    return ("en", *sorted(found))


def shipped(wanted: str) -> str:
    """The language of ``wanted`` ("de_AT", "en-GB") if it ships, else English."""
    language = wanted.replace("-", "_").partition("_")[0]
    return language if language in languages() else "en"


def clock_time(moment: datetime) -> str:
    """A time of day as LyncDesk writes it where no locale is known: ``8:00``, ``10:32``."""
    return f"{moment.hour}:{moment.minute:02}"


@dataclass(frozen=True, slots=True)
class Words:
    """Makes sentences: ``words("Calendar as of {time}", time=moment)`` and ``words(message)`` give a ``str``.

    ``translate`` gives the translated template, in ``language``; ``time`` writes a time of day in ``zone``,
    whose day is told beside it unless it is that of ``now`` (no day is told while ``now`` is None).
    """

    translate: Translate = identity
    language: str = "en"
    time: Callable[[datetime], str] = clock_time
    zone: tzinfo = UTC
    now: datetime | None = None

    def at(self, now: datetime) -> Words:
        """The same, speaking at ``now``."""
        return replace(self, now=now)

    def __call__(self, text: str | Message, /, **values: Value) -> str:
        """The sentence; ``values`` given beside a message replace its own."""
        template = text.template if isinstance(text, Message) else text
        given = {**dict(text.values), **values} if isinstance(text, Message) else values

        def filled(match: re.Match[str]) -> str:
            name = match[1]
            return self.value(given[name]) if name in given else MISSING

        return _PLACE.sub(filled, self._translated(template))

    def _translated(self, template: str) -> str:
        # gettext answers the empty text with the catalogue's own header.
        return self.translate(template) if template else ""

    def value(self, value: Value) -> str:
        """One value in words. Members of enumerations (relationships) are translated, other text is not."""
        match value:
            case Message():
                return self(value)
            case datetime():
                return self.moment(value)
            case timedelta():
                return self.length(value)
            case Enum():
                return self._translated(str(getattr(value, "label", value.value)))
            case _:
                return str(value)

    def moment(self, moment: datetime) -> str:
        """``10:32``, ``tomorrow 8:00``, ``Mon 8:00`` within a week, else ``14 Dec 8:00``; naive is local."""
        local = moment.astimezone(self.zone) if moment.tzinfo is not None else moment
        time = self.time(local)
        if self.now is None:
            return time
        today = self.now.astimezone(self.zone).date()
        days = (local.date() - today) // _A_DAY
        match days:
            case 0:
                return time
            case 1:
                return self(N_("tomorrow {time}"), time=time)
            case -1:
                return self(N_("yesterday {time}"), time=time)
        if abs(days) < 7:
            return self(
                N_("{weekday} {time}"), weekday=self._translated(_WEEKDAYS[local.weekday()]), time=time
            )
        month = self._translated(_MONTHS[local.month - 1])
        if local.year == today.year:
            return self(N_("{day} {month} {time}"), day=local.day, month=month, time=time)
        return self(N_("{day} {month} {year} {time}"), day=local.day, month=month, year=local.year, time=time)

    def date(self, day: date) -> str:
        """``14 Dec``: the day of a month."""
        return self(N_("{day} {month}"), day=day.day, month=self._translated(_MONTHS[day.month - 1]))

    def tenths(self, number: float) -> str:
        """A number with one digit after the point, as the language writes it; a whole one without."""
        tenths = round(number * 10)
        whole, rest = divmod(tenths, 10)
        return self(N_("{whole}.{tenths}"), whole=whole, tenths=rest) if rest else str(whole)

    def length(self, length: timedelta) -> str:
        """``45 seconds``, ``25 minutes``, ``1 h 5 min``, ``1 day``; anything smaller is left out."""
        seconds = max(0, length // timedelta(seconds=1))
        for unit, smaller, one, many, both in _LENGTHS:
            number, rest = divmod(seconds, unit)
            if number and both and rest // smaller:
                return self(both, n=number, m=rest // smaller)
            if number or unit == 1:
                return self.plural(one, many, number)
        raise AssertionError("the table ends with seconds")

    def plural(self, one: str, many: str, n: int, **values: Value) -> str:
        """The sentence for one, or the one for any other number, whose ``{n}`` is the number."""
        return self(one if n == 1 else many, n=n, **values)
