"""`lyncdesk check` and `lyncdesk doctor` for an address whose server has to be found."""

from __future__ import annotations

import asyncio
import io
import json
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from lyncdesk import bootstrap
from lyncdesk.calendars.account import ExchangeAccounts
from lyncdesk.cli import main
from lyncdesk.client.found import Found, How, found_values
from lyncdesk.client.options import Account
from lyncdesk.client.passwords import password_key
from lyncdesk.client.settings import settings_text
from lyncdesk.machine import clock
from lyncdesk.machine.credentials import MemoryStore
from lyncdesk.machine.paths import paths
from tests.exchange.client import discovery_servers as said
from tests.exchange.client import raw_server as raw
from tests.exchange.client.discovery_servers import ADDRESS, behind_a_password, by_path
from tests.exchange.client.sessions import NOW, PASSWORD
from tests.exchange.client.small_world import Organisation
from tests.exchange.client.thin_servers import serves

EWS = "https://mail.corp.example/EWS/Exchange.asmx"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(corp: Organisation, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in the small world, with the authority of its servers in the settings."""

    def accounts(zone: str) -> ExchangeAccounts:
        return ExchangeAccounts(
            now=clock.now, monotonic=time.monotonic, zone=zone, worker=corp.world.worker()
        )

    class Input:
        buffer = io.BytesIO(f"{PASSWORD}\n".encode())

    def command(*arguments: str, settings: dict[str, Any] | None = None) -> tuple[int, str, str]:
        stored = {
            "account": {"ca_file": str(corp.authority.file), "authentication": "basic"},
            **(settings or {}),
        }
        file = paths(False).settings
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(settings_text(stored), encoding="utf-8")
        Input.buffer = io.BytesIO(f"{PASSWORD}\n".encode())
        monkeypatch.setattr(bootstrap, "exchange_accounts", accounts)
        monkeypatch.setattr("sys.stdin", Input)
        capsys.readouterr()
        status = main(list(arguments))
        out, err = capsys.readouterr()
        assert file.read_text(encoding="utf-8") == settings_text(stored)  # nothing was changed
        return status, out, err

    return command


def settings_of(corp: Organisation, server: str) -> dict[str, str]:
    """Anna's account at this server, as settings have it."""
    account = corp.account(server=server)
    return {name: getattr(account, name) for name in ("address", "server", "ca_file", "authentication")}


def directions(corp: Organisation) -> None:
    told = raw.answers(said.soap(internal="https://inside.corp.example/EWS/Exchange.asmx", external=EWS))
    corp.host("autodiscover.corp.example", by_path(svc=behind_a_password(told)))
    corp.host("mail.corp.example", by_path(ews=behind_a_password(serves())))


def test_check_finds_the_server_of_an_address(corp: Organisation, run: Run) -> None:
    directions(corp)
    status, out, err = run("check", "--address", ADDRESS, "--password-stdin", "--json")
    assert (status, err) == (0, "")
    assert json.loads(out)["server"] == "15.1.2507.6"


def test_check_says_what_stood_in_the_way_of_finding(corp: Organisation, run: Run) -> None:
    corp.host("corp.example", said.nothing)
    status, out, err = run("check", "--address", ADDRESS, "--password-stdin", "--json")
    assert (status, json.loads(out)["problem"]) == (4, "server-not-found")
    assert "corp.example" in err


def test_check_knows_what_an_earlier_run_found(corp: Organisation, run: Run) -> None:
    corp.host("mail.corp.example", by_path(ews=behind_a_password(serves())))
    known = Found(ADDRESS, EWS, How.SRV, EWS, NOW)
    status, _, err = run(
        "check", "--address", ADDRESS, "--password-stdin", settings={"found": found_values({ADDRESS: known})}
    )
    assert (status, err) == (0, "")
    assert corp.names.queries == []


def test_doctor_tells_how_the_server_was_found(corp: Organisation, run: Run) -> None:
    directions(corp)
    status, out, err = run("doctor", "--address", ADDRESS, "--password-stdin", "--json")
    told = json.loads(out)
    assert (status, told["ok"], err) == (0, True, "")
    names = [step["name"] for step in told["steps"]]
    assert names[0] == "account"
    assert "find" in names
    assert "other-1" in names
    rows = {row["name"]: row["value"] for row in told["configuration"]}
    assert rows["EWS External URL"] == rows["Server in use"] == EWS
    assert rows["EWS Internal URL"] == "https://inside.corp.example/EWS/Exchange.asmx"
    assert rows["How the server was found"] == "Autodiscover at autodiscover.corp.example"


def test_doctor_finds_anew_although_the_signed_in_account_names_a_server(
    corp: Organisation, run: Run
) -> None:
    directions(corp)
    account = settings_of(corp, "https://old.corp.example")
    status, out, _ = run(
        "doctor", "--server", "", "--address", ADDRESS, "--password-stdin", settings={"account": account}
    )
    assert status == 0
    assert f"    {EWS}, told by https://autodiscover.corp.example/autodiscover/autodiscover.svc" in out


def keep(monkeypatch: pytest.MonkeyPatch, account: Mapping[str, str], password: str) -> MemoryStore:
    """A keyring that holds the account's password."""
    keyring = MemoryStore()
    asyncio.run(keyring.set(password_key(Account(account["address"], server=account["server"])), password))
    monkeypatch.setattr(bootstrap, "keyring", lambda: keyring)
    return keyring


@pytest.mark.parametrize("command", ["check", "doctor"])
@pytest.mark.parametrize("server", ["", EWS], ids=["to be found", "named"])
def test_a_stored_password_that_a_command_saw_refused_is_sent_by_no_later_command(
    corp: Organisation, run: Run, monkeypatch: pytest.MonkeyPatch, command: str, server: str
) -> None:
    directions(corp)
    account = settings_of(corp, server)
    keep(monkeypatch, account, "wrong")
    for again in (command, "doctor", command):
        run(again, settings={"account": account})
        assert sum(b"Authorization" in request for request in corp.requests()) == 1
    keep(monkeypatch, account, PASSWORD)
    assert run(command, settings={"account": account})[0] == 0


@pytest.mark.parametrize("command", ["check", "doctor"])
@pytest.mark.parametrize("server", ["", EWS], ids=["to be found", "named"])
def test_what_the_running_client_saw_refused_is_not_sent_by_a_command(
    corp: Organisation, run: Run, monkeypatch: pytest.MonkeyPatch, command: str, server: str
) -> None:
    directions(corp)
    account = settings_of(corp, server)
    asked: list[object] = []
    problems = ["refused-password"]

    def ask(_path: Path, request: object) -> Iterator[dict[str, object]]:
        asked.append(request)
        yield {"problems": problems}

    monkeypatch.setattr("lyncdesk.cli.account.ask", ask)
    keyring = keep(monkeypatch, account, PASSWORD)
    status, _, err = run(command, settings={"account": account})
    assert (status, asked) == (4 if command == "check" else 1, [{"command": "status"}])
    assert "password" in err
    assert not any(b"Authorization" in request for request in corp.requests())
    # Who types it acts; so does nobody who names another account.
    assert run(command, "--password-stdin", settings={"account": account})[0] == 0
    other = Account(ADDRESS, "another.login", server=server)
    asyncio.run(keyring.set(password_key(other), PASSWORD))
    named = ("--address", ADDRESS, "--user", other.user_name)
    sent = sum(b"Authorization" in request for request in corp.requests())
    run(command, *named, settings={"account": account})
    assert sum(b"Authorization" in request for request in corp.requests()) > sent
    assert asked == [{"command": "status"}]
    problems.clear()
    assert run(command, settings={"account": account})[0] == 0


def test_a_search_that_refuses_the_password_says_nothing_about_a_server_that_is_named(
    corp: Organisation, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    autodiscover = corp.host("autodiscover.corp.example", by_path(svc=raw.REFUSES, xml=raw.REFUSES))
    account = settings_of(corp, EWS)
    keep(monkeypatch, account, PASSWORD)
    assert run("doctor", settings={"account": account})[0] == 1
    assert autodiscover.attempts == 1
    corp.host("mail.corp.example", by_path(ews=behind_a_password(serves())))
    assert run("check", settings={"account": account})[0] == 0
