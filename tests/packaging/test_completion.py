"""Completion, pressed for with Tab in the shells themselves."""

import os
import pty
import re
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from lyncdesk_packaging.share import write_share
from lyncdesk_packaging.work import ROOT, Work
from tests.tools_needed import tool
from tests.waiting import LONG_ENOUGH

Complete = Callable[[str], str]
PROMPT = "@READY@"


@pytest.fixture(scope="module")
def share(tmp_path_factory: pytest.TempPathFactory) -> Path:
    prefix = tmp_path_factory.mktemp("prefix")
    write_share(Work(ROOT, ROOT / "build", ROOT / "dist"), prefix)
    return prefix / "share"


class Shell:
    """An interactive shell on a terminal of its own."""

    def __init__(self, command: list[str], folder: Path, environment: dict[str, str]) -> None:
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:  # pragma: no cover - another process
            os.chdir(folder)
            os.execvpe(command[0], command, environment)
        self._said = ""

    def type(self, keys: str) -> None:
        os.write(self._terminal, keys.encode())

    def read_until(self, pattern: str) -> str:
        end = time.monotonic() + LONG_ENOUGH
        while not (found := re.search(pattern, self._said, re.DOTALL)):
            left = end - time.monotonic()
            assert left > 0, f"no {pattern!r} in {self._said!r}"
            if select.select([self._terminal], [], [], left)[0]:
                self._said += os.read(self._terminal, 65536).decode(errors="replace")
        taken, self._said = self._said[: found.end()], self._said[found.end() :]
        return taken

    def end(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        os.close(self._terminal)
        os.waitpid(self._pid, 0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the shell stands: a command of the name, and files to complete."""
    place = tmp_path / "here"
    (place / "bin").mkdir(parents=True)
    program = place / "bin/lyncdesk"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for name in ("my_day.toml", "notes.txt"):
        (place / name).touch()
    return place


def environment(folder: Path) -> dict[str, str]:
    return {
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        "HOME": str(folder),
        "TERM": "dumb",
        "LC_ALL": "C.UTF-8",
        "PS1": PROMPT,
    }


@pytest.fixture(params=["bash", "zsh", "fish"])
def complete(request: pytest.FixtureRequest, share: Path, folder: Path) -> Iterator[Complete]:
    """What a shell offers for a line: the completed line, or the list of what fits, as text."""
    shell = tool(request.param)
    if request.param == "fish":
        yield lambda line: _fish(shell, share, folder, line)
        return
    if request.param == "bash":
        running = Shell([shell, "--norc", "--noprofile", "-i"], folder, environment(folder))
        script = share / "bash-completion/completions/lyncdesk"
        settings = ("enable-bracketed-paste off", "bell-style none", "page-completions off")
        setup = "".join(f"bind 'set {setting}'; " for setting in settings) + f". {script}\n"
    else:
        running = Shell([shell, "-f", "-i"], folder, environment(folder))
        setup = (
            f"fpath=({share}/zsh/site-functions $fpath); autoload -Uz compinit; compinit -D;"
            f" unset zle_bracketed_paste; setopt no_auto_menu no_list_beep; PS1={PROMPT}\n"
        )
    try:
        running.read_until(PROMPT)
        running.type(setup)
        running.type("echo set''up\n")
        running.read_until(f"setup\r*\n.*{PROMPT}")
        yield lambda line: _tab(running, line)
    finally:
        running.end()


def _tab(shell: Shell, line: str) -> str:
    """Press Tab twice, then let the shell print the line as it is, so that its end is seen."""
    shell.type(f"\x15{line}\t\t")
    # A comment takes nothing away from what stands before it, and runs nothing.
    shell.type("\x01: \x05 @END@\n")
    return shell.read_until(f"@END@.*{PROMPT}")


def _fish(shell: str, share: Path, folder: Path, line: str) -> str:
    script = f"source {share}/fish/vendor_completions.d/lyncdesk.fish; complete -C '{line}'"
    done = subprocess.run(
        [shell, "--no-config", "-c", script],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout


def test_commands(complete: Complete) -> None:
    assert "simulate" in complete("lyncdesk sim")
    offered = complete("lyncdesk ")
    for command in ("capacity", "demo", "doctor", "exchange-server", "install-desktop", "policy"):
        assert command in offered


def test_options_of_a_command(complete: Complete) -> None:
    assert "--see-as" in complete("lyncdesk simulate --se")
    offered = complete("lyncdesk check --")
    assert "--password-stdin" in offered
    assert "--see-as" not in offered


def test_scenarios_that_ship_and_files(complete: Complete) -> None:
    assert "added_for_right_now" in complete("lyncdesk simulate added_for")
    assert "my_day.toml" in complete("lyncdesk simulate my_")
    assert "reset_status_waits" in complete("lyncdesk simulate --wire reset_st")


def test_statuses(complete: Complete) -> None:
    assert "do-not-disturb" in complete("lyncdesk set do-")


def test_files_and_folders_of_options(complete: Complete) -> None:
    assert "notes.txt" in complete("lyncdesk simulate --svg no")
    assert "bin/" in complete("lyncdesk demo --lessons bi")
