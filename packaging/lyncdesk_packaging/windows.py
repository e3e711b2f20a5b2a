"""What compiling the installer for Windows takes, but for the bundle: the recipe, filled in.

The installer itself is compiled on Windows, where the bundle is made (packaging/windows/README.md).
"""

from __future__ import annotations

import shutil
from pathlib import Path

from lyncdesk_packaging.app_icons import ico, png, written
from lyncdesk_packaging.identity import NAME, constant, copyright_line, numbers, publisher, version
from lyncdesk_packaging.work import Work

_AUTOSTART = "lyncdesk/machine/windows_autostart.py"


def make(work: Work) -> list[Path]:
    """The folder ``windows-recipe``."""
    recipe = work.dist / "windows-recipe"
    shutil.rmtree(recipe, ignore_errors=True)
    recipe.mkdir(parents=True)
    script = work.root / "packaging/windows/lyncdesk.iss"
    return [
        Path(shutil.copy(script, recipe)),
        written(recipe / "product.iss", product().encode("utf-8-sig")),
        written(recipe / "lyncdesk.ico", ico()),
        written(recipe / "lyncdesk.png", png(256)),
    ]


def definitions() -> dict[str, str]:
    """What the script takes from the program, by the script's names."""
    return {
        "Name": NAME,
        "Version": version(),
        "VersionNumbers": ".".join(map(str, numbers(version(), 4))),
        "Publisher": publisher(),
        "Copyright": copyright_line(),
        "AppUserModelId": constant("lyncdesk/starting.py", "DESKTOP_ID"),
        "Run": constant(_AUTOSTART, "RUN"),
        "RunName": constant(_AUTOSTART, "NAME"),
        "Approved": constant(_AUTOSTART, "APPROVED"),
        "Own": constant(_AUTOSTART, "OWN"),
        "OwnName": constant(_AUTOSTART, "OWN_NAME"),
    }


def product() -> str:
    """The file that the script includes. A quotation mark within a text is written twice there."""
    rows = (f'#define {name} "{text.replace(chr(34), 2 * chr(34))}"' for name, text in definitions().items())
    return "; Written by “make package”; what the program says of itself.\n" + "\n".join(rows) + "\n"
