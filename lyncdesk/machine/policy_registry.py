r"""Windows: the policy that Group Policy, or another tool of management, wrote into the registry.

Values of ``Software\Policies\LyncDesk`` are mandatory, those of its subkey ``Recommended`` are defaults; a
switch and a number are REG_DWORD, a text and a duration are REG_SZ (or REG_EXPAND_SZ, whose %NAMES% are
replaced). Only administrators can write there. Capitals make no difference to a name, as in all of Windows.

Source: the project's presence rules, section 9; winreg's documentation; "Registry Redirector" for the view.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from lyncdesk.client.policy import POLICY, Policy
from lyncdesk.client.policy_values import (
    LONGEST_TEXT,
    MOST_VALUES,
    Layer,
    form,
    mistake,
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

KEY = r"Software\Policies\LyncDesk"
RECOMMENDED = "Recommended"

# winreg's numbers, which are those of the Windows headers.
REG_SZ, REG_EXPAND_SZ, REG_DWORD = 1, 2, 4
_TYPES = (
    *("REG_NONE", "REG_SZ", "REG_EXPAND_SZ", "REG_BINARY", "REG_DWORD", "REG_DWORD_BIG_ENDIAN", "REG_LINK"),
    *("REG_MULTI_SZ", "REG_RESOURCE_LIST", "REG_FULL_RESOURCE_DESCRIPTOR"),
    *("REG_RESOURCE_REQUIREMENTS_LIST", "REG_QWORD"),
)
# What a key takes, by the form of its value.
_FORMS: Mapping[type, str] = {
    bool: N_("REG_DWORD: 1 (on) or 0 (off)"),
    int: N_("REG_DWORD: {range}"),
    str: N_("REG_SZ: {range}"),
}
_KEY_READ = 0x20019
# A program of 32 bits would else be shown another part of HKEY_LOCAL_MACHINE on some Windows.
_KEY_WOW64_64KEY = 0x0100
NO_MORE_ITEMS = 259

_T = TypeVar("_T")


class Registry(Protocol):
    """What is used of winreg."""

    HKEY_LOCAL_MACHINE: Any
    HKEY_CURRENT_USER: Any

    def OpenKey(self, key: Any, sub_key: str, reserved: int = 0, access: int = 0) -> Any:  # noqa: N802 - winreg's
        """A handle, closed by its ``with``; an OSError where there is none."""

    def EnumValue(self, key: Any, index: int, /) -> tuple[str, Any, int]:  # noqa: N802 - winreg's
        """Name, data and type; an OSError past the last."""

    def EnumKey(self, key: Any, index: int, /) -> str:  # noqa: N802 - winreg's
        """The name of a subkey; an OSError past the last."""

    def ExpandEnvironmentStrings(self, text: str, /) -> str:  # noqa: N802 - winreg's
        """The text with its %NAMES% replaced."""


def _winreg() -> Registry:
    registry: Any = importlib.import_module("winreg")  # there is none on other systems
    return registry  # type: ignore[no-any-return]


@dataclass
class _Found:
    """One key of the registry as it is read: values in the form of TOML, and what is wrong."""

    values: dict[str, object] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PolicyRegistry:
    """The policy under one root: HKEY_LOCAL_MACHINE for the computer, HKEY_CURRENT_USER for the person."""

    root: str
    registry: Callable[[], Registry] = _winreg

    @property
    def path(self) -> str:
        """The key as regedit shows it."""
        return rf"{self.root}\{KEY}"

    def read(self) -> Policy:
        """The policy as the registry is now; no key is no policy, one that cannot be read is a problem."""
        registry = self.registry()
        mandatory = self._key(registry, KEY, self.path, (RECOMMENDED,))
        recommended = self._key(registry, rf"{KEY}\{RECOMMENDED}", rf"{self.path}\{RECOMMENDED}", ())
        if mandatory is None and recommended is None:
            return Policy()
        layers: list[Layer] = []
        problems: list[Problem] = []
        for found, path in ((mandatory, self.path), (recommended, rf"{self.path}\{RECOMMENDED}")):
            layer = read_layer(found.values if found else {})
            layers.append(layer)
            problems += found.problems if found else []
            problems += (mistake(_value(path, key), key, raw) for key, raw in layer.wrong)
        return Policy(self.path, layers[0].values, layers[1].values, tuple(problems))

    def _key(self, registry: Registry, key: str, path: str, subkeys: tuple[str, ...]) -> _Found | None:
        found = _Found()
        try:
            root = getattr(registry, self.root)
            with registry.OpenKey(root, key, 0, _KEY_READ | _KEY_WOW64_64KEY) as handle:
                self._values(registry, handle, path, found)
                for name in _numbered(lambda index: registry.EnumKey(handle, index)):
                    if name.casefold() not in {known.casefold() for known in subkeys}:
                        found.problems.append(mistake(rf"{path}\{printable(name)}", name, None, subkeys))
        except FileNotFoundError:
            return None
        except OSError as error:
            found.values.clear()  # half a policy is none
            found.problems.append(unreadable(path, error.strerror or str(error)))
        return found

    def _values(self, registry: Registry, handle: Any, path: str, found: _Found) -> None:
        names = {key.casefold(): key for key in POLICY}
        number = 0
        for name, data, type_ in _numbered(lambda index: registry.EnumValue(handle, index)):
            number += 1
            name, data = _sound(name), _sound(data) if isinstance(data, str) else data
            key = names.get(name.casefold())
            if key is None:
                found.problems.append(mistake(_value(path, name), name or "(default)", data))
            elif (told := self._wrong(key, data, type_, path)) is not None:
                found.problems.append(told)
            else:
                found.values[key] = _plain(registry, key, data, type_)
        if number == MOST_VALUES:
            found.problems.append(too_many(path))

    def _wrong(self, key: str, data: object, type_: int, path: str) -> Problem | None:
        wanted = form(key)
        types = {REG_SZ, REG_EXPAND_SZ} if wanted is str else {REG_DWORD}
        if type_ not in types:
            return wrong_form(_value(path, key), key, _type_name(type_), _FORMS)
        if wanted is bool and data not in {0, 1}:
            return wrong_form(_value(path, key), key, f"REG_DWORD {data}", _FORMS)
        if isinstance(data, str) and len(data) > LONGEST_TEXT:
            return too_long(_value(path, key), key)
        return None


def _plain(registry: Registry, key: str, data: object, type_: int) -> object:
    if form(key) is bool:
        return data == 1
    if type_ == REG_EXPAND_SZ and isinstance(data, str):
        return registry.ExpandEnvironmentStrings(data)
    # A text without any data is None for winreg's callers.
    return "" if data is None else data


def _sound(text: str) -> str:
    """The text without halves of a letter, which Windows stores and nothing can print."""
    return text.encode("utf-8", "replace").decode()


def _type_name(type_: int) -> str:
    return _TYPES[type_] if type_ < len(_TYPES) else f"type {type_}"


def _value(path: str, name: str) -> Message:
    return Message.of("{path}, value {name}", path=path, name=printable(name[:80]) or "(default)")


def _numbered(ask: Callable[[int], _T]) -> Iterator[_T]:
    """What a registry function gives for 0, 1, 2 ..., until it says that there is no more."""
    for index in range(MOST_VALUES):
        try:
            yield ask(index)
        except OSError as error:
            if getattr(error, "winerror", None) == NO_MORE_ITEMS:
                return
            raise
