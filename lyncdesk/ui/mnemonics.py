"""Mnemonics (the underlined letters) that are unique in their menu or window, in every language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def with_mnemonics(texts: Sequence[str], taken: Iterable[str] = ()) -> list[str]:
    """Give each text a letter of its own, earlier texts first; one without a free letter stays without.

    ``taken`` are letters that belong to others already. The first letters of words are preferred.
    """
    used = {letter.casefold() for letter in taken}
    marked: list[str] = []
    for text in texts:
        place = _place(text, used)
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
    starts = [i for i, letter in enumerate(text) if letter.isalnum() and (i == 0 or text[i - 1] == " ")]
    rest = [i for i, letter in enumerate(text) if letter.isalnum()]
    return next((i for i in (*starts, *rest) if text[i].casefold() not in used), None)
