"""CHANGELOG.md as values: its releases with their dates and what each says (Keep a Changelog 1.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from packaging.version import Version

from lyncdesk_packaging.work import MistakeError

_HEADING = re.compile(r"## \[(?P<version>[^\]]+)\](?: - (?P<date>\d{4}-\d\d-\d\d))?")
UNRELEASED = "Unreleased"


@dataclass(frozen=True, slots=True)
class Release:
    """One part of the changelog; ``version`` is None for what is not released yet."""

    version: Version | None
    date: date | None
    text: str


def releases(root: Path) -> list[Release]:
    """All parts, newest first.

    Raises:
        MistakeError: a heading is none of ``## [Unreleased]`` and ``## [X.Y.Z] - YYYY-MM-DD``, or they are
            not in their order; with the line.
    """
    path = root / "CHANGELOG.md"
    found: list[tuple[Version | None, date | None, list[str]]] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.startswith("## "):
            if found:
                found[-1][2].append(line)
            continue
        heading = _HEADING.fullmatch(line)
        if heading is None:
            raise MistakeError(f"{path}:{number}: “{line}” is not “## [X.Y.Z] - YYYY-MM-DD”")
        if heading["version"] == UNRELEASED:
            if found or heading["date"]:
                raise MistakeError(f"{path}:{number}: [Unreleased] stands first and has no date")
            found.append((None, None, []))
            continue
        if heading["date"] is None:
            raise MistakeError(f"{path}:{number}: {heading['version']} has no date; add “ - YYYY-MM-DD”")
        version, day = Version(heading["version"]), date.fromisoformat(heading["date"])
        last_version, last_day = found[-1][:2] if found else (None, None)
        if last_version is not None and last_day is not None and (last_version <= version or last_day < day):
            raise MistakeError(f"{path}:{number}: {version} of {day} is not older than what stands above it")
        found.append((version, day, []))
    return [Release(version, day, "\n".join(lines).strip()) for version, day, lines in found]
