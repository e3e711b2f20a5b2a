"""A person's settings as text and as the options in force.

The file is TOML. Only what the person chose stands in it, so that a better default, or the end of a policy,
takes effect; keys that this version does not know are kept. Order of the layers: mandatory policy, command
line, person, recommended policy, built in (the project's presence rules, section 9).
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, fields, replace

import tomli_w

from lyncdesk.client.options import Account, Options, Origin
from lyncdesk.client.policy import Policy
from lyncdesk.client.problems import Problem
from lyncdesk.client.settings_fields import FIELDS, SettingError, read_settings
from lyncdesk.client.toml_lines import TomlError, lines_of, read_toml
from lyncdesk.client.value_kinds import is_address
from lyncdesk.presence.inputs import Manual
from lyncdesk.presence.message import Message

VERSION = 1

_DEFAULTS = Options()
_ACCOUNT = "account."


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong in a settings file: the line (from 1), the key ("" = none), and what it is."""

    line: int
    key: str
    what: Message


@dataclass(frozen=True, slots=True)
class Parsed:
    """The values of a settings file that can be used, unknown keys included, and the mistakes in it."""

    values: dict[str, object]
    mistakes: tuple[Mistake, ...] = ()


def parse_settings(text: str) -> Parsed:
    """Read the text of a settings file. A text that is no TOML gives no values at all. Never raises."""
    table = read_toml(text)
    if isinstance(table, TomlError):
        key = f"{table.key}: " if table.key else ""
        what = Message.of("{key}not valid TOML: {error}", key=key, error=table.said)
        return Parsed({}, (Mistake(table.line, table.key, what),))
    errors = read_settings(table).errors
    lines = lines_of(text) if errors else {}
    mistakes = [Mistake(lines.get(error.path, 1), ".".join(error.path), error.what) for error in errors]
    return Parsed(_without(table, errors), tuple(sorted(mistakes, key=lambda mistake: mistake.line)))


def _without(table: dict[str, object], errors: tuple[SettingError, ...]) -> dict[str, object]:
    kept = deepcopy(table)
    for error in errors:
        # Half a manual status is none.
        *outer, key = error.path[:1] if error.path[0] == "manual" else error.path
        holder: object = kept
        for name in outer:
            holder = holder.get(name) if isinstance(holder, dict) else None
        if not isinstance(holder, dict) or key not in holder:
            continue
        raw = holder[key]
        if isinstance(raw, list):
            holder[key] = [entry for entry in raw if isinstance(entry, str) and is_address(entry)]
        else:
            del holder[key]
    return kept


def settings_text(values: Mapping[str, object]) -> str:
    """The text of a settings file that holds the values."""
    return tomli_w.dumps(values)


def merged(stored: Mapping[str, object], values: Mapping[str, object]) -> dict[str, object]:
    """What a store holds after ``values`` were saved over ``stored``.

    A key that is absent from ``values`` stays as it is stored; None removes it. So it is inside ``account``.
    """
    result = _over(stored, values)
    account, before = values.get("account"), stored.get("account")
    if isinstance(account, dict):
        result["account"] = _over(before if isinstance(before, dict) else {}, account)
    # A newer LyncDesk's file stays marked as such.
    version = stored.get("version", VERSION)
    result["version"] = max(VERSION, version) if isinstance(version, int) else VERSION
    return result


def _over(stored: Mapping[str, object], values: Mapping[str, object]) -> dict[str, object]:
    over = {**stored, **values}
    return {key: deepcopy(value) for key, value in over.items() if value is not None}


def _value(options: Options, name: str) -> object:
    holder: object = options
    for part in name.split("."):
        holder = getattr(holder, part)
    return holder


