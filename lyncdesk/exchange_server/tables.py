"""Reading a TOML table whose every mistake is to be told, not only the first."""

import difflib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime, time
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lyncdesk.exchange_server.recurrence import instant

T = TypeVar("T")
# Keys whose value is not repeated in a mistake.
SECRET = frozenset({"password"})


class Table:
    """A table of the file: a wrong value is read as its default, with a line in `mistakes`."""

    def __init__(self, data: Mapping[str, Any], where: str, mistakes: list[str]) -> None:
        self.data = data
        self.where = where
        self.mistakes = mistakes

    def wrong(self, key: str, what: str) -> None:
        self.mistakes.append(f"{self.where}{key}: {what}")

    def known(self, keys: tuple[str, ...]) -> None:
        for key in self.data:
            if key not in keys:
                self.wrong(key, f"there is no such key{nearest(key, keys)}")

    def get(self, key: str, kind: type[T], default: T, called: str) -> T:
        value = self.data.get(key, default)
        if type(value) is kind:
            return value
        written = "" if key in SECRET else f"{value!r} "
        self.wrong(key, f"{written}is not {called}")
        return default

    def text(self, key: str, default: str = "") -> str:
        return self.get(key, str, default, "a text")

    def needed(self, key: str) -> str:
        if key not in self.data:
            self.wrong(key, "is missing")
            return ""
        told = len(self.mistakes)
        found = self.text(key)
        if not found and len(self.mistakes) == told:
            self.wrong(key, "must not be empty")
        return found

    def flag(self, key: str) -> bool:
        return self.get(key, bool, False, "true or false")

    def word(self, key: str, words: Iterable[str], default: str) -> str:
        words = tuple(words)
        value = self.text(key, default)
        if value not in words:
            self.wrong(key, f'"{value}" is not one of {", ".join(words)}{nearest(value, words)}')
            return default
        return value

    def zone(self, key: str, default: str) -> str:
        value = self.text(key, default)
        try:
            return ZoneInfo(value).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.wrong(key, f'"{value}" is not a time zone such as Europe/Berlin')
            return default

    def table(self, key: str) -> "Table":
        value = self.data.get(key, {})
        if not isinstance(value, dict):
            self.wrong(key, "is not a table")
            value = {}
        return Table(value, f"{self.where}{key}.", self.mistakes)

    def tables(self) -> list[tuple[str, "Table"]]:
        return [(key, self.table(key)) for key in self.data]

    def rows(self, key: str) -> list["Table"]:
        value = self.data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
            self.wrong(key, "is not a list of tables")
            return []
        return [
            Table(row, f"{self.where}{key}[{number}].", self.mistakes) for number, row in enumerate(value, 1)
        ]

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        value = self.data.get(key, list(default))
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self.wrong(key, "is not a list of texts")
            return default
        return tuple(value)

    def moment(self, key: str, zone: str) -> datetime | None:
        value = self.data.get(key)
        if value is None:
            return None
        if isinstance(value, str):
            with suppress(ValueError):
                value = datetime.fromisoformat(value)
        if not isinstance(value, datetime):
            self.wrong(key, f"{str(value)!r} is not a date with a time such as 2026-03-02T10:00:00")
            return None
        return in_zone(value, zone)

    def day(self, key: str) -> date | None:
        value = self.data.get(key)
        if value is None:
            return None
        if isinstance(value, str):
            with suppress(ValueError):
                value = date.fromisoformat(value)
        if type(value) is not date:
            self.wrong(key, f"{str(value)!r} is not a date such as 2026-03-02")
            return None
        return value

    def time(self, key: str, default: time) -> time:
        return self.get(key, time, default, "a time such as 08:00:00")


def in_zone(moment: datetime, zone: str) -> datetime:
    """The moment as an aware one; a naive one is meant in `zone`."""
    return instant(ZoneInfo(zone), moment) if moment.tzinfo is None else moment


def nearest(word: str, words: Iterable[str]) -> str:
    """A hint at the word that was probably meant, or nothing."""
    lower = {known.casefold(): known for known in words}
    found = difflib.get_close_matches(word.casefold(), lower, 1)
    return f'; did you mean "{lower[found[0]]}"?' if found else ""
