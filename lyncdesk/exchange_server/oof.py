"""GetUserOofSettings and SetUserOofSettings: the automatic replies, of one's own mailbox."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from lyncdesk.exchange_server.answers import Call, message
from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.markup import (
    Element,
    choice_of,
    date_time,
    m,
    need,
    only,
    t,
    text_of,
    utc,
)
from lyncdesk.exchange_server.model import Mailbox, OofSettings

STATES = ("Disabled", "Enabled", "Scheduled")
AUDIENCES = ("None", "Known", "All")
PARTS = (
    "OofState", "ExternalAudience", "Duration", "InternalReply", "ExternalReply", "DeclineMeetingReply",
    "DeclineEventsForScheduledOOF", "DeclineAllEventsForScheduledOOF", "CreateOOFEvent", "OOFEventSubject",
    "AutoDeclineFutureRequestsWhenOOF", "OOFEventID", "EventsToDeleteIDs",
)  # fmt: skip


def _owner(call: Call, element: Element) -> Mailbox:
    call.guard()
    found = only(element, "Name", "Address", "RoutingType")
    owner = call.mailbox(text_of(need(found, "Address", element)))
    if owner.address != call.user:
        raise RowError("ErrorAccessDenied")
    return owner


def get_user_oof_settings(call: Call, request: Element) -> Element:
    """GetUserOofSettings."""
    found = only(request, "Mailbox")
    try:
        owner = _owner(call, need(found, "Mailbox", request))
    except RowError as error:
        return m("GetUserOofSettingsResponse", message("ResponseMessage", error))
    return m(
        "GetUserOofSettingsResponse", message("ResponseMessage", None), written(owner.oof, call.now),
        m("AllowExternalOof", "All"),
    )  # fmt: skip


def written(oof: OofSettings, now: datetime) -> Element:
    """The OofSettings element; Exchange always gives a time, of one day when none was set."""
    start = oof.start or now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    end = oof.end or start + timedelta(days=1)
    return t(
        "OofSettings",
        t("OofState", oof.state),
        t("ExternalAudience", oof.audience),
        t("Duration", t("StartTime", utc(start)), t("EndTime", utc(end))),
        t("InternalReply", t("Message", oof.internal)),
        t("ExternalReply", t("Message", oof.external)),
    )


def set_user_oof_settings(call: Call, request: Element) -> Element:
    """SetUserOofSettings."""
    found = only(request, "Mailbox", "UserOofSettings")
    try:
        owner = _owner(call, need(found, "Mailbox", request))
        settings = _read(need(found, "UserOofSettings", request))
    except RowError as error:
        return m("SetUserOofSettingsResponse", message("ResponseMessage", error))
    call.store.change_mailbox(owner.address, lambda mailbox: replace(mailbox, oof=settings))
    return m("SetUserOofSettingsResponse", message("ResponseMessage", None))


def _read(element: Element) -> OofSettings:
    found = only(element, *PARTS)
    state = choice_of(need(found, "OofState", element), STATES)
    audience = choice_of(need(found, "ExternalAudience", element), AUDIENCES)
    start = end = None
    if "Duration" in found:
        times = only(found["Duration"], "StartTime", "EndTime")
        start, end = (_moment(need(times, name, found["Duration"])) for name in ("StartTime", "EndTime"))
        if end <= start:
            raise RowError("ErrorInvalidScheduledOofDuration")
    elif state == "Scheduled":
        raise RowError("ErrorInvalidScheduledOofDuration")
    internal, external = (_reply(found.get(name)) for name in ("InternalReply", "ExternalReply"))
    return OofSettings(state, audience, start, end, internal, external)


def _moment(element: Element) -> datetime:
    found = date_time(text_of(element), element)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _reply(element: Element | None) -> str:
    if element is None:
        return ""
    found = only(element, "Message")
    return text_of(found["Message"]) if "Message" in found else ""
