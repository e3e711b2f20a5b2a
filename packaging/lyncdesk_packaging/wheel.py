"""The wheel and the sdist."""

from __future__ import annotations

from pathlib import Path
from sys import executable

from lyncdesk_packaging.work import Work


def make(work: Work) -> list[Path]:
    """Build both from the tree as it is, with the build tool that is installed here and pinned."""
    for old in work.dist.glob("lyncdesk-*"):
        if old.name.endswith((".whl", ".tar.gz")):
            old.unlink()
    work.run([executable, "-m", "build", "--no-isolation", "--outdir", work.dist, work.root])
    return sorted([*work.dist.glob("lyncdesk-*.whl"), *work.dist.glob("lyncdesk-*.tar.gz")])
