"""A policy that is to be tried before it is rolled out: a file of any system, read as that system would.

By its ending: ``.toml`` as the policy file, ``.reg`` as the registry after regedit imported it,
``.mobileconfig`` as the managed preferences after the profile was installed, ``.plist`` as these themselves.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import reduce
from pathlib import Path
from typing import TypeVar

from lyncdesk.client.policy import Policy
from lyncdesk.client.policy_file import PolicyFile
from lyncdesk.client.policy_values import UnreadableError, bounded_bytes, unreadable
from lyncdesk.machine.policy_preferences import DOMAIN, dictionary, policy_from
from lyncdesk.machine.policy_registry import KEY, NO_MORE_ITEMS, REG_DWORD, REG_SZ, PolicyRegistry
from lyncdesk.presence.message import Message

_PREFERENCES = "com.apple.ManagedClient.preferences"
_ROOTS = ("HKEY_LOCAL_MACHINE", "HKEY_CURRENT_USER")
_HEADS = ("Windows Registry Editor Version 5.00", "REGEDIT4")
_LINE = re.compile(r'(?:"((?:[^"\\]|\\.)*)"|(@))\s*=\s*(.*)')
_HEX = re.compile(r"hex(?:\(([0-9a-f]+)\))?:((?:[0-9a-f]{2},?)*)", re.IGNORECASE)
_REG_BINARY = 3

Data = tuple[str, object, int]
_T = TypeVar("_T")


class NoMoreItemsError(OSError):
    """As winreg ends an enumeration."""

    winerror = NO_MORE_ITEMS


def trial_policy(path: Path) -> Policy:
    """What the file says. No file, another ending, or one that cannot be read is a problem. Never raises."""
    read = _READERS.get(path.suffix.lower())
    if read is None:
        return _unread(path, Message.of("it ends in none of {endings}", endings=", ".join(_READERS)))
    try:
        return read(path)
    except OSError as error:
        return _unread(path, error.strerror or str(error))
    except UnreadableError as error:
        return _unread(path, error.what)


def _unread(path: Path, why: str | Message) -> Policy:
    return Policy(str(path), problems=(unreadable(str(path), why),))


def _toml(path: Path) -> Policy:
    path.stat()  # where no file is no policy, a file that was named must be there
    return PolicyFile(path).read()


def _plist(path: Path) -> Policy:
    return policy_from(dictionary(bounded_bytes(path)), str(path))


def _profile(path: Path) -> Policy:
    data = bounded_bytes(path)
    if data[:1] == b"\x30":  # a DER sequence
        raise UnreadableError(Message.of("it is signed; try the profile as it was before"))
    content = dictionary(data).get("PayloadContent")
    payloads = content if isinstance(content, list) else []
    found = [policy_from(values, str(path)) for payload in payloads for values in _settings(payload)]
    if not found:
        raise UnreadableError(Message.of("it holds no payload for {domain}", domain=DOMAIN))
    return reduce(Policy.over, found)


def _settings(payload: object) -> Iterator[Mapping[str, object]]:
    match payload:
        case {"PayloadType": str(type_), **values} if type_ == DOMAIN:
            yield {str(key): value for key, value in values.items()}
        case {"PayloadType": str(type_), "PayloadContent": dict(domains)} if type_ == _PREFERENCES:
            match domains.get(DOMAIN):
                case {"Forced": [*forced]}:
                    for entry in forced:
                        match entry:
                            case {"mcx_preference_settings": dict(settings)}:
                                yield {str(key): value for key, value in settings.items()}


def _reg(path: Path) -> Policy:
    data = bounded_bytes(path)
    try:
        text = data.decode("utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(Message.of("it is neither UTF-16 nor UTF-8")) from error
    registry = RegText(text)
    policy = reduce(Policy.over, (PolicyRegistry(root, lambda: registry).read() for root in _ROOTS))
    if not policy.path:
        wanted = rf"{_ROOTS[0]}\{KEY}"
        raise UnreadableError(Message.of("it holds no key {key}", key=wanted))
    return policy


class RegText:
    """What a .reg file writes, as a registry that can be read.

    Raises:
        UnreadableError: it is no such file, or a line is none of it.
    """

    HKEY_LOCAL_MACHINE, HKEY_CURRENT_USER = _ROOTS

    def __init__(self, text: str) -> None:
        self._keys: dict[str, list[Data]] = {}
        self._names: dict[str, str] = {}
        values: list[Data] = []
        for number, line in _statements(text):
            if line.startswith("[-"):  # the key is removed
                values = []
            elif line.startswith("[") and line.endswith("]"):
                name = line[1:-1]
                self._names.setdefault(name.casefold(), name)
                values = self._keys.setdefault(name.casefold(), [])
            else:
                values += _data(line, number)

    def OpenKey(  # noqa: N802 - winreg's
        self,
        key: str,
        sub_key: str,
        reserved: int = 0,  # noqa: ARG002 - winreg's
        access: int = 0,  # noqa: ARG002 - winreg's
    ) -> AbstractContextManager[str]:
        """See winreg: the name of the key serves as its handle."""
        name = rf"{key}\{sub_key}".casefold()
        if name not in self._keys and not any(other.startswith(name + "\\") for other in self._keys):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
        return nullcontext(name)

    def EnumValue(self, key: str, index: int, /) -> Data:  # noqa: N802 - winreg's
        """See winreg."""
        return _nth(self._keys.get(key, []), index)

    def EnumKey(self, key: str, index: int, /) -> str:  # noqa: N802 - winreg's
        """See winreg."""
        depth = key.count("\\") + 1
        below = [name for found, name in self._names.items() if found.startswith(key + "\\")]
        return _nth(list(dict.fromkeys(name.split("\\")[depth] for name in below)), index)

    def ExpandEnvironmentStrings(self, text: str, /) -> str:  # noqa: N802 - winreg's
        """See winreg: the names that this computer has are replaced, the others stay."""
        return re.sub("%([^%]+)%", lambda found: os.environ.get(found[1], found[0]), text)


def _nth(found: list[_T], index: int) -> _T:
    if index < len(found):
        return found[index]
    raise NoMoreItemsError


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Each line that says something, with its number (from 1); one that ends in a backslash goes on."""
    lines = text.splitlines()
    if not lines or lines[0].strip() not in _HEADS:
        raise UnreadableError(Message.of("it does not begin with “{head}”", head=_HEADS[0]))
    begun, at = "", 0
    for number, line in enumerate(map(str.strip, lines[1:]), 2):
        at = at if begun else number
        if line.endswith("\\"):
            begun += line[:-1]
            continue
        if (whole := begun + line) and not whole.startswith(";"):
            yield at, whole
        begun = ""


