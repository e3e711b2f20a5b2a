"""The command line as a person runs it: real processes, a real EWS server, exit statuses and plain errors."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.homes import home_environment
from tests.waiting import wait_for

ORG = """
zone = "Europe/Berlin"
[people.anna]
address = "anna@brightwater.example"
password = "right horse"
name = "Anna Keller"
[[people.anna.items]]
subject = "Budget review"
location = "Room 4"
start = 2026-03-02T10:00:00
end = 2026-03-02T11:00:00
[[people.anna.items]]
subject = "Team meeting"
start = 2026-03-02T11:00:00
end = 2026-03-02T11:30:00
kind = "meeting"
[[people.anna.items]]
subject = "Puzzle"
start = 2026-03-02T14:00:00
end = 2026-03-02T14:30:00
kind = "{kind}"
"""
ANNA = ("--address", "anna@brightwater.example", "--password-stdin")


def lyncdesk(*arguments: str, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "lyncdesk", *arguments],
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "QT_QPA_PLATFORM": "", "LC_ALL": "C.UTF-8", **environment},
    )


@dataclass
class Served:
    """A running `lyncdesk exchange-server`."""

    url: str
    process: subprocess.Popen[str]


class Server:
    """Starts the embedded Exchange as its own process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: list[subprocess.Popen[str]] = []

    def start(self, *arguments: str, kind: str = "appointment") -> Served:
        org, ready = self._folder / "org.toml", self._folder / "ready"
        org.write_text(ORG.format(kind=kind), encoding="utf-8")
        command = [sys.executable, "-m", "lyncdesk", "exchange-server"]
        process = subprocess.Popen(
            [*command, "--org", str(org), "--ready-file", str(ready), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._running.append(process)
        url = wait_for(lambda: ready.exists() and ready.read_text().strip(), "the server's ready file")
        assert isinstance(url, str)
        return Served(url, process)

    def stop(self) -> None:
        for process in self._running:
            process.terminate()
            process.communicate(timeout=60)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path)
    yield made
    made.stop()


def checked(url: str, *more: str, password: str = "right horse") -> subprocess.CompletedProcess[str]:
    return lyncdesk("check", "--server", url, *ANNA, *more, given=f"{password}\n")


def test_the_server_tells_its_address_on_one_line_and_ends_at_sigterm(server: Server) -> None:
    served = server.start()
    served.process.send_signal(signal.SIGTERM)
    out, err = served.process.communicate(timeout=60)
    assert (out, err, served.process.returncode) == (served.url + "\n", "", 0)
    assert served.url.startswith("http://127.0.0.1:")
    assert served.url.endswith("/EWS/Exchange.asmx")


@pytest.mark.parametrize(
    ("at", "shows", "colour"),
    [
        ("2026-03-02T09:59:59", "Available", "green"),
        ("2026-03-02T10:00", "Busy", "orange"),
        ("2026-03-02T11:00:00+01:00", "In a meeting", "orange"),
        ("2026-03-02T11:30", "Available", "green"),
    ],
)
def test_check_answers_for_a_moment(server: Server, at: str, shows: str, colour: str) -> None:
    result = checked(server.start().url, "--at", at, "--json")
    answer: dict[str, Any] = json.loads(result.stdout)
    assert (answer["shows"], answer["colour"], result.returncode) == (shows, colour, 0)
    assert result.stderr == ""


def test_check_explains_in_words_with_the_days_items(server: Server) -> None:
    result = checked(server.start().url, "--at", "2026-03-02T10:30")
    assert "because of “Budget review”, an appointment marked Busy" in result.stdout
    assert "Team meeting" in result.stdout
    assert "Room 4" in result.stdout


def test_check_json_carries_the_free_busy_slots(server: Server) -> None:
    answer = json.loads(checked(server.start().url, "--at", "2026-03-02T10:30", "--json").stdout)
    slots = bytes.fromhex(answer["free_busy"]["slots"])
    # The block begins on 1 March 00:00 UTC; the first item is at 9:00 UTC of the next day: slot 132, byte 33.
    assert answer["free_busy"]["start"] == "2026-03-01T00:00:00+00:00"
    assert slots[33:36] == b"\xaa\x0a\x00"


def test_check_answers_for_a_calendar_that_is_switched_off_and_says_so(
    server: Server, tmp_path: Path
) -> None:
    home = home_environment(tmp_path / "home")
    file = Path(home["XDG_CONFIG_HOME"]) / "lyncdesk" / "settings.toml"
    file.parent.mkdir(parents=True)
    file.write_text("update_presence = false\n")
    arguments = ("check", "--server", server.start().url, *ANNA, "--at", "2026-03-02T10:30")
    result = lyncdesk(*arguments, given="right horse\n", **home)
    assert "You are shown as Busy because of “Budget review”" in result.stdout
    assert "not used" not in result.stdout
    assert "switched off" in result.stderr


def test_check_names_missing_details_as_a_problem(server: Server) -> None:
    answer = json.loads(
        checked(server.start(kind="unknown").url, "--at", "2026-03-02T14:10", "--json").stdout
    )
    assert answer["shows"] == "Busy"
    assert [problem["name"] for problem in answer["problems"]] == ["details-missing"]


@pytest.mark.parametrize(
    ("arguments", "password", "said"),
    [
        ((), "wrong-pony", "refused your password"),
        (("--fault", "server-busy"), "right horse", "busy"),
    ],
)
def test_a_server_that_refuses_is_told_in_one_line_with_status_4(
    server: Server, arguments: Sequence[str], password: str, said: str
) -> None:
    result = checked(server.start(*arguments).url, password=password)
    assert result.returncode == 4
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert password not in result.stderr + result.stdout


def test_a_password_that_is_no_text_is_wrong_use() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "lyncdesk", "check", "--server", "https://localhost", *ANNA],
        input=b"\xff\xfe\n",
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (result.returncode, b"UTF-8" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("check",), 2, "--server"),
        (("check", "--at", "noon"), 2, "noon"),
        (("check", "--at", "9999-12-31T23:59:59+00:00"), 2, "9999"),
        (("check", "--at", "10:30Z"), 2, "10:30Z"),
        (("check", "--server", "https://localhost", "--address", "anna"), 2, "“anna” is no address"),
        (("exchange-server", "--port", "99999"), 2, "99999"),
        (("status",), 3, "no running LyncDesk"),
        (("status", "--demo"), 3, "lyncdesk demo"),
        (("demo", "--speed", "-1"), 2, "-1"),
        (("demo", "--for", "soon"), 2, "soon"),
        (("demo", "--for", "0s"), 2, "more than nothing"),
        (("demo", "--until", "25:00"), 2, "25:00"),
        (("demo", "--until", "noon"), 2, "HH:MM"),
        (("demo", "--until", "17:30", "--for", "1h"), 2, "not allowed with"),
        (("demo", "--for", "999999999h"), 2, "366 days"),
        (("dance",), 2, "dance"),
        ((), 3, "demo --headless"),
    ],
)
def test_wrong_use_and_absent_clients_have_their_statuses(
    arguments: Sequence[str], status: int, said: str
) -> None:
    result = lyncdesk(*arguments)
    assert result.returncode == status
    assert said in result.stderr
    assert "Traceback" not in result.stderr


