"""The smallest PySide6 tray program: an icon, a menu, a tooltip. All figures are ratios to it."""

import sys

from PySide6.QtCore import QByteArray
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon

DISC = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 22 22">'
    b'<circle cx="11" cy="11" r="9" fill="#00c000"/></svg>'
)


def main() -> int:
    """Run until somebody ends it."""
    app = QApplication(sys.argv)
    app.setQuitOnLastWindowClosed(False)
    pixmap = QPixmap()
    pixmap.loadFromData(QByteArray(DISC), "svg")
    tray = QSystemTrayIcon(QIcon(pixmap))
    menu = QMenu()
    menu.addAction("Quit", app.quit)
    tray.setContextMenu(menu)
    tray.setToolTip("floor")
    tray.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
