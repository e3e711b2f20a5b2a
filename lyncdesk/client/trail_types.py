"""One stretch of what was shown; see :mod:`lyncdesk.client.trail`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lyncdesk.presence.aggregate import Decision
from lyncdesk.presence.inputs import Inputs, Manual


@dataclass(frozen=True, slots=True)
class Passed:
    """What was shown from ``since`` on, until the next one.

    ``inputs`` are those of its decision, with the items alone that ran then; ``as_of`` is when the calendar
    had been read last, ``old`` whether that was marked as old, ``incomplete`` whether items of it
    were marked as missing, ``ended`` as in :class:`lyncdesk.client.state.State`.
    """

    since: datetime
    decision: Decision
    inputs: Inputs
    as_of: datetime | None = None
    old: bool = False
    incomplete: bool = False
    ended: Manual | None = None
