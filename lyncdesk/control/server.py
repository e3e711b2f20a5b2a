"""The running client's end of the local socket: only this user can reach it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from lyncdesk.client.session import Session
from lyncdesk.client.state import State
from lyncdesk.client.words import Words
from lyncdesk.control.commands import ANSWERS, EVENTS, status
from lyncdesk.control.protocol import LONGEST_LINE, ControlError, line, message

log = logging.getLogger(__name__)

_FOLLOWERS = 16


class ControlServer:
    """Answers commands about one session. ``on_show`` raises the window, ``on_quit`` ends the program.

    On Windows, which has no local sockets in asyncio, it listens on loopback and asks for a secret that
    stands in a
    file of the user.
    """

    def __init__(
        self,
        path: Path,
        session: Session,
        state: Callable[[], State],
        drained: Callable[[], Awaitable[None]],
        words: Words,
        on_show: Callable[[], None] | None,
        on_quit: Callable[[], object],
    ) -> None:
        self._path = path
        self._session = session
        self._state = state
        self._drained = drained
        self._words = words
        self._on_show = on_show
        self._on_quit = on_quit
        self._server: asyncio.Server | None = None
        self._followers: set[asyncio.Queue[None]] = set()
        self._talks: set[asyncio.Task[None]] = set()
        self._secret = ""

    async def start(self) -> None:
        """Listen. A socket that a killed client left behind is replaced; one at which a client listens is
        not, and then this client is not to be reached.
        """
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if await _listens(self._path):
            log.warning("another client listens at %s, so this one cannot", self._path)
            return
        self._path.unlink(missing_ok=True)
        if sys.platform == "win32":
            # It loads a cryptography library, which the other systems can do without.
            import secrets

            self._secret = secrets.token_urlsafe(24)
            self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0, limit=LONGEST_LINE)
            port = self._server.sockets[0].getsockname()[1]
            self._path.write_text(f"{port} {self._secret}\n", encoding="ascii")
            return
        before = os.umask(0o177)
        try:
            self._server = await asyncio.start_unix_server(self._talk, str(self._path), limit=LONGEST_LINE)
        finally:
            os.umask(before)

    def changed(self) -> None:
        """A new State is there: whoever follows is told."""
        for follower in self._followers:
            if follower.empty():
                follower.put_nowait(None)

    async def stop(self) -> None:
        """Hang up and listen no more. Idempotent."""
        if self._server is None:
            return
        self._server.close()
        for talk in tuple(self._talks):
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None
        self._path.unlink(missing_ok=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._talks.add(task)
            task.add_done_callback(self._talks.discard)
        try:
            await self._answer(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            log.debug("a control connection ended")
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError, OSError):
                await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked = message(await reader.readline())
            if self._secret and asked.get("secret") != self._secret:
                raise ControlError("the secret is wrong")
            command = str(asked.get("command", ""))
            if command == "status" and asked.get("follow"):
                await self._follow(reader, writer)
                return
            answer = await self._do(command, asked)
        except (ControlError, ValueError) as error:
            writer.write(line({"ok": False, "error": str(error)}))
        except ConnectionError:
            raise
        except Exception as error:  # noqa: BLE001 - no question ends in silence; the words may hold a subject
            log.error("a command over the socket ended in %s", type(error).__name__)
            writer.write(line({"ok": False, "error": "the running client made a mistake; see its log"}))
        else:
            writer.write(line({"ok": True, **answer}))
        await writer.drain()

    async def _do(self, command: str, asked: dict[str, object]) -> dict[str, object]:
        now = self._session.now()
        if command == "explain" and asked.get("at") is not None:
            from lyncdesk.control.explain_past import explain_past

            return await explain_past(self._session, self._state(), self._words, asked)
        if command in ANSWERS:
            return ANSWERS[command](self._state(), now, self._words, asked)
        if command in EVENTS:
            self._session.post(EVENTS[command](self._state(), now, asked))
            await self._drained()
            return status(self._state(), self._session.now(), self._words, asked)
        if command == "show":
            if self._on_show is None:
                raise ControlError("this client runs without a window")
            self._on_show()
            return {}
        if command == "quit":
            self._on_quit()
            return {}
        raise ControlError(f"the running client does not know the command “{command}”")

    async def _follow(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._followers) >= _FOLLOWERS:
            raise ControlError("too many programs follow the status already")
        news: asyncio.Queue[None] = asyncio.Queue()
        self._followers.add(news)
        # Whoever hangs up is gone at once, not only when there is something to tell.
        hung_up = asyncio.ensure_future(_to_the_end(reader))
        hung_up.add_done_callback(lambda _: news.put_nowait(None))
        last: dict[str, object] = {}
        try:
            while not hung_up.done():
                current = status(self._state(), self._session.now(), self._words, {})
                if current != last:
                    writer.write(line({"ok": True, **current}))
                    await writer.drain()
                    last = current
                await news.get()
        finally:
            self._followers.discard(news)
            hung_up.cancel()
            await asyncio.gather(hung_up, return_exceptions=True)


async def _to_the_end(reader: asyncio.StreamReader) -> None:
    """Return when the other side has hung up."""
    with contextlib.suppress(ConnectionError):
        while await reader.read(4096):
            pass


async def _listens(path: Path) -> bool:
    """Whether somebody listens at a local socket; on Windows the lock of the instance alone tells."""
    if sys.platform == "win32":
        return False
    try:
        _, writer = await asyncio.open_unix_connection(str(path))
    except OSError:
        return False
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    return True
