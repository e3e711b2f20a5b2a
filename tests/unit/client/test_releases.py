"""What is told of versions, and that nothing is asked where nobody named a place."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

import pytest

import lyncdesk
from lyncdesk.client.installed import Installed, Way
from lyncdesk.client.options import Account, Options
from lyncdesk.client.ports import ProblemError
from lyncdesk.client.releases import Compared, Newest, Releases
from lyncdesk.client.views.versions import newest_json, newest_lines, own_version
from lyncdesk.client.words import Words

PIPX = Installed(Way.PIPX)
WORDS = Words()
PAGE = "https://intranet.example.org/lyncdesk"
NEWER = Newest("0.3.0", Compared.NEWER, date=date(2026, 11, 27), page=PAGE)
URL = "https://files.example.org/latest.json"


def test_a_newer_version_is_told_with_how_it_would_come() -> None:
    assert newest_lines(NEWER, "0.2.0", PIPX, WORDS) == (
        "There is a newer version: LyncDesk 0.3.0. This is 0.2.0.",
        "It came out on 27 Nov 2026.",
        "Update it with: pipx upgrade lyncdesk",
        f"More about it: {PAGE}",
    )
    preview = newest_lines(Newest("0.3.0rc1", Compared.NEWER, preview=True), "0.2.0", PIPX, WORDS)
    assert preview[1] == "It is one to try, and not finished."


@pytest.mark.parametrize(
    ("newest", "said"),
    [
        (Newest("0.2.0", Compared.SAME, page=PAGE), "This is the newest version: LyncDesk 0.2.0."),
        (
            Newest("0.1.0", Compared.OLDER, date=date(2026, 1, 1)),
            "There is nothing newer: 0.1.0 is older than this LyncDesk, 0.2.0.",
        ),
    ],
)
def test_of_what_is_not_newer_nothing_more_is_told(newest: Newest, said: str) -> None:
    assert newest_lines(newest, "0.2.0", PIPX, WORDS) == (said,)
    assert newest_json(newest, "0.2.0", PIPX, WORDS)["newer"] is False


def test_programs_get_the_same_as_values() -> None:
    assert newest_json(NEWER, "0.2.0", PIPX, WORDS) == {
        "running": "0.2.0",
        "installed": "pipx",
        "update": "Update it with: pipx upgrade lyncdesk",
        "newer": True,
        "newest": "0.3.0",
        "compared": "newer",
        "preview": False,
        "date": "2026-11-27",
        "page": PAGE,
    }


def test_the_version_that_runs_says_what_it_is() -> None:
    assert own_version("0.2.0", PIPX, WORDS) == "LyncDesk 0.2.0, installed as: Python package (pipx)."


async def test_the_place_of_the_policy_is_asked_on_the_account_s_way() -> None:
    asked: list[tuple[str, Account]] = []

    async def ask(place: str, account: Account) -> Newest:
        asked.append((place, account))
        return NEWER

    account = Account("anna@example.com", ca_file="/ca.pem")
    options = Options(account=account, newer_version_url=URL)
    releases = Releases(ask, lambda: PIPX, lambda: options)
    assert await releases.newest() == NEWER
    assert asked == [(URL, account)]


def test_only_the_button_and_the_command_can_ask() -> None:
    """Whoever else would ask has to say why here."""
    package = Path(lyncdesk.__file__).parent
    found: dict[str, set[str]] = {}
    for file in sorted(package.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        if "newest" not in text.casefold():
            continue
        for node in ast.walk(ast.parse(text)):
            match node:
                case ast.Attribute(
                    value=ast.Attribute(attr="releases") | ast.Name("releases"), attr="newest"
                ):
                    name = "releases.newest"
                case ast.Call(func=ast.Name("ask_newest")) | ast.keyword(arg="ask_newest"):
                    name = "ask_newest"
                case ast.Attribute(attr="ask_newest") | ast.Name("NEWEST_RELEASE"):
                    name = ast.unparse(node)
                case ast.Attribute(attr="NEWEST_RELEASE"):
                    name = "NEWEST_RELEASE"
                case _:
                    continue
            found.setdefault(name, set()).add(file.relative_to(package).as_posix())
    assert found == {
        "releases.newest": {"ui/options_pages/versions.py"},
        "ask_newest": {"bootstrap.py", "cli/newer.py"},
        "parts.ask_newest": {"client/live.py"},  # into what the button asks
        "NEWEST_RELEASE": {"exchange/releases.py", "exchange/wire.py", "exchange/worker.py"},
    }


async def test_where_nobody_named_a_place_nothing_is_asked() -> None:
    async def ask(place: str, account: Account) -> Newest:
        raise AssertionError("somebody was asked")

    with pytest.raises(ProblemError) as caught:
        await Releases(ask, lambda: PIPX, Options).newest()
    assert caught.value.problem.name == "version-unknown"
    assert not Releases(None, lambda: PIPX, Options).can_ask
