"""The content of a contact card: what one contact lets one see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from lyncdesk.client.events import Event, Give, GivingUndone
from lyncdesk.client.view_types import Card
from lyncdesk.client.words import Words
from lyncdesk.presence.relationships import Relationship
from lyncdesk.ui.card_calendar import CalendarLine, DetailBox
from lyncdesk.ui.relationship_row import RelationshipRow
from lyncdesk.ui.strip import DayStripWidget
from lyncdesk.ui.widgets import Mark, Portrait, QuietLabel, bold, label

CARD_WIDTH = 340
_FIRST_PHONE = 5  # the row of the grid under the local time

OpenMail = Callable[[QUrl], bool]


def mail_to(address: str, subject: str, body: str) -> QUrl:
    """The link that opens a prepared mail (RFC 6068: blanks and line ends percent-encoded)."""
    lines = body.replace("\r\n", "\n").replace("\n", "\r\n")
    link = f"mailto:{quote(address, safe='@')}?subject={quote(subject, safe='')}&body={quote(lines, safe='')}"
    return QUrl.fromEncoded(link.encode())


class CardView(QWidget):
    """The content of a card. Posts what the person gives the contact; asks by mail.

    ``preview`` shows one's own card as somebody else sees it: there is nobody to give anything to or to ask.
    ``resized`` tells that it wants another height.
    """

    resized = Signal()

    def __init__(
        self,
        words: Words,
        post: Callable[[Event], None],
        *,
        open_mail: OpenMail = QDesktopServices.openUrl,
        preview: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._words = words
        self._preview = preview
        self._post = post
        self._open_mail = open_mail
        self._card: Card | None = None
        self.portrait = Portrait(56)
        self.mark = Mark(16)
        self.name = bold(larger=2)
        self.job = QuietLabel()
        self.presence = label()
        self.out_of_office = label()
        self.note = label()
        self.calendar = CalendarLine()
        self.age = QuietLabel()
        self.detail = DetailBox()
        self.strip = DayStripWidget(words)
        self.gives = RelationshipRow(words)
        self._phones: list[tuple[QLabel, QLabel]] = []
        self._calendar_name = QuietLabel(words("Calendar"), wrap=False)
        self._calendar_name.setContentsMargins(0, self.calendar.margin(), 0, 0)
        self._local = label()
        self._column = QVBoxLayout(self)
        self._lay_out()
        self.calendar.wanted.connect(self.show_detail)
        self.detail.asked.connect(self._ask)
        self.gives.given.connect(self._give)
        self.gives.undone.connect(self._undo)
        self.gives.resized.connect(self.resized)

    def _lay_out(self) -> None:
        column = self._column
        column.setContentsMargins(14, 14, 14, 12)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self.portrait, 0, Qt.AlignmentFlag.AlignTop)
        beside = QVBoxLayout()
        beside.setSpacing(2)
        state = QHBoxLayout()
        state.setSpacing(6)
        state.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        state.addWidget(self.presence, 1)
        beside.addWidget(self.name)
        beside.addWidget(self.job)
        beside.addLayout(state)
        beside.addWidget(self.out_of_office)
        beside.addWidget(self.note)
        beside.addStretch(1)
        head.addLayout(beside, 1)
        column.addLayout(head)
        day = QGridLayout()
        day.setHorizontalSpacing(10)
        day.setVerticalSpacing(4)
        day.setColumnStretch(1, 1)
        day.addWidget(self._calendar_name, 0, 0, Qt.AlignmentFlag.AlignTop)
        day.addWidget(self.calendar, 0, 1)
        day.addWidget(self.age, 1, 1)
        day.addWidget(self.detail, 2, 0, 1, 2)
        day.addWidget(self.strip, 3, 0, 1, 2)
        day.addWidget(self._local, 4, 0, 1, 2)
        column.addLayout(day)
        self._rows = day
        column.addWidget(self.gives)

    def show_card(self, card: Card) -> None:
        """Show this; the details stay open while it is the same person."""
        same = self._card is not None and self._card.address == card.address
        was_open = same and self.detail.isVisibleTo(self)
        if not same:
            self.gives.fold()  # a question names the person that it was asked about
        self._card = card
        self.portrait.show_person(card.name, card.initials, card.picture, card.indicator)
        self.mark.show_indicator(card.indicator)
        _put(self.name, card.name)
        _put(self.job, card.job)
        _put(self.presence, card.presence)
        _put(self.out_of_office, card.out_of_office)
        _put(self.note, card.note)
        calendar = card.calendar or card.no_calendar
        _put(self.calendar, calendar)
        self._calendar_name.setVisible(bool(calendar))
        self.calendar.setAccessibleName(f"{self._words('Calendar')}: {calendar}")
        self.calendar.setAccessibleDescription("\n".join(card.detail.lines))
        _put(self.age, card.age)
        self.detail.show_detail(replace(card.detail, ask="") if self._preview else card.detail)
        self.detail.setVisible(was_open and self._has_detail())
        self.strip.setVisible(card.strip is not None)
        if card.strip is not None:
            self.strip.show_strip(card.strip)
        _put(self._local, card.local_time)
        self._show_phones(card)
        self.gives.show_given(card.sees_you_as, card.gives)
        self.gives.setVisible(bool(card.sees_you_as) and not self._preview)
        self.setAccessibleName(f"{card.name}, {card.presence}")
        self.setAccessibleDescription(card.calendar)
        self.resized.emit()

    def _show_phones(self, card: Card) -> None:
        for pair in self._phones:
            for widget in pair:
                self._rows.removeWidget(widget)
                widget.hide()
                widget.deleteLater()
        self._phones = []
        for row, (kind, number) in enumerate(card.phones, start=_FIRST_PHONE):
            pair = QuietLabel(kind, wrap=False), label(number, selectable=True)
            pair[1].setAccessibleName(f"{kind}: {number}")
            self._phones.append(pair)
            self._rows.addWidget(pair[0], row, 0)
            self._rows.addWidget(pair[1], row, 1)
            for widget in pair:
                widget.show()

    def _give(self, relationship: Relationship) -> None:
        if self._card is not None:
            self._post(Give(self._card.address, relationship))

    def _undo(self) -> None:
        self._post(GivingUndone())

    def _has_detail(self) -> bool:
        return self._card is not None and bool(self._card.detail.lines)

    def show_detail(self) -> None:
        """Open the details under the Calendar line; they stay open as long as the card shows this person."""
        if self._has_detail() and not self.detail.isVisibleTo(self):
            self.detail.show()
            self.resized.emit()

    def fold(self) -> None:
        """Close the details and the choices: the card is opened anew."""
        self.detail.hide()
        self.detail.said.hide()
        self.gives.fold()

    def full_height(self, width: int) -> int:
        """The height with the details open, for a place where it will not have to move."""
        was_open = self.detail.isVisibleTo(self)
        self.detail.setVisible(self._has_detail())
        height = self.height_now(width)
        self.detail.setVisible(was_open)
        return height

    def height_now(self, width: int) -> int:
        """The height that it needs at this width."""
        self._column.invalidate()
        self._column.activate()
        # Not the layout's minimum: that is for the narrowest width, and higher.
        return self._column.totalHeightForWidth(width)

    def _ask(self) -> None:
        if self._card is None:
            return
        detail = self._card.detail
        if not self._open_mail(mail_to(self._card.address, detail.mail_subject, detail.mail_body)):
            QGuiApplication.clipboard().setText(f"{detail.mail_subject}\n\n{detail.mail_body}")
            self.detail.said.setText(
                self._words("No mail program opened. The text of the mail is on the clipboard.")
            )
            self.detail.said.show()
            self.resized.emit()


def _put(where: QLabel, text: str) -> None:
    where.setText(text)
    where.setVisible(bool(text))
