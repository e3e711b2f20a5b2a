"""The people of an organisation over Exchange Web Services: the adapter behind the port `People`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from lyncdesk.client.ports import ContactsAsked, ProblemError, RightNotGivenError
from lyncdesk.client.problems import Problem
from lyncdesk.exchange.answers import countable, working_hours_from
from lyncdesk.exchange.process import Outcome
from lyncdesk.exchange.session import ExchangeSession
from lyncdesk.pools.people import FOUND_AT_MOST, OnCalendars, by_name
from lyncdesk.presence.items import Item, Kind, ShowAs
from lyncdesk.presence.known_calendar import KnownCalendar
from lyncdesk.presence.publication import Profile, Told, person
from lyncdesk.presence.rights import Level, Right, Rights

# What reading the worker's rows raises when they make no sense.
_SENSELESS = (ValueError, TypeError, KeyError, IndexError)


class ExchangePeople:
    """See :class:`lyncdesk.pools.people.People`.

    ``session`` gives the conversation of the account as it is now, so that a changed account, server or
    password holds for the next request.
    """

    def __init__(self, session: Callable[[], ExchangeSession]) -> None:
        self._session = session

    async def search(self, text: str) -> tuple[Profile, ...]:
        """See the port. Who is in both books is shown once, with what either knows."""
        outcome = await self._ask("people-search", {"text": text.strip(), "limit": FOUND_AT_MOST})
        found: dict[str, Profile] = {}
        try:
            for row in (*_rows(outcome, "directory"), *_rows(outcome, "contacts")):
                profile = _profile(row)
                known = found.get(profile.address)
                found[profile.address] = profile if known is None else _joined(known, profile)
        except _SENSELESS as error:
            raise _senseless(error) from error
        return by_name(found.values())

    async def look_up(self, address: str) -> Profile | None:
        """See the port."""
        outcome = await self._ask("person", {"address": person(address)})
        try:
            row = outcome.parts["person"]
            return _profile(row) if row is not None else None
        except _SENSELESS as error:
            raise _senseless(error) from error

    async def calendars(self, addresses: Sequence[str], asked: ContactsAsked, on_read: OnCalendars) -> int:
        """See the port."""
        if not addresses:
            return 0
        arguments: dict[str, object] = {
            "addresses": list(addresses),
            "start": asked.window.start.isoformat(),
            "end": asked.window.end.isoformat(),
        }
        wanted = frozenset(addresses)
        wrong: list[Exception] = []

        def take(part: Mapping[str, object]) -> None:
            try:
                calendars = dict(_calendar(row, asked.started) for row in _list(part["calendars"]))
            except _SENSELESS as error:
                wrong.append(error)
                return
            on_read({address: calendar for address, calendar in calendars.items() if address in wanted})

        outcome = await self._ask("people-calendars", arguments, asked.next_due_in, take)
        if wrong:
            raise _senseless(wrong[0]) from wrong[0]
        return outcome.requests

    async def rights(self) -> Rights:
        """See the port."""
        outcome = await self._ask("rights", {})
        try:
            return _rights(outcome.parts["rights"])
        except _SENSELESS as error:
            raise _senseless(error) from error

    async def give(self, address: str, right: Right | None, expected: Right | None) -> Rights:
        """See the port."""
        arguments: dict[str, object] = {
            "address": person(address),
            "right": _entry_of(right),
            "expected": _entry_of(expected),
        }
        told: list[Rights] = []

        def take(part: Mapping[str, object]) -> None:
            with suppress(*_SENSELESS):
                told.append(_rights(part["rights"]))

        try:
            await self._ask("give-right", arguments, on_part=take)
        except ProblemError as error:
            if not told:
                raise
            if error.problem.name == "right-changed":
                raise RightNotGivenError(error.problem, error.back_off, told[-1]) from error
            # It was written if the answer came: then only what came after it failed.
        if not told:
            raise _senseless(ValueError("no permissions"))
        return told[-1]

    async def _ask(
        self,
        operation: str,
        arguments: dict[str, object],
        next_due_in: timedelta | None = None,
        on_part: Callable[[Mapping[str, object]], None] | None = None,
    ) -> Outcome:
        return await self._session().ask(operation, arguments, next_due_in, on_part=on_part)


def _senseless(error: Exception) -> ProblemError:
    code = f"its answer makes no sense ({type(error).__name__})"
    return ProblemError(Problem.of("worker-failed", code=code))


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("no list")
    return value


def _rows(outcome: Outcome, name: str) -> list[Any]:
    return _list(outcome.parts.get(name, []))


def _profile(row: Any) -> Profile:
    """A person from the worker's row. The zone comes with working hours, if at all."""
    address, name, title, company, location, work, mobile, home = (str(word) for word in row[:8])
    return Profile(person(address), name, title, company, location, work, mobile, home, zone="")


def _joined(one: Profile, other: Profile) -> Profile:
    """What either address book knows; the directory's word counts."""
    return Profile(
        one.address,
        one.name or other.name,
        one.title or other.title,
        one.company or other.company,
        one.location or other.location,
        one.work_phone or other.work_phone,
        one.mobile_phone or other.mobile_phone,
        one.home_phone or other.home_phone,
        zone="",
    )


def _rights(told: Any) -> Rights:
    people = {str(address): _right(entry) for address, entry in dict(told["people"]).items()}
    return Rights(_right(told["default"]), people, int(told["unknown"]))


def _right(entry: Sequence[Any]) -> Right:
    level, parts = entry
    try:
        known = Level(level)
    except ValueError:
        # A level of a newer server: not ours, so it is left alone.
        known = Level.CUSTOM
    return Right(known, tuple(sorted((str(name), str(value)) for name, value in dict(parts).items())))


def _entry_of(right: Right | None) -> list[object] | None:
    return None if right is None else [right.level.value, dict(right.parts)]


def _calendar(row: Sequence[Any], as_of: datetime) -> tuple[str, KnownCalendar]:
    address, told, code, items, hours = row
    known = tuple(_item(item) for item in items)
    return str(address), KnownCalendar.of(Told(told), as_of, known, working_hours_from(hours), str(code))


def _item(row: Sequence[Any]) -> Item:
    start, end, show_as, kind, subject, location, private = row
    return Item(
        countable(start),
        countable(end),
        ShowAs(show_as),
        Kind(kind),
        str(subject),
        str(location),
        private is True,
    )
