"""What LyncDesk keeps of a person goes whole, and nothing else goes with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lyncdesk.machine.paths import Paths
from lyncdesk.machine.traces import AT_LOGIN, remove, remove_folders, traces
from tests.tools.stored import FILES, Stored

OURS = (
    "config/settings.toml",
    "config/settings.toml.broken-20261127-100000",
    "config/.settings.toml.123.new",
    "config/windows.ini",
    "config/windows.ini.lock",
    "data/contacts.json",
    "data/.contacts.json.9.new",
    "data/history.sqlite",
    "data/history.sqlite-wal",
    "data/history.sqlite.broken-20261127-100000",
    "state/lyncdesk/log/lyncdesk.log",
    "state/lyncdesk/log/lyncdesk.log.1",
    "state/lyncdesk/log/crash.log",
    "run/control",
    "run/lyncdesk.window",
)
FOREIGN = ("config/lessons/monday.toml", "config/my notes.txt", "data/settings.toml.txt.gz")


@pytest.fixture
def place(tmp_path: Path) -> Paths:
    # The person's data folder is called as the program, as it is on a real system.
    return Paths(tmp_path / "config", tmp_path / "data", tmp_path / "state/lyncdesk/log", tmp_path / "run")


def put(root: Path, names: tuple[str, ...]) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x")


def there(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if not path.is_dir()}


def take_away(places: list[Paths], at_login: Iterator[Path] | tuple[Path, ...] = ()) -> tuple[Path, ...]:
    for trace in traces(places, at_login):
        remove(trace)
    return remove_folders(places)


def test_all_of_it_goes_and_nothing_else(tmp_path: Path, place: Paths) -> None:
    put(tmp_path, OURS + FOREIGN)
    assert {trace.path.relative_to(tmp_path).as_posix() for trace in traces([place])} == set(OURS)
    left = take_away([place])
    assert there(tmp_path) == set(FOREIGN)
    assert {path.relative_to(tmp_path).as_posix() for path in left} == {
        "config/lessons",
        "config/my notes.txt",
        "data/settings.toml.txt.gz",
    }
    assert not place.logs.exists()
    assert not place.runtime.exists()


def test_every_file_that_administrators_are_told_of_goes(tmp_path: Path, place: Paths) -> None:
    # The lock is held by who takes the rest away, and its file goes with it.
    told = [(row.folder, row.name.replace("*", "x")) for row in FILES if not row.name.endswith(".lock")]
    for folder, name in told:
        file = getattr(place, folder) / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    assert len(there(tmp_path)) == len(told)
    assert take_away([place]) == ()
    assert there(tmp_path) == set()


def test_folders_go_too_where_nothing_is_left(tmp_path: Path) -> None:
    """The folders of a Linux system, whose log lies in a folder that is there for nothing else."""
    place = Paths(
        tmp_path / ".config/lyncdesk",
        tmp_path / ".local/share/lyncdesk",
        tmp_path / ".local/state/lyncdesk/log",
        tmp_path / "run/lyncdesk",
    )
    for path in (place.settings, place.history, place.log, place.socket):
        path.parent.mkdir(parents=True)
        path.write_text("x")
    assert take_away([place]) == ()
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")} == {
        ".config", ".local", ".local/share", ".local/state", "run",
    }  # fmt: skip


def test_what_is_not_lyncdesks_in_an_inner_folder_is_told_once_and_by_its_own_name(
    tmp_path: Path, place: Paths
) -> None:
    place = Paths(place.config, tmp_path / "lyncdesk", place.logs, place.runtime)
    put(tmp_path, ("state/lyncdesk/log/lyncdesk.log", "state/lyncdesk/log/mine.txt"))
    assert take_away([place]) == (tmp_path / "state/lyncdesk/log/mine.txt",)


def test_a_system_with_one_folder_for_all_names_each_file_once(tmp_path: Path) -> None:
    place = Paths(tmp_path, tmp_path, tmp_path / "Logs", tmp_path)
    put(tmp_path, ("settings.toml", "contacts.json", "Logs/lyncdesk.log"))
    assert len(traces([place])) == 3
    assert take_away([place]) == ()
    assert not tmp_path.exists()


def test_the_start_with_the_computer_goes(tmp_path: Path, place: Paths) -> None:
    entry = tmp_path / "autostart/org.lyncdesk.LyncDesk.desktop"
    put(tmp_path, ("autostart/org.lyncdesk.LyncDesk.desktop", "autostart/other.desktop"))
    [trace] = traces([place], (entry, tmp_path / "autostart/lyncdesk.desktop"))
    assert (trace.kind, trace.path) == (AT_LOGIN, entry)
    take_away([place], (entry,))
    assert there(tmp_path) == {"autostart/other.desktop"}


def test_of_a_link_the_link_goes(tmp_path: Path, place: Paths) -> None:
    put(tmp_path, ("dotfiles/settings.toml",))
    place.config.mkdir()
    place.settings.symlink_to(tmp_path / "dotfiles/settings.toml")
    [trace] = traces([place])
    assert trace.leads_to == tmp_path / "dotfiles/settings.toml"
    take_away([place])
    assert there(tmp_path) == {"dotfiles/settings.toml"}


@pytest.mark.parametrize("linked", ["config", "data", "state/lyncdesk/log", "state/lyncdesk", "run"])
def test_a_folder_that_is_a_link_goes_and_what_it_leads_to_stays(
    tmp_path: Path, place: Paths, linked: str
) -> None:
    """Somebody else may have laid it, in a folder for everybody: then what it leads to is none of ours."""
    place = Paths(place.config, tmp_path / "lyncdesk", place.logs, place.runtime)
    folder = tmp_path / ("lyncdesk" if linked == "data" else linked)
    elsewhere = tmp_path / "elsewhere"
    names = ("settings.toml", "history.sqlite", "lyncdesk.log", "log/lyncdesk.log", "control")
    put(elsewhere, names)
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.symlink_to(elsewhere)
    [trace] = traces([place])
    assert (trace.path, trace.leads_to) == (folder, elsewhere)
    take_away([place])
    assert not folder.is_symlink()
    assert there(elsewhere) == set(names)


def test_where_one_may_not_look_it_is_said_and_not_taken_for_nothing(tmp_path: Path, place: Paths) -> None:
    """Say the folder is the superuser's, after a `sudo lyncdesk`; or somebody made a file of that name."""
    place.config.write_text("x")
    [trace] = traces([place])
    assert (trace.path, trace.leads_to) == (place.config, None)
    with pytest.raises(NotADirectoryError):
        remove(trace)
    assert remove_folders([place]) == ()
    assert place.config.exists()


@pytest.mark.parametrize("row", [row for row in FILES if row.name != "lyncdesk.lock"])  # held meanwhile
def test_whatever_lyncdesk_is_known_to_write_goes(tmp_path: Path, place: Paths, row: Stored) -> None:
    file = getattr(place, row.folder) / row.name.replace("*", "x")
    file.parent.mkdir(parents=True)
    file.write_text("x")
    take_away([place])
    assert there(tmp_path) == set()


def test_where_nothing_is_kept_nothing_happens(place: Paths) -> None:
    assert traces([place]) == ()
    assert remove_folders([place]) == ()
