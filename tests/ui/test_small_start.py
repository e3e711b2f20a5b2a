"""What the desktop client leaves out of its process, so that it starts fast and stays small."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.homes import home_environment

# What only the worker, the keyring's helper, the sample organisation, or a person who asks for a report or
# wants a history needs.
LARGE = {
    "_hashlib",
    "_sqlite3",
    "_ssl",
    "email",
    "exchangelib",
    "keyring",
    "lxml",
    "lyncdesk.capacity",
    "lyncdesk.client.lesson_types",
    "lyncdesk.machine.history_store",
    "lyncdesk.simulation",
    "lyncdesk.ui.simulation",
    "numpy",
    "requests",
    "xml",
    "PySide6.QtNetwork",
}

CLIENT = """
import sys
from lyncdesk.cli.desktop import Common, without_tls
without_tls()
import asyncio
from lyncdesk import bootstrap
from lyncdesk.cli.socket import control_socket
from lyncdesk.client.session import Hooks
from lyncdesk.ui.desktop import Desktop
from lyncdesk.ui.instance import Instance
from PySide6.QtCore import QCoreApplication

app = QCoreApplication([])
async def main():
    common = Common(demo=False)
    bootstrap.prepare(common.place)
    beside = control_socket(common.place, Hooks(None, lambda: None))
    session = bootstrap.live_session(common.place, beside, common.logs)
    instance = Instance(common.place.runtime, "lyncdesk")
    assert instance.claim() and instance.listen()
    session.start(lambda state: None)
    await asyncio.sleep(0.2)
    instance.release()
    await session.stop()
    common.end()

asyncio.run(main())
print(*sys.modules)
"""

IMPORTS = """
import lyncdesk.ui
import linecache, wave
print(*linecache.cache)
"""


def output(code: str, home: Path) -> list[str]:
    env = {**home_environment(home), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=env,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_the_desktop_client_loads_no_library_for_exchange_tls_or_mail(tmp_path: Path) -> None:
    loaded = set(output(CLIENT, tmp_path))
    assert "asyncio" in loaded
    assert sorted(LARGE & loaded) == []


def test_an_import_after_qt_does_not_keep_the_source_of_the_module(tmp_path: Path) -> None:
    assert not any("wave" in Path(name).name for name in output(IMPORTS, tmp_path))
