"""``--measure`` at a real server: what it is asked, counted there, and that it ends at the first no."""

from __future__ import annotations

import io
import json
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lyncdesk.capacity.measure import CHECKS, LEAST_REST, Measured, Sample, measure, rest_after
from lyncdesk.cli import main
from lyncdesk.cli.capacity_options import OWN
from lyncdesk.cli.measuring import measured
from lyncdesk.client.options import Account, Options
from lyncdesk.client.ports import CalendarSource
from lyncdesk.exchange_server.exchange import Exchange
from lyncdesk.exchange_server.fault import Fault
from lyncdesk.exchange_server.model import Entry
from tests.exchange.client.sessions import PASSWORD
from tests.exchange.server.wire import checked_exchange

ADDRESS = "anna@example.com"
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    with checked_exchange(lambda: NOW) as exchange:
        exchange.add_person(ADDRESS, PASSWORD)
        yield exchange


class Hurry:
    """In place of measuring: the same without waiting, which is noted."""

    def __init__(self) -> None:
        self.rests: list[float] = []
        self.on_check: Callable[[Sample], None] = lambda _: None

    async def wait(self, seconds: float) -> None:
        self.rests.append(seconds)

    async def __call__(self, source: CalendarSource, zone: str, **how: Any) -> Measured:
        return await measure(source, zone, now=how["now"], wait=self.wait, on_check=self.on_check)


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> Hurry:
    hurry = Hurry()
    monkeypatch.setattr("lyncdesk.cli.measuring.measure", hurry)
    return hurry


@pytest.fixture
def asks(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch, hurry: Hurry
) -> Callable[..., tuple[Measured, str]]:
    """Measure the server as the command line does, with a password on standard input."""

    def ask(
        password: str = PASSWORD, server: str = "", on_check: Callable[[Sample], None] = lambda _: None
    ) -> tuple[Measured, str]:
        class Input:
            buffer = io.BytesIO(f"{password}\n".encode())

        monkeypatch.setattr("sys.stdin", Input)
        hurry.on_check = on_check
        url = server or exchange.start()
        arguments = Namespace(measure=url, user=None, address=ADDRESS, password_stdin=True)
        return measured(arguments, Options())

    return ask


Asks = Callable[..., tuple[Measured, str]]


def test_it_sends_a_few_checks_of_a_calendar_and_tells_so(
    exchange: Exchange, asks: Asks, hurry: Hurry
) -> None:
    found, server = asks()
    assert server.startswith("127.0.0.1:")
    assert found.problem is None
    assert (found.checks, len(found.regular)) == (CHECKS, CHECKS - 1)
    # Each check asks for the items and the automatic replies; the first for the working hours as well.
    assert dict(exchange.counters.requests) == {
        "FindItem": CHECKS,
        "GetUserOofSettings": CHECKS,
        "GetUserAvailability": 1,
    }
    assert exchange.counters.refused == 0
    assert found.first is not None
    assert found.first.requests > found.requests_per_check
    assert found.requests >= sum(exchange.counters.requests.values())
    assert timedelta() < found.service <= found.service_p95
    assert 500 < found.bytes_per_check < 100_000
    assert len(hurry.rests) == CHECKS - 1
    assert min(hurry.rests) >= LEAST_REST.total_seconds()


def test_a_larger_calendar_is_more_bytes(exchange: Exchange, asks: Asks) -> None:
    url = exchange.start()
    empty, _ = asks(server=url)
    for number in range(40):
        start = datetime.now(UTC) + timedelta(minutes=30 * number)
        exchange.add_entry(ADDRESS, Entry(f"Budget {number}", start, start + timedelta(minutes=30)))
    full, _ = asks(server=url)
    assert full.bytes_per_check > empty.bytes_per_check + 40 * 200


@pytest.mark.parametrize(
    ("fault", "problem", "back_off"),
    [
        ("server-busy", "server-busy", 90),
        ("server-busy-open", "server-busy", None),
        ("http-503-later", "server-busy", 120),
        ("http-429", "server-busy", 120),
        ("too-many-connections", "server-busy", None),
        ("took-too-long", "server-error", None),
    ],
)
@pytest.mark.parametrize("before", [0, 2])
def test_a_server_that_wants_peace_gets_it(
    exchange: Exchange, asks: Asks, fault: str, problem: str, back_off: int | None, before: int
) -> None:
    answers = 0

    def count(_: Sample) -> None:
        nonlocal answers
        answers += 1
        if answers == before:
            exchange.faults.set(fault)

    if not before:
        exchange.faults.set(fault)
    sent = _every_request(exchange)
    found, _ = asks(on_check=count)
    assert found.problem is not None
    assert found.problem.name == problem
    assert (found.back_off.total_seconds() if found.back_off else None) == back_off
    assert found.checks == before
    assert not found.is_usable
    # One more request was sent, and that was the last.
    answered = sum(exchange.counters.requests.values()) - (fault not in _HTTP)
    assert answered == (2 * before + 1 if before else 0)
    assert len(sent) == answered + 1
    assert found.requests > (before * found.requests_per_check if before > 1 else 0)


# Answered before anybody looks at what is asked, and so not counted with the operations.
_HTTP = ("http-503-later", "http-429")


