"""The contact card: when it opens and closes, what it shows in which order, what it posts."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt, QUrl
from PySide6.QtGui import QEnterEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from lyncdesk.client.events import Event, Give, GivingUndone
from lyncdesk.client.view_types import Card, Detail, Given
from lyncdesk.presence.relationships import Relationship
from lyncdesk.ui.card import CardPopup, placed
from lyncdesk.ui.card_view import CardView, mail_to
from tests.ui.builders import ANNA, contact
from tests.ui.parts import CHOICES, MEETING, NOT_SHARED, WORDS, card

ROW = QRect(100, 100, 300, 40)
BEN = "ben.smith@litware.example"


class Desk:
    """A window with a search line, and its card popup."""

    def __init__(self, qtbot: QtBot, hover_ms: int = 20) -> None:
        self.cards: dict[str, Card] = {ANNA: card(), BEN: card(address=BEN, name="Ben Smith")}
        self.posted: list[Event] = []
        self.mails: list[QUrl] = []
        self.mail_works = True
        self.window = QWidget()
        self.line = QLineEdit(self.window)
        QVBoxLayout(self.window).addWidget(self.line)
        qtbot.addWidget(self.window)
        self.popup = CardPopup(
            self.window,
            self.cards.get,
            WORDS,
            self.posted.append,
            open_mail=self._open_mail,
            hover_ms=hover_ms,
            linger_ms=20,
        )
        self.window.show()
        self.window.activateWindow()
        self.line.setFocus()

    @property
    def view(self) -> CardView:
        return self.popup.view

    def _open_mail(self, url: QUrl) -> bool:
        self.mails.append(url)
        return self.mail_works

    def point_at(self, widget: QWidget) -> None:
        place = QPointF(widget.rect().center())
        QApplication.sendEvent(widget, QEnterEvent(place, place, place))

    def leave(self, widget: QWidget) -> None:
        QApplication.sendEvent(widget, QEvent(QEvent.Type.Leave))


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot)


def test_hovering_opens_the_card_after_a_while_and_takes_no_focus(qtbot: QtBot, desk: Desk) -> None:
    desk.popup.hover(ANNA, ROW)
    assert not desk.popup.isVisible()
    qtbot.waitUntil(desk.popup.isVisible)
    assert not desk.popup.opened
    assert desk.popup.windowType() is Qt.WindowType.ToolTip
    assert desk.popup.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
    assert QApplication.focusWidget() is desk.line


def test_leaving_before_the_while_is_over_opens_nothing(qtbot: QtBot, desk: Desk) -> None:
    desk.popup.hover(ANNA, ROW)
    desk.popup.hover_left()
    desk.popup.hover(BEN, ROW)
    qtbot.waitUntil(desk.popup.isVisible)
    assert desk.popup.address == BEN


def test_the_card_stays_while_the_pointer_is_on_it_and_goes_when_it_leaves(qtbot: QtBot, desk: Desk) -> None:
    desk.popup.hover(ANNA, ROW)
    qtbot.waitUntil(desk.popup.isVisible)
    desk.popup.hover_left()
    assert desk.popup._linger.isActive()
    desk.point_at(desk.popup)
    assert not desk.popup._linger.isActive()
    assert desk.popup.isVisible()
    desk.leave(desk.popup)
    qtbot.waitUntil(lambda: not desk.popup.isVisible())


def test_moving_on_to_another_contact_shows_that_one(qtbot: QtBot, desk: Desk) -> None:
    desk.popup.hover(ANNA, ROW)
    qtbot.waitUntil(desk.popup.isVisible)
    desk.popup.hover(BEN, ROW)
    qtbot.waitUntil(lambda: desk.popup.isVisible() and desk.popup.address == BEN)


def test_a_pointer_that_came_to_rest_on_another_contact_at_once_opens_that_card_too(qtbot: QtBot) -> None:
    desk = Desk(qtbot, hover_ms=60)  # longer than the first card lingers
    desk.popup.hover(ANNA, ROW)
    qtbot.waitUntil(desk.popup.isVisible)
    # A signal, because a slow machine may look only when the next card is open already.
    with qtbot.waitSignal(desk.popup.closed):
        desk.popup.hover(BEN, ROW)
    qtbot.waitUntil(lambda: desk.popup.isVisible() and desk.popup.address == BEN)


def test_escape_forgets_the_contact_that_the_pointer_went_on_to(qtbot: QtBot) -> None:
    desk = Desk(qtbot, hover_ms=60)
    desk.popup.hover(ANNA, ROW)
    qtbot.waitUntil(desk.popup.isVisible)
    desk.popup.hover(BEN, ROW)
    QTest.keyClick(desk.line, Qt.Key.Key_Escape)
    assert not desk.popup._wait.isActive()


def test_escape_closes_a_card_that_has_no_focus(qtbot: QtBot, desk: Desk) -> None:
    desk.popup.hover(ANNA, ROW)
    qtbot.waitUntil(desk.popup.isVisible)
    QTest.keyClick(desk.line, Qt.Key.Key_Escape)
    assert not desk.popup.isVisible()


def test_a_key_or_a_click_opens_it_at_once_with_the_keyboard_and_escape_closes(
    qtbot: QtBot, desk: Desk
) -> None:
    desk.popup.open_at(ANNA, ROW)
    assert desk.popup.isVisible()
    assert desk.popup.opened
    assert desk.popup.windowType() is Qt.WindowType.Popup
    with qtbot.waitSignal(desk.popup.closed):
        QTest.keyClick(desk.popup, Qt.Key.Key_Escape)
    assert not desk.popup.isVisible()


def test_an_opened_card_does_not_follow_the_pointer(qtbot: QtBot, desk: Desk) -> None:
    desk.popup.open_at(ANNA, ROW)
    desk.popup.hover(BEN, ROW)
    desk.popup.hover_left()
    assert not desk.popup._wait.isActive()
    assert not desk.popup._linger.isActive()
    assert desk.popup.address == ANNA


def test_a_click_on_a_hovering_card_keeps_it(qtbot: QtBot, desk: Desk) -> None:
    desk.popup.hover(ANNA, ROW)
    qtbot.waitUntil(desk.popup.isVisible)
    with qtbot.assertNotEmitted(desk.popup.closed):
        QTest.mouseClick(desk.popup, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    assert desk.popup.opened


def test_a_popup_belongs_to_the_window_it_stands_beside(desk: Desk) -> None:
    desk.popup.open_at(ANNA, ROW)
    handle, owner = desk.popup.windowHandle(), desk.window.windowHandle()
    assert handle.transientParent() is owner


def test_nothing_is_planned_while_it_is_hidden(qtbot: QtBot, desk: Desk) -> None:
    desk.popup.hover(ANNA, ROW)
    qtbot.waitUntil(desk.popup.isVisible)
    desk.popup.hover_left()
    desk.popup.close()
    assert not desk.popup._linger.isActive()
    assert not desk.popup._wait.isActive()


# --- the Calendar line ---


def test_hovering_over_the_calendar_line_shows_subject_location_and_time(qtbot: QtBot, desk: Desk) -> None:
    desk.popup.hover(ANNA, ROW)
    qtbot.waitUntil(desk.popup.isVisible)
    assert not desk.view.detail.isVisible()
    before = desk.popup.height()
    desk.point_at(desk.view.calendar)
    assert desk.view.detail.isVisible()
    assert _texts(desk.view.detail) == list(MEETING.lines)
    assert desk.popup.height() > before


def test_focusing_the_calendar_line_shows_the_same(qtbot: QtBot, desk: Desk) -> None:
    desk.popup.open_at(ANNA, ROW)
    assert not desk.view.detail.isVisible()
    QTest.keyClick(desk.popup, Qt.Key.Key_Tab)
    assert desk.view.calendar.hasFocus()
    assert desk.view.detail.isVisible()
    assert desk.view.calendar.accessibleName() == "Calendar: In a meeting until 11:00"
    assert "Budget review" in desk.view.calendar.accessibleDescription()


def test_who_may_not_see_it_is_told_why_and_can_ask_by_mail(qtbot: QtBot, desk: Desk) -> None:
    desk.cards[ANNA] = card(detail=NOT_SHARED)
    desk.popup.open_at(ANNA, ROW)
    desk.view.show_detail()
    assert _texts(desk.view.detail) == [*NOT_SHARED.lines]
    assert desk.view.detail.ask.text() == "Ask Anna"
    QTest.mouseClick(desk.view.detail.ask, Qt.MouseButton.LeftButton)
    (mail,) = desk.mails
    assert mail.scheme() == "mailto"
    assert mail.path() == ANNA
    encoded = bytes(mail.toEncoded().data()).decode()
    assert "+" not in encoded
    assert "%0D%0A" in encoded
    query = parse_qs(encoded.partition("?")[2])
    assert query["subject"] == [NOT_SHARED.mail_subject]
    assert query["body"] == [NOT_SHARED.mail_body.replace("\n", "\r\n")]


def test_without_a_mail_program_the_words_are_on_the_clipboard_and_the_card_says_so(
    qtbot: QtBot, desk: Desk
) -> None:
    desk.cards[ANNA] = card(detail=NOT_SHARED)
    desk.mail_works = False
    desk.popup.open_at(ANNA, ROW)
    desk.view.show_detail()
    QTest.mouseClick(desk.view.detail.ask, Qt.MouseButton.LeftButton)
    assert NOT_SHARED.mail_body in QGuiApplication.clipboard().text()
    assert desk.view.detail.said.isVisible()
    desk.cards[ANNA] = card(detail=NOT_SHARED, local_time="Local time 10:03")
    desk.popup.refresh()
    assert desk.view.detail.said.isVisible(), "a minute later it can still be read"
    desk.popup.close()
    desk.popup.open_at(ANNA, ROW)
    desk.view.show_detail()
    assert not desk.view.detail.said.isVisible()


def test_a_contact_who_shares_no_calendar_still_has_the_line_and_the_question(desk: Desk) -> None:
    desk.cards[ANNA] = card(calendar="", no_calendar="Not shared with you", strip=None, detail=NOT_SHARED)
    desk.popup.open_at(ANNA, ROW)
    assert desk.view.calendar.text() == "Not shared with you"


def test_the_details_stay_open_while_the_same_person_changes_and_close_for_another(desk: Desk) -> None:
    desk.popup.open_at(ANNA, ROW)
    desk.view.show_detail()
    desk.cards[ANNA] = card(presence="Busy", detail=Detail(("Something else", "11:00 to 12:00")))
    desk.popup.refresh()
    assert desk.view.detail.isVisible()
    assert _texts(desk.view.detail) == ["Something else", "11:00 to 12:00"]
    assert desk.popup.height() == desk.view.height_now(desk.popup.width() - 2) + 2
    desk.popup.open_at(BEN, ROW)
    assert not desk.view.detail.isVisible()


def test_a_card_that_is_opened_anew_begins_without_the_details(qtbot: QtBot, desk: Desk) -> None:
    desk.popup.hover(ANNA, ROW)
    qtbot.waitUntil(desk.popup.isVisible)
    desk.view.show_detail()
    desk.popup.keep()
    assert desk.view.detail.isVisible()
    desk.popup.close()
    desk.popup.open_at(ANNA, ROW)
    assert not desk.view.detail.isVisible()


def test_the_keyboard_begins_anew_too(desk: Desk) -> None:
    desk.popup.open_at(ANNA, ROW)
    _press(Qt.Key.Key_Tab)
    assert desk.view.calendar.hasFocus()
    _press(Qt.Key.Key_Escape)
    desk.popup.open_at(ANNA, ROW)
    assert desk.popup.hasFocus()
    assert not desk.view.detail.isVisible()


def test_a_contact_who_goes_takes_the_card_along(desk: Desk) -> None:
    desk.popup.open_at(ANNA, ROW)
    del desk.cards[ANNA]
    desk.popup.refresh()
    assert not desk.popup.isVisible()


# --- what it shows ---


def test_the_rows_stand_in_the_order_of_the_screen(desk: Desk) -> None:
    desk.cards[ANNA] = card(out_of_office="Out of office", age="65 minutes old")
    desk.popup.open_at(ANNA, ROW)
    desk.view.show_detail()
    view = desk.view
    QApplication.processEvents()
    rows = [
        view.name, view.job, view.presence, view.out_of_office, view.note, view.calendar, view.age,
        view.detail, view.strip, view._local, view._phones[0][1], view._phones[1][1], view.gives,
    ]  # fmt: skip
    heights = [row.mapTo(view, QPoint(0, 0)).y() for row in rows]
    assert heights == sorted(heights)
    assert len(set(heights)) == len(heights)
    assert all(row.isVisible() for row in rows)


def test_what_was_not_sent_has_no_row(desk: Desk) -> None:
    desk.cards[ANNA] = card(
        job="",
        note="",
        strip=None,
        local_time="",
        phones=(),
        sees_you_as="",
        calendar="",
        detail=Detail(("No.",)),
    )
    desk.popup.open_at(ANNA, ROW)
    view = desk.view
    for row in (
        view.job,
        view.out_of_office,
        view.note,
        view.calendar,
        view.age,
        view.strip,
        view._local,
        view.gives,
    ):
        assert not row.isVisible()


def test_words_from_outside_are_never_read_as_markup(desk: Desk) -> None:
    nasty = "<img src=x><b>bold</b>"
    desk.cards[ANNA] = card(name=nasty, note=nasty, detail=Detail((nasty, nasty)), phones=((nasty, nasty),))
    desk.popup.open_at(ANNA, ROW)
    for label in desk.popup.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText or "<" not in label.text()


def test_the_card_says_name_and_presence_to_those_who_hear_it(desk: Desk) -> None:
    desk.popup.open_at(ANNA, ROW)
    assert desk.popup.accessibleName() == "Anna Bedecs, In a meeting until 11:00"
    assert desk.view.portrait.accessibleName() == "Anna Bedecs, In a meeting"
    assert desk.view.mark.accessibleName() == "In a meeting"
    assert desk.view.gives.button.accessibleName() == "Anna sees you as: Colleagues"


# --- what one gives ---


def test_giving_another_relationship_posts_it_once_and_marks_it(desk: Desk) -> None:
    desk.popup.open_at(ANNA, ROW)
    row = desk.view.gives
    folded = desk.popup.height()
    QTest.mouseClick(row.button, Qt.MouseButton.LeftButton)
    assert desk.popup.height() > folded
    assert all(choice.isVisible() for choice in row.choices.values())
    QTest.mouseClick(row.choices[Relationship.WORKGROUP], Qt.MouseButton.LeftButton)
    assert desk.posted == [Give(ANNA, Relationship.WORKGROUP)]
    assert row.choices[Relationship.WORKGROUP].isChecked()
    assert not row.choices[Relationship.COLLEAGUES].isChecked()
    QTest.mouseClick(row.button, Qt.MouseButton.LeftButton)
    assert not row.choices[Relationship.WORKGROUP].isVisible()
    assert desk.popup.height() == folded


def test_giving_what_is_given_already_posts_nothing(desk: Desk) -> None:
    desk.popup.open_at(ANNA, ROW)
    QTest.mouseClick(desk.view.gives.button, Qt.MouseButton.LeftButton)
    QTest.mouseClick(desk.view.gives.choices[Relationship.COLLEAGUES], Qt.MouseButton.LeftButton)
    assert desk.posted == []
    assert desk.view.gives.choices[Relationship.COLLEAGUES].isChecked()


def test_the_given_relationship_is_marked_and_each_says_what_it_lets_see(desk: Desk) -> None:
    desk.popup.open_at(ANNA, ROW)
    desk.cards[ANNA] = card(gives=Given(Relationship.WORKGROUP, CHOICES))
    desk.popup.refresh()
    choices = desk.view.gives.choices
    assert list(choices) == list(Relationship)
    assert [relationship for relationship, choice in choices.items() if choice.isChecked()] == [
        Relationship.WORKGROUP
    ]
    assert choices[Relationship.BLOCKED].text() == "Blocked – always sees you as Offline"


def test_a_relationship_is_given_with_the_keyboard_and_walking_past_others_gives_nothing(desk: Desk) -> None:
    desk.popup.open_at(ANNA, ROW)
    row = desk.view.gives
    row.button.setFocus()
    QTest.keyClick(row.button, Qt.Key.Key_Space)
    for _ in range(3):
        _press(Qt.Key.Key_Down)
    assert desk.posted == []
    _press(Qt.Key.Key_Space)
    assert desk.posted == [Give(ANNA, Relationship.WORKGROUP)]
    assert row.choices[Relationship.WORKGROUP].hasFocus()


def test_a_card_that_the_pointer_brought_can_be_used_without_taking_the_focus(
    qtbot: QtBot, desk: Desk
) -> None:
    desk.popup.hover(ANNA, ROW)
    qtbot.waitUntil(desk.popup.isVisible)
    desk.point_at(desk.popup)
    QTest.mouseClick(desk.view.gives.button, Qt.MouseButton.LeftButton)
    QTest.mouseClick(desk.view.gives.choices[Relationship.BLOCKED], Qt.MouseButton.LeftButton)
    assert desk.posted == [Give(ANNA, Relationship.BLOCKED)]
    assert not desk.popup.opened


def test_the_choices_fit_into_the_card_and_onto_the_screen(desk: Desk) -> None:
    screen = desk.window.screen().availableGeometry()
    desk.popup.open_at(ANNA, QRect(100, screen.bottom() - 45, 300, 40))
    QTest.mouseClick(desk.view.gives.button, Qt.MouseButton.LeftButton)
    last = desk.view.gives.choices[Relationship.BLOCKED]
    QApplication.processEvents()
    place = QRect(last.mapTo(desk.popup, QPoint(0, 0)), last.size())
    assert desk.popup.rect().contains(place)
    assert screen.contains(desk.popup.geometry())


def test_a_relationship_that_cannot_be_changed_says_why(desk: Desk) -> None:
    desk.cards[ANNA] = card(
        gives=Given(Relationship.COLLEAGUES, CHOICES, locked="Exchange knows no such level.")
    )
    desk.popup.open_at(ANNA, ROW)
    row = desk.view.gives
    assert not row.button.isEnabled()
    assert row.locked.text() == "Exchange knows no such level."
    assert row.locked.isVisible()


# --- relationships that are permissions in Exchange ---

ASKED = Given(
    Relationship.COLLEAGUES,
    CHOICES,
    denied=frozenset({Relationship.BLOCKED}),
    questions=(
        (Relationship.COLLEAGUES, "Anna will see only when you are free or busy. Change?"),
        (Relationship.WORKGROUP, "Anna will see subject and location. Change?"),
    ),
)


def asked(desk: Desk) -> None:
    """Workgroup is chosen, and the question stands."""
    desk.cards[ANNA] = card(gives=ASKED)
    desk.popup.open_at(ANNA, ROW)
    QTest.mouseClick(desk.view.gives.button, Qt.MouseButton.LeftButton)
    QTest.mouseClick(desk.view.gives.choices[Relationship.WORKGROUP], Qt.MouseButton.LeftButton)


def test_a_permission_is_given_after_the_person_said_yes_and_not_before(desk: Desk) -> None:
    asked(desk)
    row = desk.view.gives
    assert desk.posted == []
    assert row.question.text() == "Anna will see subject and location. Change?"
    assert row.question.isVisible()
    QApplication.processEvents()
    assert desk.popup.rect().contains(QRect(row.yes.mapTo(desk.popup, QPoint(0, 0)), row.yes.size()))
    QTest.mouseClick(row.yes, Qt.MouseButton.LeftButton)
    assert desk.posted == [Give(ANNA, Relationship.WORKGROUP)]
    assert not row.question.isVisible()


@pytest.mark.parametrize("how", ["cancel", "fold", "what is given"])
def test_a_question_that_is_not_answered_with_yes_gives_nothing(desk: Desk, how: str) -> None:
    asked(desk)
    row = desk.view.gives
    if how == "cancel":
        QTest.mouseClick(row.no, Qt.MouseButton.LeftButton)
    elif how == "fold":
        QTest.mouseClick(row.button, Qt.MouseButton.LeftButton)
    else:
        QTest.mouseClick(row.choices[Relationship.COLLEAGUES], Qt.MouseButton.LeftButton)
    assert desk.posted == []
    assert not row.question.isVisible()
    assert [r for r, choice in row.choices.items() if choice.isChecked()] == [Relationship.COLLEAGUES]


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return])
def test_the_question_has_the_keyboard_and_a_key_pressed_too_often_changes_nothing(
    desk: Desk, key: Qt.Key
) -> None:
    asked(desk)
    row = desk.view.gives
    assert row.no.hasFocus()
    _press(key)
    assert not row.question.isVisible()
    assert desk.posted == []
    row.choices[Relationship.WORKGROUP].setFocus()
    _press(Qt.Key.Key_Space)
    row.yes.setFocus()
    _press(key)
    assert desk.posted == [Give(ANNA, Relationship.WORKGROUP)]


def test_tab_walks_through_the_choices_before_the_answers(desk: Desk) -> None:
    asked(desk)
    row = desk.view.gives
    parts: list[QWidget] = [row.button, *row.choices.values(), row.yes, row.no, row.undo]
    walked: list[QWidget] = []
    part = row.button.nextInFocusChain()
    while part is not None and part is not row.button:
        walked += [part] if part in parts else []
        part = part.nextInFocusChain()
    assert walked == parts[1:]


def test_news_that_come_while_the_question_stands_leave_it(desk: Desk) -> None:
    asked(desk)
    desk.cards[ANNA] = card(gives=ASKED, presence="Free in calendar")
    desk.popup.refresh()
    row = desk.view.gives
    assert row.question.isVisible()
    assert row.choices[Relationship.WORKGROUP].isChecked()
    desk.cards[ANNA] = card(gives=replace(ASKED, locked="The permission is being changed in Exchange."))
    desk.popup.refresh()
    assert not row.question.isVisible()
    assert not row.button.isChecked()


def test_a_question_that_is_answered_by_what_happened_meanwhile_goes(desk: Desk) -> None:
    asked(desk)
    desk.cards[ANNA] = card(gives=replace(ASKED, relationship=Relationship.WORKGROUP))
    desk.popup.refresh()
    assert not desk.view.gives.question.isVisible()


def test_a_question_is_never_answered_for_somebody_else(desk: Desk) -> None:
    asked(desk)
    desk.cards[BEN] = card(address=BEN, name="Ben Smith", gives=ASKED)
    desk.popup.open_at(BEN, ROW)
    row = desk.view.gives
    assert not row.question.isVisible()
    assert not row.button.isChecked()
    assert [r for r, choice in row.choices.items() if choice.isChecked()] == [Relationship.COLLEAGUES]


def test_a_card_that_is_higher_than_the_screen_scrolls_and_shows_its_question(desk: Desk) -> None:
    high = card(gives=ASKED, phones=tuple(("Work", f"+49 30 5550 {n}") for n in range(40)))
    screen = desk.window.screen().availableGeometry()
    desk.cards[ANNA] = high
    desk.popup.open_at(ANNA, ROW)
    QApplication.processEvents()
    assert desk.view.height_now(desk.view.width()) > screen.height()
    assert desk.popup.height() == screen.height()
    row = desk.view.gives
    row.button.click()
    row.choices[Relationship.WORKGROUP].click()
    QApplication.processEvents()
    assert desk.popup.height() == screen.height()
    for button in (row.no, row.yes):
        assert button.visibleRegion().boundingRect() == button.rect()


def test_what_exchange_cannot_express_is_disabled(desk: Desk) -> None:
    desk.cards[ANNA] = card(gives=ASKED)
    desk.popup.open_at(ANNA, ROW)
    row = desk.view.gives
    QTest.mouseClick(row.button, Qt.MouseButton.LeftButton)
    choices = row.choices
    assert row.reasons[Relationship.BLOCKED].text() == "always sees you as Offline"
    assert row.reasons[Relationship.BLOCKED].isVisible()
    assert choices[Relationship.BLOCKED].accessibleDescription() == "always sees you as Offline"
    assert not choices[Relationship.BLOCKED].isEnabled()
    assert choices[Relationship.WORKGROUP].isEnabled()


def test_after_a_change_it_is_said_what_it_did_and_it_can_be_undone(desk: Desk) -> None:
    desk.cards[ANNA] = card(gives=replace(ASKED, note="Anna now sees subject and location.", undo="Undo"))
    desk.popup.open_at(ANNA, ROW)
    row = desk.view.gives
    assert (row.note.text(), row.note.isVisible()) == ("Anna now sees subject and location.", True)
    QTest.mouseClick(row.undo, Qt.MouseButton.LeftButton)
    assert desk.posted == [GivingUndone()]
    desk.cards[ANNA] = card(gives=ASKED)
    desk.popup.refresh()
    assert not row.undo.isVisible()


def test_a_permission_that_no_relationship_describes_is_shown_by_its_own_name(desk: Desk) -> None:
    desk.cards[ANNA] = card(gives=Given(None, CHOICES, name="Editor", locked="Given in Outlook."))
    desk.popup.open_at(ANNA, ROW)
    row = desk.view.gives
    assert row.button.text() == "Editor"
    assert not any(choice.isChecked() for choice in row.choices.values())


# --- where it stands ---

SCREEN = QRect(0, 0, 1920, 1080)
SIZE = QSize(340, 400)


@pytest.mark.parametrize(
    ("anchor", "mirrored", "expected"),
    [
        (QRect(100, 100, 300, 40), False, QPoint(405, 100)),  # beside
        (QRect(1600, 100, 300, 40), False, QPoint(1254, 100)),  # no room after it: before it
        (QRect(1000, 100, 300, 40), True, QPoint(654, 100)),  # right to left: before it first
        (QRect(100, 100, 300, 40), True, QPoint(405, 100)),
        (QRect(100, 900, 300, 40), False, QPoint(405, 680)),  # not below the screen
        (QRect(0, 100, 1920, 40), False, QPoint(0, 145)),  # as wide as the screen: under it
        (QRect(0, 900, 1920, 40), False, QPoint(0, 494)),  # or over it
    ],
)
def test_the_card_stands_beside_its_contact(anchor: QRect, mirrored: bool, expected: QPoint) -> None:
    assert placed(anchor, SIZE, SCREEN, mirrored=mirrored) == expected


@given(
    x=st.integers(-500, 4000),
    y=st.integers(-500, 2000),
    width=st.integers(1, 2000),
    height=st.integers(200, 1080),
    mirrored=st.booleans(),
)
def test_the_card_never_leaves_the_screen(x: int, y: int, width: int, height: int, mirrored: bool) -> None:
    size = QSize(340, height)
    screen = QRect(20, 30, 1900, 1080)
    corner = placed(QRect(x, y, width, 40), size, screen, mirrored=mirrored)
    assert screen.contains(QRect(corner, size))


def test_opening_the_details_does_not_push_the_card_off_the_screen(desk: Desk) -> None:
    screen = desk.window.screen().availableGeometry()
    desk.popup.open_at(ANNA, QRect(100, screen.bottom() - 45, 300, 40))
    desk.view.show_detail()
    QApplication.processEvents()
    assert screen.contains(desk.popup.geometry())


def test_the_mail_link_is_one_that_any_program_reads() -> None:
    link = mail_to("anna@x.example", "Ä & B?", "one\r\ntwo")
    encoded = bytes(link.toEncoded().data()).decode()
    assert encoded.startswith("mailto:anna@x.example?subject=")
    assert unquote(encoded.partition("body=")[2]) == "one\r\ntwo"


def _press(key: Qt.Key) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClick(focus, key)


def _texts(box: QWidget) -> list[str]:
    return [label.text() for label in box.findChildren(QLabel) if label.text() and label.isVisibleTo(box)]


def test_a_row_of_the_list_leads_to_the_card_of_its_address(desk: Desk) -> None:
    row = contact()
    desk.popup.open_at(row.address, ROW)
    assert desk.view.name.text() == row.name
