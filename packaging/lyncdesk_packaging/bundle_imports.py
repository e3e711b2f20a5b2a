"""Who imports what, as PyInstaller found it; and whether something needed is left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from lyncdesk_packaging.bundle_contents import Contents

# Importer, imported, and whether the importer insists: it is no import in a function, an ``if`` or a ``try``.
Import = tuple[str, str, bool]


def imports_of(graph: Any) -> list[Import]:
    """Every import in PyInstaller's graph of modules."""
    found: list[Import] = []
    for node in graph.nodes():
        _, importers = graph.get_edges(node)
        for importer in importers:
            if importer is None:
                continue
            how = graph.edgeData(importer, node)
            # None or a word where PyInstaller adds one: of a package and its parts, or by a hook.
            spared = [getattr(how, way, False) for way in ("conditional", "function", "tryexcept")]
            insists = not any(spared)
            found.append((importer.identifier, node.identifier, insists))
    return sorted(set(found))


def needed_but_left_out(table: Contents, imports: Iterable[Import], modules: Iterable[str]) -> Iterator[str]:
    """A line for each import of a module that is left out, by one that is not and cannot do without.

    ``modules`` are those that PyInstaller found: what is not installed at all is nobody's need.
    """
    found = set(modules)
    for importer, name, insists in imports:
        rule = next((rule for rule in table.modules if rule.has(name)), None)
        if rule is None or name not in found or table.module_left_out(importer):
            continue
        if importer not in rule.although:
            way = "imports" if insists else "imports in some case"
            yield f"{importer} {way} {name}, which contents.toml leaves out: {rule.why}"
