"""What a value in a settings or policy file may be: one small reader per kind, with its range in words.

A kind turns what TOML holds into the value that :class:`lyncdesk.client.options.Options` wants, and back.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from pathlib import PurePosixPath, PureWindowsPath
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

from lyncdesk.client.durations import format_duration, parse_duration
from lyncdesk.client.options import AUTHENTICATIONS
from lyncdesk.client.words import N_
from lyncdesk.presence.message import Message

# Up to the last @: a password may hold the slash that would otherwise end it.
_SIGNS_IN = re.compile(r"(://).*@", re.DOTALL)
_A_MINUTE = timedelta(minutes=1)


class NotAllowedError(ValueError):
    """A value that the kind does not take; the kind's ``range`` says what it takes."""


class Kind(Protocol):
    """One kind of value."""

    @property
    def range(self) -> Message:
        """What is allowed, in words."""

    def read(self, raw: object) -> object:
        """The value for what TOML holds.

        Raises:
            NotAllowedError: for a wrong type or a value out of range.
        """

    def write(self, value: object) -> object:
        """What TOML holds for the value."""


def printable(text: str) -> str:
    """The text with a "?" for everything that a terminal would obey, or nobody would see."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def shown(raw: object) -> str:
    """A value of a file as a person would find it there, shortened when long, and without what an address
    holds of a password, or what cannot be printed.
    """
    match raw:
        case bool():
            text = "true" if raw else "false"
        case str():
            text = f'"{raw}"'
        case dict():
            return "{...}"
        case list():
            return "[...]"
        case _:
            text = str(raw)
    text = printable(_SIGNS_IN.sub(r"\1...@", text))
    return text if len(text) <= 80 else text[:77] + "..."


@dataclass(frozen=True, slots=True)
class Switch:
    """True or false."""

    @property
    def range(self) -> Message:
        """What is allowed."""
        return Message.of("true or false")

    def read(self, raw: object) -> bool:
        """See :class:`Kind`."""
        if not isinstance(raw, bool):
            raise NotAllowedError
        return raw

    def write(self, value: object) -> object:
        """See :class:`Kind`."""
        return value


def _whole(raw: object, low: int, high: int) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not low <= raw <= high:
        raise NotAllowedError
    return raw


def _duration(value: object) -> timedelta:
    if not isinstance(value, timedelta):
        raise TypeError(f"a duration is needed, not {value!r}")
    return value


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number, both ends included."""

    low: int
    high: int

    @property
    def range(self) -> Message:
        """What is allowed."""
        return Message.of("a whole number from {low} to {high}", low=self.low, high=self.high)

    def read(self, raw: object) -> int:
        """See :class:`Kind`."""
        return _whole(raw, self.low, self.high)

    def write(self, value: object) -> object:
        """See :class:`Kind`."""
        return value


@dataclass(frozen=True, slots=True)
class Minutes:
    """A ``timedelta`` that the file holds as whole minutes, both ends included."""

    low: int
    high: int

    @property
    def range(self) -> Message:
        """What is allowed."""
        return Message.of("{low} to {high} whole minutes", low=self.low, high=self.high)

    def read(self, raw: object) -> timedelta:
        """See :class:`Kind`."""
        return timedelta(minutes=_whole(raw, self.low, self.high))

    def write(self, value: object) -> object:
        """See :class:`Kind`."""
        return _duration(value) // _A_MINUTE


@dataclass(frozen=True, slots=True)
class Span:
    """A ``timedelta`` that the file holds as text, or as a TOML time of day; both ends included."""

    low: timedelta
    high: timedelta

    @property
    def range(self) -> Message:
        """What is allowed."""
        low, high = format_duration(self.low), format_duration(self.high)
        return Message.of('a duration from "{low}" to "{high}"', low=low, high=high)

    def read(self, raw: object) -> timedelta:
        """See :class:`Kind`."""
        match raw:
            case str():
                try:
                    duration = parse_duration(raw)
                except ValueError as error:
                    raise NotAllowedError from error
            case time():  # 00:30:00 without quotes
                duration = timedelta(hours=raw.hour, minutes=raw.minute, seconds=raw.second)
            case _:
                raise NotAllowedError
        if not self.low <= duration <= self.high:
            raise NotAllowedError
        return duration

    def write(self, value: object) -> object:
        """See :class:`Kind`."""
        return format_duration(_duration(value))


@dataclass(frozen=True, slots=True)
class Choice:
    """A member of an enumeration, by its value."""

    of: type[StrEnum]

    @property
    def range(self) -> Message:
        """What is allowed."""
        return Message.of("one of {choices}", choices=", ".join(f'"{member.value}"' for member in self.of))

    def read(self, raw: object) -> StrEnum:
        """See :class:`Kind`."""
        try:
            return self.of(str(raw))
        except ValueError as error:
            raise NotAllowedError from error

    def write(self, value: object) -> object:
        """See :class:`Kind`."""
        return str(value)


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant with its zone."""

    @property
    def range(self) -> Message:
        """What is allowed."""
        return Message.of("a date and time with zone")

    def read(self, raw: object) -> datetime:
        """See :class:`Kind`."""
        if not isinstance(raw, datetime) or raw.tzinfo is None:
            raise NotAllowedError
        return raw

    def write(self, value: object) -> object:
        """See :class:`Kind`."""
        return value


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text that passes ``allowed``; ``words`` say what that is, ``choices`` are all there is."""

    words: str = N_("text")
    allowed: Callable[[str], bool] = str.isprintable
    choices: tuple[str, ...] = ()

    @property
    def range(self) -> Message:
        """What is allowed."""
        return Message(self.words)

    def read(self, raw: object) -> str:
        """See :class:`Kind`."""
        if not isinstance(raw, str) or not self.allowed(raw):
            raise NotAllowedError
        return raw

    def write(self, value: object) -> object:
        """See :class:`Kind`."""
        return value


def is_address(text: str) -> bool:
    """Whether the text has the shape of a person's address."""
    return re.fullmatch(r"[^@\s]+@[^@\s]+", text) is not None


def _address_or_nothing(text: str) -> bool:
    return not text or is_address(text)


def web_address(text: str) -> SplitResult | None:
    """The parts of an address with a host; None where it has none, or holds a space or what nobody sees."""
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.hostname and text.isprintable() and " " not in text else None


def _server(text: str) -> bool:
    if (parts := web_address(text)) is None:
        return not text
    # A password without encryption goes no further than this computer.
    here = parts.hostname in {"127.0.0.1", "::1", "localhost"}
    return parts.scheme == "https" or (parts.scheme == "http" and here)


def _full_path(text: str) -> bool:
    full = PurePosixPath(text).is_absolute() or PureWindowsPath(text).is_absolute()
    return not text or (full and text.isprintable())


def _language(text: str) -> bool:
    return re.fullmatch(r"([A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*)?", text) is not None


ADDRESS = Text(N_("an e-mail address"), _address_or_nothing)
SERVER = Text(N_("an address that begins with https://"), _server)
FULL_PATH = Text(N_("the full path of a file"), _full_path)
AUTHENTICATION = Text(N_('"automatic", "basic", "ntlm" or "negotiate"'), lambda text: text in AUTHENTICATIONS)
LANGUAGE = Text(N_('a language such as "en" or "de"'), _language)
# Notes may hold several lines.
NOTE = Text(N_("text"), lambda _: True)
