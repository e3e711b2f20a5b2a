"""The lessons that there are: those that ship, and those of a trainer's own folders.

A file that is wrong takes no other with it: its mistakes are told, and the rest is there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lyncdesk.resource_files import resource
from lyncdesk.simulation.lessons import Lesson
from lyncdesk.simulation.lessons_reader import LessonReader
from lyncdesk.simulation.scenario_file import WrongScenarioError, content_of, parsed
from lyncdesk.simulation.scenario_tables import Mistake

# So many files of one folder are read; more is no folder of lessons.
MOST_FILES = 500


@dataclass(frozen=True, slots=True)
class Library:
    """Lessons in their order, and what is wrong with the files that are none."""

    lessons: tuple[Lesson, ...]
    mistakes: tuple[Mistake, ...] = ()


def read_lesson(content: str, file: str, people: Iterable[str]) -> Lesson:
    """Read a lesson from its text; ``file`` is what mistakes call it.

    ``people`` are the names that it may use, that of the person at whose screen one sits first.

    Raises:
        WrongScenarioError: with every mistake of the text.
    """
    values, notes = parsed(content, file, "lesson")
    lesson = None
    if values or not notes.incomplete:
        lesson = LessonReader(notes, values, people, scenarios()).read(Path(file).stem)
    if notes.mistakes or lesson is None:
        raise WrongScenarioError(tuple(sorted(set(notes.mistakes))))
    return lesson


def scenarios() -> tuple[str, ...]:
    """The names of the scenarios that ship."""
    return tuple(sorted(path.stem for path in resource("scenarios").rglob("*.toml")))


def library(people: Iterable[str], folders: Iterable[Path] = ()) -> Library:
    """The lessons that ship, in the order of the questions, then those of the folders by file name.

    A lesson of a folder with the name of one that ships, or of an earlier folder, takes its place. A folder
    that is not there holds none.
    """
    people = tuple(people)
    found: dict[str, Lesson] = {}
    mistakes: list[Mistake] = []
    for file in _shipped():
        found[file.stem] = read_lesson(content_of(str(file)), file.name, people)
    for folder in folders:
        for file in _files(folder, mistakes):
            try:
                lesson = read_lesson(content_of(str(file)), str(file), people)
            except WrongScenarioError as error:
                mistakes += error.mistakes
            else:
                found[lesson.name] = lesson
    return Library(tuple(found.values()), tuple(mistakes))


def _shipped() -> tuple[Path, ...]:
    return tuple(sorted(resource("lessons").glob("*.toml")))


def _files(folder: Path, mistakes: list[Mistake]) -> list[Path]:
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix == ".toml")
    except FileNotFoundError:
        return []
    except OSError as error:
        mistakes.append(Mistake(str(folder), 0, f"cannot be read: {error.strerror or error}"))
        return []
    if len(files) > MOST_FILES:
        mistakes.append(Mistake(str(folder), 0, f"more than {MOST_FILES} files; the first are read"))
    return files[:MOST_FILES]
