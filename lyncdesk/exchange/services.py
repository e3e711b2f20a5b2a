"""What the worker asks of the calendar: exchangelib's services, with LyncDesk's reading of the answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time
from typing import Any, Final

import tzlocal
from exchangelib import UTC as EWS_UTC
from exchangelib import Mailbox
from exchangelib.errors import EWSError
from exchangelib.ewsdatetime import EWSDateTime
from exchangelib.fields import FieldPath
from exchangelib.items import ID_ONLY, SHALLOW, CalendarItem
from exchangelib.properties import (
    CalendarView,
    DaylightTime,
    DistinguishedFolderId,
    FreeBusyViewOptions,
    MailboxData,
    StandardTime,
    TimeWindow,
    TimeZone,
)
from exchangelib.properties import Email as AvailabilityAddress
from exchangelib.services import FindItem, GetUserAvailability, GetUserOofSettings
from exchangelib.winzone import CLDR_TO_MS_TIMEZONE_MAP

from lyncdesk.exchange import reading
from lyncdesk.exchange.link import CONNECT_SECONDS, Careful, Link, guarded, raising

MERGED_MINUTES: Final = 15

_FIELDS = (
    "subject",
    "location",
    "start",
    "end",
    "legacy_free_busy_status",
    "sensitivity",
    "is_all_day",
    "is_cancelled",
    "is_meeting",
    "my_response_type",
    "type",
    "uid",
)


class TruncatedError(Exception):
    """The server has more items than it sent."""


class _FindItem(Careful, FindItem):  # type: ignore[misc]
    """One page, and whether it was all."""

    complete = True

    def _get_page(self, message: Any) -> tuple[Any, None]:
        page = self._get_element_container(message=message, name=self.paging_container_name)
        if isinstance(page, Exception):
            return page, None
        self.complete = reading.flag(page.get("IncludesLastItemInRange")) is not False
        if page.find(self.element_container_name) is None:
            if int(page.get("TotalItemsInView") or 0):
                raise reading.DamagedAnswerError("the items are missing")
            return None, None
        return page, None

    def _elem_to_obj(self, elem: Any) -> dict[str, str | None]:
        return reading.told_by(elem)


class _GetOof(Careful, GetUserOofSettings):  # type: ignore[misc]
    def _elem_to_obj(self, elem: Any) -> Any:
        return reading.out_of_office(elem)


class _GetAvailability(Careful, GetUserAvailability):  # type: ignore[misc]
    """Each mailbox's own answer or its own error: one that errs does not lose the others."""

    ERRORS_TO_CATCH_IN_RESPONSE = (EWSError,)

    def _elem_to_obj(self, elem: Any) -> Any:
        return elem


def find_items(link: Link, start: datetime, end: datetime, limit: int) -> list[dict[str, str | None]]:
    """All items of the calendar that overlap the window, as told by the server.

    Raises:
        TruncatedError: if there are more than ``limit``, or than the server gives.
    """
    items, complete = _find(link, start, end, limit)
    if not complete:
        raise TruncatedError(str(len(items)))
    return items


def find_one(link: Link, start: datetime, end: datetime) -> None:
    """Ask for at most one item, only to see whether the calendar answers."""
    _find(link, start, end, 1)


def page(link: Link, offset: int, size: int) -> tuple[list[dict[str, str | None]], bool]:
    """So many items of the calendar by themselves, masters of series included; and whether it was all."""
    service = link.service(_FindItem, account=link.account, page_size=size)
    return _items(link, service, None, size, offset), service.complete


def _find(link: Link, start: datetime, end: datetime, limit: int) -> tuple[list[dict[str, str | None]], bool]:
    service = link.service(_FindItem, account=link.account)
    view = CalendarView(start=_ews(start), end=_ews(end), max_items=limit)
    return _items(link, service, view, limit), service.complete


def _items(link: Link, service: Any, view: Any, limit: int, offset: int = 0) -> list[dict[str, str | None]]:
    calendar = DistinguishedFolderId(id="calendar", mailbox=Mailbox(email_address=link.address))
    answer = service.call(
        folders=[calendar],
        additional_fields=[FieldPath(field=CalendarItem.get_field_by_fieldname(name)) for name in _FIELDS],
        restriction=None,
        order_fields=None,
        shape=ID_ONLY,
        query_string=None,
        depth=SHALLOW,
        calendar_view=view,
        max_items=limit,
        offset=offset,
    )
    return list(raising(answer))


def out_of_office(link: Link) -> Any:
    """The person's automatic replies, None if they are off."""
    service = link.service(_GetOof, account=link.account, timeout=(CONNECT_SECONDS, 10.0))
    [settings] = raising(service.call(mailbox=Mailbox(email_address=link.address)))
    return settings


def availability(link: Link, addresses: Iterable[str], start: datetime, end: datetime) -> list[Any]:
    """One FreeBusyView element, or one exception, for each address, in order."""
    never = {"time": time(0), "occurrence": 1, "weekday": "Sunday", "bias": 0}  # the changes of UTC
    service = link.service(_GetAvailability, protocol=link.account.protocol)
    answer = service.call(
        tzinfo=EWS_UTC,
        mailbox_data=[
            MailboxData(
                email=AvailabilityAddress(email_address=address),
                attendee_type="Required",
                exclude_conflicts=False,
            )
            for address in addresses
        ],
        timezone=TimeZone(
            bias=0,
            standard_time=StandardTime(iso_month=11, **never),
            daylight_time=DaylightTime(iso_month=3, **never),
        ),
        free_busy_view_options=FreeBusyViewOptions(
            time_window=TimeWindow(start=_ews(start), end=_ews(end)),
            merged_free_busy_interval=MERGED_MINUTES,
            requested_view="DetailedMerged",
        ),
    )
    return list(guarded(answer))


def zone_names() -> list[str]:
    """One zone for each kind of clock that Windows knows, the computer's own first."""
    try:
        own = [tzlocal.get_localzone_name()]
    except Exception:  # noqa: BLE001  whatever is wrong with this computer's zone, the list without it will do
        own = []
    return own + [name for name, (_, territory) in CLDR_TO_MS_TIMEZONE_MAP.items() if territory == "001"]


def _ews(moment: datetime) -> Any:
    return EWSDateTime(*moment.astimezone(UTC).timetuple()[:6], tzinfo=EWS_UTC)
