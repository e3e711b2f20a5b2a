"""``lyncdesk install-desktop`` and ``uninstall-desktop``: what packages do, for those who have none."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lyncdesk.cli.exits import DONE, NOT_SO, fail, in_full, warn
from lyncdesk.client.words import N_

if TYPE_CHECKING:
    from lyncdesk.client.words import Words
    from lyncdesk.machine.desktop_install import Changed, DesktopFiles

_BY_A_PACKAGE = N_(
    "{kind}: that brings menu entry, icons and the start at login itself, and takes them along again."
)
_OF_ANOTHER = N_(
    "Menu entry and icons are those of another LyncDesk and stay: {program}. Its own “uninstall-desktop”"
    " removes them."
)
_STARTS_NO_MORE = N_("LyncDesk does not start any more when you log on.")
_STARTS_STILL = N_(
    "This LyncDesk does not start any more when you log on; another one does, which is installed for"
    " everybody."
)
_NO_MENU = {
    "win32": N_(
        "On Windows the installer makes the entry of the start menu; from pip there is none. Pin this program"
        " there yourself: {program}"
    ),
    "darwin": N_(
        "On macOS the disk image brings the application that Launchpad shows; from pip there is none. This"
        " starts LyncDesk: {program}"
    ),
}


def add_installing(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add both commands."""
    install = commands.add_parser(
        "install-desktop",
        help="menu entry, icons and start at login, for who installed LyncDesk with pip, pipx or uv",
    )
    install.add_argument(
        "--no-autostart", action="store_true", help="do not start LyncDesk when the person logs on"
    )
    install.set_defaults(run=_install)
    uninstall = commands.add_parser(
        "uninstall-desktop", help="remove what install-desktop wrote, and nothing else"
    )
    uninstall.set_defaults(run=_uninstall)


def program() -> tuple[str, ...]:
    """What starts the installed program, by its full path: beside this command, or as the start does."""
    from lyncdesk.starting import form, program_command

    if form().frozen:
        return program_command()
    beside = Path(sys.argv[0]).resolve().with_name("lyncdesk-gui" + (".exe" if os.name == "nt" else ""))
    return (str(beside),) if beside.is_file() else program_command()


def _words() -> Words:
    from lyncdesk import bootstrap
    from lyncdesk.machine.zone import LocalTime

    return bootstrap.words_for(bootstrap.options_in_force()[0], LocalTime())


def _files() -> DesktopFiles:
    from lyncdesk.machine.desktop_install import DesktopFiles
    from lyncdesk.machine.paths import paths, xdg_folder

    share = xdg_folder("XDG_DATA_HOME", ".local/share")
    return DesktopFiles(share, paths(False).data / "desktop-files.json")


def _by_a_package(words: Words) -> bool:
    from lyncdesk.client.installed import Way
    from lyncdesk.machine.installed import installed

    found = installed()
    if found.way not in {Way.DEBIAN, Way.FLATPAK, Way.WINDOWS, Way.MACOS}:
        return False
    print(words(_BY_A_PACKAGE, kind=found.kind))
    return True


def _install(arguments: argparse.Namespace) -> int:
    from lyncdesk.client.ports import ProblemError
    from lyncdesk.machine.autostart import autostart

    words, command = _words(), program()
    if _by_a_package(words):
        return DONE
    start = autostart((*command, "--minimised"))
    first = True
    if sys.platform not in _NO_MENU:
        files = _files()
        first = not files.are_there
        _tell_written(files.install(command), files.share, words)
    try:
        if arguments.no_autostart:
            start.set(False)
        elif first or start.enabled():
            start.set(True)
    except ProblemError as error:
        return fail(in_full(error.problem, words), NOT_SO)
    if start.enabled():
        print(words("LyncDesk starts when you log on. Options > Personal switches that off."))
    else:
        print(words("LyncDesk does not start when you log on. Options > Personal switches that on."))
    if sys.platform in _NO_MENU:
        return fail(words(_NO_MENU[sys.platform], program=" ".join(command)), NOT_SO)
    return DONE


def _tell_written(changed: Changed, share: Path, words: Words) -> None:
    if changed.written:
        print(words("Written to {folder}:", folder=str(share)))
        _list(changed.written, share)
    else:
        print(words("Menu entry and icons are in {folder} already.", folder=str(share)))
    _tell_removed(changed, share, words)
    if shutil.which("zsh"):
        text = N_("zsh completes the command if this is among its fpath: {folder}")
        print(words(text, folder=str(share / "zsh/site-functions")))


def _tell_removed(changed: Changed, share: Path, words: Words) -> None:
    if changed.removed:
        print(words("Removed from {folder}:", folder=str(share)))
        _list(changed.removed, share)
    for path in changed.left:
        warn(words("{path} is not as LyncDesk wrote it, and stays as it is", path=str(path)))


def _list(paths: Sequence[Path], share: Path) -> None:
    for path in paths:
        print(f"  {path.relative_to(share)}")


def _uninstall(_arguments: argparse.Namespace) -> int:
    from lyncdesk.client.ports import ProblemError

    words = _words()
    if _by_a_package(words):
        return DONE
    nothing = sys.platform in _NO_MENU or not _remove_files(words)
    try:
        if (still := _end_autostart()) is not None:
            nothing = False
            print(words(_STARTS_STILL if still else _STARTS_NO_MORE))
    except ProblemError as error:
        return fail(in_full(error.problem, words), NOT_SO)
    if nothing:
        print(words("There is nothing of “lyncdesk install-desktop” to remove."))
    _tell_what_stays(words)
    return DONE


def _remove_files(words: Words) -> bool:
    """Remove menu entry, icons and the like, and tell it; whether there was something to tell."""
    from lyncdesk.starting import program_command

    files = _files()
    if (other := files.of_another([program(), program_command()])) is not None:
        print(words(_OF_ANOTHER, program=other))
        return True
    changed = files.uninstall()
    _tell_removed(changed, files.share, words)
    return bool(changed.removed)


def _end_autostart() -> bool | None:
    """End the start at login of this program: whether another still starts, None if there was none to end."""
    from lyncdesk.machine.autostart import autostart
    from lyncdesk.starting import program_command

    start = autostart((*program(), "--minimised"))
    if sys.platform not in _NO_MENU:
        from lyncdesk.machine.xdg_autostart import XdgAutostart

        ended = isinstance(start, XdgAutostart) and start.forget([program(), program_command()])
    else:
        ended = start.enabled()
        start.set(False)
    return start.enabled() if ended else None


def _tell_what_stays(words: Words) -> None:
    """What is the person's own stays; where it is and how to be rid of it."""
    from lyncdesk.machine.paths import paths

    place = paths(False)
    there = [folder for folder in (place.config, place.data, place.logs) if folder.exists()]
    if there:
        print(words("These stay, they are yours: settings, contacts, history, log."))
        print("\n".join(f"  {folder}" for folder in there))
    print(
        words(
            "A password that was kept stays in your keyring. “lyncdesk forget” takes all of this away, as"
            " long as the program is there."
        )
    )
