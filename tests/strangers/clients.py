"""Where the clients that others wrote are installed, and what a test does without one."""

import subprocess
import sys
from pathlib import Path

from tests.tools_needed import missing, tool

HERE = Path(__file__).parent
PACKAGES = Path(sys.prefix) / "npm"
SYSTEM_PYTHON = "/usr/bin/python3"
SOURCE_REGISTRY = "/usr/libexec/evolution-source-registry"
CALENDAR_FACTORY = "/usr/libexec/evolution-calendar-factory"
BACKEND = "evolution-data-server/calendar-backends/libecalbackendews.so"
BINDINGS = "import gi; gi.require_version('ECal', '2.0'); from gi.repository import ECal"


def need_ews_javascript() -> None:
    """Skip the test where ews-javascript-api or Node.js is missing; on the build server it fails."""
    tool("node")
    if not (PACKAGES / "node_modules" / "ews-javascript-api").is_dir():
        missing("ews-javascript-api")


def need_curl() -> None:
    """Skip the test where there is no curl; on the build server it fails."""
    tool("curl")


def need_evolution() -> None:
    """Skip the test where a part of Evolution is missing; on the build server it fails."""
    for program in (SOURCE_REGISTRY, CALENDAR_FACTORY, SYSTEM_PYTHON, "/usr/bin/gnome-keyring-daemon"):
        if not Path(program).exists():
            missing(program)
    if not any(Path("/usr").glob(f"lib*/{BACKEND}")) and not any(Path("/usr/lib").glob(f"*/{BACKEND}")):
        missing("evolution-ews")
    if subprocess.run([SYSTEM_PYTHON, "-c", BINDINGS], capture_output=True, check=False).returncode:
        missing("Evolution's calendar library for the system's Python")
