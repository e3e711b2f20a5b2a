"""The one-folder bundle: PyInstaller's work on the wheel, and what must be true of it."""

from __future__ import annotations

import json
import os
import shutil
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

from lyncdesk_packaging import licences, shipped
from lyncdesk_packaging.bundle_contents import contents
from lyncdesk_packaging.bundle_imports import needed_but_left_out
from lyncdesk_packaging.bundle_libraries import dangling, elf_files, unexplained
from lyncdesk_packaging.identity import NAME
from lyncdesk_packaging.steps import product
from lyncdesk_packaging.work import MistakeError, Work

SPECIFICATION = "packaging/bundle/lyncdesk.spec"
KERBEROS = "LYNCDESK_KERBEROS"  # 1: it must come along, 0: it must not; else it does where it can be compiled
_COMPILED_WITH = {"krb5-config": "libkrb5-dev", "gcc": "gcc"}
COMPILED_HERE = frozenset({"lib-dynload", "gssapi", "krb5"})
MOST = 40  # lines of what is wrong


def make(work: Work) -> list[Path]:
    """The folder ``dist/lyncdesk``: its two programs, ``_internal``, and whose work it is in ``licences``.

    On macOS also the application of the same, ``dist/LyncDesk.app``.

    Raises:
        MistakeError: PyInstaller failed, or something is left out that is needed.
    """
    wheel = product("wheel", "*.whl", work.root)
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
    _keep_record(bundle, wheel)
    licences.put(work, bundle, python)
    return products(work, bundle)


def products(work: Work, bundle: Path) -> list[Path]:
    """The folder where it belongs, and the application if PyInstaller made one beside it."""
    found = [bundle]
    app = bundle.with_name(f"{NAME}.app")
    if app.is_dir():
        # Made before anybody asked whose work is in it; it is sealed when it is signed (packaging/macos).
        shutil.copytree(bundle / shipped.OWN, app / "Contents/Resources" / shipped.OWN)
        found.append(app)
    for each in found:
        shutil.rmtree(work.dist / each.name, ignore_errors=True)
        shutil.move(each, work.dist / each.name)
    return [work.dist / each.name for each in found]


def environment(work: Work, wheel: Path) -> Path:
    """An environment with the wheel, PyInstaller, what both need, and nothing else. Its Python."""
    place = work.scratch / "environment"
    work.run([sys.executable, "-m", "venv", "--without-pip", place])
    python = place / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    _install(work, ["--python", python], [wheel, "pyinstaller"])
    if with_kerberos():
        _add_kerberos(work, python)
    return python


def _install(work: Work, where: Sequence[str | Path], what: Sequence[str | Path], **environment: str) -> None:
    pip = (sys.executable, "-m", "pip")
    quietly = ("install", "--quiet", "--no-compile", "--disable-pip-version-check")
    target, of = (where, ()) if where[0] == "--python" else ((), where)
    command = [*pip, *target, *quietly, *of, "-c", work.root / "constraints.txt", *what]
    environment.setdefault("PYTHONPATH", "")
    work.run(command, cwd=None, **environment)


def with_kerberos() -> bool:
    """Whether signing in with Kerberos comes along. Windows can without; macOS has another to link to."""
    asked = os.environ.get(KERBEROS, "")
    if asked == "1":
        return True
    if asked == "0" or sys.platform != "linux":
        return False
    lacking = [name for tool, name in _COMPILED_WITH.items() if shutil.which(tool) is None]
    if lacking:
        print(f"bundle: without Kerberos, which needs {' and '.join(lacking)}", file=sys.stderr)
        return False
    return True


def _add_kerberos(work: Work, python: Path) -> None:
    """What the extra ``negotiate`` adds. It is compiled, the first time on a machine: pip keeps it.

    Not optimised: it is asked once in a while, and takes minutes else.
    """
    tools = work.scratch / "compiling"
    _install(work, ["--target", tools], ["cython", "setuptools"])
    flags = {"CFLAGS": "-O1 -g0", "PYTHONPATH": str(tools)}
    _install(work, ["--python", python], ["--no-build-isolation", "gssapi", "krb5"], **flags)


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


def _keep_record(bundle: Path, wheel: Path) -> None:
    """Put back the wheel's own list of its files. The installer's tells, by sums, of the folder it was in."""
    (record,) = (bundle / "_internal").glob("lyncdesk-*.dist-info/RECORD")
    with zipfile.ZipFile(wheel) as archive:
        record.write_bytes(archive.read(f"{record.parent.name}/RECORD"))


def strip(work: Work, bundle: Path) -> None:
    """Take out what only a debugger reads, of what was compiled here. Wheels come without it."""
    if sys.platform == "linux":
        own = [
            path for path in elf_files(bundle) if COMPILED_HERE & set(path.parts) or "libpython" in path.name
        ]
        work.run(["strip", "--strip-unneeded", *own])
