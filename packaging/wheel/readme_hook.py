"""The README as an index of packages shows it: without the pictures and links that lead into the source tree.

Hatchling calls this while it writes the metadata (``tool.hatch.metadata.hooks.custom`` in pyproject.toml).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_PICTURE = re.compile(r"!\[[^\]]*\]\((?!\w+:)[^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\((?!\w+:|#)[^)]*\)")


class ReadmeHook(MetadataHookInterface):  # type: ignore[misc]
    """Sets the field ``readme``."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Put the text in."""
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": for_an_index(text)}


def for_an_index(text: str) -> str:
    """The text without pictures, tables of pictures and links of the source tree; their words stay."""
    kept = []
    for block in text.split("\n\n"):
        if _PICTURE.search(block):
            if block.startswith("|"):
                continue  # a table of pictures, with what is under them
            block = _PICTURE.sub("", block).strip()
        if block:
            kept.append(_LINK.sub(r"\1", block))
    return "\n\n".join(kept).rstrip() + "\n"
