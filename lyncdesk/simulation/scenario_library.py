"""The scenarios that ship with LyncDesk, found by their names: who installed it has no folder of them."""

from __future__ import annotations

from pathlib import Path
from typing import TextIO

from lyncdesk.resource_files import resource
from lyncdesk.simulation.scenario import Scenario
from lyncdesk.simulation.scenario_file import WrongScenarioError, load
from lyncdesk.simulation.scenario_tables import Mistake, nearest


def shipped() -> dict[str, Path]:
    """The file of each scenario by its name, in the order of the names."""
    return {file.stem: file for file in sorted(resource("scenarios").glob("*.toml"))}


def find(said: str) -> Scenario:
    """Read what a person named: a file, or else the shipped scenario of that name.

    Raises:
        WrongScenarioError: with every mistake of the file, or that there is none.
    """
    names = shipped()
    if said in names and not Path(said).exists():
        return load(said, names[said])
    try:
        return load(said)
    except WrongScenarioError as error:
        near = nearest(said, names)
        if Path(said).exists() or not near:
            raise
        [mistake] = error.mistakes
        raise WrongScenarioError((Mistake(said, 0, mistake.text + near),)) from error


def list_shipped(out: TextIO) -> None:
    """Print a line for each shipped scenario: its name and its title."""
    files = shipped()
    width = max(map(len, files), default=0)
    out.writelines(f"{name:{width}}  {load(str(file)).title}\n" for name, file in files.items())
