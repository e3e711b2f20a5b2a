"""Where files are: the owner's own folders, others for the demo, never one that somebody else laid out."""

import os
from pathlib import Path

import pytest

from lyncdesk.machine.files import private_folder
from lyncdesk.machine.paths import paths, policy_file
from tests.homes import home_environment


def test_the_files_are_in_the_persons_own_folders(home: Path) -> None:
    found = paths()
    assert found.settings == home / ".config/lyncdesk/settings.toml"
    assert found.data == home / ".local/share/lyncdesk"
    assert found.log == home / ".local/state/lyncdesk/log/lyncdesk.log"
    assert found.socket == home / "run/lyncdesk/control"
    assert not found.config.exists()


def test_the_demo_shares_no_folder_with_the_client() -> None:
    real, demo = paths(), paths(demo=True)
    folders = {real.config, real.data, real.logs, real.runtime}
    assert folders.isdisjoint({demo.config, demo.data, demo.logs, demo.runtime})


def test_without_a_runtime_folder_one_of_the_users_own_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert paths().runtime.name == f"lyncdesk-{os.getuid()}"


def test_a_runtime_folder_too_long_for_a_socket_is_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(long))
    assert len(os.fsencode(paths().socket)) < 104


def test_homes_of_tests_share_no_folder_for_sockets_however_long_their_paths(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Else the programs of tests that run at the same time would take each other for a second start."""
    for demo in (False, True):
        found = set()
        for name in ("a", "b"):
            home = tmp_path / ("x" * 60) / name
            for _ in range(2):  # who asks again for the same home gets the same
                monkeypatch.setenv("XDG_RUNTIME_DIR", home_environment(home)["XDG_RUNTIME_DIR"])
                found.add(paths(demo).socket)
            assert paths(demo).socket.resolve().parents[1] == home / "run"
        assert len(found) == 2


def test_a_private_folder_is_for_the_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir(mode=0o755)
    assert private_folder(folder).stat().st_mode & 0o777 == 0o700
    assert private_folder(tmp_path / "b" / "c").stat().st_mode & 0o777 == 0o700


def test_a_link_where_the_folder_should_be_is_a_trap(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    with pytest.raises(PermissionError, match="does not belong to you"):
        private_folder(link)


def test_the_policy_is_where_only_an_administrator_can_write() -> None:
    assert policy_file() == Path("/etc/lyncdesk/policy.toml")


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The one file by which a program knows that Flatpak has put it into a sandbox."""
    described = tmp_path / "flatpak-info"
    described.write_text("[Application]\nname=org.lyncdesk.LyncDesk\n")
    monkeypatch.setattr("lyncdesk.machine.paths._SANDBOX", described)


@pytest.mark.usefixtures("sandbox")
def test_in_a_sandbox_two_starts_meet_in_the_folder_that_they_share(home: Path) -> None:
    shared = home / "run/app/org.lyncdesk.LyncDesk"
    shared.mkdir(parents=True)
    assert paths().socket == shared / "lyncdesk/control"
    assert paths(demo=True).socket == shared / "lyncdesk-demo/control"
