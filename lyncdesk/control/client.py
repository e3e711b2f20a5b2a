"""The command line's end of the local socket; blocking, standard library only."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from lyncdesk.control.protocol import LONGEST_LINE, ControlError, line, message

ANSWER_SECONDS = 10.0


class NoClientError(Exception):
    """No client of this user is running."""


def _connected(path: Path) -> tuple[socket.socket, str]:
    try:
        if sys.platform == "win32":
            port, _, secret = path.read_text(encoding="ascii").strip().partition(" ")
            return socket.create_connection(("127.0.0.1", int(port)), ANSWER_SECONDS), secret
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(ANSWER_SECONDS)
        try:
            connection.connect(str(path))
        except OSError:
            connection.close()
            raise
        return connection, ""
    except (OSError, ValueError) as error:
        raise NoClientError("no running client") from error


def listens(path: Path) -> bool:
    """Whether a client listens there."""
    try:
        connection, _ = _connected(path)
    except NoClientError:
        return False
    connection.close()
    return True


def ask(path: Path, request: Mapping[str, object], *, follow: bool = False) -> Iterator[dict[str, object]]:
    """Send one request; yields the answer, or with ``follow`` every answer until the client ends.

    Raises:
        NoClientError: when no client listens.
        ControlError: when the client refused, with its own words.
    """
    connection, secret = _connected(path)
    with connection, connection.makefile("rb") as answers:
        try:
            connection.sendall(line({**request, **({"secret": secret} if secret else {})}))
        except OSError as error:
            raise ControlError("the running client hung up; it may be ending, try again") from error
        if follow:
            connection.settimeout(None)
        while True:
            try:
                data = answers.readline(LONGEST_LINE + 1)
            except TimeoutError as error:
                raise ControlError("the running client did not answer within 10 seconds") from error
            except OSError:
                data = b""  # it ended without a farewell
            if not data:
                if follow:
                    return
                raise ControlError("the running client hung up without an answer")
            answer = message(data)
            if not answer.pop("ok", False):
                raise ControlError(str(answer.get("error", "the running client refused")))
            yield answer
            if not follow:
                return
