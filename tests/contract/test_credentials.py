"""What holds for every store of passwords, in memory or a real GNOME keyring; and keyrings that fail."""

import asyncio
import os
import sys
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from jeepney import DBusAddress, new_method_call
from jeepney.io.blocking import open_dbus_connection

from lyncdesk.client.ports import CredentialStore, ProblemError
from lyncdesk.client.problems import Problem
from lyncdesk.client.words import Words
from lyncdesk.machine.credentials import KeyringStore, MemoryStore, credential_store, helper_environment
from lyncdesk.machine.keyring_helper import safe
from tests.desktop import Desktop
from tests.session_bus import default_keyring

ACCOUNT = "https://mail.example.com/EWS/Exchange.asmx EXAMPLE\\me"
# Waiting for a service that is not there must not take a human's patience.
SOON = timedelta(seconds=20)

pytestmark = pytest.mark.desktop


@pytest.fixture(scope="module")
def keyring() -> Iterator[Desktop]:
    with Desktop(tray="none", keyring=True) as desktop:
        yield desktop


def real(environment: Mapping[str, str]) -> KeyringStore:
    return KeyringStore(environment=lambda: {**helper_environment(), **environment}, patience=SOON)


@pytest.fixture(params=["memory", "keyring"])
def store(request: pytest.FixtureRequest, keyring: Desktop) -> CredentialStore:
    if request.param == "memory":
        return MemoryStore()
    return real(keyring.env)


def why(problem: Problem | None) -> str:
    assert problem is not None
    assert problem.name == "keyring-missing"
    return Words()(problem.cause)


# Every store


async def test_a_password_that_was_kept_is_there_until_it_is_forgotten(store: CredentialStore) -> None:
    assert await store.get(ACCOUNT) is None
    await store.set(ACCOUNT, "first")
    await store.set(ACCOUNT, "Grüße, “quoted” {braces}\n𝄞 ")
    assert await store.get(ACCOUNT) == "Grüße, “quoted” {braces}\n𝄞 "
    assert await store.get(ACCOUNT + "2") is None
    await store.forget(ACCOUNT)
    assert await store.get(ACCOUNT) is None


async def test_to_forget_what_is_not_there_is_no_error(store: CredentialStore) -> None:
    await store.forget("nobody")


async def test_only_the_keyring_survives_the_program(keyring: Desktop) -> None:
    first = real(keyring.env)
    await first.set(ACCOUNT, "kept")
    assert first.persistent
    assert await real(keyring.env).get(ACCOUNT) == "kept"
    await first.forget(ACCOUNT)
    assert not MemoryStore().persistent


# Which store


async def test_a_working_keyring_is_used(keyring: Desktop) -> None:
    store, problem = await credential_store(True, real(keyring.env))
    assert isinstance(store, KeyringStore)
    assert problem is None


async def test_a_policy_can_forbid_the_keyring(keyring: Desktop) -> None:
    store, problem = await credential_store(False, real(keyring.env))
    assert isinstance(store, MemoryStore)
    assert problem is None


async def test_without_a_session_bus_passwords_are_kept_for_this_run_and_the_reason_is_told() -> None:
    store, problem = await credential_store(True, real({}))
    assert isinstance(store, MemoryStore)
    assert why(problem) == "No keyring answers: there is no keyring on this computer."


# Keyrings that fail


async def test_a_locked_keyring_that_nobody_unlocks_is_told() -> None:
    with Desktop(tray="none", keyring=True) as desktop:
        address = desktop.env["DBUS_SESSION_BUS_ADDRESS"]
        secrets = DBusAddress(
            "/org/freedesktop/secrets", "org.freedesktop.secrets", "org.freedesktop.Secret.Service"
        )
        lock = new_method_call(secrets, "Lock", "ao", ([default_keyring(address)],))
        with open_dbus_connection(bus=address) as bus:
            bus.send_and_get_reply(lock, timeout=10)
        said = why(await real(desktop.env).usable())
    assert said == "No keyring answers: the keyring is locked and was not unlocked."


