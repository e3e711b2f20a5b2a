"""The policy file: read with every mistake named, explained as a template, told line by line.

Flat keys are mandatory, keys under ``[recommended]`` are defaults that the person may change. A mistake is a
problem ``policy-invalid`` that names file, line, key, value and range; the key then counts as not set.

Source: the project's presence rules, section 9.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from lyncdesk.client.durations import format_duration
from lyncdesk.client.options import Options, Origin
from lyncdesk.client.policy import POLICY, Policy, PolicyKey
from lyncdesk.client.problems import Problem
from lyncdesk.client.toml_lines import TomlError, lines_of, read_toml
from lyncdesk.client.value_kinds import NotAllowedError, shown
from lyncdesk.client.words import Words
from lyncdesk.presence.message import Message, Value

RECOMMENDED = "recommended"


def _problem(where: str, what: Message, **values: Value) -> Problem:
    return Problem.of("policy-invalid", where=where, what=what, **values)


def _unknown(where: str, key: str) -> Problem:
    from difflib import get_close_matches  # for mistakes alone

    # Who writes a password into a policy means no other key, unless it is very near.
    secret = "password" in key.casefold()
    cutoff = 0.8 if secret else 0.5
    near = get_close_matches(key.casefold(), [known.casefold() for known in POLICY], n=1, cutoff=cutoff)
    known = next((known for known in POLICY if [known.casefold()] == near), None)
    if known is None and secret:
        what = Message.of(
            "the key {key} has no effect: a policy is read by everybody and never holds a password. Take it"
            " out; with Negotiate nobody needs one, and otherwise each person types it once",
            key=key,
        )
        return _problem(where, what, key=key)
    if known is None:
        what = Message.of("the key {key} is not known and has no effect", key=key)
        return _problem(where, what, key=key)
    what = Message.of(
        "the key {key} is not known and has no effect; the nearest known key is {nearest}",
        key=key,
        nearest=known,
    )
    return _problem(where, what, key=key, nearest=known)


def _not_allowed(where: str, key: str, raw: object) -> Problem:
    row = POLICY[key]
    values: dict[str, Value] = {
        "key": key,
        "value": shown(raw),
        "range": row.kind.range,
        "default": shown(row.kind.write(row.default)),
    }
    what = Message.of(
        "{key} = {value} is not allowed; it takes {range}. It counts as not set (built in: {default})",
        **values,
    )
    return _problem(where, what, **values)


def parse_policy(text: str, path: str) -> Policy:
    """What the text of a policy file says; ``path`` is named in problems. Never raises."""
    table = read_toml(text)
    if isinstance(table, TomlError):
        what = Message.of("it is not valid TOML, so nothing of it is used: {error}", error=table.said)
        return Policy(path, problems=(_problem(f"{path}:{table.line}", what, key=table.key or "-"),))
    recommended = table.get(RECOMMENDED)
    layers: list[tuple[tuple[str, ...], Mapping[str, object]]] = [((), table)]
    if isinstance(recommended, dict):
        layers = [((), {key: raw for key, raw in table.items() if key != RECOMMENDED})]
        layers.append(((RECOMMENDED,), recommended))
    read: dict[tuple[str, ...], dict[str, object]] = {(): {}, (RECOMMENDED,): {}}
    wrong: list[tuple[tuple[str, ...], object]] = []
    for prefix, layer in layers:
        for key, raw in layer.items():
            try:
                read[prefix][key] = POLICY[key].kind.read(raw)
            except (KeyError, NotAllowedError):
                wrong.append(((*prefix, key), raw))
    lines = lines_of(text) if wrong else {}
    problems = (_mistake(f"{path}:{lines[at]}" if at in lines else path, at[-1], raw) for at, raw in wrong)
    return Policy(path, read[()], read[(RECOMMENDED,)], tuple(problems))


def _mistake(where: str, key: str, raw: object) -> Problem:
    return _not_allowed(where, key, raw) if key in POLICY else _unknown(where, key)


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """Where the administrator's policy is on this computer."""

    path: Path

    def read(self) -> Policy:
        """The policy as the file is now; no file is no policy, one that cannot be read is a problem."""
        try:
            text = self.path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            return Policy()
        except (OSError, UnicodeDecodeError) as error:
            said = error.strerror or str(error) if isinstance(error, OSError) else "not UTF-8"
            what = Message.of("it cannot be read, so no policy is used: {error}", error=said)
            return Policy(str(self.path), problems=(_problem(str(self.path), what, key="-"),))
        return parse_policy(text, str(self.path))


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """One line of ``lyncdesk policy``: a key, its value in force as a file writes it, where it comes from."""

    key: str
    value: object
    origin: Origin
    range: Message
    default: object
    effect: str


def policy_lines(policy: Policy, options: Options) -> tuple[PolicyLine, ...]:
    """Every key with the value that is in force in ``options``, in the order of the table."""
    return tuple(
        PolicyLine(
            row.key, row.kind.write(value), origin, row.kind.range, row.kind.write(row.default), row.effect
        )
        for row in POLICY.values()
        for value, origin in (_in_force(row, policy, options),)
    )


def _in_force(row: PolicyKey, policy: Policy, options: Options) -> tuple[object, Origin]:
    if row.field:
        holder: object = options
        for part in row.field.split("."):
            holder = getattr(holder, part)
        return holder, options.origins.get(row.field, Origin.BUILT_IN)
    for layer, origin in ((policy.mandatory, Origin.POLICY), (policy.recommended, Origin.RECOMMENDED)):
        if row.key in layer:
            return layer[row.key], origin
    return row.default, Origin.BUILT_IN


_HEAD = """\
# LyncDesk's policy. A key that stands here is mandatory: people see "Set by your administrator".
# A key under [recommended] at the end is a default that people may change.
# Durations are written like "00:30:00", "1h30m" or "45s".
"""


def policy_template() -> str:
    """A policy file in which every key stands, explained and commented out."""
    words = Words()
    rows = (
        f"\n# {row.effect}\n# {words(row.kind.range)}\n# {row.key} = {shown(row.kind.write(row.default))}\n"
        for row in POLICY.values()
    )
    example = format_duration(timedelta(minutes=15))
    return _HEAD + "".join(rows) + f'\n[{RECOMMENDED}]\n# WebServicePollInterval = "{example}"\n'
