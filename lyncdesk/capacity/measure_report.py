"""What was asked of an Exchange and what came of it, in words and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from lyncdesk.capacity.measure import Measured
from lyncdesk.client.words import Words


def measured_lines(measured: Measured, server: str, words: Words) -> Iterator[str]:
    """What was sent to ``server``, what a check takes there, and why it ended early if it did."""
    yield words(
        "Asked {server}: checks of one calendar {checks}, requests {requests}, bytes sent {sent}, bytes"
        " received {received}, in {seconds} s; nothing was changed.",
        server=server,
        checks=measured.checks,
        requests=measured.requests,
        sent=measured.sent,
        received=measured.received,
        seconds=_seconds(measured.took, 0),
    )
    if measured.regular:
        yield words(
            "A check takes {median} s there (median; 95 in 100 at most {p95} s, the first one {first} s),"
            " {requests} requests and {bytes} bytes, the way to the server included.",
            median=_seconds(measured.service),
            p95=_seconds(measured.service_p95),
            first=_seconds(measured.first.waited) if measured.first is not None else "-",
            requests=f"{measured.requests_per_check:g}",
            bytes=measured.bytes_per_check,
        )
    if measured.problem is not None:
        problem = measured.problem
        yield words("It ended early: {title} {cause}", title=words(problem.title), cause=words(problem.cause))
    if measured.back_off is not None:
        yield words(
            "The server asked to be left alone for {seconds} s: do not measure before.",
            seconds=_seconds(measured.back_off, 0),
        )


def measured_json(measured: Measured, server: str) -> dict[str, object]:
    """The same for programs; keys as documented in docs/commands.md, None where there is nothing to tell."""
    known = bool(measured.regular)
    first = measured.first
    return {
        "server": server,
        "build": measured.server,
        "checks": measured.checks,
        "requests": measured.requests,
        "bytes_sent": measured.sent,
        "bytes_received": measured.received,
        "took_s": round(measured.took.total_seconds(), 3),
        "service_s": round(measured.service.total_seconds(), 6) if known else None,
        "service_p95_s": round(measured.service_p95.total_seconds(), 6) if known else None,
        "first_s": round(first.waited.total_seconds(), 6) if first is not None else None,
        "requests_per_check": measured.requests_per_check if known else None,
        "bytes_per_check": measured.bytes_per_check if known else None,
        "problem": measured.problem.name if measured.problem is not None else None,
        "back_off_s": measured.back_off.total_seconds() if measured.back_off is not None else None,
    }


def _seconds(duration: timedelta, places: int = 3) -> str:
    return f"{duration.total_seconds():.{places}f}"
