"""Laws of looking through somebody's eyes, on any day: nothing is told that this client was not sent."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from lyncdesk.simulation.run import simulate
from tests.scenarios.random_days import NAMES, random_day
from tests.scenarios.running import run

SEEDS = range(4)
HOURS = [f"{hour:02}:{minute}" for hour in range(8, 19) for minute in ("00", "31")]


def secret_day(seed: int) -> str:
    """A random day in which each subject, location and note tells whose it is."""
    owner, lines = "", []
    for line in random_day(seed).splitlines():
        found = re.fullmatch(r'\[people\.(\w+)\]|who = "(\w+)"', line)
        if found:
            owner = found[1] or found[2]
        lines.append(re.sub(r'"(Item \d+|Added \d+|Room 4|Back soon)"', rf'"{owner}: \1"', line))
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module", params=SEEDS)
def day(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One day."""
    file = tmp_path_factory.mktemp("days") / f"{request.param}.toml"
    file.write_text(secret_day(request.param))
    return file


def tell(day: Path, see_as: str, *explain: str) -> list[dict[str, Any]]:
    out, err = io.StringIO(), io.StringIO()
    simulate([str(day)], json=True, wire=False, out=out, err=err, explain=explain, see_as=see_as)
    assert err.getvalue() == ""
    return [json.loads(line) for line in out.getvalue().splitlines()]


def secrets(what: object, viewer: str) -> set[str]:
    """The subjects and locations of others in a text."""
    found = re.findall(r"(\w+): (Item \d+|Added \d+|Room 4)", json.dumps(what, ensure_ascii=False))
    return {f"{who}: {said}" for who, said in found if who != viewer}


@pytest.mark.parametrize("viewer", NAMES)
def test_a_day_tells_no_subject_that_the_viewers_cards_did_not_show(day: Path, viewer: str) -> None:
    shown = {one["subject"] for one in run([day], as_json=True).objects if one["viewer"] == viewer}
    told = tell(day, viewer)
    assert {one["viewer"] for one in told} <= {"", viewer}
    for one in told:
        subjects = {secret for secret in secrets(one, viewer) if "Room" not in secret}
        assert subjects <= shown
        assert {one["location"]} >= {secret for secret in secrets(one, viewer) if "Room" in secret}


@pytest.mark.parametrize("viewer", NAMES)
def test_a_moment_tells_no_subject_but_that_of_the_card(day: Path, viewer: str) -> None:
    others = [name for name in NAMES if name != viewer]
    told = tell(day, viewer, *(f"{who}@{hour}" for who in others for hour in HOURS))
    assert len(told) == len(others) * len(HOURS)
    for one in told:
        assert secrets(one, viewer) <= {one["subject"], one["location"]}
        assert one["not_known"] == []
        assert one["problems"] == []


@pytest.mark.parametrize("who", NAMES)
def test_a_moment_says_what_the_day_says(day: Path, who: str) -> None:
    """Of each moment, what was printed last of it holds."""
    changes = [one for one in run([day], as_json=True).objects if (one["who"], one["viewer"]) == (who, "")]
    for one in tell(day, who, *(f"{who}@{hour}" for hour in HOURS)):
        before = [change for change in changes if change["at"] <= one["at"]][-1]
        assert [one[key] for key in ("shows", "subject", "out_of_office")] == [
            before[key] for key in ("shows", "subject", "out_of_office")
        ]
        assert one["checked"] is None or one["checked"] <= one["at"]
