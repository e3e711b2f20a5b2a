"""The Debian package as a file: what Debian's own tools say of it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lyncdesk import __version__
from lyncdesk_packaging.bundle_libraries import elf_files
from lyncdesk_packaging.deb_documents import debian_version
from lyncdesk_packaging.deb_libraries import search_paths
from lyncdesk_packaging.work import ROOT, Work
from tests.packaging.conftest import Made
from tests.tools_needed import tool

pytestmark = [
    pytest.mark.xdist_group("bundle"),
    pytest.mark.timeout(1800),
]

DESKTOP_ID = "org.lyncdesk.LyncDesk"


@pytest.fixture(scope="module")
def deb(package: Made) -> Path:
    tool("dpkg-deb")
    (product,) = package("deb")
    return product


@pytest.fixture(scope="module")
def tree(deb: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What is in it, with its control files under DEBIAN."""
    folder = tmp_path_factory.mktemp("deb") / "tree"
    subprocess.run(["dpkg-deb", "--raw-extract", deb, folder], check=True)
    yield folder
    shutil.rmtree(folder)


def said(*command: str | Path) -> str:
    """What a tool prints; it must be content."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_lintian_has_nothing_to_say(deb: Path) -> None:
    tags = "--fail-on=error,warning,info,pedantic"
    out = said("lintian", "--allow-root", "--display-info", "--pedantic", "--tag-display-limit=0", tags, deb)
    assert [line for line in out.splitlines() if line and not line.startswith("N:")] == []


def test_each_override_says_why() -> None:
    text = (ROOT / "packaging/debian/lyncdesk.lintian-overrides").read_text(encoding="utf-8")
    for stanza in text.split("\n\n"):
        assert stanza.startswith("# "), stanza


def test_menu_entry_and_start_at_login_are_valid(tree: Path) -> None:
    for entry in ("usr/share/applications", "etc/xdg/autostart"):
        assert said("desktop-file-validate", "--no-hints", tree / entry / f"{DESKTOP_ID}.desktop") == ""


def test_appstream_takes_the_metadata(tree: Path) -> None:
    out = said(
        "appstreamcli",
        "validate",
        "--no-net",
        "--pedantic",
        tree / f"usr/share/metainfo/{DESKTOP_ID}.metainfo.xml",
    )
    assert "successful" in out
    composed = said("appstreamcli", "validate-tree", "--no-net", tree)
    assert "successful" in composed


def test_the_manual_pages_are_set_without_warnings(tree: Path) -> None:
    pages = sorted((tree / "usr/share/man").rglob("*.gz"))
    assert [page.name for page in pages] == ["lyncdesk-gui.1.gz", "lyncdesk.1.gz"]
    for page in pages:
        done = subprocess.run(
            ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", page],
            env={**os.environ, "LC_ALL": "C.UTF-8", "MANROFFSEQ": "", "MANWIDTH": "80"},
            cwd=tree / "usr/share/man",  # where one page may be another's
            capture_output=True,
            check=True,
        )
        assert done.stderr == b""


def test_it_says_what_it_is(deb: Path, tree: Path) -> None:
    fields = {
        name: value
        for name, _, value in (line.partition(": ") for line in said("dpkg-deb", "--field", deb).splitlines())
    }
    assert fields["Package"] == "lyncdesk"
    assert fields["Version"] == debian_version(__version__)
    assert "python" not in fields["Depends"]
    assert "libxcb-cursor0" in fields["Depends"]
    whole = sum(
        -(-path.stat().st_size // 1024)
        for path in tree.rglob("*")
        if path.is_file() and not path.is_symlink()
    )
    assert abs(int(fields["Installed-Size"]) - whole) < 3000
    conffiles = (tree / "DEBIAN/conffiles").read_text().split()
    assert conffiles == [f"/{path.relative_to(tree)}" for path in (tree / "etc").rglob("*") if path.is_file()]


def test_nothing_in_it_points_to_the_machine_that_it_was_made_on(tree: Path) -> None:
    found = search_paths(Work(ROOT, tree, tree), list(elf_files(tree)))
    assert any(library.name.startswith("libQt6") for library in found)
    for library, folders in found.items():
        assert all(folder.startswith("$ORIGIN") for folder in folders), f"{library}: {folders}"


def test_a_library_that_debian_has_is_not_in_it_twice(tree: Path) -> None:
    names = {path.name for path in (tree / "usr/lib/lyncdesk/_internal").iterdir()}
    assert not names & {
        "libssl.so.3",
        "libcrypto.so.3",
        "libsqlite3.so.0",
        "libxcb-cursor.so.0",
        "libffi.so.8",
    }
    assert any(name.startswith("libpython3") for name in names)


def test_every_part_is_named_with_its_licence_and_the_text_is_there(tree: Path) -> None:
    documents = tree / "usr/share/doc/lyncdesk"
    text = (documents / "copyright").read_text(encoding="utf-8")
    defined = set(re.findall(r"^License: (\S+)$", text, re.MULTILINE))
    for line in re.findall(r"^License: (.*)$", text, re.MULTILINE):
        assert set(line.split(" and ")) <= defined, line
    places = re.findall(r"^(?:Files:| ) *(usr/lib/lyncdesk/\S+)$", text, re.MULTILINE)
    for place in places:
        assert list(tree.glob(place)), place
    internal = tree / "usr/lib/lyncdesk/_internal"
    tops = {place.split("/")[4] for place in places if place.startswith("usr/lib/lyncdesk/_internal/")}
    ours = {"lyncdesk"}
    standard = {"encodings", "lib-dynload"}
    unnamed = {path.name for path in internal.iterdir() if path.name not in tops | ours | standard}
    assert "PySide6" in tops
    assert not {name for name in unnamed if (internal / name).is_symlink() is False and name.endswith(".so")}
    assert "LGPL" in text
    assert (documents / "licences/REPLACING-QT.txt").is_file()
    assert (documents / "licences/THIRD-PARTY.txt").is_file()


def test_nothing_in_it_says_when_where_or_by_whom_it_was_made(deb: Path, tree: Path) -> None:
    """Then the same source makes the same bytes."""
    with (
        subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE) as unpacking,
        tarfile.open(fileobj=unpacking.stdout, mode="r|") as packed,
    ):
        entries = list(packed)
    assert {(entry.uid, entry.gid, entry.uname, entry.gname) for entry in entries} == {(0, 0, "root", "root")}
    assert len({entry.mtime for entry in entries}) == 1
    assert {entry.mode for entry in entries if entry.isfile()} == {0o644, 0o755}
    assert {entry.mode for entry in entries if entry.isdir()} == {0o755}
    for page in tree.rglob("*.gz"):
        assert page.read_bytes()[4:8] == bytes(4), f"{page} has a time in it"
    done = subprocess.run(["grep", "-rlF", ROOT, tree], stdout=subprocess.PIPE, text=True, check=False)
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("ours", "debians"),
    [("0.2.0", "0.2.0"), ("0.2.0rc1", "0.2.0~rc1"), ("0.2.0a2", "0.2.0~a2"), ("0.2.0.dev3", "0.2.0~dev3")],
)
def test_what_comes_before_a_release_is_older_than_it(ours: str, debians: str) -> None:
    assert debian_version(ours) == debians
    if ours != "0.2.0":
        subprocess.run(["dpkg", "--compare-versions", debians, "lt", "0.2.0"], check=True)
