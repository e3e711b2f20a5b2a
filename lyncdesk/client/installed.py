"""How a program came to this computer, and so how it is updated and how it goes: tables."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from lyncdesk.client.words import N_
from lyncdesk.presence.message import Message


class Way(StrEnum):
    """The ways in which LyncDesk is installed."""

    DEBIAN = "debian"
    FLATPAK = "flatpak"
    APPIMAGE = "appimage"
    WINDOWS = "windows"
    MACOS = "macos"
    FOLDER = "folder"
    PIPX = "pipx"
    UV = "uv"
    PIP = "pip"
    SOURCE = "source"


# What it is, and how a newer one takes its place.
_WORDS: Final[dict[Way, tuple[str, str]]] = {
    Way.DEBIAN: (
        N_("Debian package"),
        N_("Your administrator, or apt, puts the new package in its place."),
    ),
    Way.FLATPAK: (N_("Flatpak"), N_("Update it with: flatpak update org.lyncdesk.LyncDesk")),
    Way.APPIMAGE: (N_("AppImage"), N_("Put the new AppImage in the place of this one.")),
    Way.WINDOWS: (
        N_("Windows installer"),
        N_("Your administrator, or the new version's installer, puts it in the place of this one."),
    ),
    Way.MACOS: (N_("macOS app"), N_("Put the new LyncDesk.app in the place of this one.")),
    Way.FOLDER: (N_("folder with its own Python"), N_("Put the new folder in the place of this one.")),
    Way.PIPX: (N_("Python package (pipx)"), N_("Update it with: pipx upgrade lyncdesk")),
    Way.UV: (N_("Python package (uv)"), N_("Update it with: uv tool upgrade lyncdesk")),
    Way.PIP: (
        N_("Python package (pip)"),
        N_("Update it with: python -m pip install --upgrade lyncdesk"),
    ),
    Way.SOURCE: (N_("source code"), N_("Bring the source code up to date.")),
}

# How it goes.
_REMOVAL: Final[dict[Way, str]] = {
    Way.DEBIAN: N_("Your administrator removes it, or: sudo apt purge lyncdesk"),
    Way.FLATPAK: N_("Remove it with: flatpak uninstall org.lyncdesk.LyncDesk"),
    Way.APPIMAGE: N_("Delete the AppImage to remove it."),
    Way.WINDOWS: N_("Remove it in Settings > Apps, or let your administrator do so."),
    Way.MACOS: N_("Move LyncDesk.app to the Trash to remove it."),
    Way.FOLDER: N_("Delete its folder to remove it."),
    Way.PIPX: N_("Remove it with: lyncdesk uninstall-desktop, then pipx uninstall lyncdesk"),
    Way.UV: N_("Remove it with: lyncdesk uninstall-desktop, then uv tool uninstall lyncdesk"),
    Way.PIP: N_("Remove it with: lyncdesk uninstall-desktop, then python -m pip uninstall lyncdesk"),
    Way.SOURCE: N_("Delete the source code to remove it."),
}

# Whoever installed from a file must not be sent to an index: what is called lyncdesk there may be another's.
_FROM_FILE: Final[dict[Way, str]] = {
    Way.PIPX: N_("Update it with: pipx install --force FILE, the new version's wheel"),
    Way.UV: N_("Update it with: uv tool install --force FILE, the new version's wheel"),
    Way.PIP: N_("Update it with: python -m pip install --upgrade FILE, the new version's wheel"),
}


@dataclass(frozen=True, slots=True)
class Installed:
    """How the program came here; ``from_file``: a Python package that was installed from a file."""

    way: Way
    from_file: bool = False

    @property
    def kind(self) -> Message:
        """What it is, in a few words."""
        return Message.of(_WORDS[self.way][0])

    @property
    def update(self) -> Message:
        """How a newer version takes its place, in a sentence or a command."""
        usual = _WORDS[self.way][1]
        return Message.of(_FROM_FILE.get(self.way, usual) if self.from_file else usual)

    @property
    def removal(self) -> Message:
        """How the program goes, in a sentence or a command."""
        return Message.of(_REMOVAL[self.way])
