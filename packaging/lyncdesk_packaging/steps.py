"""The steps in their order: what each makes, what it needs made before, and what it is made of.

A step is a module with ``make(work) -> list[Path]``, the products. A step whose ingredients have not changed
since it was made is not made again, also by tests that run side by side. What a step takes of another counts
by its content: what was made anew and came out the same makes nothing else anew.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock

from lyncdesk_packaging.work import MOMENT, ROOT, Work, content, digest

_PROGRAM = (
    "lyncdesk",
    "resources",
    "packaging",
    "pyproject.toml",
    "constraints.txt",
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
)


@dataclass(frozen=True, slots=True)
class Step:
    """One row: what it says of itself, the steps before it, and what it depends on.

    ``needs``: each step before it, with the products that it takes of it by names with ``*``.
    ``places``: their content. ``settings``: variables of the environment. ``tools``: whether they are there.
    """

    says: str
    needs: Mapping[str, str] = field(default_factory=dict)
    places: tuple[str, ...] = _PROGRAM
    settings: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()

    def around(self) -> dict[str, str]:
        """What it depends on beside the source."""
        asked = {name: os.environ.get(name, "") for name in self.settings}
        tools = {tool: shutil.which(tool) or "" for tool in self.tools}
        # Of commits alone nothing is made anew: a release is made of a clone, in which nothing is there yet.
        return {"python": sys.version, "moment": os.environ.get(MOMENT, ""), **asked, **tools}


STEPS: dict[str, Step] = {
    "wheel": Step("wheel and sdist", places=(*_PROGRAM, "docs", "tests", "Makefile")),
    "policies": Step(
        "policy templates: ADMX/ADML, .reg, configuration profile, policy file",
        places=("lyncdesk", "resources", "packaging/lyncdesk_packaging"),
    ),
    "bundle": Step(
        "one folder with its own Python",
        needs={"wheel": "*.whl"},
        places=(
            "packaging/bundle",
            "packaging/lyncdesk_packaging",
            "packaging/macos/Info.plist",
            "packaging/release",
            "constraints.txt",
        ),
        settings=("LYNCDESK_KERBEROS",),
        tools=("krb5-config", "gcc"),
    ),
    "appdir": Step(
        "AppDir, and AppImage where its tool is",
        needs={"bundle": "*"},
        settings=("LYNCDESK_APPIMAGE_RUNTIME",),
        tools=("appimagetool",),
    ),
    "deb": Step(
        "Debian package with its own runtime",
        needs={"bundle": "*"},
        settings=("DEBFULLNAME", "DEBEMAIL"),
    ),
    "sbom": Step(
        "bill of materials (CycloneDX) of the wheel and of the bundle",
        needs={"wheel": "*.whl", "bundle": "*"},
    ),
    "flatpak": Step(
        "what a Flatpak is built of: manifest, sources with their sums, desktop files",
        needs={"wheel": "*"},
    ),
    "windows": Step("recipe of the installer for Windows"),
    "macos": Step("recipe of the application, disk image and package for macOS"),
}


def made(name: str, root: Path = ROOT) -> list[Path]:
    """The products of a step, made now unless they are there already.

    Raises:
        MistakeError: it cannot be made.
    """
    step = STEPS[name]
    for before in step.needs:
        made(before, root)
    build, dist = root / "build", root / "dist"
    build.mkdir(exist_ok=True)
    with FileLock(build / f"{name}.lock"):
        stamp = build / f"{name}.json"
        sums = {need: _sum(build, need, taken) for need, taken in step.needs.items()}
        now = digest(root, step.places, {**step.around(), **sums})
        if (there := _made_before(stamp, now)) is not None:
            return there
        scratch = build / name
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        dist.mkdir(exist_ok=True)
        module = importlib.import_module(f"lyncdesk_packaging.{name}")
        products: list[Path] = module.make(Work(root, scratch, dist))
        noted = {"sum": now, "products": {str(path): content(path) for path in products}}
        stamp.write_text(json.dumps(noted), encoding="utf-8")
        return products


def product(step: str, name: str, root: Path = ROOT) -> Path:
    """The one product of a step that is called so (``*`` is anything), made now unless it is there already.

    Raises:
        MistakeError: it cannot be made.
    """
    (found,) = (path for path in made(step, root) if path.match(name))
    return found


def _made_before(stamp: Path, now: str) -> list[Path] | None:
    try:
        noted = json.loads(stamp.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    products = [Path(path) for path in noted["products"]]
    return products if noted["sum"] == now and all(path.exists() for path in products) else None


def _sum(build: Path, name: str, taken: str) -> str:
    """What the products of a step come to, those that are taken."""
    noted = json.loads((build / f"{name}.json").read_text(encoding="utf-8"))["products"]
    return " ".join(noted[path] for path in sorted(noted) if Path(path).match(taken))
