"""The server by itself, as a process: from its arguments to SIGTERM."""

import io
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from lyncdesk.exchange_server.faults import FAULTS
from lyncdesk.exchange_server.main import CANNOT_LISTEN, DONE, WRONG_USE, serve
from lyncdesk.exchange_server.thin import BY_NAME, PROFILES
from tests.exchange.server.wire import MONDAY, envelope, find_item

ORG = '[people.anna]\naddress = "anna@example.com"\npassword = "secret"\n'
ROOT = Path(__file__).parents[3]


@pytest.fixture
def org(home: Path) -> Path:
    home.mkdir(exist_ok=True)
    path = home / "org.toml"
    path.write_text(ORG, encoding="utf-8")
    return path


@contextmanager
def program(*arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "lyncdesk.exchange_server", *map(str, arguments)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
    ) as running:
        try:
            yield running
        finally:
            running.kill()


def run(org: Path | None, **more: object) -> tuple[int, str, str]:
    """What `serve` does when it does not come to serve."""
    out, err = io.StringIO(), io.StringIO()
    status = serve(now=lambda: MONDAY, out=out, err=err, org=org, **more)  # type: ignore[arg-type]
    return status, out.getvalue(), err.getvalue()


def test_it_says_where_it_is_answers_and_ends_on_sigterm(org: Path) -> None:
    ready = org.with_name("ready")
    with program("--org", org, "--tls", "--ready-file", ready) as running:
        assert running.stdout
        url = running.stdout.readline().strip()
        assert url.startswith("https://127.0.0.1:")
        assert ready.read_text(encoding="utf-8") == f"{url}\n"
        certificate = org.with_name("ready.pem")
        answer = requests.post(
            url, envelope(find_item()), auth=("anna", "secret"), verify=str(certificate), timeout=10
        )
        assert answer.status_code == 200
        running.send_signal(signal.SIGTERM)
        out, err = running.communicate(timeout=10)
        assert (running.returncode, out, err) == (0, "", "")
    assert not ready.exists()
    assert not certificate.exists()


def test_a_fault_can_be_ordered_from_the_command_line(org: Path) -> None:
    with program("--org", org, "--fault", "http-503") as running:
        assert running.stdout
        url = running.stdout.readline().strip()
        answer = requests.post(url, envelope(find_item()), auth=("anna", "secret"), timeout=10)
        assert answer.status_code == 503
        running.send_signal(signal.SIGINT)
        assert running.wait(10) == 0


def test_the_faults_are_listed(org: Path) -> None:
    status, out, err = run(org, faults=["list"])
    assert (status, err) == (DONE, "")
    assert [line.split("  ")[0] for line in out.splitlines()] == [fault.name for fault in FAULTS]


def test_thin_servers_are_listed_and_chosen(org: Path) -> None:
    status, out, err = run(org, thin="list")
    assert (status, err) == (DONE, "")
    assert [line.split("  ")[0] for line in out.splitlines()] == [*BY_NAME, *PROFILES]
    with program("--org", org, "--thin", "exchange-2007") as running:
        assert running.stdout
        url = running.stdout.readline().strip()
        request = envelope(find_item()).replace(b"Exchange2016", b"Exchange2007")
        answer = requests.post(url, request, auth=("anna", "secret"), timeout=10)
        assert b'MajorVersion="8"' in answer.content
        running.send_signal(signal.SIGINT)
        assert running.wait(10) == 0


def test_a_fault_of_one_operation_is_ordered_for_so_many_times(org: Path) -> None:
    with program("--org", org, "--fault", "find-item:http-503:1") as running:
        assert running.stdout
        url = running.stdout.readline().strip()
        found = [
            requests.post(url, envelope(find_item()), auth=("anna", "secret"), timeout=10) for _ in range(2)
        ]
        assert [answer.status_code for answer in found] == [503, 200]
        running.send_signal(signal.SIGINT)
        assert running.wait(10) == 0


def test_the_ways_to_sign_in_are_chosen_on_the_command_line(org: Path) -> None:
    with program("--org", org, "--auth", "negotiate,ntlm") as running:
        assert running.stdout
        url = running.stdout.readline().strip()
        refused = requests.post(url, envelope(find_item()), auth=("anna", "secret"), timeout=10)
        assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Negotiate, NTLM")
        running.send_signal(signal.SIGINT)
        assert running.wait(10) == 0


def test_every_mistake_is_a_line_and_the_status_is_2(org: Path) -> None:
    org.write_text("[people.anna]\naddress = 'anna'\n", encoding="utf-8")
    status, out, err = run(org, faults=["truncated-bdy", "earthquake"], schemes="basic,digest", thin="othr")
    assert (status, out) == (WRONG_USE, "")
    assert err.splitlines() == [
        'exchange-server: there is no fault "truncated-bdy"; did you mean "truncated-body"?',
        'exchange-server: there is no fault "earthquake"; list names them',
        'exchange-server: there is no scheme "digest"; there are Basic, NTLM, Negotiate',
        'exchange-server: there is no thin server "othr"; did you mean "other"?',
        f'{org}: people.anna.address: "anna" is not an address such as anna@example.com',
        f"{org}: people.anna.password: is missing",
    ]


def test_without_people_there_is_nothing_to_serve() -> None:
    assert run(None) == (2, "", "exchange-server: nobody has a mailbox; give a file of people with --org\n")


def test_a_port_that_is_taken_is_told_in_one_line(org: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, out, err = run(org, port=port, greeting="sign in as anna")
    assert (status, out) == (CANNOT_LISTEN, "")
    assert (
        err
        == f"exchange-server: cannot listen on 127.0.0.1:{port}: Address already in use; try another --port\n"
    )
    assert run(org, port=70000)[0] == CANNOT_LISTEN


def test_a_ready_file_that_cannot_be_written_ends_it(org: Path) -> None:
    handler = signal.getsignal(signal.SIGTERM)
    status, out, err = run(org, ready_file=org / "not a folder" / "ready", greeting="sign in as anna")
    assert (status, out) == (CANNOT_LISTEN, "")
    assert err == "sign in as anna\nexchange-server: cannot write the ready file: Not a directory\n"
    assert signal.getsignal(signal.SIGTERM) is handler
