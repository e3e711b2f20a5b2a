"""Whose everything is that is shipped, and under which licence: nothing unknown, nothing not allowed."""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from lyncdesk_packaging import shipped
from lyncdesk_packaging.components import Component, environment, packages, python_components
from lyncdesk_packaging.licence_table import Table, table
from lyncdesk_packaging.licences import write
from lyncdesk_packaging.work import ROOT, MistakeError, Work

TABLE = table()
PYTHON = Path(sys.executable)


# --- what may be shipped ---


@pytest.mark.parametrize(
    ("expression", "settled"),
    [
        ("MIT", "MIT"),
        ("Apache-2.0 OR BSD-3-Clause", "BSD-3-Clause"),
        ("LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only", "LGPL-3.0-only"),
        ("(MIT OR Apache-2.0) AND Unicode-3.0", "MIT AND Unicode-3.0"),
        ("GPL-2.0-only OR (MIT AND Zlib)", "MIT AND Zlib"),
        ("Apache-2.0 WITH LLVM-exception", "Apache-2.0 WITH LLVM-exception"),
    ],
)
def test_of_a_choice_the_first_that_is_allowed_is_taken(expression: str, settled: str) -> None:
    assert TABLE.settled(expression, "it") == settled


@pytest.mark.parametrize(
    "expression",
    ["GPL-3.0-or-later", "GPL-2.0-only OR AGPL-3.0-only", "MIT AND GPL-2.0-only", "SSPL-1.0", "MIT AND", ""],
)
def test_what_is_not_allowed_or_not_known_is_refused(expression: str) -> None:
    with pytest.raises(MistakeError, match=r"what it is: .*licences\.toml"):
        TABLE.settled(expression, "what it is")


def test_every_licence_of_what_brings_no_text_has_its_text_here() -> None:
    for row in TABLE.inside:
        licence = TABLE.settled(row.licence, row.name)
        for text in TABLE.text(licence):
            assert len(text.read_text(encoding="utf-8")) > 200, text


def test_the_text_of_the_lgpl_comes_with_that_of_the_gpl() -> None:
    assert [path.name for path in TABLE.text("LGPL-3.0-only")] == ["LGPL-3.0-only.txt", "GPL-3.0-only.txt"]


def asks_for_source(expression: str) -> bool:
    settled = TABLE.settled(expression, "it").split(" AND ")
    return any("where the" in TABLE.asks[name] for name in settled)


def test_what_asks_for_its_source_says_where_it_is() -> None:
    asking = [row for row in TABLE.inside if asks_for_source(row.licence)]
    assert {row.name for row in asking} >= {"Qt", "GNU libiconv"}
    assert all(row.source.startswith("https://") for row in asking)
    for name, expression in TABLE.python.items():
        if asks_for_source(expression):
            assert TABLE.source[name].startswith("https://"), name


def test_a_package_that_says_no_licence_fails_until_somebody_has_read_it() -> None:
    silent: Table = replace(TABLE, python={})
    with pytest.raises(MistakeError, match=r"tzdata .*: says no licence"):
        list(python_components(PYTHON, ["tzdata"], silent))


# --- whose files they are ---


def small_bundle(folder: Path) -> Path:
    """A bundle with one file of each kind but the programs, really taken from where they come from."""
    site, inner = environment(PYTHON), folder / "lyncdesk/_internal"
    core = packages(site)["pyside6-essentials"]
    (library,) = [Path(str(file.locate())) for file in core.files or () if file.name == "libQt6Svg.so.6"]
    for source, place in (
        (library, library.relative_to(site)),
        (site / "idna/core.py", Path("idna/core.py")),
        (Path(shutil.__file__), Path("shutil.pyc")),
    ):
        (inner / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, inner / place)
    shutil.copyfile(Path("/lib/x86_64-linux-gnu/libz.so.1").resolve(), inner / "libz.so.1")
    return folder / "lyncdesk"


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    if not Path("/lib/x86_64-linux-gnu/libz.so.1").exists():
        pytest.skip("libraries of the system are looked up on Debian for this processor")
    return small_bundle(tmp_path)


