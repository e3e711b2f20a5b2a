"""Qt and Qt for Python in the bundle can be replaced by others, as their licence (LGPL) demands.

The bindings ask for Qt by its exact version, with a private symbol that carries its name; so another version
of Qt comes with the bindings that were built for it, as REPLACING-QT.txt says.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.desktop import Desktop

pytestmark = [
    pytest.mark.desktop,
    pytest.mark.xdist_group("bundle"),
    pytest.mark.timeout(900),
    pytest.mark.skipif(sys.platform != "linux", reason="the bundle is made and tried on Linux"),
]


@pytest.fixture(scope="module")
def other_qt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the newest other PySide6 and Shiboken of the same minor version."""
    here = version("pyside6-essentials")
    asked = f"=={here.rpartition('.')[0]}.*,!={here}"
    folder = tmp_path_factory.mktemp("other")
    command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-deps", "--target", str(folder)]
    both = [f"{name}{asked}" for name in ("pyside6-essentials", "shiboken6")]
    done = subprocess.run([*command, *both], capture_output=True, text=True, check=False)
    if done.returncode and "No solution found" in done.stderr:
        pytest.skip(f"the index has no other PySide6 with the names of files of {here} ({asked})")
    assert done.returncode == 0, done.stderr
    return folder


def replace_qt(bundle: Path, other: Path) -> list[Path]:
    """Put each library of another Qt and its bindings over that of the bundle; those that are others now."""
    replaced = []
    inner = bundle / "_internal"
    for path in sorted(path for name in ("PySide6", "shiboken6") for path in (inner / name).rglob("*.so*")):
        new = other / path.relative_to(inner)
        if path.is_symlink() or not new.exists() or same(path, new):
            continue
        path.unlink()
        shutil.copy2(new, path)
        replaced.append(path)
    return replaced


def same(one: Path, other: Path) -> bool:
    return hashlib.sha256(one.read_bytes()).digest() == hashlib.sha256(other.read_bytes()).digest()


def loaded(pid: int) -> set[Path]:
    """The files that a process has mapped."""
    lines = Path(f"/proc/{pid}/maps").read_text().splitlines()
    return {Path(line.split(maxsplit=5)[5]) for line in lines if line.count("/") and len(line.split()) > 5}


def test_the_program_runs_with_another_qt(
    package: Callable[[str], list[Path]], other_qt: Path, tmp_path: Path
) -> None:
    (product,) = package("bundle")
    bundle = tmp_path / "lyncdesk"
    shutil.copytree(product, bundle, symlinks=True, copy_function=os.link)
    replaced = replace_qt(bundle, other_qt)
    names = {path.name for path in replaced}
    assert {"libQt6Core.so.6", "libQt6Gui.so.6", "libQt6Widgets.so.6", "libqxcb.so"} <= names
    core = "_internal/PySide6/Qt/lib/libQt6Core.so.6"
    assert same(bundle / core, other_qt / core.removeprefix("_internal/"))
    assert not same(bundle / core, product / core)
    with Desktop(tray="xembed") as desktop:
        env = desktop.environment(tmp_path / "home")
        with desktop.program([str(bundle / "lyncdesk-gui"), "demo"], env=env) as program:
            icon = desktop.wait_for_icon(pid=program.process.pid)
            assert icon.colour
            running = loaded(program.process.pid)
            ended = subprocess.run(
                [str(bundle / "lyncdesk"), "quit", "--demo"], env=env, capture_output=True, check=False
            )
            assert ended.returncode == 0
            assert program.process.wait(30) == 0
            assert program.text == ""
    of_qt = {path for path in running if {"PySide6", "shiboken6"} & set(path.parts) and ".so" in path.name}
    known = {"libQt6Core.so.6", "libQt6Widgets.so.6", "libqxcb.so", "QtWidgets.abi3.so"}
    assert known <= {path.name for path in of_qt}
    # The rest is the same file in both versions.
    assert all(
        path in replaced or same(path, other_qt / path.relative_to(bundle / "_internal")) for path in of_qt
    )
