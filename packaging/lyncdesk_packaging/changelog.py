"""The changelog as data: what every place that tells of releases is made of.

Its form is Keep a Changelog's (1.1): ``## [VERSION] - YYYY-MM-DD``, newest first, ``## [Unreleased]`` above;
under it a few words, lists, and ``###`` headings of lists.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from packaging.version import InvalidVersion, Version

from lyncdesk_packaging.work import MistakeError

UNRELEASED = "Unreleased"
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
    """One version: a few words in front, its parts. All of that is plain; ``text`` is the whole as it stands.

    What is not released yet has the version :data:`UNRELEASED` and no date.
    """

    version: str
    date: date | None
    words: str
    parts: tuple[Part, ...]
    text: str = ""


@dataclass
class _Open:
    """A release while its lines are read."""

    version: str
    date: date | None
    words: list[str] = field(default_factory=list)
    parts: list[tuple[str, list[str]]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def closed(self) -> Release:
        parts = tuple(Part(title, tuple(map(_plain, entries))) for title, entries in self.parts if entries)
        text = "\n".join(self.lines).strip()
        return Release(self.version, self.date, _plain(" ".join(self.words)), parts, text)


def changelog(root: Path) -> tuple[Release, ...]:
    """Every version of a source tree's changelog; see :func:`releases`."""
    return releases((root / "CHANGELOG.md").read_text(encoding="utf-8"))


def released(root: Path, version: str) -> tuple[Release, ...]:
    """The versions that were released, of which this is one.

    Raises:
        MistakeError: it is not, or the changelog is out of its form.
    """
    found = tuple(release for release in changelog(root) if release.version != UNRELEASED)
    if version not in {release.version for release in found}:
        raise MistakeError(f"CHANGELOG.md has no “## [{version}]”, which lyncdesk/__init__.py says this is")
    return found


def releases(text: str) -> tuple[Release, ...]:
    """Every version of a changelog, newest first, what is not released yet included.

    Raises:
        MistakeError: a line that is none of the form, with its number; a version without a date, or one that
            is not older than what stands above it.
    """
    found: list[_Open] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("## "):
            found.append(_begun(line.rstrip(), number, found))
        elif found:
            found[-1].lines.append(line)
            if line.strip():
                _take(found[-1], line, number)
    return tuple(each.closed() for each in found)


def _begun(line: str, number: int, above: list[_Open]) -> _Open:
    where = f"CHANGELOG.md:{number}"
    heading = _HEADING.fullmatch(line)
    if heading is None:
        raise MistakeError(f"{where}: “{line}” is not “## [X.Y.Z] - YYYY-MM-DD”")
    version, written = heading["version"], heading["date"]
    if version == UNRELEASED:
        if above or written:
            raise MistakeError(f"{where}: [{UNRELEASED}] stands first and has no date")
        return _Open(version, None)
    if written is None:
        raise MistakeError(f"{where}: {version} has no date; add “ - YYYY-MM-DD”")
    try:
        number_, day = Version(version), date.fromisoformat(written)
    except InvalidVersion as error:
        raise MistakeError(f"{where}: {version} is no version") from error
    except ValueError as error:
        raise MistakeError(f"{where}: {written} is no date") from error
    if (
        above
        and (last := above[-1]).date is not None
        and (Version(last.version) <= number_ or last.date < day)
    ):
        raise MistakeError(f"{where}: {version} of {day} is not older than what stands above it")
    return _Open(version, day)


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
        raise MistakeError(
            f"CHANGELOG.md:{number}: “{line}” is neither an entry (“- ...”) nor its second line"
        )


def _plain(text: str) -> str:
    return _LINK.sub(r"\1", _CODE.sub(r"\1", text))
