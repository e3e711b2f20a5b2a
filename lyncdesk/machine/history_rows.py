"""The rows of a stored history: their tables, and how an entry changes them.

``moment`` and ``until``, ``first`` and ``last`` are microseconds since 1970, UTC; ``what`` is the content as
:mod:`lyncdesk.client.history_text` writes it, ``ended`` a value of :class:`lyncdesk.client.history.Ended`.
``id`` gives the order in which things were told, whatever the clock said.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from lyncdesk.client.history import (
    CHECKS_APART,
    LONGEST_SILENCE,
    Alive,
    Began,
    Checked,
    Ended,
    Entry,
    Shown,
    Stopped,
)
from lyncdesk.client.history_text import micros, text_of

if TYPE_CHECKING:
    import sqlite3

SCHEMA: Final = """
CREATE TABLE shown (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    moment INTEGER NOT NULL,
    until INTEGER NOT NULL,
    ended TEXT NOT NULL DEFAULT '',
    what TEXT NOT NULL
);
CREATE INDEX shown_until ON shown (account, until);
CREATE TABLE checks (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    problem TEXT NOT NULL,
    count INTEGER NOT NULL
);
CREATE INDEX checks_last ON checks (account, last);
"""


@dataclass(frozen=True, slots=True)
class Writing:
    """Where the writing is: the row that goes on, and what is shown in it. None = nothing is."""

    row: int | None = None
    shown: Shown | None = None

    def begun_anew(self) -> Writing:
        """As after the rows are gone: what is shown goes on, and is kept from the next entry on."""
        return replace(self, row=None)

    def kept(self, connection: sqlite3.Connection, account: str, entry: Entry) -> Writing:
        """Keep one entry, within a transaction; where the writing is then."""
        match entry:
            case Began(at, shown):
                if self.row is not None:
                    self._last_until(connection, account, at)
                return Writing(_insert(connection, account, at, shown), shown)
            case Alive(at):
                return self._last_until(connection, account, at)
            case Stopped(at, how):
                self._last_until(connection, account, at, how)
                return Writing()
            case Checked(at, problem):
                _checked(connection, account, at, problem)
        return self

    def _last_until(
        self, connection: sqlite3.Connection, account: str, at: datetime, how: Ended = Ended.KILLED
    ) -> Writing:
        row = self.row
        if row is None:
            if self.shown is None:
                return self
            row = _insert(connection, account, at, self.shown)
        # On a clock that was set back, or forward by years, what is known of its end stays.
        connection.execute(
            "UPDATE shown SET until = CASE WHEN ?1 >= moment AND ?4 <= until THEN ?1 ELSE until END,"
            " ended = ?2 WHERE id = ?3",
            (micros(at), how.value, row, micros(at - LONGEST_SILENCE)),
        )
        return replace(self, row=row)


def _insert(connection: sqlite3.Connection, account: str, at: datetime, shown: Shown) -> int | None:
    return connection.execute(
        "INSERT INTO shown (account, moment, until, what) VALUES (?1, ?2, ?2, ?3)",
        (account, micros(at), text_of(shown)),
    ).lastrowid


def _checked(connection: sqlite3.Connection, account: str, at: datetime, problem: str) -> None:
    moment = micros(at)
    last = connection.execute(
        "SELECT id FROM (SELECT * FROM checks WHERE account = ? ORDER BY id DESC LIMIT 1)"
        " WHERE problem = ? AND last <= ? AND first > ?",
        (account, problem, moment, micros(at - CHECKS_APART)),
    ).fetchone()
    if last is not None:
        connection.execute("UPDATE checks SET last = ?, count = count + 1 WHERE id = ?", (moment, *last))
    else:
        connection.execute(
            "INSERT INTO checks (account, first, last, problem, count) VALUES (?1, ?2, ?2, ?3, 1)",
            (account, moment, problem),
        )
