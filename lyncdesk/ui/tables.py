"""A table of words that is as high as its rows and whose cells wrap: for windows that scroll as a whole."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

_AIR = 6  # logical pixels that a row is higher than its words


class WordTable(QTableWidget):
    """Rows of words. Ctrl+C copies the selected rows, cells parted by tabs."""

    def __init__(
        self, headings: Sequence[str], name: str, *, shares: Sequence[int], parent: QWidget | None = None
    ) -> None:
        super().__init__(0, len(headings), parent)
        self._shares = tuple(shares)
        self.setAccessibleName(name)
        self.setHorizontalHeaderLabels(list(headings))
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setVisible(any(headings))
        self.setWordWrap(True)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_rows(self, rows: Sequence[Sequence[str]]) -> None:
        """Show these rows; what is unchanged keeps its selection."""
        if [list(row) for row in rows] == self.rows():
            return
        self.setRowCount(len(rows))
        for number, row in enumerate(rows):
            for column, text in enumerate(row):
                cell = QTableWidgetItem(text)
                cell.setTextAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
                self.setItem(number, column, cell)
        self._fit()

    def rows(self) -> list[list[str]]:
        """What the table holds."""
        return [self._row(number) for number in range(self.rowCount())]

    def _row(self, number: int) -> list[str]:
        cells = (self.item(number, column) for column in range(self.columnCount()))
        return [cell.text() if cell is not None else "" for cell in cells]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the selected rows."""
        if event.matches(QKeySequence.StandardKey.Copy):
            chosen = sorted({index.row() for index in self.selectedIndexes()})
            QGuiApplication.clipboard().setText("\n".join("\t".join(self._row(number)) for number in chosen))
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap anew."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Another font needs other heights."""
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self._fit()

    def _fit(self) -> None:
        width = self.viewport().width()
        whole = sum(self._shares)
        for column, share in enumerate(self._shares):
            self.setColumnWidth(column, width * share // whole)
        self.resizeRowsToContents()
        for row in range(self.rowCount()):
            self.setRowHeight(row, self.rowHeight(row) + _AIR)
        self.setFixedHeight(self._wanted())

    def _wanted(self) -> int:
        header = self.horizontalHeader()
        rows = sum(self.rowHeight(row) for row in range(self.rowCount()))
        return (header.sizeHint().height() if header.isVisibleTo(self) else 0) + rows + 2 * self.frameWidth()

    def sizeHint(self) -> QSize:
        """As high as the rows."""
        return QSize(super().sizeHint().width(), self._wanted())
