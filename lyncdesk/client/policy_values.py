"""What each kind of policy has in common, file, registry or profile: values by key, and mistakes in words.

Each reader brings its values into the form that TOML has (bool, int, str) and says where each stands; the
table decides. A mistake is a problem ``policy-invalid``; the key then counts as not set.

Source: the project's presence rules, section 9.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lyncdesk.client.policy import POLICY
from lyncdesk.client.problems import Problem
from lyncdesk.client.value_kinds import NotAllowedError, printable, shown
from lyncdesk.presence.message import Message, Value

RECOMMENDED = "recommended"
# No more than this is read of one place: nobody writes so much, and reading it takes time.
MOST_VALUES = 500
LONGEST_TEXT = 4096
LARGEST_FILE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Layer:
    """The values of one layer that can be used, and the others with what was found."""

    values: Mapping[str, object] = field(default_factory=dict)
    wrong: tuple[tuple[str, object], ...] = ()


def read_layer(raw: Mapping[str, object]) -> Layer:
    """What the table makes of the values, in the form that TOML has."""
    values: dict[str, object] = {}
    wrong: list[tuple[str, object]] = []
    for key, value in raw.items():
        try:
            values[key] = POLICY[key].kind.read(value)
        except (KeyError, NotAllowedError):
            wrong.append((key, value))
    return Layer(values, tuple(wrong))


def form(key: str) -> type:
    """What TOML holds for a value of the key: bool, int or str."""
    row = POLICY[key]
    return type(row.kind.write(row.default))


Refuses = Callable[[int], Message | None]


def bounded_bytes(path: Path, refuses: Refuses | None = None) -> bytes:
    """What the file holds. ``refuses`` is asked of the open file why it does not count, None where it does.

    Raises:
        OSError: it cannot be read.
        UnreadableError: it is larger than any policy, or refused.
    """
    with path.open("rb") as file:
        if refuses is not None and (why := refuses(file.fileno())) is not None:
            raise UnreadableError(why)
        data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise UnreadableError(Message.of("it is larger than {n} bytes", n=LARGEST_FILE))
    return data


def policy_problem(where: Value, what: Message, **values: Value) -> Problem:
    """One mistake of a policy: the place, and what is wrong there."""
    return Problem.of("policy-invalid", where=where, what=what, **values)


class UnreadableError(ValueError):
    """Nothing can be made of what a place holds; ``what`` says why."""

    def __init__(self, what: Message) -> None:
        super().__init__(what.template)
        self.what = what


def unreadable(where: Value, error: str | Message) -> Problem:
    """A place of which nothing can be read."""
    return policy_problem(
        where, Message.of("it cannot be read, so nothing of it is used: {error}", error=error), key="-"
    )


def mistake(where: Value, key: str, raw: object, also: Iterable[str] = ()) -> Problem:
    """What is wrong with a value that was found: its key is not known, or the key does not take it.

    ``also`` are further names that could have been meant by an unknown one.
    """
    return _not_allowed(where, key, raw) if key in POLICY else _unknown(where, key, also)


def wrong_form(where: Value, key: str, found: str, forms: Mapping[type, str]) -> Problem:
    """A value whose type, by the name that its system gives it, is not the one that the key has there.

    ``forms`` say for each :func:`form` what the system has for it; ``{range}`` in them is the key's.
    """
    row = POLICY[key]
    values: dict[str, Value] = {
        "key": key,
        "value": found,
        "wanted": Message.of(forms[form(key)], range=row.kind.range),
        "default": shown(row.kind.write(row.default)),
    }
    what = Message.of(
        "{key} is {value}; it must be {wanted}. It counts as not set (built in: {default})",
        **values,
    )
    return policy_problem(where, what, **values)


def too_long(where: Value, key: str) -> Problem:
    """A text that is longer than LONGEST_TEXT."""
    what = Message.of("{key} is longer than {n} characters. It counts as not set", key=key, n=LONGEST_TEXT)
    return policy_problem(where, what, key=key)


def too_many(where: Value) -> Problem:
    """A place with more than MOST_VALUES."""
    return policy_problem(where, Message.of("only {n} values of it are read", n=MOST_VALUES), key="-")


def _unknown(where: Value, key: str, also: Iterable[str]) -> Problem:
    from difflib import get_close_matches  # for mistakes alone

    known = {name.casefold(): name for name in (*POLICY, *also)}
    key = printable(key if len(key) <= 80 else key[:77] + "...")
    # Who writes a password into a policy means no other key, unless it is very near.
    secret = "password" in key.casefold()
    near = get_close_matches(key.casefold(), known, n=1, cutoff=0.8 if secret else 0.5)
    if not near and secret:
        what = Message.of(
            "the key {key} has no effect: a policy is read by everybody and never holds a password. Take it"
            " out; with Negotiate nobody needs one, and otherwise each person types it once",
            key=key,
        )
        return policy_problem(where, what, key=key)
    if not near:
        what = Message.of("the key {key} is not known and has no effect", key=key)
        return policy_problem(where, what, key=key)
    nearest = known[near[0]]
    what = Message.of(
        "the key {key} is not known and has no effect; the nearest known key is {nearest}",
        key=key,
        nearest=nearest,
    )
    return policy_problem(where, what, key=key, nearest=nearest)


def _not_allowed(where: Value, key: str, raw: object) -> Problem:
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
    return policy_problem(where, what, **values)
