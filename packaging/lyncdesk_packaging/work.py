"""What every step works with: the tree, where products go, and the one moment that all of them carry."""

from __future__ import annotations

import ast
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MOMENT = "SOURCE_DATE_EPOCH"
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
        return constant(self.root / "lyncdesk/__init__.py", "__version__")

    def moment(self) -> int:
        """The moment that everything carries, so that two builds are the same, in seconds of the epoch.

        ``SOURCE_DATE_EPOCH`` if given, else the last commit's, else (in an unpacked sdist) the changelog's.
        """
        if given := os.environ.get(MOMENT):
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
            env={**os.environ, MOMENT: str(self.moment()), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        if done.returncode:
            raise MistakeError(f"{' '.join(map(str, command))} failed ({done.returncode}):\n{done.stdout}")
        return done.stdout


def constant(module: Path, name: str) -> str:
    """A text that the program's source has under this name; the module is read, not run.

    Raises:
        LookupError: there is none.
    """
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        if name in names and isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            return str(ast.literal_eval(node.value))
    raise LookupError(f"{module} has no {name}")


def system() -> str:
    """How what is of one system is named for it: ``linux-x86_64``."""
    return f"{sys.platform}-{platform.machine().lower()}"


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
        sum_.update(str(path.relative_to(root)).encode() + b"\0" + _hashed(path.read_bytes()))
    for name in sorted(more):
        sum_.update(f"{name}={more[name]}\0".encode())
    return sum_.hexdigest()


def content(product: Path) -> str:
    """What is in a product, whenever it was made: its files by name, whether they can be run, and bytes.

    Of a wheel that is what is packed, and not when.
    """
    sum_ = hashlib.sha256()
    if product.suffix == ".whl":
        with zipfile.ZipFile(product) as packed:
            for entry in packed.infolist():
                sum_.update(
                    f"{entry.filename}\0{entry.external_attr}\0".encode() + _hashed(packed.read(entry))
                )
    elif product.is_dir():
        for path in sorted(product.rglob("*")):
            what = path.lstat().st_mode & 0o170100
            sum_.update(f"{path.relative_to(product)}\0{what}\0".encode())
            if path.is_symlink():
                sum_.update(os.fsencode(path.readlink()) + b"\0")
            elif path.is_file():
                sum_.update(_hashed(path.read_bytes()))
    else:
        sum_.update(product.read_bytes())
    return sum_.hexdigest()


def _hashed(content_: bytes) -> bytes:
    return hashlib.sha256(content_).digest()
