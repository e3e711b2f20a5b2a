"""What the bundle's specification adds on macOS: the application around the folder."""

from __future__ import annotations

import plistlib
import re
from importlib import metadata
from typing import Any

from lyncdesk_packaging.app_icons import icns, written
from lyncdesk_packaging.identity import ID, NAME, copyright_line, numbers, version
from lyncdesk_packaging.work import ROOT

_SCRATCH = ROOT / "build/bundle-darwin"
_TEMPLATE = ROOT / "packaging/macos/Info.plist"
_NEEDS_MACOS = re.compile(r"^Tag: \S+-macosx_(\d+)_(\d+)_\w+$", re.MULTILINE)


def exe_options(name: str) -> dict[str, Any]:  # noqa: ARG001 - both programs are alike here
    """For PyInstaller's ``EXE``: for the processor of the Python that runs it, and signed afterwards."""
    return {"target_arch": None, "codesign_identity": None, "argv_emulation": False}


def app_options() -> dict[str, Any]:
    """For PyInstaller's ``BUNDLE``."""
    return {
        "name": f"{NAME}.app",
        "icon": str(written(_SCRATCH / "lyncdesk.icns", icns())),
        "bundle_identifier": ID,
        "version": version(),
        "info_plist": info_plist(),
    }


def info_plist(wheel: str | None = None) -> dict[str, Any]:
    """What macOS is told of the application.

    ``wheel``: the file WHEEL of Qt, that of this environment if not given.
    """
    said: dict[str, Any] = plistlib.loads(_TEMPLATE.read_bytes())
    plain = ".".join(map(str, numbers(version(), 3)))
    return {
        **said,
        "CFBundleShortVersionString": plain,
        "CFBundleVersion": plain,
        "NSHumanReadableCopyright": copyright_line(),
        "LSMinimumSystemVersion": minimum_system(wheel if wheel is not None else _wheel_of_qt()),
    }


def _wheel_of_qt() -> str:
    return metadata.distribution("PySide6-Essentials").read_text("WHEEL") or ""


def minimum_system(wheel: str) -> str:
    """The oldest macOS for which Qt is built, which the name of its wheel says.

    Raises:
        LookupError: it is no wheel for macOS.
    """
    found = [(int(major), int(minor)) for major, minor in _NEEDS_MACOS.findall(wheel)]
    if not found:
        raise LookupError("PySide6-Essentials of this environment is not for macOS")
    return ".".join(map(str, max(found)))
