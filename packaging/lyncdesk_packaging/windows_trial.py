"""``make wine``: compile the installer for Windows with Inno Setup and try it, under Wine over stand-ins.

What it shows and what it cannot show stands in packaging/windows/README.md.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from lyncdesk_packaging.steps import made
from lyncdesk_packaging.windows import definitions
from lyncdesk_packaging.wine import Wine
from lyncdesk_packaging.work import ROOT, MistakeError, Work

# Inno Setup's own files, as somebody else packs them for npm.
COMPILER = ("innosetup", "6.4.1")
NAMES = definitions()
IDENTITY = f"Software\\Classes\\AppUserModelId\\{NAMES['AppUserModelId']}"
SILENT = ("/VERYSILENT", "/SUPPRESSMSGBOXES", "/NORESTART")
NEXT = "99.0"  # the version after


@dataclass(frozen=True, slots=True)
class Kind:
    """For one person, or for everybody: the switch, the folder, where its values are.

    ``{home}`` is the folder of the person.
    """

    switch: str
    folder: str
    hive: str
    menu: str
    path: str
    arguments: str


KINDS = (
    Kind(
        "/CURRENTUSER",
        "{home}/AppData/Local/Programs/LyncDesk",
        "user.reg:",
        "{home}/AppData/Roaming/Microsoft/Windows/Start Menu/Programs/LyncDesk.lnk",
        "user.reg:Environment",
        "--minimised",
    ),
    Kind(
        "/ALLUSERS",
        "Program Files/LyncDesk",
        "system.reg:",
        "ProgramData/Microsoft/Windows/Start Menu/Programs/LyncDesk.lnk",
        "system.reg:System\\CurrentControlSet\\Control\\Session Manager\\Environment",
        "--minimised --at-log-on",
    ),
)


class Trial:
    """One installer, tried in one way."""

    def __init__(self, wine: Wine, kind: Kind) -> None:
        self.wine = wine
        self.kind = kind
        folder = kind.folder.format(home=wine.home)
        self.app = wine.drive / folder
        self.menu = wine.drive / kind.menu.format(home=wine.home)
        self.inside = f"C:\\{folder.replace('/', chr(92))}"

    @property
    def command(self) -> str:
        """The program of the terminal."""
        return f"{self.inside}\\lyncdesk.exe"

    def install(self, version: str, *more: str) -> None:
        """Run the installer silently."""
        setup = self.wine.place / f"recipe/{self.kind.switch[1:]}-{version}.exe"
        self.wine.run("wine", self.wine.windows(setup), *SILENT, self.kind.switch, *more)

    def remove(self, *more: str, accept: tuple[int, ...] = (0,)) -> int:
        """Run its uninstaller silently, to the end of the copy of itself that does the work."""
        return self.wine.run("wine", f"{self.inside}\\unins000.exe", *SILENT, *more, accept=accept)

    def value(self, key: str, name: str) -> str | None:
        """A value of this kind's part of the registry, as Wine writes it; None where there is none."""
        self.wine.settle()
        return self._value(self.kind.hive + key, name)

    def path(self) -> str:
        """PATH of this kind."""
        self.wine.settle()
        return (self._value(self.kind.path, "PATH") or "").lower()

    def _value(self, key: str, name: str) -> str | None:
        start = f'"{name}"='.lower()
        for where, line in self.wine.registry():
            if where.lower() == key.lower() and line.lower().startswith(start):
                return line[len(start) :]
        return None

    def noted(self) -> list[str]:
        """What the stand-ins were started with."""
        note = self.wine.drive / "started.txt"
        return note.read_text(encoding="utf-8").splitlines() if note.exists() else []

    def started(self) -> list[str]:
        """The same, to be forgotten."""
        lines = self.noted()
        (self.wine.drive / "started.txt").unlink(missing_ok=True)
        return lines


def check(said: str, held: bool) -> None:
    """Print what holds.

    Raises:
        MistakeError: it does not.
    """
    if not held:
        raise MistakeError(f"under Wine it is not so: {said}")
    print(f"  {said}")