def test_a_scenario_is_run_and_a_wrong_one_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "day.toml"
    head = 'title = "t"\ndate = 2026-03-02\nstart = "09:00"\n[people.anna]\n'
    text = head + '[[expect]]\nat = "09:10"\nwho = "anna"\nshows = "{}"\n'
    file.write_text(text.format("Available"))
    assert lyncdesk("simulate", str(file)).returncode == 0
    file.write_text(text.format("Busy"))
    result = lyncdesk("simulate", str(file))
    assert result.returncode == 1
    assert f"{file}:8" in result.stdout + result.stderr
    file.write_text(text.format("Buzy"))
    result = lyncdesk("simulate", str(file))
    assert result.returncode == 2
    assert f"{file}:8" in result.stderr
    assert "Busy" in result.stderr


def test_the_headless_sample_organisation_is_steered_from_the_command_line(tmp_path: Path) -> None:
    home = {name: os.environ[name] for name in ("HOME", "XDG_RUNTIME_DIR")}
    with subprocess.Popen(
        [sys.executable, "-m", "lyncdesk", "demo", "--headless"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **home},
    ) as demo:
        try:
            wait_for(
                lambda: (
                    "calendar_as_of" in (out := lyncdesk("status", "--demo", "--json").stdout)
                    and json.loads(out)["calendar_as_of"]
                ),
                "the first calendar check",
            )
            answer = json.loads(lyncdesk("set", "do-not-disturb", "--demo", "--json").stdout)
            assert (answer["shows"], answer["colour"]) == ("Do not disturb", "red")
            answer = json.loads(lyncdesk("reset", "--demo", "--json").stdout)
            assert answer["reset_waiting"] is True
            assert lyncdesk("show", "--demo").returncode == 2
            # Nobody else runs: who forgot to say which one is meant is told.
            assert "add --demo" in lyncdesk("status").stderr
            second = lyncdesk("demo", "--headless")
            assert (second.returncode, "runs already" in second.stderr) == (2, True)
            assert lyncdesk("quit", "--demo").returncode == 0
            out, err = demo.communicate(timeout=60)
        finally:
            demo.kill()
    assert demo.returncode == 0
    assert err == ""
    assert "Do not disturb: a status set by hand" in out


