"""The owner of the worker process: starts it on demand, feeds it, kills it at a deadline, ends it when idle.

Whatever the worker does (hang, crash, write rubbish), a request ends with an answer or a problem, and the
next request finds a working process. Everything runs on the loop of the caller; nothing blocks it.
"""

from __future__ import annotations

import asyncio
import base64
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from lyncdesk.client.problems import Problem
from lyncdesk.exchange import wire
from lyncdesk.exchange.launching import gone, strike, worker_command
from lyncdesk.starting import NO_WINDOW, child_environment

_GRACE: Final = 2.0  # seconds of idle life after the last work
_HORIZON: Final = 30.0  # seconds: a worker waits for work that is due within
_MOST_PARTS: Final = 5_000  # of one request
_KEPT: Final = 4000  # bytes of what it printed


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a request did not end well; ``back_off`` in seconds is the server's wish."""

    problem: Problem
    back_off: float | None = None


@dataclass(slots=True)
class Outcome:
    """What a request brought: its parts together, facts about the conversation, what ended it early.

    ``way`` is how one signs in there, "" if that is not known (any more); None if the worker did not tell.
    ``traffic`` is bytes sent, bytes received and seconds waited, None if it did not tell that.
    """

    parts: dict[str, object] = field(default_factory=dict)
    limits: list[str] = field(default_factory=list)
    requests: int = 0
    server: str = ""
    version: str = ""
    way: str | None = None
    traffic: tuple[int, int, float] | None = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class WorkerReport:
    """For Configuration information: what became of the workers of this run. ``printed`` holds no secret."""

    running: bool
    starts: int
    killed: int
    printed: str


