"""The program's icon as Windows and macOS want it: one file with the pictures of several sizes.

Both kinds of file are a list of pictures in front of PNG files as they are, so nothing is drawn here, and
nothing is needed but Python: PyInstaller's specification runs in an environment with little else.
"""

from __future__ import annotations

import struct
from pathlib import Path

from lyncdesk_packaging.identity import ID
from lyncdesk_packaging.work import ROOT

_ICONS = ROOT / "resources/desktop/share/icons/hicolor"
# From the small picture in a title bar to the large one of the Explorer.
ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)
# What kind a picture of so many pixels is of; ic11 to ic14 are of half the size, for doubly dense screens.
ICNS_KINDS = (
    (b"icp4", 16),
    (b"ic11", 32),
    (b"icp5", 32),
    (b"ic12", 64),
    (b"ic07", 128),
    (b"ic13", 256),
    (b"ic08", 256),
    (b"ic14", 512),
    (b"ic09", 512),
)


def png(size: int) -> bytes:
    """The picture of so many pixels."""
    return (_ICONS / f"{size}x{size}/apps/{ID}.png").read_bytes()


def ico() -> bytes:
    """For Windows: ICONDIR, an ICONDIRENTRY each, the pictures. A size of 256 is written as 0."""
    pictures = [png(size) for size in ICO_SIZES]
    offset = 6 + 16 * len(pictures)
    entries = b""
    for size, picture in zip(ICO_SIZES, pictures, strict=True):
        entries += struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(picture), offset)
        offset += len(picture)
    return struct.pack("<HHH", 0, 1, len(pictures)) + entries + b"".join(pictures)


def icns() -> bytes:
    """For macOS: each picture after its kind and its length, that of both included."""
    parts = b"".join(kind + struct.pack(">I", len(png(size)) + 8) + png(size) for kind, size in ICNS_KINDS)
    return b"icns" + struct.pack(">I", len(parts) + 8) + parts


def written(path: Path, content: bytes) -> Path:
    """Write the file; its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
