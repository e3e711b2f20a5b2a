"""Whether this installation is whole: ``python -m lyncdesk.self_test``, or ``lyncdesk -m ...`` frozen.

Everything that the program loads late, and so would miss late, is loaded now: its modules with all that they
import, the libraries that it says it needs, its data files, the ways to the system's keyring, the time zones.
Nothing is changed and nobody is asked. Exit status 1, and a line for each thing that is missing.
"""

from __future__ import annotations

import csv
import re
import sys
import zoneinfo
from collections.abc import Iterator
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import PurePosixPath
from pkgutil import walk_packages

import lyncdesk
from lyncdesk.resource_files import resource

# What the program does without, saying so where it is asked for: the extras "capacity" and "negotiate".
EXTRAS = ("numpy", "gssapi", "krb5")
_KEYRINGS = {
    "darwin": ("keyring.backends.macOS",),
    "linux": ("keyring.backends.SecretService", "keyring.backends.kwallet", "secretstorage"),
    "win32": ("keyring.backends.Windows", "win32ctypes.pywin32.win32cred"),
}
_REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)[^;]*(?:;(?P<only>.*))?")


def modules() -> tuple[str, ...]:
    """The names of our modules, but for those that start something when they are imported.

    They are those that the wheel says it has, so that one that is forgotten is missed; in a checkout those
    that are there.
    """
    parts = [file.with_suffix("").parts for file in _files() if file.suffix == ".py"]
    names = {".".join(part).removesuffix(".__init__") for part in parts if part[0] == "lyncdesk"}
    if not names:
        names = {"lyncdesk", *(found.name for found in walk_packages(lyncdesk.__path__, "lyncdesk."))}
    return tuple(sorted(name for name in names if not name.endswith("__main__")))


def _files() -> list[PurePosixPath]:
    """What the wheel says it has; nothing where there is none.

    As it is written: ``metadata.files`` leaves out what is not there.
    """
    try:
        record = metadata.distribution("lyncdesk").read_text("RECORD")
    except metadata.PackageNotFoundError:
        return []
    files = [PurePosixPath(row[0]) for row in csv.reader((record or "").splitlines()) if row]
    # That of a checkout tells nothing: it points to a folder in which things come and go.
    return files if PurePosixPath("lyncdesk/__init__.py") in files else []


def missing() -> Iterator[str]:
    """What is not there, a line each."""
    for name in (*modules(), *_KEYRINGS.get(sys.platform, ())):
        try:
            import_module(name)
        except ImportError as error:
            if error.name not in EXTRAS or not _absent(error.name):
                yield f"module {name}: {error}"
        except Exception as error:  # noqa: BLE001 - whatever a broken installation leads to
            yield f"module {name}: {type(error).__name__}: {error}"
    yield from _missing_files()
    if not zoneinfo.available_timezones():
        yield "time zones: none"


def _missing_files() -> Iterator[str]:
    for file in _files():
        parts = file.parts
        if parts[:2] == ("lyncdesk", "resources"):
            try:
                resource(*parts[2:])
            except FileNotFoundError as error:
                yield f"data: {error}"
    try:
        needed = metadata.requires("lyncdesk") or []
    except metadata.PackageNotFoundError:
        yield "metadata of lyncdesk: what it needs is not known"
        return
    for line in needed:
        found = _REQUIREMENT.match(line)
        if found is None or "extra ==" in (found["only"] or ""):
            continue
        try:
            metadata.version(found["name"])
        except metadata.PackageNotFoundError:
            if not found["only"]:
                yield f"library {found['name']}: its version is not known"


def main() -> int:
    """Look, and tell."""
    lacks = list(missing())
    for line in lacks:
        print(f"missing: {line}")  # noqa: T201
    count = len(modules())
    without = [name for name in EXTRAS if _absent(name)]
    print(f"LyncDesk {lyncdesk.__version__}: {count} modules, {len(lacks)} things missing")  # noqa: T201
    print(f"without: {', '.join(without) or 'nothing'}")  # noqa: T201
    return 1 if lacks else 0


def _absent(name: str) -> bool:
    return find_spec(name) is None


if __name__ == "__main__":
    sys.exit(main())
