"""Faults to order: how the server misbehaves when a test, a scenario or the command line asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from types import MappingProxyType

HTML = (
    b"<!DOCTYPE html><html><head><title>Error</title></head>"
    b"<body><h1>The page cannot be shown</h1></body></html>"
)
EVERYTHING = "*"


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to fail, by whichever of these applies.

    `status` and `page`: an answer that is not SOAP; `refuse`: the password is wrong; `silent`: no answer
    ever; `soap`: a SOAP fault with `values` in it; `rows`: by operation (or "*"), the response code of
    every row; `hide`: properties left out of items (and details out of free/busy); `cut`: the body ends
    half-way.
    """

    name: str
    status: int = 0
    page: bytes = b""
    refuse: bool = False
    silent: bool = False
    cut: bool = False
    soap: str = ""
    values: tuple[tuple[str, str], ...] = ()
    rows: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    hide: frozenset[str] = frozenset()

    def row_code(self, operation: str) -> str | None:
        """The response code with which every row of the operation fails."""
        return self.rows.get(operation) or self.rows.get(EVERYTHING)


FAULTS = (
    Fault("server-busy", soap="ErrorServerBusy", values=(
        ("BackOffMilliseconds", "90000"), ("Policy", "MaxConcurrency"), ("MaxConcurrencyLimit", "27"),
    )),
    Fault("http-503", status=503, page=HTML),
    Fault("http-500-html", status=500, page=HTML),
    Fault("refused-password", refuse=True),
    Fault("timed-out", silent=True),
    Fault("details-missing", hide=frozenset({"calendar:IsMeeting", "item:Subject", "calendar:Location"})),
    Fault("find-item-denied", rows={"FindItem": "ErrorAccessDenied"}),
    Fault("truncated-body", cut=True),
    Fault("garbage-body", status=200, page=b"\x00\xff not XML at all <Envelope>"),
    Fault("mailbox-moved", rows={EVERYTHING: "ErrorMailboxMoveInProgress"}),
    Fault("non-existent-mailbox", rows={EVERYTHING: "ErrorNonExistentMailbox"}),
)  # fmt: skip
BY_NAME: Mapping[str, Fault] = MappingProxyType({fault.name: fault for fault in FAULTS})


class Faults:
    """The faults in force: one for everybody, and one for each person, which goes before it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._set: dict[str, tuple[Fault, int | None]] = {}

    def set(self, name: str, *, user: str | None = None, times: int | None = None) -> None:
        """Fail from now on, or for the next `times` requests. `user` is an address; None means everybody.

        Raises KeyError for a name that is not in FAULTS.
        """
        with self._lock:
            self._set[(user or EVERYTHING).casefold()] = (BY_NAME[name], times)

    def clear(self, user: str | None = None) -> None:
        """Work again: for one person, or for everybody and everyone."""
        with self._lock:
            if user is None:
                self._set.clear()
            else:
                self._set.pop(user.casefold(), None)

    def refuses(self, user: str) -> bool:
        """Whether the next login of `user` is refused; uses up nothing."""
        with self._lock:
            found = self._set.get(user.casefold()) or self._set.get(EVERYTHING)
            return found is not None and found[0].refuse

    def take(self, user: str) -> Fault | None:
        """The fault that this request of `user` meets; uses up one of its times."""
        with self._lock:
            for key in (user.casefold(), EVERYTHING):
                if key in self._set:
                    fault, times = self._set[key]
                    if times is not None and times <= 1:
                        del self._set[key]
                    elif times is not None:
                        self._set[key] = (fault, times - 1)
                    return fault
        return None
