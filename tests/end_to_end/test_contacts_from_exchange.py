"""The first day with Exchange and nothing else, on a real screen: people are found and added by keyboard."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.desktop import Desktop
from tests.tools.exchange_colleagues import COLLEAGUES, add, ask, exchange, running, settle_in
from tests.waiting import wait_for

pytestmark = pytest.mark.desktop


def shown(env: dict[str, str]) -> dict[str, str]:
    """What the list shows of each contact, by name."""
    told = ask(env, "contacts", "--json")
    return {one["name"]: one["shows"] for one in json.loads(told)["contacts"]} if told else {}


def test_colleagues_are_added_by_keyboard_and_are_there_at_the_next_start(tmp_path: Path) -> None:
    ben, _, diego, emily, *_ = COLLEAGUES
    made = exchange()
    try:
        url = made.start()
        with Desktop(keyring=True) as desktop:
            env = desktop.environment(tmp_path / "home")
            settle_in(env, url)
            with running(desktop, env):
                wait_for(lambda: made.counters.requests.get("FindItem"), "the first check")
                for one in (ben, diego, emily):
                    add(desktop, env, one)
                assert shown(env) == {
                    "Ben Okafor": "In a meeting",
                    "Diego Marín": "Busy",
                    "Emily Stone": "Free in calendar",
                }
            made.stop()  # with no server at all the list still knows who is on it
            with running(desktop, env):
                wait_for(lambda: len(shown(env)) == 3, "the list")
                assert set(shown(env)) == {"Ben Okafor", "Diego Marín", "Emily Stone"}
                assert set(shown(env).values()) == {"Presence unknown"}
    finally:
        made.stop()
