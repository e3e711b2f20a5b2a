"""What the administrator has set, nobody types: the first start asks for the password alone, the second for
nothing; commands know the account too.
"""

from __future__ import annotations

import json
import os
import pwd
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.desktop import Desktop
from tests.exchange_program import exchange
from tests.waiting import wait_for

GREEN = "#2e9e3f"
ADDRESS = f"{pwd.getpwuid(os.getuid()).pw_name}@brightwater.example"
PASSWORD = "right horse battery"
ORG = f'[people.me]\naddress = "{ADDRESS}"\npassword = "{PASSWORD}"\nname = "Anna Keller"\nzone = "UTC"\n'

pytestmark = pytest.mark.desktop


class Office:
    """A desktop with a keyring, an Exchange on loopback, a policy that names both, and a new person."""

    def __init__(self, desktop: Desktop, folder: Path, url: str) -> None:
        self.desktop = desktop
        self.policy = folder / "policy.toml"
        self.policy.write_text(
            f'AccountAddress = "{{user}}@brightwater.example"\nExchangeServerUrl = "{url}"\n',
            encoding="utf-8",
        )
        self.env = desktop.environment(folder / "home")
        self.command = [sys.executable, "-m", "tests.tools.with_policy", str(self.policy)]

    def lyncdesk(self, *arguments: str) -> dict[str, Any]:
        """What a command answers as JSON."""
        done = subprocess.run(
            [*self.command, *arguments, "--json"],
            env=self.env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return json.loads(done.stdout.splitlines()[-1]) if done.stdout else {}

    def texts(self) -> str:
        """Everything that was written into the person's home."""
        files = (path for path in Path(self.env["HOME"]).rglob("*") if path.is_file())
        return "".join(path.read_bytes().decode("latin-1") for path in files)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with Desktop(keyring=True) as desktop, exchange(desktop, tmp_path, ORG) as url:
        yield Office(desktop, tmp_path, url)


def test_the_first_start_asks_for_the_password_alone_and_the_second_for_nothing(office: Office) -> None:
    desktop = office.desktop
    with desktop.program(office.command, env=office.env) as first:
        wait_for(
            lambda: desktop.active_window() in desktop.windows("^Welcome to LyncDesk$"), "the first page"
        )
        assert desktop.windows("^LyncDesk$") == []
        desktop.type(PASSWORD)  # the cursor stands there
        desktop.key("Return")
        wait_for(lambda: desktop.windows("^LyncDesk$"), "the main window")
        desktop.wait_for_icon(lambda icon: icon.colour == GREEN, pid=first.process.pid)
        assert desktop.windows("^Welcome") == []
    assert "Traceback" not in first.text
    with desktop.program([*office.command, "--minimised"], env=office.env) as second:
        desktop.wait_for_icon(lambda icon: icon.colour == GREEN, pid=second.process.pid)
        status = wait_for(
            lambda: told if (told := office.lyncdesk("status")).get("calendar_as_of") else None, "a check"
        )
        assert (status["signed_in"], status["problems"]) == (True, [])
        assert desktop.windows("LyncDesk") == []
    # Of the account nothing but where its password belongs to is the person's; the password is in no file.
    assert PASSWORD not in office.texts()
    settings = (Path(office.env["XDG_CONFIG_HOME"]) / "lyncdesk/settings.toml").read_text(encoding="utf-8")
    assert tomllib.loads(settings)["account"] == {}

    assert office.lyncdesk("check")["problems"] == []
    doctor = office.lyncdesk("doctor")
    assert doctor["ok"] is True
    assert {"name": "Account", "value": ADDRESS} in doctor["configuration"]
