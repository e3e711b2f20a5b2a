"""Subscribe, GetEvents and Unsubscribe."""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from datetime import timedelta
from typing import Literal

from lyncdesk.exchange_server.answers import Call, rows
from lyncdesk.exchange_server.contacts import FOLDER as CONTACTS
from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.folders import folder_id
from lyncdesk.exchange_server.history import Event
from lyncdesk.exchange_server.ids import Ident, change_key, write_id
from lyncdesk.exchange_server.markup import (
    BOOLEANS,
    Element,
    attribute,
    bad_value,
    children,
    choice_of,
    integer_of,
    m,
    name_of,
    need,
    only,
    t,
    text_of,
    unexpected,
    utc,
    yes,
)
from lyncdesk.exchange_server.model import Mailbox
from lyncdesk.exchange_server.places import FOLDER_IDS, find_place
from lyncdesk.exchange_server.subscriptions import MOST_EVENTS, STREAM_TIMEOUT, Subscription

KINDS = ("CopiedEvent", "CreatedEvent", "DeletedEvent", "ModifiedEvent", "MovedEvent", "NewMailEvent",
         "FreeBusyChangedEvent")  # fmt: skip
REQUESTS = ("PullSubscriptionRequest", "PushSubscriptionRequest", "StreamingSubscriptionRequest")
LONGEST_TIMEOUT = 1440


def subscribe(call: Call, request: Element) -> Element:
    """Subscribe. Nobody is called back, so a push subscription finds no URL that it could use."""
    asked = list(children(request, *REQUESTS))
    if len(asked) != 1:
        raise unexpected(asked[-1] if asked else request, request)

    def add(element: Element) -> Iterator[Element]:
        kind = name_of(element)
        found = only(
            element, "FolderIds", "EventTypes", "Watermark", "Timeout", "StatusFrequency", "URL", "CallerData"
        )
        if kind == "PushSubscriptionRequest":
            raise RowError("ErrorInvalidPushSubscriptionUrl")
        streaming = kind == "StreamingSubscriptionRequest"
        timeout = STREAM_TIMEOUT if streaming else _timeout(need(found, "Timeout", element))
        types = children(need(found, "EventTypes", element), "EventType")
        kinds = frozenset(choice_of(one, KINDS) for one in types)
        folders = _folders(call, element, found.get("FolderIds"))
        subscriptions, newest = call.store.subscriptions, call.store.version
        since = newest
        if "Watermark" in found:
            since = subscriptions.version(text_of(found["Watermark"]).strip(), newest)
        subscription = subscriptions.add(
            lambda ident: Subscription(ident, call.user, call.user, folders, kinds, timeout, streaming),
            since,
        )
        yield m("SubscriptionId", subscription.ident)
        if not streaming:
            yield m("Watermark", subscriptions.watermark(since))

    return rows(call, asked, add)


def _timeout(element: Element) -> timedelta:
    minutes = integer_of(element)
    if not 1 <= minutes <= LONGEST_TIMEOUT:
        raise bad_value("'Timeout' element", str(minutes), element)
    return timedelta(minutes=minutes)


def _folders(call: Call, element: Element, given: Element | None) -> frozenset[str] | None:
    everything = BOOLEANS[attribute(element, "SubscribeToAllFolders", tuple(BOOLEANS), "false")]
    if everything == (given is not None):
        raise RowError("ErrorInvalidSubscriptionRequest")
    if given is None:
        return None
    places = [find_place(call, one) for one in children(given, *FOLDER_IDS)]
    if not places:
        raise RowError("ErrorInvalidSubscriptionRequest")
    if any(place.owner.address != call.user for place in places):
        raise RowError("ErrorSubscriptionDelegateAccessNotSupported")
    return frozenset(place.folder.name for place in places)


