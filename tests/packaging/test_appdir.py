"""The AppDir as an AppImage has it, and the file system of an AppImage, unpacked and run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from lyncdesk import __version__
from lyncdesk_packaging import appdir
from lyncdesk_packaging.work import ROOT, Work
from tests.packaging.conftest import Made
from tests.packaging.frozen import bare

pytestmark = [
    pytest.mark.xdist_group("bundle"),
    pytest.mark.timeout(900),
    pytest.mark.skipif(sys.platform != "linux", reason="an AppImage is made and tried on Linux"),
]
ID = "org.lyncdesk.LyncDesk"
SYSTEM = "/usr/bin:/bin"  # what AppRun needs: a shell, readlink, dirname


@pytest.fixture
def folder(package: Made) -> Path:
    return package("appdir")[0]


def run(command: Sequence[str | Path], home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        env=bare(home, PATH=SYSTEM, **more),
        cwd="/",
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def test_it_runs_by_a_link_from_anywhere(folder: Path, home: Path, tmp_path: Path) -> None:
    link = tmp_path / "a link"
    link.symlink_to(folder / "AppRun")
    done = run([link, "--version"], home)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"LyncDesk {__version__}\n", "")
    held = run([folder / "AppRun", "simulate", "back_to_back_meetings"], home)
    assert (held.returncode, held.stderr) == (0, "")
    for name in ("lyncdesk", "lyncdesk-gui"):
        assert run([folder / "usr/bin" / name, "--version"], home).stdout == done.stdout


def test_its_menu_entry_and_icon_are_at_the_top(folder: Path) -> None:
    subprocess.run(["desktop-file-validate", folder / f"{ID}.desktop"], check=True)
    entry = (folder / f"{ID}.desktop").read_text(encoding="utf-8")
    assert f"Icon={ID}\n" in entry
    assert "Exec=lyncdesk-gui" in entry
    assert (folder / "usr/bin/lyncdesk-gui").exists()
    assert (folder / ".DirIcon").resolve() == (folder / f"{ID}.png").resolve()
    assert (folder / f"{ID}.png").read_bytes().startswith(b"\x89PNG")
    assert (folder / f"usr/share/metainfo/{ID}.metainfo.xml").is_file()


def test_what_starts_with_the_computer_is_the_file_of_the_image(
    folder: Path, home: Path, tmp_path: Path
) -> None:
    image = tmp_path / "Lync Desk.AppImage"
    image.touch()
    for person, (more, starts) in enumerate(
        (
            ({"APPIMAGE": str(image), "APPDIR": str(folder)}, f'Exec="{image}"'),
            ({}, f"Exec={folder}/usr/lib/lyncdesk/lyncdesk-gui"),
            # Started from a terminal that is another program's image.
            ({"APPIMAGE": str(image), "APPDIR": "/tmp/.mount_terminal"}, f"Exec={folder}/usr/lib/lyncdesk/"),
        )
    ):
        own = home / str(person)
        done = run([folder / "AppRun", "install-desktop"], own, **more)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
        for entry in (".local/share/applications", ".config/autostart"):
            assert starts in (own / entry / f"{ID}.desktop").read_text(encoding="utf-8")


def test_an_image_of_it_runs(folder: Path, home: Path, tmp_path: Path) -> None:
    """By the file system alone: what stands before it in an AppImage only mounts it and starts AppRun."""
    image, unpacked = tmp_path / "image", tmp_path / "unpacked"
    quietly = [
        "-no-progress",
        "-quiet",
        "-root-owned",
        "-noappend",
        "-comp",
        "gzip",
        "-Xcompression-level",
        "1",
    ]
    subprocess.run(["mksquashfs", folder, image, *quietly], check=True, capture_output=True)
    subprocess.run(["unsquashfs", "-quiet", "-no-progress", "-dest", unpacked, image], check=True)
    done = run([unpacked / "AppRun", "-m", "lyncdesk.self_test"], home, APPDIR=str(unpacked))
    assert (done.returncode, "0 things missing" in done.stdout) == (0, True), done.stdout + done.stderr
    shutil.rmtree(unpacked)


def test_without_its_tool_no_image_is_made_and_that_is_told(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert appdir._image(Work(ROOT, tmp_path, tmp_path), folder) is None
    assert "AppImage is not made: appimagetool is not on the PATH;" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_with_its_tool_it_is_asked_for_an_image(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tool cannot be had everywhere: one of the same name writes down what it is asked for."""
    tool = tmp_path / "appimagetool"
    tool.write_text('#!/bin/sh\nfor last; do :; done\necho "$ARCH $*" > "$last"\n')
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("LYNCDESK_APPIMAGE_RUNTIME", "/opt/runtime")
    image = appdir._image(Work(ROOT, tmp_path, tmp_path), folder)
    assert image is not None
    assert image.name.startswith(f"LyncDesk-{__version__}-")
    asked = image.read_text().split()
    assert asked[1:] == ["--no-appstream", "--runtime-file", "/opt/runtime", str(folder), str(image)]
    assert image.name == f"LyncDesk-{__version__}-{asked[0]}.AppImage"
