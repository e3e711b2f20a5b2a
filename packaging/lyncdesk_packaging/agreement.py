"""Whether everything that names the version, its date, the Pythons, the licence or the id says the same.

``python -m lyncdesk_packaging.agreement`` tells what does not, and with ``--release`` also what only a
release must not have; ``make release`` then refuses to go on.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from packaging.specifiers import SpecifierSet

from lyncdesk_packaging.changelog import UNRELEASED, Release, changelog
from lyncdesk_packaging.identity import ID
from lyncdesk_packaging.work import ROOT, MistakeError, Work

_MINOR = "Programming Language :: Python :: "

# Where a version may be written out: a folder, which files of it, and how it is written there. A recipe that
# takes it from elsewhere has no such line; one that begins to write it is held to it at once.
_VERSIONS: tuple[tuple[str, str, str], ...] = (
    ("resources", "**/*.metainfo.xml*", r'<release\b[^>]*\bversion="(?P<it>\d[^"]*)"'),
    ("packaging", "**/*.metainfo.xml*", r'<release\b[^>]*\bversion="(?P<it>\d[^"]*)"'),
    ("packaging/debian", "changelog", r"^lyncdesk \((?:\d+:)?(?P<it>[\d.]+)[^)]*\)"),
    ("packaging", "**/*.iss", r'(?m)^\s*(?:#define\s+\w*Version\s+"|AppVersion=)(?P<it>\d[\d.]*)'),
    ("packaging", "**/*.wxs", r'<Product\b[^>]*\bVersion="(?P<it>\d[\d.]*)"'),
    (
        "packaging",
        "**/*.plist",
        r"<key>CFBundle(?:ShortVersionString|Version)</key>\s*<string>(?P<it>\d[\d.]*)</string>",
    ),
)
# Made by “make pages” and committed; what it says of version and day is in its first line.
_MANUAL = "resources/desktop/share/man/man1/lyncdesk.1"
_PYTHONS = r"Python 3\.(?P<first>\d+) to 3\.(?P<last>\d+)"
_LICENCES: tuple[tuple[str, str, str], ...] = (
    ("resources", "**/*.metainfo.xml*", r"<project_license>(?P<it>[^<]+)</project_license>"),
    ("packaging", "**/*.metainfo.xml*", r"<project_license>(?P<it>[^<]+)</project_license>"),
)


def today() -> date:
    """The day that it is where it is latest: who releases there is not ahead of time."""
    return (datetime.now(UTC) + timedelta(hours=14)).date()


def disagreements(root: Path = ROOT, *, released: date | None = None) -> list[str]:
    """What does not agree, each with its place.

    Of what is ``released``, on this day, also what only a release must not have.
    """
    found: list[str] = []
    for check in _CHECKS:
        try:
            found += check(root)
        except MistakeError as mistake:
            found.append(str(mistake))
    if released is not None and not found:
        found += _unfinished(root, released)
    return found


def pythons(root: Path) -> list[str]:
    """The Python versions that pyproject.toml names, as "3.11"."""
    names: list[str] = _project(root)["classifiers"]
    return [name.removeprefix(_MINOR) for name in names if re.fullmatch(_MINOR + r"3\.\d+", name)]


def _project(root: Path) -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project


def _version(root: Path) -> str:
    return Work(root, root, root).version()


def newest(root: Path) -> Release | None:
    """The newest released version that the changelog tells of."""
    return next((each for each in changelog(root) if each.version != UNRELEASED), None)


def _changelog(root: Path) -> Iterator[str]:
    found = newest(root)
    if found is None or found.version != _version(root):
        yield (
            f"CHANGELOG.md: the newest release is {found.version if found else 'none'}, "
            f"lyncdesk/__init__.py says {_version(root)}"
        )


def _unfinished(root: Path, day: date) -> Iterator[str]:
    for each in changelog(root):
        if each.version != UNRELEASED:
            if not each.text:
                yield f"CHANGELOG.md: nothing is said of {each.version}"
            if each.date is not None and each.date > day:
                yield f"CHANGELOG.md: {each.version} is of {each.date}, which is still to come"
            break
        if each.text:
            yield "CHANGELOG.md: there are entries under [Unreleased]; put them under a version and its date"


def _written(root: Path, rows: tuple[tuple[str, str, str], ...], expected: str) -> Iterator[str]:
    for folder, files, pattern in rows:
        for path in sorted((root / folder).glob(files)):
            # Releases stand newest first; what is older is history.
            first = re.search(pattern, path.read_text(encoding="utf-8"))
            if first is not None and first["it"] != expected:
                yield f"{path.relative_to(root)}: says {first['it']}, not {expected}"


def _versions(root: Path) -> Iterator[str]:
    yield from _written(root, _VERSIONS, _version(root))


def _manual(root: Path) -> Iterator[str]:
    found = newest(root)
    head = (root / _MANUAL).read_text(encoding="utf-8").partition("\n")[0]
    day = str(found.date).replace("-", r"\-") if found else ""
    if f'"{day}"' not in head or f'"LyncDesk {_version(root)}"' not in head:
        yield f"{_MANUAL}: is not of {_version(root)} and its day: “make pages” makes it anew"


def _licence(root: Path) -> Iterator[str]:
    licence = _project(root)["license"]
    if not (root / "LICENSE").read_text(encoding="utf-8").startswith(f"{licence} License"):
        yield f"LICENSE: is not the text of {licence}, which pyproject.toml names"
    yield from _written(root, _LICENCES, licence)


def _python_versions(root: Path) -> Iterator[str]:
    named, allowed = pythons(root), SpecifierSet(_project(root)["requires-python"])
    possible = [f"3.{minor}" for minor in range(30) if f"3.{minor}.1" in allowed]
    if named != possible:
        yield f"pyproject.toml: the classifiers name Python {named}, requires-python allows {possible}"
    for place in ("README.md", "Makefile", "constraints.txt"):
        for said in re.finditer(_PYTHONS, (root / place).read_text(encoding="utf-8")):
            if [f"3.{said['first']}", f"3.{said['last']}"] != [named[0], named[-1]]:
                yield f"{place}: says “{said[0]}”, pyproject.toml names {named[0]} to {named[-1]}"
    for path in sorted((root / "packaging/ci").glob("*.yml")):
        matrices = re.findall(r"(?m)^\s*python: (\[.*\])", path.read_text(encoding="utf-8"))
        for matrix in matrices:
            if sorted(re.findall(r"3\.\d+", matrix)) != sorted(named):
                yield f"{path.relative_to(root)}: the matrix is {matrix}, pyproject.toml names {named}"


def _id(root: Path) -> Iterator[str]:
    """One name on all systems: no file may be called, or name, another one of the same form."""
    other = re.compile(r"\b(?i:org\.lyncdesk)\.(?!LyncDesk\b)\w+")
    for folder in ("packaging", "resources/desktop"):
        for path in sorted((root / folder).rglob("*")):
            if not path.is_file() or path.suffix in {".png", ".pyc", ".icns", ".ico"}:
                continue
            for said in other.finditer(path.read_text(encoding="utf-8", errors="replace")):
                yield f"{path.relative_to(root)}: {said[0]} is not {ID}"


_CHECKS: tuple[Callable[[Path], Iterator[str]], ...] = (
    _changelog,
    _versions,
    _manual,
    _licence,
    _python_versions,
    _id,
)


def main() -> int:
    """Tell what does not agree."""
    found = disagreements(released=today() if "--release" in sys.argv[1:] else None)
    print("\n".join(found) or "All agree.")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
