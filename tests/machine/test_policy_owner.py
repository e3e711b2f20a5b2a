"""Windows: whose policy file counts. What advapi32 answers is played; nobody has run it on Windows yet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lyncdesk.client.policy import Policy
from lyncdesk.client.policy_file import PolicyFile
from lyncdesk.client.words import Words
from lyncdesk.machine.policies import system_policy
from lyncdesk.machine.policy_owner import ADMINISTRATORS, AdministratorsFile, owner_of

ANNA = "S-1-5-21-397955417-626881126-188441444-1103"


class Security:
    """advapi32 and kernel32: a file of this owner, in memory that is to be given back."""

    def __init__(self, sid: str, error: int = 0) -> None:
        self._sid = sid
        self._error = error
        self.freed = 0

    def GetNamedSecurityInfoW(self, path: str, kind: int, wanted: int, owner: Any, *others: Any) -> int:
        assert (path, kind, wanted) == ("policy.toml", 1, 1)
        assert others[:3] == (None, None, None)
        if not self._error:
            owner._obj.value = 4711
            others[3]._obj.value = 4712
        return self._error

    def ConvertSidToStringSidW(self, sid: Any, text: Any) -> int:
        assert sid.value == 4711
        text._obj.value = self._sid or None
        return int(bool(self._sid))

    def LocalFree(self, made: Any) -> None:
        assert made
        self.freed += 1

    def library(self) -> Callable[[str], Any]:
        """As the system hands it out."""
        return {"advapi32": self, "kernel32": self}.__getitem__


def test_the_owner_is_told_and_the_memory_given_back() -> None:
    security = Security(ANNA)
    assert owner_of(Path("policy.toml"), security.library()) == ANNA
    assert security.freed == 2


@pytest.mark.parametrize(("security", "freed"), [(Security(ANNA, 5), 0), (Security(""), 1)])
def test_where_nobody_says_it_is_nobodys(security: Security, freed: int) -> None:
    with pytest.raises(OSError, match=r"error 5|no SID"):
        owner_of(Path("policy.toml"), security.library())
    assert security.freed == freed


@pytest.fixture
def file(tmp_path: Path) -> PolicyFile:
    made = PolicyFile(tmp_path / "policy.toml")
    made.path.write_text("KeepHistory = true\nUnheard = 1", encoding="utf-8")
    return made


@pytest.mark.parametrize("owner", sorted(ADMINISTRATORS))
def test_a_file_of_an_administrator_counts_with_all_that_is_said_of_it(file: PolicyFile, owner: str) -> None:
    assert AdministratorsFile(file, lambda _path: owner).read() == file.read()


@pytest.mark.parametrize("owner", [ANNA, "S-1-5-32-545", "error 5"])
def test_of_a_file_of_anybody_else_nothing_does_and_that_is_told(file: PolicyFile, owner: str) -> None:
    def asked(_path: Path) -> str:
        if not owner.startswith("S-"):
            raise OSError(owner)
        return owner

    policy = AdministratorsFile(file, asked).read()
    assert (policy.mandatory, policy.recommended) == ({}, {})
    (problem,) = policy.problems
    assert Words()(problem.cause).startswith(f"{file.path}: it belongs to no administrator ({owner})")


def test_nobody_is_asked_about_a_file_that_is_not_there(tmp_path: Path) -> None:
    def never(_path: Path) -> str:
        raise AssertionError("asked")

    assert AdministratorsFile(PolicyFile(tmp_path / "policy.toml"), never).read() == Policy()


def test_windows_takes_no_other_file() -> None:
    last = system_policy("win32").places[-1]
    assert isinstance(last, AdministratorsFile)
