"""An answer over HTTP, and the manner in which it is sent."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

Manner = Literal["whole", "hung-up", "cut-off", "half-open", "slow", "endless"]
"""whole: as it should be. hung-up: no answer, the connection is closed. cut-off: half of the body, then the
same. half-open: half of the body, then nothing more. slow: the body byte by byte. endless: a body that does
not end.
"""

More = Callable[[], bytes | None]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer over HTTP: SOAP faults travel with status 500. `skew` is by how much its Date is wrong;
    `more` gives what follows the body of one that is sent whole: a piece, nothing yet, or None at the end.
    """

    status: int
    body: bytes
    content_type: str = "text/xml; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    manner: Manner = "whole"
    skew: timedelta = timedelta()
    more: More | None = None
