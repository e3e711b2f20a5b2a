"""The policy file: read with every mistake named, explained as a template, told line by line.

Flat keys are mandatory, keys under ``[recommended]`` are defaults that the person may change. A mistake is a
problem ``policy-invalid`` that names file, line, key, value and range; the key then counts as not set.

Source: the project's presence rules, section 9.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lyncdesk.client.options import Options, Origin
from lyncdesk.client.policy import POLICY, Policy, PolicyKey
from lyncdesk.client.policy_values import (
    MOST_VALUES,
    RECOMMENDED,
    Layer,
    Refuses,
    UnreadableError,
    bounded_bytes,
    mistake,
    policy_problem,
    read_layer,
    unreadable,
)
from lyncdesk.client.problems import Problem
from lyncdesk.client.toml_lines import TomlError, lines_of, read_toml
from lyncdesk.client.value_kinds import shown
from lyncdesk.client.words import Words
from lyncdesk.presence.message import Message


def parse_policy(text: str, path: str) -> Policy:
    """What the text of a policy file says; ``path`` is named in problems. Never raises."""
    table = read_toml(text)
    if isinstance(table, TomlError):
        what = Message.of("it is not valid TOML, so nothing of it is used: {error}", error=table.said)
        return Policy(path, problems=(policy_problem(f"{path}:{table.line}", what, key=table.key or "-"),))
    inner = table.pop(RECOMMENDED) if isinstance(table.get(RECOMMENDED), dict) else {}
    layers: dict[tuple[str, ...], Layer] = {
        (): read_layer(table),
        (RECOMMENDED,): read_layer(inner if isinstance(inner, dict) else {}),
    }
    wrong = [((*prefix, key), raw) for prefix, layer in layers.items() for key, raw in layer.wrong]
    lines = lines_of(text) if wrong else {}
    told = wrong[:MOST_VALUES]
    problems = [_mistake(f"{path}:{lines[at]}" if at in lines else path, at, raw) for at, raw in told]
    if told != wrong:
        what = Message.of("only {n} mistakes of it are told", n=MOST_VALUES)
        problems.append(policy_problem(path, what, key="-"))
    return Policy(path, layers[()].values, layers[(RECOMMENDED,)].values, tuple(problems))


def _mistake(where: str, at: tuple[str, ...], raw: object) -> Problem:
    if at == (RECOMMENDED,):
        table = f"[{RECOMMENDED}]"
        what = Message.of(
            "{key} is {value}; it must be {wanted}", key=RECOMMENDED, value=shown(raw), wanted=table
        )
        return policy_problem(where, what, key=RECOMMENDED)
    return mistake(where, at[-1], raw, (RECOMMENDED,) if len(at) == 1 else ())


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A policy in a file, as this computer may have several places for one.

    ``refuses`` tells of an open file why it does not count, None where it does.
    """

    path: Path
    refuses: Refuses | None = None

    def read(self) -> Policy:
        """The policy as the file is now; no file is no policy, one that cannot be read is a problem."""
        path = str(self.path)
        try:
            data = bounded_bytes(self.path, self.refuses)
            text = data.decode("utf-8-sig")
        except FileNotFoundError:
            return Policy()
        except OSError as error:
            return Policy(path, problems=(unreadable(path, error.strerror or str(error)),))
        except UnicodeDecodeError:
            return Policy(path, problems=(unreadable(path, Message.of("not UTF-8")),))
        except UnreadableError as error:
            return Policy(path, problems=(unreadable(path, error.what),))
        return parse_policy(text, path)


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """One line of ``lyncdesk policy``: a key, its value in force as a file writes it, where it comes from.

    ``place`` is the file, registry key or profile of a value that the administrator set, else "".
    """

    key: str
    value: object
    origin: Origin
    range: Message
    default: object
    effect: str
    place: str = ""


def policy_lines(policy: Policy, options: Options) -> tuple[PolicyLine, ...]:
    """Every key with the value that is in force in ``options``, in the order of the table."""
    return tuple(
        PolicyLine(
            row.key,
            row.kind.write(value),
            origin,
            row.kind.range,
            row.kind.write(row.default),
            row.effect,
            _place(row.key, policy, origin),
        )
        for row in POLICY.values()
        for value, origin in (_in_force(row, policy, options),)
    )


def _place(key: str, policy: Policy, origin: Origin) -> str:
    match origin:
        case Origin.POLICY:
            return policy.place(key)
        case Origin.RECOMMENDED:
            return policy.place(key, recommended=True)
    return ""


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
# A key under [recommended] at the end is a default: people may change what they can choose at all.
# Durations are written like "00:30:00", "1h30m" or "45s".
"""


def policy_template() -> str:
    """A policy file in which every key stands, explained and commented out."""
    words = Words()
    rows = (
        f"\n# {row.effect}\n# {words(row.kind.range)}\n# {row.key} = {shown(row.kind.write(row.default))}\n"
        for row in POLICY.values()
    )
    return _HEAD + "".join(rows) + f"\n[{RECOMMENDED}]\n# IdleThreshold = 10\n"
