"""What holds for every window at every size: no text is cut and no part lies over another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from PySide6.QtWidgets import QLabel, QLayout, QPushButton, QSizePolicy, QToolButton, QWidget

from lyncdesk.ui.buttons import ElidingButton


def squeezed(window: QWidget) -> list[str]:
    """Each visible part of the window that lies over its neighbour or has no room for its words."""
    found: list[str] = []
    for widget in (window, *window.findChildren(QWidget)):
        if not widget.isVisibleTo(window):
            continue
        found += _overlaps(widget)
        if _is_cut(widget):
            found.append(f"{_name(widget)} has {_size(widget)}")
    return found


def _overlaps(widget: QWidget) -> Iterator[str]:
    layout = widget.layout()
    if layout is None:
        return
    parts = [part for part in _parts(layout) if part.isVisibleTo(widget)]
    for part in parts:
        if not widget.rect().contains(part.geometry()):
            yield f"{_name(part)} reaches out of {_name(widget)}"
    for one, other in combinations(parts, 2):
        if one.geometry().intersects(other.geometry()):
            yield f"{_name(one)} lies over {_name(other)}"


def _parts(layout: QLayout) -> Iterator[QWidget]:
    for place in range(layout.count()):
        item = layout.itemAt(place)
        if item is None:
            continue
        within, widget = item.layout(), item.widget()
        if within is not None:
            yield from _parts(within)
        elif widget is not None:
            yield widget


def _is_cut(widget: QWidget) -> bool:
    match widget:
        case QLabel() if widget.text():
            wraps = widget.wordWrap()
            high = widget.heightForWidth(widget.width()) if wraps else widget.sizeHint().height()
            gives_way = wraps or widget.sizePolicy().horizontalPolicy() is QSizePolicy.Policy.Ignored
            return widget.height() < high or (not gives_way and widget.width() < widget.sizeHint().width())
        case QPushButton() | QToolButton() if widget.text() and not isinstance(widget, ElidingButton):
            hint = widget.minimumSizeHint()
            return widget.width() < hint.width() or widget.height() < hint.height()
    return False


def _name(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QLabel | QPushButton | QToolButton) else ""
    return f"{type(widget).__name__} {text or widget.accessibleName()!r}"


def _size(widget: QWidget) -> str:
    return f"{widget.width()} x {widget.height()}"
