"""Options > Advanced > History: whether one is kept, what it is and where, and how to be rid of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject

from lyncdesk.client.history import LONGEST
from lyncdesk.client.problems import Problem
from lyncdesk.client.views import trouble
from lyncdesk.client.words import Words
from lyncdesk.ui.bridge import Bridge
from lyncdesk.ui.controls import button
from lyncdesk.ui.options_pages.page import Page
from lyncdesk.ui.question import ask
from lyncdesk.ui.widgets import QuietLabel


class HistorySection(QObject):
    """The controls on a page, and the questions before something is deleted."""

    def __init__(self, page: Page, bridge: Bridge, words: Words) -> None:
        super().__init__(page)
        self._page = page
        self._bridge = bridge
        self._words = words
        self._decided = False
        self._delete_after = False
        page.heading(words("History"))
        self.keep = page.switch("keep_history", words("Keep a history of what I showed on this computer"))
        self.about = QuietLabel()
        page.column.addWidget(self.about)
        self.delete = button(words("Delete history ..."), self._ask_to_delete)
        page.at_left(self.delete)
        self.message = QuietLabel()
        self.message.hide()
        page.column.addWidget(self.message)

    def tell(self) -> None:
        """Tell what is kept and where; as of now, which is when the page comes up."""
        words = self._words
        place = words(self._bridge.session.history_place()) if self._bridge.is_ready else ""
        self.about.setText(
            words(
                "What you were shown as, when and why, with the subjects of your items. My day can then go"
                " back in days, and its totals rest on what was really shown. Nobody else sees it; what is"
                " older than {n} days goes. It is kept here: {place}",
                n=LONGEST.days,
                place=place,
            )
        )
        self._decided = self._delete_after = False
        self._say("")

    def has_to_ask(self, values: Mapping[str, object], then: Callable[[], None]) -> bool:
        """Whether the history is about to be switched off and the person is being asked what becomes of it;
        ``then`` is called with the answer known.
        """
        if values.get("keep_history") is not False or self._decided:
            return False
        words = self._words

        def decide(delete: bool) -> None:
            self._decided, self._delete_after = True, delete
            then()

        ask(
            self._page.window(),
            words("History"),
            words("Delete the history that was kept so far?"),
            (words("Delete"), words("Keep")),
            lambda: decide(True),
            words("No history is kept from now on. What was kept can be deleted later too."),
            otherwise=lambda: decide(False),
        )
        return True

    def saved(self) -> None:
        """The options were saved: delete what was to be deleted then."""
        if self._delete_after:
            self._delete()
        self._decided = self._delete_after = False

    def _ask_to_delete(self) -> None:
        words = self._words
        ask(
            self._page.window(),
            words("Delete history"),
            words("Delete the whole history on this computer?"),
            (words("Delete"), words("Keep")),
            self._delete,
            words("It cannot be brought back. Your calendar and your options stay as they are."),
        )

    def _delete(self) -> None:
        self._bridge.call(
            self._bridge.session.delete_history,
            done=self._deleted,
            failed=lambda error: self._say(str(error)),
        )

    def _deleted(self, problem: Problem | None) -> None:
        if problem is None:
            self._say(self._words("The history was deleted."))
            return
        shown = trouble(problem, self._words)
        self._say(f"{shown.title} {shown.cause} {shown.remedy}")

    def _say(self, text: str) -> None:
        self.message.setText(text)
        self.message.setVisible(bool(text))
