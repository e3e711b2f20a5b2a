"""The exit statuses, and the one line that an error is."""

from __future__ import annotations

import sys

DONE, NOT_SO, WRONG_USE, NOT_THERE, REFUSED = range(5)


def warn(text: str) -> None:
    """Say on standard error what does not keep a command from going on."""
    print(f"lyncdesk: {text}", file=sys.stderr)


def fail(text: str, status: int) -> int:
    """Say what, why and what to do on standard error; gives the status back."""
    warn(text)
    return status
