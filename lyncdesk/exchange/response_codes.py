"""From a response code that was read raw to the exception that exchangelib has for it."""

from __future__ import annotations

import re

from exchangelib import errors


def plain(code: str) -> str:
    """A response code as it may be told: whatever a server sends, letters alone."""
    return code if re.fullmatch(r"[A-Za-z ]{1,80}", code) else "unknown"


def error_of(code: str) -> Exception:
    """The exception for a response code, for the one table of translations."""
    kind = getattr(errors, code, None)
    made: Exception
    if isinstance(kind, type) and issubclass(kind, errors.ResponseMessageError):
        made = kind(code)
        return made
    made = errors.TransportError(f"Unknown ResponseCode in ResponseMessage: {plain(code)}")
    return made
