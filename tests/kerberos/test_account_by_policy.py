"""A policy and a ticket: the desktop client is signed in, and nobody has typed or pressed anything."""

from __future__ import annotations

import json
import os
import pwd
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.desktop import Desktop
from tests.end_to_end.test_what_a_client_leaves import STRACE, talked_to, traced
from tests.exchange.client.raw_server import RawServer
from tests.exchange.client.sign_in_servers import Guard
from tests.kerberos.kdc import Realm
from tests.waiting import wait_for

USER = pwd.getpwuid(os.getuid()).pw_name
PASSWORD = "what she types in the morning"
POLICY = """
AccountAddress = "{{user}}@litware.example"
ExchangeServerUrl = "{url}"
ExchangeAuthentication = "negotiate"
"""


class Workplace:
    """A domain computer: a desktop without a keyring, whose person may have a ticket, and a server that takes
    nothing else.
    """

    def __init__(self, desktop: Desktop, realm: Realm, folder: Path, server: RawServer, guard: Guard) -> None:
        self.desktop = desktop
        self.guard = guard
        self.server = server
        policy = folder / "policy.toml"
        policy.write_text(POLICY.format(url=server.url("localhost")), encoding="utf-8")
        self.command = [sys.executable, "-m", "tests.tools.with_policy", str(policy)]
        home = desktop.environment(folder / "home")
        # The session's own path has the project alone; the extra lies in a folder beside it.
        path = os.pathsep.join([home["PYTHONPATH"], os.environ.get("PYTHONPATH", "")])
        self.env = {**home, **realm.env, "PYTHONPATH": path}

    def status(self) -> dict[str, Any]:
        done = subprocess.run(
            [*self.command, "status", "--json"],
            env=self.env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        told: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {}
        return told

    def read(self) -> dict[str, Any]:
        """The status once the calendar was read."""
        return wait_for(lambda: told if (told := self.status()).get("calendar_as_of") else None, "a check")


@pytest.fixture
def realm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Realm]:
    """A realm with the person who runs the tests, and a web server whose key is the tests'."""
    made = Realm(tmp_path)
    for name, value in made.env.items():
        monkeypatch.setenv(name, value)
    with made:
        made.person(USER, PASSWORD)
        made.service("HTTP/localhost")
        yield made


@pytest.fixture
def workplace(realm: Realm, tmp_path: Path) -> Iterator[Workplace]:
    guard = Guard(("negotiate",), "nobody", PASSWORD)
    with RawServer(guard) as server, Desktop() as desktop:
        yield Workplace(desktop, realm, tmp_path, server, guard)


def test_with_a_policy_and_a_ticket_nobody_types_anything(
    realm: Realm, workplace: Workplace, tmp_path: Path
) -> None:
    realm.sign_in(USER, PASSWORD)
    desktop, trace = workplace.desktop, tmp_path / "trace"
    watched = [*STRACE, "-o", str(trace)] if traced() else []
    with desktop.program([*watched, *workplace.command], env=workplace.env) as client:
        wait_for(lambda: desktop.windows("^LyncDesk$"), "the main window")
        assert desktop.windows("^Welcome") == []
        status = workplace.read()
        assert (status["signed_in"], status["problems"]) == (True, [])
        assert desktop.windows("^Welcome") == []
        checked = subprocess.run(
            [*workplace.command, "check"],
            env=workplace.env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (checked.returncode, checked.stderr) == (0, "")
    assert "Traceback" not in client.text
    assert workplace.guard.counted["let in"] >= 1
    assert workplace.guard.counted["refused"] == 0
    assert not any(PASSWORD.encode() in request for request in workplace.server.requests)
    if watched:
        # Besides Exchange the system's Kerberos asks the domain.
        assert {port for _, port in talked_to(trace)} == {str(workplace.server.port), str(realm.port)}


def test_a_ticket_that_comes_late_is_found_and_until_then_a_password_may_be_typed(
    realm: Realm, workplace: Workplace
) -> None:
    desktop = workplace.desktop
    with desktop.program(workplace.command, env=workplace.env):
        wait_for(lambda: desktop.windows("^LyncDesk$"), "the main window")
        told = wait_for(lambda: told if (told := workplace.status()).get("problems") else None, "the problem")
        assert told["problems"] == ["no-ticket"]
        assert desktop.windows("^Welcome") == []
        realm.sign_in(USER, PASSWORD)
        subprocess.run(
            [*workplace.command, "check-now"],
            env=workplace.env,
            check=True,
            timeout=60,
            stdout=subprocess.DEVNULL,
        )
        assert workplace.read()["problems"] == []
