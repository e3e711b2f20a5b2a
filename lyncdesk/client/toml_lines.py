"""Where things are in a TOML file: tomllib tells values, people who mend a file need lines."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

Path = tuple[str, ...]
# What the last line of a statement of several lines holds.
_LAST = ("]", '"""', "'''")


@dataclass(frozen=True, slots=True)
class TomlError:
    """Why a text is not TOML: what the reader said, the line (from 1), and the key there ("" = none)."""

    said: str
    line: int
    key: str = ""


def read_toml(text: str) -> dict[str, object] | TomlError:
    """The table that the text holds, or where and why it holds none."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        said = str(error) or type(error).__name__
        found = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", said)
        lines = text.split("\n")
        line = int(found[1]) if found and found[1] else len(lines)
        there = lines[line - 1] if line <= len(lines) else ""
        key = re.match(r"\s*([\w.\"'-]+)\s*(=|$)", there)
        return TomlError(said[: found.start()] if found else said, line, key[1] if key else "")


def _paths(table: object, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    if isinstance(table, dict):
        for key, inner in table.items():
            yield from _paths(inner, (*path, key))
    elif isinstance(table, list) and path:
        for inner in table:
            yield from _paths(inner, path)


def lines_of(text: str) -> dict[Path, int]:
    """The line (from 1) on which each key and table of a valid text first appears."""
    found: dict[Path, int] = {}
    table: Path = ()
    prefix: Path
    lines = [line + "\n" for line in text.split("\n")]
    start = 0
    while start < len(lines):
        # A statement is the shortest run of lines that is TOML by itself; text and arrays may take several.
        for end in range(start + 1, len(lines) + 1):
            if end > start + 1 and not any(mark in lines[end - 1] for mark in _LAST):
                continue
            statement = read_toml("".join(lines[start:end]))
            if isinstance(statement, dict):
                break
        else:
            return found
        paths = list(_paths(statement))
        if lines[start].lstrip().startswith("["):
            table = max(paths, key=len)
            paths, prefix = [table[: depth + 1] for depth in range(len(table))], ()
        else:
            prefix = table
        for path in paths:
            found.setdefault((*prefix, *path), start + 1)
        start = end
    return found
