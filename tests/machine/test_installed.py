"""How the program was installed: the marks of each way, and what is told of updating."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from lyncdesk.client.installed import Installed, Way
from lyncdesk.client.words import Words
from lyncdesk.machine.installed import Here, installed


@pytest.fixture
def here(tmp_path: Path) -> Here:
    """A Python environment with the package in it, and an otherwise empty computer."""
    site = tmp_path / "venv/lib/python3.11/site-packages"
    (site / "lyncdesk").mkdir(parents=True)
    record = site / "lyncdesk-0.1.0.dist-info"
    record.mkdir()
    (record / "INSTALLER").write_text("pip\n")
    return Here(
        platform="linux",
        frozen=False,
        executable=tmp_path / "venv/bin/python",
        package=site / "lyncdesk",
        prefix=tmp_path / "venv",
        environment={},
        root=tmp_path,
    )


def mark(path: Path, text: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def record(here: Here) -> Path:
    return here.package.parent / "lyncdesk-0.1.0.dist-info"


def bundled(here: Here, executable: str, **changes: object) -> Here:
    return replace(here, frozen=True, executable=here.root / executable, **changes)  # type: ignore[arg-type]


def test_a_python_package_tells_who_installed_it(here: Here) -> None:
    assert installed(here) == Installed(Way.PIP)
    mark(here.prefix / "uv-receipt.toml")
    assert installed(here) == Installed(Way.UV)
    mark(here.prefix / "pipx_metadata.json", "{}")
    assert installed(here) == Installed(Way.PIPX)


@pytest.mark.parametrize(
    ("text", "from_file"), [('{"url": "file:///tmp/l.whl"}', True), ("", False), ("[", False), ("7", False)]
)
def test_who_installed_a_file_is_not_sent_to_an_index(here: Here, text: str, from_file: bool) -> None:
    mark(record(here) / "direct_url.json", text)
    assert installed(here) == Installed(Way.PIP, from_file)
    told = Words()(installed(here).update)
    assert ("FILE" in told, told.endswith(" lyncdesk")) == (from_file, not from_file)


def test_without_a_record_it_runs_from_its_source(here: Here) -> None:
    (record(here) / "INSTALLER").unlink()
    record(here).rmdir()
    assert installed(here) == Installed(Way.SOURCE)
    assert installed() == Installed(Way.SOURCE)  # as these tests do


def test_a_bundle_belongs_to_the_package_that_lists_it(here: Here) -> None:
    usual = bundled(here, "usr/lib/lyncdesk/lyncdesk")
    assert installed(usual).way is Way.FOLDER
    mark(here.root / "var/lib/dpkg/info/lyncdesk.list", f"/.\n{usual.executable}\n/usr/bin/lyncdesk\n")
    assert installed(usual).way is Way.DEBIAN
    # One that somebody unpacked beside the package is none of it.
    assert installed(bundled(here, "apps/lyncdesk/lyncdesk")).way is Way.FOLDER


def test_an_appimage_is_one_only_where_it_is_mounted(here: Here) -> None:
    variables = {"APPIMAGE": "/apps/LyncDesk.AppImage", "APPDIR": str(here.root / "mnt")}
    assert installed(bundled(here, "mnt/usr/lib/lyncdesk", environment=variables)).way is Way.APPIMAGE
    # Started from within somebody else's.
    assert installed(bundled(here, "opt/lyncdesk/lyncdesk", environment=variables)).way is Way.FOLDER


def test_a_flatpak_is_told_by_its_own_file(here: Here) -> None:
    mark(here.root / ".flatpak-info", "[Application]\n")
    assert installed(here).way is Way.FLATPAK
    assert installed(bundled(here, "app/lib/lyncdesk/lyncdesk")).way is Way.FLATPAK


def test_windows_and_macos_have_marks_of_their_own(here: Here) -> None:
    windows = bundled(here, "LyncDesk/lyncdesk-gui.exe", platform="win32")
    assert installed(windows).way is Way.FOLDER
    mark(here.root / "LyncDesk/unins000.exe")
    assert installed(windows).way is Way.WINDOWS
    app = bundled(here, "Applications/LyncDesk.app/Contents/MacOS/lyncdesk", platform="darwin")
    assert installed(app).way is Way.MACOS
    assert installed(bundled(here, "Downloads/lyncdesk/lyncdesk", platform="darwin")).way is Way.FOLDER


def test_every_way_says_what_it_is_and_how_it_is_updated() -> None:
    words = Words()
    said = [(words(one.kind), words(one.update)) for one in map(Installed, Way)]
    assert len({kind for kind, _ in said}) == len(Way)
    assert all(kind and update for kind, update in said)


def test_pip_itself_leaves_these_marks(tmp_path: Path) -> None:
    """A real installation of a wheel, whose package asks this module about itself."""
    wheel = tmp_path / "lyncdesk-9-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as packed:
        packed.writestr("lyncdesk/__init__.py", "")
        packed.writestr(
            "lyncdesk-9.dist-info/METADATA", "Metadata-Version: 2.1\nName: lyncdesk\nVersion: 9\n"
        )
        packed.writestr(
            "lyncdesk-9.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        packed.writestr("lyncdesk-9.dist-info/RECORD", "")
    site = tmp_path / "site"
    command = ["install", "--quiet", "--no-deps", "--no-index", "--target", str(site), str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", *command], check=True, timeout=60)
    there = Here(frozen=False, package=site / "lyncdesk", prefix=tmp_path, root=tmp_path)
    assert installed(there) == Installed(Way.PIP, from_file=True)
