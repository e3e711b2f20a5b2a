"""What travels over the local socket: one JSON line to the client, JSON lines back.

A request is ``{"command": NAME, ...}``; an answer ``{"ok": true, ...}`` or ``{"ok": false, "error": ONE
LINE}``.
``status --follow`` is answered by a line for each change until either side hangs up.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

LONGEST_LINE = 64 * 1024


class ControlError(Exception):
    """The other side said something that this version cannot use; the text is one line for the person."""


def line(message: Mapping[str, object]) -> bytes:
    """A message as one line."""
    return json.dumps(message, ensure_ascii=False).encode() + b"\n"


def message(data: bytes) -> dict[str, object]:
    """The message of one line.

    Raises:
        ControlError: for anything but one JSON object of a bounded length.
    """
    if len(data) > LONGEST_LINE:
        raise ControlError("the request is longer than 64 KiB")
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ControlError("the request is not JSON") from error
    if not isinstance(found, dict):
        raise ControlError("the request is not a JSON object")
    return found
