"""``pip-audit`` over every pin, and the table of findings explained (packaging/release/audit.toml)."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from lyncdesk_packaging.work import MistakeError

# The service that collects the advisories of PyPI and of others.
OSV = "https://api.osv.dev/v1/query"


class UnauditedError(MistakeError):
    """Nobody was asked: the service cannot be reached, or gave no answer that could be read."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One row of the table: a vulnerability, why it is no reason to stop, and until when that holds."""

    id: str
    package: str
    why: str
    until: date


@dataclass(frozen=True, slots=True)
class Vulnerability:
    """One finding, by all its names."""

    package: str
    version: str
    names: tuple[str, ...]
    fixed: tuple[str, ...]

    def __str__(self) -> str:
        fixed = f"mended in {', '.join(self.fixed)}" if self.fixed else "not mended anywhere"
        return f"{self.package} {self.version}: {' = '.join(self.names)} ({fixed})"


@dataclass(frozen=True, slots=True)
class Audit:
    """How many pins were asked about, what is to be mended, what is explained, which rows nothing needs."""

    asked: int
    open: tuple[str, ...]
    explained: tuple[str, ...]
    unneeded: tuple[str, ...]


def explanations(path: Path) -> list[Explanation]:
    """The rows of the table.

    Raises:
        MistakeError: one lacks a value, or has one too many.
    """
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    rows = []
    for number, row in enumerate(table.pop("explained", []), 1):
        if set(row) != {"id", "package", "why", "until"} or type(row["until"]) is not date or not row["why"]:
            raise MistakeError(f"{path}: row {number} needs id, package, why and until (a date), and no more")
        rows.append(Explanation(**row))
    if table:
        raise MistakeError(f"{path}: {', '.join(table)} is not known; rows are [[explained]]")
    return rows


def audit(
    constraints: Path, table: Path, scratch: Path, today: date, *, service: str = OSV, timeout: int = 15
) -> Audit:
    """Ask the service about every pin, and judge the answers by the table.

    Raises:
        UnauditedError: there is no answer.
        MistakeError: the table cannot be read.
    """
    rows = explanations(table)
    asked, found = _findings(_asked(constraints, scratch, service, timeout))
    open_, explained, used = [], [], set()
    for vulnerability in found:
        row = next(
            (row for row in rows if row.package == vulnerability.package and row.id in vulnerability.names),
            None,
        )
        if row is None:
            open_.append(f"{vulnerability}; take the mended version, or explain it in {table.name}")
            continue
        used.add(row.id)
        if row.until < today:
            open_.append(f"{vulnerability}; what {table.name} says of it held until {row.until}: look again")
        else:
            explained.append(f"{vulnerability}; {row.why} (until {row.until})")
    unneeded = tuple(f"{row.package} {row.id}" for row in rows if row.id not in used)
    return Audit(asked, tuple(open_), tuple(explained), unneeded)


def _asked(constraints: Path, scratch: Path, service: str, timeout: int) -> dict[str, Any]:
    answer = scratch / "audit.json"
    answer.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(constraints), "--no-deps"]
    command += ["--disable-pip", "--vulnerability-service", "osv", "--osv-url", service, "--timeout"]
    command += [str(timeout), "--format", "json", "--progress-spinner", "off", "--strict"]
    command += ["--cache-dir", str(scratch / "audit-cache"), "--output", str(answer)]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    # It ends with 1 for a finding and for a failure alike; only an answer tells them apart.
    try:
        said = json.loads(answer.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        said = None
    if done.returncode not in {0, 1} or not isinstance(said, dict) or not said.get("dependencies"):
        last = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        raise UnauditedError(f"pip-audit had no answer from {service}: {last[0]}")
    return said


def _findings(said: dict[str, Any]) -> tuple[int, list[Vulnerability]]:
    found = [
        Vulnerability(
            dependency["name"],
            dependency["version"],
            (each["id"], *sorted(set(each["aliases"]) - {each["id"]})),
            tuple(each["fix_versions"]),
        )
        for dependency in said["dependencies"]
        for each in dependency.get("vulns", ())
    ]
    return len(said["dependencies"]), found
