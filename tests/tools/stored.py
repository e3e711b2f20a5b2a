"""What LyncDesk leaves on a computer: one table, of which the administrators' page and the tests are made.

A real client with an empty home is held to it by ``tests/end_to_end/test_what_a_client_leaves.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from lyncdesk_packaging.policy_examples import System


class When(Enum):
    """When a file is there."""

    ALWAYS = "always"
    RUNNING = "while it runs"
    WANTED = "if wanted"
    MISHAP = "after a mishap"


@dataclass(frozen=True, slots=True)
class Stored:
    """A file by its folder and its name (a glob), its mode on Linux and macOS, and what it holds."""

    folder: str
    name: str
    mode: int
    when: When
    holds: str


# The folders of `machine.paths.Paths`, as an administrator writes them.
FOLDERS: Mapping[System, Mapping[str, str]] = {
    System.LINUX: {
        "config": "~/.config/lyncdesk",
        "data": "~/.local/share/lyncdesk",
        "logs": "~/.local/state/lyncdesk/log",
        "runtime": "$XDG_RUNTIME_DIR/lyncdesk",
    },
    System.WINDOWS: {
        "config": r"%LOCALAPPDATA%\lyncdesk",
        "data": r"%LOCALAPPDATA%\lyncdesk",
        "logs": r"%LOCALAPPDATA%\lyncdesk\Logs",
        "runtime": r"%LOCALAPPDATA%\Temp\lyncdesk",
    },
    System.MACOS: {
        "config": "~/Library/Application Support/lyncdesk",
        "data": "~/Library/Application Support/lyncdesk",
        "logs": "~/Library/Logs/lyncdesk",
        "runtime": "~/Library/Caches/TemporaryItems/lyncdesk",
    },
}

FILES: tuple[Stored, ...] = (
    Stored(
        "config",
        "settings.toml",
        0o600,
        When.ALWAYS,
        "options, contacts (addresses), groups, note, status by hand, servers found; an account that the"
        " person typed; login and server to which the stored password belongs. No password",
    ),
    Stored(
        "config",
        "settings.toml.broken-*",
        0o600,
        When.MISHAP,
        "a settings file that could not be read, or that somebody edited wrongly, as it was",
    ),
    Stored("config", "windows.ini", 0o644, When.ALWAYS, "sizes and places of the windows"),
    Stored(
        "data", "contacts.json", 0o600, When.ALWAYS, "names, titles and phones of the contacts, as last read"
    ),
    Stored(
        "data",
        "history.sqlite",
        0o600,
        When.WANTED,
        "the [history](history.md), with subjects; at most 90 days and 32 MB",
    ),
    Stored("data", "history.sqlite-*", 0o600, When.RUNNING, "of the history: what is being written"),
    Stored("data", "history.sqlite.broken-*", 0o600, When.MISHAP, "a damaged history, as it was"),
    Stored(
        "logs",
        "lyncdesk.log",
        0o600,
        When.ALWAYS,
        "what went wrong; no password, subject or location. 1 MB, and `.1` to `.3` before it",
    ),
    Stored("logs", "crash.log", 0o600, When.ALWAYS, "where the interpreter was if it died; else empty"),
    Stored("runtime", "lyncdesk.lock", 0o644, When.RUNNING, "one client for each person: its process number"),
    Stored("runtime", "lyncdesk.window", 0o600, When.RUNNING, "a socket: a second start shows the window"),
    Stored("runtime", "control", 0o600, When.RUNNING, "a socket: the [command line](commands.md)"),
)

# What is no file of these folders, by system.
START: Mapping[System, str] = {
    System.LINUX: "`~/.config/autostart/org.lyncdesk.LyncDesk.desktop`",
    System.WINDOWS: r"`LyncDesk` in `HKCU\...\CurrentVersion\Run`; `HKCU\Software\LyncDesk`",
    System.MACOS: "`~/Library/LaunchAgents/org.lyncdesk.LyncDesk.plist`",
}
KEYRING: Mapping[System, str] = {
    System.LINUX: "Secret Service (GNOME Keyring, KWallet)",
    System.WINDOWS: "Credential Manager, generic credentials",
    System.MACOS: "login keychain",
}
# The name of an entry's account in the keyring; the service is "LyncDesk".
ENTRIES: tuple[tuple[str, str], ...] = (
    ("LOGIN at SERVER", "the password"),
    ("LOGIN at SERVER (refused)", "that Exchange refused it, as a salted digest: it is not sent again"),
)


def folder_table() -> str:
    """The folders on the three systems, in the notation of Markdown."""
    lines = ["| | Linux | Windows | macOS |", "|---|---|---|---|"]
    rows = {
        **{
            f"*{name}*": [f"`{FOLDERS[system][name]}`" for system in System]
            for name in ("config", "data", "logs", "runtime")
        },
        "start at log-in, if wanted": [START[system] for system in System],
        "passwords": [KEYRING[system] for system in System],
    }
    lines += [f"| {name} | {' | '.join(cells)} |" for name, cells in rows.items()]
    return "\n".join(lines) + "\n"


def file_table() -> str:
    """The files, and the entries of the keyring."""
    lines = ["| file | mode | there | what is in it |", "|---|---|---|---|"]
    lines += [
        f"| *{one.folder}* `{one.name}` | {one.mode:04o} | {one.when.value} | {one.holds} |" for one in FILES
    ]
    lines += [
        f"| keyring: service `LyncDesk`, account `{name}` | | {When.WANTED.value} | {holds} |"
        for name, holds in ENTRIES
    ]
    return "\n".join(lines) + "\n"
