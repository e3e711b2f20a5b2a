"""Version, changelog and metadata agree; each disagreement is really found in a copy that has it."""

from datetime import date
from pathlib import Path

import pytest

from lyncdesk_packaging.agreement import disagreements, pythons
from lyncdesk_packaging.changelog import UNRELEASED, changelog
from lyncdesk_packaging.work import ROOT
from tests.packaging.own_copy import edit, finish, what_agrees

DAY = date(2020, 2, 1)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return what_agrees(tmp_path / "copy")


def test_everything_agrees_here() -> None:
    assert disagreements() == []


def test_a_copy_that_was_made_ready_may_be_released(copy: Path) -> None:
    finish(copy, "0.9.0")
    assert disagreements(copy, released=DAY) == []


def test_what_is_not_released_is_no_release(copy: Path) -> None:
    finish(copy, "0.9.0")
    edit(copy, "CHANGELOG.md", "## [0.9.0]", "## [Unreleased]\n\n- More.\n\n## [0.9.0]")
    assert disagreements(copy) == []
    assert "entries under [Unreleased]" in disagreements(copy, released=DAY)[0]


def test_a_day_that_is_still_to_come_is_no_release(copy: Path) -> None:
    finish(copy, "0.9.0", "2020-02-02")
    assert disagreements(copy) == []
    assert "is of 2020-02-02, which is still to come" in disagreements(copy, released=DAY)[0]


@pytest.mark.parametrize("above", ["", "## [Unreleased]\n\n"])
def test_of_which_nothing_is_said_is_no_release(copy: Path, above: str) -> None:
    finish(copy, "0.9.0")
    edit(
        copy,
        "CHANGELOG.md",
        "## [0.9.0] - 2020-02-01\n",
        f"{above}## [0.9.0] - 2020-02-01\n\n## [0.8.0] - 2020-01-01\n",
    )
    assert "nothing is said of 0.9.0" in disagreements(copy, released=DAY)[0]


# What a hand may leave behind, and what is said of it.
SLIPS: dict[str, tuple[str, str, str, str]] = {
    "version alone": ("lyncdesk/__init__.py", '__version__ = "', '__version__ = "1', "the newest release is"),
    "no date": ("CHANGELOG.md", "## [0.1.0] - 2026-11-22", "## [0.1.0]", "0.1.0 has no date"),
    "no such heading": ("CHANGELOG.md", "## [0.1.0] - ", "## 0.1.0 - ", "is not “## [X.Y.Z] - YYYY-MM-DD”"),
    "order": (
        "CHANGELOG.md",
        "## [0.1.0] - ",
        "## [0.0.9] - 2026-11-01\n\n- x\n\n## [0.1.0] - ",
        "is not older",
    ),
    "a Python less": (
        "pyproject.toml",
        '    "Programming Language :: Python :: 3.14",\n',
        "",
        "the classifiers name Python",
    ),
    "a Python more": (
        "pyproject.toml",
        'requires-python = ">=3.11,<3.15"',
        'requires-python = ">=3.11,<3.16"',
        "requires-python allows",
    ),
    "README": ("README.md", "Python 3.11 to 3.14", "Python 3.10 to 3.14", "README.md: says"),
    "manual page": (
        "resources/desktop/share/man/man1/lyncdesk.1",
        '"LyncDesk ',
        '"LyncDesk 1',
        "“make pages” makes it anew",
    ),
    "licence": ("LICENSE", "MIT License", "ISC License", "is not the text of MIT"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_found(copy: Path, slip: str) -> None:
    name, old, new, said = SLIPS[slip]
    edit(copy, name, old, new)
    assert any(said in each for each in disagreements(copy)), disagreements(copy)


# How each kind of file writes a version out, if it does.
WRITTEN = {
    "resources/desktop/x.metainfo.xml": '<releases><release version="{}" date="2026-01-01"/></releases>',
    "packaging/debian/changelog": "lyncdesk ({}) unstable; urgency=medium\n",
    "packaging/windows/x.iss": '#define MyAppVersion "{}"\n',
    "packaging/macos/x.plist": "<key>CFBundleShortVersionString</key>\n<string>{}</string>",
}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_version_that_is_written_out_is_held_to_the_package(copy: Path, name: str) -> None:
    finish(copy, "0.9.0")
    for folder in ("resources/desktop", "packaging/debian", "packaging/windows", "packaging/macos"):
        for old in [*(copy / folder).glob("*.metainfo.xml*"), *(copy / folder).glob("changelog*")]:
            old.unlink()
    path = copy / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(WRITTEN[name].format("0.9.0"))
    assert disagreements(copy) == []
    path.write_text(WRITTEN[name].format("0.8.9"))
    assert disagreements(copy) == [f"{name}: says 0.8.9, not 0.9.0"]


def test_another_id_is_found(copy: Path) -> None:
    (copy / "packaging/flatpak/other.yml").write_text("id: org.lyncdesk." + "Lyncdesk\n")
    assert any("is not org.lyncdesk.LyncDesk" in each for each in disagreements(copy))


def test_the_pythons_are_those_of_the_classifiers() -> None:
    assert pythons(ROOT)[0] == "3.11"
    assert all(each.version == UNRELEASED or each.text for each in changelog(ROOT))
