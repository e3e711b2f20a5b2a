"""The entry that starts LyncDesk for everybody starts it for nobody who switched that off."""

import sys
from pathlib import Path

import pytest

from lyncdesk.cli import desktop, main
from lyncdesk.machine.autostart import autostart
from lyncdesk.starting import program_command
from lyncdesk.ui.application import Program


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, home: Path) -> list[Program]:
    """The programs that were run instead of being shown."""
    programs: list[Program] = []

    def run(program: Program) -> int:
        programs.append(program)
        return 0

    monkeypatch.setattr(desktop, "run", run)
    monkeypatch.setattr(desktop, "without_tls", lambda: None)
    return programs


@pytest.mark.parametrize("on", [True, False])
def test_it_asks_first_whether_the_person_wants_it(started: list[Program], on: bool) -> None:
    autostart((sys.executable, "--minimised")).set(on)
    assert main(["--minimised", "--at-log-on"]) == 0
    assert [program.minimised for program in started] == [True] * on


def test_who_asks_for_a_restart_sees_it_come_back(
    started: list[Program], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    commands: list[tuple[str, ...]] = []
    monkeypatch.setattr("subprocess.Popen", lambda command, **_how: commands.append(command))
    monkeypatch.setattr("lyncdesk.cli.has_screen", lambda: True)
    assert main(["--minimised"]) == 0
    assert main(["demo", "--speed", "60", "--lessons", str(tmp_path), "--for", "1h"]) == 0
    for program in started:
        program.restart()
    assert commands == [
        program_command(),
        program_command("demo", "--speed", "60.0", "--lessons", str(tmp_path)),
    ]


def test_whoever_starts_it_by_hand_is_not_asked(started: list[Program]) -> None:
    assert main(["--minimised"]) == 0
    assert len(started) == 1
