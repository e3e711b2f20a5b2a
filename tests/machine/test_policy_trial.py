"""A .reg file on trial: what regedit would take, and what it would not."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyncdesk.client.policy import Policy
from lyncdesk.client.words import Words
from lyncdesk.machine.policy_registry import PolicyRegistry
from lyncdesk.machine.policy_trial import RegText, trial_policy

HERE = r"HKEY_LOCAL_MACHINE\Software\Policies\LyncDesk"
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("KeepHistory = true", "it does not begin with “Windows Registry Editor Version 5.00”"),
        (
            "REGEDIT4\n[HKEY_LOCAL_MACHINE\\Software]\n",
            r"it holds no key HKEY_LOCAL_MACHINE\Software\Policies\LyncDesk",
        ),
        ("REGEDIT4\n\n\nKeepHistory=1\n", "line 4 is neither a key nor a value"),
        ('REGEDIT4\n"KeepHistory"=1\n', "line 2: the value is of no known form"),
    ],
)
def test_a_reg_file_that_is_none_is_told(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "policy.reg"
    path.write_text(text, encoding="utf-8")
    policy = trial_policy(path)
    (problem,) = policy.problems
    assert Words()(problem.cause) == f"{path}: it cannot be read, so nothing of it is used: {told}."


def test_what_a_reg_file_removes_is_not_set(tmp_path: Path) -> None:
    path = tmp_path / "policy.reg"
    lines = [
        *("REGEDIT4", f"[{HERE}]", '"KeepHistory"=-', '"IdleThreshold"=dword:9', ""),
        *(f"[-{HERE}\\Recommended]", "; what is said of what is gone", '"KeepHistory"=dword:1'),
    ]
    path.write_text("\r\n".join(lines), encoding="utf-16")
    assert trial_policy(path) == Policy(HERE, {"IdleThreshold": 9 * MINUTE})


@given(st.text())
def test_no_reg_file_can_crash_the_trial(text: str) -> None:
    with suppress(ValueError):
        registry = RegText("REGEDIT4\n" + text)
        PolicyRegistry("HKEY_LOCAL_MACHINE", lambda: registry).read()
