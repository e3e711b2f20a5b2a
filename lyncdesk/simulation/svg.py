"""Writing SVG: numbers and text that are the same bytes everywhere, and how wide text may get.

A drawing is looked at on machines with other fonts, so nothing here measures one: widths are what a wide
sans-serif needs, and text that is longer is shortened or wrapped.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

# The colour of text, and its smaller size.
INK = "#1b1b1b"
SMALL = 10.5
_THIN, _SHORT, _WIDE = " iIjl|'.,:;!", "frt()[]-/", "mwMW@%&Æ—…"
_ELLIPSIS = "…"
# What XML 1.0 cannot hold, and what would turn the text around it.
_UNWRITABLE = frozenset({0xFFFE, 0xFFFF})
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def number(value: float) -> str:
    """A coordinate with at most one digit after the point."""
    return f"{value + 0.0:.1f}".removesuffix(".0").replace("-0", "0" if -0.05 < value < 0 else "-0")


def clean(text: str) -> str:
    """The text in one line, without what no XML can hold."""
    kept = (
        " " if letter in "\t\r\n" else "\ufffd" if _unwritable(letter) else letter
        for letter in text
        if letter not in _TURNING
    )
    return "".join(kept)


def _unwritable(letter: str) -> bool:
    return ord(letter) in _UNWRITABLE or unicodedata.category(letter) in {"Cc", "Cs"}


def escape(text: str) -> str:
    """The text as it stands in a document or in an attribute."""
    whole = clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return whole.replace('"', "&quot;")


def width(text: str, size: float, *, bold: bool = False) -> float:
    """The room that a text needs in a wide sans-serif of this size, at most."""
    return sum(map(_share, text)) * size * (1.12 if bold else 1.0)


def _share(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF" or ord(letter) > 0xFFFF:
        return 1.1
    for letters, share in ((_THIN, 0.35), (_SHORT, 0.44), (_WIDE, 1.01)):
        if letter in letters:
            return share
    return 0.65 if letter.islower() or letter.isdigit() else 0.8


def shortened(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """As much of the text as has room, "" where not even its beginning has."""
    text = clean(text)
    if width(text, size, bold=bold) <= room:
        return text
    while text and width(text + _ELLIPSIS, size, bold=bold) > room:
        text = text[:-1]
    return text.rstrip() + _ELLIPSIS if text.rstrip() else ""


def wrapped(text: str, size: float, room: float, most: int) -> Iterator[str]:
    """The text in at most ``most`` lines, the last one shortened."""
    rest = clean(text).split(" ")
    for _ in range(most - 1):
        line = ""
        while rest and width(f"{line} {rest[0]}".strip(), size) <= room:
            line = f"{line} {rest.pop(0)}".strip()
        if not line or not rest:
            if line:
                yield line
            break
        yield line
    if rest:
        yield shortened(" ".join(rest), size, room)


# --- elements ---


def text(
    x: float,
    y: float,
    what: str,
    size: float = SMALL,
    fill: str = INK,
    *,
    anchor: str = "",
    bold: bool = False,
) -> str:
    """A line of text at its base line."""
    more = f' text-anchor="{anchor}"' if anchor else ""
    more += ' font-weight="bold"' if bold else ""
    place = f'x="{number(x)}" y="{number(y)}" font-size="{number(size)}"'
    return f'<text {place} fill="{fill}"{more}>{escape(what)}</text>'


def rect(x: float, y: float, wide: float, high: float, fill: str, more: str = "") -> str:
    """A rectangle."""
    place = f'x="{number(x)}" y="{number(y)}" width="{number(wide)}" height="{number(high)}"'
    return f'<rect {place} fill="{fill}"{more}/>'


def titled(title: str, parts: Sequence[str], more: str = "") -> str:
    """A group that tells what it is when pointed at, and to those who do not see it."""
    return f"<g{more}><title>{escape(title)}</title>{''.join(parts)}</g>"


def kind(name: str, **data: str) -> str:
    """What a group is, for programs that read a drawing: its class, and what it is of."""
    told = "".join(f' data-{key}="{escape(value)}"' for key, value in data.items())
    return f' class="{name}"{told}'