def by_key(found: list[Component]) -> dict[str, Component]:
    return {component.key: component for component in found}


def test_every_file_is_somebodys(bundle: Path) -> None:
    found = by_key(shipped.components(bundle, PYTHON, TABLE))
    outer = {key for key, component in found.items() if not component.inside}
    assert outer == {"pyside6-essentials", "idna", "pyinstaller", "cpython", "system:zlib1g"}
    assert found["system:zlib1g"].licence == "Zlib"
    assert found["system:zlib1g"].purl.startswith("pkg:deb/debian/zlib1g@1%3A1.2.13")
    assert "pyside6-essentials/HarfBuzz" in found
    assert "pyside6-essentials/libtiff" not in found  # its plugin is not there


@pytest.mark.parametrize("name", ["libz.so.1", "libother.so.3", "data/stray.bin"])
def test_a_file_that_nobody_knows_is_named(bundle: Path, name: str) -> None:
    path = bundle / "_internal" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"who knows")
    with pytest.raises(MistakeError, match=f"nobody says where these are from:\n  _internal/{name}"):
        shipped.components(bundle, PYTHON, TABLE)


def test_a_library_under_the_gpl_is_refused(bundle: Path) -> None:
    readline = Path("/lib/x86_64-linux-gnu/libreadline.so.8")
    if not readline.exists():
        pytest.skip("libreadline8 is not installed")
    shutil.copyfile(readline.resolve(), bundle / "_internal/libreadline.so.8")
    with pytest.raises(MistakeError, match=r"libreadline8.*“GPL-3.0-or-later” is not allowed"):
        shipped.components(bundle, PYTHON, TABLE)


# --- the folder ---


def test_the_folder_has_the_notice_of_every_part(bundle: Path, tmp_path: Path) -> None:
    found = shipped.components(bundle, PYTHON, TABLE)
    folder = tmp_path / "licences"
    write(found, folder, TABLE, Work(ROOT, tmp_path, tmp_path))
    entries = (folder / "THIRD-PARTY.txt").read_text(encoding="utf-8").split("\n\n")[1:]
    assert len(entries) == len(found)
    for entry in entries:
        lines = dict(line.strip().split(": ", 1) for line in entry.strip().splitlines()[1:])
        assert lines["licence"], entry
        texts = lines.get("texts", "")
        assert texts or lines["licence"] == "LicenseRef-public-domain", entry
        assert all((folder / text).stat().st_size for text in texts.split(", ") if text), entry
    assert (folder / "Python/LICENSE.txt").read_text().startswith("A. HISTORY OF THE SOFTWARE")
    assert (folder / "zlib1g/copyright").exists()
    for name in ("LyncDesk.txt", "REPLACING-QT.txt", "sbom.cdx.json"):  # which the index's first lines name
        assert name in (folder / "THIRD-PARTY.txt").read_text(encoding="utf-8")
    assert (folder / "LyncDesk.txt").read_bytes() == (ROOT / "LICENSE").read_bytes()
    assert (folder / "REPLACING-QT.txt").exists()
    assert "Copyright (c) 2001" in next(entry for entry in entries if entry.startswith("Python "))


def test_what_is_known_of_a_library_is_not_said_of_a_binding_with_its_name() -> None:
    found = python_components(PYTHON, ["cryptography"], TABLE)
    both = [part for part in found if part.name == "openssl" and part.inside == "cryptography"]
    holders = {part.purl.partition("/")[0]: part.copyright for part in both}
    assert holders["pkg:cargo"] == ""
    assert "OpenSSL Project Authors" in holders["pkg:generic"]


def test_how_qt_is_replaced_is_told() -> None:
    text = (ROOT / "packaging/release/REPLACING-QT.txt").read_text(encoding="utf-8")
    assert all(system in text for system in ("Linux", "Windows", "macOS"))
