"""The contact card as a popup beside the contact list.

The popup is a child of the main window (Wayland places no other). While the pointer brought it, it takes
neither focus nor keyboard; opened by a key or a click it takes both, and gives them back when it closes.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QDesktopServices,
    QEnterEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QScreen,
    QShortcut,
)
from PySide6.QtWidgets import (
    QVBoxLayout,
    QWidget,
)

from lyncdesk.client.events import Event
from lyncdesk.client.view_types import Card
from lyncdesk.client.words import Words
from lyncdesk.ui.card_view import CARD_WIDTH, CardView, OpenMail
from lyncdesk.ui.controls import scrolling
from lyncdesk.ui.theme import hairline

HOVER_MS = 1000
LINGER_MS = 350
_GAP = 6


def placed(anchor: QRect, size: QSize, screen: QRect, *, mirrored: bool) -> QPoint:
    """Where a card of ``size`` goes: beside the anchor (after it, else before it), else below or above it.

    Never outside the screen; never over the anchor unless the screen is too small for anything else.
    """
    width, height = size.width(), size.height()
    after = QPoint(anchor.right() + _GAP, anchor.top())
    before = QPoint(anchor.left() - _GAP - width, anchor.top())
    below = QPoint(anchor.left(), anchor.bottom() + _GAP)
    above = QPoint(anchor.left(), anchor.top() - _GAP - height)
    sides = (before, after) if mirrored else (after, before)
    for corner in sides:
        if corner.x() >= screen.left() and corner.x() + width - 1 <= screen.right():
            return _inside(corner, size, screen)
    for corner in (below, above):
        if corner.y() >= screen.top() and corner.y() + height - 1 <= screen.bottom():
            return _inside(corner, size, screen)
    return _inside(sides[0], size, screen)


def _inside(corner: QPoint, size: QSize, screen: QRect) -> QPoint:
    x = max(screen.left(), min(corner.x(), screen.right() - size.width() + 1))
    y = max(screen.top(), min(corner.y(), screen.bottom() - size.height() + 1))
    return QPoint(x, y)


_HOVERING = Qt.WindowType.ToolTip
_OPENED = Qt.WindowType.Popup


class CardPopup(QWidget):
    """The card of one contact beside the contact list.

    ``hover`` and ``hover_left`` follow the pointer over the list; ``open_at`` opens at once, with the
    keyboard. ``card_of`` gives the card of an address as it is now, None when there is none any more.
    """

    closed = Signal()

    def __init__(
        self,
        parent: QWidget,
        card_of: Callable[[str], Card | None],
        words: Words,
        post: Callable[[Event], None],
        *,
        open_mail: OpenMail = QDesktopServices.openUrl,
        hover_ms: int = HOVER_MS,
        linger_ms: int = LINGER_MS,
    ) -> None:
        super().__init__(parent, _HOVERING)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._owner = parent
        self._card_of = card_of
        self.address = ""
        self._turning = False
        self._anchor = QRect()
        self._next: tuple[str, QRect] | None = None
        self._wait = _one_shot(self, hover_ms, self._open_waiting)
        self._linger = _one_shot(self, linger_ms, self.close)
        self.view = CardView(words, post, open_mail=open_mail)
        self.view.calendar.setObjectName("card.calendar")
        self.view.detail.setObjectName("card.details")
        self.view.detail.ask.setObjectName("card.ask")
        self.view.gives.button.setObjectName("card.gives")
        self.view.resized.connect(self._fit)
        self._escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), parent.window())
        self._escape.activated.connect(self._dismiss)
        self._escape.activatedAmbiguously.connect(self._dismiss)
        self._escape.setEnabled(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        # A small screen may be lower than a card whose choices are unfolded.
        self._area = scrolling(self.view)
        self._area.verticalScrollBar().rangeChanged.connect(self._show_focus)
        column.addWidget(self._area)

    @property
    def opened(self) -> bool:
        """Whether a key or a click opened it: it has the keyboard then and does not follow the pointer."""
        return self.isVisible() and self.windowType() is _OPENED

    def hover(self, address: str, anchor: QRect) -> None:
        """The pointer rests on this contact; ``anchor`` is its row, in global coordinates."""
        if self.opened:
            return
        if self.isVisible() and address == self.address:
            self._wait.stop()
            self._linger.stop()
            return
        if self._next is None or self._next[0] != address or not self._wait.isActive():
            self._wait.start()
        self._next = (address, anchor)
        if self.isVisible():
            self._linger.start()

    def hover_left(self) -> None:
        """The pointer left the list; the card stays while the pointer is on it."""
        self._wait.stop()
        self._next = None
        if self.isVisible() and not self.opened:
            self._linger.start()

    def open_at(self, address: str, anchor: QRect) -> None:
        """Open at once, with the keyboard."""
        self._wait.stop()
        self._open(address, anchor, _OPENED)

    def keep(self) -> None:
        """What the pointer brought stays and gets the keyboard."""
        if self.isVisible() and not self.opened:
            self._open(self.address, self._anchor, _OPENED)

    def refresh(self) -> None:
        """Something changed: show the contact as it is now."""
        if not self.isVisible():
            return
        card = self._card_of(self.address)
        if card is None:
            self.close()
        else:
            self.view.show_card(card)

    def _dismiss(self) -> None:
        self._next = None
        self.close()

    def _open_waiting(self) -> None:
        if self._next is not None:
            self._open(*self._next, _HOVERING)

    def _open(self, address: str, anchor: QRect, how: Qt.WindowType) -> None:
        self._linger.stop()
        self._next = None
        card = self._card_of(address)
        if card is None:
            return
        if not self.isVisible():
            self._forget_focus()
            self.view.fold()
        if self.windowType() is not how:
            self._turning = True
            self.setWindowFlags(how)
            self._turning = False
            self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, how is _HOVERING)
        self.address = address
        self._anchor = anchor
        self.view.show_card(card)
        self.setAccessibleName(self.view.accessibleName())
        self.setAccessibleDescription(self.view.accessibleDescription())
        self._place()
        self._escape.setEnabled(how is _HOVERING)
        self.show()
        if how is _OPENED:
            self.setFocus(Qt.FocusReason.PopupFocusReason)

    def _forget_focus(self) -> None:
        # Qt gives a popup the focus that it had before; on the Calendar line that would open the details.
        had = self.focusWidget()
        if had is not None:
            had.clearFocus()

    def _place(self) -> None:
        owner = self._owner
        available = self._screen().availableGeometry()
        width = min(CARD_WIDTH, available.width())
        full = QSize(width, min(self.view.full_height(width - 2) + 2, available.height()))
        self._fit()
        mirrored = owner.layoutDirection() is Qt.LayoutDirection.RightToLeft
        self.move(placed(self._anchor, full, available, mirrored=mirrored))

    def _fit(self) -> None:
        lowest = self._screen().availableGeometry().height()
        self.setFixedSize(CARD_WIDTH, min(self.view.height_now(CARD_WIDTH - 2) + 2, lowest))

    def _show_focus(self) -> None:
        """What the keyboard is on stays in sight when parts come and go."""
        held = QGuiApplication.focusObject()
        if isinstance(held, QWidget) and self.view.isAncestorOf(held):
            self._area.ensureWidgetVisible(held, 0, 12)

    def _screen(self) -> QScreen:
        return QGuiApplication.screenAt(self._anchor.center()) or self._owner.screen()

    def enterEvent(self, event: QEnterEvent) -> None:
        """The pointer is on the card: it stays."""
        super().enterEvent(event)
        self._linger.stop()
        self._wait.stop()

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer left the card."""
        super().leaveEvent(event)
        if not self.opened and self.isVisible():
            self._linger.start()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click keeps it; a click outside closes it, as with every popup."""
        if self.opened and not self.rect().contains(event.position().toPoint()):
            self.close()
            return
        self.keep()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes; the arrows walk as Tab does."""
        match event.key():
            case Qt.Key.Key_Escape:
                self._dismiss()
            case Qt.Key.Key_Down:
                self.focusNextChild()
            case Qt.Key.Key_Up:
                self.focusPreviousChild()
            case _:
                super().keyPressEvent(event)

    def hideEvent(self, event: object) -> None:
        """Nothing is planned while it is hidden, unless the pointer rests on another contact by now."""
        if self._next is None:
            self._wait.stop()
        self._linger.stop()
        self._escape.setEnabled(False)
        super().hideEvent(event)  # type: ignore[arg-type]
        if not self._turning:
            self.closed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stay on the screen when the details open."""
        super().resizeEvent(event)
        if self.isVisible():
            bottom = self.screen().availableGeometry().bottom()
            if self.geometry().bottom() > bottom:
                self.move(self.x(), max(self.screen().availableGeometry().top(), bottom - self.height() + 1))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A thin frame."""
        palette = self.palette()
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), palette.color(QPalette.ColorRole.Window))
            painter.setPen(hairline(palette))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


def _one_shot(owner: QWidget, milliseconds: int, then: Callable[[], object]) -> QTimer:
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(then)
    return timer
