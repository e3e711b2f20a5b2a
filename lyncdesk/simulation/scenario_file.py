"""Reading a scenario file: all of it, or every mistake in it. The language is in `docs/scenarios.md`."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from lyncdesk.simulation.scenario import Scenario
from lyncdesk.simulation.scenario_positions import Place, positions
from lyncdesk.simulation.scenario_reader import ScenarioReader
from lyncdesk.simulation.scenario_tables import LEFT_OUT, Mistake, Notes

MAXIMUM_SIZE = 1_000_000  # characters; a day of a thousand people fits
_MAXIMUM_SYNTAX_MISTAKES = 20
_LINE = re.compile(r" \(at line ([0-9]+), column [0-9]+\)$")


class WrongScenarioError(Exception):
    """A file is no scenario; ``mistakes`` are all that is wrong with it, in the order of its lines."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = mistakes


def load(file: str, place: Path | None = None) -> Scenario:
    """Read a scenario file. ``file`` is what it is called, and where it is unless ``place`` says so.

    Raises:
        WrongScenarioError: with every mistake of the file, or that it cannot be read.
    """
    try:
        with (place or Path(file)).open("rb") as opened:
            data = opened.read(4 * MAXIMUM_SIZE + 1)  # enough to know that it is too long
    except OSError as error:
        raise WrongScenarioError((Mistake(file, 0, f"cannot be read: {error.strerror or error}"),)) from error
    try:
        content = data.decode() if len(data) <= 4 * MAXIMUM_SIZE else "#" * (MAXIMUM_SIZE + 1)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise WrongScenarioError((Mistake(file, line, "this is not text in UTF-8"),)) from error
    return read(content, file)


def read(content: str, file: str) -> Scenario:
    """Read a scenario from its text; ``file`` is what mistakes call it.

    Raises:
        WrongScenarioError: with every mistake of the text.
    """
    if len(content) > MAXIMUM_SIZE:
        raise WrongScenarioError(
            (Mistake(file, 0, f"longer than {MAXIMUM_SIZE} characters; no scenario is"),)
        )
    values, kept, mistakes = _parsed(content, file)
    notes = Notes(file, positions(kept) if values else {(): Place(1, "")}, bool(mistakes), mistakes)
    scenario = ScenarioReader(notes, values).read() if values or not mistakes else None
    if notes.mistakes or scenario is None:
        raise WrongScenarioError(tuple(sorted(set(notes.mistakes))))
    return scenario


def _parsed(content: str, file: str) -> tuple[dict[str, object], str, list[Mistake]]:
    """What TOML makes of the text without the lines that are none: values, lines kept, mistakes."""
    mistakes: list[Mistake] = []
    lines = content.replace("\r\n", "\n").split("\n")
    while True:
        kept = "\n".join(lines)
        try:
            return tomllib.loads(kept), kept, mistakes
        except tomllib.TOMLDecodeError as error:
            match = _LINE.search(str(error))
            line = int(match[1]) if match else len(lines)
            what = str(error)[: match.start()] if match else str(error).replace(" (at end of document)", "")
            written = lines[line - 1].strip() if match else ""
            mistakes.append(
                Mistake(file, line, f"{written[:60]}: {what}" if match else f"{what}, where the file ends")
            )
            if not written or len(mistakes) >= _MAXIMUM_SYNTAX_MISTAKES:
                return {}, "", mistakes
            # The rest is read without this line, so that one mistake does not hide another.
            lines[line - 1] = f"[{LEFT_OUT}{line}]" if written.startswith("[") else ""
        except RecursionError:
            return {}, "", [Mistake(file, 1, "no scenario: its values are nested too deeply")]
