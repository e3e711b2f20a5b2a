"""A program without a terminal says what it has to say in a box: help, a mistake, the answer to a command."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lyncdesk import __version__
from lyncdesk.cli import main, without_terminal
from lyncdesk.cli.without_terminal import LONGEST, is_without_terminal, say_last_words, told_in_a_box

Boxes = list[tuple[str, bool]]


@pytest.fixture
def boxes(monkeypatch: pytest.MonkeyPatch) -> Boxes:
    """The boxes that were shown."""
    shown: Boxes = []
    monkeypatch.setattr(
        "lyncdesk.machine.message_box.show_message",
        lambda title, text, *, error: shown.append((f"{title}: {text}", error)),
    )
    return shown


def run(*arguments: str) -> int:
    """A command as of a program that Windows starts without a terminal."""
    streams = sys.stdin, sys.stdout, sys.stderr
    sys.stdin = sys.stdout = sys.stderr = None
    try:
        status = main(arguments)
        after = sys.stdin, sys.stdout, sys.stderr
    finally:
        sys.stdin, sys.stdout, sys.stderr = streams
    assert after == (None, None, None)
    return status


def test_its_help_and_its_version_are_shown(boxes: Boxes) -> None:
    assert run("--version") == 0
    assert boxes == [(f"LyncDesk: LyncDesk {__version__}", False)]
    assert run("--help") == 0
    assert "usage: lyncdesk" in boxes[1][0]


@pytest.mark.parametrize("arguments", [["--minimized"], ["chekc"], ["demo", "--speed", "0"]])
def test_a_wrong_argument_is_shown_as_an_error(boxes: Boxes, arguments: list[str]) -> None:
    assert run(*arguments) == 2
    ((text, error),) = boxes
    assert error
    assert "lyncdesk: error: " in text or "lyncdesk demo: error: " in text


def test_the_answer_to_a_command_and_why_there_is_none_are_shown(boxes: Boxes, home: Path) -> None:
    assert run("policy") == 0
    assert run("status") == 3
    (policy, good), (status, error) = boxes
    assert (good, error) == (False, True)
    assert len(policy) > 100
    assert "no running LyncDesk" in status


def test_a_password_cannot_be_read_and_that_is_said(boxes: Boxes, home: Path) -> None:
    assert run("check", "--address", "anna@brightwater.example", "--password-stdin") != 0
    ((text, error),) = boxes
    assert error
    assert "Traceback" not in text


def printing(text: str, status: int, *, problem: bool = False) -> Callable[[], int]:
    def act() -> int:
        print(text, file=sys.stderr if problem else sys.stdout)
        return status

    return act


def shown_of(act: Callable[[], int]) -> Boxes:
    shown: Boxes = []
    told_in_a_box(act, lambda text, error: shown.append((text, error)))
    return shown


def test_what_ends_well_is_no_reason_for_a_box_unless_it_was_asked_to_print() -> None:
    assert shown_of(printing("a warning on the way", 0, problem=True)) == []
    assert shown_of(printing("  ", 0)) == []
    assert shown_of(printing("the answer", 0)) == [("the answer", False)]
    assert shown_of(printing("why not", 3, problem=True)) == [("why not", True)]


def test_a_mistake_of_our_own_is_shown_and_ends_the_program() -> None:
    def act() -> int:
        raise LookupError("nothing there")

    shown: Boxes = []
    assert told_in_a_box(act, lambda text, error: shown.append((text, error))) == 1
    ((text, error),) = shown
    assert error
    assert text.endswith("LookupError: nothing there")


def test_what_never_ends_fills_neither_the_box_nor_the_memory() -> None:
    kept: list[int] = []

    def act() -> int:
        for _ in range(3_000):
            print("x" * 100)
        kept.append(len(getattr(sys.stdout, "text", "")))
        return 0

    ((text, _),) = shown_of(act)
    assert text == f"{text[:LONGEST]}…"
    assert set(text[:LONGEST]) == {"x", "\n"}
    assert kept == [LONGEST + 1]


@pytest.mark.parametrize("more", range(8))
def test_why_a_long_lived_program_ends_is_shown_however_much_it_said_before(more: int) -> None:
    def act() -> int:
        print("an answer" * LONGEST)
        print("a note\n" * LONGEST + "." * more, file=sys.stderr)
        raise LookupError("nothing there")

    shown: Boxes = []
    told_in_a_box(act, lambda text, error: shown.append((text, error)))
    assert shown[0][0].endswith("LookupError: nothing there")


def test_a_long_answer_leaves_room_for_what_went_wrong() -> None:
    def act() -> int:
        print("an answer " * LONGEST)
        print("why not", file=sys.stderr)
        return 3

    ((text, _),) = shown_of(act)
    assert text.startswith("an answer an answer")
    assert text.endswith("\nwhy not")
    assert len(text) <= LONGEST


def test_last_words_are_shown_at_once_where_there_is_no_terminal_and_printed_where_there_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    shown: Boxes = []

    def act() -> int:
        say_last_words("no window can be opened", lambda text, error: shown.append((text, error)))
        return 0

    told_in_a_box(act, lambda _text, _error: pytest.fail("shown twice"))
    assert shown == [("no window can be opened", True)]
    say_last_words("no window can be opened")
    assert capsys.readouterr().err == "no window can be opened\n"


def test_with_a_terminal_nothing_is_different(capsys: pytest.CaptureFixture[str]) -> None:
    assert not is_without_terminal()
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"LyncDesk {__version__}\n"


@pytest.mark.parametrize(
    ("frozen", "nowhere", "without"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_on_macos_an_application_whose_output_goes_nowhere_has_no_terminal(
    monkeypatch: pytest.MonkeyPatch, frozen: bool, nowhere: bool, without: bool
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(sys, "frozen", frozen, raising=False)
    monkeypatch.setattr(without_terminal, "_goes_nowhere", lambda _stream: nowhere)
    assert is_without_terminal() is without


@pytest.mark.skipif(sys.platform == "win32", reason="there a stream has no device, and is not there at all")
def test_what_goes_to_the_null_device_or_to_a_closed_stream_goes_nowhere(tmp_path: Path) -> None:
    with Path("/dev/null").open("w") as null, (tmp_path / "file").open("w") as file:
        assert without_terminal._goes_nowhere(null.fileno())
        assert not without_terminal._goes_nowhere(file.fileno())
        closed = null.fileno()
    assert without_terminal._goes_nowhere(closed)
