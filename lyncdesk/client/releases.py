"""Whether there is a newer version: what a place says that was asked, and nothing that anybody does about it.

A place is asked once, when a person presses the button or types the command; nothing asks by itself. Nothing
is downloaded and nothing installed: a person is told the version, its date, and how this installation is
updated.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

import lyncdesk
from lyncdesk.client.installed import Installed
from lyncdesk.client.options import Account, Options
from lyncdesk.client.ports import ProblemError
from lyncdesk.client.problems import PROBLEMS, Problem
from lyncdesk.client.secure_places import host_of, is_place
from lyncdesk.client.words import N_
from lyncdesk.presence.message import Message, Value


class Compared(StrEnum):
    """How the version that a place names stands to the one that runs."""

    NEWER = "newer"
    SAME = "same"
    OLDER = "older"


@dataclass(frozen=True, slots=True)
class Newest:
    """What a place says. ``preview``: that version is one to try, such as ``0.3.0rc1``.

    ``date`` None and ``page`` "" where the place tells none; ``page`` is an address for people.
    """

    version: str
    compared: Compared
    preview: bool = False
    date: date | None = None
    page: str = ""


# What a place says, asked on the account's way (its proxy, its trusted issuers); raises ProblemError.
AskNewest = Callable[[str, Account], Awaitable[Newest]]

# Why a place said nothing of use, by what the asking ended with; a whole sentence.
WHY: Final[dict[str, str]] = {
    # what came is not what was asked for
    "no-json": N_("What came is no JSON object."),
    "no-version": N_("What came names no version."),
    "odd-version": N_("What came as a version is none."),
    "too-large": N_("What came is too long for an answer to this."),
    "status": N_("It answered {code}."),
    "elsewhere": N_("It sends to {code}, which was not asked."),
    "redirects": N_("It sends from one address to the next."),
    # nothing came
    "connection-refused": N_("It could not be reached, or closed the connection."),
    "timed-out": N_("It did not answer in time."),
    "broken-answer": N_("What came was cut off or damaged."),
    "not-exchange": N_("What came is no answer of a web server."),
    "proxy-refused": N_("The proxy on the way refused to connect: {code}."),
    "server-address": N_("The address cannot be used: {code}."),
    "worker-failed": N_("The part of LyncDesk that asks stopped: {code}."),
}


def unknown(where: str, why: str, **values: Value) -> Problem:
    """The problem for a place that was asked in vain; ``why`` is a name of WHY, or of another problem."""
    reason = WHY.get(why) or (PROBLEMS[why].title if why in PROBLEMS else WHY["no-version"])
    told = {"code": "-", **values}
    return Problem.of("version-unknown", server=host_of(where), why=Message.of(reason, **told))


class Releases:
    """What a surface can ask about versions. ``ask`` is None where there is nothing to update."""

    def __init__(
        self, ask: AskNewest | None, installed: Callable[[], Installed], options: Callable[[], Options]
    ) -> None:
        self._ask = ask
        self._installed = installed
        self._options = options

    @property
    def running(self) -> str:
        """The version that runs."""
        return lyncdesk.__version__

    @property
    def can_ask(self) -> bool:
        """Whether this is a program that could be updated."""
        return self._ask is not None

    def installed(self) -> Installed:
        """How the program came here. Looks at the disk the first time."""
        return self._installed()

    async def newest(self) -> Newest:
        """Ask the place that the administrator named, once.

        Raises:
            ProblemError: it cannot be asked, or says nothing of use.
        """
        options = self._options()
        if self._ask is None or not is_place(options.newer_version_url):
            problem = unknown(options.newer_version_url or "-", "server-address", code="-")
            raise ProblemError(problem)
        return await self._ask(options.newer_version_url, options.account)
