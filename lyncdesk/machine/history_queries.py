"""Questions to the rows of a stored history, and what removes some of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from lyncdesk.client.history import (
    CHECKS_BEFORE,
    LONGEST,
    LONGEST_ABSENCE,
    MOST_CHECKS,
    MOST_SPANS,
    Ended,
    Past,
    PastCheck,
    Shown,
    Span,
)
from lyncdesk.client.history_text import content_of, from_micros, micros, micros_of

if TYPE_CHECKING:
    import sqlite3


def tidy_up(connection: sqlite3.Connection, now: datetime, earlier: int) -> None:
    """Delete what is too old or too much. Rows up to the id ``earlier`` are of earlier runs: a ``now`` that
    is far beyond them may be wrong, and is not believed.
    """
    (newest,) = connection.execute("SELECT max(until) FROM shown WHERE id <= ?", (earlier,)).fetchone()
    believed = micros(now) if newest is None else min(micros(now), newest + micros_of(LONGEST_ABSENCE))
    oldest = believed - micros_of(LONGEST)
    connection.execute("DELETE FROM shown WHERE until < ?", (oldest,))
    connection.execute("DELETE FROM checks WHERE last < ?", (oldest,))
    connection.execute("DELETE FROM shown WHERE id <= (SELECT max(id) FROM shown) - ?", (MOST_SPANS,))
    connection.execute("DELETE FROM checks WHERE id <= (SELECT max(id) FROM checks) - ?", (MOST_CHECKS,))


def drop_tenth(connection: sqlite3.Connection) -> None:
    """Delete the oldest tenth."""
    for table in ("shown", "checks"):
        connection.execute(
            f"DELETE FROM {table} WHERE id IN"  # noqa: S608 - two names
            f" (SELECT id FROM {table} ORDER BY id LIMIT (SELECT count(*) / 10 + 1 FROM {table}))"
        )


def others(connection: sqlite3.Connection, account: str) -> bool:
    """Whether anything of other accounts is kept."""
    row = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM shown WHERE account <> ?1)"
        " OR EXISTS (SELECT 1 FROM checks WHERE account <> ?1)",
        (account,),
    ).fetchone()
    return bool(row[0])


def read(connection: sqlite3.Connection, account: str, start: datetime, end: datetime) -> Past:
    """What is kept of [start, end), with the span before it and the checks of two days before."""
    first, last = micros(start), micros(end)
    rows = connection.execute(
        "SELECT moment, until, ended, what FROM shown WHERE account = ?1 AND moment < ?3 AND until >= ?2"
        " OR id = (SELECT id FROM shown WHERE account = ?1 AND until < ?2 ORDER BY id DESC LIMIT 1)"
        " ORDER BY id",
        (account, first, last),
    ).fetchall()
    checks = connection.execute(
        "SELECT first, last, problem, count FROM checks WHERE account = ? AND first < ? AND last >= ?"
        " ORDER BY id",
        (account, last, micros(start - CHECKS_BEFORE)),
    ).fetchall()
    (since,) = connection.execute("SELECT min(moment) FROM shown WHERE account = ?", (account,)).fetchone()
    return Past(
        tuple(_spans(rows)),
        tuple(PastCheck(from_micros(a), from_micros(b), problem, n) for a, b, problem, n in checks),
        from_micros(since) if since is not None else None,
    )


def _spans(rows: list[tuple[int, int, str, str]]) -> Iterator[Span]:
    """What the rows say; one that says nothing that can be used is passed over. The same is shown again and
    again, and is read once.
    """
    read_already: dict[str, Shown | None] = {}
    for moment, until, ended, what in rows:
        if what not in read_already:
            read_already[what] = content_of(what)
        shown = read_already[what]
        with suppress(ValueError, OverflowError):
            if shown is not None:
                yield Span(from_micros(moment), from_micros(until), shown, Ended(ended))


def forget_account(connection: sqlite3.Connection, account: str) -> None:
    """Delete the rows of an account so that no byte of them is left in the file."""
    for table in ("shown", "checks"):
        connection.execute(f"DELETE FROM {table} WHERE account = ?", (account,))  # noqa: S608 - two names
    connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
