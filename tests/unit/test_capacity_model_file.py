"""The file of a working day: the built-in one, and every mistake that can be made in one."""

from __future__ import annotations

import tomllib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyncdesk.capacity.draws import ONE, Weighted
from lyncdesk.capacity.model import HOUR, MINUTE
from lyncdesk.capacity.model_file import WrongModelError, built_in, load, read
from lyncdesk.resource_files import resource

FILE = resource("capacity", "working_day.toml")
TEXT = FILE.read_text(encoding="utf-8")
TABLES = tomllib.loads(TEXT)


def mistakes(text: str) -> tuple[str, ...]:
    with pytest.raises(WrongModelError) as caught:
        read(text, "day.toml")
    return caught.value.mistakes


def changed(old: str, new: str) -> str:
    assert TEXT.count(old) == 1
    return TEXT.replace(old, new)


def line(text: str) -> int:
    [number] = [number for number, each in enumerate(TEXT.splitlines(), 1) if text in each]
    return number


def test_the_built_in_model_is_the_file() -> None:
    model = built_in()
    assert model == load(str(FILE))
    assert (model.people.at_work, model.people.contacts, model.changes.number) == (0.92, 80, 2.0)
    assert model.waves.at.values == (7 * HOUR + 15 * MINUTE, 8 * HOUR + 15 * MINUTE, 9 * HOUR)
    assert model.waves.spread == Weighted(tuple(n * MINUTE for n in (50, 35, 45)), model.waves.at.limits)
    assert model.waves.at.limits == (20 * ONE // 100, 65 * ONE // 100, ONE)
    assert (model.changes.moved.least, model.changes.moved.most) == (-45 * MINUTE, 6 * HOUR)


SECTIONS = [
    (section, key)
    for section, table in TABLES.items()
    for key in (table[0] if isinstance(table, list) else table)
]


@pytest.mark.parametrize(("section", "key"), SECTIONS)
def test_every_key_must_be_there_and_takes_not_just_anything(section: str, key: str) -> None:
    lines = TEXT.splitlines()
    begin = next(n for n, each in enumerate(lines) if each.startswith((f"[{section}]", f"[[{section}]]")))
    at = next(n for n in range(begin, len(lines)) if lines[n].startswith(f"{key} ="))
    without = "\n".join([*lines[:at], *lines[at + 1 :]])
    assert [each.split(": ", 1)[1] for each in mistakes(without)] == [f"{section} needs {key}"]
    wrong = "\n".join([*lines[:at], f"{key} = [true]", *lines[at + 1 :]])
    [told] = mistakes(wrong)
    assert told.startswith(f"day.toml:{at + 1}: {key} = ")
    assert ": it takes " in told


@pytest.mark.parametrize(
    ("text", "at", "told"),
    [
        (changed("at_work = 0.92", "at_work = 1.2"), "at_work", "it takes a number from 0 to 1"),
        (changed("at_work = 0.92", "at_work = nan"), "at_work", "it takes a number from 0 to 1"),
        (changed("contacts = 80", "contacts = true"), "contacts", "a whole number from 0 to 1000"),
        (changed('at = "07:15"', 'at = "7:15"'), 'at = "07:15"', 'it takes a time of day such as "08:30"'),
        (changed('at = "07:15"', 'at = "00:15"'), "", "a wave lies within one day"),
        (changed('spread = "2h"', 'spread = "9h"'), 'spread = "2h"', "spread must be shorter than length"),
        (changed("locks = 0.55", "locks = 0.7"), "locks = 0.55", "together at most 1"),
        (changed('"4m" = 2', '"4x" = 2'), '"4m" = 2', "from 1s to 24h"),
        (changed('"4m" = 2', '"4m" = -2'), '"4m" = 2', "the weight of 4m"),
        (changed("added_for_now = 30", "added_now = 30"), "added_for_now", "it takes these: added_for_now"),
        (changed('added_most = "6h"', 'added_most = "1m"'), "added_most", "shorter than added_least"),
        (changed("17 = 2 }", "24 = 2 }"), "17 = 2 }", "it takes a whole number from 0 to 23"),
        (changed("later = 0.75", "later = 0.75\nsooner = 0.25"), "", '"sooner" is no key of changes'),
        (TEXT + "\n[weather]\nrain = 1\n", "", "[weather] is not known; there are people, waves"),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, at: str, told: str) -> None:
    [mistake] = mistakes(text)
    assert told in mistake
    if at:
        assert mistake.startswith(f"day.toml:{line(at)}: ")


def test_every_mistake_is_told() -> None:
    text = changed("at_work = 0.92", "at_work = 2").replace("contacts = 80", "contacts = -1")
    assert [each.split(":")[1] for each in mistakes(text)] == [
        str(line("at_work =")),
        str(line("contacts =")),
    ]


def test_a_file_that_is_none(tmp_path: Path) -> None:
    file = tmp_path / "day.toml"
    for data, told in (
        (b"at = ", ":1: "),
        (b"\n\xff", ":2: this is not text in UTF-8"),
        (b"#" * 200_000, ": longer than 100000 bytes"),
    ):
        file.write_bytes(data)
        with pytest.raises(WrongModelError, match=r"day\.toml") as caught:
            load(str(file))
        assert told in str(caught.value)
    with pytest.raises(WrongModelError, match="cannot be read"):
        load(str(tmp_path))


@given(st.sampled_from(TEXT.splitlines()), st.text(max_size=40))
def test_no_text_does_more_than_be_refused(old: str, new: str) -> None:
    with suppress(WrongModelError):
        read(TEXT.replace(old, new), "day.toml")
        return
    told = mistakes(TEXT.replace(old, new))
    assert all(each.startswith("day.toml") for each in told)
