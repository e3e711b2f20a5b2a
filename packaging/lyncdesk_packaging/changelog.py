"""The changelog as data: what every place that tells of releases is made of.

Its form is Keep a Changelog's: ``## [VERSION] - YYYY-MM-DD``, newest first, ``## [Unreleased]`` above; under
it a few words, lists, and ``###`` headings of lists.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

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
    """One version: its date where it has one, a few words in front, its parts. All text is plain."""

    version: str
    date: date | None
    words: str
    parts: tuple[Part, ...]


@dataclass
class _Open:
    """A release while its lines are read."""

    version: str
    date: date | None
    words: list[str] = field(default_factory=list)
    parts: list[tuple[str, list[str]]] = field(default_factory=list)

    def closed(self) -> Release:
        parts = tuple(Part(title, tuple(map(_plain, entries))) for title, entries in self.parts if entries)
        return Release(self.version, self.date, _plain(" ".join(self.words)), parts)


def releases(text: str) -> tuple[Release, ...]:
    """Every version of a changelog, in its order, what is not released yet included.

    Raises:
        MistakeError: a line that is none of the form, with its number.
    """
    found: list[_Open] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("## "):
            if (heading := _HEADING.fullmatch(line.rstrip())) is None:
                raise MistakeError(f"CHANGELOG.md:{number}: “{line}” is not “## [VERSION] - YYYY-MM-DD”")
            found.append(_Open(heading["version"], _date(heading["date"], number)))
        elif found and line.strip():
            _take(found[-1], line, number)
    return tuple(each.closed() for each in found)


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


def _date(written: str | None, number: int) -> date | None:
    try:
        return None if written is None else date.fromisoformat(written)
    except ValueError as error:
        raise MistakeError(f"CHANGELOG.md:{number}: {written} is no date") from error


def _plain(text: str) -> str:
    return _LINK.sub(r"\1", _CODE.sub(r"\1", text))


def dated(found: tuple[Release, ...], version: str, moment: int) -> tuple[Release, ...]:
    """The released versions, each with a date: this one's, where the changelog has none yet, is the moment's.

    Raises:
        MistakeError: the version is not in the changelog, or one before it has no date.
    """
    known = [release for release in found if release.version != UNRELEASED]
    if version not in {release.version for release in known}:
        raise MistakeError(f"CHANGELOG.md has no “## [{version}]”, which lyncdesk/__init__.py says this is")
    today = datetime.fromtimestamp(moment, UTC).date()
    made = []
    for release in known:
        if release.date is None and release.version != version:
            raise MistakeError(
                f"CHANGELOG.md: [{release.version}] has no date; write “## [{release.version}] - ...”"
            )
        made.append(Release(release.version, release.date or today, release.words, release.parts))
    return tuple(made)
