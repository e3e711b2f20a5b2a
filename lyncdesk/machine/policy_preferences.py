"""macOS: the policy that a configuration profile put among the managed preferences.

What a profile forces for the domain ``org.lyncdesk.LyncDesk`` stands in a property list, binary or XML, below
``/Library/Managed Preferences``: for the computer, and in a folder of the person's name for the person alone.
Keys at the top are mandatory, those in the dictionary ``Recommended`` are defaults.

Source: the project's presence rules, section 9; Apple's "ManagedPreferences" payload; plistlib.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lyncdesk.client.policy import POLICY, Policy
from lyncdesk.client.policy_values import (
    LONGEST_TEXT,
    MOST_VALUES,
    Layer,
    UnreadableError,
    bounded_bytes,
    form,
    mistake,
    policy_problem,
    read_layer,
    too_long,
    too_many,
    unreadable,
    wrong_form,
)
from lyncdesk.client.problems import Problem
from lyncdesk.client.value_kinds import printable
from lyncdesk.client.words import N_
from lyncdesk.presence.message import Message
from lyncdesk.starting import DESKTOP_ID

DOMAIN = DESKTOP_ID
RECOMMENDED = "Recommended"
MANAGED = Path("/Library/Managed Preferences")

# What every payload has, and macOS may leave beside its settings.
_OF_PAYLOADS = frozenset(
    f"Payload{name}"
    for name in (
        *("Type", "UUID", "Identifier", "Version", "DisplayName", "Description", "Organization", "Enabled"),
        "Scope",
    )
)
# By the elements of a property list, as an administrator sees them there.
_ELEMENTS: tuple[tuple[type, str], ...] = (
    (bool, "<true/>, <false/>"),
    (int, "<integer>"),
    (str, "<string>"),
    (float, "<real>"),
    (datetime, "<date>"),
    (bytes, "<data>"),
    (list, "<array>"),
    (dict, "<dict>"),
)
# What a key takes, by the form of its value.
_FORMS: Mapping[type, str] = {
    bool: N_("<true/> or <false/>"),
    int: N_("<integer>: {range}"),
    str: N_("<string>: {range}"),
}


def dictionary(data: bytes) -> Mapping[str, object]:
    """The dictionary that a property list holds, binary or XML.

    Raises:
        UnreadableError: it holds none, or cannot be read.
    """
    import plistlib  # with its XML parser only where there is something to read
    from xml.parsers.expat import ExpatError

    try:
        found = plistlib.loads(data)
    # What plistlib lets through for bytes that nobody's tool has written.
    except (ValueError, ExpatError, TypeError, AttributeError, LookupError, OverflowError) as error:
        raise UnreadableError(Message.of("{error}", error=str(error) or type(error).__name__)) from error
    except (RecursionError, MemoryError) as error:
        raise UnreadableError(Message.of("it is nested too deep, or too large")) from error
    if not isinstance(found, dict):
        raise UnreadableError(Message.of("it holds no dictionary"))
    return {str(key): value for key, value in found.items()}


def policy_from(values: Mapping[str, object], path: str) -> Policy:
    """What the dictionary of managed preferences says; ``path`` is named in problems."""
    inner = values.get(RECOMMENDED)
    recommended: Mapping[str, object] = inner if isinstance(inner, dict) else {}
    top = {key: value for key, value in values.items() if key not in {RECOMMENDED, *_OF_PAYLOADS}}
    mandatory, problems = _layer(top, path, "", (RECOMMENDED,))
    defaults, more = _layer(recommended, path, f"{RECOMMENDED} > ", ())
    if inner is not None and inner is not recommended:
        what = Message.of(
            "{key} is {value}; it must be {wanted}", key=RECOMMENDED, value=_element(inner), wanted="<dict>"
        )
        more = (policy_problem(_key(path, RECOMMENDED), what, key=RECOMMENDED),)
    return Policy(path, mandatory.values, defaults.values, (*problems, *more))


def _key(path: str, name: str) -> Message:
    return Message.of("{path}, key {name}", path=path, name=printable(name))


def _layer(
    values: Mapping[str, object], path: str, inside: str, also: tuple[str, ...]
) -> tuple[Layer, tuple[Problem, ...]]:
    plain: dict[str, object] = {}
    problems: list[Problem] = []
    for number, (name, value) in enumerate(values.items()):
        key = str(name)
        where = _key(path, f"{inside}{key[:80]}")
        if number == MOST_VALUES:
            problems.append(too_many(path))
            break
        if key not in POLICY:
            problems.append(mistake(where, key, None, also))
        elif type(value) is not form(key):
            problems.append(wrong_form(where, key, _element(value), _FORMS))
        elif isinstance(value, str) and len(value) > LONGEST_TEXT:
            problems.append(too_long(where, key))
        else:
            plain[key] = value
    layer = read_layer(plain)
    problems += (mistake(_key(path, f"{inside}{key}"), key, raw) for key, raw in layer.wrong)
    return layer, tuple(problems)


def _element(value: object) -> str:
    return next((name for type_, name in _ELEMENTS if isinstance(value, type_)), type(value).__name__)


@dataclass(frozen=True, slots=True)
class PolicyPreferences:
    """The policy in one property list of managed preferences."""

    file: Path

    @property
    def path(self) -> str:
        """The file."""
        return str(self.file)

    def read(self) -> Policy:
        """The policy as the file is now; no file is no policy, one that cannot be read is a problem."""
        try:
            return policy_from(dictionary(bounded_bytes(self.file)), self.path)
        except FileNotFoundError:
            return Policy()
        except OSError as error:
            return Policy(self.path, problems=(unreadable(self.path, error.strerror or str(error)),))
        except UnreadableError as error:
            return Policy(self.path, problems=(unreadable(self.path, error.what),))


def managed_preferences(person: str, folder: Path = MANAGED) -> tuple[PolicyPreferences, PolicyPreferences]:
    """Those of the computer and those of the person, by the name of their account."""
    name = f"{DOMAIN}.plist"
    return PolicyPreferences(folder / name), PolicyPreferences(folder / person / name)
