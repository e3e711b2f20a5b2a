"""Options > Personal: whether the calendar has a say, and who sees what of it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QWidget

from lyncdesk.client.options import Options
from lyncdesk.client.words import N_, Words
from lyncdesk.presence.relationships import DetailsTo
from lyncdesk.ui.controls import Lock
from lyncdesk.ui.options_pages.page import Bound, Page
from lyncdesk.ui.widgets import QuietLabel

_DETAILS = {
    DetailsTo.WORKGROUP_AND_FRIENDS: N_(
        "Show my meeting subject and location to contacts in my Workgroup or Friends and Family"
    ),
    DetailsTo.WORKGROUP: N_("Show my meeting subject and location to contacts in my Workgroup"),
}


class PersonalPage(Page):
    """The page that the first question of every newcomer is about.

    ``computer``: whether the person's own computer starts the program.
    """

    def __init__(self, words: Words, parent: QWidget | None = None, *, computer: bool = True) -> None:
        super().__init__(words, parent)
        self.manager = QComboBox()
        self.heading(words("Personal information manager")).setBuddy(self.manager)
        self.manager.setAccessibleName(words("Personal information manager"))
        self.manager.addItem(words("Microsoft Exchange"), True)
        self.manager.addItem(words("None"), False)
        self.manager.currentIndexChanged.connect(self.touched)
        lock = Lock(self.manager, words)
        self.at_left(self.manager)
        self.column.addWidget(lock.note)
        self.bind(Bound("use_exchange", self.manager.currentData, self._show_manager, lock))
        self.update_presence = self.switch(
            "update_presence", words("Update my presence based on my calendar information")
        )
        self.share_details = self.switch("share_details", words(_DETAILS[DetailsTo.WORKGROUP_AND_FRIENDS]))
        self.update_presence.setObjectName("options.update_presence")
        self.share_details.setObjectName("options.share_details")
        self.share_out_of_office = self.switch(
            "share_out_of_office",
            words("Show my out-of-office information to my Colleagues, Workgroup, and Friends and Family"),
        )
        self.share_free_busy = self.switch("share_free_busy", words("Share my free/busy times"))
        self.hint = QuietLabel()
        self.column.addWidget(self.hint)
        if computer:
            self.heading(words("LyncDesk"))
            self.start_with_computer = self.switch(
                "start_with_computer", words("Start LyncDesk when I log on to this computer")
            )
            self.start_minimised = self.switch("start_minimised", words("Start minimised"))
        self.column.addStretch(1)

    def _show_manager(self, options: Options) -> None:
        self.manager.setCurrentIndex(self.manager.findData(options.use_exchange))

    def show_more(self, options: Options) -> None:
        """The words by policy."""
        self.share_details.setText(self._words(_DETAILS[options.details_to]))

    def adapt(self) -> None:
        """Without a personal information manager there is nothing to share."""
        used = bool(self.manager.currentData())
        for bound in self._bound:
            if bound.name in {"update_presence", "share_details", "share_out_of_office", "share_free_busy"}:
                bound.lock.set(bound.lock.locked, usable=used)
        self.hint.setText(
            self._words("Your calendar is not read, and others see only the status that you set by hand.")
        )
        self.hint.setVisible(not used or not self.update_presence.isChecked())
        self.hint.setAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)
