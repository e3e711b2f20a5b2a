"""What a client writes on a computer, and whom it talks to: all of it stands in docs/administrators.md.

A real client from its first start to its end, in an empty home, with strace beside it: every file that is
there, and every address that any of its processes connects to or sends to.
"""

from __future__ import annotations

import codecs
import fnmatch
import json
import os
import re
import select
import shutil
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from lyncdesk_packaging.policy_examples import System
from tests.desktop import Desktop
from tests.end_to_end.test_account_by_policy import ADDRESS, ORG, PASSWORD, Office
from tests.exchange_program import exchange
from tests.homes import home_environment
from tests.tools.stored import ENTRIES, FILES, FOLDERS, START, Stored, When
from tests.tools_needed import tool
from tests.waiting import wait_for

BEN = "ben@brightwater.example"
_ORG = f'{ORG}\n[people.ben]\naddress = "{BEN}"\npassword = "x"\nname = "Ben Ito"\nzone = "UTC"\n'
_NOWHERE = "no-such-domain.invalid"
STRACE = ["strace", "-f", "-qq", "-s", "300", "-e", "trace=connect,sendto,sendmsg,sendmmsg"]
_INTERNET = re.compile(r"sa_family=AF_INET6?, sin6?_port=htons\((\d+)\).*?\"([0-9a-f.:]+)\"")
_START_AT_LOGIN = """
import asyncio
from lyncdesk.bootstrap import start_at_login
asyncio.run(start_at_login().set(True, minimised=False))
"""
_ENTRIES = """
import json, secretstorage
items = secretstorage.Collection(secretstorage.dbus_init()).get_all_items()
found = [item.get_attributes() for item in items]
print(json.dumps([[one.get("service"), one.get("username")] for one in found]))
"""

pytestmark = [pytest.mark.desktop, pytest.mark.xdist_group("life of a client")]


def traced() -> bool:
    """Whether system calls can be watched here."""
    strace = shutil.which("strace")
    return strace is not None and subprocess.run([strace, "-qq", "true"], check=False).returncode == 0


@pytest.fixture(scope="module")
def may_trace() -> None:
    """For what is seen by system calls alone: where strace is there, the system may still refuse."""
    tool("strace")
    if not traced():
        pytest.skip("system calls may not be watched here")


def talked_to(trace: Path) -> set[tuple[str, str]]:
    """The addresses and ports of the network that a trace shows."""
    return {(host, port) for port, host in _INTERNET.findall(trace.read_text(errors="replace"))}


@dataclass
class Life:
    """What was seen of one client: files with their modes, while it ran and then, and whom it talked to."""

    home: Path
    server: tuple[str, str]
    running: dict[str, int] = field(default_factory=dict)
    ended: dict[str, int] = field(default_factory=dict)
    settings: str = ""
    entries: list[list[str]] = field(default_factory=list)
    talked_to: set[tuple[str, str]] | None = None
    asked_for_newer: bool = True

    def look(self) -> dict[str, int]:
        """Every file, with its mode."""
        found = (path for path in self.home.rglob("*") if not path.is_dir())
        return {str(path.relative_to(self.home)): stat.S_IMODE(path.lstat().st_mode) for path in found}


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    folder = tmp_path_factory.mktemp("life")
    trace = folder / "trace"
    with (
        ExitStack() as stack,
        Desktop(keyring=True) as desktop,
        exchange(desktop, folder, _ORG) as url,
    ):
        parts = urlsplit(url)
        office = Office(desktop, folder, url)
        with office.policy.open("a", encoding="utf-8") as policy:
            policy.write('KeepHistory = true\nWebServicePollInterval = "00:00:02"\n')
            newer = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            policy.write(f'NewerVersionUrl = "https://127.0.0.1:{newer.getsockname()[1]}/latest.json"\n')
        seen = Life(Path(office.env["HOME"]), (str(parts.hostname), str(parts.port)))
        config = Path(office.env["XDG_CONFIG_HOME"]) / "lyncdesk"
        config.mkdir(parents=True, mode=0o700)
        (config / "settings.toml").write_text(f'contacts = ["{BEN}"]\n', encoding="utf-8")
        watched = [*STRACE, "-o", str(trace)] if traced() else []
        with desktop.program([*watched, *office.command], env=office.env) as client:
            _live(office, seen)
            office.lyncdesk("quit")
            client.process.wait(60)
        seen.asked_for_newer = bool(select.select([newer], [], [], 0)[0])
        seen.ended = seen.look()
        seen.settings = (config / "settings.toml").read_text(encoding="utf-8")
        listed = subprocess.run(
            [sys.executable, "-c", _ENTRIES], env=office.env, capture_output=True, text=True, check=True
        )
        seen.entries = json.loads(listed.stdout)
        if watched:
            seen.talked_to = talked_to(trace)
        yield seen


