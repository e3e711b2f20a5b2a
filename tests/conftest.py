"""What holds for every test: a home of its own, nothing left behind, no unexpected warning in the log."""

import logging
import os
import shutil
import tempfile
import time
from collections.abc import Generator, Iterator
from itertools import count
from pathlib import Path

import hypothesis
import pytest

from tests.desktop import Desktop
from tests.guards import LogWatch, LoopWatch, Traces
from tests.homes import home_environment

# Before anything imports Qt. A test that wants a real screen starts a program on the virtual desktop.
os.environ["QT_QPA_PLATFORM"] = "offscreen"

for _name in ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "PYTHONDONTWRITEBYTECODE"):
    os.environ.pop(_name, None)

# Neither UTC nor free of summer time: code that takes one for the other shows.
os.environ["TZ"] = "Europe/Berlin"
if hasattr(time, "tzset"):
    time.tzset()

# Speed is no property of a rule, so no deadline; the build server tries the same examples each time.
hypothesis.settings.register_profile("local", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "local")

_LOGS = LogWatch()
_LOOPS = LoopWatch()
_SESSION = pytest.StashKey[Traces]()
_TEST = pytest.StashKey[Traces]()


def pytest_sessionstart(session: pytest.Session) -> None:
    logging.getLogger().addHandler(_LOGS)
    _LOOPS.start()
    session.stash[_SESSION] = Traces()


def pytest_sessionfinish() -> None:
    _LOOPS.stop()
    logging.getLogger().removeHandler(_LOGS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one virtual desktop share a worker process, hence the desktop, unless they have a group."""
    for item in items:
        if "desktop" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.desktop)
        if item.get_closest_marker("desktop") and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group("desktop"))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    _LOGS.forget()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(
    item: pytest.Item, nextitem: pytest.Item | None
) -> Generator[None, object, object]:
    result = yield
    found = item.stash[_TEST].left_behind() if _TEST in item.stash else []
    found += _LOOPS.left_behind()
    if nextitem is None and not found:
        found = item.session.stash[_SESSION].left_behind()
    # Of a test that was skipped nothing is to come.
    expected = item.iter_markers("expect_logs") if _TEST in item.stash else ()
    patterns = [str(pattern) for marker in expected for pattern in marker.args]
    problems = [f"left behind: {what}" for what in found] + _LOGS.surprises(patterns)
    if problems:
        pytest.fail("\n".join(problems), pytrace=False)
    return result


@pytest.fixture(scope="session")
def _homes() -> Iterator[Iterator[Path]]:
    # Short, because the path of a Unix socket holds no more than 107 bytes; pytest's own are long.
    base = Path(tempfile.mkdtemp(prefix="lyncdesk-"))
    yield (base / str(number) for number in count())
    shutil.rmtree(base, ignore_errors=True)


@pytest.fixture(autouse=True)
def home(_homes: Iterator[Path], request: pytest.FixtureRequest) -> Iterator[Path]:
    """The test's own empty home directory, which the environment points to."""
    home = next(_homes)
    with pytest.MonkeyPatch.context() as environment:
        for name, value in home_environment(home).items():
            environment.setenv(name, value)
        _LOOPS.forget()
        request.node.stash[_TEST] = Traces()
        yield home


@pytest.fixture(scope="session")
def desktop() -> Iterator[Desktop]:
    """A virtual desktop with a window manager and a tray, shared by the tests that ask for it."""
    with Desktop(tray="xembed") as desktop:
        yield desktop
