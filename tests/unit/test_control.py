"""The command line's local socket: a real socket, a real session, both ends of it."""

from __future__ import annotations

import asyncio
import json
import socket
import stat
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from lyncdesk.calendars.memory import MemoryCalendar
from lyncdesk.client.live import LiveSession
from lyncdesk.client.parts import Parts
from lyncdesk.client.policy import Policy
from lyncdesk.client.problems import Problem
from lyncdesk.client.words import Words
from lyncdesk.control.client import NoClientError, ask
from lyncdesk.control.commands import ANSWERS
from lyncdesk.control.protocol import ControlError
from lyncdesk.control.server import ControlServer
from lyncdesk.machine.settings_store import MemorySettingsStore
from lyncdesk.pools.directory import Directory
from lyncdesk.pools.embedded import EmbeddedPool
from lyncdesk.presence.items import Item, Kind
from lyncdesk.presence.publication import Profile, Publication
from lyncdesk.presence.states import Presence
from tests.unit.session_parts import FixedClock, MemoryExchange, no_wait
from tests.waiting import until

NOW = datetime(2026, 3, 2, 9, 2, tzinfo=UTC)
ANNA = Profile("anna@brightwater.example", "Anna Keller")
BEN = Profile("ben@brightwater.example", "Ben Ode")


of_a_socket_file = pytest.mark.skipif(
    sys.platform == "win32",
    reason="goes to the socket's file past the command line; on Windows it holds a port and a secret",
)


