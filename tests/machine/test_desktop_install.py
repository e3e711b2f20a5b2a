"""Menu entry and icons in the person's own folder: written, not written again, taken away, nothing else."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from lyncdesk.machine.desktop_install import DesktopFiles
from lyncdesk.machine.share import MENU_ENTRY, share_files
from tests.tools_needed import tool

COMMAND = ("/opt/lync desk/bin/lyncdesk-gui",)


@pytest.fixture
def share(tmp_path: Path) -> Path:
    folder = tmp_path / "share"
    folder.mkdir()
    return folder


@pytest.fixture
def files(share: Path) -> DesktopFiles:
    return DesktopFiles(share, share / "lyncdesk/desktop-files.json")


def tree(share: Path) -> dict[str, bytes]:
    found = {path.relative_to(share).as_posix(): path for path in share.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if not name.startswith("lyncdesk/")}


def test_all_is_written_and_all_of_it_taken_away(files: DesktopFiles, share: Path) -> None:
    written = files.install(COMMAND)
    assert tree(share) == share_files(COMMAND)
    assert sorted(written.written) == sorted(share / name for name in share_files(COMMAND))
    removed = files.uninstall()
    assert (sorted(removed.removed), removed.left) == (sorted(written.written), ())
    assert list(share.iterdir()) == []


def test_it_knows_whether_they_were_written(files: DesktopFiles) -> None:
    there = [files.are_there]
    files.install(COMMAND)
    there.append(files.are_there)
    files.uninstall()
    there.append(files.are_there)
    assert there == [False, True, False]


def test_the_written_menu_entry_is_valid_and_quotes_the_path(files: DesktopFiles, share: Path) -> None:
    files.install(COMMAND)
    assert 'Exec="/opt/lync desk/bin/lyncdesk-gui" demo\n' in (share / MENU_ENTRY).read_text("utf-8")
    command: list[str | Path] = [tool("desktop-file-validate"), share / MENU_ENTRY]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_everybody_may_read_what_was_written(files: DesktopFiles, share: Path) -> None:
    files.install(COMMAND)
    for path in (share / MENU_ENTRY, share / "icons/hicolor/48x48/apps"):
        assert path.stat().st_mode & 0o044 == 0o044


def test_again_writes_nothing_and_elsewhere_only_the_menu_entry(files: DesktopFiles, share: Path) -> None:
    files.install(COMMAND)
    before = {path: path.stat().st_mtime_ns for path in share.rglob("*.png")}
    assert files.install(COMMAND).written == ()
    moved = files.install(("/opt/new/lyncdesk-gui",))
    assert moved.written == (share / MENU_ENTRY,)
    assert {path: path.stat().st_mtime_ns for path in share.rglob("*.png")} == before


def test_what_is_anothers_stays(files: DesktopFiles, share: Path) -> None:
    others = share / "icons/hicolor/48x48/apps/other.png"
    others.parent.mkdir(parents=True)
    others.write_bytes(b"another's")
    (share / "man").mkdir()
    files.install(COMMAND)
    files.uninstall()
    assert tree(share) == {"icons/hicolor/48x48/apps/other.png": b"another's"}
    # There before, empty or not.
    assert {path.name for path in share.iterdir()} == {"icons", "man"}


def test_a_file_of_the_same_name_that_was_there_before_is_told_and_left(
    files: DesktopFiles, share: Path
) -> None:
    (share / MENU_ENTRY).parent.mkdir()
    (share / MENU_ENTRY).write_text("somebody's own")
    assert files.install(COMMAND).left == (share / MENU_ENTRY,)
    assert share / MENU_ENTRY not in files.uninstall().removed
    assert tree(share) == {MENU_ENTRY: b"somebody's own"}


def test_what_somebody_changed_since_is_told_and_left(files: DesktopFiles, share: Path) -> None:
    files.install(COMMAND)
    (share / MENU_ENTRY).write_text("changed")
    assert files.install(COMMAND).left == (share / MENU_ENTRY,)
    assert files.uninstall().left == (share / MENU_ENTRY,)
    assert tree(share) == {MENU_ENTRY: b"changed"}


def test_what_an_earlier_version_wrote_and_this_one_does_not_goes(files: DesktopFiles, share: Path) -> None:
    files.install(COMMAND)
    record = share / "lyncdesk/desktop-files.json"
    noted = json.loads(record.read_text())
    old = share / "pixmaps/lyncdesk.xpm"
    old.parent.mkdir()
    old.write_bytes((share / MENU_ENTRY).read_bytes())
    noted["files"]["pixmaps/lyncdesk.xpm"] = noted["files"][MENU_ENTRY]
    record.write_text(json.dumps(noted))
    changed = files.install(COMMAND)
    assert (changed.written, changed.removed) == ((), (old,))
    assert not old.exists()


def test_of_two_installations_the_one_that_wrote_last_has_the_files(
    files: DesktopFiles, share: Path, tmp_path: Path
) -> None:
    one, two = (tmp_path / name / "lyncdesk-gui" for name in ("o ne", "two"))
    for program in (one, two):
        program.parent.mkdir()
        program.touch(0o755)
    assert files.of_another([(str(one),)]) is None
    files.install((str(one),))
    files.install((str(two),))
    assert files.of_another([(str(one),)]) == str(two)
    assert files.of_another([(str(one),), (str(two),)]) is None
    two.unlink()  # nobody else would remove them then
    assert files.of_another([(str(one),)]) is None
    (share / MENU_ENTRY).unlink()
    assert files.of_another([(str(one),)]) is None


def test_a_menu_entry_that_no_installation_noted_is_none_of_another(
    files: DesktopFiles, share: Path, tmp_path: Path
) -> None:
    program = tmp_path / "lyncdesk-gui"
    program.touch(0o755)
    (share / MENU_ENTRY).parent.mkdir()
    (share / MENU_ENTRY).write_bytes(share_files([str(program)])[MENU_ENTRY])
    assert files.of_another([("/opt/other/lyncdesk-gui",)]) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"files": [], "folders": []}',
        '{"files": {"applications/x": 1}, "folders": 7}',
        "[" * 100_000,
    ],
)
def test_a_broken_record_is_as_none(files: DesktopFiles, share: Path, text: str) -> None:
    record = share / "lyncdesk/desktop-files.json"
    record.parent.mkdir()
    record.write_text(text)
    assert not files.are_there
    files.install(COMMAND)
    assert files.are_there


def test_a_record_leads_to_nothing_outside_the_folder(tmp_path: Path, share: Path) -> None:
    outside = tmp_path / "precious"
    outside.write_bytes(b"")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    record = share / "record.json"
    names = {"../precious": empty, str(outside): empty, "a/../../precious": empty}
    record.write_text(json.dumps({"files": names, "folders": [".."]}))
    assert DesktopFiles(share, record).uninstall().removed == ()
    assert outside.exists()


def test_icons_are_noticed_at_once(files: DesktopFiles, share: Path) -> None:
    icons = share / "icons/hicolor"
    icons.mkdir(parents=True)
    files.install(COMMAND)
    os.utime(icons, (0, 0))
    (icons / "48x48/apps/org.lyncdesk.LyncDesk.png").unlink()
    files.install(COMMAND)
    assert icons.stat().st_mtime > 0


def test_a_list_of_icons_that_somebody_keeps_is_made_anew(files: DesktopFiles, share: Path) -> None:
    if shutil.which("gtk-update-icon-cache") is None:
        pytest.skip("gtk-update-icon-cache is not installed")
    cache = share / "icons/hicolor/icon-theme.cache"
    cache.parent.mkdir(parents=True)
    cache.write_bytes(b"old")
    files.install(COMMAND)
    assert b"org.lyncdesk.LyncDesk" in cache.read_bytes()


def test_a_folder_that_cannot_be_written_is_an_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "share").write_text("no folder")
    with pytest.raises(OSError, match="share"):
        DesktopFiles(tmp_path / "share", tmp_path / "record").install(COMMAND)
