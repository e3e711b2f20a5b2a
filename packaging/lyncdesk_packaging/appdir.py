"""The AppDir: the bundle with the desktop's files and ``AppRun``; the AppImage where its tool is."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from pathlib import Path

from lyncdesk.starting import DESKTOP_ID
from lyncdesk_packaging.share import write_share
from lyncdesk_packaging.steps import made
from lyncdesk_packaging.work import Work

TOOL = "appimagetool"
# The part before the file system, which the tool would fetch from the network unless it is given.
RUNTIME = "LYNCDESK_APPIMAGE_RUNTIME"


def make(work: Work) -> list[Path]:
    """``dist/LyncDesk.AppDir``, and beside it the AppImage if ``appimagetool`` can be found.

    Raises:
        MistakeError: the tool failed.
    """
    (bundle,) = made("bundle", work.root)
    folder = work.dist / "LyncDesk.AppDir"
    shutil.rmtree(folder, ignore_errors=True)
    programs = folder / "usr/bin"
    programs.mkdir(parents=True)
    shutil.copytree(bundle, folder / "usr/lib/lyncdesk", symlinks=True)
    for name in ("lyncdesk", "lyncdesk-gui"):
        (programs / name).symlink_to(f"../lib/lyncdesk/{name}")
    write_share(work, folder / "usr")
    _face(folder)
    run = folder / "AppRun"
    shutil.copy(work.root / "packaging/bundle/AppRun", run)
    run.chmod(0o755)
    image = _image(work, folder)
    return [folder, *([image] if image else [])]


def _face(folder: Path) -> None:
    """What an AppImage shows of itself before anything of it runs: its menu entry and its icon."""
    share = folder / "usr/share"
    shutil.copy(share / f"applications/{DESKTOP_ID}.desktop", folder)
    icons = share / "icons/hicolor"
    shutil.copy(icons / f"scalable/apps/{DESKTOP_ID}.svg", folder)
    shutil.copy(icons / f"256x256/apps/{DESKTOP_ID}.png", folder / f"{DESKTOP_ID}.png")
    (folder / ".DirIcon").symlink_to(f"{DESKTOP_ID}.png")


def _image(work: Work, folder: Path) -> Path | None:
    machine = platform.machine()
    image = work.dist / f"LyncDesk-{work.version()}-{machine}.AppImage"
    image.unlink(missing_ok=True)
    if shutil.which(TOOL) is None:
        print(
            f"{image.name} is not made: {TOOL} is not on the PATH; see packaging/bundle/README.md",
            file=sys.stderr,
        )
        return None
    runtime = os.environ.get(RUNTIME)
    given = ["--runtime-file", runtime] if runtime else []
    work.run([TOOL, "--no-appstream", *given, folder, image], ARCH=machine)
    return image
