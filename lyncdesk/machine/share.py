"""What a desktop knows a program by: menu entry, icons, manual page, completion, under a prefix's ``share``.

The files lie ready in ``resources/desktop``. Packages put them under ``/usr/share`` as they are, where the
program is found by its name; who installed it with pip gets them into the own data folder, with the full path
of the program (``lyncdesk install-desktop``).
"""

from __future__ import annotations

from collections.abc import Sequence

from lyncdesk.resource_files import resource
from lyncdesk.starting import DESKTOP_ID

MENU_ENTRY = f"applications/{DESKTOP_ID}.desktop"
_PROGRAM = "lyncdesk-gui"
_EXEC_SPECIAL = frozenset(" \t\n\"'\\><~|&;$*?#()`")


def share_files(command: Sequence[str] = (_PROGRAM,)) -> dict[str, bytes]:
    """Every file by its path under ``share``; the menu entry starts the program by ``command``."""
    root = resource("desktop", "share")
    found = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }
    found[MENU_ENTRY] = with_command(found[MENU_ENTRY].decode("utf-8"), command).encode("utf-8")
    return found


def autostart_entry(command: Sequence[str] = (_PROGRAM,)) -> bytes:
    """The entry that starts the program at login, into the tray; ``command`` is without that option."""
    entry = resource("desktop", "autostart", f"{DESKTOP_ID}.desktop").read_text(encoding="utf-8")
    return with_command(entry, command).encode("utf-8")


def with_command(entry: str, command: Sequence[str]) -> str:
    """A desktop file that starts the program by ``command``, each of its actions included.

    ``TryExec`` names the program too: once it is gone, the entry is not shown any more.
    """
    start = desktop_exec(command)
    lines = []
    for line in entry.splitlines():
        key, _, value = line.partition("=")
        if key == "TryExec":
            line = f"{key}={_escaped(command[0])}"
        elif key == "Exec":
            line = f"{key}={start}{value.removeprefix(_PROGRAM)}"
        lines.append(line)
    return "\n".join(lines) + "\n"


def desktop_exec(command: Sequence[str]) -> str:
    """The command as the value of ``Exec`` (Desktop Entry Specification: quoting, then escaping)."""

    def quoted(argument: str) -> str:
        argument = argument.replace("%", "%%")
        if argument and not _EXEC_SPECIAL.intersection(argument):
            return argument
        inside = "".join(f"\\{char}" if char in '"`$\\' else char for char in argument)
        return f'"{inside}"'

    return _escaped(" ".join(map(quoted, command)))


def _escaped(value: str) -> str:
    """As the value of a key of type string."""
    return value.replace("\\", "\\\\").replace("\n", "\\n")
