"""How far a long reckoning is, on a terminal."""

from __future__ import annotations

import io

import pytest

from lyncdesk.capacity.cost import ASSUMED
from lyncdesk.capacity.model_file import built_in
from lyncdesk.capacity.run import Asked, Run
from lyncdesk.cli.capacity_progress import Progress


class Terminal(io.StringIO):
    """Somebody looks."""

    def isatty(self) -> bool:
        """Always."""
        return True


class Hours:
    """A clock on which each look takes a second."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        """Seconds since some moment."""
        self.seconds += 1
        return self.seconds


def test_one_line_that_is_written_over_and_gone_in_the_end() -> None:
    terminal = Terminal()
    with Progress(terminal, Hours()) as progress:
        for part in (0.1, 0.2, 0.25, 1.0):
            progress.tell((1800,), part)
        progress.tell((300, 600), 0.5)
    lines = terminal.getvalue().split("\r")
    assert lines[0] == ""
    assert "lyncdesk: 30m: 25 % reckoned" in lines
    assert "lyncdesk: 2 intervals: 50 % reckoned" in lines
    assert lines[-2] == " " * max(map(len, lines))
    assert lines[-1] == ""


def test_what_is_over_soon_says_nothing() -> None:
    terminal = Terminal()
    with Progress(terminal, lambda: 5.0) as progress:
        progress.tell((1800,), 0.5)
    assert terminal.getvalue() == ""


def test_nothing_where_nobody_looks() -> None:
    file = io.StringIO()
    with Progress(file, Hours()) as progress:
        for _ in range(5):
            progress.tell((1800,), 0.5)
    assert file.getvalue() == ""


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("sample", [None, 100])
def test_a_run_tells_which_part_is_done(exact: bool, sample: int | None) -> None:
    told: list[tuple[tuple[int, ...], float]] = []
    asked = Asked(20, (3600, 7200), built_in(), "", 1, exact, sample)
    run = Run(asked, Hours(), lambda intervals, part: told.append((tuple(intervals), part)))
    run.reckon(ASSUMED)
    parts = [part for _, part in told]
    assert all(0 < part <= 1 for part in parts)
    each = [(3600,), (7200,)] if exact else [(3600, 7200)]
    assert list(dict.fromkeys(intervals for intervals, _ in told)) == each
    for intervals in each:
        of_these = [part for told_of, part in told if told_of == intervals]
        assert of_these == sorted(of_these)
        assert of_these[-1] == 1 or (exact and sample and of_these[-1] > 0.5)