def get_events(call: Call, request: Element) -> Element:
    """GetEvents: what happened since a watermark, or that nothing did."""
    found = only(request, "SubscriptionId", "Watermark")
    ident = text_of(need(found, "SubscriptionId", request)).strip()
    watermark = text_of(need(found, "Watermark", request)).strip()

    def tell(_request: Element) -> Iterator[Element]:
        subscription = call.store.subscriptions.use(ident, call.user)
        if subscription.streaming:
            raise RowError("ErrorInvalidPullSubscriptionId")
        since = call.store.subscriptions.version(watermark, call.store.version)
        _version, notification = events_since(call, subscription, since)
        if notification is not None:
            yield notification

    return rows(call, [request], tell)


def events_since(
    call: Call, subscription: Subscription, since: int, *, pull: bool = True
) -> tuple[int, Element | None]:
    """The version then reached and the Notification of a subscription; a stream is not told of nothing.

    Raises RowError.
    """
    reached, told, more = _happened(call, subscription, since)
    marks = call.store.subscriptions
    if not told and not pull:
        return reached, None
    elements = [element for event in told for element in _elements(call, subscription, event)]
    if not elements:
        elements = [t("StatusEvent", t("Watermark", marks.watermark(reached)))]
    return reached, m(
        "Notification",
        t("SubscriptionId", subscription.ident),
        t("PreviousWatermark", marks.watermark(since)) if pull else None,
        t("MoreEvents", yes(more)) if pull else None,
        *elements,
    )


def _happened(call: Call, subscription: Subscription, since: int) -> tuple[int, list[Event], bool]:
    """The version reached, what there is to be told, and whether there is more of it."""
    newest = call.store.version
    happened = call.store.events(subscription.owner, since)
    if happened is None:
        raise RowError("ErrorMissedNotificationEvents")
    wanted = [event for event in happened if event.version <= newest and _names(subscription, event)]
    told, more = wanted[:MOST_EVENTS], len(wanted) > MOST_EVENTS
    return (told[-1].version if more else newest), told, more


def _names(subscription: Subscription, event: Event) -> list[str]:
    """The elements under which the event is told."""
    if not subscription.wants(event):
        return []
    names = [f"{event.kind}Event"]
    if event.kind == "Created" and event.folder == "inbox":
        names.append("NewMailEvent")
    if "calendar" in {event.folder, event.from_folder}:
        names.append("FreeBusyChangedEvent")
    return [name for name in names if name in subscription.kinds]


def _elements(call: Call, subscription: Subscription, event: Event) -> Iterator[Element]:
    owner = call.mailbox(subscription.owner)
    watermark = None
    if not subscription.streaming:
        watermark = t("Watermark", call.store.subscriptions.watermark(event.version))
    for name in _names(subscription, event):
        old: tuple[Element, ...] = ()
        if name in {"MovedEvent", "CopiedEvent"}:
            before = _item_id(owner, event.from_folder, event.from_key, event.version, "OldItemId")
            old = (before, folder_id(owner, event.from_folder, "OldParentFolderId"))
        yield t(
            name,
            watermark if watermark is None else deepcopy(watermark),
            t("TimeStamp", utc(event.at)),
            _item_id(owner, event.folder, event.key, event.version),
            folder_id(owner, event.folder, "ParentFolderId"),
            *old,
        )


def _item_id(owner: Mailbox, folder: str, key: str, version: int, element: str = "ItemId") -> Element:
    kind: Literal["item", "contact"] = "contact" if folder == CONTACTS else "item"
    return t(element, Id=write_id(Ident(kind, owner.address, key)), ChangeKey=change_key(version))


def unsubscribe(call: Call, request: Element) -> Element:
    """Unsubscribe."""
    found = only(request, "SubscriptionId")
    ident = text_of(need(found, "SubscriptionId", request)).strip()

    def end(_request: Element) -> Iterable[Element]:
        call.store.subscriptions.remove(ident, call.user)
        return ()

    return rows(call, [request], end)
