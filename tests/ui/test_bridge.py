"""The bridge: what the client's loop says arrives on Qt's thread, latest only, and nothing after stop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from lyncdesk.client.events import CheckNow, SignIn
from lyncdesk.client.state import State
from lyncdesk.ui.bridge import Bridge
from lyncdesk.ui.newest import Newest
from tests.ui.builders import RecordingSession, state


class Stubborn(RecordingSession):
    """Its stop never ends by itself."""

    async def stop(self) -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            self.stopped = True


@pytest.fixture
def session() -> RecordingSession:
    return RecordingSession()


@pytest.fixture
def bridge(qapp: object, session: RecordingSession) -> Iterator[Bridge]:
    made = Bridge(lambda: session)
    yield made
    made.stop()


def started(bridge: Bridge, qtbot: QtBot) -> Bridge:
    with qtbot.waitSignal(bridge.ready):
        bridge.start()
    return bridge


def on_loop(bridge: Bridge, work: object) -> None:
    """Run on the client's loop and wait, without letting Qt deliver anything."""
    done = threading.Event()

    async def run() -> None:
        work()  # type: ignore[operator]
        done.set()

    bridge.call(run)
    assert done.wait(10)


def test_states_that_pile_up_while_qt_is_busy_arrive_as_the_last_one_alone(
    bridge: Bridge, session: RecordingSession, qtbot: QtBot
) -> None:
    started(bridge, qtbot)
    arrived: list[int] = []
    threads: set[QThread] = set()

    def arrive(new: State) -> None:
        arrived.append(new.revision)
        threads.add(QThread.currentThread())

    bridge.state_changed.connect(arrive)
    on_loop(bridge, lambda: [session.on_state(state(revision=number)) for number in range(100)])
    qtbot.waitUntil(lambda: arrived == [99])
    assert threads == {bridge.thread()}
    assert bridge.state == state(revision=99)


def test_the_session_is_made_and_asked_on_one_other_thread(qtbot: QtBot, session: RecordingSession) -> None:
    where: list[threading.Thread] = []

    def make() -> RecordingSession:
        where.append(threading.current_thread())
        return session

    bridge = Bridge(make)
    started(bridge, qtbot)
    on_loop(bridge, lambda: where.append(threading.current_thread()))
    bridge.stop()
    assert len(set(where)) == 1
    assert where[0] is not threading.main_thread()


def test_events_posted_before_the_session_exists_wait_for_it_in_order(
    bridge: Bridge, session: RecordingSession, qtbot: QtBot
) -> None:
    bridge.post(SignIn())
    bridge.post(CheckNow())
    started(bridge, qtbot)
    qtbot.waitUntil(lambda: session.posted == [SignIn(), CheckNow()])


def test_a_call_answers_on_qts_thread(bridge: Bridge, session: RecordingSession, qtbot: QtBot) -> None:
    started(bridge, qtbot)
    answers: list[tuple[object, QThread]] = []
    bridge.call(session.report, done=lambda text: answers.append((text, QThread.currentThread())))
    qtbot.waitUntil(lambda: bool(answers))
    assert answers == [("report", bridge.thread())]


def test_an_error_of_a_call_goes_to_the_one_who_asked(bridge: Bridge, qtbot: QtBot) -> None:
    started(bridge, qtbot)

    async def fail() -> None:
        raise ValueError("no such person")

    errors: list[str] = []
    bridge.call(fail, failed=lambda error: errors.append(str(error)))
    qtbot.waitUntil(lambda: errors == ["no such person"])


@pytest.mark.expect_logs("fail failed")
def test_an_error_that_nobody_asked_for_goes_to_the_log(bridge: Bridge, qtbot: QtBot) -> None:
    started(bridge, qtbot)

    async def fail() -> None:
        raise ValueError("no such person")

    bridge.call(fail)
    on_loop(bridge, lambda: None)


def test_a_cancelled_call_never_answers_and_its_work_is_cancelled(bridge: Bridge, qtbot: QtBot) -> None:
    started(bridge, qtbot)
    begun, ended = threading.Event(), threading.Event()

    async def wait() -> None:
        begun.set()
        try:
            await asyncio.sleep(3600)
        finally:
            ended.set()

    answers: list[object] = []
    call = bridge.call(wait, done=answers.append, failed=answers.append)
    assert begun.wait(10)
    call.cancel()
    assert ended.wait(10)
    on_loop(bridge, lambda: None)
    qtbot.wait(0)
    assert answers == []


