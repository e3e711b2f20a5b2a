"""The licences of everything that is shipped: one folder with every notice, and one index of it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from lyncdesk_packaging import shipped
from lyncdesk_packaging.components import Component
from lyncdesk_packaging.licence_table import Table, table
from lyncdesk_packaging.sbom import bill
from lyncdesk_packaging.work import Work

INDEX = "THIRD-PARTY.txt"
BILL = "sbom.cdx.json"
_REPLACING = "REPLACING-QT.txt"
_OWN = "LyncDesk.txt"


def put(work: Work, bundle: Path, python: Path) -> list[Component]:
    """Put the folder ``licences`` into a bundle, and return of what it consists.

    ``python`` is that of the environment in which the bundle was made; to be called last, when nothing is
    added any more.

    Raises:
        MistakeError: a file is nobody's, or a licence is not known or not allowed.
    """
    known = table(work.root)
    found = shipped.components(bundle, python, known)
    folder = bundle / shipped.OWN
    shutil.rmtree(folder, ignore_errors=True)
    write(found, folder, known, work)
    text = bill(found, work, f"lyncdesk-{work.version()} in one folder")
    (folder / BILL).write_text(text, encoding="utf-8")
    return found


def write(found: Sequence[Component], folder: Path, known: Table, work: Work) -> None:
    """Write every notice, our own, the index of them and how Qt is replaced into a new folder."""
    folder.mkdir(parents=True)
    used: dict[Path, str] = {}
    entries = []
    for component in sorted(found, key=_order):
        if component.key == "lyncdesk":
            continue
        names = [_placed(text, component, folder, used) for text in component.texts]
        if not component.texts:
            names = [_placed(text, None, folder, used) for text in known.text(component.licence)]
        entries.append(_entry(component, names, known))
    head = (
        f"What LyncDesk {work.version()} is made of besides its own work (MIT, {_OWN}), under which\n"
        "licence, and where its text is in this folder. How Qt is replaced by another:\n"
        f"{_REPLACING}. The same for programs to read: {BILL}.\n\n"
    )
    (folder / INDEX).write_text(head + "\n".join(entries), encoding="utf-8")
    shutil.copyfile(work.root / "packaging/release" / _REPLACING, folder / _REPLACING)
    shutil.copyfile(work.root / "LICENSE", folder / _OWN)


def _order(component: Component) -> tuple[str, bool, str]:
    of = component.inside or component.key
    return (of.removeprefix("system:").lower(), bool(component.inside), component.name.lower())


def _entry(component: Component, names: Sequence[str], known: Table) -> str:
    asks = {known.asks[name] for name in component.licence.split(" AND ")} - {"nothing"}
    rows: Iterator[tuple[str, str]] = iter(
        [
            ("in", component.inside),
            ("licence", component.licence),
            ("copyright", component.copyright),
            ("asks", "; ".join(sorted(asks))),
            ("source", component.source),
            ("texts", ", ".join(names)),
        ]
    )
    head = f"{component.name} {component.version}".rstrip()
    return head + "\n" + "".join(f"  {label}: {said}\n" for label, said in rows if said)


def _placed(text: Path, component: Component | None, folder: Path, used: dict[Path, str]) -> str:
    """Copy a text once, under a name that says whose it is."""
    if text in used:
        return used[text]
    whose = re.sub(r"[^\w.+-]", "-", component.name) if component else "licence"
    wanted = f"{whose}/{text.name}" if component else f"{whose}s/{text.name}"
    target, number = folder / wanted, 1
    while target.exists():
        number += 1
        target = folder / f"{wanted}.{number}"
    target.parent.mkdir(exist_ok=True)
    shutil.copyfile(text, target)
    target.chmod(0o644)
    used[text] = target.relative_to(folder).as_posix()
    return used[text]
