"""A version that runs, and another that is put in its place meanwhile, as pip does: told, and restarted."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

import lyncdesk as program
from lyncdesk.resource_files import resource
from tests.desktop import Desktop
from tests.user_session import Program
from tests.waiting import wait_for

pytestmark = pytest.mark.desktop
# What a later version may well do: another name for something that many modules share.
RENAMED = ("QuietLabel", "SoftLabel")
START = [sys.executable, "-P", "-m", "lyncdesk"]


def put(site: Path, *, later: bool) -> None:
    """Install a version of the package: the one under test, or a later one that renamed something."""
    shutil.rmtree(site / "lyncdesk", ignore_errors=True)
    left_out = shutil.ignore_patterns("__pycache__", "resources")
    shutil.copytree(Path(program.__file__).parent, site / "lyncdesk", ignore=left_out)
    shutil.copytree(resource("."), site / "lyncdesk/resources")
    if not later:
        return
    for file in (site / "lyncdesk").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        if RENAMED[0] in text:
            file.write_text(text.replace(*RENAMED), encoding="utf-8")
    first = site / "lyncdesk/__init__.py"
    first.write_text(first.read_text().replace(program.__version__, "99.0"))


def open_options(desktop: Desktop, pid: int) -> None:
    """By the tray's menu, from its end: Exit, Sign out, Configuration information, Options."""
    icon = desktop.wait_for_icon(lambda _icon: True, pid=pid)
    desktop.click(*icon.centre, button=3)
    wait_for(desktop.popups, "the menu")
    desktop.key("Up", "Up", "Up", "Up", "Return")


def says(environment: dict[str, str], command: str) -> str:
    asked = subprocess.run(
        [*START, command], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    return asked.stdout.strip()


def started_after(client: Program, home: str) -> psutil.Process | None:
    """The client of this home that the first one started when it ended; other tests have theirs."""
    for process in psutil.process_iter(["pid", "cmdline", "environ"]):
        whose = (process.info["environ"] or {}).get("HOME")
        if process.info["cmdline"] == [*START] and whose == home and process.pid != client.process.pid:
            return process
    return None


def test_who_asks_an_older_program_for_what_is_new_is_offered_a_restart(tmp_path: Path) -> None:
    site = tmp_path / "site"
    put(site, later=False)
    with Desktop() as desktop:
        environment = {**desktop.environment(tmp_path / "home"), "PYTHONPATH": str(site)}
        settings = Path(environment["XDG_CONFIG_HOME"]) / "lyncdesk/settings.toml"
        settings.parent.mkdir(parents=True)
        account = {"address": "anna@example.com", "server": "http://127.0.0.1:9/EWS/Exchange.asmx"}
        lines = (f"{name} = {json.dumps(value)}\n" for name, value in account.items())
        # No notice lies over the icon.
        settings.write_text("notices = false\n[account]\n" + "".join(lines))
        with desktop.program(START, env=environment) as client:
            main = wait_for(lambda: desktop.windows("^LyncDesk$"), "the main window")
            wait_for(
                lambda: "password is needed" in says(environment, "status"), "the end of the first check"
            )
            put(site, later=True)
            assert says(environment, "--version") == "LyncDesk 99.0"
            open_options(desktop, client.process.pid)
            wait_for(lambda: len(desktop.windows("^LyncDesk$")) > len(main), "the question")
            assert desktop.windows("Options$") == []
            desktop.key("Return")  # Restart
            assert client.process.wait(30) == 0
            again = wait_for(lambda: started_after(client, environment["HOME"]), "the new version")
            try:
                wait_for(lambda: "password is needed" in says(environment, "status"), "its first check")
                wait_for(lambda: desktop.windows("^LyncDesk$"), "its window")
                assert says(environment, "quit") == "done"
                assert again.wait(30) in (0, None)  # whose child it is, only its parent is told more
            finally:
                if again.is_running():
                    again.kill()
    assert account["address"] in settings.read_text()  # nothing is lost
