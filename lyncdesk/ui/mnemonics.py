"""Mnemonics (the underlined letters) that are unique in their menu or window, in every language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def with_mnemonics(texts: Sequence[str], taken: Iterable[str] = (), had: Sequence[str] = ()) -> list[str]:
    """Give each text a letter of its own, earlier texts first; one without a free letter stays without.

    ``taken`` are letters that belong to others already. The first letters of words are preferred. ``had`` are
    the letters that the texts have so far, "" for none: who has one keeps it, for a key that meant one thing
    a moment ago must not mean another.
    """
    used = {letter.casefold() for letter in taken}
    kept: list[str] = []
    for letter in had or [""] * len(texts):
        stays = bool(letter) and letter not in used
        kept.append(letter if stays else "")
        if stays:
            used.add(letter)
    marked: list[str] = []
    for text, letter in zip(texts, kept, strict=True):
        place = _kept(text, letter) if letter else _place(text, used)
        if place is None:
            marked.append(plain(text))
            continue
        used.add(text[place].casefold())
        marked.append(f"{plain(text[:place])}&{plain(text[place:])}")
    return marked


def plain(text: str) -> str:
    """The text for a menu or button that shall have no mnemonic."""
    return text.replace("&", "&&")


def letters(texts: Iterable[str]) -> list[str]:
    """The letters that stand behind a lone ampersand."""
    found = []
    for text in texts:
        place = text.replace("&&", "  ").find("&")
        if 0 <= place < len(text) - 1:
            found.append(text[place + 1].casefold())
    return found


def _place(text: str, used: set[str]) -> int | None:
    return next((i for i in _places(text) if text[i].casefold() not in used), None)


def _kept(text: str, letter: str) -> int | None:
    return next((i for i in _places(text) if text[i].casefold() == letter), None)


def _places(text: str) -> list[int]:
    """Where a letter may be underlined, the best places first."""
    starts = [i for i, letter in enumerate(text) if letter.isalnum() and (i == 0 or text[i - 1] == " ")]
    return starts + [i for i, letter in enumerate(text) if letter.isalnum()]
