"""Windows programs under Wine, in a root file system of its own: nothing of it is left on this machine."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path, PureWindowsPath

from lyncdesk_packaging.work import MistakeError, Work

# The installers that Inno Setup makes are programs of 32 bits, also where they install for 64.
_DEBIAN = ("wine", "wine32:i386", "wine64", "xvfb", "gcc-mingw-w64-x86-64-win32")
SUITE = "bookworm"
_DISPLAY = ":77"


class Wine:
    """A computer that is nearly Windows. ``start`` and ``stop`` belong together; root is needed for chroot.

    Paths are seen from inside: ``Z:`` is the root file system, whose folder here is ``root``.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self.root = work.scratch / "root"
        self.place = self.root / "trial"
        self._said = self.place / "said.txt"
        self._screen: subprocess.Popen[bytes] | None = None
        self._children: list[subprocess.Popen[bytes]] = []

    @property
    def drive(self) -> Path:
        """The folder that is ``C:`` inside."""
        return self.place / "prefix/drive_c"

    @property
    def home(self) -> str:
        """The folder of whoever it runs as, from ``C:``; Wine makes it by the name that it finds."""
        (name,) = (folder.name for folder in (self.drive / "users").iterdir() if folder.name != "Public")
        return f"users/{name}"

    def start(self) -> None:
        """Make the root file system, and Windows 10 in it.

        Raises:
            MistakeError: the tools are not there, or this is not root.
        """
        if os.geteuid() != 0:
            raise MistakeError("trying the installer needs a root file system of its own, so it must be root")
        packages = f"--include={','.join(_DEBIAN)}"
        options = ("--quiet", "--variant=minbase", "--architectures=amd64,i386", packages)
        self._work.run(["mmdebstrap", *options, SUITE, self.root, *self._sources()])
        self.place.mkdir()
        self._screen = self._popen("Xvfb", _DISPLAY, "-screen", "0", "1024x768x24", "-nolisten", "tcp")
        self.run("wineboot", "--init")
        self.run("wine", "reg", "add", r"HKCU\Software\Wine", "/v", "Version", "/d", "win10", "/f")

    def _sources(self) -> list[str]:
        """Where this machine gets the same release from, if it is the same; none means the usual place.

        Without its updates, of which mirrors are out of step at times: nothing here outlives the trial.
        """
        asked = ("--format", "$(REPO_URI) $(RELEASE)", "Identifier: Packages", "Component: main")
        for line in self._work.run(["apt-get", "indextargets", *asked]).splitlines():
            address, _, release = line.partition(" ")
            if release == SUITE:
                return [f"deb {address} {SUITE} main"]
        return []

    def stop(self) -> None:
        """End everything that runs inside. Idempotent."""
        if self._screen is None:
            return
        self.run("wineserver", "--kill", accept=(0, 1, 2))
        for child in [*self._children, self._screen]:
            child.terminate()
            child.wait()
        self._screen = None

    def compiled(self, source: Path, to: Path) -> None:
        """Make a program for Windows of a C file."""
        inside = self.place / source.name
        inside.write_bytes(source.read_bytes())
        compiler = "x86_64-w64-mingw32-gcc-win32"
        self.run(compiler, "-Os", "-s", "-mwindows", "-o", self.unix(to), self.unix(inside))

    def run(self, *command: str, accept: Sequence[int] = (0,), seconds: float = 300) -> int:
        """Run a program inside to its end; its exit status.

        Raises:
            MistakeError: it is not one of ``accept``, or the program does not end.
        """
        # Into a file: what outlives the program would hold a pipe open.
        with self._said.open("wb") as file:
            running = subprocess.Popen(
                self._inside(command), env=self._environment(), stdout=file, stderr=subprocess.STDOUT
            )
            try:
                status = running.wait(seconds)
            except subprocess.TimeoutExpired as error:
                running.kill()
                running.wait()
                raise MistakeError(f"{' '.join(command)} did not end within {seconds} s") from error
        if status not in accept:
            raise MistakeError(f"{' '.join(command)} ended with {status}:\n{self.said()[-4000:]}")
        return status

    def said(self) -> str:
        """What the last program that ran to its end said."""
        return self._said.read_text(encoding="utf-8", errors="replace")

    def begin(self, *command: str) -> None:
        """Start a program inside that goes on, until :meth:`stop` at the latest."""
        self._children.append(self._popen(*command))

    def settle(self) -> None:
        """Wait until every program inside has ended and the registry is on disk."""
        self.run("wineserver", "--wait")
        time.sleep(0.5)

    def registry(self) -> set[tuple[str, str]]:
        """Every value as its key and its line, in Wine's own spelling; without Wine's notes for itself."""
        found: set[tuple[str, str]] = set()
        for file in ("user.reg", "system.reg"):
            key = ""
            text = (self.place / "prefix" / file).read_text(encoding="utf-8", errors="replace")
            for line in text.splitlines():
                if line.startswith("["):
                    key = f"{file}:{line[1 : line.rindex(']')]}".replace("\\\\", "\\")
                elif line.startswith(('"', "@")) and ":Software\\Wine\\" not in key:
                    found.add((key, line))
        return found

    def files(self) -> set[str]:
        """Every file and folder of ``C:`` but for Windows' own and temporary ones."""
        left_out = ("windows", f"{self.home}/Temp", f"{self.home}/AppData/Local/Temp")
        names = (path.relative_to(self.drive).as_posix() for path in self.drive.rglob("*"))
        return {name for name in names if not name.startswith(left_out)}

    def unix(self, path: Path) -> str:
        """A path as seen from inside by Unix."""
        return f"/{path.relative_to(self.root)}"

    def windows(self, path: Path) -> str:
        """A path as seen from inside by Windows."""
        return str(PureWindowsPath("Z:/", path.relative_to(self.root)))

    def _popen(self, *command: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._inside(command),
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _inside(self, command: Sequence[str]) -> list[str]:
        # Wine finds its own files by /proc, which is mounted for this program alone and goes with it.
        enter = 'mount -t proc proc "$0/proc" && exec chroot "$0" "$@"'
        return ["unshare", "--mount", "sh", "-c", enter, str(self.root), *command]

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "DISPLAY": _DISPLAY,
            "LANG": "C.UTF-8",
            "WINEPREFIX": self.unix(self.place / "prefix"),
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree,mshtml=",
        }
