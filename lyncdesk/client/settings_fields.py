"""What may stand in a person's settings, and how it is understood with every error named.

The keys are the fields of :class:`lyncdesk.client.options.Options` that belong to the person, with tables
``account``, ``gives``, ``groups`` and ``manual`` (the status set by hand).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from lyncdesk.client.account_kinds import PROXY
from lyncdesk.client.value_kinds import (
    ADDRESS,
    AUTHENTICATION,
    FULL_PATH,
    LANGUAGE,
    NOTE,
    SERVER,
    Choice,
    Kind,
    Moment,
    NotAllowedError,
    Span,
    Switch,
    Text,
    Whole,
    is_address,
    shown,
)
from lyncdesk.presence.inputs import Manual
from lyncdesk.presence.message import Message
from lyncdesk.presence.relationships import Relationship
from lyncdesk.presence.states import ManualStatus

_MINUTES = Span(timedelta(minutes=5), timedelta(minutes=360))  # Lync's range

# What belongs to the person: field of the options -> kind. Tables are dotted.
FIELDS: dict[str, Kind] = {
    "use_exchange": Switch(),
    "update_presence": Switch(),
    "share_details": Switch(),
    "share_out_of_office": Switch(),
    "share_free_busy": Switch(),
    "start_with_computer": Switch(),
    "start_minimised": Switch(),
    "inactive_after": _MINUTES,
    "away_after": _MINUTES,
    "meeting_while_away": Switch(),
    "ignore_all_day": Switch(),
    "notices": Switch(),
    "language": LANGUAGE,
    "log_details": Switch(),
    "keep_history": Switch(),
    "note": NOTE,
    "account.address": ADDRESS,
    "account.user_name": Text(),
    "account.server": SERVER,
    "account.authentication": AUTHENTICATION,
    "account.ca_file": FULL_PATH,
    "account.proxy": PROXY,
}
_MANUAL: dict[str, Kind] = {
    "status": Choice(ManualStatus),
    "since": Moment(),
    "until": Moment(),
    "device": Text(),
}
_LEVEL = Choice(Relationship)


@dataclass(frozen=True, slots=True)
class SettingError:
    """One value that cannot be used: its path of keys, and what is wrong with it."""

    path: tuple[str, ...]
    what: Message


@dataclass(frozen=True, slots=True)
class PersonSettings:
    """What a file's values mean: fields of the options (account.server), the manual status, the errors."""

    fields: Mapping[str, object]
    manual: Manual | None = None
    errors: tuple[SettingError, ...] = ()


def read_settings(values: Mapping[str, object]) -> PersonSettings:
    """Understand the values of a settings file; what cannot be used is an error, and left out."""
    reader = _Reader()
    found: dict[str, object] = {}
    for name, kind in FIELDS.items():
        table, _, key = name.rpartition(".")
        holder = reader.table(values, table) if table else values
        if key in holder:
            read = reader.read((table, key) if table else (key,), kind, holder[key])
            if read is not None:
                found[name] = read
    for name, read_people in _PEOPLE.items():
        if name in values:
            found[name] = read_people(reader, name, values)
    if "version" in values:
        reader.read(("version",), Whole(1, 2**31), values["version"])
    return PersonSettings(found, _manual(reader, values), tuple(reader.errors))


class _Reader:
    """Collects errors while values are read."""

    def __init__(self) -> None:
        self.errors: list[SettingError] = []
        self._told: set[str] = set()

    def wrong(self, path: tuple[str, ...], raw: object, wanted: Message) -> None:
        key = ".".join(path)
        what = Message.of(
            "{key} = {value} is not allowed; it takes {range}", key=key, value=shown(raw), range=wanted
        )
        self.errors.append(SettingError(path, what))

    def read(self, path: tuple[str, ...], kind: Kind, raw: object) -> object | None:
        try:
            return kind.read(raw)
        except NotAllowedError:
            self.wrong(path, raw, kind.range)
            return None

    def table(self, values: Mapping[str, object], name: str) -> Mapping[str, object]:
        raw = values.get(name, {})
        if isinstance(raw, dict):
            return raw
        if name not in self._told:
            self._told.add(name)
            self.wrong((name,), raw, Message.of("a table"))
        return {}

    def addresses(self, path: tuple[str, ...], raw: object) -> tuple[str, ...]:
        if not isinstance(raw, list):
            self.wrong(path, raw, Message.of("a list of e-mail addresses"))
            return ()
        found: dict[str, None] = {}
        for entry in raw:
            if isinstance(entry, str) and is_address(entry):
                found[entry.casefold()] = None
            else:
                self.wrong(path, entry, Message.of("a list of e-mail addresses"))
        return tuple(found)


def _gives(reader: _Reader, name: str, values: Mapping[str, object]) -> dict[str, Relationship]:
    found = {}
    for address, raw in reader.table(values, name).items():
        if not is_address(address):
            reader.wrong((name, address), raw, Message.of("an e-mail address as its key"))
            continue
        level = reader.read((name, address), _LEVEL, raw)
        if isinstance(level, Relationship):
            found[address.casefold()] = level
    return found


def _groups(reader: _Reader, name: str, values: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    return {group: reader.addresses((name, group), raw) for group, raw in reader.table(values, name).items()}


_PEOPLE: dict[str, Callable[[_Reader, str, Mapping[str, object]], object]] = {
    "gives": _gives,
    "contacts": lambda reader, name, values: reader.addresses((name,), values[name]),
    "groups": _groups,
}


def _manual(reader: _Reader, values: Mapping[str, object]) -> Manual | None:
    table = reader.table(values, "manual")
    if not table:
        return None
    before = len(reader.errors)
    for key in ("status", "since"):
        if key not in table:
            what = Message.of("{key} is missing", key=f"manual.{key}")
            reader.errors.append(SettingError(("manual",), what))
    read = {
        key: reader.read(("manual", key), kind, table[key]) for key, kind in _MANUAL.items() if key in table
    }
    if len(reader.errors) > before:
        return None  # half a status, such as Busy without its end, would be worse than none
    return Manual(
        cast(ManualStatus, read["status"]),
        cast(datetime, read["since"]),
        cast("datetime | None", read.get("until")),
        cast(str, read.get("device", "")),
    )