class Running:
    """A session with its socket."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.calendar = MemoryCalendar()
        self.clock = FixedClock(NOW)
        self.store = MemorySettingsStore()
        self.shown = 0
        self.quits = 0
        directory = self.directory = Directory((ANNA, BEN))
        self.session = LiveSession(
            Parts(
                store=self.store,
                read_policy=Policy,
                credentials=MemoryExchange.no_credentials(),
                exchange=MemoryExchange(self.calendar),
                pool=EmbeddedPool(directory),
                clock=self.clock,
                zone=lambda: "UTC",
                pool_name="embedded",
                wait=no_wait,
                profile=ANNA,
                command_line={"account.address": ANNA.address, "account.server": "memory"},
                defaults={"contacts": [BEN.address]},
            )
        )
        self.server = ControlServer(
            path,
            self.session,
            lambda: self.session.state,
            self.session.drained,
            Words(),
            self._show,
            self._quit,
        )

    def _show(self) -> None:
        self.shown += 1

    def _quit(self) -> None:
        self.quits += 1

    async def ask(self, command: str, **arguments: object) -> dict[str, Any]:
        request = {"command": command, **arguments}
        return await asyncio.to_thread(lambda: next(iter(ask(self.path, request))))


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    run = Running(tmp_path / "run" / "control")
    run.session.start(lambda _state: run.server.changed())
    await run.server.start()
    await until(lambda: run.session.state.calendar.as_of, "the first check")
    await run.session.drained()
    yield run
    await run.server.stop()
    await run.session.stop()


async def test_status_tells_what_is_shown_without_any_subject(running: Running) -> None:
    running.calendar.add(Item(NOW, NOW + timedelta(hours=1), kind=Kind.MEETING, subject="Secret plan"))
    await running.ask("check-now")
    answer = await running.ask("status")
    assert (answer["shows"], answer["colour"], answer["availability"]) == ("In a meeting", "orange", 6500)
    assert "Secret plan" not in json.dumps(answer)
    assert answer["text"].startswith("In a meeting until 10:02.")


async def test_explain_names_the_item_because_it_is_ones_own(running: Running) -> None:
    running.calendar.add(Item(NOW, NOW + timedelta(hours=1), subject="Budget review"))
    await running.ask("check-now")
    answer = await running.ask("explain")
    assert "Budget review" in answer["sentence"]
    assert "Budget review" not in json.dumps(await running.ask("explain", **{"as": "External"}))
    assert "Budget review" in json.dumps(await running.ask("explain", **{"as": "workgroup"}))


async def test_a_status_by_hand_is_set_and_reset(running: Running) -> None:
    answer = await running.ask("set", status="do-not-disturb", **{"for": "1h30m"})
    assert answer["shows"] == "Do not disturb"
    assert answer["until"] == (NOW + timedelta(minutes=90)).isoformat(timespec="seconds")
    checks = running.calendar.checks
    answer = await running.ask("reset")
    assert (answer["shows"], answer["reset_waiting"]) == ("Available", True)
    assert running.calendar.checks == checks


@pytest.mark.parametrize(
    ("request_", "named"),
    [
        ({"command": "set", "status": "Lunch"}, "Lunch"),
        ({"command": "set", "status": "Busy", "for": "soon"}, "soon"),
        ({"command": "set", "status": "Busy", "for": "0s"}, "more than nothing"),
        ({"command": "set", "status": "Busy", "for": "999999999h"}, "366 days"),
        ({"command": "explain", "as": "Nobody"}, "Nobody"),
        ({"command": "dance"}, "dance"),
    ],
)
async def test_wrong_use_names_what_was_wrong(running: Running, request_: dict[str, str], named: str) -> None:
    with pytest.raises(ControlError, match=named):
        await running.ask(**request_)


async def test_contacts_are_listed_with_their_relationship(running: Running) -> None:
    answer = await running.ask("contacts")
    assert [(c["address"], c["relationship"]) for c in answer["contacts"]] == [(BEN.address, "Colleagues")]


async def test_the_list_names_states_as_status_does_without_their_end(running: Running) -> None:
    eva = EmbeddedPool(running.directory)
    await eva.sign_in(BEN.address, lambda _seen: None)
    busy = Publication(BEN, Presence(6500), 1, NOW, until=NOW + timedelta(hours=1))
    await eva.publish(busy, {})
    await running.session.drained()
    answer = await running.ask("contacts")
    assert [contact["shows"] for contact in answer["contacts"]] == ["Busy"]


async def test_a_check_that_cannot_be_made_is_refused_with_the_reason(running: Running) -> None:
    running.calendar.fault = Problem.of("refused-password")
    await running.ask("check-now")
    with pytest.raises(ControlError, match=r"refused your password.+Enter your"):
        await running.ask("check-now")
    await running.ask("sign-out")
    with pytest.raises(ControlError, match="sign in first"):
        await running.ask("check-now")


async def test_nobody_signs_in_without_an_account(running: Running) -> None:
    await running.session.forget_account()
    with pytest.raises(ControlError, match="no account"):
        await running.ask("sign-in")
    assert not running.session.state.signed_in


@pytest.mark.expect_logs("a command over the socket ended in ZeroDivisionError")
async def test_a_mistake_of_the_client_is_an_answer_and_no_silence(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ANSWERS, "status", lambda *_: {"text": 1 // 0})
    with pytest.raises(ControlError, match="see its log"):
        await running.ask("status")


@of_a_socket_file
async def test_followers_that_hung_up_take_no_place(running: Running) -> None:
    for _ in range(20):
        reader, writer = await asyncio.open_unix_connection(str(running.path))
        writer.write(b'{"command": "status", "follow": true}\n')
        assert b'"ok": true' in await reader.readline()
        writer.close()
        await writer.wait_closed()


@of_a_socket_file
@pytest.mark.expect_logs("another client listens")
async def test_a_second_client_does_not_take_the_socket_of_the_first(running: Running) -> None:
    second = ControlServer(
        running.path,
        running.session,
        lambda: running.session.state,
        running.session.drained,
        Words(),
        None,
        lambda: None,
    )
    await second.start()
    await second.stop()
    await running.ask("show")
    assert running.shown == 1


@of_a_socket_file
async def test_follow_sends_a_line_for_each_change_until_hanging_up(running: Running) -> None:
    reader, writer = await asyncio.open_unix_connection(str(running.path))
    writer.write(b'{"command": "status", "follow": true}\n')
    first = json.loads(await reader.readline())
    await running.ask("set", status="Busy")
    second = json.loads(await reader.readline())
    assert (first["shows"], second["shows"]) == ("Available", "Busy")
    writer.close()
    await writer.wait_closed()


async def test_show_and_quit_reach_the_program(running: Running) -> None:
    await running.ask("show")
    await running.ask("quit")
    assert (running.shown, running.quits) == (1, 1)


@of_a_socket_file
async def test_only_this_user_can_reach_the_socket(running: Running) -> None:
    assert stat.S_IMODE(running.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(running.path.parent.stat().st_mode) == 0o700


@of_a_socket_file
@pytest.mark.parametrize(
    "data", [b"\n", b"[]\n", b"{", b"\xff\xfe\n", b"[" * 5000 + b"\n", b"x" * 70_000 + b"\n"]
)
async def test_rubbish_is_refused_and_the_next_request_is_answered(running: Running, data: bytes) -> None:
    def shout() -> bytes:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(running.path))
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            return connection.recv(4096)

    assert b'"ok": false' in await asyncio.to_thread(shout)
    assert (await running.ask("status"))["signed_in"]


@of_a_socket_file
async def test_a_socket_that_a_killed_client_left_behind_is_replaced(running: Running) -> None:
    await running.server.stop()
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(running.path))
    await running.server.start()
    assert (await running.ask("status"))["signed_in"]


def test_without_a_running_client_the_command_line_says_so(tmp_path: Path) -> None:
    with pytest.raises(NoClientError):
        list(ask(tmp_path / "nothing", {"command": "status"}))


@of_a_socket_file
def test_a_client_that_hangs_up_at_once_is_an_error_in_words(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "control"))
        server.listen()

        def accept_and_close() -> None:
            server.accept()[0].close()

        hang_up = Thread(target=accept_and_close)
        hang_up.start()
        with pytest.raises(ControlError, match="hung up"):
            list(ask(tmp_path / "control", {"command": "set", "status": "x" * 60_000}))
        hang_up.join()
