"""The soak program in small; the long run is ``make soak``."""

from tests.benchmarks.soak_connection import Soak


async def test_a_day_against_a_server_that_fails_at_random() -> None:
    soak = Soak(2)
    await soak.run(60)
    assert soak.watch.wrong == []
    assert soak.watch.checks >= 60
    assert soak.watch.reads
    assert soak.watch.problems, "nothing failed, so nothing was tried"
