"""Files of lessons: those that ship, a trainer's own, what is documented, and every mistake with its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lyncdesk import bootstrap
from lyncdesk.cli import parser
from lyncdesk.client.lesson_types import CONTROLS
from lyncdesk.machine.paths import paths
from lyncdesk.resource_files import resource
from lyncdesk.simulation.lessons import Lesson
from lyncdesk.simulation.lessons_acts import ACTS
from lyncdesk.simulation.lessons_conditions import CONDITIONS
from lyncdesk.simulation.lessons_library import library, read_lesson, scenarios
from lyncdesk.simulation.lessons_needs import NEEDS
from lyncdesk.simulation.lessons_words import PLACES
from tests.scenarios.lesson_texts import PEOPLE, mistakes
from tests.scenarios.lesson_world import WORDS, a_class, at
from tests.user_session import ROOT

DOCUMENTED = (ROOT / "docs" / "lessons.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"```toml\n(.*?)```", DOCUMENTED, re.DOTALL)
LESSONS = library(PEOPLE).lessons


# --- those that ship ---


def test_there_is_a_lesson_for_each_question_and_its_facts_are_held_by_a_scenario() -> None:
    named = {lesson.name[3:]: lesson.scenario for lesson in LESSONS}
    assert named == {
        "turn_on": "switch_in_options",
        "right_now": "added_for_right_now",
        "reset_status": "reset_status_waits",
        "interval": "shorter_interval",
        "always_busy": "always_busy",
        "appointments": "mapping_appointments",
        "meetings": "mapping_meetings",
        "no_details": "details_for_workgroup",
        "began_before": "began_before_added",
        "set_presence": "status_by_hand_keeps_meeting",
        "everything_in_a_meeting": "everything_in_a_meeting",
        "subject_and_location": "details_for_workgroup",
        "call_forwarding": "",
    }
    assert {scenario for scenario in named.values() if scenario} <= set(scenarios())


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_each_step_that_waits_can_be_done_or_looked_at_and_is_pointed_at_or_offered(lesson: Lesson) -> None:
    for step in lesson.steps:
        looks = any(condition.name == "looks_at" for condition in step.until)
        assert bool(step.until) == bool(step.do or looks)
        assert not step.until or step.point or step.offer


def test_the_person_at_whose_screen_one_sits_may_be_named_or_left_out() -> None:
    gives = 'until = { gives = { WHO to = "ben", relationship = "Workgroup" } }\nthen = "D"\n'
    named, left_out = (
        read_lesson(GOOD + gives.replace("WHO", who), "x.toml", PEOPLE) for who in ('who = "anna",', "")
    )
    assert named == left_out


# --- the documentation ---


def test_the_documented_example_is_a_lesson() -> None:
    lesson = read_lesson(EXAMPLE, "lunch.toml", PEOPLE)
    assert [bool(step.until) for step in lesson.steps] == [True, True, False]


async def test_the_documented_example_can_be_played(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "lunch.toml").write_text(EXAMPLE, encoding="utf-8")
    async with a_class(tmp_path, at("10:17"), (folder,)) as learner:
        await learner.guide.begin("lunch")
        await learner.guide.do()
        said = (await learner.done()).said
        assert (
            "“Lunch”, an appointment from 10:17 to 11:17, shown as Out of office is in the calendar." in said
        )
        assert "No check was sent; the next is at 10:47. You are shown as Available, as before." in said
        learner.guide.on()
        await learner.guide.do()
        said = (await learner.done()).said
        assert "You are shown as Available, as before. It adds a mark" in said
        assert "On Ben Okafor's screen your card says: “Available" in said
        assert "Lunch" in said


@pytest.mark.parametrize(
    "words", [CONDITIONS, ACTS, CONTROLS, NEEDS, [f"{{{name}}}" for name in PLACES]], ids=lambda _: ""
)
def test_every_word_of_the_language_is_documented(words: object) -> None:
    assert not [word for word in words if f"`{word}`" not in DOCUMENTED]  # type: ignore[attr-defined]


def test_the_documented_mistakes_are_those_that_are_told() -> None:
    shown = DOCUMENTED.rpartition("```\nlunch")[2].partition("```")[0]
    wrong = EXAMPLE.replace("simulation.new_item", "simulation.newitem").replace("{ added =", "{ aded =")
    wrong = wrong.replace(
        'then = "{item} is in the calendar. {sent}', 'then = "{item} is in the calendar. {snt}'
    )
    assert "\n".join(mistakes(wrong)) == f"lunch{shown}".strip()


GOOD = 'title = "A"\nquestion = "B?"\n\n[[steps]]\nsay = "C"\n'


# --- folders ---


def test_a_wrong_file_is_told_and_takes_no_other_with_it(tmp_path: Path) -> None:
    (tmp_path / "good.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "wrong.toml").write_text(GOOD + "x = 1\n", encoding="utf-8")
    (tmp_path / "bytes.toml").write_bytes(b'title = "\xff"\n')
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "notes.txt").write_text("no lesson")
    found = library(PEOPLE, (tmp_path, tmp_path / "not there"))
    assert [lesson.name for lesson in found.lessons] == [*(lesson.name for lesson in LESSONS), "good"]
    told = [str(mistake) for mistake in found.mistakes]
    assert any(one.startswith(f"{tmp_path / 'wrong.toml'}:6: ") for one in told)
    assert any(one.startswith(f"{tmp_path / 'bytes.toml'}:1: this is not text") for one in told)
    assert any(one.startswith(f"{tmp_path / 'folder.toml'}: cannot be read") for one in told)
    assert len(told) == 3


def test_a_lesson_of_ones_own_takes_the_place_of_one_that_ships(tmp_path: Path) -> None:
    (tmp_path / "02_right_now.toml").write_text(GOOD, encoding="utf-8")
    found = library(PEOPLE, (tmp_path,))
    assert [lesson.name for lesson in found.lessons] == [lesson.name for lesson in LESSONS]
    assert found.lessons[1].title == "A"


def test_the_lessons_travel_with_the_program() -> None:
    assert len(list(resource("lessons").glob("*.toml"))) == len(LESSONS)


def test_the_program_reads_the_persons_own_folder_and_those_that_are_named(
    home: Path, tmp_path: Path
) -> None:
    own, named = paths(demo=False).lessons, tmp_path / "named"
    assert own.is_relative_to(home)
    for folder in (own, named):
        folder.mkdir(parents=True)
        (folder / f"of_{folder.name}.toml").write_text(GOOD, encoding="utf-8")
    asked = parser().parse_args(["demo", "--lessons", str(named), "--lessons", str(tmp_path / "none")])
    world = bootstrap.sample_world(1.0, asked.lessons)
    names = [row.name for row in world.lessons().rows(WORDS)]
    assert names == [*(lesson.name for lesson in LESSONS), "of_lessons", "of_named"]
    assert world.lessons().mistakes() == ()
