"""What belongs into the bundle and what does not, by the table ``packaging/bundle/contents.toml``.

Read by the specification that PyInstaller runs, with nothing of ours installed beside, and by the checks.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "packaging" / "bundle" / "contents.toml"

# A row of PyInstaller's: where it goes, where it is from, and its kind.
Row = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table: what it is about, by names with ``*``, and why.

    ``but`` are exceptions. ``although`` are modules that import what is left out and do without it.
    ``debian`` are the packages that have a library of the system.
    """

    match: tuple[str, ...]
    why: str
    but: tuple[str, ...] = ()
    although: tuple[str, ...] = ()
    debian: tuple[str, ...] = ()

    def has(self, name: str) -> bool:
        """Whether the row is about this."""
        return _any(name, self.match) and not _any(name, self.but)


def _any(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


@dataclass(frozen=True, slots=True)
class Contents:
    """The table.

    ``modules`` and ``files`` are left out. A library of the build machine's system comes along if it is in
    ``brought``; each other that something in the bundle needs must be in ``system``, or in ``optional``:
    needed only by what Qt leaves alone where it cannot be loaded.
    """

    modules: tuple[Rule, ...]
    files: tuple[Rule, ...]
    brought: tuple[Rule, ...]
    system: tuple[Rule, ...]
    optional: tuple[Rule, ...]

    def module_left_out(self, name: str) -> bool:
        """Whether the Python module is left out."""
        return any(rule.has(name) for rule in self.modules)

    def file_left_out(self, place: str) -> bool:
        """Whether the file is left out, by its place in the folder."""
        path = place.replace("\\", "/")
        name = module_at(path)
        return any(rule.has(path) for rule in self.files) or (name != "" and self.module_left_out(name))

    def binaries(self, rows: Iterable[Row]) -> list[Row]:
        """The libraries and extension modules that come along."""
        return [row for row in self.datas(rows) if not self._left_to_system(row)]

    def datas(self, rows: Iterable[Row]) -> list[Row]:
        """The files that come along, and the links to them."""
        return [row for row in rows if not any(map(self.file_left_out, _places(row)))]

    def _left_to_system(self, row: Row) -> bool:
        place, source, kind = row
        alone = kind == "BINARY" and "/" not in place.replace("\\", "/")
        return alone and of_system(source) and not any(rule.has(place) for rule in self.brought)


def of_system(source: str) -> bool:
    """Whether a library is from where the build machine's own packages put them. Nowhere but on Linux."""
    return source.startswith(("/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/"))


def _places(row: Row) -> tuple[str, ...]:
    """Where the file goes, and for a link what it leads to as well."""
    place = PurePosixPath(row[0].replace("\\", "/"))
    return (str(place), str(place.parent / row[1])) if row[2] == "SYMLINK" else (str(place),)


def module_at(place: str) -> str:
    """The name of the module that a file of the bundle is, empty if it is none."""
    path = PurePosixPath(place)
    if path.suffix not in {".pyc", ".so", ".pyd"} or (path.suffix == ".so" and path.name.startswith("lib")):
        return ""
    parts = [*path.parts[:-1], path.name.partition(".")[0]]
    if "lib-dynload" in parts:
        parts = parts[-1:]
    return ".".join(parts).removesuffix(".__init__")


@cache
def contents(table: Path = TABLE) -> Contents:
    """The table as it is written."""
    written = tomllib.loads(table.read_text(encoding="utf-8"))
    return Contents(
        *(
            tuple(_rule(row) for row in written[kind])
            for kind in ("module", "file", "brought", "system", "optional")
        )
    )


def _rule(row: dict[str, Any]) -> Rule:
    why = row.pop("why")
    names = {field: tuple(row.pop(field, ())) for field in ("match", "but", "although", "debian")}
    if row:
        raise ValueError(f"{TABLE}: no such word: {', '.join(row)}")
    return Rule(why=why, **names)
