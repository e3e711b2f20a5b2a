"""`lyncdesk forget`: after a client has really lived here, nothing of it is left, keyring included."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lyncdesk.client.options import Account
from lyncdesk.client.passwords import password_key
from lyncdesk.client.refusals import mark_key
from lyncdesk.machine.credentials import KeyringStore
from lyncdesk.starting import child_environment
from tests.desktop import Desktop
from tests.end_to_end.test_command_line import lyncdesk
from tests.homes import home_environment
from tests.waiting import wait_for

pytestmark = pytest.mark.desktop
ACCOUNT = Account("anna@example.com", server="http://127.0.0.1:9/EWS/Exchange.asmx", authentication="basic")
BEFORE = Account("anna@example.com", server="https://old.example.com/EWS/Exchange.asmx")
SETTINGS = f"""
start_with_computer = true
keep_history = true
notices = false
[account]
address = "{ACCOUNT.address}"
server = "{ACCOUNT.server}"
authentication = "basic"
"""


@pytest.fixture(scope="module")
def desktop() -> Iterator[Desktop]:
    with Desktop(tray="none", keyring=True) as desktop:
        yield desktop


@pytest.fixture
def home(desktop: Desktop, tmp_path: Path) -> dict[str, str]:
    """The environment of a person with settings."""
    environment = desktop.environment(tmp_path / "home")
    settings = Path(environment["XDG_CONFIG_HOME"]) / "lyncdesk/settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(SETTINGS)
    return environment


def files(home: dict[str, str]) -> set[str]:
    root = Path(home["HOME"])
    found = (path.relative_to(root).as_posix() for path in root.rglob("*"))
    return {path for path in found if "lyncdesk" in path.lower()}


def status(home: dict[str, str]) -> str:
    return lyncdesk("status", **home).stdout


async def test_of_a_client_that_lived_here_nothing_is_left(desktop: Desktop, home: dict[str, str]) -> None:
    store = KeyringStore(environment=lambda: {**child_environment(), **home})
    kept = (password_key(ACCOUNT), mark_key(password_key(ACCOUNT)), password_key(BEFORE))
    for name in kept:
        await store.set(name, "secret")
    with desktop.program([sys.executable, "-m", "lyncdesk"], env=home) as client:
        wait_for(lambda: "could not be read" in status(home), "a check that failed")
        autostart = Path(home["XDG_CONFIG_HOME"]) / "autostart/org.lyncdesk.LyncDesk.desktop"
        autostart.parent.mkdir(exist_ok=True)
        autostart.write_text("[Desktop Entry]\nType=Application\nExec=lyncdesk-gui\n")
        refused = lyncdesk("forget", "--yes", **home)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert refused.stderr == "lyncdesk: LyncDesk is running; end it first with “lyncdesk quit”\n"
        lyncdesk("quit", **home)
        assert client.process.wait(30) == 0
    lived = {Path(path).name for path in files(home)}
    assert {"settings.toml", "history.sqlite", "lyncdesk.log", "windows.ini"} <= lived
    lesson = Path(home["XDG_CONFIG_HOME"]) / "lyncdesk/lessons/mine.toml"
    lesson.parent.mkdir()
    lesson.write_text("")

    done = lyncdesk("forget", "--yes", **home)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Gone: 3 entries of the keyring." in done.stdout.splitlines()
    assert f"This stays, it is not LyncDesk's: {lesson.parent}" in done.stdout.splitlines()
    assert done.stdout.splitlines()[-1].startswith("The program itself stays. ")
    assert await store.get(*kept) == (None, None, None)
    assert files(home) == {
        ".config/lyncdesk", ".config/lyncdesk/lessons", ".config/lyncdesk/lessons/mine.toml",
    }  # fmt: skip
    again = lyncdesk("forget", "--yes", **home)
    assert again.returncode == 0
    assert "Gone: 0 entries of the keyring." in again.stdout.splitlines()


def answered(home: dict[str, str], answer: str) -> tuple[int, str]:
    """What the command does in a terminal, in which a person types this."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "lyncdesk", "forget"],
        stdin=theirs,
        stdout=subprocess.PIPE,
        env={**os.environ, "LC_ALL": "C.UTF-8", **home},
        text=True,
    ) as asking:
        os.write(ours, f"{answer}\n".encode())
        said, _ = asking.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    return asking.returncode, said


