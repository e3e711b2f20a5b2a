"""Mnemonics are unique, prefer the first letters of words, and leave ampersands of the text alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lyncdesk.ui.mnemonics import letters, plain, with_mnemonics

STATUSES = ["Available", "Busy", "Do not disturb", "Be right back", "Off work", "Appear away"]


def test_first_letters_of_words_come_first() -> None:
    assert with_mnemonics(STATUSES) == [
        "&Available",
        "&Busy",
        "&Do not disturb",
        "Be &right back",
        "&Off work",
        "A&ppear away",
    ]


def test_letters_that_belong_to_others_are_left_to_them() -> None:
    assert with_mnemonics(["Exit", "Options"], taken=["e", "O"]) == ["E&xit", "O&ptions"]


@given(st.lists(st.text(alphabet="aAbBcCäß& 1", max_size=8), max_size=8))
def test_no_letter_is_given_twice_and_the_words_stay(texts: list[str]) -> None:
    marked = with_mnemonics(texts)
    given_letters = letters(marked)
    assert len(set(given_letters)) == len(given_letters)
    for text, result in zip(texts, marked, strict=True):
        assert result.replace("&&", "\0").replace("&", "").replace("\0", "&") == text


def test_a_text_without_mnemonic_shows_its_ampersand() -> None:
    assert plain("Research & Development") == "Research && Development"
    assert letters(["Research && Development"]) == []


def test_who_has_a_letter_keeps_it_when_another_text_changes() -> None:
    assert with_mnemonics(["Skip", "Pause", "Lesson"], had=["", "p", "s"]) == ["S&kip", "&Pause", "Le&sson"]
    assert with_mnemonics(["Pause"], taken=["p"], had=["p"]) == ["P&ause"]
