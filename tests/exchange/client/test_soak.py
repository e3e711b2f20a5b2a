"""The soak program in small: two virtual days; the long run is ``make soak``."""

import pytest

from tests.benchmarks.soak_connection import Soak


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_few_days_against_a_server_that_fails_at_random(seed: int) -> None:
    soak = Soak(seed)
    await soak.run(80)
    assert soak.watch.wrong == []
    assert soak.watch.checks >= 80
    assert soak.watch.problems, "nothing failed, so nothing was tried"
