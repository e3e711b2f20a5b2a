"""The wheel, really installed by pip, pipx and uv, each into a clean place and home, and tried there."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lyncdesk import __version__
from lyncdesk_packaging.work import ROOT
from tests.desktop import Desktop
from tests.homes import home_environment
from tests.packaging.conftest import Made
from tests.packaging.indexes import index_environment
from tests.tools_needed import missing
from tests.waiting import wait_for

pytestmark = [pytest.mark.xdist_group("wheel"), pytest.mark.timeout(900)]
BIN = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class Installation:
    """A home in which the program is installed; ``folder`` has its commands, ``environment`` is its."""

    tool: str
    home: Path
    folder: Path
    environment: dict[str, str]

    def run(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.folder / command, *arguments],
            env=self.environment,
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def said(self, command: str, *arguments: str) -> str:
        done = self.run(command, *arguments)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        return done.stdout


def install(tool: str, wheel: Path, home: Path) -> Installation:
    """Install it as its manual says, with the versions of everything else that the project pins."""
    environment = {
        **{name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ},
        **home_environment(home),
        "LC_ALL": "C.UTF-8",
    }
    # Where packages come from is for the tool alone, not for the program.
    building = environment | index_environment()
    building |= {"PIP_CONSTRAINT": str(ROOT / "constraints.txt"), "PIP_NO_COMPILE": "1"}
    commands: list[list[str | Path]]
    if tool == "pip":
        place = home / "environment"
        commands = [
            [sys.executable, "-m", "venv", place],
            [place / "bin/python", "-m", "pip", "install", wheel],
        ]
        folder = place / "bin"
    elif tool == "pipx":
        commands = [[BIN / "pipx", "install", "--python", sys.executable, wheel]]
        folder = home / ".local/bin"
    else:
        constraints: list[str | Path] = ["--constraints", ROOT / "constraints.txt"]
        commands = [[BIN / "uv", "tool", "install", "--python", sys.executable, *constraints, wheel]]
        folder = home / ".local/bin"
    for command in commands:
        done = subprocess.run(
            command, cwd=home, env=building, stdout=-1, stderr=subprocess.STDOUT, text=True, check=False
        )
        assert done.returncode == 0, done.stdout
    return Installation(tool, home, folder, environment)


@pytest.fixture(scope="module", params=["pip", "pipx", "uv"])
def there(
    request: pytest.FixtureRequest, package: Made, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    wheel = next(path for path in package("wheel") if path.suffix == ".whl")
    place = tmp_path_factory.mktemp(request.param)
    # A path that wants to be quoted, where the tool can do with one (pipx warns of it).
    home = place if request.param == "pipx" else place / "Anna's home"
    home.mkdir(exist_ok=True)
    yield install(request.param, wheel, home)
    shutil.rmtree(place)  # 330 MB


def test_both_commands_tell_the_version(there: Installation) -> None:
    for command in ("lyncdesk", "lyncdesk-gui"):
        assert there.said(command, "--version") == f"LyncDesk {__version__}\n"


def test_it_is_this_installation_that_runs(there: Installation) -> None:
    """And not the source tree, whose resources lie elsewhere."""
    script = (there.folder / "lyncdesk").resolve()
    where = "import lyncdesk.resource_files as r; print(r.resource('desktop'))"
    done = subprocess.run(
        [script.with_name("python"), "-c", where],
        cwd=there.home,
        env=there.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    resources = Path(done.stdout.strip())
    assert resources.is_relative_to(there.home)
    assert resources.parts[-3:] == ("lyncdesk", "resources", "desktop")


def test_a_shipped_scenario_holds_in_memory_and_over_the_wire(there: Installation) -> None:
    assert "added_for_right_now" in there.said("lyncdesk", "simulate", "--list")
    plain = there.said("lyncdesk", "simulate", "added_for_right_now")
    assert "hold" in plain
    # The worker process is of the same installation; one of the three is enough.
    if there.tool == "uv":
        assert there.said("lyncdesk", "simulate", "added_for_right_now", "--wire") == plain


def test_it_tells_the_policy_and_its_template(there: Installation) -> None:
    keys = json.loads(there.said("lyncdesk", "policy", "--json"))["keys"]
    assert "WebServicePollInterval" in {key["key"] for key in keys}
    assert "WebServicePollInterval" in there.said("lyncdesk", "policy", "--template")


def test_it_speaks_german(there: Installation) -> None:
    german = there.environment | {"LANGUAGE": "de"}
    done = subprocess.run(
        [there.folder / "lyncdesk", "policy"], env=german, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("Richtlinie")


def test_the_menu_entry_starts_the_program_where_the_tool_put_it(there: Installation) -> None:
    said = there.said("lyncdesk", "install-desktop")
    share = there.home / ".local/share"
    entry = (share / "applications/org.lyncdesk.LyncDesk.desktop").read_text(encoding="utf-8")
    (tried,) = (line.partition("=")[2] for line in entry.splitlines() if line.startswith("TryExec="))
    assert Path(tried) == (there.folder / "lyncdesk-gui").resolve()
    done = subprocess.run(
        [tried, "--version"], env=there.environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"LyncDesk {__version__}\n"
    assert str(share) in said
    there.said("lyncdesk", "uninstall-desktop")
    assert not (share / "applications").exists()


# GLib as desktops use it, of the system's own Python.
LAUNCH = """
import sys
from gi.repository import Gio
entry = Gio.DesktopAppInfo.new_from_filename(sys.argv[1])
assert entry is not None, "not an entry, or its program is not there"
context = Gio.AppLaunchContext()
if len(sys.argv) > 2:
    entry.launch_action(sys.argv[2], context)
