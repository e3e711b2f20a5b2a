"""Reading a scenario file: all of it, or every mistake in it. The language is in `docs/scenarios.md`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from lyncdesk.simulation.scenario import Scenario
from lyncdesk.simulation.scenario_positions import Place, positions
from lyncdesk.simulation.scenario_reader import ScenarioReader
from lyncdesk.simulation.scenario_tables import LEFT_OUT, Mistake, Notes

MAXIMUM_SIZE = 1_000_000  # characters; a day of a thousand people fits
_MAXIMUM_SYNTAX_MISTAKES = 20
_LINE = re.compile(r" \(at line ([0-9]+), column [0-9]+\)$")


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
        return data.decode() if len(data) <= 4 * MAXIMUM_SIZE else "#" * (MAXIMUM_SIZE + 1)
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
    values, kept, mistakes = _parsed(content, file, what)
    places: Mapping[tuple[str | int, ...], Place] = positions(kept) if values else {(): Place(1, "")}
    return values, Notes(file, places, bool(mistakes), mistakes)


def _parsed(content: str, file: str, what_it_is: str) -> tuple[dict[str, object], str, list[Mistake]]:
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
            return {}, "", [Mistake(file, 1, f"no {what_it_is}: its values are nested too deeply")]
