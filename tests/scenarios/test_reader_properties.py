"""Whatever a file holds, it is a scenario or its mistakes are told; places are those of the text."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from lyncdesk.simulation.scenario_file import WrongScenarioError, read
from lyncdesk.simulation.scenario_positions import positions
from lyncdesk.simulation.scenario_tables import Mistake
from tests.scenarios.texts import RIGHT

MARKS = ['"', "'", '"""', "'''", "[", "]", "[[", "]]", "{", "}", "=", ",", ".", "#", "\n", "\r\n", "\\", " "]
WORDS = ["0", "-1", "1e9", "true", "inf", "nan", "24:00", "2026-02-30", "9999-12-31T23:59:59Z", "0001-01-01"]
OTHERS = ["people", "steps", "expect", "item", "at", "ü", "\u2028", "\x00"]
PIECES = st.one_of(st.sampled_from([*MARKS, *WORDS, *OTHERS]), st.text(max_size=3))


@given(st.lists(st.tuples(st.integers(0, len(RIGHT)), st.integers(0, 12), PIECES), min_size=1, max_size=4))
def test_a_damaged_text_is_read_or_refused_with_places_within_it(edits: list[tuple[int, int, str]]) -> None:
    text = RIGHT
    for at, length, piece in edits:
        text = text[:at] + piece + text[at + length :]
    lines = text.replace("\r\n", "\n").count("\n") + 1
    mistakes = mistakes_of(text)
    assert mistakes is None or mistakes
    assert all(0 <= mistake.line <= lines for mistake in mistakes or ())


def mistakes_of(text: str) -> tuple[Mistake, ...] | None:
    """What is wrong with a text, None where it is a scenario."""
    try:
        read(text, "day.toml")
    except WrongScenarioError as error:
        return error.mistakes
    return None


VALUES = st.recursive(
    st.booleans() | st.integers(-9, 9) | st.text(st.characters(codec="utf-8"), max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("ab.\"' \\", max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


def toml(value: object) -> str:
    """A value as TOML, with line ends where TOML allows them."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case list():
            return "[ # ] comment\n" + "".join(f"{toml(one)},\n" for one in value) + "]"
        case dict():
            return "{" + ", ".join(f"{toml(key)} = {toml(one)}" for key, one in value.items()) + "}"
    return '"' + "".join(f"\\U{ord(letter):08x}" if letter in '"\\' or ord(letter) < 32 or ord(letter) == 127
                         else letter for letter in str(value)) + '"'  # fmt: skip


def paths(value: object, path: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    """The paths of all tables, keys and elements."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return {path}.union(*(paths(one, (*path, key)) for key, one in inner))


@given(st.lists(VALUES, min_size=1, max_size=4))
def test_every_value_of_a_text_has_the_place_at_which_it_stands(values: list[object]) -> None:
    text = "".join(f"[[t]]\nv = {toml(value)}\n" for value in values)
    read_back = tomllib.loads(text)
    found = positions(text)
    assert set(found) == paths(read_back) - {("t",)}
    for number in range(len(values)):
        place = found["t", number, "v"]
        assert text.split("\n")[place.line - 1].startswith("v = ")
        assert tomllib.loads(f"v = {place.written}")["v"] == read_back["t"][number]["v"]