@pytest.mark.parametrize("backend", ["keyring.backends.null.Keyring", "keyring.backends.fail.Keyring"])
async def test_a_keyring_that_keeps_nothing_is_no_keyring(keyring: Desktop, backend: str) -> None:
    store = real({**keyring.env, "PYTHON_KEYRING_BACKEND": backend})
    assert why(await store.usable()) == "No keyring answers: there is no keyring on this computer."


async def test_a_keyring_that_keeps_passwords_readable_is_refused(keyring: Desktop, tmp_path: Path) -> None:
    module = tmp_path / "keyrings" / "alt" / "file.py"
    module.parent.mkdir(parents=True)
    module.write_text(
        "from keyring.backend import KeyringBackend\n"
        "class PlaintextKeyring(KeyringBackend):\n"
        "    priority = 0.5\n"
        "    def get_password(self, service, username): return None\n"
        "    def set_password(self, service, username, password): open('leak', 'w').write(password)\n"
    )
    path = os.pathsep.join([str(tmp_path), helper_environment()["PYTHONPATH"]])
    environment = {"PYTHONPATH": path, "PYTHON_KEYRING_BACKEND": "keyrings.alt.file.PlaintextKeyring"}
    store = real({**keyring.env, **environment})
    with pytest.raises(ProblemError) as caught:
        await store.set(ACCOUNT, "secret")
    said = why(caught.value.problem)
    assert said == "No keyring answers: the only keyring on this computer would keep passwords readable."


def test_the_best_safe_keyring_of_several_is_taken() -> None:
    def backend(module: str, priority: float) -> object:
        return type("Keyring", (), {"__module__": module, "priority": priority})()

    good, better = backend("keyring.backends.kwallet", 4), backend("keyring.backends.SecretService", 5)
    refused = backend("keyrings.alt.file", 9)
    assert safe([good, refused, better]) == [better, good]


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import time; time.sleep(600)", "the keyring did not answer within 0 seconds"),
        ("import sys; sys.exit(3)", "the process that asks the keyring ended unexpectedly"),
        ("print('rubbish')", "the process that asks the keyring ended unexpectedly"),
        ("print('[]')", "the process that asks the keyring ended unexpectedly"),
        (
            'print(\'{"failed": "error", "error": "KWalletError: no wallet {x}"}\')',
            "KWalletError: no wallet {x}",
        ),
    ],
)
async def test_whatever_the_helper_does_there_is_one_clear_answer_and_no_process_is_left(
    program: str, said: str
) -> None:
    store = KeyringStore(command=lambda: (sys.executable, "-c", program), patience=timedelta(seconds=0.5))
    assert why(await store.usable()) == f"No keyring answers: {said}."


async def test_a_helper_that_cannot_be_started_is_told() -> None:
    store = KeyringStore(command=lambda: ("/no/such/program",))
    assert why(await store.usable()) == "No keyring answers: No such file or directory."


async def test_giving_up_leaves_no_process_behind() -> None:
    store = KeyringStore(command=lambda: (sys.executable, "-c", "import time; time.sleep(600)"))
    asking = asyncio.ensure_future(store.get(ACCOUNT))
    await asyncio.sleep(0.1)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_a_password_that_windows_cannot_keep_is_told_before_it_is_tried() -> None:
    store = KeyringStore(command=lambda: ("/no/such/program",), windows=True)
    with pytest.raises(ProblemError) as caught:
        await store.set(ACCOUNT, "x" * 1281)
    said = why(caught.value.problem)
    assert said.endswith("the password is longer than the 1280 characters that Windows can keep.")


async def test_the_password_is_in_no_argument_and_in_no_environment(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    program = (
        f"import os, sys; open({str(seen)!r}, 'w').write(repr((sys.argv, dict(os.environ)))); print('{{}}')"
    )
    store = KeyringStore(command=lambda: (sys.executable, "-c", program))
    await store.set(ACCOUNT, "the secret")
    assert "the secret" not in seen.read_text()
