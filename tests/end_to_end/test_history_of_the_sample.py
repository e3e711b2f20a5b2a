"""The sample organisation has a history from the start, and leaves nothing of it on the disk."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.homes import home_environment
from tests.user_session import ROOT
from tests.waiting import wait_for


def test_the_sample_organisation_tells_its_past_and_keeps_it_in_memory_alone(home: Path) -> None:
    env = home_environment(home)

    def ask(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "lyncdesk", *arguments, "--demo"]
        return subprocess.run(
            command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
        )

    def answer(*arguments: str) -> dict[str, Any]:
        done = ask(*arguments, "--json")
        found: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {}
        return found

    command = [sys.executable, "-m", "lyncdesk", "demo", "--headless", "--speed", "600"]
    with subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.DEVNULL) as demo:
        try:
            first = wait_for(lambda: answer("status").get("calendar_as_of"), "the first check")
            later = wait_for(
                lambda: s if (s := answer("status")).get("calendar_as_of") not in (None, first) else None,
                "the next check",
            )
            soon = (datetime.fromisoformat(str(first)) + timedelta(minutes=1)).isoformat()
            told = answer("explain", "--at", soon)
            assert (told["known"], told["calendar_as_of"]) == (True, first)
            assert any(reason["verdict"] == "won" for reason in told["reasons"])
            assert answer("explain", "--at", str(later["calendar_as_of"]))["known"] is True
            shown = ask("explain", "--at", soon).stdout
            assert shown.startswith("You were shown as ")
            assert "The calendar had last been read: " in shown
            refused = ask("explain", "--at", "10:15", "--as", "Workgroup")
            assert (refused.returncode, "leave --as away" in refused.stderr) == (2, True)
        finally:
            ask("quit")
            demo.wait(30)
    assert not list(home.rglob("*history*"))
