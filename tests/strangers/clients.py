"""Where the clients that others wrote are installed, and what a test does without one."""

import os
import shutil
import sys
from pathlib import Path
from typing import NoReturn

import pytest

HERE = Path(__file__).parent
PACKAGES = Path(sys.prefix) / "npm"
SYSTEM_PYTHON = Path("/usr/bin/python3")
EVOLUTION_SERVICES = (
    Path("/usr/libexec/evolution-source-registry"),
    Path("/usr/libexec/evolution-calendar-factory"),
)
EVOLUTION_EWS = Path("/usr/lib/evolution-data-server/calendar-backends/libecalbackendews.so")


def need_ews_javascript() -> None:
    """Skip the test where ews-javascript-api or Node.js is missing; on the build server it fails."""
    if shutil.which("node") is None:
        _missing("Node.js")
    if not (PACKAGES / "node_modules" / "ews-javascript-api").is_dir():
        _missing("ews-javascript-api, which make test installs")


def need_evolution() -> None:
    """Skip the test where Evolution's EWS backend is missing; on the build server it fails."""
    for path in (*EVOLUTION_SERVICES, EVOLUTION_EWS, SYSTEM_PYTHON):
        if not path.exists():
            _missing(f"{path}, of the packages that make test installs")


def _missing(what: str) -> NoReturn:
    reason = f"a client is not there: {what}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
