"""The worker process: ``python -m lyncdesk.exchange.worker``.

Reads requests from its standard input and writes answers to what was its standard output. Libraries that
print cannot disturb it: the two pipes are moved to private descriptors before anything else is imported,
and what is printed goes to standard error. It ends by itself when its input ends, even in the middle of a
request, so that it never outlives its parent.
"""

from __future__ import annotations

import logging
import os
import queue
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, BinaryIO

from lyncdesk.exchange import wire

if TYPE_CHECKING:
    from lyncdesk.exchange.link import Link


def main() -> None:
    """Serve until the input ends. Never returns."""
    requests, answers = _private_pipes()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in the terminal is for the parent
    logging.disable(logging.CRITICAL)  # the libraries log whole requests
    warnings.simplefilter("ignore")
    inbox: queue.SimpleQueue[wire.Message] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests, inbox.put), daemon=True, name="parent").start()
    while True:
        serve(inbox.get(), lambda answer: _send(answers, answer))


def _private_pipes() -> tuple[BinaryIO, BinaryIO]:
    requests, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    if sys.platform == "win32":
        import msvcrt

        for descriptor in (requests, answers):
            msvcrt.setmode(descriptor, os.O_BINARY)
    return os.fdopen(requests, "rb"), os.fdopen(answers, "wb")


def _listen(requests: BinaryIO, put: Callable[[wire.Message], None]) -> None:
    try:
        while (message := wire.read_message(requests)) is not None:
            put(message)
    except (wire.WireError, OSError):
        os._exit(2)
    os._exit(0)


def _send(answers: BinaryIO, answer: wire.Message) -> None:
    answers.write(wire.encode(answer))
    answers.flush()


def serve(message: wire.Message, send: Callable[[wire.Message], None]) -> None:
    """Carry out one request: its parts as they come, then ``done`` or ``failed``."""
    # Only now, so that starting the process costs nothing before there is something to do.
    from lyncdesk.exchange.proxy import by_way_of

    with by_way_of(message["call"].get("proxy", "")):
        _serve(message, send)


def _serve(message: wire.Message, send: Callable[[wire.Message], None]) -> None:
    from lyncdesk.exchange.certificates import explained
    from lyncdesk.exchange.translate import translate

    number, link, last = message["id"], None, {}
    try:
        if message["operation"] == wire.NEWEST_RELEASE:
            parts = _newest_release(message)
        else:
            link = _link(message)
            parts = _operation(link, message)
        for part in parts:
            send({"id": number, "part": part})
        end: wire.Message = {"done": True}
    except Exception as error:  # noqa: BLE001  translating every error is what this place is for
        endpoint = message["call"]["endpoint"]
        found = explained(translate(error, endpoint), endpoint)
        end = {"failed": found.problem, "values": found.values, "back_off": found.back_off}
    if link is not None:
        last = {
            "requests": link.counter.requests,
            "traffic": [link.counter.sent, link.counter.received, link.counter.seconds],
            "server": link.heard.build,
            "version": link.heard.versions[0],
            "way": link.signing_in.way,
        }
        if end.get("failed") == "server-busy":
            end["back_off"] = link.heard.back_off or end["back_off"]
        link.close()
    send({"id": number, **last, **end})


def _link(message: wire.Message) -> Link:
    from lyncdesk.exchange.link import Call, Link

    return Link(Call(**message["call"]))


def _operation(link: Link, message: wire.Message) -> Iterator[wire.Message]:
    from lyncdesk.exchange.operations import OPERATIONS

    return OPERATIONS[message["operation"]](link, message["arguments"])


def _newest_release(message: wire.Message) -> Iterator[wire.Message]:
    from lyncdesk.exchange.release_asking import ask

    call = message["call"]
    return ask(call["endpoint"], call["ca_file"], message["arguments"]["running"])


if __name__ == "__main__":
    main()
