"""packaging/release/licences.toml: which licences may be shipped, and what packages do not say."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from boolean.boolean import Expression
from license_expression import AND, OR, ExpressionError, get_spdx_licensing

from lyncdesk_packaging.work import ROOT, MistakeError

_READER = get_spdx_licensing()


@dataclass(frozen=True, slots=True)
class Inside:
    """Somebody else's work inside a wheel.

    ``version`` is a program for its Python that prints it, or ""; ``file`` the file of the wheel that has it,
    where that may be left out of what is shipped; ``purl`` how that of the part begins, where a wheel lists
    others of the same name.
    """

    of: str
    name: str
    licence: str
    copyright: str
    version: str = ""
    source: str = ""
    file: str = ""
    purl: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The whole table. ``order`` are the allowed licences, the most wanted first."""

    place: Path
    order: tuple[str, ...]
    asks: Mapping[str, str]
    python: Mapping[str, str]
    system: Mapping[str, str]
    inside: tuple[Inside, ...]
    source: Mapping[str, str]

    def settled(self, expression: str, what: str) -> str:
        """What of a licence expression (SPDX) applies here: of each choice the first that is allowed.

        Raises:
            MistakeError: it cannot be read, or is not allowed.
        """
        try:
            return " AND ".join(dict.fromkeys(self._settled(_READER.parse(expression))))
        except (ExpressionError, MistakeError) as error:
            raise MistakeError(
                f"{what}: its licence “{expression}” is not allowed by {self.place}; "
                "leave it out of what is shipped, or decide and add it"
            ) from error

    def text(self, licence: str) -> Iterator[Path]:
        """The texts of a settled licence that the project keeps.

        Raises:
            MistakeError: one is not kept.
        """
        for name in licence.replace(" WITH ", " AND ").split(" AND "):
            if name == "LicenseRef-public-domain":
                continue
            path = self.place.parent / "texts" / f"{name}.txt"
            if not path.is_file():
                raise MistakeError(f"{path} is not there: the text of {name} must go along")
            yield path
            if name.startswith("LGPL-3.0"):  # which is said on top of the GPL
                yield path.with_name("GPL-3.0-only.txt")

    def _settled(self, said: Expression) -> list[str]:
        if isinstance(said, OR):
            choices = []
            for choice in said.args:
                try:
                    choices.append(self._settled(choice))
                except MistakeError:
                    continue
            if not choices:
                raise MistakeError("no choice is allowed")
            return min(choices, key=lambda names: max(map(self.order.index, names)))
        if isinstance(said, AND):
            return [name for part in said.args for name in self._settled(part)]
        name = str(said)
        if name not in self.asks:
            raise MistakeError(f"{name} is not allowed")
        return [name]


@cache
def table(root: Path = ROOT) -> Table:
    """The table of a tree."""
    place = root / "packaging/release/licences.toml"
    content = tomllib.loads(place.read_text(encoding="utf-8"))
    return Table(
        place,
        tuple(content["allowed"]),
        content["allowed"],
        content["python"],
        content["system"],
        tuple(Inside(**row) for row in content["inside"]),
        content["source"],
    )
