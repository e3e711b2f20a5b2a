"""What the libraries and programs of a bundle need of each other, and of the system that they run on."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from lyncdesk_packaging.bundle_contents import Contents

_NEEDED = re.compile(r"^\s*NEEDED\s+(\S+)", re.MULTILINE)


def elf_files(bundle: Path) -> Iterator[Path]:
    """Every program and library in the folder, links left out."""
    for path in sorted(bundle.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == b"\x7fELF":
                    yield path


def needs(path: Path) -> list[str]:
    """The libraries that one asks the loader for."""
    told = subprocess.run(["objdump", "-p", path], capture_output=True, text=True, check=True).stdout
    return _NEEDED.findall(told)


def unexplained(bundle: Path, table: Contents) -> Iterator[str]:
    """A line for each library that is needed, is not in the bundle, and of which no row of the table tells.

    What only ``optional`` tells of is optional where Qt loads it by itself: in a plugin.
    """
    for path in elf_files(bundle):
        place = (
            path.relative_to(bundle / "_internal") if "_internal" in path.parts else path.relative_to(bundle)
        )
        rules = (*table.system, *(table.optional if "plugins" in path.parts else ()))
        for name in needs(path):
            there = any(list((bundle / "_internal").glob(where)) for where in (name, f"*/{name}"))
            if not there and not any(rule.has(name) for rule in rules):
                place = path.relative_to(bundle)
                yield f"{place} needs {name}, which is neither in the bundle nor told of in contents.toml"


def dangling(bundle: Path) -> list[str]:
    """Links in the folder that lead nowhere, or out of it."""
    root = bundle.resolve()
    return [
        str(path.relative_to(bundle))
        for path in sorted(bundle.rglob("*"))
        if path.is_symlink() and not (path.exists() and path.resolve().is_relative_to(root))
    ]
