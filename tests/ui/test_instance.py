"""One LyncDesk per user and name: the second start is heard by the first, and a crash blocks nobody."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from lyncdesk.ui import wish_pipe, wish_socket
from lyncdesk.ui.instance import Instance
from tests.waiting import wait_for

# Another process, because a lock file counts processes.
SECOND = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from lyncdesk.ui.instance import Instance
app = QCoreApplication([])
instance = Instance(Path(sys.argv[1]), sys.argv[2])
if instance.claim():
    instance.listen()
    print("first", flush=True)
    if "stay" in sys.argv:
        app.exec()
elif "ask" in sys.argv:
    print("shown" if instance.ask_to_show("a-token") else "no answer", flush=True)
else:
    print("second", flush=True)
"""


def start(home: Path, name: str, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", SECOND, str(home), name, *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def answer(process: subprocess.Popen[str]) -> str:
    out, _ = process.communicate(timeout=30)
    return out.strip()


@pytest.fixture
def first(qapp: object, home: Path) -> Iterator[Instance]:
    instance = Instance(home, "lyncdesk")
    assert instance.claim()
    assert instance.listen()
    yield instance
    instance.release()


def test_a_second_start_shows_the_firsts_window(first: Instance, home: Path, qtbot: QtBot) -> None:
    second = start(home, "lyncdesk", "ask")
    with qtbot.waitSignal(first.show_asked, timeout=30_000) as asked:
        pass
    assert asked.args == ["a-token"]
    assert answer(second) == "shown"


def test_the_sample_organisation_is_another_program(first: Instance, home: Path) -> None:
    assert answer(start(home, "lyncdesk-demo")) == "first"
    assert answer(start(home, "lyncdesk")) == "second"


def test_after_the_first_ended_the_next_is_first(first: Instance, home: Path) -> None:
    first.release()
    assert answer(start(home, "lyncdesk")) == "first"


def test_a_crash_leaves_nothing_that_blocks_the_next_start(qapp: object, home: Path) -> None:
    crashed = start(home, "lyncdesk", "stay")
    assert crashed.stdout is not None
    assert crashed.stdout.readline() == "first\n"
    crashed.kill()
    crashed.communicate(timeout=30)
    assert wait_for((home / "lyncdesk.window").exists, "the socket that the crash left")
    instance = Instance(home, "lyncdesk")
    assert instance.claim()
    assert instance.listen()
    instance.release()


def test_nobody_but_the_user_may_reach_the_server(first: Instance, home: Path) -> None:
    assert (home / "lyncdesk.window").stat().st_mode & 0o077 == 0


def test_a_first_that_does_not_answer_is_told_as_such(qapp: object, home: Path) -> None:
    deaf = Instance(home, "lyncdesk")
    assert deaf.claim()
    assert answer(start(home, "lyncdesk", "ask")) == "no answer"
    deaf.release()


@pytest.mark.parametrize("way", [wish_socket, wish_pipe], ids=["socket", "pipe"])
def test_either_way_carries_the_wish_and_is_heard_no_more_once_closed(
    way: Any, qapp: object, home: Path, qtbot: QtBot
) -> None:
    address = str(home / "lyncdesk.window")
    listener = way.Listener()
    assert listener.listen(address)
    asking = f"from {way.__name__} import ask; print(ask({address!r}, 'a-token'))"
    with subprocess.Popen([sys.executable, "-c", asking], stdout=subprocess.PIPE, text=True) as second:
        with qtbot.waitSignal(listener.asked, timeout=30_000) as asked:
            pass
        assert asked.args == ["a-token"]
        qtbot.waitUntil(lambda: second.poll() is not None, timeout=30_000)
        assert answer(second) == "True"
    listener.close()
    assert not way.ask(address, "a-token")


def test_whoever_says_something_else_is_sent_away_and_asks_for_nothing(
    first: Instance, home: Path, qtbot: QtBot
) -> None:
    with socket.socket(socket.AF_UNIX) as stranger, qtbot.assertNotEmitted(first.show_asked):
        stranger.connect(str(home / "lyncdesk.window"))
        stranger.send(b"shout\n")
        stranger.setblocking(False)
        qtbot.waitUntil(lambda: _hung_up(stranger))


def test_whoever_hangs_up_without_a_word_harms_nobody(first: Instance, home: Path, qtbot: QtBot) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.connect(str(home / "lyncdesk.window"))
    with qtbot.waitSignal(first.show_asked, timeout=30_000):
        second = start(home, "lyncdesk", "ask")
    assert answer(second) == "shown"


def _hung_up(end: socket.socket) -> bool:
    try:
        return end.recv(1) == b""
    except BlockingIOError:
        return False
