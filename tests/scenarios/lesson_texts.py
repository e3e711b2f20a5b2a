"""Reading texts of lessons in tests."""

from __future__ import annotations

from lyncdesk.simulation.lessons_library import read_lesson
from lyncdesk.simulation.organisation_file import sample_organisation
from lyncdesk.simulation.scenario_file import WrongScenarioError

PEOPLE = tuple(member.key for member in sample_organisation().members)


def mistakes(content: str) -> list[str]:
    """What is told of a text; nothing of one that is a lesson."""
    try:
        read_lesson(content, "lunch.toml", PEOPLE)
    except WrongScenarioError as error:
        return [str(mistake) for mistake in error.mistakes]
    return []
