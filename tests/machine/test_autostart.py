"""Start with the computer: on, off, again without harm, and off where somebody else switched it off."""

import plistlib
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyncdesk.client.ports import ProblemError
from lyncdesk.machine.autostart import (
    Autostart,
    MacAutostart,
    WindowsAutostart,
    XdgAutostart,
    autostart,
)
from lyncdesk.machine.share import desktop_exec

COMMAND = ("/opt/my apps/lyncdesk", "--minimised")
RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
APPROVED = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"


class Key:
    """An open key of the registry."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to close."""


class Winreg:
    """The part of winreg that is used, as its documentation describes it."""

    HKEY_CURRENT_USER, KEY_READ, KEY_SET_VALUE, REG_SZ = "HKCU", 1, 2, 1

    def __init__(self) -> None:
        self.keys: dict[str, dict[str, Any]] = {RUN: {}}
        self.writes = 0

    def CreateKeyEx(self, root: str, path: str, reserved: int, access: int) -> Key:
        assert (root, reserved, access) == ("HKCU", 0, self.KEY_SET_VALUE)
        return Key(self.keys.setdefault(path, {}))

    def OpenKey(self, root: str, path: str, reserved: int = 0, access: int = 1) -> Key:
        assert (root, reserved) == ("HKCU", 0)
        if path not in self.keys:
            raise FileNotFoundError(path)
        return Key(self.keys[path])

    def QueryValueEx(self, key: Key, name: str) -> tuple[Any, int]:
        if name not in key.values:
            raise FileNotFoundError(name)
        return key.values[name], self.REG_SZ

    def SetValueEx(self, key: Key, name: str, reserved: int, kind: int, value: Any) -> None:
        assert (reserved, kind) == (0, self.REG_SZ)
        self.writes += 1
        key.values[name] = value

    def DeleteValue(self, key: Key, name: str) -> None:
        if name not in key.values:
            raise FileNotFoundError(name)
        del key.values[name]


@pytest.fixture(params=["linux", "windows", "mac"])
def starter(request: pytest.FixtureRequest, tmp_path: Path) -> Autostart:
    folder = tmp_path / "autostart"
    if request.param == "linux":
        return XdgAutostart(COMMAND, folder)
    if request.param == "mac":
        return MacAutostart(COMMAND, folder)
    return WindowsAutostart(COMMAND, Winreg())


def test_it_is_off_until_it_is_switched_on_and_can_be_switched_off(starter: Autostart) -> None:
    states = [starter.enabled()]
    for on in (True, True, False, False, True):
        starter.set(on)
        states.append(starter.enabled())
    assert states == [False, True, True, False, False, True]


def test_switching_it_on_again_writes_nothing(tmp_path: Path) -> None:
    starter = XdgAutostart(COMMAND, tmp_path)
    starter.set(True)
    before = (tmp_path / "lyncdesk.desktop").stat().st_ino
    starter.set(True)
    assert (tmp_path / "lyncdesk.desktop").stat().st_ino == before
    registry = Winreg()
    for _ in range(2):
        WindowsAutostart(COMMAND, registry).set(True)
    assert registry.writes == 1


def test_the_desktop_file_is_where_desktops_look_and_names_the_command(home: Path) -> None:
    autostart(COMMAND).set(True)
    text = (home / ".config/autostart/lyncdesk.desktop").read_text()
    assert 'Exec="/opt/my apps/lyncdesk" --minimised\n' in text
    assert text.startswith("[Desktop Entry]\nType=Application\nName=LyncDesk\n")


@pytest.mark.parametrize("line", ["Hidden=true", "X-GNOME-Autostart-enabled=false", "Hidden = true"])
def test_what_a_desktops_settings_switched_off_is_off_and_can_be_switched_on(
    tmp_path: Path, line: str
) -> None:
    starter = XdgAutostart(COMMAND, tmp_path)
    (tmp_path / "lyncdesk.desktop").write_text(f"[Desktop Entry]\nType=Application\n{line}\n")
    assert not starter.enabled()
    starter.set(True)
    assert starter.enabled()


def test_what_the_task_manager_switched_off_is_off_and_can_be_switched_on() -> None:
    registry = Winreg()
    starter = WindowsAutostart(COMMAND, registry)
    starter.set(True)
    registry.keys[APPROVED] = {"LyncDesk": b"\x03\0\0\0\0\0\0\0\0\0\0\0"}
    assert not starter.enabled()
    starter.set(True)
    assert starter.enabled()
    assert registry.keys[RUN] == {"LyncDesk": subprocess.list2cmdline(COMMAND)}


def test_the_launch_agent_runs_the_command_at_login(tmp_path: Path) -> None:
    MacAutostart(COMMAND, tmp_path).set(True)
    agent = plistlib.loads((tmp_path / "org.lyncdesk.LyncDesk.plist").read_bytes())
    assert agent["ProgramArguments"] == list(COMMAND)
    assert agent["RunAtLoad"] is True


def test_a_damaged_launch_agent_is_off(tmp_path: Path) -> None:
    (tmp_path / "org.lyncdesk.LyncDesk.plist").write_bytes(b"<plist>")
    assert not MacAutostart(COMMAND, tmp_path).enabled()


def test_a_folder_that_cannot_be_written_is_one_clear_problem(tmp_path: Path) -> None:
    (tmp_path / "autostart").write_text("a file where the folder should be")
    with pytest.raises(ProblemError) as caught:
        XdgAutostart(COMMAND, tmp_path / "autostart").set(True)
    assert caught.value.problem.name == "settings-not-saved"


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
    return [argument.replace("%%", "%") for argument in found]


@given(st.lists(st.text(st.characters(exclude_categories=["C"])), min_size=1))
def test_every_argument_reaches_the_program_as_it_is(command: list[str]) -> None:
    assert arguments(desktop_exec(command)) == command