def _live(office: Office, seen: Life) -> None:
    """Sign in, read calendars more than once, keep a history, set a status, start with the computer."""
    desktop = office.desktop
    wait_for(lambda: desktop.active_window() in desktop.windows("^Welcome to LyncDesk$"), "the first page")
    desktop.type(PASSWORD)
    desktop.key("Return")
    wait_for(lambda: office.lyncdesk("status").get("calendar_as_of"), "the first check")
    first = office.lyncdesk("status")["calendar_as_of"]
    office.lyncdesk("set", "busy")
    wait_for(lambda: office.lyncdesk("status")["calendar_as_of"] > first, "another check")
    subprocess.run([sys.executable, "-c", _START_AT_LOGIN], env=office.env, check=True)
    wait_for(lambda: any(name.endswith("contacts.json") for name in seen.look()), "the contacts")
    seen.running = seen.look()


def _place(row: Stored) -> str:
    """Where the row's file is in a home of the tests, as a pattern."""
    folder = FOLDERS[System.LINUX][row.folder].removeprefix("~/").replace("$XDG_RUNTIME_DIR", "run")
    return f"{folder}/{row.name}"


_START = START[System.LINUX].strip("`").removeprefix("~/")


@pytest.mark.parametrize("when", ["running", "ended"])
def test_every_file_that_is_there_stands_in_the_table_with_its_mode(life: Life, when: str) -> None:
    files: dict[str, int] = getattr(life, when)
    unknown = {
        name: oct(mode)
        for name, mode in files.items()
        if name != _START
        and not any(fnmatch.fnmatch(name, _place(row)) and mode == row.mode for row in FILES)
    }
    assert unknown == {}
    assert _START in files


def test_every_row_of_the_table_that_must_be_there_is_and_nothing_of_a_run_outlives_it(life: Life) -> None:
    for row in FILES:
        there = [
            any(fnmatch.fnmatch(name, _place(row)) for name in files) for files in (life.running, life.ended)
        ]
        match row.when:
            case When.MISHAP:
                assert there == [False, False], row
            case When.RUNNING:
                assert there == [True, False], row
            case When.ALWAYS | When.WANTED:
                assert there[1], row


def test_each_folder_is_for_the_person_alone(life: Life) -> None:
    for place in FOLDERS[System.LINUX].values():
        folder = life.home / place.removeprefix("~/").replace("$XDG_RUNTIME_DIR", "run")
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder


def test_the_keyring_has_the_entries_of_the_table_and_no_file_the_password(life: Life) -> None:
    server = f"http://{':'.join(life.server)}/EWS/Exchange.asmx"
    expected = [["LyncDesk", ENTRIES[0][0].replace("LOGIN", ADDRESS).replace("SERVER", server)]]
    assert life.entries == expected
    for path in life.home.rglob("*"):
        if path.is_file():
            assert PASSWORD.encode() not in path.read_bytes(), path


@pytest.mark.usefixtures("may_trace")
def test_nobody_but_exchange_is_talked_to(life: Life) -> None:
    assert life.talked_to == {life.server}


def test_whether_there_is_a_newer_version_is_asked_by_nobody_though_there_is_a_place_to_ask(
    life: Life,
) -> None:
    assert not life.asked_for_newer


@pytest.mark.usefixtures("may_trace")
def test_a_search_for_the_server_asks_dns_for_the_names_of_the_mail_domain_and_nothing_else(
    tmp_path: Path,
) -> None:
    """Without a server in the policy. The domain does not exist, so nobody is there to be connected to."""
    trace = tmp_path / "trace"
    command = [*STRACE, "-o", str(trace), sys.executable, "-m", "lyncdesk", "doctor"]
    subprocess.run(
        [*command, "--address", f"anna@{_NOWHERE}", "--password-stdin"],
        env={**os.environ, **home_environment(tmp_path / "home")},
        input="x\n",
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    text = trace.read_text(errors="replace")
    servers = re.findall(r"^nameserver\s+(\S+)", Path("/etc/resolv.conf").read_text(), re.MULTILINE)
    assert talked_to(trace) <= {(host, "53") for host in servers}
    # The resolver of the system may try each name within the computer's own domain too.
    names = {name.partition(f".{_NOWHERE}")[0] if name != _NOWHERE else "" for name in _questions(text)}
    assert names == {"", "autodiscover", "_autodiscover._tcp"}


def _questions(trace: str) -> Iterator[str]:
    """The names in the questions of DNS (RFC 1035, section 4.1.2) that a trace shows being sent."""
    for text in re.findall(r'(?:iov_base=|sendto\(\d+, )"((?:[^"\\]|\\.)*)"', trace):
        packet, _ = codecs.escape_decode(text.encode())
        labels, at = [], 12
        while 0 < (length := packet[at] if at < len(packet) else 0) < 64:
            labels.append(packet[at + 1 : at + 1 + length].decode("ascii", "replace").lower())
            at += 1 + length
        if _NOWHERE.partition(".")[0] in labels:
            yield ".".join(labels)