BROKEN = 'ignore_all_day = "yes"\n[account]\naddress = "anna@brightwater.example"\nserver = "https://localhost:1"\n'


@pytest.fixture
def broken_settings(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A settings file with a mistake, and the environment in which it is the person's."""
    home = home_environment(tmp_path / "home")
    file = Path(home["XDG_CONFIG_HOME"]) / "lyncdesk" / "settings.toml"
    file.parent.mkdir(parents=True)
    file.write_text(BROKEN)
    return file, home


@pytest.mark.parametrize("command", [("policy",), ("check", "--password-stdin")])
def test_a_command_that_changes_nothing_leaves_broken_settings_where_they_are(
    broken_settings: tuple[Path, dict[str, str]], command: Sequence[str]
) -> None:
    file, home = broken_settings
    result = lyncdesk(*command, given="\n", **home)
    assert f"{file}:1: ignore_all_day" in result.stderr
    assert [(found.name, found.read_text()) for found in file.parent.iterdir()] == [(file.name, BROKEN)]


def test_the_desktop_client_tells_of_broken_settings_and_keeps_them_aside(
    broken_settings: tuple[Path, dict[str, str]],
) -> None:
    file, home = broken_settings
    with subprocess.Popen(
        [sys.executable, "-m", "lyncdesk", "--minimised"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **home, "QT_QPA_PLATFORM": "offscreen"},
    ) as client:
        try:
            wait_for(lambda: "{" in lyncdesk("status", "--json", **home).stdout, "the client")
            problems = json.loads(lyncdesk("status", "--json", **home).stdout)["problems"]
            assert "settings-broken" in problems
            assert len(list(file.parent.glob("settings.toml.broken-*"))) == 1
            assert lyncdesk("quit", **home).returncode == 0
            client.wait(60)
        finally:
            client.kill()


def test_a_home_that_cannot_be_used_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    home = {**home_environment(tmp_path / "home"), "XDG_CONFIG_HOME": str(tmp_path / "file")}
    result = lyncdesk("demo", "--headless", "--for", "1s", **home)
    assert (result.returncode, result.stderr.count("\n")) == (1, 1)
    assert f"{tmp_path / 'file'}" in result.stderr
    assert "Traceback" not in result.stderr


def test_the_headless_sample_tells_each_new_day(tmp_path: Path) -> None:
    home = home_environment(tmp_path / "home")
    result = lyncdesk("demo", "--headless", "--for", "25h", "--speed", "100000", **home)
    assert result.returncode == 0
    days = [line for line in result.stdout.splitlines() if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", line)]
    assert len(days) == 1


def test_policy_prints_every_key_and_a_template() -> None:
    keys = json.loads(lyncdesk("policy", "--json").stdout)["keys"]
    assert {key["key"] for key in keys} >= {"WebServicePollInterval", "MeetingDetailsTo", "KeepHistory"}
    template = lyncdesk("policy", "--template").stdout
    assert all(f"# {key['key']} = " in template for key in keys)
