"""docs/scenarios.md tells the truth about the language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lyncdesk.client.problems import PROBLEMS
from lyncdesk.simulation.scenario_file import WrongScenarioError, read
from lyncdesk.simulation.scenario_sight import FOUND
from tests.scenarios.running import run
from tests.scenarios.test_output import FAILED, KEYS

PAGE = (Path(__file__).parents[2] / "docs" / "scenarios.md").read_text()
[EXAMPLE] = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def words_of(section: str) -> set[str]:
    """What stands in backquotes in a section."""
    [body] = re.findall(rf"## {section}\n(.*?)(?:\n## |\Z)", PAGE, re.DOTALL)
    return set(re.findall(r"`([^`]+)`", body))


def test_the_example_runs_and_holds(tmp_path: Path) -> None:
    file = tmp_path / "example.toml"
    file.write_text(EXAMPLE)
    assert run([file]).status == 0


def test_every_step_and_every_problem_is_described() -> None:
    with pytest.raises(WrongScenarioError) as caught:
        read(EXAMPLE.replace('do = "add"', 'do = "?"'), "")
    steps = set(re.findall(r'"(\w+)"', str(caught.value).partition("one of")[2]))
    assert len(steps) == 22
    names = list(PROBLEMS)
    assert steps | set(names[: names.index("details-missing") + 1]) <= words_of("Steps")


def test_every_comparison_is_described() -> None:
    assert set(FOUND) <= words_of("Expectations")


def test_every_key_of_the_output_is_described() -> None:
    assert {*KEYS, *FAILED} <= words_of("What is printed")
