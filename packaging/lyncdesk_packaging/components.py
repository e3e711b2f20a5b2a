"""What a program consists of, part by part: Python packages, what is inside of them, and Python itself."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from lyncdesk_packaging.licence_table import Inside, Table
from lyncdesk_packaging.system_packages import SystemPackage, owner
from lyncdesk_packaging.work import MistakeError

_NOTICES = re.compile(r"(LICEN[CS]E|COPYING|NOTICE|AUTHORS|COPYRIGHT)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Component:
    """One part. ``licence`` is settled (SPDX); ``key`` is its own alone; ``inside`` is whose part it is.

    ``texts`` are the notices that came with it; where none did, the kept text of the licence goes along.
    """

    key: str
    name: str
    version: str
    licence: str
    purl: str = ""
    copyright: str = ""
    source: str = ""
    inside: str = ""
    texts: tuple[Path, ...] = ()
    needs: tuple[str, ...] = field(default=(), compare=False)


def environment(python: Path) -> Path:
    """Where an environment keeps its packages."""
    return Path(said(python, "import sysconfig; print(sysconfig.get_path('purelib'))"))


def packages(site: Path) -> dict[str, Distribution]:
    """The distributions of an environment by their names."""
    return {canonicalize_name(found.name): found for found in distributions(path=[str(site)])}


def needed(site: Path, name: str = "lyncdesk") -> list[str]:
    """Every package that one needs there, itself included, directly or not, without extras."""
    there = packages(site)
    waiting: list[str] = [canonicalize_name(name)]
    seen: list[str] = []
    while waiting:
        each = waiting.pop()
        if each in seen:
            continue
        if each not in there:
            raise MistakeError(f"{site}: {each} is needed and not installed")
        seen.append(each)
        waiting += needs(there[each])
    return sorted(seen)


def needs(distribution: Distribution) -> list[str]:
    """The packages that one asks for on this system, by name, without extras."""
    found = []
    for text in distribution.requires or ():
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            found.append(canonicalize_name(requirement.name))
    return sorted(set(found))


def python_components(
    python: Path, names: Iterable[str], table: Table, holds: Callable[[str], bool] = lambda _: True
) -> Iterator[Component]:
    """The packages of these names in the environment of a Python, with what is inside of them.

    ``holds`` says whether a file of such a name is shipped.

    Raises:
        MistakeError: a licence is not known or not allowed.
    """
    site = environment(python)
    there = packages(site)
    for name in sorted(set(names)):
        found = there[name]
        expression = str(found.metadata.json.get("license_expression") or table.python.get(name, ""))
        if not expression:
            raise MistakeError(
                f"{name} {found.version}: says no licence; read it, and add it to {table.place}"
            )
        yield Component(
            name,
            found.name,
            found.version,
            table.settled(expression, f"{name} {found.version}"),
            f"pkg:pypi/{name}@{found.version}",
            source=table.source.get(name, ""),
            texts=_notices(found),
            needs=tuple(needs(found)),
        )
        yield from _inside(
            python,
            name,
            found,
            [row for row in table.inside if row.of == name and holds(row.file or "*")],
            table,
        )


def python_itself(python: Path, table: Table) -> Component:
    """The interpreter, with the notice that it came with."""
    version = said(python, "import platform; print(platform.python_version())")
    library = Path(said(python, "import sysconfig; print(sysconfig.get_path('stdlib'))"))
    text = library / "LICENSE.txt"
    if not text.is_file():  # Debian has it where it has all
        text = Path(f"/usr/share/doc/python{version.rpartition('.')[0]}/copyright")
    if not text.is_file():
        raise MistakeError(
            f"{library}/LICENSE.txt is not there: the notice of Python {version} must go along"
        )
    licence = table.settled("PSF-2.0", "Python")
    lines = said(python, "import sys; print(sys.copyright)").splitlines()
    holders = "; ".join(line for line in lines if line.startswith("Copyright"))
    purl = f"pkg:generic/python@{version}"
    return Component("cpython", "Python", version, licence, purl, holders, texts=(text,))


def system_component(found: SystemPackage, table: Table) -> Component:
    """A package of the system that libraries were taken from.

    Raises:
        MistakeError: its licence is not known or not allowed.
    """
    source = re.sub(r"^(gcc|python3)[-.]\d+$", r"\1", found.source)
    if source not in table.system:
        raise MistakeError(f"{found.name} ({source}): its licence is not known; add it to {table.place}")
    return Component(
        f"system:{found.name}",
        found.name,
        found.version,
        table.settled(table.system[source], f"{found.name} ({source})"),
        found.purl,
        source=f"{found.system} source package {found.source} {found.source_version}",
        texts=(found.notice,),
    )


def system_components(libraries: Iterable[Path], table: Table) -> Iterator[Component]:
    """The packages that these libraries of the running system are from, each once."""
    found = {owner(library) for library in libraries}
    for each in sorted(found, key=lambda package: package.name):
        yield system_component(each, table)


def _inside(
    python: Path, name: str, found: Distribution, rows: Iterable[Inside], table: Table
) -> Iterator[Component]:
    """What others' work a wheel has inside: what it lists itself (PEP 770), and what the table knows."""
    known = {row.name: row for row in rows}
    listed = _listed(found, name)
    for number, part in enumerate(listed):
        row = known.get(part["name"])
        if row is not None and not part.get("purl", "").startswith(row.purl):
            row = None
        expression = " AND ".join(f"({said})" for said in _licences(part)) or (row.licence if row else "")
        what = f"{part['name']} in {name}"
        if not expression:
            raise MistakeError(f"{what}: says no licence; add an [[inside]] to {table.place}")
        yield Component(
            f"{name}/{part['name']}#{number}",
            part["name"],
            part.get("version", ""),
            table.settled(expression, what),
            part.get("purl", ""),
            row.copyright if row else part.get("copyright", ""),
            row.source if row else "",
            name,
        )
    for listed_too in {part["name"] for part in listed}:
        known.pop(listed_too, None)
    for row in known.values():
        version = said(python, row.version) if row.version else ""
        licence = table.settled(row.licence, f"{row.name} in {name}")
        key = f"{name}/{row.name}"
        yield Component(key, row.name, version, licence, "", row.copyright, row.source, name)


def _licences(part: Any) -> list[str]:
    named = (each.get("expression") or each.get("license", {}).get("id") for each in part.get("licenses", ()))
    return [name for name in named if name]


def _listed(found: Distribution, name: str) -> list[Any]:
    listed = []
    for file in found.files or ():
        if ".dist-info/sboms/" in file.as_posix() and file.suffix == ".json":
            content = json.loads(Path(str(file.locate())).read_text(encoding="utf-8"))
            listed += [part for part in content.get("components", ()) if part["name"] != name]
    return listed


def _notices(found: Distribution) -> tuple[Path, ...]:
    files = [Path(str(file.locate())) for file in found.files or () if _is_notice(file.as_posix())]
    return tuple(sorted(path for path in files if path.is_file()))


def _is_notice(name: str) -> bool:
    folder, _, file = name.rpartition("/")
    return ".dist-info" in folder and bool(_NOTICES.match(file) or "/licenses/" in name)


def said(python: Path, program: str) -> str:
    """What a program prints that this Python runs, apart from whoever started it.

    Raises:
        MistakeError: it failed.
    """
    done = subprocess.run([str(python), "-I", "-c", program], capture_output=True, text=True, check=False)
    if done.returncode:
        raise MistakeError(f"{python} cannot say: {program}\n{done.stderr}")
    return done.stdout.strip()
