"""What PyInstaller can be told in a specification."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path


def taken(module: str) -> set[str]:
    """The options that PyInstaller's targets look for; it passes over any other without a word."""
    found = find_spec("PyInstaller.building")
    assert found is not None
    assert found.submodule_search_locations is not None
    text = Path(found.submodule_search_locations[0], module).read_text(encoding="utf-8")
    return set(re.findall(r"""kwargs(?:\.get\(|\[)['"](\w+)['"]""", text))
