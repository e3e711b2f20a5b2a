"""Qt's own words and dates are in the language of the screens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QDate, QLocale, QTranslator
from PySide6.QtWidgets import QApplication, QDateEdit, QLineEdit
from pytestqt.qtbot import QtBot

from lyncdesk.ui.language import locale_for, speak


@pytest.fixture(autouse=True)
def _forgotten(qapp: QApplication) -> Iterator[None]:
    before = QLocale()
    yield
    QLocale.setDefault(before)
    for translator in qapp.findChildren(QTranslator):
        qapp.removeTranslator(translator)
        translator.deleteLater()


def menu_of(line: QLineEdit) -> list[str]:
    menu = line.createStandardContextMenu()
    texts = [action.text().partition("\t")[0].replace("&", "") for action in menu.actions()]
    menu.deleteLater()
    return [text for text in texts if text]


def test_the_menu_of_a_line_speaks_german(qtbot: QtBot, qapp: QApplication) -> None:
    speak(qapp, "de")
    line = QLineEdit()
    qtbot.addWidget(line)
    assert "Ausschneiden" in menu_of(line)
    assert "Cut" not in menu_of(line)


def test_in_english_or_a_language_that_qt_does_not_know_it_speaks_english(
    qtbot: QtBot, qapp: QApplication
) -> None:
    for language in ("en", "zz"):
        speak(qapp, language)
    line = QLineEdit()
    qtbot.addWidget(line)
    assert "Cut" in menu_of(line)


def test_dates_are_written_in_the_language_of_the_screens(qtbot: QtBot, qapp: QApplication) -> None:
    speak(qapp, "de")
    edit = QDateEdit(QDate(2026, 3, 2))
    qtbot.addWidget(edit)
    assert edit.locale().toString(edit.date(), QLocale.FormatType.LongFormat).startswith("Montag, 2. März")


@pytest.mark.parametrize(
    ("language", "system", "expected"),
    [
        ("de", "de_AT", "de_AT"),
        ("en", "en_US", "en_US"),
        ("en", "de_DE", "en_DE"),
        ("de", "C", "de_DE"),
        ("en", "C", "en_GB"),
    ],
)
def test_the_customs_are_those_of_the_systems_territory(language: str, system: str, expected: str) -> None:
    assert locale_for(language, QLocale(system)).name() == expected
