"""What Windows and macOS are told of the program: names, versions, whose it is. Python's own library only."""

from __future__ import annotations

import re

from lyncdesk_packaging.work import ROOT, Work, constant

NAME = "LyncDesk"
ID = constant(ROOT / "lyncdesk/starting.py", "DESKTOP_ID")
DESCRIPTION = "Your presence, taken from your Exchange calendar"


def version() -> str:
    """The version as the program says it."""
    return Work(ROOT, ROOT / "build", ROOT / "dist").version()


def numbers(text: str, count: int) -> tuple[int, ...]:
    """So many numbers of the beginning of a version, which systems compare. ``0.2.0rc1`` gives 0, 2, 0."""
    found = re.match(r"\d+(\.\d+)*", text)
    given = [int(part) for part in found[0].split(".")] if found else []
    return tuple((*given, *[0] * count)[:count])


def copyright_line() -> str:
    """Whose it is, as the licence says."""
    lines = (ROOT / "LICENSE").read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith("Copyright"))


def publisher() -> str:
    """The copyright's holder."""
    return re.sub(r"^Copyright (\(c\) )?[\d, -]+", "", copyright_line())
