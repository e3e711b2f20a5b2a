"""Start at login by desktop files: the person's, that of a package for everybody, and the one of before."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lyncdesk.client.ports import ProblemError
from lyncdesk.machine.autostart import autostart
from lyncdesk.machine.persons_file import make_so
from lyncdesk.machine.share import autostart_entry
from lyncdesk.machine.xdg_autostart import XdgAutostart, everybodys_folders
from lyncdesk.starting import DESKTOP_ID
from tests.tools_needed import tool

COMMAND = (sys.executable, "-m", "lyncdesk", "--minimised")
OFF = ["Hidden=true", "X-GNOME-Autostart-enabled=false", "Hidden = true"]


class Places:
    """The person's folder and that for everybody."""

    def __init__(self, root: Path) -> None:
        self.own, self.everybody = root / "own", root / "etc/xdg/autostart"
        self.everybody.mkdir(parents=True)
        self.path = self.own / f"{DESKTOP_ID}.desktop"

    def starter(self, *command: str) -> XdgAutostart:
        return XdgAutostart(command or COMMAND, self.own, [self.everybody, self.everybody / "none"])

    def package(self, *lines: str, program: str = sys.executable) -> None:
        """As a package puts it there."""
        entry = autostart_entry([program]).decode() + "".join(f"{line}\n" for line in lines)
        (self.everybody / f"{DESKTOP_ID}.desktop").write_text(entry)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path)


