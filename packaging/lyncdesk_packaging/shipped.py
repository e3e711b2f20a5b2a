"""Whose each file of a bundle is: none may be there of which nobody says where it is from."""

from __future__ import annotations

import filecmp
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

from PyInstaller.archive.readers import CArchiveReader

from lyncdesk_packaging.components import (
    Component,
    environment,
    packages,
    python_components,
    python_itself,
    said,
    system_components,
)
from lyncdesk_packaging.licence_table import Table
from lyncdesk_packaging.system_packages import libraries
from lyncdesk_packaging.work import MistakeError

OWN = "licences"  # the folder that licences.py itself puts into the bundle
_ARCHIVE = "PYZ.pyz"
_TOLD = 20  # of what nobody knows; more is told as a number
# What PyInstaller makes or takes of Python itself, by how the name begins.
_OF_PYTHON = ("base_library.zip", "libpython", "python3", "Python", "_sysconfigdata_")
# What is asked for by a name without any file of that name in the environment: PyInstaller's own modules.
_OF_PYINSTALLER = ("pyimod", "pyiboot", "pyi_", "_pyi_")


def components(bundle: Path, python: Path, table: Table) -> list[Component]:
    """Every part that a bundle holds; ``python`` is that of the environment it was made in.

    Raises:
        MistakeError: a file is nobody's, or a licence is not known or not allowed.
    """
    whose = _Whose(python)
    for path in sorted(bundle.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.relative_to(bundle).parts[0] != OWN:
            whose.file(path, bundle)
    if whose.nobody:
        more = [f"and {len(whose.nobody) - _TOLD} more"] if len(whose.nobody) > _TOLD else []
        listed = "\n  ".join([*whose.nobody[:_TOLD], *more])
        raise MistakeError(f"{bundle}: nobody says where these are from:\n  {listed}")
    names = [path.relative_to(bundle).as_posix() for path in bundle.rglob("*")]

    def holds(pattern: str) -> bool:
        return any(fnmatch(name, pattern) for name in names)

    found = list(python_components(python, whose.packages, table, holds))
    if "pyside6-essentials" not in whose.packages and "shiboken6" not in whose.packages:
        raise MistakeError(f"{bundle} has nothing of Qt; that is not what “make package” makes")
    found.append(python_itself(python, table))
    found += system_components(whose.system, table)
    there = {component.key for component in found}
    return [replace(each, needs=tuple(need for need in each.needs if need in there)) for each in found]


class _Whose:
    """Goes through the files, and keeps which packages and which libraries of the system they are from."""

    def __init__(self, python: Path) -> None:
        site = environment(python)
        self.packages = {"pyinstaller"}  # its start-up is in every program
        self.system: set[Path] = set()
        self.nobody: list[str] = []
        self._of: dict[str, str] = {}
        self._named: dict[str, Path] = {}
        for name, distribution in packages(site).items():
            for file in distribution.files or ():
                self._of[file.as_posix()] = name
                self._named.setdefault(file.name, Path(str(file.locate())))
        self._base = Path(said(python, "import sys; print(sys.base_prefix)"))
        self._system = libraries() if sys.platform == "linux" else {}

    def file(self, path: Path, bundle: Path) -> None:
        """Note whose a file is."""
        place = path.relative_to(bundle)
        inner = PurePosixPath(*place.parts[1:]) if place.parts[0] in {"_internal", "Contents"} else None
        if inner is None:
            self._program(path, place)
            return
        name = self._package(inner)
        if name:
            self.packages.add(name)
        elif not (inner.parts[0].startswith(_OF_PYINSTALLER) or self._of_python(path, inner)):
            self._library(path, place)

    def _package(self, inner: PurePosixPath) -> str:
        module = inner.with_suffix(".py").as_posix() if inner.suffix == ".pyc" else ""
        found = self._of.get(inner.as_posix()) or self._of.get(module)
        if found:
            return found
        if inner.parts[0].endswith(".dist-info"):
            return self._of.get(f"{inner.parts[0]}/METADATA", "")
        return ""

    def _of_python(self, path: Path, inner: PurePosixPath) -> bool:
        first = inner.parts[0].partition(".")[0]
        if first in sys.stdlib_module_names or inner.parts[0].startswith(_OF_PYTHON):
            return True
        # Windows: beside the program, modules in a folder of their own. macOS: with its own libraries.
        # Not so on Linux, where "lib" is everybody's.
        folders = ("lib",) if sys.platform == "darwin" else ("", "DLLs")
        return any(_same(path, self._base / folder / inner.name) for folder in folders)

    def _library(self, path: Path, place: Path) -> None:
        known = self._named.get(path.name)
        if known is not None and _same(path, known):  # a second copy where PyInstaller makes no links
            self.packages.add(self._of[known.relative_to(self._site(known)).as_posix()])
            return
        original = self._system.get(path.name)
        if original is None or not _same(path, original):
            self.nobody.append(str(place))
            return
        self.system.add(original)

    def _site(self, known: Path) -> Path:
        return next(parent for parent in known.parents if parent.name in {"site-packages", "dist-packages"})

    def _program(self, path: Path, place: Path) -> None:
        try:
            reader = CArchiveReader(str(path))
        except Exception:  # noqa: BLE001 - PyInstaller raises its own kind, which it does not export
            self.nobody.append(str(place))
            return
        if _ARCHIVE in reader.toc:
            self._modules(reader.open_embedded_archive(_ARCHIVE).toc, place)

    def _modules(self, modules: Iterable[str], place: Path) -> None:
        for module in modules:
            first = module.partition(".")[0]
            files = _files(module)
            name = next((self._of[file] for file in files if file in self._of), "")
            if name:
                self.packages.add(name)
            elif first not in sys.stdlib_module_names and not first.startswith(
                (*_OF_PYTHON, *_OF_PYINSTALLER)
            ):
                # A package without a file of its own (PEP 420) is a folder of some package's files.
                folder = module.replace(".", "/") + "/"
                if not any(file.startswith(folder) for file in self._of):
                    self.nobody.append(f"module {module} in {place}")


def _files(module: str) -> Iterator[str]:
    path = module.replace(".", "/")
    yield f"{path}.py"
    yield f"{path}/__init__.py"


def _same(one: Path, other: Path) -> bool:
    if sys.platform == "darwin":  # PyInstaller writes anew where a library finds others, and signs it
        return other.is_file()
    return other.is_file() and filecmp.cmp(one, other, shallow=False)
