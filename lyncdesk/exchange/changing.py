"""Writing a changed show-as back to Exchange, in the worker.

Nobody's change is written over: the server is asked to refuse (``NeverOverwrite``) unless the item still has
the change key of the last check. A series is written through its master, whose key nobody saw before, so the
occurrence that the person picked is looked at in the same request: if it has changed, nothing is written.
No meeting request goes out to anybody (``SendToNone``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from exchangelib.fields import FieldPath
from exchangelib.items import ID_ONLY, NEVER_OVERWRITE, SAVE_ONLY, SEND_TO_NONE, CalendarItem
from exchangelib.properties import ItemId, RecurringMasterItemId
from exchangelib.services import GetItem, UpdateItem

from lyncdesk.exchange import reading
from lyncdesk.exchange.link import Careful, Link, refused
from lyncdesk.exchange.translate import translate
from lyncdesk.presence.items import ShowAs, show_as_from

Part = dict[str, object]

_FIELD: Final = "legacy_free_busy_status"


class ItemChangedError(Exception):
    """The item is not in the state that the person saw."""


class WriteDeniedError(Exception):
    """The server lets the person read the item, but not change it."""


class _Get(Careful, GetItem):  # type: ignore[misc]
    ERRORS_TO_CATCH_IN_RESPONSE = ()

    def _elem_to_obj(self, elem: Any) -> dict[str, str | None]:
        return reading.told_by(elem)


class _Update(Careful, UpdateItem):  # type: ignore[misc]
    ERRORS_TO_CATCH_IN_RESPONSE = ()

    def _elem_to_obj(self, elem: Any) -> dict[str, str | None]:
        return reading.told_by(elem)


def change_show_as(link: Link, arguments: dict[str, Any]) -> Iterator[Part]:
    """Write ``show_as`` to the item ``id`` in the state ``change_key``; to its whole series if ``series``."""
    id_, change_key = str(arguments["id"]), str(arguments["change_key"])
    show_as, former = ShowAs(arguments["show_as"]), None
    try:
        if arguments["series"]:
            id_, change_key, former = _master_of(link, id_, change_key)
        written = _update(link, id_, change_key, show_as)
    except Exception as error:
        if refused(error) and translate(error).problem == "access-denied":
            raise WriteDeniedError from error
        raise
    yield {"written": [*written, former.value if former else None]}


def _update(link: Link, id_: str, change_key: str, show_as: ShowAs) -> tuple[str, str]:
    """Write it; the item's key from then on."""
    item = CalendarItem(id=id_, changekey=change_key, **{_FIELD: show_as.value})
    answer = link.ask(
        _Update,
        items=[(item, [_FIELD])],
        conflict_resolution=NEVER_OVERWRITE,
        message_disposition=SAVE_ONLY,
        send_meeting_invitations_or_cancellations=SEND_TO_NONE,
        suppress_read_receipts=True,
    )
    return _key_of(*_told(answer, 1))


def _master_of(link: Link, id_: str, change_key: str) -> tuple[str, str, ShowAs]:
    """Id, change key and show-as of the master, once the occurrence is known to be as it was."""
    answer = link.ask(
        _Get,
        items=[ItemId(id_), RecurringMasterItemId(id_)],
        additional_fields=[FieldPath(field=CalendarItem.get_field_by_fieldname(_FIELD))],
        shape=ID_ONLY,
    )
    occurrence, master = _told(answer, 2)
    if _key_of(occurrence)[1] != change_key:
        raise ItemChangedError
    return *_key_of(master), show_as_from(master.get("LegacyFreeBusyStatus"))


def _told(answer: list[Any], wanted: int) -> list[dict[str, str | None]]:
    if len(answer) != wanted:
        raise reading.DamagedAnswerError("an item is missing")
    return answer


def _key_of(told: dict[str, str | None]) -> tuple[str, str]:
    id_, change_key = told.get("Id"), told.get("ChangeKey")
    if not id_ or not change_key:
        raise reading.DamagedAnswerError("an item has no id")
    return id_, change_key
