"""Windows registry hives for tests: written by hivexsh, read by regipy, and served as winreg serves them.

``HiveRegistry`` stands in for winreg over real ``regf`` files; ``tests/machine/test_policy_registry.py``
holds it to what a winreg answered.
"""

import subprocess
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from struct import pack, unpack_from
from typing import Any, TypeVar

from regipy.exceptions import NoRegistrySubkeysException, RegistryKeyNotFoundException
from regipy.registry import RegistryHive

SZ, EXPAND_SZ, BINARY, DWORD, MULTI_SZ, QWORD = 1, 2, 3, 4, 7, 11
TYPES = {
    "REG_NONE": 0,
    "REG_SZ": SZ,
    "REG_EXPAND_SZ": EXPAND_SZ,
    "REG_BINARY": BINARY,
    "REG_DWORD": DWORD,
    "REG_MULTI_SZ": MULTI_SZ,
    "REG_QWORD": QWORD,
}
# regipy ships no types.
_OPEN: Any = RegistryHive
_PAGE = 0x1000
_NOWHERE = 0xFFFFFFFF

Data = tuple[str, int, object]
_T = TypeVar("_T")
_Handle = tuple[list[tuple[str, Any, int]], list[str]]
Keys = Mapping[str, Sequence[Data]]


class NoMoreItemsError(OSError):
    """How winreg ends an enumeration."""

    winerror = 259


def _cell(data: bytes) -> bytes:
    size = (4 + len(data) + 7) // 8 * 8
    return (pack("<i", -size) + data).ljust(size, b"\0")


def empty_hive() -> bytes:
    """A hive with a root key and nothing in it, after the published descriptions of the format."""
    header = bytearray(_PAGE)
    # Both sequence numbers, the time, version 1.3, a primary file, the root's cell, the size of the bins.
    header[:4] = b"regf"
    header[4:48] = pack("<IIQIIIIIII", 1, 1, 0, 1, 3, 0, 1, 0x20, _PAGE, 1)
    sum_ = 0
    for at in range(0, 508, 4):
        sum_ ^= unpack_from("<I", header, at)[0]
    header[508:512] = pack("<I", sum_)

    def root(security: int) -> bytes:
        name = b"ROOT"
        numbers = (0, 0, _NOWHERE, 0, 0, _NOWHERE, _NOWHERE, 0, _NOWHERE, security, _NOWHERE, 0, 0, 0, 0, 0)
        return _cell(b"nk" + pack("<HQ15IHH", 0x2C, *numbers, len(name), 0) + name)

    at = 0x20 + len(root(0))
    rights = pack("<BBH4I", 1, 0, 0x8000, 0, 0, 0, 0)  # a self-relative descriptor of nobody's
    used = root(at) + _cell(b"sk" + pack("<HIIII", 0, at, at, 1, len(rights)) + rights)
    free = _PAGE - 0x20 - len(used)
    bin_ = b"hbin" + pack("<II", 0, _PAGE) + bytes(20) + used + pack("<i", free) + bytes(free - 4)
    return bytes(header) + bin_


def _octets(type_: int, data: object) -> bytes:
    match data:
        case bytes():
            return data
        case bool() | int():
            return int(data).to_bytes(8 if type_ == QWORD else 4, "little")
        case str():
            return (data + "\0").encode("utf-16-le")
        case list():
            return "".join(f"{part}\0" for part in [*data, ""]).encode("utf-16-le")
    raise TypeError(f"no value of a registry: {data!r}")


def write_hive(path: Path, keys: Keys) -> Path:
    """Write a hive whose keys hold these values (name, type, data)."""
    path.write_bytes(empty_hive())
    made: set[str] = set()
    lines: list[str] = []
    for key, values in keys.items():
        lines.append("cd \\")
        done = ""
        for part in key.split("\\"):
            done = f"{done}\\{part}"
            lines += ([] if done in made else [f"add {part}"]) + [f"cd {part}"]
            made.add(done)
        lines.append(f"setval {len(values)}")
        for name, type_, data in values:
            lines += [name or "@", f"hex:{type_}:{_octets(type_, data).hex(',')}"]
    subprocess.run(
        ["hivexsh", "-w", str(path)],
        input="\n".join([*lines, "commit", ""]),
        text=True,
        check=True,
        capture_output=True,
    )
    return path


class HiveRegistry:
    """winreg over hives: each root is a hive and the path that it begins at.

    ``refused`` are keys that may not be opened, as Windows refuses them. ``%NAMES%`` are those of ``names``.
    """

    HKEY_LOCAL_MACHINE, HKEY_CURRENT_USER = "HKEY_LOCAL_MACHINE", "HKEY_CURRENT_USER"

    def __init__(
        self,
        machine: Path | None = None,
        user: Path | None = None,
        *,
        refused: Iterable[str] = (),
        names: Mapping[str, str] | None = None,
    ) -> None:
        self._hives = {self.HKEY_LOCAL_MACHINE: (machine, "Software"), self.HKEY_CURRENT_USER: (user, "")}
        self._refused = {key.casefold() for key in refused}
        self._names = names or {}
        self.asked: list[int] = []

    def OpenKey(
        self, key: str, sub_key: str, reserved: int = 0, access: int = 0
    ) -> AbstractContextManager[_Handle]:
        """See winreg."""
        assert reserved == 0
        self.asked.append(access)
        if rf"{key}\{sub_key}".casefold() in self._refused:
            error = PermissionError(13, "Access is denied")
            raise error
        path, begins = self._hives[key]
        below = sub_key[len(begins) :] if begins else f"\\{sub_key}"
        if path is None:
            raise FileNotFoundError(2, "The system cannot find the file specified")
        try:
            found = _OPEN(str(path)).get_key(below)
        except (RegistryKeyNotFoundException, NoRegistrySubkeysException) as error:
            raise FileNotFoundError(2, "The system cannot find the file specified") from error
        return nullcontext(([_answer(value) for value in found.iter_values()], _below(found)))

    def EnumValue(self, key: _Handle, index: int, /) -> tuple[str, Any, int]:
        """See winreg."""
        return _nth(key[0], index)

    def EnumKey(self, key: _Handle, index: int, /) -> str:
        """See winreg."""
        return _nth(key[1], index)

    def ExpandEnvironmentStrings(self, text: str, /) -> str:
        """See winreg."""
        for name, value in self._names.items():
            text = text.replace(f"%{name}%", value)
        return text


def _nth(found: list[_T], index: int) -> _T:
    if index < len(found):
        return found[index]
    raise NoMoreItemsError(22, "No more data is available")


def _answer(value: Any) -> tuple[str, Any, int]:
    name = "" if value.name == "(default)" else value.name
    type_ = TYPES[value.value_type] if isinstance(value.value_type, str) else value.value_type
    data = value.value
    return name, bytes.fromhex(data) if type_ == BINARY and isinstance(data, str) else data, type_


def _below(key: Any) -> list[str]:
    return [found.name for found in key.iter_subkeys()] if key.subkey_count else []