def test_the_desktop_file_is_where_desktops_look_is_valid_and_names_the_command(home: Path) -> None:
    program = home / "my apps/lyncdesk-gui"
    autostart((str(program), "--minimised")).set(True)
    path = home / f".config/autostart/{DESKTOP_ID}.desktop"
    text = path.read_text()
    assert f'TryExec={program}\nExec="{program}" --minimised\n' in text
    assert text.startswith("[Desktop Entry]\nType=Application\nName=LyncDesk\n")
    done = subprocess.run([tool("desktop-file-validate"), path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_it_starts_into_the_tray_only_if_that_is_wanted(places: Places) -> None:
    places.starter("/usr/bin/python3").set(True)
    assert "\nExec=/usr/bin/python3\n" in places.path.read_text()
    places.starter("/usr/bin/python3", "--minimised").set(True)
    assert "\nExec=/usr/bin/python3 --minimised\n" in places.path.read_text()


@pytest.mark.parametrize("line", OFF)
def test_what_a_desktops_settings_switched_off_is_off_and_can_be_switched_on(
    places: Places, line: str
) -> None:
    places.own.mkdir()
    places.path.write_text(f"[Desktop Entry]\nType=Application\n{line}\n")
    assert not places.starter().enabled()
    places.starter().set(True)
    assert places.starter().enabled()


@pytest.mark.parametrize(
    ("line", "desktop", "on"),
    [
        ("OnlyShowIn=KDE;", "KDE", True),
        ("OnlyShowIn=KDE;XFCE;", "ubuntu:GNOME", False),
        ("OnlyShowIn=XFCE;GNOME", "ubuntu:GNOME", True),
        ("NotShowIn=GNOME;", "ubuntu:GNOME", False),
        ("NotShowIn=GNOME;", "KDE", True),
        ("OnlyShowIn=KDE;", "", True),  # over SSH nobody says where this is
    ],
)
def test_an_entry_for_other_desktops_starts_nothing_here(
    places: Places, monkeypatch: pytest.MonkeyPatch, line: str, desktop: str, on: bool
) -> None:
    places.package(line)
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", desktop)
    assert places.starter().enabled() is on


def test_only_what_stands_in_the_entrys_own_group_counts(places: Places) -> None:
    places.package("# Hidden=true", "[X-Else]", "Hidden=true", "OnlyShowIn=Nothing")
    assert places.starter().enabled()


@pytest.mark.parametrize("entry", ["", "[Desktop Entry]\nType=Application\n", "\0\xff[no entry"])
def test_what_starts_nothing_is_off_and_hides_what_is_for_everybody(places: Places, entry: str) -> None:
    places.package()
    places.own.mkdir()
    places.path.write_text(entry)
    assert not places.starter().enabled()
    places.starter().set(True)
    assert places.starter().enabled()


# --- a package for everybody ---


def test_what_a_package_starts_for_everybody_is_on(places: Places) -> None:
    assert not places.starter().enabled()
    places.package()
    assert places.starter().enabled()


@pytest.mark.parametrize("line", OFF)
def test_what_a_package_does_not_start_is_off(places: Places, line: str) -> None:
    places.package(line)
    assert not places.starter().enabled()


def test_what_a_removed_package_left_behind_starts_nothing(places: Places) -> None:
    places.package(program="/usr/bin/lyncdesk-gui-that-is-gone")
    assert not places.starter().enabled()


def test_a_person_can_switch_off_and_on_again_what_starts_for_everybody(places: Places) -> None:
    places.package()
    before = (places.everybody / f"{DESKTOP_ID}.desktop").read_bytes()
    for _ in range(2):
        places.starter().set(False)
        assert "Hidden=true" in places.path.read_text()
        assert not places.starter().enabled()
    for _ in range(2):
        places.starter().set(True)
        assert not places.path.exists()
        assert places.starter().enabled()
    assert (places.everybody / f"{DESKTOP_ID}.desktop").read_bytes() == before


def test_a_start_with_its_window_stands_before_that_for_everybody(places: Places) -> None:
    places.package()
    places.starter(sys.executable).set(True)
    assert f"\nExec={sys.executable}\n" in places.path.read_text()
    assert places.starter(sys.executable).enabled()


def test_switched_off_without_a_package_leaves_no_file(places: Places) -> None:
    places.starter().set(True)
    places.starter().set(False)
    assert list(places.own.iterdir()) == []


def test_the_folders_of_everybody_are_those_of_the_system(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = Places(tmp_path)
    places.package()
    assert not autostart(COMMAND).enabled()
    monkeypatch.setenv("XDG_CONFIG_DIRS", f"relative:{tmp_path / 'none'}:{places.everybody.parent}")
    assert autostart(COMMAND).enabled()
    # Not where somebody happens to stand.
    monkeypatch.chdir(places.everybody.parent.parent)
    monkeypatch.setenv("XDG_CONFIG_DIRS", places.everybody.parent.name)
    assert not autostart(COMMAND).enabled()


def test_the_persons_folder_is_not_where_somebody_happens_to_stand(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")
    autostart(COMMAND).set(True)
    assert (home / f".config/autostart/{DESKTOP_ID}.desktop").exists()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("given", [None, ""])
def test_the_folder_of_everybody_is_that_of_debian_where_none_is_given(
    monkeypatch: pytest.MonkeyPatch, given: str | None
) -> None:
    if given is None:
        monkeypatch.delenv("XDG_CONFIG_DIRS", raising=False)
    else:
        monkeypatch.setenv("XDG_CONFIG_DIRS", given)
    assert everybodys_folders() == [Path("/etc/xdg/autostart")]


# --- the file of before ---


@pytest.mark.parametrize("line", ["X-GNOME-Autostart-enabled=true", *OFF])
def test_the_entry_of_an_earlier_version_is_taken_over_as_it_was(places: Places, line: str) -> None:
    places.own.mkdir()
    former = places.own / "lyncdesk.desktop"
    former.write_text(f"[Desktop Entry]\nType=Application\nName=LyncDesk\nExec=/old\n{line}\n")
    on = line not in OFF
    for _ in range(2):
        places.starter().take_over()
        assert not former.exists()
        assert places.starter().enabled() is on


def test_the_entry_of_an_earlier_version_is_no_reason_to_change_the_present_one(places: Places) -> None:
    places.starter().set(True)
    (places.own / "lyncdesk.desktop").write_text("[Desktop Entry]\nExec=/old\nHidden=true\n")
    places.starter().take_over()
    assert places.starter().enabled()


def test_two_entries_never_start_two_programs(places: Places) -> None:
    places.package()
    places.own.mkdir()
    (places.own / "lyncdesk.desktop").write_text("[Desktop Entry]\nExec=/old\n")
    places.starter().take_over()
    assert list(places.own.iterdir()) == []
    assert places.starter().enabled()


def test_nothing_is_taken_over_where_there_is_nothing(places: Places) -> None:
    places.starter().take_over()
    assert not places.own.exists()


# --- taken away with the program ---


def test_only_what_starts_this_program_is_forgotten(places: Places) -> None:
    places.starter("/opt/one/lyncdesk-gui", "--minimised").set(True)
    assert not places.starter().forget([("/opt/one/lyncdesk",), ("/opt/one/lyncdesk-gui2",)])
    assert places.path.exists()
    assert places.starter().forget([("/opt/two",), ("/opt/one/lyncdesk-gui",)])
    assert not places.path.exists()
    assert not places.starter().forget([("/opt/one/lyncdesk-gui",)])


def test_what_hides_the_start_for_everybody_is_not_forgotten(places: Places) -> None:
    places.package()
    places.starter().set(False)
    assert not places.starter().forget([COMMAND[:-1]])
    assert not places.starter().enabled()


# --- foolish places ---


def test_a_link_to_nowhere_is_as_no_entry_and_is_filled(places: Places, tmp_path: Path) -> None:
    places.own.mkdir()
    target = tmp_path / "dotfiles/entry"
    places.path.symlink_to(target)
    assert not places.starter().enabled()
    places.starter().set(True)
    assert places.starter().enabled()
    assert (places.path.is_symlink(), target.is_file()) == (True, True)
    places.starter().set(False)
    assert not places.path.is_symlink()


def test_a_link_to_the_null_device_hides_the_entry_for_everybody(places: Places) -> None:
    places.package()
    places.own.mkdir()
    places.path.symlink_to(os.devnull)
    assert not places.starter().enabled()
    places.starter().set(True)
    assert places.starter().enabled()


def test_a_link_to_no_file_is_replaced_itself(places: Places, tmp_path: Path) -> None:
    """And not what it leads to, which as root may be a device that everything else needs."""
    places.package()
    places.own.mkdir()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    places.path.symlink_to(pipe)
    make_so(places.path, b"entry")
    assert (places.path.is_symlink(), places.path.read_bytes()) == (False, b"entry")
    assert pipe.is_fifo()


def test_a_folder_in_the_place_of_the_entry_is_told_with_its_path(places: Places) -> None:
    places.path.mkdir(parents=True)
    assert not places.starter().enabled()
    with pytest.raises(ProblemError) as caught:
        places.starter().set(True)
    assert str(places.path) in str(caught.value.problem.cause)
    assert places.path.is_dir()


def test_a_folder_that_cannot_be_written_is_one_clear_problem(places: Places) -> None:
    places.own.write_text("a file where the folder should be")
    with pytest.raises(ProblemError) as caught:
        places.starter().set(True)
    assert caught.value.problem.name == "start-not-written"
