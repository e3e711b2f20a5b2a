"""The log: rotating, private, without secrets, and never in the way of the program."""

import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lyncdesk.machine.logs import Logs

log = logging.getLogger("lyncdesk.test")
SECRET = 'p&ss "wörd"\\'


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[Logs]:
    with Logs(tmp_path / "log" / "lyncdesk.log", tmp_path / "log" / "crash.log") as logs:
        logs.register_secret(SECRET)
        yield logs


@pytest.fixture
def file(logs: Logs, tmp_path: Path) -> Path:
    return tmp_path / "log" / "lyncdesk.log"


def test_a_record_is_in_the_file_and_in_the_lines_of_the_report(logs: Logs, file: Path) -> None:
    log.info("checked in %d ms", 12)
    assert file.read_text().endswith(" INFO    lyncdesk.test: checked in 12 ms\n")
    assert logs.lines()[-1].endswith("checked in 12 ms")


def test_the_file_and_its_folder_are_for_the_owner_alone(logs: Logs, file: Path) -> None:
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "said",
    [
        f"password {SECRET}!",
        "at https://me:p%26ss%20%22w%C3%B6rd%22%5C@host/",
        f"{ {'password': SECRET} }",
        "token cCZzcyAid8O2cmQiXA==",
    ],
)
def test_a_registered_secret_is_in_no_form_in_the_log(logs: Logs, file: Path, said: str) -> None:
    log.info("%s", said)
    for text in (file.read_text(), logs.lines()[-1], logs.clean(said)):
        assert "[removed]" in text
        assert "rd" not in text.partition("lyncdesk.test:")[2].replace("password", "")


@pytest.mark.parametrize(
    "header",
    [
        "Authorization: Basic bWU6eA==",
        "'Authorization': 'Basic bWU6eA=='",
        "cookie: a=b; c=d",
        "Set-Cookie: x=y",
    ],
)
def test_headers_that_sign_in_are_taken_out(logs: Logs, header: str) -> None:
    log.info("sent %s\r\nHost: example.com", header)
    said = logs.lines()[-1]
    assert "[removed]" in said
    assert "Host: example.com" in said
    assert not any(secret in said for secret in ("bWU6eA", "c=d", "x=y"))


@pytest.mark.expect_logs("it broke")
def test_a_secret_in_a_traceback_is_taken_out(logs: Logs, file: Path) -> None:
    try:
        raise ValueError(f"bad password {SECRET}")
    except ValueError:
        log.exception("it broke")
    assert "ValueError: bad password [removed]" in file.read_text()
    assert SECRET not in file.read_text()


def test_short_secrets_do_not_take_words_out_of_the_log(logs: Logs) -> None:
    logs.register_secret("a", "")
    log.info("a calendar check")
    assert logs.lines()[-1].endswith("a calendar check")


def test_ordinary_steps_are_kept_only_where_details_are_wanted(logs: Logs) -> None:
    log.debug("one")
    logs.details(True)
    log.debug("two")
    logs.details(False)
    log.debug("three")
    assert [line.rpartition(" ")[2] for line in logs.lines()] == ["two"]


def test_the_report_holds_the_last_lines_only(logs: Logs) -> None:
    for number in range(600):
        log.info("line %d", number)
    assert len(logs.lines()) == 500
    assert logs.lines()[0].endswith("line 100")


def test_old_files_are_given_up_and_new_ones_are_private(logs: Logs, file: Path) -> None:
    for number in range(60):
        log.info("%d %s", number, "x" * 100_000)
    names = sorted(found.name for found in file.parent.glob("lyncdesk.log*"))
    assert names == ["lyncdesk.log", "lyncdesk.log.1", "lyncdesk.log.2", "lyncdesk.log.3"]
    assert {found.stat().st_mode & 0o777 for found in file.parent.glob("lyncdesk.log*")} == {0o600}
    assert sum(found.stat().st_size for found in file.parent.glob("lyncdesk.log*")) <= 4_000_000


SURROGATE = """
import logging
from pathlib import Path
from lyncdesk.machine.logs import Logs
with Logs(Path("log/lyncdesk.log"), Path("log/crash.log")):
    logging.getLogger("lyncdesk").info("note \\ud83d")
"""


def test_half_a_surrogate_pair_can_be_logged(tmp_path: Path) -> None:
    # In a process of its own: it cannot travel from a test's worker to pytest.
    subprocess.run([sys.executable, "-c", SURROGATE], cwd=tmp_path, check=True)
    assert (tmp_path / "log" / "lyncdesk.log").read_text().endswith("note \\ud83d\n")


def test_a_folder_that_cannot_be_written_costs_the_file_and_not_the_start(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("a file where the folder should be")
    path = tmp_path / "log" / "lyncdesk.log"
    with Logs(path, tmp_path / "log" / "crash.log") as logs:
        log.info("hello")
        assert logs.unavailable == f"{path}: File exists"
        assert logs.lines()[-1].endswith("hello")


def test_everything_is_put_back_at_the_end(tmp_path: Path) -> None:
    root = logging.getLogger()
    before = (list(root.handlers), root.level, sys.excepthook, threading.excepthook)
    logs = Logs(tmp_path / "a.log", tmp_path / "crash.log")
    logs.start()
    logs.stop()
    logs.stop()
    assert (list(root.handlers), root.level, sys.excepthook, threading.excepthook) == before


@pytest.mark.expect_logs("an error was not handled")
def test_an_error_that_nobody_handles_is_logged_and_not_printed(
    logs: Logs, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        raise ValueError(f"bad {SECRET}")
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    assert "ValueError: bad [removed]" in logs.lines()[-1]
    assert capsys.readouterr() == ("", "")


CRASH = """
import ctypes, sys
from pathlib import Path
from lyncdesk.machine.logs import Logs
with Logs(Path("log/lyncdesk.log"), Path("log/crash.log")) as logs:
    print(logs.previous_crash)
    if sys.argv[1:]:
        ctypes.string_at(0)
"""


def test_the_next_run_knows_that_the_interpreter_died(tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", CRASH, *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert run("crash").returncode < 0
    assert "Segmentation fault" in run().stdout
    assert run().stdout.strip() == ""
