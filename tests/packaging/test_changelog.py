"""CHANGELOG.md as data."""

from datetime import date
from pathlib import Path

import pytest

from lyncdesk_packaging.changelog import Part, Release, parsed, released, releases
from lyncdesk_packaging.work import ROOT, MistakeError, Work

TEXT = """# Changelog

Of this nothing is read.

## [Unreleased]

### People

- A card is `open` longer,
  as [told](docs/x.md).

## [0.2.0] - 2026-10-04

- An entry above the first heading.

### Empty

## [0.1.0] - 2026-03-01

First version:
presence.
"""
UNRELEASED = Release(
    "Unreleased",
    None,
    "",
    (Part("People", ("A card is open longer, as told.",)),),
    "### People\n\n- A card is `open` longer,\n  as [told](docs/x.md).",
)
SECOND = Release(
    "0.2.0",
    date(2026, 10, 4),
    "",
    (Part("", ("An entry above the first heading.",)),),
    "- An entry above the first heading.\n\n### Empty",
)
FIRST = Release("0.1.0", date(2026, 3, 1), "First version: presence.", (), "First version:\npresence.")


def test_a_changelog_is_read_into_releases_of_plain_text() -> None:
    assert parsed(TEXT) == (UNRELEASED, SECOND, FIRST)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("## [0.2.0] - 2026-10-04", "## 0.2.0", r"CHANGELOG\.md:12: “## 0\.2\.0” is not"),
        ("2026-10-04", "2026-13-04", r"CHANGELOG\.md:12: 2026-13-04 is no date"),
        (" - 2026-03-01", "", r"CHANGELOG\.md:18: 0\.1\.0 has no date"),
        ("2026-03-01", "2026-10-05", r"CHANGELOG\.md:18: .* is not older than what stands above it"),
        ("[0.1.0]", "[0.2.0]", r"CHANGELOG\.md:18: .* is not older than what stands above it"),
        ("[0.1.0]", "[first]", r"CHANGELOG\.md:18: first is no version"),
        ("## [Unreleased]", "## [Unreleased] - 2026-10-05", r"CHANGELOG\.md:5: \[Unreleased\] stands first"),
        ("[0.1.0] - 2026-03-01", "[Unreleased]", r"CHANGELOG\.md:18: \[Unreleased\] stands first"),
        ("- An entry", "- One.\nAn entry", r"CHANGELOG\.md:15: .* neither an entry"),
    ],
)
def test_a_line_out_of_form_is_named(old: str, new: str, said: str) -> None:
    with pytest.raises(MistakeError, match=said):
        parsed(TEXT.replace(old, new))


def test_only_released_versions_are_told_and_this_one_must_be_among_them(tmp_path: Path) -> None:
    (tmp_path / "CHANGELOG.md").write_text(TEXT)
    (tmp_path / "lyncdesk").mkdir()
    source = tmp_path / "lyncdesk/__init__.py"
    source.write_text('__version__ = "0.2.0"\n')
    work = Work(tmp_path, tmp_path, tmp_path)
    assert released(work) == (SECOND, FIRST)
    source.write_text('__version__ = "0.3.0"\n')
    with pytest.raises(MistakeError, match=r"has no “## \[0\.3\.0\]”"):
        released(work)


def test_this_projects_changelog_has_the_form_and_loses_no_entry() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    found = releases(ROOT)
    assert sum(len(part.entries) for release in found for part in release.parts) == text.count("\n- ")
    assert released(Work(ROOT, ROOT / "build", ROOT / "dist"))
