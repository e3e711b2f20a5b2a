"""Whose policy file it is on Windows, as its documentation describes the calls, and what does not count."""

import ctypes
from pathlib import Path
from typing import Any

import pytest

from lyncdesk.client.policy import Policy
from lyncdesk.client.policy_file import PolicyFile
from lyncdesk.client.words import Words
from lyncdesk.machine.sensors import UnavailableError
from lyncdesk.machine.windows_owner import ADMINISTRATORS, not_an_administrators, owner_of

ANNA = "S-1-5-21-1004336348-1177238915-682003330-1001"
HANDLE = 0x7FFF_0000_0010  # wider than 32 bits


class Function:
    """A C function, whose types must be declared before it is called."""

    restype: Any = None
    argtypes: Any = None

    def __init__(self, act: Any) -> None:
        self._act = act

    def __call__(self, *arguments: Any) -> Any:
        assert len(self.argtypes) == len(arguments)
        return self._act(*arguments)


class Windows:
    """advapi32 and kernel32: a file of ``owner``, and every piece of memory that was handed out."""

    def __init__(self, owner: str, error: int = 0, *, tells: bool = True) -> None:
        self.alive: set[int] = set()
        self._text = ctypes.create_unicode_buffer(owner)
        self._owner, self._descriptor = ctypes.create_string_buffer(8), ctypes.create_string_buffer(8)
        self._error, self._tells = error, tells
        self.GetSecurityInfo = Function(self._get)
        self.ConvertSidToStringSidW = Function(self._convert)
        self.LocalFree = Function(self._free)

    def __call__(self, name: str) -> "Windows":
        assert name in {"advapi32", "kernel32"}
        return self

    def _get(self, handle: int, type_: int, what: int, owner: Any, *rest: Any) -> int:
        assert (handle, type_, what) == (HANDLE, 1, 1)
        assert rest[:3] == (None, None, None)
        if not self._error:
            owner._obj.value = ctypes.addressof(self._owner)
            rest[3]._obj.value = self._handed_out(self._descriptor)
        return self._error

    def _convert(self, owner: Any, text: Any) -> int:
        assert owner.value == ctypes.addressof(self._owner)
        if self._tells:
            address = ctypes.c_void_p(self._handed_out(self._text))
            ctypes.memmove(ctypes.addressof(text._obj), ctypes.addressof(address), ctypes.sizeof(address))
        return int(self._tells)

    def _handed_out(self, memory: Any) -> int:
        self.alive.add(ctypes.addressof(memory))
        return ctypes.addressof(memory)

    def _free(self, memory: Any) -> int:
        address = ctypes.cast(memory, ctypes.c_void_p).value
        if address is not None:
            self.alive.remove(address)
        return 0

    def owner(self, descriptor: int) -> str:
        return owner_of(descriptor, self, lambda given: HANDLE if given == descriptor else 0)


def test_the_owner_of_an_open_file_is_told_and_windows_gets_its_memory_back() -> None:
    windows = Windows(ANNA)
    assert windows.owner(7) == ANNA
    assert windows.alive == set()


@pytest.mark.parametrize("windows", [Windows(ANNA, 5), Windows(ANNA, tells=False)])
def test_windows_that_does_not_say_is_a_reason_not_to_trust_the_file(windows: Windows) -> None:
    with pytest.raises(UnavailableError):
        windows.owner(7)
    assert windows.alive == set()
    why = not_an_administrators(7, windows.owner)
    assert why is not None
    assert Words()(why).startswith("its owner is not known: ")


@pytest.mark.parametrize("owner", sorted(ADMINISTRATORS))
def test_a_policy_file_of_an_administrator_counts(tmp_path: Path, owner: str) -> None:
    path = tmp_path / "policy.toml"
    path.write_text("KeepHistory = true", encoding="utf-8")
    windows = Windows(owner)
    file = PolicyFile(path, lambda descriptor: not_an_administrators(descriptor, windows.owner))
    assert file.read() == Policy(str(path), {"KeepHistory": True})


# Besides a person: everyone, who is signed in, and the groups of users and power users.
@pytest.mark.parametrize("owner", [ANNA, "S-1-1-0", "S-1-5-11", "S-1-5-32-545", "S-1-5-32-547"])
def test_a_policy_file_of_anybody_else_does_not_count_and_is_told(tmp_path: Path, owner: str) -> None:
    path = tmp_path / "policy.toml"
    file = PolicyFile(path, lambda descriptor: not_an_administrators(descriptor, Windows(owner).owner))
    assert file.read() == Policy()
    path.write_text('ExchangeServerUrl = "https://mail.example.net/"', encoding="utf-8")
    policy = file.read()
    assert policy.mandatory == {}
    (problem,) = policy.problems
    told = f"it belongs to {owner}, who is no administrator; takeown /A /F makes it one's."
    assert Words()(problem.cause) == f"{path}: it cannot be read, so nothing of it is used: {told}"
