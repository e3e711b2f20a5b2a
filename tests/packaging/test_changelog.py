"""The changelog as data."""

from datetime import date

import pytest

from lyncdesk_packaging.changelog import Part, Release, dated, releases
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
UNRELEASED = Release("Unreleased", None, "", (Part("People", ("A card is open longer, as told.",)),))
SECOND = Release("0.2.0", date(2026, 10, 4), "", (Part("", ("An entry above the first heading.",)),))
FIRST = Release("0.1.0", date(2026, 3, 1), "First version: presence.", ())


def test_a_changelog_is_read_into_releases_of_plain_text() -> None:
    assert releases(TEXT) == (UNRELEASED, SECOND, FIRST)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("## [0.2.0] - 2026-10-04", "## 0.2.0", r"CHANGELOG\.md:12: “## 0\.2\.0” is not"),
        ("2026-10-04", "2026-13-04", r"CHANGELOG\.md:12: 2026-13-04 is no date"),
        ("- An entry", "- One.\nAn entry", r"CHANGELOG\.md:15: .* neither an entry"),
    ],
)
def test_a_line_out_of_form_is_named(old: str, new: str, said: str) -> None:
    with pytest.raises(MistakeError, match=said):
        releases(TEXT.replace(old, new))


def test_only_released_versions_are_told_and_this_one_may_be_without_a_date() -> None:
    moment = 1_800_000_000  # 15 January 2027
    assert dated(releases(TEXT), "0.2.0", moment) == (SECOND, FIRST)
    without = releases(TEXT.replace(" - 2026-10-04", ""))
    assert [release.date for release in dated(without, "0.2.0", moment)] == [date(2027, 1, 15), FIRST.date]


@pytest.mark.parametrize(
    ("text", "version", "said"),
    [
        (TEXT, "0.3.0", r"has no “## \[0\.3\.0\]”"),
        (TEXT.replace(" - 2026-03-01", ""), "0.2.0", r"\[0\.1\.0\] has no date"),
    ],
)
def test_a_version_that_is_not_told_of_is_a_mistake(text: str, version: str, said: str) -> None:
    with pytest.raises(MistakeError, match=said):
        dated(releases(text), version, 0)


def test_this_projects_changelog_has_the_form_and_loses_no_entry() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    found = releases(text)
    assert sum(len(part.entries) for release in found for part in release.parts) == text.count("\n- ")
    work = Work(ROOT, ROOT / "build", ROOT / "dist")
    assert dated(found, work.version(), work.moment())
