"""Options > Advanced > Version: which one runs, and whether there is a newer one, for who asks."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QWidget

from lyncdesk.client.options import Options
from lyncdesk.client.ports import ProblemError
from lyncdesk.client.releases import Newest
from lyncdesk.client.secure_places import host_of
from lyncdesk.client.views import trouble
from lyncdesk.client.views.versions import newest_lines, own_version
from lyncdesk.client.words import Words
from lyncdesk.ui.bridge import Bridge, Call
from lyncdesk.ui.controls import button
from lyncdesk.ui.options_pages.page import Page
from lyncdesk.ui.widgets import QuietLabel, label


class VersionSection(QObject):
    """The version on a page, and the button that asks; there is none where nobody named a place to ask."""

    def __init__(self, page: Page, bridge: Bridge, words: Words) -> None:
        super().__init__(page)
        self._bridge = bridge
        self._words = words
        self._place = ""
        self._asking: Call | None = None
        # Where Qt sent the focus when the button that had it could not be pressed any more.
        self._sent_to: QWidget | None = None
        page.heading(words("Version"))
        self.running = label(selectable=True)
        page.column.addWidget(self.running)
        self.check = button(words("Check for a newer version"), self._ask)
        row = QHBoxLayout()
        row.addWidget(self.check)
        row.addStretch(1)
        page.column.addLayout(row)
        self.about = QuietLabel()
        page.column.addWidget(self.about)
        self.told = label(selectable=True)
        self.told.installEventFilter(self)
        page.column.addWidget(self.told)
        self._say("")

    def show_options(self, options: Options) -> None:
        """Offer to ask, where the administrator says whom."""
        can_ask = self._bridge.is_ready and self._bridge.session.releases.can_ask
        self._place = options.newer_version_url if can_ask else ""
        self.check.setVisible(bool(self._place))
        self.about.setVisible(bool(self._place))
        self.about.setText(
            self._words(
                "Asks {host} once, and only when you press it. Nothing is downloaded or installed.",
                host=host_of(self._place),
            )
        )

    def tell(self) -> None:
        """Tell which version runs, when the page comes up."""
        if self._bridge.is_ready:
            releases = self._bridge.session.releases
            self.running.setText(own_version(releases.running, releases.installed(), self._words))
        self._say("")

    def leave(self) -> None:
        """The window goes: nothing goes on behind it."""
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None
        self.check.setEnabled(True)

    def _ask(self) -> None:
        had_focus = self.check.window().focusWidget() is self.check
        self.check.setEnabled(False)
        self._sent_to = self.check.window().focusWidget() if had_focus else None
        self._say(self._words("Asking {host} ...", host=host_of(self._place)))
        self._asking = self._bridge.call(
            self._bridge.session.releases.newest, done=self._answered, failed=self._failed
        )

    def _answered(self, newest: Newest) -> None:
        releases = self._bridge.session.releases
        self._end("\n".join(newest_lines(newest, releases.running, releases.installed(), self._words)))

    def _failed(self, error: Exception) -> None:
        if isinstance(error, ProblemError):
            shown = trouble(error.problem, self._words)
            self._end(f"{shown.title} {shown.cause} {shown.remedy}")
        else:
            self._end(str(error) or type(error).__name__)

    def _end(self, text: str) -> None:
        self._asking = None
        self.check.setEnabled(True)
        if self._sent_to is not None and self._sent_to is self.check.window().focusWidget():
            self.check.setFocus()
        self._sent_to = None
        self._say(text)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.told, text))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What is told stands at the end of a page that scrolls, and has its height when it was laid out."""
        if watched is self.told and event.type() is QEvent.Type.Resize:
            QTimer.singleShot(0, self, self._into_view)
        return super().eventFilter(watched, event)

    def _into_view(self) -> None:
        area = self.told.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if area is not None:
            area.ensureWidgetVisible(self.told, 0, 12)

    def _say(self, text: str) -> None:
        self.told.setText(text)
        self.told.setVisible(bool(text))
