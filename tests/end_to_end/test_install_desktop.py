"""``lyncdesk install-desktop`` and ``uninstall-desktop``, as a person runs them."""

import subprocess
import sys
from pathlib import Path

import pytest

from lyncdesk.cli import installing, main
from lyncdesk.client.installed import Installed, Way
from lyncdesk.machine import autostart as machine_autostart
from lyncdesk.machine import installed as marks
from lyncdesk.machine.share import MENU_ENTRY, autostart_entry, share_files
from lyncdesk.machine.windows_autostart import NAME, RUN, WindowsAutostart
from lyncdesk.starting import DESKTOP_ID, program_command
from tests.machine.registry import Registry

NOTHING = "There is nothing of “lyncdesk install-desktop” to remove."


@pytest.fixture(autouse=True)
def _english(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(arguments)
    out, err = capsys.readouterr()
    return status, out, err


def entry(home: Path) -> Path:
    return home / f".config/autostart/{DESKTOP_ID}.desktop"


def test_it_says_what_it_wrote_and_once_more_writes_nothing(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(capsys, "install-desktop")
    assert (status, err) == (0, "")
    assert out.startswith(f"Written to {home}/.local/share:\n")
    assert all(f"  {name}\n" in out for name in share_files())
    assert "LyncDesk starts when you log on." in out
    assert "--minimised\n" in entry(home).read_text()
    status, out, err = run(capsys, "install-desktop")
    assert (status, err) == (0, "")
    assert out.startswith(f"Menu entry and icons are in {home}/.local/share already.\n")


def test_it_takes_away_what_it_wrote_and_says_what_stays(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = home / ".config/lyncdesk/settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text("notices = false\n")
    run(capsys, "install-desktop")
    status, out, _ = run(capsys, "uninstall-desktop")
    assert status == 0
    assert f"  {MENU_ENTRY}\n" in out
    assert "does not start any more" in out
    assert f"\n  {settings.parent}\n" in out
    assert "password" in out
    left = sorted(path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file())
    assert left == [".config/lyncdesk/settings.toml"]
    status, out, _ = run(capsys, "uninstall-desktop")
    assert (status, NOTHING in out) == (0, True)


def test_without_the_start_at_login(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "install-desktop")
    _, out, _ = run(capsys, "install-desktop", "--no-autostart")
    assert "does not start when you log on" in out
    assert not entry(home).exists()
    # What the person chose stays when it is run again, for a new version say.
    run(capsys, "install-desktop")
    assert not entry(home).exists()


def test_the_menu_starts_the_program_that_is_beside_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "tool/bin"
    folder.mkdir(parents=True)
    monkeypatch.setattr(sys, "argv", [str(folder / "lyncdesk"), "install-desktop"])
    assert installing.program() == program_command()
    for name in ("lyncdesk", "lyncdesk-gui"):
        (folder / name).touch()
    assert installing.program() == (str(folder / "lyncdesk-gui"),)
    # pipx and uv put links beside each other into the person's folder; the program stays where it is.
    link = tmp_path / "lyncdesk"
    link.symlink_to(folder / "lyncdesk")
    monkeypatch.setattr(sys, "argv", [str(link)])
    assert installing.program() == (str(folder / "lyncdesk-gui"),)


@pytest.mark.parametrize("way", [Way.DEBIAN, Way.FLATPAK, Way.WINDOWS, Way.MACOS])
def test_where_a_package_brings_it_nothing_is_written(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, way: Way
) -> None:
    monkeypatch.setattr(marks, "installed", lambda: Installed(way))
    for command in ("install-desktop", "uninstall-desktop"):
        status, out, err = run(capsys, command)
        assert (status, err) == (0, "")
        assert "brings menu entry, icons" in out
    assert [path for path in home.rglob("*") if path.is_file()] == []


def test_a_file_of_somebody_else_is_told_and_stays(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = home / ".local/share" / MENU_ENTRY
    path.parent.mkdir(parents=True)
    path.write_text("somebody's own")
    for command in ("install-desktop", "uninstall-desktop"):
        status, _, err = run(capsys, command)
        assert status == 0
        if command == "install-desktop":
            assert err == f"lyncdesk: {path} is not as LyncDesk wrote it, and stays as it is\n"
    assert path.read_text() == "somebody's own"


def test_the_start_at_login_that_options_switched_on_goes_too(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from lyncdesk.machine.autostart import autostart

    autostart(program_command("--minimised")).set(True)
    _, out, _ = run(capsys, "uninstall-desktop")
    assert "does not start any more" in out
    assert not entry(home).exists()


def test_so_does_one_that_options_wrote_where_the_menu_starts_the_program_beside_the_command(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lyncdesk-gui").touch()
    monkeypatch.setattr(sys, "argv", [str(tmp_path / "lyncdesk")])
    assert installing.program() != program_command()
    for command in (installing.program(), program_command()):
        machine_autostart.autostart((*command, "--minimised")).set(True)
        _, out, _ = run(capsys, "uninstall-desktop")
        assert "does not start any more" in out
        assert not entry(home).exists()


def test_the_start_at_login_of_another_installation_stays(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from lyncdesk.machine.autostart import autostart

    autostart(("/opt/other/lyncdesk-gui", "--minimised")).set(True)
    _, out, _ = run(capsys, "uninstall-desktop")
    assert NOTHING in out
    assert entry(home).exists()


def test_the_menu_entry_of_another_installation_stays_too(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other/lyncdesk-gui"
    other.parent.mkdir()
    other.touch(0o755)
    with monkeypatch.context() as there:
        there.setattr(sys, "argv", [str(other)])
        run(capsys, "install-desktop")
    menu = home / ".local/share" / MENU_ENTRY
    _, out, _ = run(capsys, "uninstall-desktop")
    assert out.startswith(f"Menu entry and icons are those of another LyncDesk and stay: {other}.")
    assert (menu.exists(), entry(home).exists()) == (True, True)
    monkeypatch.setattr(sys, "argv", [str(other)])
    _, out, _ = run(capsys, "uninstall-desktop")
    assert (MENU_ENTRY in out, menu.exists(), entry(home).exists()) == (True, False, False)


def test_what_a_package_starts_for_everybody_is_told_when_the_own_start_ends(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(capsys, "install-desktop")
    everybody = tmp_path / "xdg/autostart" / entry(home).name
    everybody.parent.mkdir(parents=True)
    everybody.write_bytes(autostart_entry([sys.executable]))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "xdg"))
    _, out, _ = run(capsys, "uninstall-desktop")
    assert "another one does, which is installed for everybody" in out
    assert "LyncDesk does not start any more when you log on." not in out


def test_a_home_that_cannot_be_written_is_one_line(home: Path) -> None:
    (home / ".local").write_text("no folder")
    done = subprocess.run(
        [sys.executable, "-m", "lyncdesk", "install-desktop"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert f"{home}/.local" in done.stderr


def test_on_macos_it_starts_at_login_and_says_that_there_is_no_application(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    agent = home / f"Library/LaunchAgents/{DESKTOP_ID}.plist"
    status, out, err = run(capsys, "install-desktop")
    assert (status, "starts when you log on" in out, "disk image" in err) == (1, True, True)
    assert agent.exists()
    assert not (home / ".local/share/applications").exists()
    status, out, _ = run(capsys, "uninstall-desktop")
    assert (status, "does not start any more" in out) == (0, True)
    assert not agent.exists()


def test_on_windows_it_starts_at_login_and_says_whose_the_start_menu_is(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = Registry()
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(machine_autostart, "autostart", lambda command: WindowsAutostart(command, registry))
    status, out, err = run(capsys, "install-desktop")
    assert (status, "starts when you log on" in out, "installer" in err) == (1, True, True)
    assert registry.values["HKCU", RUN, NAME].endswith(" --minimised")
    status, out, _ = run(capsys, "uninstall-desktop")
    assert (status, "does not start any more" in out) == (0, True)
    assert ("HKCU", RUN, NAME) not in registry.values
