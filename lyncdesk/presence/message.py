"""Words as data: an English template with named values, put into a person's language at the edge.

Rules and problems speak in messages, never in finished strings, so that one explanation serves the screen in
German, a scenario in English and a test that looks at the template alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self, TypeAlias

Value: TypeAlias = "str | int | datetime | timedelta | Message"


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence: ``template`` is the English text and the key of the translation, ``values`` fill it."""

    template: str
    values: tuple[tuple[str, Value], ...] = ()

    @classmethod
    def of(cls, template: str, **values: Value) -> Self:
        """Make a message; values are kept in name order so that equal messages compare equal."""
        return cls(template, tuple(sorted(values.items())))
