"""The one-folder bundle: PyInstaller's work on the wheel, and what must be true of it."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from lyncdesk_packaging.bundle_contents import contents
from lyncdesk_packaging.bundle_imports import needed_but_left_out
from lyncdesk_packaging.bundle_libraries import dangling, elf_files, unexplained
from lyncdesk_packaging.steps import made
from lyncdesk_packaging.work import MistakeError, Work

SPECIFICATION = "packaging/bundle/lyncdesk.spec"
MOST = 40  # lines of what is wrong


def make(work: Work) -> list[Path]:
    """The folder ``dist/lyncdesk``: the programs ``lyncdesk`` and ``lyncdesk-gui``, and ``_internal``.

    Raises:
        MistakeError: PyInstaller failed, or something is left out that is needed.
    """
    (wheel,) = (path for path in made("wheel", work.root) if path.suffix == ".whl")
    python = environment(work, wheel)
    notes = work.scratch / "work" / "lyncdesk"
    work.run(
        [
            *(python, "-P", "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN"),
            *("--distpath", work.scratch / "dist", "--workpath", work.scratch / "work"),
            work.root / SPECIFICATION,
        ],
        cwd=work.scratch,
        PYTHONHASHSEED="1",  # two builds of the same are the same
        PYTHONPATH="",
        PYTHONNOUSERSITE="1",
        PYINSTALLER_CONFIG_DIR=str(work.scratch / "cache"),
    )
    bundle = work.scratch / "dist" / "lyncdesk"
    _check(bundle, notes)
    strip(work, bundle)
    product = work.dist / "lyncdesk"
    shutil.rmtree(product, ignore_errors=True)
    shutil.move(bundle, product)
    return [product]


def environment(work: Work, wheel: Path, *more: str) -> Path:
    """An environment with the wheel, PyInstaller, what both need, and nothing else. Its Python."""
    place = work.scratch / "environment"
    work.run([sys.executable, "-m", "venv", "--without-pip", place])
    python = place / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    work.run(
        [
            *(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-compile"),
            *(
                "--disable-pip-version-check",
                "-c",
                work.root / "constraints.txt",
                wheel,
                "pyinstaller",
                *more,
            ),
        ],
        PYTHONPATH="",
    )
    return python


def _check(bundle: Path, notes: Path) -> None:
    table = contents()
    found = json.loads((notes / "found.json").read_text(encoding="utf-8"))
    imports = json.loads((notes / "imports.json").read_text(encoding="utf-8"))
    wrong = [*needed_but_left_out(table, imports, found)]
    if sys.platform == "linux":
        wrong += unexplained(bundle, table)
        wrong += [f"{link} leads nowhere" for link in dangling(bundle)]
    if wrong:
        more = f"\n  and {len(wrong) - MOST} more" if len(wrong) > MOST else ""
        raise MistakeError("the bundle is not whole:\n  " + "\n  ".join(wrong[:MOST]) + more)


def strip(work: Work, bundle: Path) -> None:
    """Take out what only a debugger reads, of what was compiled here: Python. Wheels come without it."""
    if sys.platform != "linux":
        return
    python = [path for path in elf_files(bundle) if "lib-dynload" in path.parts or "libpython" in path.name]
    work.run(["strip", "--strip-unneeded", *python])