def values_from(options: Options, manual: Manual | None) -> dict[str, object]:
    """What to save of the options and the manual status, for :func:`merged`.

    What another layer covers is left as it is stored, and what is the default again is removed.
    """
    values: dict[str, object] = {"version": VERSION}
    account: dict[str, object] = {}
    for name, kind in FIELDS.items():
        value = _value(options, name)
        match options.origins.get(name, Origin.BUILT_IN):
            case Origin.PERSON:
                written = kind.write(value)
            case Origin.BUILT_IN:
                written = kind.write(value) if value != _value(_DEFAULTS, name) else None
            case _:
                continue
        table, _, key = name.rpartition(".")
        (account if table else values)[key] = written
    values["account"] = account
    values["gives"] = {address: str(level.value) for address, level in options.gives.items()}
    values["contacts"] = list(options.contacts)
    values["groups"] = {name: list(members) for name, members in options.groups.items()}
    values["manual"] = _manual_values(manual) if manual is not None else None
    return values


def _manual_values(manual: Manual) -> dict[str, object]:
    until = {} if manual.until is None else {"until": manual.until}
    return {"status": str(manual.status.value), "since": manual.since, **until, "device": manual.device}


def manual_from(values: Mapping[str, object]) -> Manual | None:
    """The manual status that was stored, None where there is none that can be used."""
    return read_settings(values).manual


def options_from(
    values: Mapping[str, object], policy: Policy, command_line: Mapping[str, object]
) -> tuple[Options, tuple[Problem, ...]]:
    """Lay the layers over each other; the problems are those of the policy and of values that cannot be used.

    ``values`` are a store's; ``command_line`` holds fields of the options by name ("account.server" for parts
    of the account) with the values that the options want.

    Raises:
        TypeError: for a name on the command line that is no field.
    """
    person = read_settings(values)
    layers: tuple[tuple[Origin, Mapping[str, object]], ...] = (
        (Origin.RECOMMENDED, policy.recommended_fields()),
        (Origin.PERSON, person.fields),
        (Origin.COMMAND_LINE, command_line),
        (Origin.POLICY, policy.mandatory_fields()),
    )
    origins: dict[str, Origin] = {}
    plain: dict[str, object] = {}
    account: dict[str, object] = {}
    for origin, layer in layers:
        for name, value in layer.items():
            table, _, key = name.rpartition(".")
            (account if table == "account" else plain)[key if table == "account" else name] = value
            origins[name] = origin
    options = Options(**{**plain, "account": Account(**account), "origins": origins})  # type: ignore[arg-type]
    broken = tuple(
        Problem.of(
            "settings-broken", where=".".join(error.path), what=error.what, key=".".join(error.path), kept="-"
        )
        for error in person.errors
    )
    return options, (*policy.problems, *broken)


def chosen(options: Options, **changes: object) -> Options:
    """The options after the person changed fields on screen; they count as the person's from now on.

    An account is changed as a whole: parts that the administrator set stay as they are.

    Raises:
        ValueError: for another field that the administrator set.
        TypeError: for a name that is no field.
    """
    origins = dict(options.origins)
    account = changes.get("account")
    if isinstance(account, Account):
        differing = {
            part.name: getattr(options.account, part.name)
            for part in fields(Account)
            if getattr(account, part.name) != getattr(options.account, part.name)
        }
        kept = {part: value for part, value in differing.items() if options.locked(f"account.{part}")}
        changes["account"] = replace(account, **kept)
        origins.update({f"account.{part}": Origin.PERSON for part in differing if part not in kept})
        if account.address and not options.locked("account.address"):
            origins["account.address"] = Origin.PERSON  # also one that was recommended, and is now confirmed
    for name in changes.keys() - {"account"}:
        if options.locked(name):
            raise ValueError(f"{name} is set by your administrator")
        origins[name] = Origin.PERSON
    return replace(options, **changes, origins=origins)  # type: ignore[arg-type]


def without_account(options: Options, policy: Policy) -> Options:
    """The options after the person's account was forgotten: what is left of one is the administrator's."""
    origins = {name: origin for name, origin in options.origins.items() if not name.startswith(_ACCOUNT)}
    parts: dict[str, object] = {}
    for origin, layer in (
        (Origin.RECOMMENDED, policy.recommended_fields()),
        (Origin.POLICY, policy.mandatory_fields()),
    ):
        for name, value in layer.items():
            if name.startswith(_ACCOUNT):
                parts[name.removeprefix(_ACCOUNT)] = value
                origins[name] = origin
    return replace(options, account=Account(**parts), origins=origins)  # type: ignore[arg-type]
