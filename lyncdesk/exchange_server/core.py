"""From the bytes of a request to the bytes of its answer, without a socket in sight."""

import logging
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from types import MappingProxyType

from lyncdesk.exchange_server.answers import Call
from lyncdesk.exchange_server.editions import EXCHANGE_SE
from lyncdesk.exchange_server.errors import RowError, SoapFault, invalid
from lyncdesk.exchange_server.fault import Fault
from lyncdesk.exchange_server.markup import MESSAGES, Element, line_of, name_of, parse
from lyncdesk.exchange_server.operations import BY_ELEMENT, NOT_HERE
from lyncdesk.exchange_server.response import Answer, More
from lyncdesk.exchange_server.soap import read_envelope, write_envelope, write_fault
from lyncdesk.exchange_server.store import Store
from lyncdesk.exchange_server.thin import NORMAL, Thin

__all__ = ["UNKNOWN", "Answer", "Core", "Counters", "Logged"]

_LOG = logging.getLogger(__name__)
_LOGGED = 1000  # requests remembered of each person
_LONGEST = 256  # signs of a name under which somebody tried to sign in
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Logged:
    """One request of a person: when, which operation, and the response codes of its answer. Never a
    subject.
    """

    at: datetime
    operation: str
    codes: tuple[str, ...]


class Counters:
    """How many requests came, by operation and by person, and how many logins were refused."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._operations: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
        self._logs: dict[str, deque[Logged]] = {}

    def count(self, user: str, logged: Logged) -> None:
        with self._lock:
            self._operations[logged.operation] += 1
            self._logs.setdefault(user, deque(maxlen=_LOGGED)).append(logged)

    def refuse(self, user: str) -> None:
        user = user[:_LONGEST]
        with self._lock:
            # A stranger may try any number of names; they share one counter.
            self._refused[user if user in self._refused or len(self._refused) < _LOGGED else ""] += 1

    @property
    def requests(self) -> Mapping[str, int]:
        """The number of requests by operation."""
        with self._lock:
            return MappingProxyType(dict(self._operations))

    @property
    def refused(self) -> int:
        """The number of refused logins."""
        with self._lock:
            return sum(self._refused.values())

    def refused_of(self, user: str) -> int:
        """The number of refused logins under one name."""
        with self._lock:
            return self._refused[user.casefold()[:_LONGEST]]

    def log(self, address: str) -> tuple[Logged, ...]:
        """The requests of one person, oldest first."""
        with self._lock:
            return tuple(self._logs.get(address.casefold(), ()))


class Core:
    """The server itself. It may be asked from several threads at once."""

    def __init__(self, store: Store, counters: Counters) -> None:
        self._store = store
        self._counters = counters
        self.thin = NORMAL

    def handle(self, user: str, request: bytes, fault: Fault | None = None) -> Answer:
        """Answer a request of a person, given by address, who has signed in."""
        operation = UNKNOWN
        edition = self.thin.edition
        now = self._store.now()

        def named(name: str) -> None:
            nonlocal operation
            operation = name

        try:
            root, more = self._answer(user, request, now, fault, named)
            codes = _codes(root)
            answer = Answer(200, write_envelope(root, edition), more=more if codes == ("NoError",) else None)
        except SoapFault as problem:
            answer, codes = Answer(500, write_fault(problem, edition)), (problem.code,)
        except RowError as problem:  # outside any row: the request as a whole is what is wrong
            whole = SoapFault(problem.code, problem.detail)
            answer, codes = Answer(500, write_fault(whole, edition)), (problem.code,)
        except Exception:  # noqa: BLE001 - whatever else goes wrong, the client gets an answer and the log the cause
            _LOG.exception("%s could not be answered", operation)
            whole = SoapFault("ErrorInternalServerError")
            answer, codes = Answer(500, write_fault(whole, edition)), (whole.code,)
        self._counters.count(user, Logged(now, operation, codes))
        return answer

    def operation(self, request: bytes) -> str:
        """Which operation a request is about."""
        try:
            body = read_envelope(parse(request)).body
        except SoapFault:
            return UNKNOWN
        found = BY_ELEMENT.get(name_of(body))
        return found.name if found else UNKNOWN

    def _answer(self, user: str, data: bytes, now: datetime, fault: Fault | None,
                named: Callable[[str], None]) -> tuple[Element, More | None]:  # fmt: skip
        thin = self.thin
        request = read_envelope(parse(data), thin.edition)
        operation = BY_ELEMENT.get(name_of(request.body))
        if operation is None or operation.name in thin.missing:
            raise _no_such_operation(request.body, thin)
        named(operation.name)
        if fault and fault.soap:
            raise SoapFault(fault.soap, values=fault.values)
        if request.speaks_for is not None and self._store.mailbox(request.speaks_for) != self._store.mailbox(
            user
        ):
            raise SoapFault("ErrorImpersonateUserDenied")
        call = Call(user, self._store, now, operation.name, request.zone, fault, thin)
        box = self._store.mailbox(user)
        answer = thin.rewrite(operation.answer(call, request.body), box.zone if box else "UTC")
        return answer, operation.follow(call, request.body) if operation.follow else None


def _no_such_operation(body: Element, thin: Thin) -> SoapFault:
    """What Exchange says: of an element that its schema lacks, just that; of the others, that it cannot."""
    name = name_of(body)
    if thin.edition == EXCHANGE_SE and (name in NOT_HERE or name in BY_ELEMENT):
        return SoapFault("ErrorInvalidOperation", f"'{name}' is not known here.")
    what = f"Could not find schema information for the element '{MESSAGES}:{name[:80]}'."
    return invalid(what, line_of(body))


def _codes(root: Element) -> tuple[str, ...]:
    return tuple(sorted({code.text or "" for code in root.iter(f"{{{MESSAGES}}}ResponseCode")}))
