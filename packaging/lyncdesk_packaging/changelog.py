"""CHANGELOG.md as data: what every place that tells of releases is made of.

Its form is Keep a Changelog's: ``## [VERSION] - YYYY-MM-DD``, newest first, ``## [Unreleased]`` above; under
it a few words, lists, and ``###`` headings of lists.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from packaging.version import InvalidVersion, Version

from lyncdesk_packaging.work import MistakeError, Work

UNRELEASED = "Unreleased"
_NAME = "CHANGELOG.md"
_HEADING = re.compile(r"## \[(?P<version>[^\]]+)\](?: - (?P<date>\d{4}-\d{2}-\d{2}))?")
# The words of Markdown that a plain text goes without.
_CODE = re.compile(r"`([^`]*)`")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Part:
    """The entries under one ``###`` heading; those above the first have none."""

    title: str
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Release:
    """One version, or what is not released yet, which has no date: a few words in front, and its parts.

    These are plain; ``text`` is all of it as it is written, in Markdown.
    """

    version: str
    date: date | None
    words: str
    parts: tuple[Part, ...]
    text: str


@dataclass
class _Open:
    """A release while its lines are read."""

    version: str
    date: date | None
    lines: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    parts: list[tuple[str, list[str]]] = field(default_factory=list)

    def closed(self) -> Release:
        parts = tuple(Part(title, tuple(map(_plain, entries))) for title, entries in self.parts if entries)
        text = "\n".join(self.lines).strip()
        return Release(self.version, self.date, _plain(" ".join(self.words)), parts, text)


def releases(root: Path) -> tuple[Release, ...]:
    """Every version in the changelog of a tree, newest first, what is not released yet included.

    Raises:
        MistakeError: a line is none of the form, or the versions are not in their order; with its number.
    """
    return parsed((root / _NAME).read_text(encoding="utf-8"))


def parsed(text: str) -> tuple[Release, ...]:
    """The same of a changelog's text. Raises what :func:`releases` does."""
    found: list[_Open] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("## "):
            found.append(_opened(line.rstrip(), number, found[-1] if found else None))
        elif found:
            found[-1].lines.append(line)
            if line.strip():
                _take(found[-1], line, number)
    return tuple(each.closed() for each in found)


def released(work: Work) -> tuple[Release, ...]:
    """The versions that are released, this one among them, newest first.

    Raises:
        MistakeError: this version is not in the changelog; or what :func:`releases` raises.
    """
    found = tuple(each for each in releases(work.root) if each.version != UNRELEASED)
    if work.version() not in {each.version for each in found}:
        raise MistakeError(f"{_NAME} has no “## [{work.version()}]”, which lyncdesk/__init__.py says this is")
    return found


def _opened(line: str, number: int, above: _Open | None) -> _Open:
    heading = _HEADING.fullmatch(line)
    if heading is None:
        raise MistakeError(f"{_NAME}:{number}: “{line}” is not “## [X.Y.Z] - YYYY-MM-DD”")
    version, day = heading["version"], heading["date"]
    if version == UNRELEASED:
        if above or day:
            raise MistakeError(f"{_NAME}:{number}: [{UNRELEASED}] stands first and has no date")
        return _Open(version, None)
    if day is None:
        raise MistakeError(f"{_NAME}:{number}: {version} has no date; add “ - YYYY-MM-DD”")
    try:
        opened, order = _Open(version, date.fromisoformat(day)), Version(version)
    except InvalidVersion as error:
        raise MistakeError(f"{_NAME}:{number}: {version} is no version as Python counts them") from error
    except ValueError as error:
        raise MistakeError(f"{_NAME}:{number}: {day} is no date") from error
    if above is None or above.date is None:  # [Unreleased]
        return opened
    if Version(above.version) <= order or above.date < date.fromisoformat(day):
        raise MistakeError(f"{_NAME}:{number}: {version} of {day} is not older than what stands above it")
    return opened


def _take(release: _Open, line: str, number: int) -> None:
    if line.startswith("### "):
        release.parts.append((line[4:].strip(), []))
    elif line.startswith("- "):
        if not release.parts:
            release.parts.append(("", []))
        release.parts[-1][1].append(line[2:].strip())
    elif line.startswith("  ") and release.parts and release.parts[-1][1]:
        release.parts[-1][1][-1] += f" {line.strip()}"
    elif not release.parts:
        release.words.append(line.strip())
    else:
        raise MistakeError(f"{_NAME}:{number}: “{line}” is neither an entry (“- ...”) nor its second line")


def _plain(text: str) -> str:
    return _LINK.sub(r"\1", _CODE.sub(r"\1", text))
