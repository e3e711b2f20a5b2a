"""Home directories for tests: empty, and pointed to by every variable that a program may look at."""

import hashlib
import os
from pathlib import Path

# The longest name of a socket below the runtime folder, and what its whole path may hold on every system.
_SOCKET = "lyncdesk-demo/control"
_LIMIT = 104


def home_environment(home: Path) -> dict[str, str]:
    """Make the home directory and return the variables that point a program to it, on every system."""
    runtime = home / "run"
    runtime.mkdir(parents=True, mode=0o700, exist_ok=True)
    return {
        "HOME": str(home),
        "USERPROFILE": str(home),
        "APPDATA": str(home / "roaming"),
        "LOCALAPPDATA": str(home / "local"),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / ".local/share"),
        "XDG_STATE_HOME": str(home / ".local/state"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "XDG_RUNTIME_DIR": str(_reached(runtime)),
    }


def _reached(runtime: Path) -> Path:
    """The folder by a path short enough for a socket: itself, or a link in a folder above.

    Where a socket's path is too long, LyncDesk takes a folder that all programs of the user share, and the
    programs of tests that run at the same time would meet there. pytest's own folders are that long.
    """
    if os.name == "nt" or _holds_sockets(runtime):
        return runtime
    name = f"run-{hashlib.sha256(os.fsencode(runtime)).hexdigest()[:8]}"
    link = next(above / name for above in runtime.parents if _holds_sockets(above / name))
    if not link.is_symlink():
        link.symlink_to(runtime)
    return link


def _holds_sockets(folder: Path) -> bool:
    return len(os.fsencode(folder / _SOCKET)) < _LIMIT
