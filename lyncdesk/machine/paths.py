"""Where the program's files are on this system. The demo has folders of its own and touches nothing real."""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from platformdirs import PlatformDirs

from lyncdesk.starting import DESKTOP_ID

# A Unix socket's path holds no more bytes than this on the strictest system (macOS), the last a zero.
_SOCKET_LIMIT = 104

# Flatpak puts its description of the sandbox at the root, where no sandboxed program can.
_SANDBOX = Path(".flatpak-info")


@dataclass(frozen=True, slots=True)
class Paths:
    """Folders of one kind of run. None of them is made here; who writes makes them, for the owner alone."""

    config: Path
    data: Path
    logs: Path
    runtime: Path

    @property
    def settings(self) -> Path:
        """The person's settings and manual status."""
        return self.config / "settings.toml"

    @property
    def lessons(self) -> Path:
        """A trainer's own lessons."""
        return self.config / "lessons"

    @property
    def contacts(self) -> Path:
        """Who the contacts are, as last heard: their names before anything was read."""
        return self.data / "contacts.json"

    @property
    def history(self) -> Path:
        """The local history, if one is kept."""
        return self.data / "history.sqlite"

    @property
    def log(self) -> Path:
        """The log file."""
        return self.logs / "lyncdesk.log"

    @property
    def crashes(self) -> Path:
        """Where the interpreter writes when it dies."""
        return self.logs / "crash.log"

    @property
    def socket(self) -> Path:
        """Where the command line reaches the running client."""
        return self.runtime / "control"


def paths(demo: bool = False) -> Paths:
    """The folders of the client, or those of the sample organisation."""
    name = "lyncdesk-demo" if demo else "lyncdesk"
    dirs = PlatformDirs(name, appauthor=False)
    logs = Path(dirs.user_log_dir)
    return Paths(Path(dirs.user_config_dir), Path(dirs.user_data_dir), logs, _runtime(name, dirs))


def _runtime(name: str, dirs: PlatformDirs) -> Path:
    if sys.platform != "linux":
        return _short(Path(dirs.user_runtime_dir), name)
    # platformdirs falls back to a folder under /run/user that may not exist; the session's own word decides.
    given = os.environ.get("XDG_RUNTIME_DIR", "")
    if given and sandboxed():
        # All else in the runtime folder is of this one start; a second start must see the first.
        given = str(Path(given) / "app" / DESKTOP_ID)
    if given and Path(given).is_dir():
        return _short(Path(given) / name, name)
    return Path(tempfile.gettempdir()) / f"{name}-{os.getuid()}"


def _short(folder: Path, name: str) -> Path:
    if sys.platform == "win32" or len(os.fsencode(folder / "control")) < _SOCKET_LIMIT:
        return folder
    return Path("/tmp") / f"{name}-{os.getuid()}"  # noqa: S108 - who makes it checks its owner


def policy_file() -> Path:
    """Where the administrator's policy is on this system."""
    if sys.platform == "win32":
        from lyncdesk.machine.windows import common_folder

        return Path(common_folder()) / "LyncDesk" / "policy.toml"
    if sys.platform == "darwin":
        return Path("/Library/Application Support/LyncDesk/policy.toml")
    return Path("/etc/lyncdesk/policy.toml")


def xdg_folder(variable: str, usual: str) -> Path:
    """A base folder of the person (XDG Base Directory Specification); ``usual`` is below the home folder.

    Of a path that is not a full one the specification says that it does not count.
    """
    given = os.environ.get(variable, "")
    return Path(given) if given.startswith("/") else Path.home() / usual


def sandboxed(root: Path = Path("/")) -> bool:
    """Whether this program runs in Flatpak's sandbox; ``root`` is the computer's, or a test's."""
    return sys.platform == "linux" and (root / _SANDBOX).is_file()