class ExchangeWorker:
    """One worker process, or none while there is nothing to do. Serves one request at a time.

    ``command`` and ``environment`` tell how to start it; ``grace`` is its idle life in seconds.
    """

    def __init__(
        self,
        *,
        command: Callable[[], Sequence[str]] = worker_command,
        environment: Callable[[], Mapping[str, str]] = child_environment,
        grace: float = _GRACE,
    ) -> None:
        self._grace = grace
        self._command = command
        self._environment = environment
        self._turn = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._drain: asyncio.Task[None] | None = None
        self._linger: asyncio.Task[None] | None = None
        self._closed = False
        self._numbers = count(1)
        self._starts = self._killed = 0
        self._printed = b""
        self._secrets: tuple[bytes, ...] = ()

    @property
    def pid(self) -> int | None:
        """The process id while there is a process."""
        return self._process.pid if self._process is not None else None

    def report(self) -> WorkerReport:
        """What to tell about the workers."""
        text = self._printed.decode(errors="replace")
        return WorkerReport(self._process is not None, self._starts, self._killed, text)

    async def request(
        self,
        operation: str,
        call: Mapping[str, object],
        arguments: Mapping[str, object],
        *,
        deadline: float,
        next_due_in: float | None = None,
        on_part: Callable[[Mapping[str, object]], None] | None = None,
    ) -> Outcome:
        """Have an operation done; ``call`` and ``arguments`` as the worker's table names them.

        It ends after ``deadline`` seconds at the latest (counted from its turn); a worker that has not
        answered then is killed. ``next_due_in`` seconds, if it is known, says when the next request comes:
        a worker that is needed soon stays. Parts that came before a failure are kept beside it; ``on_part``
        is called with each as it comes. A cancelled request, and a part that the caller cannot use, kill the
        worker.
        """
        async with self._turn:
            await self._stop_lingering()
            if self._closed:
                return Outcome(failure=_failed("the program is closing"))
            server = str(call.get("endpoint", ""))
            outcome = Outcome()
            try:
                async with asyncio.timeout(deadline):
                    process = await self._started(call)
                    await self._converse(process, operation, call, arguments, outcome, on_part)
            except TimeoutError:
                outcome.failure = Failure(Problem.of("timed-out", server=_host(server), code="no answer"))
            except asyncio.IncompleteReadError:
                outcome.failure = _failed("it ended")
            except wire.WireError as error:
                outcome.failure = _failed(f"it sent {error}")
            except (KeyError, TypeError, ValueError):
                outcome.failure = _failed("it sent an answer that makes no sense")
            except OSError as error:
                outcome.failure = _failed(error.strerror or type(error).__name__)
            except BaseException:
                # Cancelled, or the caller could not use a part: what comes yet is an answer to nobody.
                await self._kill()
                raise
            else:
                self._stay(next_due_in)
                return outcome
            await self._kill()
            return outcome

    async def close(self) -> None:
        """End the worker for good; what waits gets ``worker-failed``. Leaves no process, task or pipe."""
        self._closed = True
        if self._turn.locked() and self._process is not None:
            strike(self._process)
        async with self._turn:
            await self._stop_lingering()
            await self._end()

    async def _started(self, call: Mapping[str, object]) -> asyncio.subprocess.Process:
        if self._process is not None and self._process.returncode is not None:
            await self._kill()  # it died while idle
        self._secrets = _secret_forms(str(call.get("login", "")), str(call.get("password", "")))
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(
                *self._command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=dict(self._environment()),
                creationflags=NO_WINDOW,
            )
            self._starts += 1
            self._drain = asyncio.create_task(
                self._listen(self._process), name="exchange worker: what it prints"
            )
        return self._process

    async def _converse(
        self,
        process: asyncio.subprocess.Process,
        operation: str,
        call: Mapping[str, object],
        arguments: Mapping[str, object],
        outcome: Outcome,
        on_part: Callable[[Mapping[str, object]], None] | None,
    ) -> None:
        assert process.stdin is not None  # noqa: S101  both are pipes
        assert process.stdout is not None  # noqa: S101
        number = next(self._numbers)
        request = {"id": number, "operation": operation, "call": dict(call), "arguments": dict(arguments)}
        process.stdin.write(wire.encode(request))
        # A worker that cannot be written to has ended; reading tells how far it came.
        with suppress(ConnectionError):
            await process.stdin.drain()
        for _ in range(_MOST_PARTS):
            answer = await wire.receive(process.stdout)
            if answer["id"] != number:
                raise wire.WireError("an answer to another request")
            part = answer.get("part")
            if part is not None:
                outcome.limits += part.pop("limits", [])
                outcome.parts.update(part)
                if on_part is not None:
                    on_part(part)
                continue
            outcome.requests = int(answer.get("requests", 0))
            outcome.server = str(answer.get("server", ""))
            outcome.version = str(answer.get("version", ""))
            outcome.way = str(answer["way"]) if "way" in answer else None
            if "traffic" in answer:
                sent, received, seconds = answer["traffic"]
                outcome.traffic = (int(sent), int(received), float(seconds))
            if "failed" in answer:
                problem = Problem.of(answer["failed"], **answer["values"])
                outcome.failure = Failure(problem, answer["back_off"])
            return
        raise wire.WireError("more parts than a request has")

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        """Keep the end of what the worker prints, without secrets, so that its pipe never fills."""
        assert process.stderr is not None  # noqa: S101
        while text := await process.stderr.read(_KEPT):
            printed = self._printed + text
            for secret in self._secrets:
                printed = printed.replace(secret, b"***")
            self._printed = printed[-_KEPT:]

    def _stay(self, next_due_in: float | None) -> None:
        wanted_soon = next_due_in is not None and next_due_in <= _HORIZON
        seconds = self._grace + (max(0.0, next_due_in or 0.0) if wanted_soon else 0.0)
        self._linger = asyncio.create_task(self._end_after(seconds), name="exchange worker: idle")

    async def _end_after(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        async with self._turn:
            await self._end()

    async def _stop_lingering(self) -> None:
        linger, self._linger = self._linger, None
        if linger is not None:
            linger.cancel()
            await asyncio.gather(linger, return_exceptions=True)

    async def _kill(self) -> None:
        self._killed += self._process is not None
        await self._end(kill=True)

    async def _end(self, *, kill: bool = False) -> None:
        """End the process: by closing its input, or at once. It is gone when this returns or is cancelled."""
        process, self._process = self._process, None
        drain, self._drain = self._drain, None
        if process is not None and drain is not None:
            ending = asyncio.ensure_future(gone(process, drain, kill=kill))
            try:
                await asyncio.shield(ending)
            except asyncio.CancelledError:
                strike(process)
                await ending
                raise


def _failed(code: str) -> Failure:
    return Failure(Problem.of("worker-failed", code=code))


def _host(endpoint: str) -> str:
    from lyncdesk.exchange.address import server_name

    return server_name(endpoint)


def _secret_forms(login: str, password: str) -> tuple[bytes, ...]:
    """The password as it could turn up in print: itself, and as basic authentication sends it."""
    if not password:
        return ()
    pair = f"{login}:{password}"
    forms = {password.encode(errors="replace"), repr(password)[1:-1].encode(errors="replace")}
    forms |= {base64.b64encode(pair.encode(code, "replace")) for code in ("utf-8", "latin-1")}
    return tuple(sorted(forms, key=len, reverse=True))
