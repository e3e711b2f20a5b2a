"""Start with the computer: on, off, again without harm, and off where somebody else switched it off."""

import plistlib
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lyncdesk.client.ports import ProblemError
from lyncdesk.machine.autostart import Autostart
from lyncdesk.machine.macos_autostart import MacAutostart
from lyncdesk.machine.share import desktop_exec
from lyncdesk.machine.windows_autostart import APPROVED, NAME, OWN, OWN_NAME, RUN, WindowsAutostart
from lyncdesk.machine.xdg_autostart import XdgAutostart
from tests.machine.registry import Registry

COMMAND = (sys.executable, "--minimised")
AGENT = "org.lyncdesk.LyncDesk.plist"
# As the Task Manager writes it: an odd first byte, and the moment.
OFF = b"\x03\0\0\0\0\0\0\0\0\0\0\0"


@pytest.fixture(params=["linux", "windows", "mac"])
def starter(request: pytest.FixtureRequest, tmp_path: Path) -> Autostart:
    folder = tmp_path / "autostart"
    if request.param == "linux":
        return XdgAutostart(COMMAND, folder, [])
    if request.param == "mac":
        return MacAutostart(COMMAND, folder, tmp_path / "common")
    return WindowsAutostart(COMMAND, Registry())


def test_it_is_off_until_it_is_switched_on_and_can_be_switched_off(starter: Autostart) -> None:
    states = [starter.enabled()]
    for on in (True, True, False, False, True):
        starter.set(on)
        states.append(starter.enabled())
    assert states == [False, True, True, False, False, True]


def test_switching_it_on_again_writes_nothing(tmp_path: Path) -> None:
    starter = XdgAutostart(COMMAND, tmp_path, [])
    starter.set(True)
    before = starter.path.stat().st_ino
    starter.set(True)
    assert starter.path.stat().st_ino == before
    registry = Registry()
    for _ in range(2):
        WindowsAutostart(COMMAND, registry).set(True)
    assert registry.writes == 1


def test_what_the_task_manager_switched_off_is_off_and_can_be_switched_on() -> None:
    registry = Registry()
    starter = WindowsAutostart(COMMAND, registry)
    starter.set(True)
    registry.values["HKCU", APPROVED, NAME] = OFF
    assert not starter.enabled()
    starter.set(True)
    assert starter.enabled()
    assert registry.values == {("HKCU", RUN, NAME): subprocess.list2cmdline(COMMAND)}


def for_everybody() -> tuple[WindowsAutostart, Registry]:
    registry = Registry()
    registry.values["HKLM", RUN, NAME] = '"C:\\LyncDesk\\lyncdesk-gui.exe" --minimised --at-log-on'
    return WindowsAutostart(COMMAND, registry), registry


def test_what_starts_for_everybody_is_on_and_each_person_can_switch_it_off_and_on() -> None:
    starter, registry = for_everybody()
    everybodys = dict(registry.values)
    assert starter.enabled()
    starter.set(False)
    assert not starter.enabled()
    assert registry.values == {**everybodys, ("HKCU", OWN, OWN_NAME): 0}
    starter.set(True)
    assert starter.enabled()
    # No second entry beside it, which would start it twice.
    assert registry.values == everybodys


def test_an_own_entry_beside_that_for_everybody_goes_with_the_next_change() -> None:
    starter, registry = for_everybody()
    registry.values["HKCU", RUN, NAME] = "lyncdesk-gui.exe"
    starter.set(True)
    assert ("HKCU", RUN, NAME) not in registry.values


def test_where_the_entry_for_everybody_was_switched_off_the_persons_own_counts() -> None:
    starter, registry = for_everybody()
    registry.values["HKLM", APPROVED, NAME] = OFF
    assert not starter.enabled()
    starter.set(True)
    assert starter.enabled()
    assert ("HKCU", RUN, NAME) in registry.values


def test_a_registry_that_refuses_is_one_clear_problem() -> None:
    registry = Registry()
    registry.refuses = True
    with pytest.raises(ProblemError) as caught:
        WindowsAutostart(COMMAND, registry).set(True)
    assert caught.value.problem.name == "start-not-written"


def test_the_launch_agent_runs_the_command_at_login(tmp_path: Path) -> None:
    MacAutostart(COMMAND, tmp_path).set(True)
    agent = plistlib.loads((tmp_path / AGENT).read_bytes())
    assert agent["ProgramArguments"] == list(COMMAND)
    assert agent["RunAtLoad"] is True
    assert not agent["Disabled"]
    # What the system settings call it.
    assert agent["AssociatedBundleIdentifiers"] == ["org.lyncdesk.LyncDesk"]


def test_an_agent_for_everybody_is_on_and_each_person_can_switch_it_off_and_on(tmp_path: Path) -> None:
    own, common = tmp_path / "own", tmp_path / "common"
    starter = MacAutostart(COMMAND, own, common)
    common.mkdir()
    (common / AGENT).write_bytes(plistlib.dumps({"Label": "org.lyncdesk.LyncDesk", "RunAtLoad": True}))
    assert starter.enabled()
    starter.set(False)
    assert not starter.enabled()
    assert plistlib.loads((own / AGENT).read_bytes())["Disabled"]
    starter.set(True)
    assert starter.enabled()
    assert not (own / AGENT).exists()


def test_a_damaged_launch_agent_is_off(tmp_path: Path) -> None:
    (tmp_path / AGENT).write_bytes(b"<plist>")
    assert not MacAutostart(COMMAND, tmp_path).enabled()


def unescaped(value: str) -> str:
    """The first step of the specification: escapes of a string value."""
    out, rest = "", iter(value)
    for char in rest:
        out += {"s": " ", "n": "\n", "t": "\t", "r": "\r", "\\": "\\"}[next(rest)] if char == "\\" else char
    return out


def arguments(value: str) -> Sequence[str]:
    """What a desktop makes of Exec: unescape, unquote, expand field codes."""
    part = re.compile(r' ?(?:"((?:[^"`$\\]|\\["`$\\])*)"|([^ \t\n"\'\\><~|&;$*?#()`]+))')
    found, rest = [], unescaped(value)
    while rest:
        match = part.match(rest)
        assert match, rest
        found.append(match[2] if match[2] is not None else re.sub(r"\\(.)", r"\1", match[1]))
        rest = rest[match.end() :]
    return [re.sub("%(.?)", lambda code: code[1] if code[1] == "%" else "", each) for each in found]


@given(st.lists(st.text(st.characters(exclude_categories=["C"])), min_size=1))
@example(["/opt/100%/lyncdesk-gui", "%%", "%f"])
def test_every_argument_reaches_the_program_as_it_is(command: list[str]) -> None:
    assert arguments(desktop_exec(command)) == command