def try_kind(wine: Wine, kind: Kind) -> None:
    """Install, start, bring up to date, refuse to remove what runs, remove."""
    trial = Trial(wine, kind)
    line = f'"\\"{trial.inside}\\lyncdesk-gui.exe\\" {kind.arguments}"'.replace("\\", "\\\\").replace(
        '\\\\"', '\\"'
    )
    wine.settle()
    files, values, path = wine.files(), wine.registry(), trial.path()

    print(f"{kind.switch}: without a task")
    trial.install(NAMES["Version"])
    check(
        "programs, menu entry and uninstaller are there",
        all(
            place.exists()
            for place in (trial.app / "lyncdesk-gui.exe", trial.app / "unins000.exe", trial.menu)
        ),
    )
    check("Windows knows the identity of notices", trial.value(IDENTITY, "DisplayName") == '"LyncDesk"')
    check("it does not start with the computer", trial.value(NAMES["Run"], NAMES["RunName"]) is None)
    check("PATH is as it was", trial.path() == path)
    check("nothing was started", trial.started() == [])

    print(f"{kind.switch}: with both tasks, over it, while it runs")
    (trial.app / "_internal/of_the_version_before.dll").write_bytes(b"")
    wine.begin("wine", f"{trial.inside}\\lyncdesk-gui.exe")
    until(lambda: "" in trial.started(), "the stand-in runs")
    trial.install(NEXT, "/MERGETASKS=autostart,path")
    asked = ["quit", "quit --demo", "--minimised"]
    until(lambda: trial.noted() == asked, "the client ends as asked, and starts again")
    trial.started()
    check(
        "nothing of the version before is left",
        not (trial.app / "_internal/of_the_version_before.dll").exists(),
    )
    until(lambda: wine.run("wine", trial.command, "quit", accept=(0, 3)) == 0, "it can be asked to end again")
    check("it starts with the computer", trial.value(NAMES["Run"], NAMES["RunName"]) == line)
    check("PATH has it once", trial.path().count(trial.inside.lower().replace("\\", "\\\\")) == 1)

    print(f"{kind.switch}: removed")
    wine.begin("wine", f"{trial.inside}\\lyncdesk-gui.exe", "deaf")
    until(lambda: "deaf" in trial.started(), "the deaf stand-in runs")
    check("not while a client runs that does not end", trial.remove(accept=(0, 1)) == 1)
    check("and all is there still", (trial.app / "lyncdesk-gui.exe").exists())
    wine.run("wine", trial.command, "end")
    # What the options and the Task Manager write for a person.
    for key, name, kind_of, value in (
        (NAMES["Run"], NAMES["RunName"], "REG_SZ", f"{trial.inside}\\lyncdesk-gui.exe"),
        (NAMES["Approved"], NAMES["RunName"], "REG_BINARY", "030000000000000000000000"),
        (NAMES["Own"], NAMES["OwnName"], "REG_DWORD", "0"),
    ):
        wine.run("wine", "reg", "add", f"HKCU\\{key}", "/v", name, "/t", kind_of, "/d", value, "/f")
    own = wine.drive / wine.home / "AppData/Local/lyncdesk/settings.toml"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text("language = 'de'\n", encoding="utf-8")
    trial.remove()
    wine.settle()
    check("a person's own files stay", own.exists())
    shutil.rmtree(own.parent)
    trial.started()
    left = {name for name in wine.files() - files if "lyncdesk" in name.lower()}
    check(f"no file is left {sorted(left) or ''}", not left)
    left_values = {
        (key, value) for key, value in wine.registry() - values if "lyncdesk" in f"{key}{value}".lower()
    }
    check(f"no value of the registry is left {sorted(left_values) or ''}", not left_values)
    check("PATH is as it was", trial.path() == path)


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait for something inside, and print it.

    Raises:
        MistakeError: it does not come.
    """
    for _ in range(100):
        if holds():
            print(f"  {what}")
            return
        time.sleep(0.2)
    raise MistakeError(f"under Wine it does not come about that {what}")


def compile_setups(work: Work, wine: Wine) -> None:
    """Both versions for both kinds, over the stand-ins."""
    name, version = COMPILER
    work.run(
        [
            "npm",
            "install",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--prefix",
            work.scratch,
            f"{name}@{version}",
        ]
    )
    shutil.copytree(work.scratch / "node_modules" / name / "bin", wine.place / "inno")
    recipe = wine.place / "recipe"
    shutil.copytree(made("windows")[0].parent, recipe)
    bundle = wine.place / "bundle"
    (bundle / "_internal").mkdir(parents=True)
    (bundle / "_internal/library.dll").write_bytes(b"stand-in")
    for program in ("lyncdesk.exe", "lyncdesk-gui.exe"):
        wine.compiled(ROOT / "packaging/windows/stand_in.c", bundle / program)
    text = (recipe / "product.iss").read_text(encoding="utf-8-sig")
    for number in (NAMES["Version"], NEXT):
        changed = text.replace(f'#define Version "{NAMES["Version"]}"', f'#define Version "{number}"')
        (recipe / "product.iss").write_text(changed, encoding="utf-8-sig")
        for kind in KINDS:
            # Wine does not know the folder of a person's programs, so the installer is told it.
            folder = [r"/DFolder={localappdata}\Programs\LyncDesk"] if kind.switch == "/CURRENTUSER" else []
            wine.run(
                "wine",
                wine.windows(wine.place / "inno/ISCC.exe"),
                f"/F{kind.switch[1:]}-{number}",
                f"/DBundle={wine.windows(bundle)}",
                *folder,
                wine.windows(recipe / "lyncdesk.iss"),
            )
            check("the compiler warns of nothing", "Warning" not in wine.said())
            print(f"compiled: {NAMES['Name']} {number} {kind.switch}")


@contextmanager
def running(wine: Wine) -> Iterator[None]:
    """Between start and stop."""
    try:
        wine.start()
        yield
    finally:
        wine.stop()


def main() -> int:
    """Try all of it."""
    work = Work(ROOT, ROOT / "build/wine", ROOT / "dist")
    shutil.rmtree(work.scratch, ignore_errors=True)
    work.scratch.mkdir(parents=True)
    wine = Wine(work)
    try:
        with running(wine):
            compile_setups(work, wine)
            for kind in KINDS:
                try_kind(wine, kind)
    except MistakeError as mistake:
        print(f"make wine: {mistake}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(work.scratch, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
