"""What every step works with: the tree, where products go, and the one moment that all of them carry."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_LEFT_OUT = frozenset({"__pycache__", ".git", ".venv", "build", "dist"})


class MistakeError(Exception):
    """A package cannot be made; the text says what is wrong, where, and what to do."""


@dataclass(frozen=True, slots=True)
class Work:
    """The folders of one step: the source, a scratch folder of its own, and where products go."""

    root: Path
    scratch: Path
    dist: Path

    def version(self) -> str:
        """The version as the package says it."""
        namespace: dict[str, str] = {}
        line = next(
            line
            for line in (self.root / "lyncdesk/__init__.py").read_text(encoding="utf-8").splitlines()
            if line.startswith("__version__")
        )
        exec(line, namespace)  # noqa: S102 - our own source, one assignment
        return namespace["__version__"]

    def moment(self) -> int:
        """The moment that everything carries, so that two builds are the same, in seconds of the epoch.

        ``SOURCE_DATE_EPOCH`` if given, else the last commit's, else (in an unpacked sdist) the changelog's.
        """
        if given := os.environ.get("SOURCE_DATE_EPOCH"):
            return int(given)
        asked = subprocess.run(
            ["git", "log", "-1", "--format=%ct"], cwd=self.root, capture_output=True, text=True, check=False
        )
        if asked.returncode == 0 and (self.root / ".git").exists():
            return int(asked.stdout)
        return int((self.root / "CHANGELOG.md").stat().st_mtime)

    def run(self, command: Sequence[str | Path], *, cwd: Path | None = None, **environment: str) -> str:
        """Run a tool of the build and return what it printed.

        Raises:
            MistakeError: it is not installed, or failed; with what it said.
        """
        if shutil.which(command[0]) is None:
            raise MistakeError(
                f"{command[0]} is not installed; “make package” as root installs what is needed"
            )
        done = subprocess.run(
            [str(part) for part in command],
            cwd=cwd or self.root,
            env={**os.environ, "SOURCE_DATE_EPOCH": str(self.moment()), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        if done.returncode:
            raise MistakeError(f"{' '.join(map(str, command))} failed ({done.returncode}):\n{done.stdout}")
        return done.stdout


def files(root: Path, places: Iterable[str]) -> Iterator[Path]:
    """Every file of the places, in a fixed order, without what builds leave behind."""
    for place in places:
        start = root / place
        if start.is_file():
            yield start
        for folder, below, names in os.walk(start):
            below[:] = sorted(name for name in below if name not in _LEFT_OUT)
            yield from (Path(folder, name) for name in sorted(names))


def digest(root: Path, places: Iterable[str], more: Mapping[str, str]) -> str:
    """What the content of the places comes to, and of ``more`` beside it."""
    sum_ = hashlib.sha256()
    for path in files(root, places):
        sum_.update(str(path.relative_to(root)).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    for name in sorted(more):
        sum_.update(f"{name}={more[name]}\0".encode())
    return sum_.hexdigest()
