"""Reading a scenario file: all of it, or every mistake in it. The language is in `docs/scenarios.md`."""

from __future__ import annotations

from codecs import BOM_UTF8
from collections.abc import Mapping
from pathlib import Path

from lyncdesk.simulation.scenario import Scenario
from lyncdesk.simulation.scenario_positions import Place, positions
from lyncdesk.simulation.scenario_reader import ScenarioReader
from lyncdesk.simulation.scenario_syntax import read_toml
from lyncdesk.simulation.scenario_tables import Mistake, Notes

MAXIMUM_SIZE = 1_000_000  # characters; a day of a thousand people fits


class WrongScenarioError(Exception):
    """A file is no scenario (or lesson); ``mistakes`` are all that is wrong with it, by line."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = mistakes


def load(file: str, place: Path | None = None) -> Scenario:
    """Read a scenario file. ``file`` is what it is called, and where it is unless ``place`` says so.

    Raises:
        WrongScenarioError: with every mistake of the file, or that it cannot be read.
    """
    return read(content_of(file, place), file)


def content_of(file: str, place: Path | None = None) -> str:
    """The text of a file, which is at ``place`` where it is only called ``file``.

    Raises:
        WrongScenarioError: when it cannot be read, or is no text.
    """
    try:
        with (place or Path(file)).open("rb") as opened:
            data = opened.read(4 * MAXIMUM_SIZE + 1)  # enough to know that it is too long
    except OSError as error:
        raise WrongScenarioError((Mistake(file, 0, f"cannot be read: {error.strerror or error}"),)) from error
    try:
        # Editors of Windows begin a text with a mark that is no part of it.
        text = data.removeprefix(BOM_UTF8) if len(data) <= 4 * MAXIMUM_SIZE else b"#" * (MAXIMUM_SIZE + 1)
        return text.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise WrongScenarioError((Mistake(file, line, "this is not text in UTF-8"),)) from error


def read(content: str, file: str) -> Scenario:
    """Read a scenario from its text; ``file`` is what mistakes call it.

    Raises:
        WrongScenarioError: with every mistake of the text.
    """
    values, notes = parsed(content, file, "scenario")
    scenario = ScenarioReader(notes, values).read() if values or not notes.incomplete else None
    if notes.mistakes or scenario is None:
        raise WrongScenarioError(tuple(sorted(set(notes.mistakes))))
    return scenario


def parsed(content: str, file: str, what: str) -> tuple[dict[str, object], Notes]:
    """What the text of a ``what`` (a scenario, a lesson) says: its values, and notes with the mistakes of its
    lines and the places of what is left.

    Raises:
        WrongScenarioError: for a text that is too long.
    """
    if len(content) > MAXIMUM_SIZE:
        raise WrongScenarioError((Mistake(file, 0, f"longer than {MAXIMUM_SIZE} characters; no {what} is"),))
    found = read_toml(content, file, what)
    places: Mapping[tuple[str | int, ...], Place] = (
        positions(found.kept) if found.values else {(): Place(1, "")}
    )
    return found.values, Notes(file, places, bool(found.mistakes), found.mistakes, tuple(found.lost))