def test_it_says_what_goes_and_asks(home: dict[str, str]) -> None:
    settings = Path(home["XDG_CONFIG_HOME"]) / "lyncdesk/settings.toml"
    for answer in ("", "n", "what?"):
        status, said = answered(home, answer)
        assert status == 1
        lines = said.splitlines()
        assert lines[0] == "This goes from this computer, for good:"
        assert f"  settings, with your account, contacts and note: {settings}" in lines
        assert "  passwords of LyncDesk in this computer's keyring" in lines
        assert lines[-1].endswith("Nothing was taken away.")
        assert settings.exists()
    status, _ = answered(home, "y")
    assert (status, settings.exists()) == (0, False)


def test_a_script_has_to_say_yes(home: dict[str, str]) -> None:
    done = lyncdesk("forget", **home)
    assert done.returncode == 2
    assert done.stderr == "lyncdesk: nothing was taken away; add --yes to do it without a question\n"
    assert not (Path(home["XDG_RUNTIME_DIR"]) / "lyncdesk").exists()
    assert (Path(home["XDG_CONFIG_HOME"]) / "lyncdesk/settings.toml").exists()


def test_while_it_asks_no_client_begins(home: dict[str, str]) -> None:
    """Also on a day on which none ran yet, when there is no folder for its lock."""
    runtime = Path(home["XDG_RUNTIME_DIR"]) / "lyncdesk"
    assert not runtime.exists()
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "lyncdesk", "forget"],
        stdin=theirs,
        stdout=subprocess.PIPE,
        env={**os.environ, "LC_ALL": "C.UTF-8", **home},
    ) as asking:
        assert asking.stdout is not None
        while not asking.stdout.readline().startswith(b"Your mailbox"):
            pass
        client = lyncdesk("--minimised", **home, QT_QPA_PLATFORM="offscreen")
        assert client.returncode == 3
        assert "is running already" in client.stderr
        os.write(ours, b"y\n")
        asking.communicate(timeout=60)
    os.close(ours)
    os.close(theirs)
    assert asking.returncode == 0
    assert not runtime.exists()


def test_what_the_administrator_starts_for_everybody_starts_no_more(home: dict[str, str]) -> None:
    everybody = Path(home["HOME"]) / "etc/xdg"
    own = Path(home["XDG_CONFIG_HOME"]) / "autostart/org.lyncdesk.LyncDesk.desktop"
    entry = everybody / "autostart" / own.name
    entry.parent.mkdir(parents=True)
    entry.write_text(f"[Desktop Entry]\nType=Application\nExec={sys.executable} --minimised\n")
    for _ in range(2):  # whether the person had switched it off before, or not
        done = lyncdesk("forget", "--yes", **home, XDG_CONFIG_DIRS=str(everybody))
        assert (done.returncode, done.stderr) == (0, "")
        assert (
            f"This stays, so that LyncDesk does not start when you log on: {own}" in done.stdout.splitlines()
        )
        assert f"Gone: {own}" not in done.stdout
        assert "Hidden=true" in own.read_text()
    assert entry.exists()


LOCKED = """
from keyring import backend, errors
class Keyring(backend.KeyringBackend):
    priority = 99
    def get_password(self, service, username): raise errors.KeyringLocked("locked")
    set_password = delete_password = get_password
"""


def test_a_locked_keyring_is_told_and_the_rest_goes(tmp_path: Path) -> None:
    (tmp_path / "locked_keyring.py").write_text(LOCKED)
    home = home_environment(tmp_path / "person")
    settings = Path(home["XDG_CONFIG_HOME"]) / "lyncdesk/settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(SETTINGS)
    python = {"PYTHONPATH": str(tmp_path), "PYTHON_KEYRING_BACKEND": "locked_keyring.Keyring"}
    done = lyncdesk("forget", "--yes", **home, **python)
    assert done.returncode == 1
    [said] = done.stderr.splitlines()
    assert said.startswith("lyncdesk: the passwords stay: ")
    assert "the keyring is locked" in said
    assert "lyncdesk forget" in said
    assert f"Gone: {settings}" in done.stdout.splitlines()
    assert not settings.exists()


def test_nobody_to_ask_is_no_yes(tmp_path: Path) -> None:
    """As a service is started that closes its input."""
    home = home_environment(tmp_path)
    shell = ["sh", "-c", 'exec "$0" -m lyncdesk forget <&-', sys.executable]
    done = subprocess.run(
        shell, env={**os.environ, **home}, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert done.stderr.endswith("add --yes to do it without a question\n")


def test_without_a_keyring_the_rest_goes(tmp_path: Path) -> None:
    home = {**home_environment(tmp_path), "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere"}
    settings = Path(home["XDG_CONFIG_HOME"]) / "lyncdesk/settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(SETTINGS)
    done = lyncdesk("forget", "--yes", **home)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("No password was looked for: there is no keyring on this computer.\n")
    assert not settings.exists()
