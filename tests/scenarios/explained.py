"""Explaining moments of scenarios in tests."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from lyncdesk.simulation.run import simulate
from tests.scenarios.running import Ran


def explain(
    text: str,
    tmp_path: Path,
    *asked: str,
    as_json: bool = True,
    see_as: str | None = None,
    wire: bool = False,
) -> Ran:
    """Run a scenario with its moments explained."""
    file = tmp_path / "day.toml"
    file.write_text(text, encoding="utf-8")
    out, err = io.StringIO(), io.StringIO()
    status = simulate([str(file)], json=as_json, wire=wire, out=out, err=err, explain=asked, see_as=see_as)
    return Ran(status, out.getvalue(), err.getvalue().replace(f"{tmp_path}/", ""))


def one(text: str, tmp_path: Path, asked: str, **more: Any) -> dict[str, Any]:
    """The object of the one moment that is asked for."""
    ran = explain(text, tmp_path, asked, **more)
    assert ran.err == ""
    (found,) = [line for line in ran.objects if "sentence" in line]
    return found


def step(at: str, what: str, who: str = "anna") -> str:
    """A step in the words of a scenario."""
    return f'\n[[steps]]\nat = "{at}"\nwho = "{who}"\n{what}\n'
