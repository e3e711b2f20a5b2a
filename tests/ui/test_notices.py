"""One notice when the calendar cannot be read, none while nothing changes, none for who wants none."""

from __future__ import annotations

from lyncdesk.client.view_types import TrayView
from lyncdesk.ui.notices import Notices
from tests.ui.builders import indicator, tray_view


def view(line: str, **marks: bool) -> TrayView:
    return tray_view(indicator=indicator("Busy", **marks), status_line=line)


class Told:
    """Remembers what was told."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.notices = Notices(self.texts.append)

    def show(self, line: str, *, wanted: bool = True, **marks: bool) -> None:
        self.notices.show_view(view(line, **marks), wanted=wanted)


def test_what_can_be_read_is_no_news() -> None:
    told = Told()
    told.show("Busy")
    assert told.texts == []


def test_old_data_is_told_once_however_its_words_change() -> None:
    told = Told()
    told.show("65 minutes old", stale=True)
    told.show("66 minutes old", stale=True)
    assert told.texts == ["65 minutes old"]


def test_it_is_told_again_after_it_could_be_read_meanwhile() -> None:
    told = Told()
    told.show("old", stale=True)
    told.show("fine")
    told.show("old again", stale=True)
    assert told.texts == ["old", "old again"]


def test_a_password_that_is_needed_is_another_notice() -> None:
    told = Told()
    told.show("old", stale=True)
    told.show("Enter password", needs_password=True)
    told.show("Enter password", needs_password=True)
    assert told.texts == ["old", "Enter password"]


def test_who_wants_no_notices_gets_none() -> None:
    told = Told()
    told.show("old", stale=True, wanted=False)
    assert told.texts == []


def test_that_items_may_be_missing_is_told_once_and_hides_no_news_of_old_data() -> None:
    told = Told()
    for _ in range(2):
        told.show("missing", stale=True, incomplete=True)
    told.show("old", stale=True)
    # It is read again, though not all of it: that is no worse.
    told.show("missing", stale=True, incomplete=True)
    told.show("old again", stale=True)
    assert told.texts == ["missing", "old", "old again"]
