"""The worker process may do what it likes: the client says so, goes on, and leaves nothing behind."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from threading import Thread

import psutil
import pytest

from lyncdesk.client.ports import ProblemError
from lyncdesk.client.problems import Problem
from lyncdesk.exchange import wire
from lyncdesk.exchange.launching import worker_command
from lyncdesk.exchange.process import ExchangeWorker, Outcome
from lyncdesk.starting import child_environment
from tests.exchange.client import raw_server as raw
from tests.exchange.client.raw_server import RawServer
from tests.exchange.client.sessions import name_of, outcome_of
from tests.waiting import until, wait_for

CALL = {"endpoint": "http://127.0.0.1:9/", "address": "a@b.c", "login": "anna", "password": "s3cret pass"}

# What a worker of a test has at hand: read() a request, send() an answer.
PRELUDE = """
import os, sys, time, json, struct
def read():
    head = sys.stdin.buffer.read(6)
    if not head: sys.exit(0)
    return json.loads(sys.stdin.buffer.read(struct.unpack(">2sI", head)[1]))
def raw(data):
    sys.stdout.buffer.write(data); sys.stdout.buffer.flush()
def send(**answer):
    body = json.dumps(answer).encode(); raw(struct.pack(">2sI", b"LD", len(body)) + body)
def done(request):
    send(id=request["id"], part={"said": "hello"}); send(id=request["id"], done=True)
