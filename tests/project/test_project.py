"""The project as a whole: pins, packaging, imports that the import contracts cannot express."""

import ast
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from PySide6.QtCore import QObject

from lyncdesk import __version__
from lyncdesk.resource_files import resource

ROOT = Path(__file__).resolve().parent.parent.parent
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONSTRAINTS = [
    Requirement(line)
    for line in (ROOT / "constraints.txt").read_text().splitlines()
    if line and not line.startswith("#")
]

# Put together here, so that this file does not hold them itself.
FORBIDDEN = re.compile(
    "|".join(
        [
            r"pypi\." + r"(org|python)",
            "python" + "hosted",
            r"npm" + r"js\.(org|com)",
            r"deb\." + r"debian\.org",
            r"(?<![\w.])/" + r"(root|home/[a-z]+|tmp/[a-z]+|work)/",
        ]
    )
)


def committed() -> list[Path]:
    """List the files of the project: what git knows, or in an unpacked source archive every file."""
    if (ROOT / ".git").exists():
        command = ["git", "ls-files", "-z"]
        names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        found = [ROOT / name for name in names.split("\0") if name]
    else:
        found = [path for path in ROOT.rglob("*") if not path.relative_to(ROOT).parts[0].startswith(".")]
    return [path for path in found if path.is_file()]


def installed_requirements(name: str, extras: frozenset[str]) -> Iterator[str]:
    """Name every package that a package needs on this machine, directly or not."""
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting = [(name, extras)]
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        for text in distribution(name).requires or []:
            requirement = Requirement(text)
            contexts = [{"extra": extra} for extra in extras | {""}]
            if requirement.marker is None or any(map(requirement.marker.evaluate, contexts)):
                waiting.append((canonicalize_name(requirement.name), frozenset(requirement.extras)))
                yield waiting[-1][0]


def test_every_package_that_is_needed_is_installed_in_its_pinned_version() -> None:
    pins: dict[str, str] = {
        canonicalize_name(pin.name): str(pin.specifier)
        for pin in CONSTRAINTS
        if pin.marker is None or pin.marker.evaluate()
    }
    needed = set(installed_requirements("lyncdesk", frozenset({"dev"})))
    assert len(needed) > 30
    versions = {name: f"=={distribution(name).version}" for name in needed}
    assert versions == {name: pins.get(name) for name in needed}


def test_constraints_pin_exactly_and_name_no_place() -> None:
    for pin in CONSTRAINTS:
        assert re.fullmatch(r"==[\w.]+", str(pin.specifier)), pin
        assert pin.url is None


def test_no_file_names_a_package_registry_or_a_path_of_one_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in committed()
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if FORBIDDEN.search(line)
    ]
    assert found == []


def test_the_changelog_has_the_version() -> None:
    assert f"## [{__version__}]" in (ROOT / "CHANGELOG.md").read_text()


# PySide6 6.12 on Python 3.11 loses a reference to None, True or False per call, until the process aborts.
def test_qt_does_not_lose_references_to_none() -> None:
    thing = QObject()
    before = sys.getrefcount(None)
    for _ in range(1000):
        thing.parent()
    assert sys.getrefcount(None) > before - 500


# --- imports ---

ROOMS = {
    path.stem
    for path in (ROOT / "lyncdesk").iterdir()
    if (path / "__init__.py").exists() or path.suffix == ".py"
} - {"__init__", "__main__"}

# Who may import anything but the standard library, and what; the contracts say the rest.
OUTSIDE: dict[str, set[str]] = {
    "presence": set(),
    "resource_files": set(),
    "self_test": set(),
    "starting": set(),
    "exchange_server": {"cryptography", "lxml"},
}


def imported_packages(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("room", OUTSIDE)
def test_pure_rooms_import_the_standard_library_only(room: str) -> None:
    place = ROOT / "lyncdesk" / room
    files = list(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
    assert files
    for file in files:
        outside = imported_packages(file) - set(sys.stdlib_module_names) - {"lyncdesk"}
        assert outside <= OUTSIDE[room], file


@pytest.mark.parametrize(("contract", "owner"), [("qt-in-ui", "ui"), ("exchangelib-in-exchange", "exchange")])
def test_a_contract_about_one_owner_covers_every_other_room(contract: str, owner: str) -> None:
    contracts = {each["id"]: each for each in PROJECT["tool"]["importlinter"]["contracts"]}
    covered = {name.removeprefix("lyncdesk.") for name in contracts[contract]["source_modules"]}
    assert covered == ROOMS - {owner}


# --- packaging ---


def test_a_resource_is_found_in_the_checkout() -> None:
    assert resource("README.md") == ROOT / "resources" / "README.md"
    assert resource() == ROOT / "resources"


def test_a_missing_resource_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"icons/no-such-icon\.svg"):
        resource("icons", "no-such-icon.svg")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel as pip builds it, without a network."""
    place = tmp_path_factory.mktemp("wheel")
    options = ["--no-index", "--no-build-isolation", "--no-deps", "--disable-pip-version-check", "--quiet"]
    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", str(place), str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = place.glob("*.whl")
    return wheel


@pytest.mark.xdist_group("wheel")
def test_the_wheel_holds_the_package_its_types_and_all_resources(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if name.startswith("lyncdesk/")}
    tree = [path.relative_to(ROOT) for path in committed() if "__pycache__" not in path.parts]
    expected = {path.as_posix() for path in tree if path.parts[0] == "lyncdesk"}
    expected |= {"lyncdesk/" + path.as_posix() for path in tree if path.parts[0] == "resources"}
    assert {"lyncdesk/py.typed", "lyncdesk/resources/README.md"} <= expected
    assert expected <= packed


@pytest.mark.xdist_group("wheel")
def test_an_installed_wheel_finds_its_resources(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    script = "from lyncdesk.resource_files import resource; print(resource('README.md'))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == str(tmp_path / "lyncdesk" / "resources" / "README.md"), done.stderr
