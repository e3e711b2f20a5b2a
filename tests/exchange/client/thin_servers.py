"""Servers of Exchange Web Services that deliver everything, or leave something out, for tests."""

from tests.exchange.client import raw_server as raw
from tests.exchange.client.raw_server import Behaviour, Visit

HOURS = b"""<t:WorkingHours><t:TimeZone><t:Bias>-60</t:Bias><t:StandardTime><t:Bias>0</t:Bias>
<t:Time>03:00:00</t:Time><t:DayOrder>5</t:DayOrder><t:Month>10</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek>
</t:StandardTime><t:DaylightTime><t:Bias>-60</t:Bias><t:Time>02:00:00</t:Time><t:DayOrder>5</t:DayOrder>
<t:Month>3</t:Month><t:DayOfWeek>Sunday</t:DayOfWeek></t:DaylightTime></t:TimeZone><t:WorkingPeriodArray>
<t:WorkingPeriod><t:DayOfWeek>Monday Tuesday</t:DayOfWeek><t:StartTimeInMinutes>480</t:StartTimeInMinutes>
<t:EndTimeInMinutes>1020</t:EndTimeInMinutes></t:WorkingPeriod></t:WorkingPeriodArray></t:WorkingHours>"""
MERGED = b"<t:MergedFreeBusy>0022</t:MergedFreeBusy>"
EVENTS = b"""<t:CalendarEventArray><t:CalendarEvent><t:StartTime>2026-03-02T09:00:00</t:StartTime>
<t:EndTime>2026-03-02T10:00:00</t:EndTime><t:BusyType>Busy</t:BusyType></t:CalendarEvent></t:CalendarEventArray>"""
ZONES = raw.ENVELOPE % (
    b"<m:GetServerTimeZonesResponse><m:ResponseMessages><m:GetServerTimeZonesResponseMessage "
    b"ResponseClass='Success'><m:ResponseCode>NoError</m:ResponseCode><m:TimeZoneDefinitions>"
    b"<t:TimeZoneDefinition Id='UTC' Name='UTC'/>"
    b"<t:TimeZoneDefinition Id='W. Europe Standard Time' Name='Berlin'/>"
    b"</m:TimeZoneDefinitions></m:GetServerTimeZonesResponseMessage></m:ResponseMessages>"
    b"</m:GetServerTimeZonesResponse>"
)
BARE = raw.ITEM.replace(b"<t:IsMeeting>true</t:IsMeeting>", b"").replace(
    b"<t:Subject>Budget</t:Subject>", b""
)
SERIES = raw.ITEM.replace(
    b"</t:CalendarItem>", b"<t:CalendarItemType>RecurringMaster</t:CalendarItemType></t:CalendarItem>"
)
NO_VERSION = b"<s:Header/>"


def view(*parts: bytes, kind: bytes = b"DetailedMerged") -> bytes:
    """An answer about free/busy of one mailbox."""
    return raw.ENVELOPE % (
        b"<m:GetUserAvailabilityResponse><m:FreeBusyResponseArray><m:FreeBusyResponse><m:ResponseMessage "
        b"ResponseClass='Success'><m:ResponseCode>NoError</m:ResponseCode></m:ResponseMessage><m:FreeBusyView>"
        b"<t:FreeBusyViewType>%s</t:FreeBusyViewType>%s</m:FreeBusyView></m:FreeBusyResponse>"
        b"</m:FreeBusyResponseArray></m:GetUserAvailabilityResponse>" % (kind, b"".join(parts))
    )


def serves(
    *items: bytes,
    calendar: bytes = b"",
    free_busy: bytes = view(MERGED, EVENTS, HOURS),
    oof: bytes = raw.ENVELOPE % raw.OOF_OFF,
    zones: bytes = ZONES,
    version: bool = True,
) -> Behaviour:
    """A server with these items (or this answer to FindItem), and these answers to the rest."""
    answers = {
        "FindItem": calendar or raw.found(*(items or (raw.ITEM,))),
        "GetUserAvailabilityRequest": free_busy,
        "GetUserOofSettingsRequest": oof,
        "GetServerTimeZones": zones,
        "GetItem": raw.failed(b"GetItem", b"ErrorItemNotFound"),
    }

    def serve(visit: Visit) -> None:
        body = next((body for name, body in answers.items() if visit.is_about(name)), b"")
        if body and not version:
            head, _, rest = body.partition(b"<s:Header>")
            body = head + NO_VERSION + rest.partition(b"</s:Header>")[2]
        if body:
            visit.answers(body)
        else:
            visit.answers(b"", "405 Method Not Allowed")

    return serve
