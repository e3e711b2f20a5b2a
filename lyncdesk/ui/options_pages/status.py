"""Options > Status: Inactive and Away, meetings while away, all-day items, notices."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtWidgets import QComboBox, QSpinBox, QWidget

from lyncdesk.client.options import Options
from lyncdesk.client.words import Words
from lyncdesk.ui.controls import Form, Lock
from lyncdesk.ui.options_pages.page import Bound, Page

MINUTES = (5, 360)  # as in Lync
_A_MINUTE = timedelta(minutes=1)


class StatusPage(Page):
    """When the person is Inactive or Away, and what counts meanwhile. ``notices``: whether any are shown."""

    def __init__(self, words: Words, parent: QWidget | None = None, *, notices: bool = True) -> None:
        super().__init__(words, parent)
        self.heading(words("When I do not use this computer"))
        self._form = Form(sentences=True)
        self.column.addLayout(self._form)
        self.inactive = self._minutes(
            "inactive_after",
            words("Show me as Inactive when my computer has been idle for this many minutes:"),
        )
        self.away = self._minutes(
            "away_after", words("Show me as Away when my status has been Inactive for this many minutes:")
        )
        self.meeting = QComboBox()
        self.meeting.addItem(words("Away"), False)
        self.meeting.addItem(words("In a meeting"), True)
        self.meeting.currentIndexChanged.connect(self.touched)
        lock = Lock(self.meeting, words)
        self._form.add(words("While I am away in a meeting, show:"), self.meeting, lock.note)
        self.bind(Bound("meeting_while_away", self.meeting.currentData, self._show_meeting, lock))
        self.heading(words("Calendar"))
        self.ignore_all_day = self.switch(
            "ignore_all_day", words("Ignore all-day items: they do not change my presence")
        )
        if notices:
            self.heading(words("Notices"))
            self.notices = self.switch(
                "notices", words("Tell me with a notice when my calendar cannot be read")
            )
        self.column.addStretch(1)

    def _minutes(self, name: str, text: str) -> QSpinBox:
        box = QSpinBox()
        box.setRange(*MINUTES)
        box.valueChanged.connect(self.touched)
        lock = Lock(box, self._words)
        label = self._form.add(text, box, lock.note)
        label.setWordWrap(True)
        self.bind(
            Bound(
                name,
                lambda: timedelta(minutes=box.value()),
                lambda options: box.setValue(getattr(options, name) // _A_MINUTE),
                lock,
            )
        )
        return box

    def _show_meeting(self, options: Options) -> None:
        self.meeting.setCurrentIndex(self.meeting.findData(options.meeting_while_away))
