"""What a check cost on the way: bytes as the server counts them, time as the server takes it."""

import gzip
import time
from datetime import timedelta

import pytest

from lyncdesk.client.ports import CalendarAnswer, Traffic
from lyncdesk.exchange.process import ExchangeWorker
from tests.exchange.client import raw_server as raw
from tests.exchange.client.raw_server import RawServer, Visit
from tests.exchange.client.sessions import outcome_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Scales:
    """Weighs what a server that works sends; ``pause`` is how long it thinks before each answer."""

    def __init__(self, *, packed: bool = False, pause: float = 0.0) -> None:
        self.sent = 0
        self._packed = packed
        self._pause = pause

    def __call__(self, visit: Visit) -> None:
        time.sleep(self._pause)
        body = raw.found(raw.ITEM) if visit.is_about("FindItem") else raw.ENVELOPE % raw.OOF_OFF
        lines = ["HTTP/1.1 200 OK", "Content-Type: text/xml; charset=utf-8"]
        if self._packed:
            body = gzip.compress(body)
            lines.append("Content-Encoding: gzip")
        answer = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body
        self.sent += len(answer)
        visit.says(answer)


async def traffic_of(server: RawServer, worker: ExchangeWorker) -> Traffic:
    answer = await outcome_of(server.account(), worker)
    assert isinstance(answer, CalendarAnswer)
    assert answer.requests == len(server.requests) == 2
    assert answer.traffic is not None
    return answer.traffic


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "packed"])
async def test_bytes_are_those_that_the_server_got_and_sent(worker: ExchangeWorker, packed: bool) -> None:
    scales = Scales(packed=packed)
    with RawServer(scales) as server:
        traffic = await traffic_of(server, worker)
        assert traffic.sent == sum(map(len, server.requests))
    assert traffic.received == scales.sent


async def test_the_time_is_that_of_the_requests_and_not_that_of_the_process(worker: ExchangeWorker) -> None:
    with RawServer(Scales(pause=0.2)) as server:
        before = time.monotonic()
        traffic = await traffic_of(server, worker)
        took = timedelta(seconds=time.monotonic() - before)
    assert timedelta(seconds=0.4) <= traffic.waited < took


async def test_what_a_check_does_without_is_told_by_its_problem(worker: ExchangeWorker) -> None:
    busy = raw.fault(b"ErrorServerBusy", b"<t:Value Name='BackOffMilliseconds'>90000</t:Value>")
    with RawServer(raw.calendar(raw.ITEM, oof=busy)) as server:
        answer = await outcome_of(server.account(), worker)
    assert isinstance(answer, CalendarAnswer)
    assert (len(answer.items), answer.without) == (1, "server-busy")
    with RawServer(raw.calendar(raw.ITEM)) as server:
        answer = await outcome_of(server.account(), worker)
    assert isinstance(answer, CalendarAnswer)
    assert answer.without == ""
