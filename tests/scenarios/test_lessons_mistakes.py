"""What is wrong with a file of a lesson: every mistake is told, with its line and the nearest word."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scenarios.lesson_texts import mistakes

GOOD = 'title = "A"\nquestion = "B?"\n\n[[steps]]\nsay = "C"\n'
STEP = GOOD + 'until = { checked = true }\nthen = "D"\n'


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", ["1: a lesson needs title", "1: a lesson needs question", "1: a lesson needs steps"]),
        (GOOD.replace('"A"', "7"), ["1: title = 7: text is needed here"]),
        (GOOD.replace('"A"', '"{sent}"'), ["1: title = \"{sent}\": places like {sent} are for"]),
        (GOOD + 'scenario = "x"\n', ['6: "scenario" is no key of [[steps]]']),
        ('scenario = "added_for_right_nw"\n' + GOOD, ['1: scenario = "added_for_right_nw": no scenario']),
        (GOOD + 'point = "main.staus"\n', ['6: point = "main.staus": no control; did you mean "main.']),
        (GOOD + 'who = "bne"\n', ['6: who = "bne": no person of the organisation; did you mean "ben"?']),
        (GOOD + 'needs = ["sined in"]\n', ['did you mean "signed in"?']),
        (GOOD + 'needs = "signed in"\n', ["6: needs = \"signed in\": a list is needed here"]),
        (GOOD + 'until = { chekced = true }\nthen = "D"\n', ['no key of until; did you mean "checked"?']),
        (GOOD + "until = { checked = true }\n", ["4: a step that waits for something says"]),
        (GOOD + 'then = "D"\n', ['6: then = "D": nothing is waited for; give until']),
        (GOOD + 'offer = "D"\n', ['6: offer = "D": the button would do nothing; give do']),
        (STEP.replace('"D"', '"{card}"'), ["{card} speaks of somebody; give who"]),
        (STEP.replace('"D"', '"{crad}"'), ['{crad} stands for nothing; did you mean "card"?']),
        (STEP + 'do = { jmp = "10m" }\n', ['"jmp" is no key of do; did you mean "jump"?']),
        (STEP + 'do = { jump = "soon" }\n', ['8: jump = "soon": write "next check", or how far, like "10m"']),
        (STEP + 'do = { add = { subject = "x", from = "0m" } }\n', ["add needs to"]),
        (
            STEP + 'do = { add = { subject = "x", from = "1h", to = "0m" } }\n',
            ['to = "0m": an item ends after it starts'],
        ),
        (STEP + 'do = { status = "Bussy" }\n', ['8: status = "Bussy": no status; did you mean "Busy"?']),
        (STEP + 'do = { give = { relationship = "Workgroup" } }\n', ["to somebody else"]),
        (STEP.replace("checked = true", 'shows = "Bsy"'), ['shows = "Bsy": no presence; did you']),
        (STEP.replace("checked = true", 'seen_by = { who = "ben" }'), ["this compares nothing"]),
        (
            STEP.replace("checked = true", 'added = { show_as = "Bsy", kind = "meting" }'),
            ['no show-as; did you mean "Busy"?', 'no kind; did you mean "meeting"?'],
        ),
        (GOOD + '[prepare]\nfree = "soon"\nitms = []\n', ['7: free = "soon": no', '8: "itms" is no key']),
        ('title = "A\n' + GOOD, ['1: title = "A']),
        (GOOD.replace("[[steps]]", "[[steps"), ["4: [[steps"]),
    ],
)  # fmt: skip
def test_each_mistake_is_told_with_its_line_and_the_nearest_word(content: str, told: list[str]) -> None:
    found = mistakes(content)
    for one in told:
        assert any(one in mistake for mistake in found), found
    assert all(mistake.startswith("lunch.toml") for mistake in found)


def test_one_mistake_hides_no_other() -> None:
    content = 'title = ""\nquestion = 4\nabot = "x"\n\n[[steps]]\nsay = "{x}"\npont = "y"\nwho = "z"\n'
    assert [mistake.split(":")[1] for mistake in mistakes(content)] == ["1", "2", "3", "6", "7", "8"]


def test_a_lesson_is_of_bounded_length() -> None:
    assert "longer than 1000 characters" in mistakes(GOOD.replace("C", "C" * 1001))[0]
    many = GOOD + '[[steps]]\nsay = "x"\n' * 30
    assert any("more than 30 steps" in mistake for mistake in mistakes(many))
    assert "longer than" in mistakes("#" * 1_000_001)[0]


@given(st.text(max_size=300))
def test_whatever_else_stands_in_a_file_its_mistakes_are_told(content: str) -> None:
    found = mistakes(content)
    assert found
    assert all(mistake.startswith("lunch.toml") for mistake in found)


KEYS = st.sampled_from(
    ["title", "say", "until", "do", "needs", "who", "checked", "add", "prepare", "steps", "x"]
)
VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(), st.text(max_size=5), st.sampled_from(["ben", "10m", "Busy"])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_values_of_any_shape_are_told_and_break_nothing(values: dict[str, object]) -> None:
    content = "".join(f"{key} = {_toml(value)}\n" for key, value in values.items())
    tomllib.loads(content)
    assert mistakes(content)  # none of these is a lesson: no question can be in it


def _toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case str():
            return (
                '"'
                + "".join(f"\\U{ord(char):08x}" for char in value if not 0xD800 <= ord(char) < 0xE000)
                + '"'
            )
        case list():
            return "[" + ", ".join(map(_toml, value)) + "]"
        case dict():
            return "{ " + ", ".join(f"{key} = {_toml(inner)}" for key, inner in value.items()) + " }"
    raise AssertionError(value)
