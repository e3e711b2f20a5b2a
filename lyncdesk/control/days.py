"""The day of a running client over the socket: longer than a line may be, so it comes in pieces."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from lyncdesk.client.day_log import Recorded
from lyncdesk.control.protocol import ControlError

# Letters of one piece: written as JSON within JSON each may take six bytes, and a line has 64 KiB.
_PIECE = 8 * 1024


def recording(people: Sequence[Recorded], now: datetime, asked: Mapping[str, object]) -> Iterator[str]:
    """The draft of the day in pieces; ``asked`` says whether subjects and names are to be in it.

    Raises:
        ControlError: there is nothing to be recorded.
    """
    from lyncdesk.client.recording_day import draft

    if not people:
        raise ControlError("this client keeps no day that could be recorded")
    told = draft(people, now, subjects=asked.get("subjects") is True, names=asked.get("names") is True)
    text = json.dumps(told)
    yield from (text[at : at + _PIECE] for at in range(0, len(text), _PIECE))


def put_together(answers: Iterable[Mapping[str, object]]) -> dict[str, object]:
    """The draft that came in pieces.

    Raises:
        ControlError: it is not whole.
    """
    try:
        told = json.loads("".join(str(answer.get("piece", "")) for answer in answers))
    except ValueError as error:
        raise ControlError("the running client ended before its day was told") from error
    if not isinstance(told, dict):
        raise ControlError("the running client told something else than its day")
    return told
