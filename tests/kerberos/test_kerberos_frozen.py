"""Negotiate by the worker of the one-folder bundle, with the Kerberos of the system that it runs on."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from lyncdesk.exchange.process import ExchangeWorker
from lyncdesk.starting import WORKER
from lyncdesk_packaging.steps import made
from tests.exchange.client.raw_server import RawServer
from tests.exchange.client.sessions import AGES, WINDOW
from tests.kerberos.kdc import REALM, Realm
from tests.kerberos.test_kerberos import PASSWORD, SERVICE, Passage, realm

__all__ = ["realm"]

pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.skipif(sys.platform != "linux", reason="the bundle is made and tried on Linux"),
]


@pytest.fixture(scope="module")
def bundle() -> Path:
    (folder,) = made("bundle")
    return folder


@pytest_asyncio.fixture
async def frozen(bundle: Path, realm: Realm) -> AsyncIterator[ExchangeWorker]:
    """A frozen worker that lives in the realm, and sees nothing of the libraries of the tests."""
    del realm
    worker = ExchangeWorker(command=lambda: (str(bundle / "lyncdesk"), "-m", WORKER), grace=AGES)
    yield worker
    await worker.close()


async def test_a_ticket_lets_the_frozen_worker_in(realm: Realm, frozen: ExchangeWorker) -> None:
    realm.sign_in("anna", PASSWORD)
    passage = Passage(frozen)
    with RawServer(passage.guard) as server:
        async with passage.session(server) as session:
            assert [item.subject for item in (await session.check(WINDOW)).items] == ["Budget"]
    assert (passage.guard.counted["refused"], passage.guard.ways) == (0, {"negotiate"})
    assert f"{SERVICE}@{REALM}" in realm.tickets()


async def test_a_password_gets_the_frozen_worker_a_ticket(realm: Realm, frozen: ExchangeWorker) -> None:
    del realm
    assert await Passage(frozen, PASSWORD).problems() == ["fine", "fine"]
