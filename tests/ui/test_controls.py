"""The small parts: letters, check boxes that wrap, quiet words, pictures, locks."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QPushButton, QTabWidget, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from lyncdesk.presence.states import Colour
from lyncdesk.ui.account_form import full_server
from lyncdesk.ui.controls import Form, Lock, give_mnemonics, open_at
from lyncdesk.ui.indicators import INKS
from lyncdesk.ui.theme import TEXT_CONTRAST, contrast
from lyncdesk.ui.widgets import MessageLine, Portrait, QuietLabel, TroubleBox, label
from lyncdesk.ui.wrapping import WrappingCheckBox
from tests.ui.builders import indicator
from tests.ui.names import doubled_letters
from tests.ui.parts import REFUSED, WORDS

LIGHT = QPalette(QColor("#efefef"), QColor("#efefef"))
DARK = QPalette(QColor("#2b2b2b"), QColor("#242424"))
LONG = "Show my out-of-office information to my Colleagues, Workgroup, and Friends and Family"


def test_letters_are_unique_on_each_page_and_pages_may_share_them(qtbot: QtBot) -> None:
    window, tabs = QWidget(), QTabWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    column.addWidget(tabs)
    column.addWidget(QPushButton("Save && send"))
    buttons = [QPushButton("Copy"), QPushButton("Copy")]
    for button in buttons:
        page = QWidget()
        QVBoxLayout(page).addWidget(button)
        tabs.addTab(page, "Connection")
    window.show()
    give_mnemonics(window)
    assert doubled_letters(window) == []
    assert buttons[0].text() == buttons[1].text() == "Co&py"  # C and o belong to the tabs
    once = [button.text() for button in window.findChildren(QPushButton)]
    give_mnemonics(window)
    assert [button.text() for button in window.findChildren(QPushButton)] == once
    assert any("&& " in text for text in once)


def test_a_window_opens_no_larger_than_its_screen_and_its_title_bar_has_room(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    open_at(window, 300, 200)
    assert (window.width(), window.height()) == (300, 200)
    screen = window.screen().availableSize()
    open_at(window, 300, screen.height() + 100)
    assert window.width() == 300
    assert 0 < screen.height() - window.height() < 100


def test_a_labels_letter_leads_to_its_control(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    form, lines = Form(), [QLineEdit(), QLineEdit()]
    form.add("Address:", lines[0])
    form.add("Password:", lines[1])
    window.setLayout(form)
    give_mnemonics(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    lines[0].setFocus()
    QTest.keyClick(lines[0], Qt.Key.Key_P, Qt.KeyboardModifier.AltModifier)
    assert lines[1].hasFocus()
    assert lines[1].accessibleName() == "Password"


def test_a_check_box_wraps_instead_of_being_cut_off(qtbot: QtBot) -> None:
    box, plain = WrappingCheckBox(LONG), QCheckBox(LONG)
    qtbot.addWidget(box)
    qtbot.addWidget(plain)
    assert box.minimumSizeHint().width() < plain.minimumSizeHint().width() / 2
    one_line, wrapped = box.heightForWidth(2000), box.heightForWidth(220)
    assert wrapped >= 3 * one_line / 2


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_all_of_a_wrapping_check_box_can_be_clicked_and_space_works(
    qtbot: QtBot, direction: Qt.LayoutDirection
) -> None:
    box = WrappingCheckBox(LONG)
    qtbot.addWidget(box)
    box.setLayoutDirection(direction)
    box.resize(220, box.heightForWidth(220))
    box.show()
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(100, box.height() - 4))
    assert box.isChecked()
    QTest.keyClick(box, Qt.Key.Key_Space)
    assert not box.isChecked()


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_quiet_words_can_still_be_read(qtbot: QtBot, palette: QPalette) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.setPalette(palette)
    quiet = QuietLabel("as of 10:02")
    QVBoxLayout(window).addWidget(quiet)
    window.show()
    text = quiet.palette().color(QPalette.ColorRole.WindowText)
    ground = palette.color(QPalette.ColorRole.Window)
    assert contrast(text, ground) >= TEXT_CONTRAST
    assert text != palette.color(QPalette.ColorRole.WindowText)


def test_quiet_words_follow_the_palette(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    quiet = QuietLabel("as of 10:02")
    QVBoxLayout(window).addWidget(quiet)
    window.show()
    for palette in (DARK, LIGHT, DARK):
        window.setPalette(palette)
        text = quiet.palette().color(QPalette.ColorRole.WindowText)
        assert contrast(text, palette.color(QPalette.ColorRole.Window)) >= TEXT_CONTRAST


def test_the_presence_bar_stands_at_the_leading_edge(qtbot: QtBot) -> None:
    portrait = Portrait(56)
    qtbot.addWidget(portrait)
    portrait.show_person("Anna", "AB", b"", indicator("Busy"))
    portrait.resize(portrait.sizeHint())
    bar = INKS[Colour.ORANGE].fill
    assert portrait.grab().toImage().pixelColor(2, 28) == bar
    portrait.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert portrait.grab().toImage().pixelColor(portrait.width() - 3, 28) == bar


def _png(colour: str, where: Path) -> bytes:
    image = QImage(10, 20, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    image.save(str(where))
    return where.read_bytes()


def test_a_picture_is_shown_and_one_that_cannot_be_read_counts_as_none(qtbot: QtBot, tmp_path: Path) -> None:
    portrait = Portrait(56)
    qtbot.addWidget(portrait)
    portrait.resize(portrait.sizeHint())
    portrait.show_person("Anna", "AB", _png("#123456", tmp_path / "anna.png"), indicator())
    assert portrait.grab().toImage().pixelColor(35, 28) == QColor("#123456")
    portrait.show_person("Anna", "AB", b"\x89PNG rubbish", indicator())
    without = portrait.grab().toImage()
    portrait.show_person("Anna", "AB", b"", indicator())
    assert without == portrait.grab().toImage()


def test_a_line_of_words_is_there_only_while_it_has_words(qtbot: QtBot) -> None:
    line = MessageLine(warning=True)
    qtbot.addWidget(line)
    line.say("Something")
    assert line.isVisible()
    assert line.accessibleName() == "Something"
    line.say("")
    assert not line.isVisible()


def test_a_trouble_says_what_why_and_what_to_do(qtbot: QtBot) -> None:
    box = TroubleBox(REFUSED)
    qtbot.addWidget(box)
    texts = [each.text() for each in box.findChildren(QLabel)]
    assert texts == [REFUSED.title, REFUSED.cause, REFUSED.remedy]


def test_labels_never_read_markup(qtbot: QtBot) -> None:
    made = label("<b>x</b>")
    qtbot.addWidget(made)
    assert made.textFormat() is Qt.TextFormat.PlainText


def test_a_lock_that_opens_leaves_no_words_behind(qtbot: QtBot) -> None:
    line = QLineEdit()
    qtbot.addWidget(line)
    lock = Lock(line, WORDS)
    qtbot.addWidget(lock.note)
    lock.set(True)
    assert not line.isEnabled()
    lock.set(False)
    assert line.isEnabled()
    assert line.toolTip() == ""
    assert not lock.note.isVisible()


@pytest.mark.parametrize(
    ("typed", "full"),
    [
        ("mail.litware.example", "https://mail.litware.example"),
        (" https://mail.litware.example ", "https://mail.litware.example"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("", ""),
    ],
)
def test_a_host_alone_means_its_safe_address(typed: str, full: str) -> None:
    assert full_server(typed) == full
