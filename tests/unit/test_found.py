"""What was found is kept as values: read back whole, or left out and found anew."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lyncdesk.client.found import (
    KEPT,
    Found,
    How,
    found_for,
    found_from,
    found_values,
    is_automatic,
    newest,
    server_of,
)
from lyncdesk.client.options import Account
from lyncdesk.client.settings import parse_settings, settings_text

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
URL = "https://mail.corp.example/EWS/Exchange.asmx"
FOUND = Found(
    "anna@corp.example",
    URL,
    How.SRV,
    "https://mail.corp.example/autodiscover/autodiscover.svc",
    AT,
    internal="https://in.corp.example/EWS/Exchange.asmx",
    external=URL,
)
ACCOUNT = Account("Anna@Corp.example")


def test_what_was_found_comes_back_from_a_settings_file() -> None:
    parsed = parse_settings(settings_text({"found": found_values({FOUND.address: FOUND})}))
    assert parsed.mistakes == ()
    assert found_from(parsed.values) == {FOUND.address: FOUND}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("server", "http://mail.corp.example/EWS/Exchange.asmx"),
        ("server", ""),
        ("server", 5),
        ("server", "https://" + "a" * 3000),
        ("internal", "ftp://x"),
        ("how", "guessed"),
        ("at", "yesterday"),
        ("at", datetime(2026, 3, 2, 9)),  # noqa: DTZ001
        ("asked", "https://mail.corp.example/EWS/Exchange.asmx"),
    ],
)
def test_a_value_that_cannot_be_used_is_as_if_nothing_had_been_found(key: str, value: object) -> None:
    values = found_values({FOUND.address: FOUND})
    told = values[FOUND.address]
    assert isinstance(told, dict)
    told[key] = value
    assert found_from({"found": values}) == {}


@pytest.mark.parametrize(
    "values", [{}, {"found": 1}, {"found": {"anna@corp.example": 1}}, {"found": {"x": {}}}]
)
def test_anything_else_in_the_file_is_nothing_found(values: dict[str, object]) -> None:
    assert found_from(values) == {}


def test_only_the_newest_are_kept() -> None:
    many = [replace(FOUND, address=f"p{n}@x", at=AT + timedelta(hours=n)) for n in range(KEPT + 3)]
    again = replace(many[0], at=AT + timedelta(days=9), chosen="https://new/")
    kept = newest([*many, again])
    assert list(kept) == [*(f"p{n}@x" for n in range(4, KEPT + 3)), "p0@x"]
    assert kept["p0@x"] == again


@pytest.mark.parametrize(
    ("server", "automatic"),
    [
        ("", True),
        ("  ", True),
        ("https://autodiscover.host.example/autodiscover/autodiscover.xml", True),
        ("https://host.example/Autodiscover/Autodiscover.svc", True),
        (URL, False),
        ("mail.corp.example", False),
        ("https://autodiscover.corp.example", False),
        ("https://[", False),
    ],
)
def test_which_servers_of_an_account_are_to_be_found(server: str, *, automatic: bool) -> None:
    assert is_automatic(server) is automatic


def test_what_was_found_serves_the_account_that_asked() -> None:
    known = {FOUND.address: FOUND}
    assert found_for(ACCOUNT, known) == FOUND
    assert server_of(ACCOUNT, known) == URL
    assert server_of(ACCOUNT, {}) == ""
    assert server_of(replace(ACCOUNT, address="ben@corp.example"), known) == ""
    # With a server of its own, or told elsewhere to ask, what was found is another matter.
    assert server_of(replace(ACCOUNT, server="https://other/"), known) == "https://other/"
    assert found_for(replace(ACCOUNT, server="https://x/autodiscover/autodiscover.xml"), known) is None
