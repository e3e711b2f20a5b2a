"""How this program was installed, by the marks that each way of installing leaves.

Sources: `/.flatpak-info` (flatpak-metadata(5)), `APPIMAGE` and `APPDIR` (AppImage's runtime), dpkg's list of
a package's files, `INSTALLER` and `direct_url.json` (PyPA's "Recording installed projects" and "Direct URL
Data Structure"), `pipx_metadata.json` and `uv-receipt.toml` of pipx and uv, `unins000.exe` of Inno Setup.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import lyncdesk
from lyncdesk.client.installed import Installed, Way
from lyncdesk.machine.paths import sandboxed
from lyncdesk.starting import form

_LONGEST = 1024 * 1024  # bytes of a mark that are looked at


@dataclass(frozen=True, slots=True)
class Here:
    """What is looked at: this process and this computer, or a test's.

    ``frozen``: bundled with a Python of its own. ``package`` is the folder of the package, ``prefix`` that of
    its Python environment, ``root`` the computer's.
    """

    platform: str = sys.platform
    frozen: bool = field(default_factory=lambda: form().frozen)
    executable: Path = field(default_factory=lambda: Path(sys.executable))
    package: Path = field(default_factory=lambda: Path(lyncdesk.__file__).parent)
    prefix: Path = field(default_factory=lambda: Path(sys.prefix))
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    root: Path = Path("/")


def installed(here: Here | None = None) -> Installed:
    """How the program came to this computer. Of this process it is looked up once, as screens ask often."""
    return _own() if here is None else _found(here)


@cache
def _own() -> Installed:
    return _found(Here())


def _found(here: Here) -> Installed:
    if sandboxed(here.root):
        return Installed(Way.FLATPAK)
    if here.frozen:
        return Installed(_bundled(here))
    return _python_package(here)


def _bundled(here: Here) -> Way:
    if here.platform == "win32":
        return Way.WINDOWS if (here.executable.parent / "unins000.exe").exists() else Way.FOLDER
    if here.platform == "darwin":
        return Way.MACOS if any(part.endswith(".app") for part in here.executable.parts) else Way.FOLDER
    # Whatever is started from within another AppImage has inherited these two.
    mounted = here.environment.get("APPDIR", "")
    if here.environment.get("APPIMAGE") and mounted and here.executable.is_relative_to(mounted):
        return Way.APPIMAGE
    owned = _text(here.root / "var/lib/dpkg/info/lyncdesk.list").splitlines()
    return Way.DEBIAN if str(here.executable) in owned else Way.FOLDER


def _python_package(here: Here) -> Installed:
    record = next(iter(sorted(here.package.parent.glob("lyncdesk-*.dist-info"))), None)
    if record is None:
        return Installed(Way.SOURCE)  # also an editable installation, whose record lies elsewhere
    from_file = False
    with suppress(ValueError, RecursionError):
        origin = json.loads(_text(record / "direct_url.json"))
        from_file = isinstance(origin, dict)
    if (here.prefix / "pipx_metadata.json").exists():
        return Installed(Way.PIPX, from_file)
    if (here.prefix / "uv-receipt.toml").exists():
        return Installed(Way.UV, from_file)
    return Installed(Way.PIP, from_file)


def _text(path: Path) -> str:
    """The text of a small file, "" if there is none to be read."""
    try:
        with path.open("rb") as file:
            return file.read(_LONGEST).decode("utf-8", "replace")
    except OSError:
        return ""