def _data(line: str, number: int) -> Iterator[Data]:
    found = _LINE.fullmatch(line)
    if found is None:
        raise UnreadableError(Message.of("line {n} is neither a key nor a value", n=number))
    name = "" if found[2] else _unmarked(found[1])
    if (text := re.fullmatch(r'"((?:[^"\\]|\\.)*)"', found[3])) is not None:
        yield name, _unmarked(text[1]), REG_SZ
    elif (dword := re.fullmatch("dword:([0-9a-fA-F]{1,8})", found[3])) is not None:
        yield name, int(dword[1], 16), REG_DWORD
    elif (octets := _HEX.fullmatch(found[3])) is not None:
        yield (name, *_typed(bytes.fromhex(octets[2].replace(",", "")), int(octets[1] or "3", 16)))
    elif found[3] != "-":  # the value is removed
        raise UnreadableError(Message.of("line {n}: the value is of no known form", n=number))


def _typed(octets: bytes, type_: int) -> tuple[object, int]:
    match type_:
        case 1 | 2:
            return octets.decode("utf-16-le", "replace").partition("\0")[0], type_
        case 7:
            return octets.decode("utf-16-le", "replace").rstrip("\0").split("\0"), type_
        case 11 if len(octets) == 8:
            return int.from_bytes(octets, "little"), type_
        case 4 if len(octets) == 4:
            return int.from_bytes(octets, "little"), type_
    return octets, type_ if type_ != REG_DWORD else _REG_BINARY


def _unmarked(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


_READERS: dict[str, Callable[[Path], Policy]] = {
    ".toml": _toml,
    ".reg": _reg,
    ".mobileconfig": _profile,
    ".plist": _plist,
}