def _every_request(exchange: Exchange) -> list[str]:
    """Whoever sends a request with a password that is right, also where it is answered with a fault."""
    sent: list[str] = []
    take = exchange.faults.take

    def noted(user: str, *operation: Any) -> Fault | None:
        sent.append(user)
        return take(user, *operation)

    exchange.faults.take = noted  # type: ignore[method-assign, assignment]
    return sent


@pytest.mark.parametrize("fault", ["server-busy", "http-503"])
def test_a_server_too_busy_for_a_part_of_a_check_is_left_alone(
    exchange: Exchange, asks: Asks, fault: str
) -> None:
    exchange.faults.set(fault, operation="GetUserOofSettings")
    found, _ = asks()
    assert found.problem is not None
    assert found.problem.name == "server-busy"
    assert exchange.counters.requests["FindItem"] == 1
    assert found.checks == 0


def test_a_refused_password_is_sent_once(exchange: Exchange, asks: Asks) -> None:
    found, _ = asks(password="wrong")
    assert found.problem is not None
    assert found.problem.name == "refused-password"
    assert exchange.counters.refused == 1
    assert not exchange.counters.requests
    assert found.requests > 0  # it is not kept quiet


def test_a_server_that_is_not_there_is_asked_once(asks: Asks, exchange: Exchange, hurry: Hurry) -> None:
    url = exchange.start()
    exchange.stop()
    found, _ = asks(server=url)
    assert found.problem is not None
    assert found.problem.name == "connection-refused"
    assert (found.checks, hurry.rests) == (0, [])


def test_the_time_is_that_of_the_server(exchange: Exchange, asks: Asks, hurry: Hurry) -> None:
    def thinks() -> datetime:
        time.sleep(0.1)
        return NOW

    exchange.store.now = thinks  # which is asked at least once for each request
    found, _ = asks()
    assert found.service >= timedelta(seconds=0.2)
    samples = [sample for sample in (found.first, *found.regular) if sample is not None]
    assert hurry.rests == [rest_after(sample).total_seconds() for sample in samples[:-1]]


def test_the_signed_in_account_is_asked_where_no_server_is_named(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch, hurry: Hurry
) -> None:
    class Input:
        buffer = io.BytesIO(f"{PASSWORD}\n".encode())

    monkeypatch.setattr("sys.stdin", Input)
    account = Account(ADDRESS, server=exchange.start())
    arguments = Namespace(measure=OWN, user=None, address=None, password_stdin=True)
    found, _ = measured(arguments, Options(account=account))
    assert (found.checks, found.problem) == (CHECKS, None)


def test_leaving_early_leaves_nothing_behind(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    class Input:
        buffer = io.BytesIO(f"{PASSWORD}\n".encode())

    class Impatient(Hurry):
        async def wait(self, seconds: float) -> None:
            raise KeyboardInterrupt

    monkeypatch.setattr("sys.stdin", Input)
    monkeypatch.setattr("lyncdesk.cli.measuring.measure", Impatient())
    arguments = Namespace(measure=exchange.start(), user=None, address=ADDRESS, password_stdin=True)
    with pytest.raises(KeyboardInterrupt):
        measured(arguments, Options())
    assert exchange.counters.requests["FindItem"] == 1


Runs = Callable[..., tuple[int, str, str]]


@pytest.fixture
def runs(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch, hurry: Hurry, capsys: pytest.CaptureFixture[str]
) -> Runs:
    """Run the whole command."""

    def run(password: str, *arguments: str) -> tuple[int, str, str]:
        class Input:
            buffer = io.BytesIO(f"{password}\n".encode())

        monkeypatch.setattr("sys.stdin", Input)
        status = main(["capacity", "--users", "50", "--interval", "30m", "--password-stdin", *arguments])
        out, err = capsys.readouterr()
        return status, out, err

    return run


def test_the_command_reckons_with_what_was_measured(exchange: Exchange, runs: Runs) -> None:
    status, out, err = runs(PASSWORD, "--measure", exchange.start(), "--address", ADDRESS, "--json")
    assert (status, err) == (0, "")
    told = json.loads(out)
    measured = told["measured"]
    assert (measured["checks"], measured["problem"]) == (CHECKS, None)
    assert told["check"] == {
        "requests": measured["requests_per_check"],
        "bytes": measured["bytes_per_check"],
        "service_s": measured["service_s"],
        "measured_at": measured["server"],
    }
    peak = told["checks_per_s"]["peak"] * measured["service_s"]
    assert told["checks_at_once"] == pytest.approx(peak, abs=0.001)


def test_the_command_reckons_nothing_where_it_was_refused(exchange: Exchange, runs: Runs) -> None:
    url = exchange.start()
    exchange.faults.set("server-busy")
    status, out, err = runs(PASSWORD, "--measure", url, "--address", ADDRESS)
    assert status == 4
    assert "Requests a second" not in out
    assert "asked to be left alone for 90 s" in out
    assert "could not be measured: Exchange is busy. Nothing was reckoned. Test again in a while." in err
    status, out, err = runs("falsch-1234", "--measure", url, "--address", ADDRESS, "--json")
    assert status == 4
    assert json.loads(out)["measured"]["checks"] == 0
    assert "falsch-1234" not in out + err


def test_without_an_account_it_says_how_to_name_one(runs: Runs) -> None:
    status, _, err = runs(PASSWORD, "--measure")
    assert status == 2
    assert "--measure SERVER" in err
