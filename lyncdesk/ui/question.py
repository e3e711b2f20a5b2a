"""A question with two answers, asked before something is done that one may regret."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from lyncdesk.ui.mnemonics import with_mnemonics


def ask(
    parent: QWidget,
    title: str,
    question: str,
    answers: tuple[str, str],
    then: Callable[[], object],
    more: str = "",
    otherwise: Callable[[], object] = lambda: None,
) -> None:
    """Put the question; the first answer does something, the second is the safe one and at hand."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setWindowTitle(title)
    box.setText(question)
    box.setInformativeText(more)
    first, second = with_mnemonics(answers)
    yes = box.addButton(first, QMessageBox.ButtonRole.AcceptRole)
    no = box.addButton(second, QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(no)
    box.setEscapeButton(no)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.buttonClicked.connect(lambda clicked: then() if clicked is yes else otherwise())
    box.open()
