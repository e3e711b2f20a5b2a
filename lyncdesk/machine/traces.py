"""What LyncDesk keeps of a person on this computer, kind by kind, and taking all of it away.

Only files that LyncDesk writes are touched, by their names; a folder goes when nothing else is in it. A
trainer's own lessons are the person's work and stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lyncdesk.client.words import N_
from lyncdesk.machine.paths import Paths

# kind -> where it lies, and the names of its files: what was kept aside and half written among them.
_KINDS: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    (
        N_("settings, with your account, contacts and note"),
        "config",
        ("settings.toml*", ".settings.toml.*", "windows.ini*"),
    ),
    (N_("names of your contacts"), "data", ("contacts.json*", ".contacts.json.*")),
    (N_("history"), "data", ("history.sqlite*",)),
    (N_("log"), "logs", ("lyncdesk.log*", "crash.log*")),
    (N_("what a program that ran has left"), "runtime", ("*.lock", "control", "*.window")),
)
AT_LOGIN: Final = N_("start with the computer")


@dataclass(frozen=True, slots=True)
class Trace:
    """A file of a kind; ``kind`` in words."""

    kind: str
    path: Path


def traces(places: Iterable[Paths], at_login: Iterable[Path] = ()) -> tuple[Trace, ...]:
    """Every file of these runs that is there; ``at_login`` are the person's own entries for the start."""
    found = [
        Trace(kind, path)
        for place in places
        for kind, folder, names in _KINDS
        for path in _files(getattr(place, folder), names)
    ]
    # Some systems have one folder for several kinds.
    files = {trace.path: trace for trace in reversed(found)}
    return (*reversed(files.values()), *(Trace(AT_LOGIN, path) for path in at_login if _is_there(path)))


def _files(folder: Path, names: Iterable[str]) -> Iterator[Path]:
    try:
        for name in names:
            yield from sorted(path for path in folder.glob(name) if _is_there(path) and not path.is_dir())
    except OSError:
        return


def _is_there(path: Path) -> bool:
    return path.is_symlink() or path.exists()


def remove(trace: Trace) -> None:
    """Take one away; a link goes, and what it leads to stays.

    Raises:
        OSError: it stays.
    """
    trace.path.unlink(missing_ok=True)


def remove_folders(places: Iterable[Paths]) -> tuple[Path, ...]:
    """Take away the folders of these runs that nothing is in; what is still in the others is given back."""
    left: list[Path] = []
    for place in places:
        # Folders that are only there for ours go too: on Linux the log's lies in one for the state.
        own = {place.config, place.data, place.logs, place.runtime}
        own |= {folder.parent for folder in own if folder.parent.name == place.data.name}
        for folder in sorted(own, key=lambda path: len(path.parts), reverse=True):
            try:
                folder.rmdir()
            except FileNotFoundError:
                continue
            except OSError:
                left += [path for path in _within(folder) if path not in own]
    return tuple(dict.fromkeys(left))


def _within(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return [folder]
