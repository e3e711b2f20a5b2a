"""The catalogues: nothing said is missing, no value lost; what is read is what was written."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lyncdesk.client.words import Words, catalogue
from lyncdesk.presence.relationships import Relationship
from lyncdesk.presence.states import STATES, ManualStatus
from tests.translations import (
    LESSONS,
    compiled,
    placeholders,
    po_files,
    read_catalogue,
    texts_in,
    texts_in_lesson,
    texts_of_the_program,
    updated,
)

CATALOGUES = [pytest.param(path, id=path.parent.parent.name) for path in po_files()]
HINT = "run `make translations`, then fill in the .po"

GERMAN = {
    "Available": "Verfügbar",
    "Inactive": "Inaktiv",
    "Busy": "Beschäftigt",
    "In a meeting": "In einer Besprechung",
    "Do not disturb": "Nicht stören",
    "Be right back": "Bin gleich zurück",
    "Away": "Abwesend",
    "Off work": "Nicht bei der Arbeit",
    "Offline": "Offline",
    "Appear away": "Als abwesend anzeigen",
    "Workgroup": "Arbeitsgruppe",
    "Friends and Family": "Freunde und Familie",
    "Colleagues": "Kollegen",
    "External": "Extern",
    "Blocked": "Gesperrt",
}


@pytest.mark.parametrize("path", CATALOGUES)
def test_everything_that_the_program_says_is_translated(path: Path) -> None:
    kept = read_catalogue(path)
    missing = [
        f"{places[0][0]}:{places[0][1]}: {text}"
        for text, places in texts_of_the_program().items()
        if (message := kept.get(text)) is None or not message.string
    ]
    assert not missing, HINT


@pytest.mark.parametrize("path", CATALOGUES)
def test_a_translation_has_the_values_of_its_text_and_no_other(path: Path) -> None:
    wrong = [
        str(message.id)
        for message in read_catalogue(path)
        if message.id
        and message.string
        and placeholders(str(message.id)) != placeholders(str(message.string))
    ]
    assert not wrong


@pytest.mark.parametrize("path", CATALOGUES)
def test_a_translation_begins_and_ends_as_its_text_does(path: Path) -> None:
    wrong = [
        str(message.id)
        for message in read_catalogue(path)
        if message.id and message.string
        for text, translation in [(str(message.id), str(message.string))]
        if (text.endswith(".") and not translation.endswith("."))
        or text.endswith(":") != translation.endswith(":")
        or text.strip() != text
        or translation.strip() != translation
    ]
    assert not wrong


@pytest.mark.parametrize("path", CATALOGUES)
def test_the_catalogue_holds_nothing_that_is_said_no_more(path: Path) -> None:
    texts = texts_of_the_program()
    assert not [
        str(message.id) for message in read_catalogue(path) if message.id and message.id not in texts
    ], HINT


@pytest.mark.parametrize("path", CATALOGUES)
def test_what_the_program_reads_is_what_was_translated(path: Path) -> None:
    assert path.with_suffix(".mo").read_bytes() == compiled(read_catalogue(path)), HINT


@pytest.mark.parametrize("path", CATALOGUES)
def test_bringing_a_catalogue_up_to_date_loses_nothing(path: Path) -> None:
    kept = read_catalogue(path)
    texts = [str(message.id) for message in kept if message.id]
    fresh = updated(kept, [*texts, "something new"])
    assert compiled(fresh) == compiled(kept)
    assert fresh.get("something new") is not None


def test_states_and_relationships_are_named_as_lync_named_them() -> None:
    words = Words(catalogue("de"))
    assert {text: words(text) for text in GERMAN} == GERMAN
    assert {row.text for row in STATES} | {str(s.value) for s in ManualStatus} | {
        str(r.value) for r in Relationship
    } >= (set(GERMAN))


def test_german_says_times_and_lengths_as_people_do() -> None:
    now = datetime(2026, 12, 9, 9, 0, tzinfo=UTC)
    words = Words(catalogue("de_AT")).at(now)
    said = [words.moment(now + timedelta(days=days)) for days in (0, 1, -1, 5, 10, 40)]
    assert said == ["9:00", "morgen 9:00", "gestern 9:00", "Mo. 9:00", "19. Dez. 9:00", "18. Jan. 2027 9:00"]
    lengths = [words.length(timedelta(minutes=minutes)) for minutes in (1, 25, 65, 1440)]
    assert lengths == ["1 Minute", "25 Minuten", "1 Std. 5 Min.", "1 Tag"]


SOURCE = """
N_("one")
words("two", n=1)
self._words("three")
Message.of("four {n}", n=1)
Message("five")
words.plural("six", "seven", n)
words("eight" if x else "nine")
Message.of("ten"
           " eleven")
Problem.of("not a text")
words(variable)
words("")
"""


def test_the_texts_of_a_source_are_found() -> None:
    found = {text for _, text in texts_in(SOURCE)}
    assert found == {"one", "two", "three", "four {n}", "five", "six", "seven", "eight", "nine", "ten eleven"}


LESSON = """
title = "One"
question = "Two \\"quoted\\" words"

[prepare]
items = [{ subject = "Three", location = "Not a text", from = "0m", to = "1h" }]

[[steps]]
say = "Four {sent}"
point = "main.status"
offer = "Five"
until = { seen_by = { who = "ben", shows = "Busy" } }
do = { add = { subject = "Six", from = "0m", to = "1h" } }
then = "Seven"
"""


def test_the_texts_of_a_lesson_are_found_where_they_stand() -> None:
    assert list(texts_in_lesson(LESSON)) == [
        (2, "One"),
        (3, 'Two "quoted" words'),
        (6, "Three"),
        (9, "Four {sent}"),
        (11, "Five"),
        (13, "Six"),
        (14, "Seven"),
    ]


def test_every_lesson_that_ships_is_found() -> None:
    found = {name for places in texts_of_the_program().values() for name, _ in places}
    assert {f"resources/lessons/{path.name}" for path in LESSONS.glob("*.toml")} <= found


def test_every_problem_is_found() -> None:
    assert "Exchange refused your password." in texts_of_the_program()
    assert "tomorrow {time}" in texts_of_the_program()
