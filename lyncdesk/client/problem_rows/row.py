"""What a row of the table of problems is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Retry(StrEnum):
    """What the client does about a problem by itself."""

    YES = "yes"  # again, with back-off
    NO = "no"  # at the regular check only
    NEVER = "never"  # not before the person acts


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """One row: ``title`` (one line), ``cause`` (why), ``remedy`` (what to do and who can), retry or not.

    ``account``: it may be mended in the fields of an account. The remedy calls them by their names and not by
    where they stand, which is Options > Account, the first start, or the command line; beside it stands a
    button that leads there, where one is needed.

    ``trigger`` says for the documentation (``docs/problems.md``) what really happens, with the names that
    an administrator knows; the person does not see it.
    """

    name: str
    title: str
    cause: str
    remedy: str
    retry: Retry = Retry.YES
    account: bool = False
    trigger: str = ""
