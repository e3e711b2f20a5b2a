"""Start with the computer, as an option of the person's that the system has the last word about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from lyncdesk.client.options import Options
from lyncdesk.client.ports import ProblemError
from lyncdesk.client.problems import Problem
from lyncdesk.client.settings import chosen

_NAMES = frozenset({"start_with_computer", "start_minimised"})


class StartAtLogin(Protocol):
    """Whether the system starts LyncDesk when the person logs in."""

    def enabled(self) -> bool | None:
        """What holds now, whoever set it; None where the system does not tell."""

    async def set(self, on: bool, *, minimised: bool) -> None:
        """Make it so; again does no harm.

        Raises:
            ProblemError: it stayed as it was.
        """


def as_it_is(system: StartAtLogin | None, options: Options) -> Options:
    """The options with what the system says: a package may have switched it on, a desktop's settings off."""
    on = None if system is None else system.enabled()
    if on is None or on == options.start_with_computer or options.locked("start_with_computer"):
        return options
    return chosen(options, start_with_computer=on)


async def switched(
    system: StartAtLogin | None, old: Options, values: Mapping[str, object]
) -> tuple[Mapping[str, object], tuple[Problem, ...]]:
    """Let the system do what is in ``values`` of it: what then holds of them, and what went wrong."""
    wanted = chosen(old, **values)
    if (
        system is None
        or not _NAMES & set(values)
        or not (old.start_with_computer or wanted.start_with_computer)
    ):
        return values, ()
    try:
        await system.set(wanted.start_with_computer, minimised=wanted.start_minimised)
    except ProblemError as error:
        kept = {name: value for name, value in values.items() if name != "start_with_computer"}
        return kept, (error.problem,)
    return values, ()
