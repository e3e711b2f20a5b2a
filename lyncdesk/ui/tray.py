"""The tray icon and its menu.

What no Qt documentation tells, found by measuring: ``isVisible()`` is True with no tray at all; an icon shown
before any StatusNotifierWatcher exists never appears later, so a watcher that comes late gets a new icon; a
watcher that restarts, and a late XEmbed host, find the icon by themselves.

This module is imported before anything else of LyncDesk, so that the icon stands in the tray first. Whatever
it does not need until then, it imports later.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction, QGuiApplication, QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent

    from lyncdesk.client.view_types import TrayView
    from lyncdesk.ui.commands import Commands
    from lyncdesk.ui.indicators import Drawable, IndicatorIcons

WATCHER = "org.kde.StatusNotifierWatcher"
# macOS draws the menu bar's icons in one colour and opens the menu on every click.
MAC = sys.platform == "darwin"
# No host tells when it has painted an icon, XEmbed apart.
UNPAINTED_MS = 50
NOTICE_MS = 10_000
_XEMBED_WINDOW = "QSystemTrayIconSysWindow"


def tray_available() -> bool:
    """Whether a tray shows icons now."""
    return QSystemTrayIcon.isSystemTrayAvailable()


class Tray(QObject):
    """The icon.

    ``toggled`` is a left click, ``inspected`` Ctrl with a right click, ``about_to_show`` comes before the
    menu, ``host_came`` when a tray came late. ``painted`` comes once, when the first icon is on the screen
    as far as anybody can know. ``notice_clicked`` is a click on what :meth:`tell` showed.
    """

    toggled = Signal()
    inspected = Signal()
    about_to_show = Signal()
    host_came = Signal()
    painted = Signal()
    notice_clicked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._icons: IndicatorIcons | None = None
        self._picture = QIcon()
        self._tooltip = ""
        self._services: QObject | None = None
        self._icon: QSystemTrayIcon | None = None
        self._without_host = False
        self._awaiting_paint: QObject | None = None
        self._told_painted = False
        # A host asks for the menu when it first sees the icon, so there is one from the start.
        self.menu = QMenu()
        self.menu.aboutToShow.connect(self.about_to_show)

    def show(self, picture: QIcon, tooltip: str) -> None:
        """Put the icon into the tray, before anything is known."""
        self._picture, self._tooltip = picture, tooltip
        self.menu.addAction(QAction(tooltip.replace("&", "&&"), self.menu, enabled=False))
        self._create()
        self._await_paint()

    def fill(self, commands: Commands, icons: IndicatorIcons) -> None:
        """Put the rows into the menu, in the order of the screen."""
        self._icons = icons
        menu = self.menu
        menu.clear()
        menu.addActions([commands.status_line, commands.check_now, commands.why])
        menu.addSeparator()
        menu.addActions([*commands.statuses.values(), commands.reset])
        menu.addSeparator()
        menu.addActions([commands.open, commands.options, commands.connection, commands.sign, commands.exit])

    def show_view(self, view: TrayView) -> None:
        """Show what holds now; what has not changed is not painted again. After :meth:`fill`."""
        self._show_picture(self._drawn(view.indicator))
        if view.tooltip != self._tooltip:
            self._tooltip = view.tooltip
            if self._icon is not None:
                self._icon.setToolTip(view.tooltip)

    def tell(self, text: str) -> None:
        """Show a notice beside the icon; nothing where there is no tray or it shows none."""
        if self._icon is not None and tray_available() and QSystemTrayIcon.supportsMessages():
            self._icon.showMessage("LyncDesk", text, self._picture, NOTICE_MS)

    def hide(self) -> None:
        """Take the icon out of the tray."""
        if self._icon is not None:
            self._icon.hide()
            self._icon.deleteLater()
            self._icon = None

    def await_hosts(self) -> None:
        """Notice a StatusNotifier host that comes later. It costs time, so only once the icon is painted."""
        if self._services is not None or not sys.platform.startswith("linux"):
            return
        from PySide6.QtDBus import QDBusConnection, QDBusServiceWatcher

        bus = QDBusConnection.sessionBus()
        if not bus.isConnected():
            return
        registered = QDBusServiceWatcher.WatchModeFlag.WatchForRegistration
        services = QDBusServiceWatcher(WATCHER, bus, registered, self)
        services.serviceRegistered.connect(self._host_came)
        self._services = services
        # One that came between the icon and this line is not told of any more.
        if self._without_host and tray_available():
            self._host_came()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice the first paint."""
        from PySide6.QtCore import QEvent

        if event.type() is QEvent.Type.Paint and watched is self._awaiting_paint:
            QTimer.singleShot(0, self, self._tell_painted)
        return False

    def _host_came(self, _name: str = "") -> None:
        if self._without_host:
            self.hide()
            self._create()
        self.host_came.emit()

    def _create(self) -> None:
        self._without_host = not tray_available()
        icon = QSystemTrayIcon(self)
        icon.setIcon(self._picture)
        icon.setToolTip(self._tooltip)
        icon.setContextMenu(self.menu)
        icon.activated.connect(self._activated)
        icon.messageClicked.connect(self.notice_clicked)
        icon.show()
        self._icon = icon

    def _await_paint(self) -> None:
        # Its window, not its widget: to ask Qt for widgets loads the classes of all, for 15 ms.
        window = next((w for w in QGuiApplication.allWindows() if w.objectName() == _XEMBED_WINDOW), None)
        if window is not None:
            self._awaiting_paint = window
            window.installEventFilter(self)
        QTimer.singleShot(0 if self._without_host else UNPAINTED_MS, self, self._tell_painted)

    def _tell_painted(self) -> None:
        if self._awaiting_paint is not None:
            self._awaiting_paint.removeEventFilter(self)
            self._awaiting_paint = None
        if not self._told_painted:
            self._told_painted = True
            self.painted.emit()

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        match reason:
            case QSystemTrayIcon.ActivationReason.Trigger if not MAC:
                self.toggled.emit()
            case QSystemTrayIcon.ActivationReason.Context if _control_is_held():
                # The host opens the menu all the same, a moment later.
                QTimer.singleShot(0, self.menu, self.menu.close)
                self.inspected.emit()

    def _show_picture(self, picture: QIcon) -> None:
        if picture.cacheKey() != self._picture.cacheKey():
            self._picture = picture
            if self._icon is not None:
                self._icon.setIcon(picture)

    def _drawn(self, indicator: Drawable) -> QIcon:
        return self._picture if self._icons is None else self._icons.icon(indicator, mask=MAC)


def _control_is_held() -> bool:
    from PySide6.QtCore import Qt

    return bool(QGuiApplication.queryKeyboardModifiers() & Qt.KeyboardModifier.ControlModifier)
