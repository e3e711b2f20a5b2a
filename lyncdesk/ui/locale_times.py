"""Times of day as the person's system writes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QLocale, QTime

from lyncdesk.client.words import Words


def time_writer(locale: QLocale) -> Callable[[datetime], str]:
    """Writes times of day in the short form of ``locale``: ``10:32``, ``10:32 AM``."""

    def write(moment: datetime) -> str:
        return locale.toString(QTime(moment.hour, moment.minute), QLocale.FormatType.ShortFormat)

    return write


def in_the_persons_locale(words: Words, locale: QLocale) -> Words:
    """The same words with times as the locale writes them; the C locale, nobody’s own, changes nothing."""
    if locale.language() == QLocale.Language.C:
        return words
    return replace(words, time=time_writer(locale))
