"""What is in the bundle and what is not: the table, and the checks that it is right."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.metadata import metadata, packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from lyncdesk_packaging.bundle_contents import contents, module_at
from lyncdesk_packaging.bundle_imports import needed_but_left_out
from lyncdesk_packaging.bundle_libraries import dangling, elf_files, needs, unexplained

pytestmark = [
    pytest.mark.xdist_group("bundle"),
    pytest.mark.timeout(900),
    pytest.mark.skipif(sys.platform != "linux", reason="the bundle is made and tried on Linux"),
]


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("lxml/html/__init__.pyc", "lxml.html"),
        ("lxml/etree.cpython-311-x86_64-linux-gnu.so", "lxml.etree"),
        ("python3.11/lib-dynload/readline.cpython-311-x86_64-linux-gnu.so", "readline"),
        ("pdb.pyc", "pdb"),
        ("libssl.so.3", ""),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", ""),
        ("tzdata/zoneinfo/Europe/Berlin", ""),
    ],
)
def test_a_file_is_known_as_the_module_that_it_is(place: str, name: str) -> None:
    assert module_at(place) == name


def test_what_an_import_needs_cannot_be_left_out() -> None:
    table = contents()
    found = ["lxml.html", "lxml.etree", "exchangelib.util"]
    assert list(needed_but_left_out(table, [("exchangelib.util", "lxml.etree", True)], found)) == []
    # PyInstaller's own word, which the row says to be none.
    assert list(needed_but_left_out(table, [("lxml", "lxml.html", True)], found)) == []
    for insists, way in ((True, "imports"), (False, "imports in some case")):
        (line,) = needed_but_left_out(table, [("exchangelib.util", "lxml.html", insists)], found)
        assert line.startswith(f"exchangelib.util {way} lxml.html, which contents.toml leaves out: ")
    # What is not installed is nobody's need.
    assert list(needed_but_left_out(table, [("requests", "lxml.html", True)], ["requests"])) == []


def test_each_row_of_what_is_left_out_is_about_something(bundle: Path) -> None:
    notes = bundle.parents[1] / "build" / "bundle" / "work" / "lyncdesk"
    import json

    found = json.loads((notes / "found.json").read_text(encoding="utf-8"))
    idle = [rule.match for rule in contents().modules if not any(map(rule.has, found))]
    assert idle == []


def test_what_is_left_out_is_not_there(bundle: Path) -> None:
    table, inside = contents(), bundle / "_internal"
    there = [str(path.relative_to(inside)) for path in inside.rglob("*") if path.is_file()]
    assert len(there) > 1000
    assert [place for place in there if table.file_left_out(place)] == []


def test_every_library_is_in_the_bundle_or_told_of(bundle: Path) -> None:
    assert list(unexplained(bundle, contents())) == []
    assert dangling(bundle) == []


def test_a_library_that_is_taken_away_is_missed(bundle: Path, tmp_path: Path) -> None:
    less = tmp_path / "lyncdesk"
    subprocess.run(["cp", "-al", bundle, less], check=True)
    (less / "_internal/libxcb-cursor.so.0").unlink()
    missed = list(unexplained(less, contents()))
    assert missed
    assert all("libxcb-cursor.so.0" in line for line in missed)
    (less / "_internal/PySide6/Qt/lib/libQt6Network.so.6").unlink()
    assert "_internal/libQt6Network.so.6" in dangling(less)


def test_a_module_that_is_taken_away_is_missed_by_the_self_test(bundle: Path, tmp_path: Path) -> None:
    for place, said in (
        ("lxml/_elementpath*", ""),
        ("isodate", "No module named 'isodate'"),
        ("keyring/backends/SecretService.pyc", "missing: module keyring.backends.SecretService"),
        ("lyncdesk/resources/sample_organisation.toml", "sample_organisation.toml is missing"),
        ("python3.11/lib-dynload/_sqlite3*", "No module named '_sqlite3'"),
    ):
        less = tmp_path / "lyncdesk"
        subprocess.run(["cp", "-al", bundle, less], check=True)
        (taken,) = (less / "_internal").glob(place)
        shutil.rmtree(taken) if taken.is_dir() else taken.unlink()
        done = subprocess.run(
            [less / "lyncdesk", "-m", "lyncdesk.self_test"], capture_output=True, text=True, check=False
        )
        assert (done.returncode, said in done.stdout) == (1, True), (place, done.stdout, done.stderr)
        shutil.rmtree(less)


def test_the_loader_finds_every_library_on_this_machine(bundle: Path) -> None:
    table, every = contents(), list(elf_files(bundle))
    told = subprocess.run(["ldd", *every], capture_output=True, text=True, check=False).stdout
    assert told.count(":\n") == len(every)
    missing = {line.split()[0] for line in told.splitlines() if "not found" in line}
    # What lies in the folder beside the program is found by its start-up, which ldd does not know.
    assert {
        name
        for name in missing
        if not (bundle / "_internal" / name).exists() and not any(rule.has(name) for rule in table.optional)
    } == set()


def test_nothing_of_the_tools_that_made_it_is_inside(bundle: Path) -> None:
    wanted, waiting = set(), ["lyncdesk"]
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name not in wanted:
            wanted.add(name)
            for line in requires(name) or []:
                needed = Requirement(line)
                if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                    waiting.append(needed.name)
    inside = bundle / "_internal"
    there = {canonicalize_name(path.name.split("-")[0]) for path in inside.glob("*.dist-info")}
    assert there - {"gssapi", "krb5", "decorator"} == wanted
    owners = packages_distributions()
    strangers = {
        path.name
        for path in inside.iterdir()
        if path.is_dir()
        and path.name in owners
        and not {canonicalize_name(owner) for owner in owners[path.name]} & (there | {"lyncdesk"})
    }
    assert strangers == set()
    assert metadata("lyncdesk")["Version"] in next(inside.glob("lyncdesk-*.dist-info")).name


def test_python_is_without_what_only_a_debugger_reads(bundle: Path) -> None:
    (python,) = (bundle / "_internal").glob("libpython3*.so.*")
    told = subprocess.run(["readelf", "-S", python], capture_output=True, text=True, check=True).stdout
    assert ".debug_info" not in told
    assert "libc.so.6" in needs([python])[python]
