"""The desktop client notices by itself that its program was replaced, tells so, and restarts when asked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.homes import home_environment

# The client as it is, but looking more often, at a file that stands for its program.
# A person presses Restart.
CLIENT = """
import sys
from datetime import timedelta
from pathlib import Path
from lyncdesk import bootstrap
from lyncdesk.cli import desktop
from lyncdesk.client import keeping
from lyncdesk.client.view_types import Action
from lyncdesk.machine.program_files import ProgramFiles
from lyncdesk.ui.desktop import Desktop

program = Path(sys.argv[1])
keeping.POLICY_LOOK = timedelta(milliseconds=50)
bootstrap.ProgramFiles = desktop.ProgramFiles = lambda: ProgramFiles(program)
desktop._start = lambda *arguments: print("started", *arguments)
begin = Desktop.begin

def begun(self):
    begin(self)
    self._bridge.state_changed.connect(lambda state: changed(self, state))

def changed(self, state):
    program.write_text("another version")
    if any(problem.name == "program-replaced" for problem in state.problems):
        self._windows.act(Action.RESTART)

Desktop.begin = begun
sys.exit(desktop.run_desktop(minimised=False))
"""


def test_a_client_whose_program_was_replaced_tells_it_and_restarts(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text("a version")
    done = subprocess.run(
        [sys.executable, "-c", CLIENT, str(program)],
        env={**os.environ, **home_environment(tmp_path / "home"), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "started\n"), done.stderr
