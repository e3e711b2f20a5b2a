"""The file of the history: a SQLite database of one writer. Blocking; for one thread.

Why it is set up as it is:

- ``journal_mode=WAL``: a commit appends to one file, so that a process that is killed in the midst of one
  leaves the file as it was before, and the next opening takes up what was committed.
- ``locking_mode=EXCLUSIVE``: one program writes; a second one is told so at once instead of mixing two pasts.
  It also does without shared memory, which a home on a network may not have.
- ``synchronous=FULL`` for what was shown, so that it outlives a power cut too; ``NORMAL`` for signs of life
  and checks, which come all the time and must not wake a disk for it.
- ``secure_delete``: what is deleted is overwritten in the file, not only let go.
- ``max_page_count``: the file never grows beyond :data:`LARGEST`; then the oldest tenth goes.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

from lyncdesk.client.history import TIDY_EVERY, Began, Entry, Past, Stopped
from lyncdesk.client.ports import ProblemError
from lyncdesk.client.problems import Problem
from lyncdesk.machine.history_queries import drop_tenth, forget_account, others, read, tidy_up
from lyncdesk.machine.history_rows import SCHEMA, Writing
from lyncdesk.presence.message import Message

log = logging.getLogger(__name__)
T = TypeVar("T")

LARGEST: Final = 32 * 1024 * 1024
VERSION: Final = 1
_APPLICATION: Final = 0x4C79_6E48  # "LynH"
_PAGE: Final = 4096
_PATIENCE: Final = 1.0  # seconds for a program that is just letting go of the file
_BESIDE: Final = ("-wal", "-shm", "-journal")
# What is wrong with a file that is put aside.
_DAMAGED: Final = Message.of("it is damaged")
_FOREIGN: Final = Message.of("it is not a history of LyncDesk")
_NEWER: Final = Message.of("it was made by a newer LyncDesk")
_BROKEN: Final = {sqlite3.SQLITE_CORRUPT: _DAMAGED, sqlite3.SQLITE_NOTADB: _FOREIGN}
_SAID: Final = {
    sqlite3.SQLITE_FULL: Message.of("the disk is full"),
    sqlite3.SQLITE_BUSY: Message.of("another program uses it"),
    sqlite3.SQLITE_LOCKED: Message.of("another program uses it"),
    sqlite3.SQLITE_READONLY: Message.of("it may not be written to"),
    sqlite3.SQLITE_PERM: Message.of("it may not be written to"),
    sqlite3.SQLITE_CANTOPEN: Message.of("it cannot be opened"),
    sqlite3.SQLITE_IOERR: Message.of("the disk could not be read or written"),
}


class _UnusableError(Exception):
    """The file is not, or no longer, what it should be; ``what`` says why."""

    def __init__(self, what: Message) -> None:
        super().__init__(what.template)
        self.what = what


class HistoryFile:
    """The history in ``path``; ``now`` dates what is put aside."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self._path = path
        self._now = now
        self._connection: sqlite3.Connection | None = None
        self._inode = 0
        self._earlier = 0
        self._writing = Writing()
        self._kept = 0
        self._aside: list[Problem] = []

    def keep(self, account: str, entries: Sequence[Entry]) -> tuple[Problem, ...]:
        """See :meth:`lyncdesk.client.ports.HistoryStore.keep`."""
        if not entries:
            return ()
        self._kept += len(entries)
        tidy = self._kept >= TIDY_EVERY or any(isinstance(entry, Stopped) for entry in entries)
        self._doing(lambda connection: self._write(connection, account, entries, tidy=tidy))
        if tidy:
            self._kept = 0
        told, self._aside = tuple(self._aside), []
        return told

    def read(self, account: str, start: datetime, end: datetime) -> Past:
        """See :meth:`lyncdesk.client.ports.HistoryStore.read`. Makes no file where there is none."""
        if self._connection is None and not self._path.exists():
            return Past()
        return self._doing(lambda connection: read(connection, account, start, end))

    def forget(self, account: str | None) -> None:
        """See :meth:`lyncdesk.client.ports.HistoryStore.forget`."""
        try:
            self._remove(self._all_aside())
            if account is not None and self._path.exists() and self._doing(lambda c: others(c, account)):
                self._doing(lambda connection: self._forget_one(connection, account))
                return
            self.close()
            self._writing = self._writing.begun_anew()
            self._remove((self._path, *self._beside(self._path)))
        except OSError as error:
            raise self._problem("history-not-deleted", _os_words(error)) from error
        except ProblemError as error:
            what = dict(error.problem.values)["what"]
            raise self._problem("history-not-deleted", what) from error

    def close(self) -> None:
        """Let go of the file. Idempotent."""
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    # doing it

    def _doing(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do this with the file as it should be; one that is not is put aside first."""
        try:
            try:
                return work(self._opened())
            except _UnusableError as error:
                self._put_aside(error.what)
            except sqlite3.DatabaseError as error:
                broken = _BROKEN.get(_code(error))
                if broken is None:
                    raise
                self._put_aside(broken)
            return work(self._opened())
        except sqlite3.Error as error:
            log.info(
                "the history: %s", error.sqlite_errorname if hasattr(error, "sqlite_errorname") else "error"
            )
            self._rolled_back()
            what = _SAID.get(_code(error), Message.of("{error}", error=type(error).__name__))
            raise self._problem("history-not-kept", what) from error
        except _UnusableError as error:
            raise self._problem("history-not-kept", error.what) from error
        except OSError as error:
            raise self._problem("history-not-kept", _os_words(error)) from error

    def _opened(self) -> sqlite3.Connection:
        if self._connection is not None and self._moved():
            # Somebody took the file away: what is written into it would be seen by nobody.
            self.close()
        if self._connection is None:
            self._writing = self._writing.begun_anew()
            self._connection = self._open()
            self._inode = self._path.stat().st_ino
            (last,) = self._connection.execute("SELECT max(id) FROM shown").fetchone()
            self._earlier = last or 0
        return self._connection

    def _moved(self) -> bool:
        try:
            return self._path.stat().st_ino != self._inode
        except OSError:
            return True

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # SQLite gives the files beside it the same mode.
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if hasattr(os, "fchmod"):
                os.fchmod(handle, 0o600)
        finally:
            os.close(handle)
        connection = sqlite3.connect(self._path, timeout=_PATIENCE, isolation_level=None)
        try:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            _recognise(connection)
            for pragma in (
                "journal_mode=WAL",
                "secure_delete=ON",
                "journal_size_limit=262144",
                "wal_autocheckpoint=64",
                f"max_page_count={LARGEST // _PAGE}",
            ):
                connection.execute(f"PRAGMA {pragma}")
        except BaseException:
            connection.close()
            raise
        return connection

    def _write(
        self, connection: sqlite3.Connection, account: str, entries: Sequence[Entry], *, tidy: bool
    ) -> None:
        weighty = any(isinstance(entry, Began | Stopped) for entry in entries)
        connection.execute(f"PRAGMA synchronous={'FULL' if weighty else 'NORMAL'}")
        try:
            self._writing = self._in_one(connection, account, entries, tidy=tidy)
        except sqlite3.OperationalError as error:
            if _code(error) != sqlite3.SQLITE_FULL:
                raise
            # Full is the file, or the disk; of a full disk the next try tells.
            self._rolled_back()
            connection.execute("BEGIN IMMEDIATE")
            drop_tenth(connection)
            connection.execute("COMMIT")
            self._writing = self._in_one(connection, account, entries, tidy=tidy)

    def _in_one(
        self, connection: sqlite3.Connection, account: str, entries: Iterable[Entry], *, tidy: bool
    ) -> Writing:
        connection.execute("BEGIN IMMEDIATE")
        writing = self._writing
        now: datetime | None = None
        for entry in entries:
            writing = writing.kept(connection, account, entry)
            now = entry.at
        if tidy and now is not None:
            tidy_up(connection, now, self._earlier)
        connection.execute("COMMIT")
        return writing

    def _rolled_back(self) -> None:
        if self._connection is not None:
            try:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
            except sqlite3.Error:
                self.close()  # it is opened anew, which rolls back what was not committed

    def _forget_one(self, connection: sqlite3.Connection, account: str) -> None:
        self._writing = self._writing.begun_anew()
        forget_account(connection, account)

    # what is put aside

    def _put_aside(self, what: Message) -> None:
        self.close()
        stamp = f"{self._now():%Y%m%d-%H%M%S}"
        names = (
            f"{self._path.name}.broken-{stamp}{more}" for more in ("", *(f"-{n}" for n in range(2, 100)))
        )
        aside = next(path for path in map(self._path.with_name, names) if not path.exists())
        for beside, kept in zip(self._beside(self._path), self._beside(aside), strict=True):
            with suppress(FileNotFoundError):
                beside.rename(kept)  # what was not yet written into the file stands there
        # Last: whoever is killed before it finds the broken file again, and tells of it then.
        self._path.rename(aside)
        self._aside.append(Problem.of("history-broken", where=str(self._path), what=what, kept=str(aside)))

    @staticmethod
    def _beside(path: Path) -> tuple[Path, ...]:
        return tuple(path.with_name(path.name + end) for end in _BESIDE)

    def _all_aside(self) -> tuple[Path, ...]:
        return tuple(self._path.parent.glob(f"{self._path.name}.broken-*"))

    @staticmethod
    def _remove(paths: Iterable[Path]) -> None:
        for path in paths:
            path.unlink(missing_ok=True)

    def _problem(self, name: str, what: object) -> ProblemError:
        said = what if isinstance(what, Message) else Message.of("{error}", error=str(what))
        return ProblemError(Problem.of(name, where=str(self._path), what=said))


def _code(error: sqlite3.Error) -> int:
    return int(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)) & 0xFF


def _os_words(error: OSError) -> Message:
    return Message.of("{error}", error=error.strerror or type(error).__name__)


def _recognise(connection: sqlite3.Connection) -> None:
    """Make the tables of an empty file; anything but a whole file of ours is unusable."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if application == 0 and version == 0 and tables == 0:
        connection.executescript(
            f"BEGIN IMMEDIATE; {SCHEMA}"
            f"PRAGMA application_id = {_APPLICATION}; PRAGMA user_version = {VERSION}; COMMIT;"
        )
        return
    if application != _APPLICATION:
        raise _UnusableError(_FOREIGN)
    if version > VERSION:
        raise _UnusableError(_NEWER)
    if connection.execute("PRAGMA quick_check(1)").fetchall() != [("ok",)]:
        raise _UnusableError(_DAMAGED)
