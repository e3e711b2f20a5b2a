"""What LyncDesk keeps of a person on this computer, kind by kind, and taking all of it away.

Only files that LyncDesk writes are touched, by their names; a folder goes when nothing else is in it. A
trainer's own lessons are the person's work and stay. No link is followed, neither of a file nor of a folder:
somebody may have laid it elsewhere on purpose, or laid a trap.
"""

from __future__ import annotations

import os
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
    # A lock file goes with the lock, which whoever takes the rest away holds meanwhile.
    (N_("what a program that ran has left"), "runtime", ("control", "*.window")),
)
AT_LOGIN: Final = N_("start with the computer")
_FOLDER: Final = N_("folder of LyncDesk")


@dataclass(frozen=True, slots=True)
class Trace:
    """A file of a kind, a link to a folder, or a folder into which one may not look; ``kind`` in words."""

    kind: str
    path: Path

    @property
    def leads_to(self) -> Path | None:
        """Where a link leads to, which stays; None where it is none, or nothing is there."""
        return self.path.resolve() if self.path.is_symlink() and self.path.exists() else None


def traces(places: Iterable[Paths], at_login: Iterable[Path] = ()) -> tuple[Trace, ...]:
    """Every file of these runs that is there; ``at_login`` are the person's own entries for the start."""
    found = [trace for place in places for trace in _of_a_run(place)]
    # Some systems have one folder for several kinds.
    files = {trace.path: trace for trace in reversed(found)}
    return (*reversed(files.values()), *(Trace(AT_LOGIN, path) for path in at_login if _is_there(path)))


def _of_a_run(place: Paths) -> Iterator[Trace]:
    for kind, name, names in _KINDS:
        folder: Path = getattr(place, name)
        link = next((own for own in _own_folders(folder, place) if own.is_symlink()), None)
        if link is not None:
            yield Trace(_FOLDER, link)
        elif _why_closed(folder) is not None:
            yield Trace(_FOLDER, folder)
        else:
            yield from (Trace(kind, path) for path in _files(folder, names))


def _own_folders(folder: Path, place: Paths) -> tuple[Path, ...]:
    """The folder, and one around it that is there for it alone, as that of the log on Linux."""
    around = folder.parent
    return (folder, around) if around.name == place.data.name else (folder,)


def _why_closed(folder: Path) -> OSError | None:
    """Why it cannot be said what is in the folder, where there is one; it may be somebody else's."""
    try:
        os.listdir(folder)  # noqa: PTH208 - as Path does, but now
    except FileNotFoundError:
        return None
    except OSError as error:
        return error
    return None


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
    if not trace.path.is_symlink() and trace.kind == _FOLDER and (why := _why_closed(trace.path)) is not None:
        raise why
    trace.path.unlink(missing_ok=True)


def remove_folders(places: Iterable[Paths]) -> tuple[Path, ...]:
    """Take away the folders of these runs that nothing is in; what is still in the others is given back, as
    far as one may see it.
    """
    left: list[Path] = []
    for place in places:
        folders = (place.config, place.data, place.logs, place.runtime)
        own = {own for folder in folders for own in _own_folders(folder, place)}
        for folder in sorted(own, key=lambda path: len(path.parts), reverse=True):
            try:
                folder.rmdir()
            except FileNotFoundError:
                continue
            except OSError:
                if _why_closed(folder) is None:
                    left += sorted(path for path in folder.iterdir() if path not in own)
    return tuple(dict.fromkeys(left))
