"""The smallest program with a tray icon: orange, a menu that says what was chosen, a window on a click."""

import sys

from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMenu, QSystemTrayIcon, QVBoxLayout, QWidget


def main() -> int:
    """Run until Quit is chosen."""
    app = QApplication(sys.argv)
    app.setQuitOnLastWindowClosed(False)
    pixmap = QPixmap(22, 22)
    pixmap.fill(QColor("#ff8c00"))
    window = QWidget(windowTitle="Tray program")
    layout = QVBoxLayout(window)
    layout.addWidget(QLabel("A window"))
    edit = QLineEdit()
    layout.addWidget(edit)
    edit.returnPressed.connect(lambda: print(f"typed {edit.text()}", flush=True))
    menu = QMenu()
    menu.addAction("&Say hello", lambda: print("hello", flush=True))
    menu.addSeparator()
    menu.addAction("Quit", app.quit)
    tray = QSystemTrayIcon(QIcon(pixmap))
    tray.setContextMenu(menu)
    tray.setToolTip("Tray program")
    tray.activated.connect(lambda reason: window.show() if reason == tray.ActivationReason.Trigger else None)
    tray.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
