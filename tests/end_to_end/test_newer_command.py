"""`lyncdesk newer` as its own process, against a real HTTPS server with an authority of its own."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

import lyncdesk as program
from tests.end_to_end.test_command_line import lyncdesk
from tests.exchange.client import raw_server as raw
from tests.exchange.client.certificates import Authority
from tests.exchange.client.raw_server import Behaviour, RawServer
from tests.homes import home_environment

NEWER = b'{"version": "99.0", "date": "2026-11-27", "page": "https://intranet.example.org/lyncdesk"}'
SAME = json.dumps({"version": program.__version__}).encode()


def newer(folder: Path, behaviour: Behaviour, *more: str) -> subprocess.CompletedProcess[str]:
    authority = Authority(folder / "authority")
    home = home_environment(folder / "home")
    settings = Path(home["XDG_CONFIG_HOME"]) / "lyncdesk/settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text(f"[account]\nca_file = {json.dumps(str(authority.file))}\n")
    with RawServer(behaviour, authority.server()) as server:
        url = f"https://localhost:{server.port}/latest.json"
        return lyncdesk("newer", "--from", url, *more, **home)


def test_a_newer_version_is_told_and_nothing_is_done(tmp_path: Path) -> None:
    done = newer(tmp_path, raw.answers(NEWER))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        f"There is a newer version: LyncDesk 99.0. This is {program.__version__}.",
        "It came out on 27 Nov 2026.",
        "Bring the source code up to date.",
        "More about it: https://intranet.example.org/lyncdesk",
    ]
    kept = {path.name for path in (tmp_path / "home").rglob("*") if path.is_file()}
    assert kept == {"settings.toml"}


def test_programs_get_values_and_a_status(tmp_path: Path) -> None:
    done = newer(tmp_path, raw.answers(SAME), "--json")
    assert (done.returncode, done.stderr) == (1, "")  # what was asked about is not so
    told = json.loads(done.stdout)
    assert (told["newer"], told["newest"], told["running"]) == (
        False,
        program.__version__,
        program.__version__,
    )
    assert list(told) == [
        "running", "installed", "update", "newer", "newest", "compared", "preview", "date", "page",
    ]  # fmt: skip


def test_what_cannot_be_found_out_is_one_line(tmp_path: Path) -> None:
    done = newer(tmp_path, raw.answers(b"<html>"), "--json")
    assert done.returncode == 4
    assert json.loads(done.stdout)["problem"] == "version-unknown"
    assert done.stderr.startswith(
        "lyncdesk: Whether there is a newer version could not be found out. localhost was asked. What came is"
        " no JSON object. "
    )
    assert done.stderr.endswith(" Ask again later, or correct the address.\n")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "nobody has named a place to ask; name one with --from, or the policy NewerVersionUrl"),
        (("--from", ""), "nobody has named a place to ask"),
        (
            ("--from", "http://x/"),
            "“http://x/” cannot be asked; it takes an address that begins with https://",
        ),
    ],
)
def test_without_a_place_it_says_what_to_do(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    done = lyncdesk("newer", *arguments, **home_environment(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"lyncdesk: {said}")
