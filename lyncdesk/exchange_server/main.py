"""The server by itself: from the command line until SIGTERM."""

import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from threading import Event
from types import FrameType
from typing import TextIO

from lyncdesk.exchange_server.certificate import make, server_context
from lyncdesk.exchange_server.exchange import LOOPBACK, Exchange
from lyncdesk.exchange_server.faults import FAULTS, Order, read_order
from lyncdesk.exchange_server.logins import USUAL, read_schemes
from lyncdesk.exchange_server.operations import ROWS
from lyncdesk.exchange_server.org import OrgError, load
from lyncdesk.exchange_server.thin import PROFILES, TRAITS

DONE, CANNOT_LISTEN, WRONG_USE = 0, 1, 2
LIST = "list"
OPERATIONS = tuple(row.name for row in ROWS)
_LOOK_SECONDS = 0.5  # Windows delivers Ctrl+C between two waits only


def serve(
    *,
    now: Callable[[], datetime],
    out: TextIO,
    err: TextIO,
    exchange: Exchange | None = None,
    org: Path | None = None,
    port: int = 0,
    tls: bool = False,
    faults: Sequence[str] = (),
    schemes: str = ",".join(USUAL),
    thin: str = "",
    ready_file: Path | None = None,
    greeting: str = "",
) -> int:
    """Run the server until SIGTERM or Ctrl+C, in the main thread; the answer is the exit status.

    `exchange` is a server with its people, `org` a file with (further) ones; `schemes` are the ways to sign
    in, with commas; `faults` are orders, [OPERATION:]FAULT[:TIMES]; `thin` names what the server lacks;
    "list" for either of these prints what there is, and does nothing else. Once it answers, its address is
    printed on one line and written to `ready_file`, which goes away at the end. With `tls` the certificate to
    trust is written beside the ready file, as `READY_FILE.pem`. `greeting` tells how to sign in.
    """
    if LIST in faults:
        _print_table({fault.name: fault.about for fault in FAULTS}, out)
        return DONE
    if LIST in thin.split(","):
        _print_table({trait.name: trait.about for trait in TRAITS}, out)
        _print_table({name: ", ".join(traits) for name, traits in PROFILES.items()}, out)
        return DONE
    exchange = exchange or Exchange(now)
    mistakes: list[str] = []
    orders: list[Order] = []
    for text in faults:
        try:
            orders.append(read_order(text, OPERATIONS))
        except ValueError as error:
            mistakes.append(f"exchange-server: {error}")
    try:
        offered = read_schemes(schemes.split(","))
    except ValueError as error:
        offered = ()
        mistakes.append(f"exchange-server: {error}")
    try:
        exchange.be_thin(thin)
    except ValueError as error:
        mistakes.append(f"exchange-server: {error}")
    try:
        if org is not None:
            load(org, exchange)
        elif not exchange.store.mailboxes():
            mistakes.append("exchange-server: nobody has a mailbox; give a file of people with --org")
    except OrgError as error:
        mistakes.extend(error.mistakes)
    if mistakes:
        print(*mistakes, sep="\n", file=err)
        return WRONG_USE
    for order in orders:
        exchange.faults.set(order.fault, times=order.times, operation=order.operation)
    certificate, key = make(now()) if tls else ("", "")
    try:
        url = exchange.start(port, server_context(certificate, key) if tls else None, offered)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        print(f"exchange-server: cannot listen on {LOOPBACK}:{port}: {reason}; try another --port", file=err)
        return CANNOT_LISTEN
    with _ended_by_signals() as ended:
        try:
            if greeting:
                print(greeting, file=err, flush=True)
            _announce(url, certificate, out, ready_file)
            while not ended.wait(_LOOK_SECONDS):
                pass
        except OSError as error:
            print(f"exchange-server: cannot write the ready file: {error.strerror}", file=err)
            return CANNOT_LISTEN
        finally:
            exchange.stop()
            for file in _files(ready_file):
                with suppress(OSError):  # it never came to be
                    file.unlink()
    return DONE


def _print_table(rows: Mapping[str, str], out: TextIO) -> None:
    width = max(map(len, rows))
    print(*(f"{name:{width}}  {about}" for name, about in rows.items()), sep="\n", file=out)


def _files(ready_file: Path | None) -> tuple[Path, ...]:
    if ready_file is None:
        return ()
    return ready_file, _certificate_file(ready_file)


def _certificate_file(ready_file: Path) -> Path:
    return ready_file.with_name(f"{ready_file.name}.pem")


def _announce(url: str, certificate: str, out: TextIO, ready_file: Path | None) -> None:
    if ready_file is not None:
        if certificate:
            _certificate_file(ready_file).write_text(certificate, encoding="ascii")
        # In one step, so that who waits for the file never reads half of it.
        part = ready_file.with_name(f"{ready_file.name}.part")
        part.write_text(f"{url}\n", encoding="utf-8")
        part.replace(ready_file)
    print(url, file=out, flush=True)


@contextmanager
def _ended_by_signals() -> Iterator[Event]:
    ended = Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
