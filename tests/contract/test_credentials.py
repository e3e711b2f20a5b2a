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
from lyncdesk.machine.credentials import KeyringStore, MemoryStore
from lyncdesk.machine.keyring_helper import safe
from lyncdesk.starting import child_environment
from tests.desktop import Desktop
from tests.session_bus import default_keyring
from tests.waiting import LONG_ENOUGH

ACCOUNT = "https://mail.example.com/EWS/Exchange.asmx EXAMPLE\\me"
# Waiting for a service that is not there must not take a human's patience.
SOON = timedelta(seconds=LONG_ENOUGH)
HANGS = (sys.executable, "-c", "import time; time.sleep(600)")

pytestmark = pytest.mark.desktop


@pytest.fixture(scope="module")
def keyring() -> Iterator[Desktop]:
    with Desktop(tray="none", keyring=True) as desktop:
        yield desktop


def real(environment: Mapping[str, str]) -> KeyringStore:
    return KeyringStore(environment=lambda: {**child_environment(), **environment}, patience=SOON)


@pytest.fixture(params=["memory", "keyring"])
def store(request: pytest.FixtureRequest, keyring: Desktop) -> CredentialStore:
    if request.param == "memory":
        return MemoryStore()
    return real(keyring.env)


def why(problem: Problem) -> str:
    assert problem.name == "keyring-missing"
    return Words()(problem.cause)


async def why_not(store: KeyringStore) -> str:
    with pytest.raises(ProblemError) as caught:
        await store.get("no account")
    return why(caught.value.problem)


# Every store


async def test_a_password_that_was_kept_is_there_until_it_is_forgotten(store: CredentialStore) -> None:
    assert await store.get(ACCOUNT) == (None,)
    await store.set(ACCOUNT, "first")
    await store.set(ACCOUNT, "Grüße, “quoted” {braces}\n𝄞 ")
    assert await store.get(ACCOUNT) == ("Grüße, “quoted” {braces}\n𝄞 ",)
    assert await store.get(ACCOUNT + "2") == (None,)
    await store.forget(ACCOUNT)
    assert await store.get(ACCOUNT) == (None,)


async def test_several_are_asked_for_and_forgotten_in_one_question(store: CredentialStore) -> None:
    await store.set("first", "one")
    await store.set("third", "three")
    assert await store.get("first", "second", "third") == ("one", None, "three")
    await store.forget("first", "second", "third")
    assert await store.get("first", "second", "third") == (None, None, None)


async def test_only_the_keyring_survives_the_program(keyring: Desktop) -> None:
    first = real(keyring.env)
    await first.set(ACCOUNT, "kept")
    assert await real(keyring.env).get(ACCOUNT) == ("kept",)
    await first.forget(ACCOUNT)
    memory = MemoryStore()
    await memory.set(ACCOUNT, "kept")
    assert await MemoryStore().get(ACCOUNT) == (None,)


# Keyrings that fail


async def test_without_a_session_bus_the_reason_is_told() -> None:
    assert await why_not(real({})) == "No keyring answers: there is no keyring on this computer."


async def test_a_locked_keyring_that_nobody_unlocks_is_told() -> None:
    with Desktop(tray="none", keyring=True) as desktop:
        address = desktop.env["DBUS_SESSION_BUS_ADDRESS"]
        secrets = DBusAddress(
            "/org/freedesktop/secrets", "org.freedesktop.secrets", "org.freedesktop.Secret.Service"
        )
        lock = new_method_call(secrets, "Lock", "ao", ([default_keyring(address)],))
        with open_dbus_connection(bus=address) as bus:
            bus.send_and_get_reply(lock, timeout=LONG_ENOUGH)
        said = await why_not(real(desktop.env))
    assert said == "No keyring answers: the keyring is locked and was not unlocked."


@pytest.mark.parametrize("backend", ["keyring.backends.null.Keyring", "keyring.backends.fail.Keyring"])
async def test_a_keyring_that_keeps_nothing_is_no_keyring(keyring: Desktop, backend: str) -> None:
    store = real({**keyring.env, "PYTHON_KEYRING_BACKEND": backend})
    assert await why_not(store) == "No keyring answers: there is no keyring on this computer."


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
    path = os.pathsep.join([str(tmp_path), child_environment()["PYTHONPATH"]])
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
        ("import sys; sys.exit(3)", "the process that asks the keyring ended unexpectedly"),
        ("print('rubbish')", "the process that asks the keyring ended unexpectedly"),
        ("print('[]')", "the process that asks the keyring ended unexpectedly"),
        ("print('{}')", "the process that asks the keyring ended unexpectedly"),
        ("print('{\"passwords\": [null, null]}')", "the process that asks the keyring ended unexpectedly"),
        (
            'print(\'{"failed": "error", "error": "KWalletError: no wallet {x}"}\')',
            "KWalletError: no wallet {x}",
        ),
    ],
)
async def test_whatever_the_helper_does_there_is_one_clear_answer_and_no_process_is_left(
    program: str, said: str
) -> None:
    store = KeyringStore(command=lambda: (sys.executable, "-c", program), patience=SOON)
    assert await why_not(store) == f"No keyring answers: {said}."


async def test_a_helper_that_hangs_is_not_waited_for_for_ever() -> None:
    store = KeyringStore(command=lambda: HANGS, patience=timedelta(seconds=0.5))
    assert await why_not(store) == "No keyring answers: the keyring did not answer within 0 seconds."


async def test_a_helper_that_cannot_be_started_is_told() -> None:
    store = KeyringStore(command=lambda: ("/no/such/program",))
    assert await why_not(store) == "No keyring answers: No such file or directory."


async def test_giving_up_leaves_no_process_behind() -> None:
    store = KeyringStore(command=lambda: HANGS)
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


async def test_a_keyring_is_emptied_of_everything_of_lyncdesk_and_of_nothing_else(keyring: Desktop) -> None:
    ours = real(keyring.env)
    others = KeyringStore(
        service="Another program", environment=lambda: {**child_environment(), **keyring.env}, patience=SOON
    )
    await others.set("anna", "theirs")
    for name in (
        "first",
        "second",
        "second (refused)",
    ):  # accounts of before, which no setting names any more
        await ours.set(name, "ours")
    assert await ours.empty("first", "nobody") == 3
    assert await ours.get("first", "second", "second (refused)") == (None, None, None)
    assert await others.get("anna") == ("theirs",)
    assert await ours.empty() == 0
