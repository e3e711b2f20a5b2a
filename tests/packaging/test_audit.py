"""pip-audit over the pins, against a stand-in service; no real one is ever asked."""

from datetime import date
from pathlib import Path

import pytest

from lyncdesk_packaging.audit import UnauditedError, audit, explanations
from lyncdesk_packaging.work import ROOT, MistakeError
from tests.packaging.osv import advisory, nobody, osv

TODAY = date(2026, 12, 1)
PINS = "requests==2.34.2\nlxml==6.1.3\n# a comment\n"
KNOWN = {"lxml": advisory("GHSA-aaaa-bbbb-cccc", "lxml", "6.1.4", "CVE-2026-1234")}


@pytest.fixture
def pins(tmp_path: Path) -> Path:
    path = tmp_path / "constraints.txt"
    path.write_text(PINS)
    return path


def table(folder: Path, text: str = "") -> Path:
    path = folder / "audit.toml"
    path.write_text(text)
    return path


def row(until: str, name: str = "CVE-2026-1234", package: str = "lxml") -> str:
    return f'[[explained]]\nid = "{name}"\npackage = "{package}"\nwhy = "No HTML is read."\nuntil = {until}\n'


def test_nothing_known_is_clean(pins: Path, tmp_path: Path) -> None:
    with osv() as asked:
        result = audit(pins, table(tmp_path), tmp_path, TODAY, service=asked.url)
    assert sorted(asked) == ["lxml", "requests"]
    assert (result.asked, result.open, result.explained) == (2, (), ())


def test_a_known_vulnerability_is_open_and_says_what_mends_it(pins: Path, tmp_path: Path) -> None:
    with osv(KNOWN) as asked:
        (found,) = audit(pins, table(tmp_path), tmp_path, TODAY, service=asked.url).open
    assert found.startswith("lxml 6.1.3: ")
    assert all(part in found for part in ("GHSA-aaaa-bbbb-cccc", "CVE-2026-1234", "mended in 6.1.4"))


@pytest.mark.parametrize("name", ["CVE-2026-1234", "GHSA-aaaa-bbbb-cccc"])
def test_an_explained_one_is_told_and_not_open(pins: Path, tmp_path: Path, name: str) -> None:
    rows = table(tmp_path, row("2026-12-01", name))
    with osv(KNOWN) as asked:
        result = audit(pins, rows, tmp_path, TODAY, service=asked.url)
    assert (result.open, result.unneeded) == ((), ())
    assert "No HTML is read. (until 2026-12-01)" in result.explained[0]


def test_an_explanation_ends_on_its_day(pins: Path, tmp_path: Path) -> None:
    with osv(KNOWN) as asked:
        result = audit(pins, table(tmp_path, row("2026-11-30")), tmp_path, TODAY, service=asked.url)
    assert result.explained == ()
    assert "held until 2026-11-30: look again" in result.open[0]


def test_an_explanation_is_for_its_package_alone(pins: Path, tmp_path: Path) -> None:
    rows = table(tmp_path, row("2027-01-01", package="requests"))
    with osv(KNOWN) as asked:
        result = audit(pins, rows, tmp_path, TODAY, service=asked.url)
    assert len(result.open) == 1
    assert result.unneeded == ("requests CVE-2026-1234",)


def test_where_nobody_listens_nothing_was_audited(pins: Path, tmp_path: Path) -> None:
    with nobody() as service, pytest.raises(UnauditedError, match="no answer from"):
        audit(pins, table(tmp_path), tmp_path, TODAY, service=service, timeout=2)


def test_a_service_in_trouble_audits_nothing(pins: Path, tmp_path: Path) -> None:
    with osv(KNOWN, status=503) as asked, pytest.raises(UnauditedError):
        audit(pins, table(tmp_path), tmp_path, TODAY, service=asked.url)


@pytest.mark.parametrize(
    "text",
    [
        '[[explained]]\nid = "CVE-1"\npackage = "lxml"\nwhy = "x"\n',
        row("2026-12-01") + 'more = "y"\n',
        '[[explained]]\nid = "CVE-1"\npackage = "lxml"\nwhy = ""\nuntil = 2026-12-01\n',
        '[[explained]]\nid = "CVE-1"\npackage = "lxml"\nwhy = "x"\nuntil = "2026-12-01"\n',
        "[ignored]\n",
    ],
)
def test_a_row_is_whole_or_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(MistakeError, match=r"audit\.toml"):
        explanations(table(tmp_path, text))


def test_the_table_of_the_project_can_be_read() -> None:
    explanations(ROOT / "packaging/release/audit.toml")


@pytest.mark.timeout(120)
def test_every_pin_is_asked_about(tmp_path: Path) -> None:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pinned = {line.partition("==")[0] for line in lines if line and not line.startswith("#")}
    with osv() as asked:
        audit(ROOT / "constraints.txt", table(tmp_path), tmp_path, TODAY, service=asked.url)
    assert set(asked) == pinned
