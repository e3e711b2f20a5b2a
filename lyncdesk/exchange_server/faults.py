"""Faults to order: how the server misbehaves when a test, a scenario or the command line asks for it."""

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock

from lyncdesk.exchange_server.fault import AUTODISCOVER, EVERYTHING, HTML, Fault
from lyncdesk.exchange_server.fault_table import BY_NAME, FAULTS

__all__ = [
    "AUTODISCOVER", "BY_NAME", "EVERYTHING", "FAULTS", "HTML", "Fault", "Faults", "Order", "read_order",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Order:
    """A fault, for one operation ("*": for all of EWS), as often as said (None: until it is cleared)."""

    fault: str
    operation: str = EVERYTHING
    times: int | None = None


def read_order(text: str, operations: tuple[str, ...]) -> Order:
    """[OPERATION:]FAULT[:TIMES], an operation written FindItem or find-item. Raises ValueError."""
    parts = text.split(":")
    times = int(parts.pop()) if len(parts) > 1 and re.fullmatch("[0-9]{1,9}", parts[-1]) else None
    if times == 0:
        raise ValueError(f'"{text}" is for no request at all')
    name = parts.pop()
    if name not in BY_NAME:
        raise ValueError(f'there is no fault "{name}"{_near(name, BY_NAME, "list names them")}')
    operation = EVERYTHING
    if parts:
        known = {_plain(one): one for one in (*operations, AUTODISCOVER)}
        written = ":".join(parts)
        if _plain(written) not in known:
            names = tuple(known.values())
            near = _near(written, names, f"there are {', '.join(names)}")
            raise ValueError(f'there is no operation "{written}"{near}')
        operation = known[_plain(written)]
        if not BY_NAME[name].concerns(operation):
            raise ValueError(f'"{name}" does nothing to {operation}')
    return Order(name, operation, times)


def _plain(name: str) -> str:
    return name.replace("-", "").casefold()


def _near(name: str, names: Iterable[str], otherwise: str) -> str:
    near = difflib.get_close_matches(name, names, 1)
    return f'; did you mean "{near[0]}"?' if near else f"; {otherwise}"


class Faults:
    """The faults in force. One of a person goes before one of everybody, one of an operation before one of
    all.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._set: dict[tuple[str, str], tuple[Fault, int | None]] = {}

    def set(
        self,
        fault: str | Fault,
        *,
        user: str | None = None,
        times: int | None = None,
        operation: str = EVERYTHING,
    ) -> None:
        """Fail from now on, or for the next `times` requests.

        `user` is an address; None means everybody. `operation` is one of EWS, Autodiscover, or "*": all of
        EWS. Raises KeyError for a name that is not in FAULTS.
        """
        wanted = fault if isinstance(fault, Fault) else BY_NAME[fault]
        with self._lock:
            self._set[_key(user, operation)] = (wanted, times)

    def clear(self, user: str | None = None) -> None:
        """Work again: for one person, or for everybody and everyone."""
        with self._lock:
            if user is None:
                self._set.clear()
            else:
                self._set = {key: found for key, found in self._set.items() if key[0] != user.casefold()}

    def refuses(self, user: str, operation: Callable[[], str] | str = EVERYTHING) -> bool:
        """Whether the login of a request of `user` is refused; uses up nothing."""
        name = self._name(operation)
        with self._lock:
            found = next((self._set[key] for key in _keys(user, name) if key in self._set), None)
            return found is not None and found[0].refuse

    @property
    def skew(self) -> timedelta:
        """By how much the server's clock is wrong for everybody; uses up nothing."""
        with self._lock:
            found = self._set.get(_key(None, EVERYTHING))
            return found[0].skew if found else timedelta()

    def take(self, user: str, operation: Callable[[], str] | str = EVERYTHING) -> Fault | None:
        """The fault that this request of `user` meets; uses up one of its times.

        `operation` is asked for only when a fault waits for one.
        """
        name = self._name(operation)
        with self._lock:
            for key in _keys(user, name):
                if key in self._set:
                    return self._use(key)
        return None

    def _name(self, operation: Callable[[], str] | str) -> str:
        """The operation, where it matters."""
        with self._lock:
            some = any(key[1] != EVERYTHING for key in self._set)
        return EVERYTHING if not some else operation if isinstance(operation, str) else operation()

    def take_of(self, user: str, operation: str) -> Fault | None:
        """The same, for requests that are not of EWS: only what was ordered for them, and logins."""
        with self._lock:
            keys = (_key(user, operation), _key(None, operation))
            logins = (_key(user, EVERYTHING), _key(None, EVERYTHING))
            for key in (*keys, *(key for key in logins if key in self._set and self._set[key][0].refuse)):
                if key in self._set:
                    return self._use(key)
        return None

    def take_for_strangers(self, operation: str = EVERYTHING) -> Fault | None:
        """The fault that a request meets before anybody is asked who they are."""
        with self._lock:
            key = _key(None, operation)
            if key in self._set and self._set[key][0].strangers:
                return self._use(key)
        return None

    def _use(self, key: tuple[str, str]) -> Fault:
        fault, times = self._set[key]
        if times is not None and times <= 1:
            del self._set[key]
        elif times is not None:
            self._set[key] = (fault, times - 1)
        return fault


def _keys(user: str, operation: str) -> tuple[tuple[str, str], ...]:
    return tuple(_key(who, what) for what in (operation, EVERYTHING) for who in (user, None))


def _key(user: str | None, operation: str) -> tuple[str, str]:
    return (user or EVERYTHING).casefold(), operation
