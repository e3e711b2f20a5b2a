"""The workers, and the worlds of names, that the tests of a module share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from lyncdesk.exchange.process import ExchangeWorker
from tests.exchange.client.sessions import warm_worker
from tests.exchange.client.small_world import Organisation, World


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def worker() -> AsyncIterator[ExchangeWorker]:
    """A worker that runs already."""
    async with warm_worker() as warm:
        yield warm


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[World, ExchangeWorker]]:
    """A world of names, with a worker in it that runs already."""
    world = World(tmp_path_factory.mktemp("world"))
    async with world.warm_worker() as warm:
        yield world, warm


@pytest.fixture
def corp(tmp_path: Path) -> Iterator[Organisation]:
    """An organisation in a world of its own, whose worker starts when it is asked."""
    world = World(tmp_path)
    with Organisation(tmp_path, world, world.worker()) as organisation:
        yield organisation


@pytest.fixture
def corp_at_hand(tmp_path: Path, world: tuple[World, ExchangeWorker]) -> Iterator[Organisation]:
    """An organisation in the module's world."""
    with Organisation(tmp_path, *world) as organisation:
        yield organisation
