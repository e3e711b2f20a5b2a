"""Whose work is in the Debian package, in Debian's machine-readable form (DEP-5), and every notice."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from lyncdesk_packaging import licences, shipped
from lyncdesk_packaging.components import Component, environment, packages
from lyncdesk_packaging.licence_table import Table, table
from lyncdesk_packaging.sbom import bill
from lyncdesk_packaging.work import Work

# The texts that every Debian has.
_COMMON = {
    "Apache-2.0": "Apache-2.0",
    "CC0-1.0": "CC0-1.0",
    "GPL-2.0-or-later": "GPL-2",
    "GPL-3.0-only": "GPL-3",
    "GPL-3.0-or-later": "GPL-3",
    "LGPL-2.0-or-later": "LGPL-2",
    "LGPL-2.1-only": "LGPL-2.1",
    "LGPL-2.1-or-later": "LGPL-2.1",
    "LGPL-3.0-only": "LGPL-3",
    "MPL-2.0": "MPL-2.0",
}
_HOLDER = re.compile(
    r"^\W*(?:Copyright|\(c\)|©)[\s:]+(?P<holder>(?:\(c\)|©)?\s*\d{4}.*)$", re.IGNORECASE | re.MULTILINE
)
_MOST_HOLDERS = 12
# What is no Python package's.
_FILES = {
    "cpython": ("_internal/libpython3*", "_internal/base_library.zip", "_internal/python3*"),
    "pyinstaller": ("lyncdesk", "lyncdesk-gui"),
}
_HEADER = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: LyncDesk
Comment: The package brings its own runtime: the parts below, as their makers
 publish them. What is inside of a part is told with it. The notice of each,
 word by word, is in the folder licences beside this file; THIRD-PARTY.txt there
 is the list of them, sbom.cdx.json the same for programs to read, and
 REPLACING-QT.txt says how Qt is replaced by another.
"""


def write(work: Work, bundle: Path, documents: Path, left_to_debian: Iterable[str]) -> None:
    """Write ``copyright`` and the folder ``licences`` into the package's folder of documents.

    ``left_to_debian`` are Debian's packages whose libraries are in the bundle and not in the package.
    """
    known = table(work.root)
    python = work.root / "build/bundle/environment/bin/python"
    gone = set(left_to_debian)
    found = [part for part in shipped.components(bundle, python, known) if _debians(part) not in gone]
    folder = documents / shipped.OWN
    licences.write(found, folder, known, work)
    text = bill(found, work, f"lyncdesk-{work.version()} as a Debian package")
    (folder / licences.BILL).write_text(text, encoding="utf-8")
    text = copyright_text(found, _places(python, bundle), known)
    (documents / "copyright").write_text(text, encoding="utf-8")


def _debians(part: Component) -> str:
    """The Debian package that a part is from, "" if it is from none. A key may end with an architecture."""
    system, found, name = part.key.partition(":")
    return name.partition(":")[0] if found and system == "system" else ""


def _places(python: Path, bundle: Path) -> dict[str, tuple[str, ...]]:
    """Where each Python package's files are in the bundle."""
    there = {path.name for path in (bundle / "_internal").iterdir()}
    found = {
        name: tuple(place for place in places if any(bundle.glob(place))) for name, places in _FILES.items()
    }
    for name, distribution in packages(environment(python)).items():
        tops = {
            file.parts[0] for file in distribution.files or () if file.parts[0] not in ("..", "__pycache__")
        }
        # A module that is one file lies there compiled.
        names = {top if top in there else f"{top}c" for top in tops} & there
        places = [
            f"_internal/{top}" + ("/*" if (bundle / "_internal" / top).is_dir() else "") for top in names
        ]
        found[name] = (*found.get(name, ()), *sorted(places))
    return found


def copyright_text(found: Sequence[Component], places: Mapping[str, tuple[str, ...]], known: Table) -> str:
    """The file ``copyright``: our own work, each part with what is inside of it, and each licence."""
    parts = [part for part in found if not part.inside and part.key != "lyncdesk"]
    stanzas = [_HEADER, _stanza(["*"], ["2026 The LyncDesk contributors"], ["MIT"], "")]
    used = {"MIT"}
    for part in sorted(parts, key=lambda each: each.key):
        if not places.get(part.key):
            continue
        inside = [each for each in found if each.inside == part.key]
        names = list(dict.fromkeys(name for each in (part, *inside) for name in each.licence.split(" AND ")))
        used.update(names)
        files = [f"usr/lib/lyncdesk/{place}" for place in places[part.key]]
        stanzas.append(_stanza(files, list(_holders(part, inside)), names, _comment(part, inside)))
    stanzas += [_licence(name, known) for name in sorted(used)]
    return "\n".join(stanzas)


def _stanza(files: list[str], holders: list[str], names: list[str], comment: str) -> str:
    lines = [
        "Files: " + "\n ".join(files),
        "Copyright: " + "\n ".join(holders),
        "License: " + " and ".join(map(_short, names)),
    ]
    if comment:
        lines.append("Comment: " + "\n ".join(textwrap.wrap(comment, 78)))
    return "\n".join(lines) + "\n"


def _holders(part: Component, inside: Iterable[Component]) -> Iterator[str]:
    if part.copyright:
        yield from part.copyright.split("; ")
    text = (
        ""
        if part.copyright
        else "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in part.texts)
    )
    said = [" ".join(match["holder"].split()) for match in _HOLDER.finditer(text)]
    said = [line for line in said if "[" not in line]  # what a text leaves to be filled in
    own = list(dict.fromkeys(said))[:_MOST_HOLDERS]
    if not part.copyright:
        yield from own or [f"the authors of {part.name}, named in the folder licences/{part.name}"]
    for each in inside:
        if each.copyright:
            yield f"{' '.join(each.copyright.split())} ({each.name})"


def _comment(part: Component, inside: Iterable[Component]) -> str:
    names = ", ".join(f"{each.name} {each.version}".rstrip() for each in inside)
    said = f"{part.name} {part.version}".rstrip() + (f", with {names} inside" if names else "")
    return f"{said}. Source: {part.source}" if part.source else f"{said}."


def _short(name: str) -> str:
    """The name of a licence as Debian writes it: without spaces, with + for “or later”."""
    return name.replace(" WITH ", "-with-").replace("-or-later", "+").replace("-only", "").replace(".0+", "+")


def _licence(name: str, known: Table) -> str:
    lines = []
    for single in name.split(" WITH "):
        if common := _COMMON.get(single):
            lines.append(f"The text is in /usr/share/common-licenses/{common}.")
        elif (kept := known.place.parent / "texts" / f"{single}.txt").is_file():
            lines += kept.read_text(encoding="utf-8").strip().splitlines()
        else:
            lines.append("The text is in the folder licences beside this file, with the parts that it is of.")
    body = "\n".join(f" {line.rstrip()}" if line.strip() else " ." for line in lines)
    return f"License: {_short(name)}\n{body}\n"