"""
GOOD = "while True: done(read())"


def script(*lines: str) -> Callable[[], tuple[str, ...]]:
    """The command of a worker that does this."""
    return lambda: (sys.executable, "-c", PRELUDE + "\n".join(lines))


class Scripts:
    """A command that is another script each time a worker is started; the last one stays."""

    def __init__(self, *scripts: str) -> None:
        self._scripts = list(scripts)

    def __call__(self) -> tuple[str, ...]:
        first = self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]
        return script(first)()


@asynccontextmanager
async def running(
    command: Callable[[], tuple[str, ...]], grace: float = 2.0
) -> AsyncIterator[ExchangeWorker]:
    worker = ExchangeWorker(command=command, grace=grace)
    try:
        yield worker
    finally:
        await worker.close()


async def ask(
    worker: ExchangeWorker, deadline: float = 30.0, next_due_in: float | None = None, **call: object
) -> Outcome:
    return await worker.request("check", {**CALL, **call}, {}, deadline=deadline, next_due_in=next_due_in)


def problem_of(outcome: Outcome) -> tuple[str, object]:
    assert outcome.failure is not None
    return outcome.failure.problem.name, dict(outcome.failure.problem.values).get("code")


BROKEN = {
    "ends at once": ("sys.exit(3)", "it ended"),
    "ends after reading": ("read(); os._exit(1)", "it ended"),
    "killed": ("read(); os.kill(os.getpid(), 9)", "it ended"),
    "ends within an answer": ("read(); raw(b'LD\\0\\0\\0\\xff{}')", "it ended"),
    "prints into the pipe": (
        "read(); print('Traceback (most recent')",
        "it sent something that is no message",
    ),
    "announces too much": ("read(); raw(b'LD\\xff\\xff\\xff\\xff')", "it sent a message of 4294967295 bytes"),
    "sends no JSON": ("read(); raw(b'LD\\0\\0\\0\\2xx')", "it sent a message that is no JSON"),
    "sends no object": ("read(); raw(b'LD\\0\\0\\0\\2[]')", "it sent a message that is no object"),
    "answers another request": (
        "read(); send(id=99, done=True); time.sleep(60)",
        "it sent an answer to another request",
    ),
    "answers nonsense": (
        "r = read(); send(nothing=1); time.sleep(60)",
        "it sent an answer that makes no sense",
    ),
    "invents a problem": (
        "r = read(); send(id=r['id'], failed='invented', values={}, back_off=None); time.sleep(60)",
        "it sent an answer that makes no sense",
    ),
    "closes its output": ("read(); os.close(1); time.sleep(60)", "it ended"),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_worker_is_said_and_replaced_at_the_next_request(name: str) -> None:
    lines, code = BROKEN[name]
    async with running(Scripts(lines, GOOD)) as worker:
        assert problem_of(await ask(worker)) == ("worker-failed", code)
        assert worker.pid is None
        assert (await ask(worker)).parts == {"said": "hello"}


async def test_a_worker_that_hangs_is_killed_at_the_deadline_and_replaced() -> None:
    async with running(Scripts("read(); time.sleep(600)", GOOD)) as worker:
        assert problem_of(await ask(worker, deadline=0.4)) == ("timed-out", "no answer")
        assert worker.pid is None
        assert (await ask(worker)).failure is None
        assert worker.report().killed == 1


async def test_a_worker_that_does_not_read_is_killed_at_the_deadline() -> None:
    async with running(script("time.sleep(600)")) as worker:
        outcome = await ask(worker, deadline=0.4, password="x" * 4_000_000)
        assert problem_of(outcome) == ("timed-out", "no answer")


async def test_parts_that_came_before_the_end_are_kept() -> None:
    async with running(script("r = read(); send(id=r['id'], part={'items': []}); os._exit(1)")) as worker:
        outcome = await ask(worker)
        assert outcome.parts == {"items": []}
        assert problem_of(outcome) == ("worker-failed", "it ended")


async def test_a_worker_that_cannot_be_started_is_said() -> None:
    async with running(lambda: ("/does/not/exist",)) as worker:
        assert problem_of(await ask(worker)) == ("worker-failed", "No such file or directory")


async def test_a_worker_that_died_while_idle_is_replaced_unnoticed() -> None:
    async with running(script(GOOD)) as worker:
        await ask(worker)
        assert worker.pid is not None
        process = worker._process
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        await until(lambda: process.returncode is not None, "its end")
        assert (await ask(worker)).failure is None
        assert worker.report().starts == 2


async def test_what_it_prints_is_drained_bounded_and_free_of_secrets() -> None:
    noise = (
        "r = read(); p = r['call']['password']\n"
        "sys.stderr.write('x' * 300000 + p + '|' + repr(p)); sys.stderr.flush()"
    )
    async with running(script(noise, "done(r)", "read()")) as worker:
        assert (await ask(worker)).failure is None
    printed = worker.report().printed
    assert printed.endswith("***|'***'")
    assert len(printed) <= 4000


async def test_requests_are_served_one_at_a_time_in_order() -> None:
    lines = (
        "n = 0\nwhile True:\n  r = read(); n += 1\n"
        "  send(id=r['id'], part={'n': n}); send(id=r['id'], done=True)"
    )
    async with running(script(lines)) as worker:
        outcomes = await asyncio.gather(*(ask(worker) for _ in range(5)))
        assert [outcome.parts["n"] for outcome in outcomes] == [1, 2, 3, 4, 5]
        assert worker.report().starts == 1


async def test_it_ends_when_idle_and_stays_while_work_is_due_soon() -> None:
    async with running(script(GOOD), grace=0.0) as worker:
        for due in (None, 31.0):
            await ask(worker, next_due_in=due)
            await until(lambda: worker.pid is None, "its end")
        assert worker.report().starts == 2
        await ask(worker, next_due_in=25.0)
        await asyncio.sleep(0.3)
        await ask(worker)
        assert worker.report().starts == 3
        assert worker.report().killed == 0


async def test_a_cancelled_request_costs_the_process_not_the_next_request() -> None:
    async with running(Scripts("read(); time.sleep(600)", GOOD)) as worker:
        waiting = asyncio.create_task(ask(worker))
        await until(lambda: worker.pid, "its start")
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting
        assert worker.pid is None
        assert (await ask(worker)).failure is None


async def test_a_part_that_the_caller_cannot_use_costs_the_process_not_the_next_request() -> None:
    def cannot(_part: object) -> None:
        raise ProblemError(Problem.of("worker-failed", code="of no use"))

    async with running(script(GOOD)) as worker:
        with pytest.raises(ProblemError):
            await worker.request("check", CALL, {}, deadline=60, on_part=cannot)
        assert worker.pid is None
        assert (await worker.request("check", CALL, {}, deadline=60)).failure is None


async def test_close_ends_what_hangs_and_what_waits() -> None:
    worker = ExchangeWorker(command=script("read(); time.sleep(600)"))
    waiting = [asyncio.create_task(ask(worker)) for _ in range(3)]
    await until(lambda: worker.pid, "its start")
    await worker.close()
    names = [problem_of(outcome)[0] for outcome in await asyncio.gather(*waiting)]
    assert names == ["worker-failed"] * 3
    assert worker.report().running is False
    assert problem_of(await ask(worker)) == ("worker-failed", "the program is closing")


async def test_close_ends_a_worker_that_ignores_the_end_of_its_input() -> None:
    async with running(script("done(read()); time.sleep(600)")) as worker:
        await ask(worker)


def test_the_loop_may_run_in_another_thread() -> None:
    seen: list[str] = []

    async def check() -> None:
        worker = ExchangeWorker()
        with RawServer(raw.calendar(raw.ITEM)) as server:
            seen.append(name_of(await outcome_of(server.account(), worker)))
        await worker.close()

    thread = Thread(target=lambda: asyncio.run(check()))
    thread.start()
    thread.join()
    assert seen == ["fine"]


NOISY = """
import os, sys
from lyncdesk.exchange import operations, worker
check = operations.OPERATIONS["check"]
def noisy(link, arguments):
    print("printed"); os.write(1, b"written"); sys.__stdout__.write("more"); sys.__stdout__.flush()
    import subprocess; subprocess.run([sys.executable, "-c", "print('by a child')"], check=True)
    yield from check(link, arguments)
