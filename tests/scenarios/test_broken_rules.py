"""A scenario that ships fails when a rule that it shows is broken."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import lyncdesk
from lyncdesk.simulation.scenario_library import shipped


@dataclass(frozen=True, slots=True)
class Broken:
    """A mistake in the file ``module`` of the package, and the scenarios that must fail with it."""

    what: str
    module: str
    right: str
    wrong: str
    noticed_by: list[str]


BEGIN = 1_000_000_000
BROKEN = [
    Broken(**one)
    for one in tomllib.loads(Path(__file__).with_name("broken_rules.toml").read_text(encoding="utf-8"))[
        "broken"
    ]
]


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the package beside its scenarios, to break."""
    folder = tmp_path_factory.mktemp("broken")
    shutil.copytree(Path(lyncdesk.__file__).parent, folder / "lyncdesk")
    shutil.copytree(next(iter(shipped().values())).parent, folder / "resources" / "scenarios")
    yield folder
    shutil.rmtree(folder)


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.what)
def test_a_broken_rule_is_noticed(broken: Broken, copied: Path) -> None:
    module = copied / "lyncdesk" / broken.module
    right = module.read_text(encoding="utf-8")
    assert right.count(broken.right) == 1
    before = module.stat().st_mtime
    module.write_text(right.replace(broken.right, broken.wrong), encoding="utf-8")
    # Compiled code is known by the second and the size of its source: no two versions may share both.
    when = BEGIN + BROKEN.index(broken)
    os.utime(module, (when, when))
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "lyncdesk", "simulate", "--json", *broken.noticed_by],
            cwd=copied,
            env={**os.environ, "PYTHONPATH": str(copied)},
            capture_output=True,
            timeout=100,
            check=False,
        )
    finally:
        module.write_text(right, encoding="utf-8")
        os.utime(module, (before, before))
    assert (ran.returncode, ran.stderr) == (1, b"")
    said = [json.loads(line) for line in ran.stdout.splitlines()]
    assert {one["file"] for one in said if "expectation" in one} == set(broken.noticed_by)


def test_every_scenario_that_ships_notices_something() -> None:
    assert {name for broken in BROKEN for name in broken.noticed_by} == set(shipped())
