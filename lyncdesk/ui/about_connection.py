"""About my status > Connection = Configuration information: troubles, Lync's rows, the tools."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from lyncdesk.client.events import CheckNow
from lyncdesk.client.options import Account
from lyncdesk.client.view_types import Action, Connection, Trouble
from lyncdesk.client.words import N_, Words
from lyncdesk.ui.bridge import Bridge, SeatBridge
from lyncdesk.ui.connection_test import ConnectionTest
from lyncdesk.ui.controls import button, scrolling
from lyncdesk.ui.tables import WordTable
from lyncdesk.ui.widgets import MessageLine, TroubleBox, bold

_CHECKS = (N_("Sent"), N_("Took"), N_("Requests"), N_("Items"), N_("What came of it"))
ChooseFile = Callable[[QWidget, str, str], str]


def choose_file(parent: QWidget, title: str, proposal: str) -> str:
    """Ask where to write a file; "" = nowhere."""
    return QFileDialog.getSaveFileName(parent, title, proposal)[0]


class ConnectionTab(QWidget):
    """Renders a Connection. ``acted`` carries what a trouble's button offers.

    Where one sits in as somebody there is no account to test, and nobody to support.
    """

    acted = Signal(Action)

    def __init__(
        self,
        bridge: SeatBridge,
        words: Words,
        account: Callable[[], Account],
        *,
        choose: ChooseFile = choose_file,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._words = words
        self._choose = choose
        self._troubles: tuple[Trouble, ...] = ()
        self.boxes: list[TroubleBox] = []
        self._connection: Connection | None = None
        self.table = WordTable(["", ""], words("Configuration information"), shares=(36, 64))
        self.checks_title = bold(words("Last checks"))
        headings = [words(each) for each in _CHECKS]
        self.checks = WordTable(headings, words("Last checks"), shares=(18, 16, 14, 12, 40))
        self._own = bridge if isinstance(bridge, Bridge) else None
        self._test = (
            ConnectionTest(self._own, words, lambda: (account(), None)) if self._own is not None else None
        )
        self.copy = button(words("Copy"), self._copy, name=words("Copy the configuration information"))
        self.check = button(words("Check calendar now"), lambda: bridge.post(CheckNow()))
        self.report = button(words("Save report for support ..."), self._report)
        self.said = MessageLine()
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setSpacing(10)
        tools = [self.check, self.copy]
        if self._test is not None:
            # The steps of a test stand above the rows, where they are seen as they happen; Stop too stands
            # below, as a long list of steps scrolls.
            self._test.hide()
            self._column.addWidget(self._test)
            self._test.running_changed.connect(self._show_test)
            tools = [self._test.start_button, self._test.stop_button, *tools, self.report]
        self._column.addWidget(self.table)
        self._column.addWidget(self.checks_title)
        self._column.addWidget(self.checks)
        self._column.addStretch(1)
        self._area = scrolling(content)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(9, 0, 9, 6)
        for each in tools:
            buttons.addWidget(each)
        buttons.addStretch(1)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self._area, 1)
        around.addWidget(self.said)
        around.addLayout(buttons)
        # As they stand: the buttons of the test were made with the steps, above the rows.
        for one, other in pairwise((self.table, self.checks, *tools)):
            self.setTabOrder(one, other)

    @property
    def test(self) -> ConnectionTest:
        """The test. Raises RuntimeError where one sits in as somebody."""
        if self._test is None:
            raise RuntimeError("where one sits in there is no connection to test")
        return self._test

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
        self._connection = connection
        self.table.show_rows(connection.rows)
        self.checks.show_rows(connection.checks)
        for widget in (self.checks_title, self.checks):
            widget.setVisible(bool(connection.checks))
        self.check.setVisible(connection.check_now)
        self.check.setEnabled(connection.can_check_now)

    def stop(self) -> None:
        """The window closes: a test that runs ends, and what the last one found is forgotten."""
        if self._test is not None:
            self._test.stop()
            self._test.clear()
            self._test.hide()
        self.said.say("")

    def _show_test(self, running: bool) -> None:
        if self._test is not None:
            self._test.show()
        if running:
            self._area.verticalScrollBar().setValue(0)

    def _copy(self) -> None:
        lines = [" ".join((each.title, each.cause, each.remedy)) for each in self._troubles]
        if self._connection is not None:
            lines += [f"{name}: {value}" for name, value in self._connection.rows]
            lines += self._table(self.checks_title.text(), self._connection.checks)
        if self._test is not None and self._test.step_rows:
            lines += ["", f"{self._words('Test connection')}:", *(row.text for row in self._test.step_rows)]
            lines += [self._test.outcome.text()] if self._test.outcome.text() else []
        QGuiApplication.clipboard().setText("\n".join(lines))
        self.said.say(self._words("Copied."))

    def _table(self, title: str, rows: Sequence[Sequence[str]]) -> list[str]:
        headings = "\t".join(self._words(each) for each in _CHECKS)
        return ["", f"{title}:", headings, *("\t".join(row) for row in rows)] if rows else []

    def _report(self) -> None:
        if self._own is not None:
            self._own.call(self._own.session.report, done=self._save_report)

    def _save_report(self, text: str) -> None:
        # Not where the program happens to run, which after a start with the computer is anywhere.
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        proposal = str(Path(folder) / "lyncdesk-report.txt")
        name = self._choose(self, self._words("Save report for support"), proposal)
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
            self.said.say(
                self._words(
                    "Saved as {name}. It holds no password and no subject, and names nobody but you. To see"
                    " what was shown: lyncdesk simulate {file}",
                    name=name,
                    file=Path(name).name,
                )
            )
