"""docs/administrators.md: its made parts are up to date, and what it says of other systems is true there."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath, PureWindowsPath

import platformdirs.macos
import platformdirs.windows
import pytest

from lyncdesk.client.policy import POLICY
from lyncdesk.client.policy_file import parse_policy
from lyncdesk.machine.policy_trial import trial_policy
from lyncdesk_packaging.policy_examples import System
from tests.tools.administrators import FILE, PARTS, page, parts_of
from tests.tools.stored import FOLDERS

TEXT = FILE.read_text(encoding="utf-8")
REG_HEAD = "Windows Registry Editor Version 5.00"


def test_the_made_parts_of_the_page_are_up_to_date_and_all_there() -> None:
    assert parts_of(TEXT) == list(PARTS)
    assert page(TEXT) == TEXT, "“make pages” brings it up to date"


def test_a_part_that_is_out_of_date_is_found() -> None:
    assert page(TEXT.replace("`IdleThreshold`", "`IdelThreshold`")) == TEXT


def test_every_policy_in_the_page_can_be_used_as_it_stands_there() -> None:
    blocks = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    assert blocks
    for block in blocks:
        assert parse_policy(block, "the page").problems == (), block


def test_every_example_says_the_same_on_each_system_by_the_programs_own_readers(tmp_path: Path) -> None:
    made = TEXT.partition("<!-- made: examples -->\n")[2].partition("<!-- end -->")[0]
    rows = [re.findall(r"`([^`]+)`", line) for line in made.splitlines()[2:]]
    linux, windows, macos = ("\n".join(column) for column in zip(*rows, strict=True))
    files = {
        "policy.toml": linux,
        "policy.reg": f"{REG_HEAD}\n[HKEY_LOCAL_MACHINE\\Software\\Policies\\LyncDesk]\n{windows}\n",
        "policy.plist": f'<plist version="1.0"><dict>{macos}</dict></plist>',
    }
    found = []
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        policy = trial_policy(tmp_path / name)
        assert policy.problems == (), name
        assert list(policy.mandatory) == list(POLICY), name
        found.append({key: value for key, value in policy.mandatory.items() if key != "TrustedCaFile"})
        assert all(value != POLICY[key].default for key, value in policy.mandatory.items()), name
    assert found[0] == found[1] == found[2]


def test_every_key_that_the_page_names_is_one() -> None:
    beginnings = (
        "Account",
        "Allow",
        "Disable",
        "Exchange",
        "Keep",
        "Newer",
        "Proxy",
        "Trusted",
        "WebService",
    )
    named = set(re.findall(rf"`((?:{'|'.join(beginnings)})[A-Z][A-Za-z]+)`", TEXT))
    assert named <= set(POLICY)


def test_every_link_of_the_page_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", TEXT):
        assert (FILE.parent / target).exists(), target


def test_the_folders_on_windows_are_those_of_the_library_that_finds_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    local = r"C:\Users\anna\AppData\Local"
    monkeypatch.setattr(platformdirs.windows, "get_win_folder", {"CSIDL_LOCAL_APPDATA": local}.__getitem__)
    dirs = platformdirs.windows.Windows("lyncdesk", appauthor=False)
    found = (dirs.user_config_dir, dirs.user_data_dir, dirs.user_log_dir, dirs.user_runtime_dir)
    told = FOLDERS[System.WINDOWS].values()
    assert [PureWindowsPath(path.replace("/", "\\")) for path in found] == [
        PureWindowsPath(path.replace("%LOCALAPPDATA%", local)) for path in told
    ]


def test_the_folders_on_macos_are_those_of_the_library_that_finds_them(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    for name in tuple(os.environ):
        if name.startswith("XDG_"):
            monkeypatch.delenv(name)
    dirs = platformdirs.macos.MacOS("lyncdesk", appauthor=False)
    found = (dirs.user_config_dir, dirs.user_data_dir, dirs.user_log_dir, dirs.user_runtime_dir)
    told = FOLDERS[System.MACOS].values()
    assert [PurePosixPath(path) for path in found] == [
        PurePosixPath(path.replace("~", str(home))) for path in told
    ]
