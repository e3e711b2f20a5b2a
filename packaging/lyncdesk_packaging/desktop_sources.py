"""Writes what ``resources/desktop`` holds ready, with ``make pages``.

The icons are drawn from their SVG file, manual page and completions made of the parser. All of it is
committed, so that an installed program has it without the tools that make it, and is the same on every
machine; a test fails when it is out of date.
"""

from __future__ import annotations

import os
from pathlib import Path

from lyncdesk.cli import parser
from lyncdesk.starting import DESKTOP_ID
from lyncdesk_packaging.completion import PLACES, completion
from lyncdesk_packaging.manual import manual
from lyncdesk_packaging.work import ROOT, Work

SHARE = ROOT / "resources/desktop/share"
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
# What a second program of the package is called, and that it has the same page.
_SAME_PAGE = ".so man1/lyncdesk.1\n"


def texts() -> dict[str, str]:
    """What is made of the parser, by its path under ``share``."""
    found = {place: completion(shell, parser()) for shell, place in PLACES.items()}
    work = Work(ROOT, ROOT / "build", ROOT / "dist")
    return {**found, "man/man1/lyncdesk.1": manual(work, parser()), "man/man1/lyncdesk-gui.1": _SAME_PAGE}


def icon(size: int) -> Path:
    """Where the icon of a size lies."""
    return SHARE / f"icons/hicolor/{size}x{size}/apps/{DESKTOP_ID}.png"


def drawn(size: int, to: Path) -> None:
    """Draw the icon in a size by Qt, in colours of 8 bits and without a date."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    _app = QGuiApplication.instance() or QGuiApplication([])
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        QSvgRenderer(str(SHARE / f"icons/hicolor/scalable/apps/{DESKTOP_ID}.svg")).render(painter)
    to.parent.mkdir(parents=True, exist_ok=True)
    image.convertToFormat(QImage.Format.Format_ARGB32).save(str(to), quality=0)


def main() -> None:
    """Write all of it."""
    for place, text in texts().items():
        path = SHARE / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for size in SIZES:
        drawn(size, icon(size))


if __name__ == "__main__":
    main()