else:
    assert entry.launch([], context)
"""


@pytest.mark.desktop
def test_the_menu_and_the_login_start_it(there: Installation) -> None:
    """The entries of install-desktop, launched as a desktop launches them."""
    system = shutil.which("python3", path="/usr/bin")
    if (
        system is None
        or subprocess.run([system, "-c", "import gi"], check=False, capture_output=True).returncode
    ):
        missing("python3-gi")
    there.said("lyncdesk", "install-desktop")
    menu = there.home / ".local/share/applications/org.lyncdesk.LyncDesk.desktop"
    login = there.home / ".config/autostart/org.lyncdesk.LyncDesk.desktop"
    with Desktop(tray="xembed") as desktop:
        environment = {name: value for name, value in desktop.env.items() if name != "PYTHONPATH"}
        environment |= home_environment(there.home)

        def launch(entry: Path, *action: str) -> None:
            command = [system, "-c", LAUNCH, str(entry), *action]
            subprocess.run(command, env=environment, check=True, timeout=60)

        def end(*demo: str) -> None:
            subprocess.run([there.folder / "lyncdesk", "quit", *demo], env=environment, check=True)
            wait_for(lambda: not desktop.tray_icons(), "the icon to go")

        launch(login)
        desktop.wait_for_icon(lambda icon: icon.height < 64)
        wait_for(lambda: _runs(there, environment), "the client")
        assert desktop.windows("LyncDesk") == []
        # The menu, while it runs: what it has to say comes up.
        launch(menu)
        wait_for(lambda: desktop.windows("Welcome to LyncDesk"), "the first start page")
        launch(menu, "quit")
        wait_for(lambda: not desktop.tray_icons(), "the icon to go")
        launch(menu, "sample")
        wait_for(lambda: desktop.windows("^LyncDesk$"), "the sample organisation")
        desktop.wait_for_icon()
        end("--demo")
    there.said("lyncdesk", "uninstall-desktop")


def _runs(there: Installation, environment: dict[str, str]) -> bool:
    command = [str(there.folder / "lyncdesk"), "status"]
    return subprocess.run(command, env=environment, capture_output=True, check=False).returncode == 0


def test_taken_away_it_leaves_the_persons_own_files_alone(there: Installation) -> None:
    """The last one: what the tool installed goes."""
    settings = there.home / ".config/lyncdesk/settings.toml"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text("notices = false\n")
    commands: dict[str, list[str | Path]] = {
        "pip": [there.home / "environment/bin/python", "-m", "pip", "uninstall", "-y", "lyncdesk"],
        "pipx": [BIN / "pipx", "uninstall", "lyncdesk"],
        "uv": [BIN / "uv", "tool", "uninstall", "lyncdesk"],
    }
    subprocess.run(commands[there.tool], env=there.environment, capture_output=True, check=True)
    assert not (there.folder / "lyncdesk").exists()
    assert not (there.folder / "lyncdesk-gui").exists()
    assert settings.read_text() == "notices = false\n"
    assert [path for path in there.home.rglob("lyncdesk/cli") if path.is_dir()] == []
