"""What the libraries and programs of a bundle need of each other, and of the system that they run on."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from lyncdesk_packaging.bundle_contents import Contents

_FILE = re.compile(r"^(.*):\s+file format \S+$", re.MULTILINE)
_NEEDED = re.compile(r"^\s*NEEDED\s+(\S+)", re.MULTILINE)


def elf_files(bundle: Path) -> Iterator[Path]:
    """Every program and library in the folder, links left out."""
    for path in sorted(bundle.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == b"\x7fELF":
                    yield path


def needs(paths: Sequence[Path]) -> dict[Path, list[str]]:
    """The libraries that each asks the loader for."""
    told = subprocess.run(["objdump", "-p", *paths], capture_output=True, text=True, check=True).stdout
    _, *parts = _FILE.split(told)
    return {Path(name): _NEEDED.findall(text) for name, text in zip(parts[::2], parts[1::2], strict=True)}


def unexplained(bundle: Path, table: Contents) -> Iterator[str]:
    """A line for each library that is needed, is not in the bundle, and of which no row of the table tells.

    What only ``optional`` tells of is optional where Qt loads it by itself: in a plugin.
    """
    inside = bundle / "_internal"
    there = {path.name for where in ("*", "*/*") for path in inside.glob(where) if path.exists()}
    for path, names in needs(list(elf_files(bundle))).items():
        place = path.relative_to(bundle)
        rules = (*table.system, *(table.optional if "plugins" in place.parts else ()))
        for name in names:
            if name not in there and not any(rule.has(name) for rule in rules):
                yield f"{place} needs {name}, which is neither in the bundle nor told of in contents.toml"


def dangling(bundle: Path) -> list[str]:
    """Links in the folder that lead nowhere, or out of it."""
    root = bundle.resolve()
    return [
        str(path.relative_to(bundle))
        for path in sorted(bundle.rglob("*"))
        if path.is_symlink() and not (path.exists() and path.resolve().is_relative_to(root))
    ]
