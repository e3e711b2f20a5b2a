"""A program that answers each line of JSON on its standard input with one on its standard output."""

import json
import os
import select
import subprocess
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

ANSWER_SECONDS = 200.0  # longer than the client waits for anything itself: it knows for what
END_SECONDS = 10.0


class StrangerError(Exception):
    """The client reported a problem: `code` is Exchange's word for it, `status` the one of HTTP."""

    def __init__(self, code: str | None, status: int | None, message: str) -> None:
        super().__init__(f"{code or status}: {message}")
        self.code, self.status = code, status


class Lines:
    """See the module's text."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            command,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        assert self._process.stdin
        assert self._process.stdout
        self._requests, self._answers = self._process.stdin, self._process.stdout
        self._read = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._requests.close()  # which is how it learns that nothing more comes
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(END_SECONDS)
        self._answers.close()

    def ask(self, operation: str, **arguments: object) -> Any:
        """Return the value of the answer. Raises StrangerError for a problem that the client reports."""
        self._requests.write(json.dumps({"operation": operation, **arguments}).encode() + b"\n")
        answer = json.loads(self._line(operation))
        if error := answer.get("error"):
            raise StrangerError(error.get("code"), error.get("status"), error["message"])
        return answer["value"]

    def _line(self, operation: str) -> bytes:
        deadline = time.monotonic() + ANSWER_SECONDS
        while b"\n" not in self._read:
            ready, _, _ = select.select([self._answers], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"no answer to {operation} within {ANSWER_SECONDS:g} s"
            part = os.read(self._answers.fileno(), 65536)
            assert part, f"the client ended during {operation}"
            self._read += part
        line, _, self._read = self._read.partition(b"\n")
        return line
