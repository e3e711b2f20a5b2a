"""Passwords: in the system's keyring, or in this run's memory. Never in a file of LyncDesk's own."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta

from lyncdesk.client.ports import ProblemError
from lyncdesk.client.problems import Problem
from lyncdesk.client.words import N_
from lyncdesk.presence.message import Message, Value
from lyncdesk.starting import KEYRING_HELPER, NO_WINDOW, child_environment, module_command

SERVICE = "LyncDesk"
# A person may have to type the keyring's own password meanwhile.
PATIENCE = timedelta(minutes=2)
# Windows keeps 2560 bytes of UTF-16 per entry and says only "(1783, 'CredWrite')" about more.
_WINDOWS_CHARACTERS = 1280

REASONS: dict[str, str] = {
    "none": N_("there is no keyring on this computer"),
    "unsafe": N_("the only keyring on this computer would keep passwords readable"),
    "locked": N_("the keyring is locked and was not unlocked"),
    "late": N_("the keyring did not answer within {patience}"),
    "ended": N_("the process that asks the keyring ended unexpectedly"),
    "too-long": N_("the password is longer than the {limit} characters that Windows can keep"),
    "error": N_("{error}"),
}


def _problem(reason: str, **values: Value) -> Problem:
    return Problem.of("keyring-missing", code=Message.of(REASONS.get(reason, REASONS["ended"]), **values))


def helper_command() -> tuple[str, ...]:
    """How the helper is started."""
    return module_command(KEYRING_HELPER)


class KeyringStore:
    """The system's keyring, asked through a helper process that is killed after ``patience``.

    Every method raises ProblemError ``keyring-missing`` where the keyring cannot do it; ``code`` says why.
    """

    def __init__(
        self,
        *,
        service: str = SERVICE,
        command: Callable[[], Sequence[str]] = helper_command,
        environment: Callable[[], Mapping[str, str]] = child_environment,
        patience: timedelta = PATIENCE,
        windows: bool = sys.platform == "win32",
    ) -> None:
        self._service = service
        self._command = command
        self._environment = environment
        self._patience = patience
        self._windows = windows
        self._turn = asyncio.Lock()  # one unlock dialog at a time

    async def get(self, *accounts: str) -> tuple[str | None, ...]:
        """The password of each account, None where there is none."""
        answer = await self._ask("get", *accounts)
        kept = answer.get("passwords")
        if not isinstance(kept, list) or len(kept) != len(accounts):
            raise ProblemError(_problem("ended"))
        return tuple(one if isinstance(one, str) else None for one in kept)

    async def set(self, account: str, password: str) -> None:
        """Keep the password."""
        if self._windows and len(password.encode("utf-16-le")) > 2 * _WINDOWS_CHARACTERS:
            raise ProblemError(_problem("too-long", limit=_WINDOWS_CHARACTERS))
        await self._ask("set", account, password=password)

    async def forget(self, *accounts: str) -> None:
        """Remove the password of each account, where there is one."""
        await self._ask("forget", *accounts)

    async def empty(self, *accounts: str) -> int:
        """Remove everything that LyncDesk keeps there; how many entries that were.

        ``accounts`` are those that are known: not every keyring tells what else it holds (macOS does not).
        """
        answer = await self._ask("empty", *accounts)
        return number if isinstance(number := answer.get("removed"), int) else 0

    async def _ask(self, do: str, *accounts: str, **more: str) -> dict[str, object]:
        request = {"do": do, "service": self._service, "accounts": accounts, **more}
        async with self._turn:
            answer = await self._exchange(json.dumps(request).encode())
        if "failed" in answer:
            reason, said = str(answer["failed"]), str(answer.get("error") or "")
            raise ProblemError(_problem(reason, error=said) if said else _problem(reason))
        return answer

    async def _exchange(self, request: bytes) -> dict[str, object]:
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command(),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env=dict(self._environment()),
                creationflags=NO_WINDOW,
            )
        except OSError as error:
            raise ProblemError(_problem("error", error=error.strerror or str(error))) from error
        try:
            async with asyncio.timeout(self._patience.total_seconds()):
                out, _ = await process.communicate(request)
            answer = json.loads(out)
        except TimeoutError as error:
            raise ProblemError(_problem("late", patience=self._patience)) from error
        except ValueError as error:
            raise ProblemError(_problem("ended")) from error
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        return answer if isinstance(answer, dict) else {"failed": "ended"}


class MemoryStore:
    """Passwords for this run only: where there is no keyring, or a policy forbids to save them."""

    def __init__(self) -> None:
        self._passwords: dict[str, str] = {}

    async def get(self, *accounts: str) -> tuple[str | None, ...]:
        """The password of each account, None where there is none."""
        return tuple(map(self._passwords.get, accounts))

    async def set(self, account: str, password: str) -> None:
        """Keep the password until the program ends."""
        self._passwords[account] = password

    async def forget(self, *accounts: str) -> None:
        """Remove the password of each account, where there is one."""
        for account in accounts:
            self._passwords.pop(account, None)
