"""The guards of tests/conftest.py: a test that leaves something behind fails, whatever else it proves."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

# One run of all cases serves every test here.
pytestmark = pytest.mark.xdist_group("guards")

HEADER = """
import asyncio, logging, os, subprocess, sys, threading, time, pytest, tests.guards
tests.guards.GRACE_SECONDS = 1.5
"""
TESTS = Path(__file__).resolve().parent.parent

FAILING = {
    "a thread that goes on": (
        (
            "def test(request):\n"
            "    stop = threading.Event()\n"
            "    request.session.stop = stop\n"
            "    threading.Thread(target=stop.wait, args=(60,), name='idler', daemon=True).start()\n"
        ),
        "left behind: thread idler",
    ),
    "a child process": (
        ("def test(request):\n    request.session.child = subprocess.Popen(['sleep', '30'])\n"),
        "left behind: process",
    ),
    "a task that the test did not wait for": (
        "async def test():\n    asyncio.ensure_future(asyncio.sleep(60))\n",
        "left behind: pending task",
    ),
    "a task under asyncio.run": (
        (
            "def test():\n"
            "    async def main():\n"
            "        asyncio.ensure_future(asyncio.sleep(60))\n"
            "    asyncio.run(main())\n"
        ),
        "left behind: pending task",
    ),
    "an open event loop": (
        "def test(request):\n    request.session.loop = asyncio.new_event_loop()\n",
        "left behind: event loop",
    ),
    "a warning in the log": (
        "def test():\n    logging.getLogger('lyncdesk.x').warning('lost %s', 'it')\n",
        "unexpected log record: WARNING lyncdesk.x: lost it",
    ),
    "an expected warning that does not come": (
        "@pytest.mark.expect_logs('lost')\ndef test():\n    pass\n",
        "expected a log record like 'lost', none came",
    ),
    "a Python warning": (
        "import warnings\ndef test():\n    warnings.warn('old')\n",
        "UserWarning: old",
    ),
    "a warning from Qt": (
        "from PySide6.QtCore import qWarning\ndef test():\n    qWarning('odd')\n",
        "Failure: Qt messages with level WARNING or above emitted",
    ),
    "a thread of a wider fixture that never ends": (
        (
            "@pytest.fixture(scope='session')\n"
            "def server():\n"
            "    threading.Thread(target=time.sleep, args=(30,), name='forgotten', daemon=True).start()\n"
            "def test(server):\n    pass\n"
        ),
        "left behind: thread forgotten",
    ),
}

PASSING = {
    "a thread that ends by itself a little later": (
        "def test():\n    threading.Thread(target=time.sleep, args=(0.1,)).start()\n"
    ),
    "a server that a wider fixture owns": (
        "@pytest.fixture(scope='module')\n"
        "def server():\n"
        "    stop = threading.Event()\n"
        "    thread = threading.Thread(target=stop.wait)\n"
        "    thread.start()\n"
        "    yield\n"
        "    stop.set()\n"
        "    thread.join()\n"
        "def test(server):\n    pass\n"
    ),
    "a warning in the log that the test announces": (
        "@pytest.mark.expect_logs('^lost')\ndef test():\n    logging.getLogger('x').warning('lost it')\n"
    ),
    "a warning that would come if the test were not skipped": (
        "@pytest.mark.skipif(True, reason='not here')\n"
        "@pytest.mark.expect_logs('^lost')\ndef test():\n    pass\n"
    ),
    "a home of its own": (
        "def test(home):\n"
        "    assert not [name for name in os.listdir(home) if name != 'run']\n"
        "    assert os.path.expanduser('~') == str(home)\n"
        "    assert os.environ['XDG_CONFIG_HOME'].startswith(str(home))\n"
        "    assert len(str(home / 'run' / 'lyncdesk' / 'control.socket')) < 100\n"
        "    assert 'DISPLAY' not in os.environ\n"
    ),
    "an asynchronous test that waits for its tasks": (
        "async def test():\n    await asyncio.gather(asyncio.sleep(0), asyncio.to_thread(time.sleep, 0))\n"
    ),
}


# The last test of a session answers for the fixtures of wider scopes too, hence this order.
CASES = PASSING | {case: source for case, (source, _) in FAILING.items()}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Run every case, each in a module of its own, under the project's conftest.py and settings.

    The values are the texts of failures and errors, "" for a test that passed.
    """
    place, root = tmp_path_factory.mktemp("cases"), TESTS.parent
    for number, case in enumerate(CASES):
        (place / f"test_{number:02}.py").write_text(HEADER + CASES[case])
    report = place / "report.xml"
    options = ["-p", "tests.conftest", "-p", "no:cacheprovider", "-p", "no:xdist", f"--junit-xml={report}"]
    # As on Windows, which knows no alarm: each test's timeout is a thread then.
    options.append("--timeout-method=thread")
    places = ["--rootdir", str(root), "-c", str(root / "pyproject.toml"), str(place)]
    command = [sys.executable, "-m", "pytest", "-q", *options, *places]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    found: dict[str, str] = {}
    for test in ET.parse(report).iter("testcase"):
        number = int(test.attrib["classname"].rpartition("_")[2])
        texts = [
            node.get("message", "") + (node.text or "")
            for node in test
            if node.tag not in ("system-out", "skipped")
        ]
        found[list(CASES)[number]] = "".join(texts)
    return found


@pytest.mark.parametrize("case", FAILING)
def test_a_test_fails_that_leaves(case: str, outcomes: dict[str, str]) -> None:
    assert FAILING[case][1] in outcomes[case]


@pytest.mark.parametrize("case", PASSING)
def test_a_test_passes_that_has(case: str, outcomes: dict[str, str]) -> None:
    assert outcomes[case] == ""


def test_the_thread_of_a_timeout_is_nothing_left_behind(outcomes: dict[str, str]) -> None:
    assert not [case for case, text in outcomes.items() if "pytest_timeout" in text]
