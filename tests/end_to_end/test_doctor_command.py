"""`lyncdesk doctor` as its own process: the steps in words and as JSON, the exit status, nothing secret."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lyncdesk.exchange.doctor_steps import TRIED
from tests.end_to_end.test_command_line import ANNA, Server, lyncdesk
from tests.exchange.client import raw_server as raw
from tests.exchange.client.discovery_servers import ADDRESS, behind_a_password, signed
from tests.exchange.client.raw_server import RawServer
from tests.exchange.client.sessions import PASSWORD
from tests.exchange.client.thin_servers import BARE, serves

STEPS = ["account", *TRIED]
KEYS = ["name", "tried", "result", "came_back", "duration_ms", "problem", "remedy"]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path)
    yield made
    made.stop()


def doctor(url: str, *more: str, password: str = PASSWORD) -> subprocess.CompletedProcess[str]:
    asked = ("--server", url, "--address", ADDRESS, "--password-stdin", *more)
    return lyncdesk("doctor", *asked, given=f"{password}\n")


def answer(result: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def test_a_connection_that_works_is_told_step_by_step(server: Server) -> None:
    result = lyncdesk("doctor", "--server", server.start().url, *ANNA, given="right horse\n")
    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0].startswith("Reading the account, and starting the part that talks to Exchange: done (")
    assert any(line.startswith("Signing in as ") and ": done (" in line for line in lines)
    assert "Configuration information" in lines
    assert any(line.startswith("    EWS Internal URL: http://127.0.0.1:") for line in lines)
    assert "    How the server was found: from the command line" in lines
    # The rows are those of a client that has just checked.
    assert "    EWS Information: EWS Status OK" in lines
    assert "    Item details: yes" in lines
    assert any(line.startswith("    Server version: 15.") for line in lines)


def test_json_holds_every_step_and_the_rows(server: Server) -> None:
    result = lyncdesk("doctor", "--server", server.start().url, *ANNA, "--json", given="right horse\n")
    told = answer(result)
    assert (told["ok"], result.returncode, result.stderr) == (True, 0, "")
    assert list(told) == ["ok", "steps", "configuration"]
    assert [step["name"] for step in told["steps"]] == STEPS
    for step in told["steps"]:
        assert list(step) == KEYS
        assert step["result"] == "ok"
        assert isinstance(step["duration_ms"], int)
    names = [row["name"] for row in told["configuration"]]
    wanted = {"EWS Internal URL", "EWS External URL", "Account", "Settings file", "Exchange worker"}
    assert wanted <= set(names)
    assert not {"Sign-in", "Checks sent", "Next check"} & set(names)  # of a client that runs


def test_a_step_that_fails_is_named_and_the_status_is_one() -> None:
    refusing = raw.REFUSES
    with RawServer(refusing) as server:
        result = doctor(server.url(), "--json")
        assert len(signed(server.requests)) == 1
    told = answer(result)
    assert (told["ok"], result.returncode) == (False, 1)
    results = {step["name"]: step["result"] for step in told["steps"]}
    assert list(results) == STEPS
    assert results["sign-in"] == "failed"
    assert {results[name] for name in STEPS[STEPS.index("sign-in") + 1 :]} == {"skipped"}
    [failed] = [step for step in told["steps"] if step["problem"] is not None]
    assert failed["problem"] == "refused-password"
    rows = {row["name"]: row["value"] for row in told["configuration"]}
    assert rows["EWS Information"] == "Exchange refused your password."
    assert failed["remedy"]
    assert result.stderr.startswith(f"lyncdesk: Signing in as {ADDRESS}: ")
    assert result.stderr.count("\n") == 1


def test_without_a_password_the_command_line_is_told_how_to_give_one() -> None:
    with RawServer(behind_a_password(raw.answers(b""))) as server:
        result = lyncdesk("doctor", "--server", server.url(), "--address", ADDRESS)
        assert signed(server.requests) == []
    assert result.returncode == 1
    for told in (result.stdout, result.stderr):
        assert "Give the password with --password-stdin." in told
        assert "Enter your password" not in told
    assert "Looking up 127.0.0.1" in result.stdout  # what needs no password was tried


def test_neither_password_nor_subject_nor_place_is_in_the_output() -> None:
    with RawServer(behind_a_password(serves(raw.ITEM, BARE))) as server:
        for more in ((), ("--json",)):
            result = doctor(server.url(), *more)
            assert result.returncode == 0
            assert "works with a limit" in result.stdout or '"limited"' in result.stdout
            for secret in (PASSWORD, "Budget", "Room 1"):
                assert secret not in result.stdout + result.stderr
                assert json.dumps(secret)[1:-1] not in result.stdout


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((), "--address"),
        (("--address", "anna"), "“anna” is no address"),
        (("--user", "EXAMPLE\\anna", "--server", "https://localhost"), "is no address"),
    ],
)
def test_wrong_use_is_said_in_one_line(arguments: tuple[str, ...], text: str) -> None:
    result = lyncdesk("doctor", *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert text in result.stderr
    assert result.stderr.count("\n") == 1


def test_exchange_online_is_told_before_anything_is_asked() -> None:
    result = lyncdesk("doctor", "--address", "anna@example.onmicrosoft.com", "--json")
    told = answer(result)
    assert result.returncode == 1
    assert told["steps"][0]["problem"] == "exchange-online"


def test_a_password_that_is_no_text_is_wrong_use() -> None:
    result = subprocess.run(
        [*lyncdesk_command(), "doctor", "--address", ADDRESS, "--password-stdin"],
        input=b"\xff\xfe\n",
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 2
    assert "UTF-8" in result.stderr.decode()


def lyncdesk_command() -> list[str]:
    import sys

    return [sys.executable, "-m", "lyncdesk"]
