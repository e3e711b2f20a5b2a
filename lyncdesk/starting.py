"""How this program starts itself again: as a module of the Python it is installed in, or frozen.

Frozen (packaging/bundle) there is no ``python -m``. There are two programs instead, in one folder:
``lyncdesk``, and ``lyncdesk-gui``, which on Windows has no terminal. They run the modules of ``MODULES``,
and no others, for whoever asks as one asks Python: ``lyncdesk -m lyncdesk.exchange.worker``.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

PROGRAM: Final = "lyncdesk"
# What desktops, Windows, macOS and Flatpak know the program by: reverse of a name that the project could own.
DESKTOP_ID: Final = "org.lyncdesk.LyncDesk"
WORKER: Final = "lyncdesk.exchange.worker"
KEYRING_HELPER: Final = "lyncdesk.machine.keyring_helper"
SELF_TEST: Final = "lyncdesk.self_test"
MODULES: Final = (WORKER, KEYRING_HELPER, SELF_TEST)

# For ``creationflags``: no window, which Windows gives a program of the terminal otherwise.
NO_WINDOW: Final[int] = getattr(subprocess, "CREATE_NO_WINDOW", 0)

# Odd ways of running Python, of somebody who looks for a mistake in another program.
_UNWANTED = ("PYTHONINSPECT", "PYTHONSTARTUP", "PYTHONWARNINGS", "PYTHONDEBUG", "PYTHONPROFILEIMPORTTIME")
# What the frozen program's start-up sets for itself (PyInstaller: "Subprocesses", "LD_LIBRARY_PATH").
_LIBRARY_PATHS = ("LD_LIBRARY_PATH", "LIBPATH")
_INTERNAL = "_PYI_"


@dataclass(frozen=True, slots=True)
class Form:
    """What this program was started as.

    ``executable`` is Python, or frozen this program. ``appimage`` is the file of an AppImage that holds it:
    the program inside is there for only as long as it runs.
    """

    executable: str
    frozen: bool = False
    windows: bool = False
    appimage: str = ""

    def module(self, name: str) -> tuple[str, ...]:
        """The command that runs a module of ours, with pipes as its input and output."""
        if self.frozen:
            return (self._beside(PROGRAM), "-m", name)
        return (self.executable, "-P", "-m", name)

    def program(self, *arguments: str) -> tuple[str, ...]:
        """The command that starts the desktop program, without a terminal; good for another day."""
        if self.appimage:
            return (self.appimage, *arguments)
        if self.frozen:
            return (self._beside(f"{PROGRAM}-gui"), *arguments)
        return (self._python_without_terminal(), "-P", "-m", PROGRAM, *arguments)

    def _beside(self, name: str) -> str:
        program = PurePath(self.executable)
        return str(program.with_name(name + (".exe" if self.windows else "")))

    def _python_without_terminal(self) -> str:
        beside = Path(self.executable).with_name("pythonw.exe")
        return str(beside) if self.windows and beside.exists() else self.executable


def form() -> Form:
    """What this process was started as."""
    frozen = bool(getattr(sys, "frozen", False))
    return Form(sys.executable, frozen, sys.platform == "win32", _appimage() if frozen else "")


def _appimage() -> str:
    """The AppImage that this program is in; not one that only started it, whose variables it inherited."""
    file, folder = os.environ.get("APPIMAGE", ""), os.environ.get("APPDIR", "")
    inside = folder and Path(sys.executable).resolve().is_relative_to(Path(folder).resolve())
    return file if inside and Path(file).is_file() else ""


def module_command(name: str) -> tuple[str, ...]:
    """The command that runs one of ``MODULES``."""
    return form().module(name)


def program_command(*arguments: str) -> tuple[str, ...]:
    """The command that starts the desktop program with these arguments."""
    return form().program(*arguments)


def child_environment() -> dict[str, str]:
    """The environment of a child that is this program: ours, able to find this package.

    It holds no secret: those go through pipes.
    """
    environment = {name: value for name, value in os.environ.items() if name not in _UNWANTED}
    if form().frozen:
        return environment
    here = str(Path(__file__).resolve().parent.parent)
    if here in _searched_anyway():
        return environment  # so that what our child starts, a browser in Python say, does not find it there
    others = [path for path in environment.get("PYTHONPATH", "").split(os.pathsep) if path and path != here]
    environment["PYTHONPATH"] = os.pathsep.join([here, *others])
    return environment


def _searched_anyway() -> set[str]:
    """Where a Python like this one looks for packages without being told."""
    import site  # which a frozen program does not have, nor need

    folders = [*site.getsitepackages(), *([site.getusersitepackages()] if site.ENABLE_USER_SITE else [])]
    return {str(Path(folder).resolve()) for folder in folders}


def restore(environment: MutableMapping[str, str]) -> None:
    """Take out what the frozen program's start-up put into the environment for its own process alone.

    Whatever this process starts, a mail program say, would load our libraries otherwise instead of its own.
    Our own children are started anew and set it again. The loader has read it long since.
    """
    for name in [name for name in environment if name.startswith(_INTERNAL)]:
        del environment[name]
    for name in _LIBRARY_PATHS:
        before = environment.pop(f"{name}_ORIG", None)
        if before is not None:
            environment[name] = before
        else:
            environment.pop(name, None)


def asked_for(arguments: Sequence[str]) -> Callable[[], int | None] | None:
    """What ``-m MODULE`` runs, where the frozen program is asked for it and it is one of ours."""
    match arguments:
        case ["-m", name] if name in MODULES:
            run: Callable[[], int | None] = importlib.import_module(name).main
            return run
    return None
