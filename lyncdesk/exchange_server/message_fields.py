"""The properties of messages about meetings: one row each, in the order in which the schema wants them."""

from collections.abc import Mapping
from types import MappingProxyType

from lyncdesk.exchange_server import fields
from lyncdesk.exchange_server import item_reading as read_item
from lyncdesk.exchange_server import item_writing as write
from lyncdesk.exchange_server import message_reading as read
from lyncdesk.exchange_server.fields import Field

MESSAGE_ROWS = (
    Field("message:Sender", read.person("Sender", read.sender), "none", default=True),
    Field("message:ToRecipients", read.told(read.recipients), "none", deep=True),
    Field("message:IsReadReceiptRequested", read.constant("false"), "boolean"),
    Field("message:IsDeliveryReceiptRequested", read.constant("false"), "boolean"),
    Field("message:ConversationTopic", read.told(read.topic)),
    Field("message:From", read.person("From", read.sender), "none", default=True),
    Field("message:InternetMessageId", read.told(read.message_id)),
    Field("message:IsRead", read.told(read.is_read), "boolean", write.flag("read"), default=True),
    Field("message:IsResponseRequested", read.told(read.asked), "boolean"),
    Field("message:ReceivedBy", read.person("ReceivedBy", read.receiver), "none"),
    Field("message:ReceivedRepresenting", read.person("ReceivedRepresenting", read.receiver), "none"),
)
MEETING_ROWS = (
    Field("meeting:AssociatedCalendarItemId", read.told(read.about), "none", default=True),
    Field("meeting:IsDelegated", read.constant("false"), "boolean"),
    Field("meeting:IsOutOfDate", read.told(read.outdated), "boolean"),
    Field("meeting:HasBeenProcessed", read.told(read.processed), "boolean"),
    Field("meeting:ResponseType", read.told(read.response), default=True),
)
REQUEST_ROWS = (
    Field("meetingRequest:MeetingRequestType", read.told(read.request_type), default=True),
    Field("meetingRequest:IntendedFreeBusyStatus", read_item.attribute("intended"), default=True),
)


def _calendar(*names: str) -> tuple[Field, ...]:
    return tuple(fields.FIELDS[f"calendar:{name}"] for name in names)


_ITEM = tuple(row for row in fields.ROWS if row.uri.startswith("item:"))
_MEETING = (
    *(*_ITEM, *MESSAGE_ROWS, *MEETING_ROWS),
    *_calendar("UID", "RecurrenceId", "DateTimeStamp"),
    Field("calendar:IsOrganizer", read.told(read.is_organizer), "boolean"),
)
_ELSEWHERE = {"UID", "RecurrenceId", "DateTimeStamp", "IsResponseRequested", "IsOrganizer", "FirstOccurrence",
              "LastOccurrence", "ModifiedOccurrences", "DeletedOccurrences"}  # fmt: skip
_REST = tuple(row for row in fields.ROWS if row.uri.startswith("calendar:") and row.element not in _ELSEWHERE)
_SHORT = _calendar("Start", "End", "Location", "Recurrence", "CalendarItemType")

ROWS: Mapping[str, tuple[Field, ...]] = MappingProxyType(
    {
        "CalendarItem": fields.ROWS,
        "MeetingRequest": (*_MEETING, *REQUEST_ROWS, *_REST),
        "MeetingResponse": (*_MEETING, *_SHORT),
        "MeetingCancellation": (*_MEETING, *_SHORT),
    }
)
"""The properties of an item by its element."""

FIELDS: Mapping[str, Field] = MappingProxyType(
    {row.uri: row for row in (*MESSAGE_ROWS, *MEETING_ROWS, *REQUEST_ROWS, *fields.ROWS)}
)
"""The properties of all items."""

WRITABLE = frozenset({"message:IsRead", "item:Categories", "item:Importance"})
"""What of a message its reader may change."""