operations.OPERATIONS["check"] = noisy
worker.main()
"""


async def test_libraries_that_print_do_not_disturb_the_pipe() -> None:
    worker = ExchangeWorker(command=lambda: (sys.executable, "-P", "-c", NOISY))
    with RawServer(raw.calendar(raw.ITEM)) as server:
        assert name_of(await outcome_of(server.account(), worker)) == "fine"
    await worker.close()
    assert all(word in worker.report().printed for word in ("printed", "written", "more", "by a child"))


async def test_the_real_worker_prints_nothing_and_survives_ctrl_c() -> None:
    worker = ExchangeWorker()
    with RawServer(raw.calendar(raw.ITEM)) as server:
        assert name_of(await outcome_of(server.account(), worker)) == "fine"
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGINT)
        server.behaviour = raw.answers(raw.fault(b"ErrorInternalServerError"))
        assert name_of(await outcome_of(server.account(), worker)) == "server-error"
    report = worker.report()
    await worker.close()
    assert (report.starts, report.printed) == (1, "")


PARENT = """
import asyncio, sys
from lyncdesk.exchange.process import ExchangeWorker
async def main():
    worker = ExchangeWorker()
    call = {"endpoint": sys.argv[1], "address": "a@b.c", "login": "a", "password": "b", "timeout": 300}
    day = {"start": "2026-03-02T00:00:00+00:00", "end": "2026-03-03T00:00:00+00:00", "limit": 1}
    task = asyncio.create_task(worker.request("check", call, day, deadline=300))
    while worker.pid is None:
        await asyncio.sleep(0.01)
    print(worker.pid, flush=True)
    await task
asyncio.run(main())
"""


def test_the_worker_ends_with_its_parent_even_in_the_middle_of_a_request() -> None:
    with RawServer(raw.hangs) as server:
        command = [sys.executable, "-c", PARENT, server.url()]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=child_environment()) as parent:
            assert parent.stdout is not None
            child = psutil.Process(int(parent.stdout.readline()))
            wait_for(lambda: server.requests, "the request")
            parent.kill()
        psutil.wait_procs([child], timeout=60)
        assert not child.is_running()


def test_no_secret_is_in_arguments_or_environment() -> None:
    text = " ".join([*worker_command(), *child_environment().values()])
    assert "s3cret" not in text
    assert "PYTHONINSPECT" not in child_environment()


def test_the_worker_finds_its_package_from_anywhere(tmp_path: Path) -> None:
    (tmp_path / "lyncdesk.py").write_text("raise SystemExit('the wrong one')")
    done = subprocess.run(
        worker_command(), input=b"", env=child_environment(), cwd=tmp_path, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_worker_that_is_fed_rubbish_ends() -> None:
    done = subprocess.run(
        worker_command(),
        input=b"GET / HTTP/1.1\r\n",
        env=child_environment(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2


def test_messages_round_trip_and_are_bounded() -> None:
    message = {"text": "ä€\x00", "list": [1, None, True]}
    data = wire.encode(message)
    assert wire.length_of(data[:6]) == len(data) - 6
    assert wire.decode(data[6:]) == message
    with pytest.raises(wire.WireError):
        wire.encode({"text": "x" * wire.LIMIT})
    with pytest.raises(wire.WireError):
        wire.decode(b"[" * 100_000)
