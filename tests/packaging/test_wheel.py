"""The wheel and the sdist: whole, nothing else, the same wherever and whenever they are made."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_string
from email.message import Message
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from lyncdesk import __version__
from lyncdesk_packaging.work import ROOT, Work
from tests.packaging.conftest import Made
from tests.project.test_project import committed

pytestmark = [pytest.mark.xdist_group("wheel"), pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def wheel(package: Made) -> Path:
    return next(path for path in package("wheel") if path.suffix == ".whl")


@pytest.fixture(scope="module")
def sdist(package: Made) -> Path:
    return next(path for path in package("wheel") if path.suffix == ".gz")


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        name = f"lyncdesk-{__version__}.dist-info/METADATA"
        return message_from_string(archive.read(name).decode("utf-8"))


def sources() -> set[str]:
    return {path.relative_to(ROOT).as_posix() for path in committed() if "__pycache__" not in path.parts}


def unpacked(sdist: Path, to: Path) -> Path:
    with tarfile.open(sdist) as archive:
        archive.extractall(to, filter="data")
    (root,) = to.iterdir()
    return root


# --- whole, and nothing else ---


def test_the_wheel_holds_the_program_and_its_resources_and_nothing_else(wheel: Path) -> None:
    expected = {name for name in sources() if name.startswith("lyncdesk/")}
    expected |= {f"lyncdesk/{name}" for name in sources() if name.startswith("resources/")}
    info = f"lyncdesk-{__version__}.dist-info"
    expected |= {
        f"{info}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")
    }
    with zipfile.ZipFile(wheel) as archive:
        assert set(archive.namelist()) == expected
        assert archive.testzip() is None


def test_the_sdist_holds_all_that_is_committed(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    # What the place where it is developed runs is of no use anywhere else.
    committed_here = {name for name in sources() if not name.startswith(".ci/")}
    assert names == committed_here | {"PKG-INFO"}


def test_both_commands_are_there(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read(f"lyncdesk-{__version__}.dist-info/entry_points.txt").decode()
    assert text.split() == [
        *("[console_scripts]", "lyncdesk", "=", "lyncdesk.cli:main"),
        *("[gui_scripts]", "lyncdesk-gui", "=", "lyncdesk.cli:main"),
    ]


# --- the metadata ---


def test_the_metadata_say_what_it_is(metadata: Message) -> None:
    said = {name: metadata[name] for name in ("Name", "Version", "License-Expression", "License-File")}
    assert said == {
        "Name": "lyncdesk",
        "Version": __version__,
        "License-Expression": "MIT",
        "License-File": "LICENSE",
    }
    assert metadata["Requires-Python"] == "<3.15,>=3.11"
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert {"capacity", "negotiate"} <= set(metadata.get_all("Provides-Extra") or [])
    needed = [line for line in metadata.get_all("Requires-Dist") or [] if "extra ==" not in line]
    assert any(line.startswith("pyside6-essentials") for line in needed)
    assert any(line.startswith("exchangelib") for line in needed)


def test_the_description_leads_to_no_file_of_the_source_tree(metadata: Message) -> None:
    text = metadata.get_payload()
    assert isinstance(text, str)
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    inside = [each for token in tokens for each in token.children or ()]
    assert [each for each in inside if each.type == "image"] == []
    links = [str(each.attrs["href"]) for each in inside if each.type == "link_open"]
    assert [link for link in links if "://" not in link and not link.startswith("#")] == []
    # What the pictures and links stood in is there.
    for words in ("Try it", "Kerberos ticket", "What an administrator can set", "The command line: status"):
        assert words in text
    assert "](docs" not in text


def test_the_page_names_the_systems_libraries_that_the_makefile_installs() -> None:
    makefile, page = (
        (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
        for name in ("Makefile", "packaging/wheel/README.md")
    )
    wanted = re.search(r"(?m)^SCREEN_PACKAGES := (.*)$", makefile)
    told = re.search(r"(?m)^ +sudo apt-get install --no-install-recommends (.*)$", page)
    assert wanted is not None
    assert told is not None
    assert told[1].split() == wanted[1].split()


# --- the same every time ---


def made_in(root: Path, *, umask: int = 0o022, **environment: str) -> dict[str, bytes]:
    """What the step makes of a tree, in another process, with no cache of Python's."""
    kept = {name: value for name, value in os.environ.items() if name not in {"SOURCE_DATE_EPOCH", "TZ"}}
    done = subprocess.run(
        [sys.executable, "-m", "lyncdesk_packaging", "wheel"],
        cwd=root,
        env={**kept, "PYTHONPATH": str(root / "packaging"), **environment},
        capture_output=True,
        text=True,
        umask=umask,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return {path.name: path.read_bytes() for path in (root / "dist").iterdir()}


def test_a_tree_elsewhere_another_day_another_umask_zone_and_hash_make_the_same_bytes(
    wheel: Path, sdist: Path, tmp_path: Path
) -> None:
    root = tmp_path / "elsewhere"
    for path in committed():
        copy = root / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)  # with neither its times nor its rights
        copy.chmod(0o600 | path.stat().st_mode & 0o100)
    made = made_in(
        root,
        umask=0o077,
        TZ="Asia/Kathmandu",
        PYTHONHASHSEED="7",
        LC_ALL="C",
        SOURCE_DATE_EPOCH=str(Work(ROOT, ROOT / "build", ROOT / "dist").moment()),
    )
    assert made == {path.name: path.read_bytes() for path in (wheel, sdist)}


def test_the_sdist_alone_makes_the_same_wheel_and_the_same_sdist(
    wheel: Path, sdist: Path, tmp_path: Path
) -> None:
    made = made_in(unpacked(sdist, tmp_path))
    assert made == {path.name: path.read_bytes() for path in (wheel, sdist)}


def test_the_tests_of_the_sdist_run_in_it(sdist: Path, tmp_path: Path) -> None:
    root = unpacked(sdist, tmp_path)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
            *(
                "tests/unit/test_words.py",
                "tests/project/test_project.py",
                "tests/packaging/test_changelog.py",
            ),
            *("-k", "not wheel and not needed_is_installed"),
        ],
        cwd=root,
        env=kept | {"PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