def test_a_call_cancelled_after_it_ended_but_before_qt_heard_of_it_does_not_answer(
    bridge: Bridge, session: RecordingSession, qtbot: QtBot
) -> None:
    started(bridge, qtbot)
    answers: list[object] = []
    call = bridge.call(session.report, done=answers.append)
    on_loop(bridge, lambda: None)
    call.cancel()
    heard: list[object] = []
    bridge.relay(lambda: heard.append(True))()
    qtbot.waitUntil(lambda: bool(heard))
    assert answers == []


def test_a_relayed_callback_acts_on_qts_thread(bridge: Bridge, qtbot: QtBot) -> None:
    started(bridge, qtbot)
    heard: list[tuple[str, QThread]] = []
    on_step = bridge.relay(lambda step: heard.append((step, QThread.currentThread())))
    on_loop(bridge, lambda: on_step("sign in"))
    assert heard == []
    qtbot.waitUntil(lambda: heard == [("sign in", bridge.thread())])


def test_nothing_arrives_after_stop_and_the_session_is_stopped(
    bridge: Bridge, session: RecordingSession, qtbot: QtBot
) -> None:
    started(bridge, qtbot)
    arrived: list[State] = []
    bridge.state_changed.connect(arrived.append)
    on_loop(bridge, lambda: session.on_state(state(revision=1)))  # on its way, not delivered
    assert bridge.stop()
    session.on_state(state(revision=2))
    bridge.post(SignIn())
    qtbot.wait(20)
    assert arrived == []
    assert session.posted == []
    assert session.stopped
    assert bridge.stop(), "a second stop is harmless"


def test_calls_under_way_end_with_the_bridge(bridge: Bridge, qtbot: QtBot) -> None:
    started(bridge, qtbot)
    begun, ended = threading.Event(), threading.Event()

    async def wait() -> None:
        begun.set()
        try:
            await asyncio.sleep(3600)
        finally:
            ended.set()

    bridge.call(wait)
    assert begun.wait(10)
    assert bridge.stop()
    assert ended.is_set()


@pytest.mark.expect_logs("did not end within")
def test_a_session_whose_stop_hangs_is_cancelled_at_the_deadline(qtbot: QtBot) -> None:
    session = Stubborn()
    bridge = Bridge(lambda: session)
    started(bridge, qtbot)
    assert bridge.stop(seconds=0.05)
    assert session.stopped


def test_stop_at_once_after_start_leaves_nothing_behind(qtbot: QtBot, session: RecordingSession) -> None:
    for _ in range(20):
        bridge = Bridge(lambda: session)
        bridge.start()
        assert bridge.stop()


def test_views_are_worked_out_off_qts_thread_and_the_last_one_asked_for_is_shown(
    bridge: Bridge, qtbot: QtBot
) -> None:
    started(bridge, qtbot)
    wanted, threads = [0], set()
    shown: list[int] = []

    def job() -> Callable[[], int] | None:
        number = wanted[0]

        def work() -> int:
            threads.add(threading.current_thread())
            return number

        return work if number < 100 else None

    newest = Newest(bridge, job, shown.append)
    for number in range(50):
        wanted[0] = number
        newest.ask()
    qtbot.waitUntil(lambda: shown[-1:] == [49])
    assert len(shown) == 2, "one was under way, and the last"
    assert threading.main_thread() not in threads
    wanted[0] = 100
    newest.ask()
    wanted[0] = 7
    newest.ask()
    qtbot.waitUntil(lambda: shown[-1:] == [7])


def test_a_view_that_fails_is_told_and_the_next_one_comes(bridge: Bridge, qtbot: QtBot) -> None:
    started(bridge, qtbot)
    shown: list[int] = []
    divisor = [0]
    newest = Newest(bridge, lambda: lambda: 6 // divisor[0], shown.append)
    with qtbot.captureExceptions() as raised:
        newest.ask()
        qtbot.waitUntil(lambda: len(raised) == 1)
    divisor[0] = 2
    newest.ask()
    qtbot.waitUntil(lambda: shown == [3])


@pytest.mark.expect_logs("could not go on")
def test_a_session_that_cannot_be_made_is_told(qtbot: QtBot) -> None:
    def make() -> RecordingSession:
        raise OSError("no home directory")

    bridge = Bridge(make)
    with qtbot.waitSignal(bridge.failed) as blocker:
        bridge.start()
    assert str(blocker.args[0]) == "no home directory"
    assert bridge.stop()


def test_a_callback_that_raises_does_not_take_the_next_with_it(bridge: Bridge, qtbot: QtBot) -> None:
    started(bridge, qtbot)
    heard: list[str] = []

    def bad() -> None:
        raise ValueError("bad")

    with qtbot.captureExceptions() as raised:
        on_loop(bridge, lambda: (bridge.relay(bad)(), bridge.relay(heard.append)("good")))
        qtbot.waitUntil(lambda: heard == ["good"])
    assert len(raised) == 1
