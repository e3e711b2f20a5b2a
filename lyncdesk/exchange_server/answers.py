"""What an operation is given, and how its rows become an answer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from lyncdesk.exchange_server.errors import EwsError, RowError, SoapFault
from lyncdesk.exchange_server.fault import Fault
from lyncdesk.exchange_server.markup import Element, m
from lyncdesk.exchange_server.model import Mailbox
from lyncdesk.exchange_server.store import Store
from lyncdesk.exchange_server.thin import NORMAL, Thin

T = TypeVar("T")
MOST_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Call:
    """One request: who asks (an address), when, and in which zone times without an offset are meant."""

    user: str
    store: Store
    now: datetime
    operation: str
    zone: str = "UTC"
    fault: Fault | None = None
    thin: Thin = NORMAL

    def guard(self) -> None:
        """Raise the RowError that a scripted fault orders for each row."""
        code = self.fault.row_code(self.operation) if self.fault else None
        if code:
            raise RowError(code)

    @property
    def hidden(self) -> frozenset[str]:
        """The properties that a scripted fault, or a thin server, keeps out of items."""
        return self.fault.hide | self.thin.hide if self.fault else self.thin.hide

    def mailbox(self, address: str) -> Mailbox:
        """The mailbox of an address. Raises RowError (ErrorNonExistentMailbox)."""
        found = self.store.mailbox(address)
        if found is None:
            raise RowError("ErrorNonExistentMailbox")
        return found

    def signed(self, owner: Mailbox) -> str:
        """Under which name the caller changes something of somebody's: of one's own under none."""
        return "" if owner.address == self.user else self.mailbox(self.user).display_name


def message(name: str, error: EwsError | None, *parts: Element | None, kind: str = "Error") -> Element:
    """A response message: a success with its parts, or the error (the parts are then what the schema
    insists on).
    """
    if error is None:
        return m(name, m("ResponseCode", "NoError"), *parts, ResponseClass="Success")
    return m(
        name,
        m("MessageText", error.text),
        m("ResponseCode", error.code),
        m("DescriptiveLinkKey", "0"),
        *parts,
        ResponseClass=kind,
    )


def rows(
    call: Call,
    asked: Iterable[T],
    do: Callable[[T], Iterable[Element | None]],
    *always: tuple[str, ...] | str,
) -> Element:
    """The answer of an operation that works on each thing asked by itself: one message for each.

    `always` names the elements that a message has even when its row failed, some with a text.
    """
    messages = m("ResponseMessages")
    name = f"{call.operation}ResponseMessage"
    for number, one in enumerate(asked):
        if number >= MOST_ROWS:
            raise SoapFault("ErrorInvalidRequest", f"A request is about {MOST_ROWS} things at most.")
        try:
            call.guard()
            messages.append(message(name, None, *do(one)))
        except RowError as error:
            parts = (m(part) if isinstance(part, str) else m(*part) for part in always)
            messages.append(message(name, error, *parts))
    return m(f"{call.operation}Response", messages)
