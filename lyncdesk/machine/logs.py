"""The log: a file that rotates, the last lines in memory for a report, and no secret in either.

Code never logs a subject, a location or a password. What is registered as secret is taken out all the same,
since libraries and tracebacks may say more than we do.
"""

from __future__ import annotations

import base64
import faulthandler
import logging
import os
import re
import sys
import threading
from collections import deque
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self
from urllib.parse import quote

from lyncdesk.machine.files import private_folder

_FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
_BYTES, _FILES, _LINES = 1_000_000, 3, 500
_GONE = "[removed]"
# Headers that sign in.
_HEADERS = re.compile(r"(?i)((?:proxy-)?authorization|cookie|set-cookie)(['\"]?\s*[:=]\s*)[^\r\n]+")
# Shorter ones would take ordinary words out of the log.
_SHORTEST = 4


class Redaction(logging.Formatter):
    """Formats records, and takes registered secrets out of everything, tracebacks included."""

    def __init__(self) -> None:
        super().__init__(_FORMAT)
        self._secrets: frozenset[str] = frozenset()

    def register(self, *secrets: str) -> None:
        """Take these out from now on, in the forms in which they travel as well."""
        forms = {
            form
            for secret in secrets
            if len(secret) >= _SHORTEST
            for form in (secret, quote(secret, safe=""), repr(secret)[1:-1], _base64(secret))
        }
        self._secrets |= forms

    def format(self, record: logging.LogRecord) -> str:
        """The line or lines of the record."""
        return self.clean(super().format(record))

    def clean(self, text: str) -> str:
        """The text without what is registered."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, _GONE)
        return _HEADERS.sub(rf"\1\2{_GONE}", text)


def _base64(secret: str) -> str:
    return base64.b64encode(secret.encode("utf-8", "replace")).decode()


class _File(RotatingFileHandler):
    """A log file for the owner alone; a full disk silences it instead of the program."""

    def _open(self) -> Any:
        def private(path: str, flags: int) -> int:
            return os.open(path, flags, 0o600)

        return open(self.baseFilename, self.mode, encoding=self.encoding, errors=self.errors, opener=private)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Go on without the line."""


class _Ring(logging.Handler):
    """The last lines, in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: deque[str] = deque(maxlen=_LINES)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record's line."""
        self.lines.append(self.format(record))


class Logs:
    """The log of one run. ``start`` and ``stop`` belong together; also a context manager.

    ``file`` is the log file, ``crashes`` where the interpreter writes when it dies; a folder that cannot be
    written costs the files, never the start: ``unavailable`` then says why.
    """

    def __init__(self, file: Path, crashes: Path, *, details: bool = False) -> None:
        self._path = file
        self._crashes = crashes
        self._details = details
        self._redaction = Redaction()
        self._ring = _Ring()
        self._handlers: list[logging.Handler] = []
        self._crash_file: IO[bytes] | None = None
        self._hooks: tuple[Any, Any] | None = None
        self._level = logging.WARNING
        self.previous_crash = ""
        self.unavailable = ""

    def start(self) -> None:
        """Begin to keep records of the whole program."""
        self._ring.setFormatter(self._redaction)
        self._handlers = [self._ring]
        try:
            private_folder(self._path.parent)
            private_folder(self._crashes.parent)
            file = _File(
                self._path, maxBytes=_BYTES, backupCount=_FILES, encoding="utf-8", errors="backslashreplace"
            )
            file.setFormatter(self._redaction)
            self._handlers.append(file)
            self._watch_for_crashes()
        except OSError as error:
            self.unavailable = f"{self._path}: {error.strerror or error}"
        root = logging.getLogger()
        self._level = root.level
        for handler in self._handlers:
            root.addHandler(handler)
        self.details(self._details)
        self._hooks = (sys.excepthook, threading.excepthook)
        sys.excepthook = _log_unhandled
        threading.excepthook = lambda args: _log_unhandled(
            args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
        )

    def details(self, on: bool) -> None:
        """Whether ordinary steps are kept too (Options > Advanced)."""
        logging.getLogger().setLevel(logging.DEBUG if on else logging.INFO)
        for chatty in ("asyncio", "urllib3", "keyring"):
            logging.getLogger(chatty).setLevel(logging.WARNING)

    def register_secret(self, *secrets: str) -> None:
        """Keep these out of the log from now on."""
        self._redaction.register(*secrets)

    def lines(self) -> tuple[str, ...]:
        """The last lines, oldest first, for Save report for support."""
        return tuple(self._ring.lines)

    def clean(self, text: str) -> str:
        """The text without registered secrets, for other parts of a report."""
        return self._redaction.clean(text)

    def stop(self) -> None:
        """Put everything back. Idempotent."""
        root = logging.getLogger()
        for handler in self._handlers:
            root.removeHandler(handler)
            handler.close()
        if self._handlers:
            root.setLevel(self._level)
        self._handlers = []
        if self._hooks is not None:
            sys.excepthook, threading.excepthook = self._hooks
            self._hooks = None
        if self._crash_file is not None:
            faulthandler.disable()
            self._crash_file.close()
            self._crash_file = None

    def _watch_for_crashes(self) -> None:
        with suppress(FileNotFoundError):
            self.previous_crash = self._crashes.read_text(encoding="utf-8", errors="replace")
        if faulthandler.is_enabled():
            return  # somebody wants to see it elsewhere (python -X faulthandler)
        handle = os.open(self._crashes, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._crash_file = os.fdopen(handle, "wb", buffering=0)
        faulthandler.enable(self._crash_file)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _log_unhandled(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt | SystemExit):
        return
    logging.getLogger("lyncdesk").critical("an error was not handled", exc_info=(kind, error, trace))
