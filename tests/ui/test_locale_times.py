"""Times are written as the person's system writes them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QLocale

from lyncdesk.client.words import Words
from lyncdesk.ui.locale_times import in_the_persons_locale

MOMENT = datetime(2026, 3, 2, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "written"), [("de_DE", "14:05"), ("en_GB", "14:05"), ("en_US", "2:05 PM"), ("C", "14:05")]
)
def test_a_time_of_day_is_written_as_the_locale_does(name: str, written: str) -> None:
    words = in_the_persons_locale(Words(), QLocale(name))
    # Newer locale data separate the half of the day by a narrow space.
    assert words("{at}", at=MOMENT).replace("\u202f", " ") == written
