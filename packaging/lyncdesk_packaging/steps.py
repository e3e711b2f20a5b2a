"""The steps in their order: what each makes, what it needs made before, and what it is made of.

A step is a module with ``make(work) -> list[Path]``, the products. A step whose ingredients have not changed
since it was made is not made again, also by tests that run side by side.
"""

from __future__ import annotations

import importlib
import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from lyncdesk_packaging.work import ROOT, Work, digest

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
    """One row: what it says of itself, the steps before it, and the places whose content it depends on."""

    says: str
    needs: tuple[str, ...] = ()
    places: tuple[str, ...] = _PROGRAM


STEPS: dict[str, Step] = {
    "wheel": Step("wheel and sdist", places=(*_PROGRAM, "docs", "tests", "Makefile")),
    "policies": Step(
        "policy templates: ADMX/ADML, .reg, configuration profile, policy file",
        places=("lyncdesk", "resources", "packaging/lyncdesk_packaging"),
    ),
    "sbom": Step("bill of materials (CycloneDX) of the wheel and of the bundle", needs=("wheel",)),
    "flatpak": Step(
        "what a Flatpak is built of: manifest, sources with their sums, desktop files", needs=("wheel",)
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
        sums = {need: _sum(build, need) for need in step.needs}
        now = digest(root, step.places, {"python": sys.version, **sums})
        if (there := _made_before(stamp, now)) is not None:
            return there
        scratch = build / name
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        dist.mkdir(exist_ok=True)
        module = importlib.import_module(f"lyncdesk_packaging.{name}")
        products: list[Path] = module.make(Work(root, scratch, dist))
        noted = {"sum": now, "products": [str(path) for path in products]}
        stamp.write_text(json.dumps(noted), encoding="utf-8")
        return products


def _made_before(stamp: Path, now: str) -> list[Path] | None:
    try:
        noted = json.loads(stamp.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    products = [Path(path) for path in noted["products"]]
    return products if noted["sum"] == now and all(path.exists() for path in products) else None


def _sum(build: Path, name: str) -> str:
    return str(json.loads((build / f"{name}.json").read_text(encoding="utf-8"))["sum"])
