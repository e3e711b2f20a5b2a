"""A connection to a message bus: calls with a deadline, signals to callbacks; no service starts unasked."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from jeepney import DBusAddress, HeaderFields, MatchRule, Message, MessageFlag, MessageType, new_method_call
from jeepney.bus_messages import message_bus
from jeepney.io.asyncio import DBusConnection, open_dbus_connection

from lyncdesk.machine.sensors import UnavailableError

_DEADLINE = 5.0  # seconds
_PROPERTIES = "org.freedesktop.DBus.Properties"

OnSignal = Callable[[tuple[Any, ...]], None]


class Bus:
    """One connection; ``address`` is a bus address, "SESSION" or "SYSTEM"."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._connection: DBusConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._replies: dict[int, asyncio.Future[Message]] = {}
        self._signals: list[tuple[MatchRule, OnSignal]] = []

    async def open(self) -> None:
        """Connect.

        Raises:
            UnavailableError: there is no such bus.
        """
        try:
            async with asyncio.timeout(_DEADLINE):
                self._connection = await open_dbus_connection(self._address)
        except (OSError, EOFError, KeyError, ValueError, RuntimeError, TimeoutError, StopIteration) as error:
            raise UnavailableError(f"no {self._address} bus: {error}") from error
        self._reader = asyncio.create_task(self._read(self._connection))

    async def closed(self) -> None:
        """Return when the bus has gone."""
        if self._reader is not None:
            await asyncio.wait([self._reader])

    async def close(self) -> None:
        """Leave the bus. Idempotent."""
        reader, self._reader = self._reader, None
        connection, self._connection = self._connection, None
        if reader is not None:
            reader.cancel()
            await asyncio.wait([reader])
        if connection is not None:
            with contextlib.suppress(OSError):
                await connection.close()

    async def call(
        self,
        service: str,
        path: str,
        interface: str,
        member: str,
        signature: str | None = None,
        *body: object,
        may_start: bool = False,
    ) -> tuple[Any, ...]:
        """Call a method and return what it answers; ``may_start``: the bus may start the service for it.

        Raises:
            UnavailableError: nobody is there, it is an error, or no answer came in time.
        """
        address = DBusAddress(path, service, interface)
        return await self._ask(new_method_call(address, member, signature, body), may_start=may_start)

    async def get(self, service: str, path: str, interface: str, name: str) -> Any:
        """Read a property."""
        ((_, value),) = await self.call(service, path, _PROPERTIES, "Get", "ss", interface, name)
        return value

    @property
    def name(self) -> str:
        """The unique name that this connection has on the bus, while it is open."""
        return "" if self._connection is None else str(self._connection.unique_name)

    async def owned(self, service: str) -> bool:
        """Whether somebody has this name."""
        (owned,) = await self._ask(message_bus.NameHasOwner(service))
        return bool(owned)

    async def subscribe(
        self,
        on_signal: OnSignal,
        *,
        interface: str,
        member: str,
        path: str | None = None,
        first: str | None = None,
    ) -> None:
        """Call ``on_signal`` with what each such signal says; ``first`` must be its first word."""
        rule = MatchRule(type="signal", interface=interface, member=member, path=path)
        if first is not None:
            rule.add_arg_condition(0, first)
        self._signals.append((rule, on_signal))
        await self._ask(message_bus.AddMatch(rule))

    async def _ask(self, message: Message, *, may_start: bool = False) -> tuple[Any, ...]:
        connection, reader = self._connection, self._reader
        if connection is None or reader is None or reader.done():
            raise UnavailableError("the bus has gone")
        if not may_start:
            message.header.flags |= MessageFlag.no_auto_start
        serial = next(connection.outgoing_serial)
        reply = self._replies[serial] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(_DEADLINE):
                await connection.send(message, serial=serial)
                answer = await reply
        except (OSError, TimeoutError) as error:
            raise UnavailableError(f"no answer: {error}") from error
        finally:
            del self._replies[serial]
            if reply.done() and not reply.cancelled():
                reply.exception()  # sending may have failed first: then nobody else looks at it
        if answer.header.message_type is MessageType.error:
            raise UnavailableError(str(answer.header.fields.get(HeaderFields.error_name)))
        return tuple(answer.body)

    async def _read(self, connection: DBusConnection) -> None:
        try:
            while True:
                self._dispatch(await connection.receive())
        except (OSError, EOFError):
            for reply in self._replies.values():
                if not reply.done():
                    reply.set_exception(UnavailableError("the bus has gone"))

    def _dispatch(self, message: Message) -> None:
        serial = message.header.fields.get(HeaderFields.reply_serial)
        reply = self._replies.get(serial) if serial is not None else None
        if reply is not None:
            if not reply.done():
                reply.set_result(message)
            return
        for rule, on_signal in self._signals:
            if rule.matches(message):
                on_signal(tuple(message.body))
