"""A user's session for tests, without a screen: home, session bus, on demand a keyring, and programs in it.

Everything runs in directories of its own and ends with the `with` block, each process by its id. Nothing of
the session that the tests were started from is visible, and the bus starts no services.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.homes import home_environment
from tests.session_bus import default_keyring
from tests.waiting import LONG_ENOUGH, wait_for

ROOT = Path(__file__).resolve().parent.parent
LYNCDESK = (sys.executable, "-m", "lyncdesk")
END_SECONDS = 10.0
KEYRING_PASSWORD = b"test\n"

# It prints its address once it listens; the file of its socket is there a moment earlier, and refuses.
BUS_COMMAND = ["dbus-daemon", "--nofork", "--nopidfile", "--print-address"]

# No service directories: a program that needs a service which the test did not start finds none.
BUS_CONFIGURATION = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>{address}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


@dataclass(frozen=True, slots=True)
class Program:
    """A program started in the session, and the file that its output goes to."""

    process: subprocess.Popen[bytes]
    output: Path

    @property
    def text(self) -> str:
        """What it has written so far."""
        return self.output.read_text(errors="replace")


class UserSession:
    """See the module's text. `keyring`: the secret service runs as well, its default collection unlocked."""

    def __init__(self, *, keyring: bool = False) -> None:
        self._keyring = keyring
        self._stack = ExitStack()
        self._programs = 0
        self.env: dict[str, str] = {}

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._work = Path(tempfile.mkdtemp(prefix="session-"))
            stack.callback(shutil.rmtree, self._work, ignore_errors=True)
            self.home = self._work / "home"
            self.env = self._base_environment() | home_environment(self.home)
            self._start(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def _start(self, stack: ExitStack) -> None:
        """Start what belongs to the session; it ends with `stack`."""
        self._start_bus(stack)
        if self._keyring:
            self._start_keyring(stack)

    # --- programs ---

    def environment(self, home: Path) -> dict[str, str]:
        """Return the session's environment with another home: that of a user with no settings yet."""
        return self.env | home_environment(home)

    @contextmanager
    def program(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        stdin: bytes | None = None,
        pass_fds: Sequence[int] = (),
        patience: float = END_SECONDS,
    ) -> Iterator[Program]:
        """Run a program in the session for as long as the block lasts, then end it and all that it started.

        SIGTERM first, so that it may end its own children; whatever is left of its process group after
        `patience` seconds is killed.
        """
        self._programs += 1
        output = self._work / f"{self._programs}-{Path(command[0]).name}.log"
        with output.open("wb") as sink:
            process = subprocess.Popen(
                command,
                env=dict(env or self.env),
                stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
                stdout=sink,
                stderr=subprocess.STDOUT,
                cwd=ROOT,
                start_new_session=True,
                pass_fds=pass_fds,
            )
        try:
            if process.stdin:
                process.stdin.write(stdin or b"")
                process.stdin.close()
            yield Program(process, output)
        finally:
            _end(process, patience)

    # --- parts ---

    def _base_environment(self) -> dict[str, str]:
        kept = ("PATH", "LANG", "TZ", "VIRTUAL_ENV", "COVERAGE_PROCESS_START")
        return {
            **{name: os.environ[name] for name in kept if name in os.environ},
            "NO_AT_BRIDGE": "1",
            "PYTHONPATH": str(ROOT),
        }

    def _start_bus(self, stack: ExitStack) -> None:
        address, configuration = f"unix:path={self._work}/bus", self._work / "bus.conf"
        self.env["DBUS_SESSION_BUS_ADDRESS"] = address
        configuration.write_text(BUS_CONFIGURATION.format(address=address))
        bus = stack.enter_context(self.program([*BUS_COMMAND, f"--config-file={configuration}"]))
        wait_for(lambda: address in bus.text or bus.process.poll() is not None, "the session bus")
        assert bus.process.poll() is None, f"no session bus: {bus.text}"

    def _start_keyring(self, stack: ExitStack) -> None:
        command = ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"]
        keyring = stack.enter_context(self.program(command, stdin=KEYRING_PASSWORD))
        address = self.env["DBUS_SESSION_BUS_ADDRESS"]
        wait_for(
            lambda: default_keyring(address) or keyring.process.poll() is not None, "the default keyring"
        )
        assert keyring.process.poll() is None, f"no keyring: {keyring.text}"


def _end(process: subprocess.Popen[bytes], patience: float) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(LONG_ENOUGH)
