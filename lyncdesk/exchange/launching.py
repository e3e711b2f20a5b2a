"""How the process of the worker is started, and how it is ended without anything left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from typing import Final

from lyncdesk.starting import WORKER, module_command

_FAREWELL: Final = 2.0  # seconds to end by itself


def worker_command() -> tuple[str, ...]:
    """How the worker is started."""
    return module_command(WORKER)


async def gone(process: asyncio.subprocess.Process, drain: asyncio.Task[None], *, kill: bool) -> None:
    """End the process, by closing its input or at once, and everything that belongs to it."""
    assert process.stdin is not None  # noqa: S101
    assert process.stdout is not None  # noqa: S101
    process.stdin.close()
    if not kill:
        # Reading to the end, because a full pipe would keep the process (and its transport) alive.
        with suppress(TimeoutError):
            async with asyncio.timeout(_FAREWELL):
                await _swallow(process.stdout)
                await process.wait()
    strike(process)
    await _swallow(process.stdout)
    await process.wait()
    await drain
    with suppress(ConnectionError):
        await process.stdin.wait_closed()


def strike(process: asyncio.subprocess.Process) -> None:
    """Kill the process if it has not ended.

    Not by its own ``kill``, which looks first whether the process has ended, and so takes its end away from
    asyncio, which then warns of an unknown child.
    """
    if process.returncode is not None:
        return
    with suppress(ProcessLookupError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.kill(process.pid, signal.SIGKILL)


async def _swallow(stream: asyncio.StreamReader) -> None:
    while await stream.read(65536):
        pass
