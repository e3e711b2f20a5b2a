"""The one-folder bundle on the command line: whole, wherever it lies, whatever is around it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lyncdesk import __version__
from lyncdesk.starting import KEYRING_HELPER, WORKER
from lyncdesk_packaging.bundle import with_kerberos
from tests.packaging.conftest import Made
from tests.packaging.frozen import ADDRESS, NOBODY, PASSWORD, Frozen, bare, hostile, kept_from
from tests.user_session import UserSession

pytestmark = [
    pytest.mark.xdist_group("bundle"),
    pytest.mark.timeout(900),
    pytest.mark.skipif(sys.platform != "linux", reason="the bundle is made and tried on Linux"),
]


@pytest.fixture
def frozen(package: Made, tmp_path: Path) -> Frozen:
    """The bundle where it was made."""
    (folder,) = package("bundle")
    return Frozen(folder, bare(tmp_path / "home"))


@pytest.fixture(scope="module")
def elsewhere(package: Made) -> Iterator[Path]:
    """A copy under a path with a space and letters of many kinds, that nobody may write to.

    Not in pytest's folders: they are kept from other users, whenever any pytest begins.
    """
    (made,) = package("bundle")
    base = Path(tempfile.mkdtemp(prefix="installed-"))
    try:
        base.chmod(0o755)
        folder = base / "Büro – 事務所" / "Lync Desk"
        folder.mkdir(parents=True)
        kept_from(folder, made)
        yield folder
    finally:
        subprocess.run(["chmod", "-R", "u+w", base], check=True)
        shutil.rmtree(base)


@pytest.fixture
def installed(elsewhere: Path) -> Iterator[Frozen]:
    """The copy, started by somebody who may not write there, with wrong things in the environment."""
    with tempfile.TemporaryDirectory(prefix="person-") as name:
        place = Path(name)
        env = bare(place / "home", **hostile(place / "hostile"))
        user = NOBODY if os.geteuid() == 0 else None
        if user is not None:
            subprocess.run(["chown", "-R", str(user), place], check=True)
        yield Frozen(elsewhere, env, user)


def test_both_programs_say_their_version(installed: Frozen) -> None:
    for name in ("lyncdesk", "lyncdesk-gui"):
        done = installed.run("--version", name=name)
        assert (done.returncode, done.stdout, done.stderr) == (0, f"LyncDesk {__version__}\n", "")


def test_nothing_is_missing(installed: Frozen) -> None:
    done = installed.run("-m", "lyncdesk.self_test")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    assert "0 things missing" in done.stdout
    # What it does without, and says so where it is asked for; Kerberos comes along where it can be compiled.
    without = "numpy" if with_kerberos() else "numpy, gssapi, krb5"
    assert f"without: {without}\n" in done.stdout


def test_nothing_but_its_own_modules_is_run(installed: Frozen) -> None:
    for asked in (("-m", "os"), ("-m", "lyncdesk"), ("-c", "print(1)")):
        assert installed.run(*asked).returncode == 2


def test_a_scenario_holds(installed: Frozen) -> None:
    listed = installed.run("simulate", "--list")
    assert (listed.returncode, listed.stderr) == (0, "")
    assert "back_to_back_meetings" in listed.stdout
    held = installed.run("simulate", "back_to_back_meetings")
    assert (held.returncode, held.stderr) == (0, ""), held.stdout
    # Over the wire: the embedded Exchange, and the worker as a process of its own.
    assert installed.run("simulate", "--wire", "back_to_back_meetings").stdout == held.stdout


def test_the_policy_is_told(installed: Frozen) -> None:
    done = installed.run("policy", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert "WebServicePollInterval" in done.stdout


@pytest.mark.parametrize("way", ["basic", "ntlm"])
def test_a_calendar_is_checked_by_the_frozen_worker(installed: Frozen, way: str) -> None:
    account = ("--address", ADDRESS, "--password-stdin")
    with installed.server("--auth", way) as url:
        done = installed.run("check", "--server", url, *account, "--json", given=f"{PASSWORD}\n")
        assert (done.returncode, done.stderr) == (0, "")
        assert json.loads(done.stdout)["shows"] == "Available"
        wrong = installed.run("check", "--server", url, *account, given="another\n")
        assert wrong.returncode == 4
        assert "password" in wrong.stderr


def test_a_certificate_that_nobody_vouches_for_is_told(installed: Frozen) -> None:
    with installed.server("--tls") as url:
        done = installed.run(
            "check", "--server", url, "--address", ADDRESS, "--password-stdin", given=f"{PASSWORD}\n"
        )
        assert done.returncode == 4
        assert "certificate" in done.stderr


def test_the_worker_ends_with_its_input(installed: Frozen) -> None:
    done = installed.run("-m", WORKER)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_helper_keeps_a_password_in_the_systems_keyring(frozen: Frozen) -> None:
    with UserSession(keyring=True) as session:
        person = Frozen(frozen.folder, {**frozen.env, **session.env, "PYTHONPATH": ""})

        def asked(do: str, **more: str) -> object:
            request = {"do": do, "service": "LyncDesk", "accounts": ["anna at work"], **more}
            done = person.run("-m", KEYRING_HELPER, given=json.dumps(request))
            assert done.returncode == 0, done.stderr
            return json.loads(done.stdout)

        assert asked("get") == {"passwords": [None]}
        assert asked("set", password="ein schönes") == {}
        assert asked("get") == {"passwords": ["ein schönes"]}
        assert asked("forget") == {}
        assert asked("get") == {"passwords": [None]}


def test_a_keyring_that_is_not_there_is_told(frozen: Frozen) -> None:
    request = json.dumps({"do": "get", "service": "LyncDesk", "accounts": ["anna"]})
    done = frozen.run("-m", KEYRING_HELPER, given=request)
    assert json.loads(done.stdout) == {"failed": "none"}


def test_more_people_than_it_reckons_without_numpy_are_told_what_to_do(installed: Frozen) -> None:
    done = installed.run("capacity", "--users", "50000")
    assert done.returncode == 2
    assert "pipx install 'lyncdesk[capacity]'" in done.stderr
    assert "which the installed package leaves out" in done.stderr
