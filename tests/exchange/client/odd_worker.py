"""The worker process, which does what the file in ``ODD_WORKER`` says: work, hang, crash, flood ..."""

import os
import socket
import sys
import threading
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import BinaryIO, NoReturn

from lyncdesk.exchange import wire, worker

WORKS, CRASHES, HANGS = "works", "crashes", "hangs"
FLOODS, FLOODS_PARTS, BABBLES, HALF = "floods", "floods parts", "babbles", "writes half a message"
KNOWS_NO_NAMES, STUMBLES = "knows no names", "stumbles"
COSTS_ITS_LIFE = (CRASHES, HANGS, FLOODS, FLOODS_PARTS, BABBLES, HALF)

_serve, _send = worker.serve, worker._send


def odd_command() -> tuple[str, ...]:
    """How it is started."""
    return (sys.executable, "-P", "-m", "tests.exchange.client.odd_worker")


def serve(message: wire.Message, send: Callable[[wire.Message], None]) -> None:
    """One request, in the way that is due."""
    way = Path(os.environ["ODD_WORKER"]).read_text()
    match way:
        case "crashes":
            os._exit(3)
        case "hangs":
            threading.Event().wait()
        case "floods":
            # A header that promises more than a message may hold, and then far too much of it.
            _raw(message, send, b"LD\xff\xff\xff\xff" + b"x" * (64 * 2**20))
        case "floods parts":
            for number in count():
                send({"id": message["id"], "part": {"more": number}})
        case "babbles":
            _raw(message, send, b"Traceback (most recent call last):\n")
        case "writes half a message":
            _raw(message, send, wire.encode({"id": message["id"], "part": {}})[:9])
    socket.getaddrinfo = _nobody if way == "knows no names" else _getaddrinfo
    if way == "stumbles":
        message["call"]["nobody knows this"] = True
    _serve(message, send)


_getaddrinfo = socket.getaddrinfo


def _nobody(*_: object, **__: object) -> NoReturn:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def _raw(message: wire.Message, send: Callable[[wire.Message], None], text: bytes) -> NoReturn:
    def write(answers: BinaryIO, answer: wire.Message) -> None:
        answers.write(text)
        answers.flush()

    worker._send = write
    send(message)
    os._exit(0)


if __name__ == "__main__":
    worker.serve = serve
    worker.main()
