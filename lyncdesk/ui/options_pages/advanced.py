"""Options > Advanced: the interval that is in force, the language, the history, the log, the version."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from lyncdesk.client.durations import format_duration
from lyncdesk.client.options import Options, Origin
from lyncdesk.client.words import N_, Words
from lyncdesk.ui.bridge import Bridge
from lyncdesk.ui.controls import Form, Lock, button
from lyncdesk.ui.options_pages.history import HistorySection
from lyncdesk.ui.options_pages.page import Bound, Page
from lyncdesk.ui.options_pages.versions import VersionSection
from lyncdesk.ui.widgets import QuietLabel, label

_WHO = {
    Origin.POLICY: N_("Set by your administrator."),
    Origin.COMMAND_LINE: N_("Set on the command line, for this run."),
    Origin.PERSON: N_("Set by you."),
    Origin.RECOMMENDED: N_("Recommended by your administrator."),
    Origin.BUILT_IN: N_("Built in: your administrator has set nothing else."),
}
# A language's own name needs no translation.
LANGUAGES = (("en", "English"), ("de", "Deutsch"))


class AdvancedPage(Page):
    """What is seldom needed."""

    def __init__(self, bridge: Bridge, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        self.heading(words("Calendar checks"))
        self.interval = label()
        self.interval.setObjectName("options.interval")
        self.column.addWidget(self.interval)
        self.column.addWidget(
            QuietLabel(
                words(
                    "The interval cannot be changed here. An administrator sets a longer or a shorter one"
                    " with this line in the policy file:"
                )
            )
        )
        self.line = QLineEdit()
        self.line.setReadOnly(True)
        self.line.setAccessibleName(words("Policy line"))
        self.copy = button(words("Copy"), self._copy, name=words("Copy the policy line"))
        row = QHBoxLayout()
        row.addWidget(self.line, 1)
        row.addWidget(self.copy)
        self.column.addLayout(row)
        self.heading(words("Language"))
        self.language = QComboBox()
        self.language.addItem(words("As the system"), "")
        for code, name in LANGUAGES:
            self.language.addItem(name, code)
        self.language.currentIndexChanged.connect(self.touched)
        lock = Lock(self.language, words)
        form = Form()
        form.add(words("Language:"), self.language, lock.note)
        self.column.addLayout(form)
        self.restart = QuietLabel(words("Takes effect when LyncDesk starts the next time."))
        self.column.addWidget(self.restart)
        self.bind(Bound("language", self.language.currentData, self._show_language, lock))
        self.history = HistorySection(self, bridge, words)
        self.heading(words("Log"))
        self.log_details = self.switch("log_details", words("Write a detailed log"))
        self.column.addWidget(
            QuietLabel(words("Passwords, subjects and locations are never written into the log."))
        )
        self.versions = VersionSection(self, bridge, words)
        self.column.addStretch(1)

    def _show_language(self, options: Options) -> None:
        self.language.setCurrentIndex(max(0, self.language.findData(options.language)))

    def show_more(self, options: Options) -> None:
        """The interval and who set it."""
        who = self._words(_WHO[options.origins.get("interval", Origin.BUILT_IN)])
        text = self._words("Your calendar is checked every {interval}.", interval=options.interval)
        self.interval.setText(f"{text} {who}")
        self.line.setText(f'WebServicePollInterval = "{format_duration(options.interval)}"')
        self.line.setCursorPosition(0)
        self.versions.show_options(options)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.line.text())
