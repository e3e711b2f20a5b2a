"""GetStreamingEvents: an answer that goes on, message after message, until its time is up or the client has
gone.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from lyncdesk.exchange_server.answers import Call, message
from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.markup import (
    Element,
    bad_value,
    children,
    integer_of,
    m,
    need,
    only,
    t,
    text_of,
)
from lyncdesk.exchange_server.notifying import events_since
from lyncdesk.exchange_server.soap import write_envelope

LONGEST = 30
MOST_SUBSCRIPTIONS = 200
KEEP_ALIVE = timedelta(seconds=30)
_NAME = "GetStreamingEvents"


def _read(request: Element) -> tuple[tuple[str, ...], timedelta]:
    found = only(request, "SubscriptionIds", "ConnectionTimeout")
    idents = tuple(
        text_of(one).strip() for one in children(need(found, "SubscriptionIds", request), "SubscriptionId")
    )
    minutes = integer_of(need(found, "ConnectionTimeout", request))
    if not 1 <= minutes <= LONGEST or not 0 < len(idents) <= MOST_SUBSCRIPTIONS:
        raise bad_value("'ConnectionTimeout' element", str(minutes), request)
    return tuple(dict.fromkeys(idents)), timedelta(minutes=minutes)


def _use(call: Call, ident: str) -> None:
    if not call.store.subscriptions.use(ident, call.user).streaming:
        raise RowError("ErrorInvalidSubscription")


def get_streaming_events(call: Call, request: Element) -> Element:
    """The first message: whether the client is listened to."""
    idents, _length = _read(request)
    problem: RowError | None = None
    wrong = []
    for ident in idents:
        try:
            call.guard()
            _use(call, ident)
        except RowError as error:
            problem = problem or error
            wrong.append(t("SubscriptionId", ident))
    return _whole(problem, wrong, "Closed" if problem else "OK")


def _whole(problem: RowError | None, wrong: list[Element], status: str, *parts: Element) -> Element:
    ids = m("ErrorSubscriptionIds", *wrong) if wrong else None
    told = m("Notifications", *parts) if parts else None
    one = message(f"{_NAME}ResponseMessage", problem, told, ids, m("ConnectionStatus", status))
    return m(f"{_NAME}Response", m("ResponseMessages", one))


def follow(call: Call, request: Element) -> Callable[[], bytes | None]:
    """What gives the next message: empty when there is nothing to tell, None when all is told."""
    idents, length = _read(request)
    store = call.store
    ends = call.now + length
    last: datetime = call.now
    closed = False

    def more() -> bytes | None:
        nonlocal last, closed
        if closed:
            return None
        now = store.now()
        if now >= ends:
            closed = True
            return write_envelope(_whole(None, [], "Closed"))
        told: list[Element] = []
        for ident in idents:
            try:
                told += _news(call, ident)
            except RowError as error:
                closed = True
                return write_envelope(_whole(error, [t("SubscriptionId", ident)], "Closed"))
        if not told and now - last < KEEP_ALIVE:
            return b""
        last = now
        return write_envelope(_whole(None, [], "OK", *told))

    return more


def _news(call: Call, ident: str) -> list[Element]:
    subscriptions = call.store.subscriptions
    subscription = subscriptions.use(ident, call.user)
    reached, notification = events_since(call, subscription, subscriptions.reached(ident), pull=False)
    subscriptions.reach(ident, reached)
    return [] if notification is None else [notification]
