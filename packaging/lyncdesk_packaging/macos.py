"""What disk image and package for macOS take, but for the application: scripts, icon, what macOS is told.

The application itself is made on a Mac, by the bundle's step (packaging/macos/README.md).
"""

from __future__ import annotations

import plistlib
import shutil
from pathlib import Path

from lyncdesk_packaging.app_icons import icns, written
from lyncdesk_packaging.bundle_darwin import info_plist
from lyncdesk_packaging.identity import ID
from lyncdesk_packaging.work import Work

# Of PySide6-Essentials 6.11; an application says what the wheel in it needs.
WHEEL = "Tag: cp310-abi3-macosx_13_0_universal2"
ICON = "lyncdesk.icns"
_LEFT_OUT = shutil.ignore_patterns("README.md", "Info.plist", "launch-agent.plist")


def make(work: Work) -> list[Path]:
    """The folder ``macos-recipe``."""
    recipe = work.dist / "macos-recipe"
    source = work.root / "packaging/macos"
    shutil.rmtree(recipe, ignore_errors=True)
    shutil.copytree(source, recipe, ignore=_LEFT_OUT)
    shutil.copy(source / "launch-agent.plist", recipe / f"{ID}.plist")
    return [
        written(recipe / "Info.plist", plistlib.dumps(info_plist(WHEEL))),
        written(recipe / ICON, icns()),
        *sorted(
            path for path in recipe.rglob("*") if path.is_file() and path.name not in {"Info.plist", ICON}
        ),
    ]
