"""The person's own free/busy information: where the calendar itself may not be opened, and beside it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lyncdesk.exchange import reading
from lyncdesk.exchange.gate import REFUSALS
from lyncdesk.exchange.link import Link
from lyncdesk.exchange.services import availability
from lyncdesk.exchange.translate import translate
from lyncdesk.presence.freebusy import knows

# The views in which an array of events that is not there is an empty one.
_WITH_EVENTS = ("FreeBusy", "FreeBusyMerged", "Detailed", "DetailedMerged")


def own_view(link: Link, start: datetime, end: datetime, denied: Exception | None = None) -> Any:
    """The person's own FreeBusyView; if none comes, what was denied before is the problem to tell.

    Raises:
        Exception: for ``translate``.
    """
    try:
        views = availability(link, [link.address], start, end)
        if len(views) != 1 or views[0] is None:
            raise reading.DamagedAnswerError("no free/busy information came")
        if isinstance(views[0], Exception):
            raise views[0]
        if denied is not None and not _tells(views[0]):
            raise reading.DamagedAnswerError("no free/busy information came")
    except Exception as error:
        if denied is None or translate(error).problem in REFUSALS:
            raise
        raise denied from None
    return views[0]


def _tells(view: Any) -> bool:
    """Whether a FreeBusyView says anything of the time: nothing at all is not the same as nothing taken."""
    events = view.find(f"{reading.TYPES}CalendarEventArray")
    digits = (view.findtext(f"{reading.TYPES}MergedFreeBusy") or "").strip()
    kind = (view.findtext(f"{reading.TYPES}FreeBusyViewType") or "").strip()
    if events is not None and len(events):
        return True
    return knows(digits) if digits else events is not None or kind in _WITH_EVENTS
