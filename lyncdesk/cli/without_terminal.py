"""What a program without a terminal has to say is said in a box on the screen.

``lyncdesk-gui`` has no standard streams on Windows, where they are None, and on macOS nobody reads those of
an application. Its help, a wrong argument, the answer to a command: all would be said to nobody.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from io import BytesIO, TextIOBase, TextIOWrapper
from typing import Any

from lyncdesk.cli.exits import DONE, NOT_SO
from lyncdesk.starting import form

Show = Callable[[str, bool], None]
"""Shows a text until it is dismissed, and whether it tells of an error."""

LONGEST = 4_000  # characters; what is longer than a screen cannot be read in a box


def is_without_terminal() -> bool:
    """Whether what this program prints reaches nobody."""
    if sys.stdout is None or sys.stderr is None:
        return True
    return sys.platform == "darwin" and form().frozen and _goes_nowhere(2)


def _goes_nowhere(stream: int) -> bool:
    try:
        return os.fstat(stream).st_rdev == os.stat(os.devnull).st_rdev  # noqa: PTH116 - of a handle, as of a path
    except OSError:
        return True


class _Said(TextIOBase):
    """A stream that keeps the beginning of what is written, or its end."""

    def __init__(self, *, keeps_end: bool = False) -> None:
        self.text = ""
        self._keeps_end = keeps_end

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, text: str) -> int:
        """Keep it, while there is room, or in the place of what came first."""
        if self._keeps_end:
            self.text = (self.text + text)[-LONGEST:]
        else:
            self.text += text[: LONGEST + 1 - len(self.text)]
        return len(text)


def _box(text: str, error: bool) -> None:
    from lyncdesk.machine.message_box import show_message

    show_message("LyncDesk", text, error=error)


def told_in_a_box(run: Callable[[], int], show: Show = _box) -> int:
    """Run a command, and then show what it printed; of a success only what it was asked to print.

    What a long-lived program noted on the way is in its log, and no reason for a box when it ends well.
    """
    streams: tuple[Any, Any, Any] = sys.stdin, sys.stdout, sys.stderr
    # Why a program that ran for long ends is the last that it says.
    answer, problems = _Said(), _Said(keeps_end=True)
    sys.stdin = TextIOWrapper(BytesIO())
    sys.stdout, sys.stderr = answer, problems
    try:
        status = run()
    except SystemExit as end:  # argparse's way to end
        status = DONE if end.code is None else end.code if isinstance(end.code, int) else NOT_SO
    except Exception as error:  # noqa: BLE001 - nobody above could tell of it
        import traceback

        problems.write("".join(traceback.format_exception(error))[-LONGEST // 2 :])
        status = NOT_SO
    finally:
        sys.stdin, sys.stdout, sys.stderr = streams
    text = answer.text.strip() if status == DONE else _with(answer.text, problems.text)
    if text:
        show(_cut(text), status != DONE)
    return status


def _with(answer: str, problems: str) -> str:
    """Both, or of the answer so much that what went wrong is still seen."""
    problems = problems.strip()[2 - LONGEST :]
    room = LONGEST - len(problems) - 2
    answer = answer.strip()
    begin = answer if len(answer) <= room else f"{answer[: max(room - 1, 0)]}…"
    return f"{begin}\n{problems}".strip()


def say_last_words(text: str, show: Show = _box) -> None:
    """Say why the program ends at once, where nothing can be said afterwards."""
    if isinstance(sys.stderr, _Said):
        show(_cut(text), True)
    elif sys.stderr is not None:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


def _cut(text: str) -> str:
    text = text.strip()
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
