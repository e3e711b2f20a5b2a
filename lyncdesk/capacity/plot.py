"""The picture of capacity: for each interval how late changes are seen, and the requests of the day, as SVG.

A pure function of results: the same bytes for the same results. It is drawn on white, so that it can be read
on a dark page too; kinds differ by their dashes as well as by their colours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from lyncdesk.capacity.model import CHANGE_KINDS
from lyncdesk.capacity.numbers import interval_name, lateness, number
from lyncdesk.capacity.report import KIND_LABELS, Reckoned
from lyncdesk.capacity.results import MINUTES, STEPS, Delays, Result
from lyncdesk.client.words import Words

_WIDTH, _ROW, _HEAD = 1000, 250, 100
_TOP, _HIGH = 40, 160  # of a panel within its row
_LEFT, _WIDE = (56, 540), (400, 430)
_INK, _MUTED, _HAIR, _WHITE = "#1f2328", "#57606a", "#d8dee4", "#ffffff"
# A kind: its colour and its dashes. The colours are told apart by people who see red and green alike.
_STROKES = (("#0072b2", ""), ("#d55e00", "7 3"), ("#007a5a", "2 3"), ("#9b4f8a", "9 3 2 3"))
_PLAIN, _JITTERED = ("#0072b2", ""), ("#d55e00", "4 3")


def draw(found: Reckoned, words: Words) -> str:
    """One SVG document, a row for each interval."""
    height = _HEAD + _ROW * len(found.results)
    users = number(found.results[0].users, words)
    title = words("What an interval costs, and how old presence gets: {users} people", users=users)
    rows = [
        line
        for place, result in enumerate(found.results)
        for line in _row(result, found, _HEAD + place * _ROW, words)
    ]
    told = " ".join(_told(result, found, words) for result in found.results)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}"'
        f' height="{height}" role="img" aria-labelledby="title desc"'
        ' font-family="Segoe UI, Noto Sans, DejaVu Sans, Helvetica, Arial, sans-serif" font-size="12">'
    )
    return "\n".join(
        [
            head,
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="desc">{escape(told)}</desc>',
            f'<rect width="{_WIDTH}" height="{height}" fill="{_WHITE}"/>',
            _text(_LEFT[0], 26, title, size=16),
            *_legend(words),
            *rows,
            "</svg>",
            "",
        ]
    )


def _told(result: Result, found: Reckoned, words: Words) -> str:
    """An interval in words, for those who do not see it."""
    delays = "; ".join(
        f"{words(KIND_LABELS[kind])}: {lateness(each.mean, words)} / {lateness(each.percentile(95), words)}"
        for kind, each in result.by_kind().items()
    )
    return words(
        "{interval}: requests in the busiest second {requests}; seen late by, mean / 95 in 100 at most:"
        " {delays}.",
        interval=interval_name(result.interval),
        requests=number(found.cost.requests_per_s(result.checks.peak), words),
        delays=delays,
    )


def _legend(words: Words) -> Iterator[str]:
    kinds = [words(KIND_LABELS[kind]) for kind in CHANGE_KINDS]
    yield from _samples(56, list(zip(_STROKES, kinds, strict=True)))
    rhythms = [words("as LyncDesk asks"), words("with jitter")]
    yield from _samples(80, list(zip((_PLAIN, _JITTERED), rhythms, strict=True)))


def _samples(y: int, samples: Sequence[tuple[tuple[str, str], str]]) -> Iterator[str]:
    x = _LEFT[0]
    for stroke, label in samples:
        yield _line([(x, y), (x + 26, y)], stroke)
        yield _text(x + 32, y + 4, label)
        x += 56 + 7 * len(label)  # wider than any of the fonts draws it


def _row(result: Result, found: Reckoned, top: int, words: Words) -> Iterator[str]:
    name = interval_name(result.interval)
    yield f'<line x1="0" y1="{top}" x2="{_WIDTH}" y2="{top}" stroke="{_HAIR}"/>'
    left, right = _LEFT
    yield _text(
        left,
        top + 24,
        words("Every {interval}: of 100 changes, seen within", interval=name),
        weight=600,
    )
    yield _text(
        right,
        top + 24,
        words("Every {interval}: requests a second, by the minute", interval=name),
        weight=600,
    )
    yield from _delays(result, left, top + _TOP, _WIDE[0], words)
    yield from _requests(result, found, right, top + _TOP, _WIDE[1], words)


def _delays(result: Result, left: int, top: int, wide: int, words: Words) -> Iterator[str]:
    """How many of the changes that are seen are seen within a time: a curve for each kind."""
    for part in range(5):
        y = top + _HIGH - _HIGH * part / 4
        yield _grid(left, y, wide)
        yield _text(left - 8, y + 4, str(25 * part), anchor="end", fill=_MUTED)
        x = left + wide * part / 4
        yield _text(
            x, top + _HIGH + 18, lateness(result.interval * part / 4, words), anchor="middle", fill=_MUTED
        )
    for delays, stroke in zip(result.delays, _STROKES, strict=True):
        if delays.seen:
            yield _line(_curve(delays, result.interval, left, top, wide), stroke)


def _curve(delays: Delays, interval: int, left: int, top: int, wide: int) -> list[tuple[float, float]]:
    points = [
        (left + wide * step / (interval * 1000), top + _HIGH - _HIGH * place / STEPS)
        for place, step in enumerate(delays.steps)
    ]
    return [(left, top + _HIGH), *points, (left + wide, top)]


def _requests(result: Result, found: Reckoned, left: int, top: int, wide: int, words: Words) -> Iterator[str]:
    """The requests of the day, the mean of each minute."""
    curves = [
        [found.cost.requests_per_s(count / 60) for count in load.by_minute]
        for load in (result.checks, result.jittered)
    ]
    most = _round_up(max(map(max, curves)))
    for part in range(5):
        y = top + _HIGH - _HIGH * part / 4
        yield _grid(left, y, wide)
        yield _text(left - 8, y + 4, number(most * part / 4, words), anchor="end", fill=_MUTED)
    for hour in range(0, 25, 4):
        x = left + wide * hour / 24
        yield _text(x, top + _HIGH + 18, f"{hour}:00", anchor="middle", fill=_MUTED)
    for curve, stroke in zip(curves, (_PLAIN, _JITTERED), strict=True):
        points = [
            (left + wide * minute / MINUTES, top + _HIGH - _HIGH * value / most)
            for minute, value in enumerate(curve)
        ]
        yield _line(points, stroke, width=1.2)


def _round_up(value: float) -> float:
    """The next of 1, 2, 4 and 8 times a power of ten, so that quarters of it are short."""
    step = 0.001
    while True:
        for factor in (1, 2, 4, 8):
            if value <= step * factor:
                return round(step * factor, 3)
        step *= 10


def _line(points: Sequence[tuple[float, float]], stroke: tuple[str, str], width: float = 1.8) -> str:
    colour, dashes = stroke
    path = " ".join(f"{_short(x)},{_short(y)}" for x, y in points)
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"{dashed}/>'


def _grid(left: int, y: float, wide: int) -> str:
    return f'<line x1="{left}" y1="{_short(y)}" x2="{left + wide}" y2="{_short(y)}" stroke="{_HAIR}"/>'


def _text(
    x: float,
    y: float,
    words: str,
    *,
    size: int = 12,
    anchor: str = "start",
    fill: str = _INK,
    weight: int = 400,
) -> str:
    return (
        f'<text x="{_short(x)}" y="{_short(y)}" font-size="{size}" font-weight="{weight}" fill="{fill}"'
        f' text-anchor="{anchor}">{escape(words)}</text>'
    )


def _short(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
