"""A person with an Exchange account: a server with a calendar, settings, and a password in the keyring."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.desktop import Desktop
from tests.exchange_program import exchange

ADDRESS, PASSWORD = "anna@brightwater.example", "right horse battery"
PERSON = f"""[people.anna]
address = "{ADDRESS}"
password = "{PASSWORD}"
name = "Anna Keller"
zone = "UTC"
"""
ITEM = """
[[people.anna.items]]
subject = "Budget review {number}"
location = "Room {number}"
start = {start}
end = {end}
kind = "{kind}"
show_as = "{show_as}"
"""
SETTINGS = """version = 1
start_minimised = {minimised}

[account]
address = "{address}"
server = "{url}"
"""


@dataclass(frozen=True, slots=True)
class Home:
    """What a client is started with: the environment of a person who has an account."""

    env: dict[str, str]
    url: str


def busy_calendar(items: int) -> str:
    """Items over the four days that a check asks for, overlapping their neighbours, in every mark."""
    day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    marks = ("Busy", "Tentative", "Free", "OOF", "WorkingElsewhere")
    rows = []
    for number in range(items):
        start = day + number * timedelta(hours=95) / max(1, items)
        start = start.replace(second=0, microsecond=0)
        rows.append(
            ITEM.format(
                number=number,
                start=f"{start:%Y-%m-%dT%H:%M:%S}",
                end=f"{start + timedelta(minutes=45):%Y-%m-%dT%H:%M:%S}",
                kind="meeting" if number % 3 else "appointment",
                show_as=marks[number % len(marks)],
            )
        )
    return "".join(rows)


@contextmanager
def account(desktop: Desktop, *, items: int = 0, minimised: bool = True) -> Iterator[Home]:
    """An account on an embedded Exchange of its own, and the home of the person whose it is."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        with exchange(desktop, folder, PERSON + busy_calendar(items)) as url:
            env = desktop.environment(folder / "home")
            settings = Path(env["XDG_CONFIG_HOME"]) / "lyncdesk" / "settings.toml"
            settings.parent.mkdir(parents=True)
            text = SETTINGS.format(minimised=str(minimised).lower(), address=ADDRESS, url=url)
            settings.write_text(text, encoding="utf-8")
            _keep_password(env, f"{ADDRESS} at {url}")
            yield Home(env, url)


def _keep_password(env: dict[str, str], key: str) -> None:
    """Put the password where the client looks for it: into the desktop's keyring."""
    request = {"do": "set", "service": "LyncDesk", "accounts": [key], "password": PASSWORD}
    helper = [sys.executable, "-m", "lyncdesk.machine.keyring_helper"]
    done = subprocess.run(
        helper, env=env, input=json.dumps(request).encode(), capture_output=True, check=True
    )
    if "failed" in json.loads(done.stdout):
        raise RuntimeError(f"the keyring did not take the password: {done.stdout.decode()}")
