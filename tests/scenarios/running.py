"""Running scenarios in tests."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lyncdesk.resource_files import resource
from lyncdesk.simulation.run import simulate

SEED = sorted(resource("scenarios").glob("*.toml"))
RULES = sorted((Path(__file__).parent / "rules").glob("*.toml"))


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run printed, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """The lines of ``--json``."""
        return [json.loads(line) for line in self.out.splitlines()]


def run(files: Iterable[Path], *, as_json: bool = False, wire: bool = False) -> Ran:
    """Run scenario files."""
    out, err = io.StringIO(), io.StringIO()
    status = simulate([str(file) for file in files], json=as_json, wire=wire, out=out, err=err)
    return Ran(status, out.getvalue(), err.getvalue())
