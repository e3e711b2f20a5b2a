"""Where a person's settings are: a TOML file, and its twin in memory.

A file that is no TOML is moved aside and the defaults hold. A file with single values that cannot be used is
kept aside as a copy, and rewritten without them. Either way each mistake is a problem with its line.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from lyncdesk.client.ports import ProblemError
from lyncdesk.client.problems import Problem
from lyncdesk.client.settings import Parsed, merged, parse_settings, settings_text
from lyncdesk.machine.files import remove_leftovers, write_atomically
from lyncdesk.presence.message import Message


class _Store(ABC):
    """What both stores do; the way to the bytes is theirs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: dict[str, object] = {}

    @property
    @abstractmethod
    def name(self) -> str:
        """What problems call the place."""

    @abstractmethod
    def _read(self) -> bytes | None:
        """The content, None where there is none yet."""

    @abstractmethod
    def _write(self, data: bytes) -> None:
        """Replace the content."""

    @abstractmethod
    def _set_aside(self, copy: bytes | None) -> str:
        """Keep ``copy``, or the content itself if None, under another name; returns that name."""

    def load(self) -> tuple[dict[str, object], tuple[Problem, ...]]:
        """The values that can be used, and one problem for each mistake."""
        with self._lock:
            try:
                data = self._read()
            except OSError as error:
                what = Message.of("it cannot be read: {error}", error=_said(error))
                return {}, (self._broken(self.name, what, "-", self._kept(None)),)
            parsed = _parsed(data or b"")
            self._last = parsed.values
            if not parsed.mistakes:
                return dict(parsed.values), ()
            kept = self._kept(data if parsed.values else None)
            if parsed.values and kept != self.name:
                try:
                    self._write(_bytes(parsed.values))
                except OSError:
                    kept = self.name
            return dict(parsed.values), self._told(parsed, kept)

    def peek(self) -> tuple[dict[str, object], tuple[Problem, ...]]:
        """As :meth:`load`, but nothing is kept aside, mended or removed: for who only wants to know."""
        try:
            parsed = _parsed(self._read() or b"")
        except OSError as error:
            what = Message.of("it cannot be read: {error}", error=_said(error))
            return {}, (self._broken(self.name, what, "-", self.name),)
        return dict(parsed.values), self._told(parsed, self.name)

    def save(self, values: Mapping[str, object]) -> None:
        """See :func:`lyncdesk.client.settings.merged` for what happens to keys that are not in ``values``.

        Raises:
            ProblemError: ``settings-not-saved``.
        """
        with self._lock:
            try:
                data = self._read()
                now = _parsed(data or b"")
                # What the person wrote into the file meanwhile counts, as long as it can be read.
                stored = now.values if not now.mistakes or now.values else self._last
                new = merged(stored, values)
                if _bytes(new) != data:
                    self._write(_bytes(new))
                self._last = new
            except OSError as error:
                what = Message.of("it cannot be written: {error}", error=_said(error))
                raise ProblemError(Problem.of("settings-not-saved", where=self.name, what=what)) from error

    def _kept(self, copy: bytes | None) -> str:
        try:
            return self._set_aside(copy)
        except OSError:
            return self.name

    def _told(self, parsed: Parsed, kept: str) -> tuple[Problem, ...]:
        return tuple(
            self._broken(f"{self.name}:{mistake.line}", mistake.what, mistake.key, kept)
            for mistake in parsed.mistakes
        )

    def _broken(self, where: str, what: Message, key: str, kept: str) -> Problem:
        return Problem.of("settings-broken", where=where, what=what, key=key or "-", kept=kept)


def _parsed(data: bytes) -> Parsed:
    try:
        return parse_settings(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data[: error.start].decode("utf-8", "replace")
        # Text that is no UTF-8 is no TOML: let the parser say so, at that line.
        return parse_settings(line + "\0")


def _bytes(values: Mapping[str, object]) -> bytes:
    # Half a surrogate pair (a note from a broken clipboard) must not cost the file.
    return settings_text(values).encode("utf-8", "replace")


def _said(error: OSError) -> str:
    return error.strerror or str(error)


class FileSettingsStore(_Store):
    """The settings in ``path``; ``now`` dates what is kept aside. Its methods block on the disk."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        super().__init__()
        self._path = path
        self._now = now

    @property
    def name(self) -> str:
        """The path."""
        return str(self._path)

    def load(self) -> tuple[dict[str, object], tuple[Problem, ...]]:
        """See :class:`_Store`."""
        remove_leftovers(self._path, self._now())
        return super().load()

    def _read(self) -> bytes | None:
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return None

    def _write(self, data: bytes) -> None:
        write_atomically(self._path, data)

    def _set_aside(self, copy: bytes | None) -> str:
        stamp = f"{self._now():%Y%m%d-%H%M%S}"
        names = (
            f"{self._path.name}.broken-{stamp}{more}" for more in ("", *(f"-{n}" for n in range(2, 1000)))
        )
        aside = next(path for path in map(self._path.with_name, names) if not path.exists())
        if copy is None:
            self._path.rename(aside)
        else:
            write_atomically(aside, copy)
        return str(aside)


class MemorySettingsStore(_Store):
    """The settings in memory, as the text of a file; ``aside`` holds what was broken."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._data = text.encode()
        self.aside: dict[str, bytes] = {}

    @property
    def name(self) -> str:
        """What problems call the place."""
        return "settings"

    def _read(self) -> bytes | None:
        return self._data

    def _write(self, data: bytes) -> None:
        self._data = data

    def _set_aside(self, copy: bytes | None) -> str:
        name = f"settings.broken-{len(self.aside) + 1}"
        self.aside[name] = self._data if copy is None else copy
        if copy is None:
            self._data = b""
        return name
