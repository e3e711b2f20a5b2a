"""The frozen program as the tests start it: from wherever it lies, with little around it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.homes import home_environment
from tests.waiting import wait_for

ADDRESS, PASSWORD = "anna@brightwater.example", "right horse battery"
ORG = f'[people.anna]\naddress = "{ADDRESS}"\npassword = "{PASSWORD}"\nname = "Anna Keller"\nzone = "UTC"\n'
NOBODY = 65534


def bare(home: Path, **more: str) -> dict[str, str]:
    """The environment of a person on a machine without any Python, and nothing that the tests' own needs."""
    return {**home_environment(home), "PATH": "/nowhere", "LANG": "C.UTF-8", "TZ": "Europe/Berlin", **more}


def hostile(folder: Path) -> dict[str, str]:
    """What other programs' set-ups leave in a person's environment, each of it wrong for this one."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("os", "lyncdesk", "lxml", "sitecustomize"):
        (folder / f"{name}.py").write_text("raise SystemExit('another Python's module was loaded')")
    return {
        "PYTHONPATH": str(folder),
        "PYTHONHOME": str(folder / "nothing"),
        "PYTHONINSPECT": "1",
        "PYTHONWARNINGS": "error",
        "PYTHONVERBOSE": "1",
        "LD_LIBRARY_PATH": str(folder / "libraries"),
        "QT_PLUGIN_PATH": str(folder / "plugins"),
    }


@dataclass(frozen=True, slots=True)
class Frozen:
    """The program in one folder, and the environment to start it in."""

    folder: Path
    env: Mapping[str, str]
    user: int | None = None

    def path(self, name: str = "lyncdesk") -> str:
        """One of its programs."""
        return str(self.folder / name)

    def run(
        self, *arguments: str, given: str = "", name: str = "lyncdesk"
    ) -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        return subprocess.run(
            [self.path(name), *arguments],
            env=dict(self.env),
            input=given,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
            user=self.user,
            cwd="/",
        )

    @contextmanager
    def server(self, *arguments: str) -> Iterator[str]:
        """The embedded Exchange by its own program, as long as the block lasts. Its address."""
        home = Path(self.env["HOME"])
        org, ready = home / "org.toml", home / "ready"
        org.write_text(ORG, encoding="utf-8")
        command = [self.path(), "exchange-server", "--org", str(org), "--ready-file", str(ready)]
        with subprocess.Popen(
            [*command, *arguments],
            env=dict(self.env),
            stdout=subprocess.DEVNULL,
            user=self.user,
            cwd="/",
        ) as process:
            try:
                url = wait_for(lambda: ready.exists() and ready.read_text().strip(), "the server's address")
                yield str(url)
            finally:
                process.terminate()


def kept_from(folder: Path, program: Path) -> None:
    """Copy the program to the folder, which nobody may then write."""
    subprocess.run(["cp", "-a", f"{program}/.", folder], check=True)
    subprocess.run(["chmod", "-R", "a-w,a+rX", folder], check=True)
