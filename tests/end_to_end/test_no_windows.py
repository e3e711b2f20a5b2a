"""Where Qt cannot open a window: no answer from the screen, or a system library is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.homes import home_environment

NO_SUCH_DISPLAY = ":64999"


def lyncdesk(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end in a home of its own, on a screen that is promised."""
    promised = {"DISPLAY": NO_SUCH_DISPLAY, "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": "", "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        [sys.executable, "-m", "lyncdesk", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **home_environment(home), **promised, **environment},
    )


@pytest.fixture
def without_libraries(tmp_path: Path) -> str:
    """A path on which Qt's first library cannot be loaded, as where the system lacks its part."""
    package = tmp_path / "broken" / "PySide6"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "QtCore.abi3.so").write_bytes(b"")
    return str(package.parent)


@pytest.mark.parametrize("command", ["", "demo"])
def test_a_screen_that_does_not_answer_is_said_in_one_line(tmp_path: Path, command: str) -> None:
    done = lyncdesk(tmp_path, *command.split())
    assert done.returncode == 3
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("lyncdesk: no window can be opened (")
    assert line.endswith("); try “lyncdesk demo --headless”")
    assert NO_SUCH_DISPLAY in line


def test_the_client_says_in_one_line_that_qt_cannot_be_loaded(tmp_path: Path, without_libraries: str) -> None:
    done = lyncdesk(tmp_path, PYTHONPATH=without_libraries)
    assert done.returncode == 3
    (line,) = done.stderr.splitlines()
    assert line.startswith("lyncdesk: Qt cannot be loaded to show a window (")
    assert "QtCore" in line
    assert line.endswith("); “lyncdesk demo --headless” runs without")


def test_the_sample_organisation_runs_headless_where_qt_cannot_be_loaded(
    tmp_path: Path, without_libraries: str
) -> None:
    done = lyncdesk(tmp_path, "demo", "--for", "1m", "--speed", "60", PYTHONPATH=without_libraries)
    assert done.returncode == 0, done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith("lyncdesk: Qt cannot be loaded to show a window (")
    assert line.endswith("), so the sample organisation runs headless.")
    assert "Anna Keller" in done.stdout
