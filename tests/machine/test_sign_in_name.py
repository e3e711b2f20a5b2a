"""Who is signed in: by the system's own word, not by variables that anybody can set."""

import os
import pwd
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from lyncdesk.client.sign_in_names import SignedIn
from lyncdesk.machine.sensors import UnavailableError
from lyncdesk.machine.sign_in_name import signed_in, windows_name
from lyncdesk.machine.windows import common_folder


@pytest.mark.skipif(sys.platform == "win32", reason="there is no passwd database")
def test_it_is_the_owner_of_the_process_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("USER", "LOGNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody-else")
    assert signed_in().user == pwd.getpwuid(os.getuid()).pw_name


@pytest.mark.skipif(sys.platform == "win32", reason="there is no passwd database")
def test_a_number_without_a_name_is_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_000)
    assert signed_in() == SignedIn()


class Shell32:
    """SHGetFolderPathW with this answer."""

    def __init__(self, folder: str) -> None:
        self.asked = 0
        self._folder = folder

    def SHGetFolderPathW(self, window: None, kind: int, token: None, flags: int, text: Any) -> int:
        assert (window, token, flags) == (None, None, 0)
        self.asked = kind
        text.value = self._folder
        return 0 if self._folder else -2147024894  # HRESULT of "file not found"


@pytest.mark.parametrize(
    ("folder", "found"), [(r"D:\ProgramData", r"D:\ProgramData"), ("", r"C:\ProgramData")]
)
def test_no_variable_moves_the_place_of_the_policy_on_windows(
    monkeypatch: pytest.MonkeyPatch, folder: str, found: str
) -> None:
    for name in ("PROGRAMDATA", "ALLUSERSPROFILE", "WIN_PD_OVERRIDE_COMMON_APPDATA"):
        monkeypatch.setenv(name, r"C:\Users\anna")
    shell32 = Shell32(folder)
    assert common_folder(lambda name: {"shell32": shell32}[name]) == found
    assert shell32.asked == 0x23  # CSIDL_COMMON_APPDATA


class Secur32:
    """GetUserNameExW with these names, by their format; it refuses the others as outside of a domain."""

    def __init__(self, names: dict[int, str]) -> None:
        self._names = names

    def GetUserNameExW(self, kind: int, text: Any, length: Any) -> int:
        del length
        text.value = self._names.get(kind, "")
        return int(kind in self._names)


@pytest.mark.parametrize(
    ("names", "known"),
    [
        ({2: "EXAMPLE\\anna", 8: "anna.keller@example.org"}, SignedIn("anna", "anna.keller@example.org")),
        ({2: "DESKTOP-7\\anna"}, SignedIn("anna")),
        ({}, SignedIn()),
    ],
)
def test_windows_tells_the_name_and_within_a_domain_the_principal(
    names: dict[int, str], known: SignedIn
) -> None:
    library = SimpleNamespace(secur32=Secur32(names))
    assert windows_name(lambda name: getattr(library, name)) == known


def test_a_windows_without_the_library_tells_nothing() -> None:
    def none(name: str) -> Any:
        raise UnavailableError(name)

    assert windows_name(none) == SignedIn()
