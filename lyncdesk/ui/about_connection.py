"""About my status > Connection = Configuration information: troubles, Lync's rows, the tools."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from lyncdesk.client.events import CheckNow
from lyncdesk.client.options import Account
from lyncdesk.client.view_types import Action, Connection, Trouble
from lyncdesk.client.words import Words
from lyncdesk.ui.bridge import Bridge
from lyncdesk.ui.connection_test import ConnectionTest
from lyncdesk.ui.controls import button, scrolling
from lyncdesk.ui.tables import WordTable
from lyncdesk.ui.widgets import MessageLine, TroubleBox

ChooseFile = Callable[[QWidget, str, str], str]


def choose_file(parent: QWidget, title: str, proposal: str) -> str:
    """Ask where to write a file; "" = nowhere."""
    return QFileDialog.getSaveFileName(parent, title, proposal)[0]


class ConnectionTab(QWidget):
    """Renders a Connection. ``acted`` carries what a trouble's button offers."""

    acted = Signal(Action)

    def __init__(
        self,
        bridge: Bridge,
        words: Words,
        account: Callable[[], Account],
        *,
        choose: ChooseFile = choose_file,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._words = words
        self._choose = choose
        self._troubles: tuple[Trouble, ...] = ()
        self.boxes: list[TroubleBox] = []
        self._rows: tuple[tuple[str, str], ...] = ()
        self.table = WordTable(["", ""], words("Configuration information"), shares=(36, 64))
        self.test = ConnectionTest(bridge, words, lambda: (account(), None))
        self.test.hide()
        self.copy = button(words("Copy"), self._copy, name=words("Copy the configuration information"))
        self.check = button(words("Check calendar now"), lambda: bridge.post(CheckNow()))
        self.report = button(words("Save report for support ..."), self._report)
        self.said = MessageLine()
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setSpacing(10)
        # The steps of a test stand above the rows, where they are seen as they happen.
        self._column.addWidget(self.test)
        self._column.addWidget(self.table)
        self._column.addStretch(1)
        self._area = scrolling(content)
        self.test.running_changed.connect(self._show_test)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(9, 0, 9, 6)
        for each in (self.test.start_button, self.check, self.copy, self.report):
            buttons.addWidget(each)
        buttons.addStretch(1)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self._area, 1)
        around.addWidget(self.said)
        around.addLayout(buttons)
        # As they stand: the button was made with the steps, above the rows.
        for one, other in pairwise(
            (self.test.stop_button, self.table, self.test.start_button, self.check, self.copy, self.report)
        ):
            self.setTabOrder(one, other)

    def show_connection(self, connection: Connection) -> None:
        """Show these troubles and rows."""
        if connection.troubles != self._troubles:
            self._troubles = connection.troubles
            for box in self.boxes:
                box.hide()
                box.deleteLater()
            self.boxes = [TroubleBox(trouble) for trouble in connection.troubles]
            for position, box in enumerate(self.boxes):
                box.acted.connect(self.acted)
                self._column.insertWidget(position, box)
        self._rows = connection.rows
        self.table.show_rows(connection.rows)
        self.check.setVisible(connection.check_now)
        self.check.setEnabled(connection.can_check_now)

    def stop(self) -> None:
        """The window closes: a test that runs ends, and what the last one found is forgotten."""
        self.test.stop()
        self.test.clear()
        self.test.hide()
        self.said.say("")

    def _show_test(self, running: bool) -> None:
        self.test.show()
        if running:
            self._area.verticalScrollBar().setValue(0)

    def _copy(self) -> None:
        troubles = [" ".join((each.title, each.cause, each.remedy)) for each in self._troubles]
        rows = [f"{name}: {value}" for name, value in self._rows]
        QGuiApplication.clipboard().setText("\n".join(troubles + rows))
        self.said.say(self._words("Copied."))

    def _report(self) -> None:
        self._bridge.call(self._bridge.session.report, done=self._save_report)

    def _save_report(self, text: str) -> None:
        name = self._choose(self, self._words("Save report for support"), "lyncdesk-report.txt")
        if not name:
            return
        try:
            Path(name).write_text(text, encoding="utf-8")
        except OSError as error:
            self.said.say(
                self._words(
                    "The report could not be saved as {name}: {error}", name=name, error=error.strerror or "-"
                )
            )
        else:
            self.said.say(self._words("Saved as {name}. It holds no password and no subject.", name=name))
