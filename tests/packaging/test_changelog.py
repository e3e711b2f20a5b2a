"""The changelog as data."""

from datetime import date
from pathlib import Path

import pytest

from lyncdesk import __version__
from lyncdesk_packaging.changelog import UNRELEASED, Part, Release, changelog, released, releases
from lyncdesk_packaging.work import ROOT, MistakeError

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
NOT_YET = Release(
    UNRELEASED,
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


def test_a_changelog_is_read_into_releases_of_plain_text_and_as_it_stands() -> None:
    assert releases(TEXT) == (NOT_YET, SECOND, FIRST)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("## [0.2.0] - 2026-10-04", "## 0.2.0", r"CHANGELOG\.md:12: “## 0\.2\.0” is not"),
        (" - 2026-10-04", "", r"CHANGELOG\.md:12: 0\.2\.0 has no date"),
        ("[0.2.0]", "[next]", r"CHANGELOG\.md:12: next is no version"),
        ("[0.1.0]", "[0.2.0]", r"CHANGELOG\.md:18: 0\.2\.0 of 2026-03-01 is not older"),
        ("2026-03-01", "2026-10-05", r"CHANGELOG\.md:18: 0\.1\.0 of 2026-10-05 is not older"),
        ("[Unreleased]", "[Unreleased] - 2026-11-01", r"CHANGELOG\.md:5: \[Unreleased\] stands first"),
        ("[0.1.0] - 2026-03-01", "[Unreleased]", r"CHANGELOG\.md:18: \[Unreleased\] stands first"),
        ("2026-10-04", "2026-13-04", r"CHANGELOG\.md:12: 2026-13-04 is no date"),
        ("- An entry", "- One.\nAn entry", r"CHANGELOG\.md:15: .* neither an entry"),
    ],
)
def test_a_line_out_of_form_is_named(old: str, new: str, said: str) -> None:
    with pytest.raises(MistakeError, match=said):
        releases(TEXT.replace(old, new))


def test_only_what_was_released_is_told(tmp_path: Path) -> None:
    (tmp_path / "CHANGELOG.md").write_text(TEXT, encoding="utf-8")
    assert released(tmp_path, "0.2.0") == (SECOND, FIRST)
    assert released(tmp_path, "0.1.0") == (SECOND, FIRST)


@pytest.mark.parametrize("version", ["0.3.0", UNRELEASED])
def test_a_version_that_is_not_told_of_is_a_mistake(tmp_path: Path, version: str) -> None:
    (tmp_path / "CHANGELOG.md").write_text(TEXT, encoding="utf-8")
    with pytest.raises(MistakeError, match=rf"has no “## \[{version}\]”"):
        released(tmp_path, version)


def test_this_projects_changelog_has_the_form_and_loses_no_entry() -> None:
    found = changelog(ROOT)
    written = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").count("\n- ")
    assert sum(len(part.entries) for release in found for part in release.parts) == written
    assert released(ROOT, __version__)
