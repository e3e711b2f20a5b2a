"""What a Flatpak is built of: the manifest, and beside it all that it names. To build it takes runtimes."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sys
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import parse_wheel_filename

from lyncdesk_packaging.archives import pack
from lyncdesk_packaging.flatpak_rules import broken
from lyncdesk_packaging.identity import ID
from lyncdesk_packaging.share import write_share
from lyncdesk_packaging.steps import product
from lyncdesk_packaging.work import MistakeError, Work

MANIFEST = Path("packaging/flatpak") / f"{ID}.yml"
# What the runtime has: its Python, and a C library that runs what was made for this one.
PYTHON = (3, 13)
GLIBC = (2, 42)
# Flatpak's name of an architecture, and how wheels call it.
ARCHITECTURES = ("x86_64", "aarch64")
# The base application has them, built for the runtime's own Qt.
IN_THE_BASE = frozenset({"pyside6-essentials", "shiboken6"})


def make(work: Work) -> list[Path]:
    """Everything that ``flatpak-builder`` needs besides runtimes, as one archive, linted as far as can be.

    Raises:
        MistakeError: a package has no wheel for the runtime, or the manifest breaks a rule.
    """
    folder = work.scratch / f"{ID}.flatpak-sources"
    folder.mkdir()
    wheel = product("wheel", "*.whl", work.root)
    shutil.copyfile(wheel, folder / wheel.name)
    write_share(work, folder, flatpak=True)
    shutil.copyfile(work.root / MANIFEST, folder / MANIFEST.name)
    locked = {architecture: _locked(work, architecture) for architecture in ARCHITECTURES}
    _write(folder / "python-packages.json", python_sources(locked))
    own = {"type": "file", "path": wheel.name, "sha256": _sum(wheel)}
    _write(folder / "lyncdesk.json", [own, {"type": "dir", "path": "share", "dest": "share"}])
    if wrong := broken(resolved(work, folder / MANIFEST.name)):
        raise MistakeError("the Flatpak manifest:\n  " + "\n  ".join(wrong))
    return [pack(folder, work.dist / f"{folder.name}.tar.gz", work.moment())]


def resolved(work: Work, manifest: Path) -> dict[str, Any]:
    """The manifest as flatpak-builder reads it, with what it includes.

    Raises:
        MistakeError: it is none, or names something that flatpak-builder does not know.
    """
    # It leaves a folder where it is started, which is none of what it reads.
    told = work.run(["flatpak-builder", "--show-manifest", manifest], cwd=work.scratch)
    start = told.find("{")
    if start != 0:  # it only warns of what it does not know, and goes on without
        raise MistakeError(f"flatpak-builder says of {manifest.name}: {told[:start].strip()}")
    content: dict[str, Any] = json.loads(told)
    return content


def python_sources(locked: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The source of each package: one for all architectures, or one for each that needs its own."""
    found: dict[tuple[str, str], list[str]] = {}
    for architecture, packages in locked.items():
        tags = _tags(architecture)
        for package in packages:
            if package["name"] not in IN_THE_BASE:
                found.setdefault(_best(package, tags), []).append(architecture)
    sources = []
    for (url, sha256), architectures in sorted(found.items(), key=lambda row: row[0][0].rpartition("/")[2]):
        source: dict[str, Any] = {"type": "file", "url": url, "sha256": sha256}
        if len(architectures) < len(locked):
            source["only-arches"] = architectures
        sources.append(source)
    return sources


def _tags(architecture: str) -> list[Tag]:
    platforms = [f"manylinux_2_{minor}_{architecture}" for minor in range(GLIBC[1], 16, -1)]
    platforms += [f"manylinux2014_{architecture}", f"linux_{architecture}"]
    return [*cpython_tags(PYTHON, platforms=platforms), *compatible_tags(PYTHON, "cp313", platforms)]


def _best(package: dict[str, Any], tags: Sequence[Tag]) -> tuple[str, str]:
    order = {tag: number for number, tag in enumerate(tags)}
    ranked = []
    for wheel in package.get("wheels", ()):
        fitting = [order[tag] for tag in parse_wheel_filename(_name(wheel["url"]))[3] if tag in order]
        if fitting:
            ranked.append((min(fitting), wheel["url"], wheel["hashes"]["sha256"]))
    if not ranked:
        raise MistakeError(f"{package['name']} {package['version']} has no wheel for Flatpak's runtime")
    _, url, sha256 = min(ranked)
    return url, sha256


def _name(url: str) -> str:
    return re.sub(r"[?#].*", "", url).rpartition("/")[2]


def _locked(work: Work, architecture: str) -> list[dict[str, Any]]:
    """What the wheel needs on the runtime's Python, in the pinned versions, with addresses and sums."""
    lock = work.scratch / f"pylock.{architecture}.toml"
    command: list[str | Path] = [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "pyproject.toml"]
    command += ["--constraint", "constraints.txt", "--python-version", ".".join(map(str, PYTHON))]
    command += ["--python-platform", f"{architecture}-manylinux_2_39", "--only-binary", ":all:"]
    work.run([*command, "--no-header", "--format", "pylock.toml", "--output-file", lock])
    packages: list[dict[str, Any]] = tomllib.loads(lock.read_text(encoding="utf-8"))["packages"]
    return packages


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _write(path: Path, content: Iterable[Any]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
