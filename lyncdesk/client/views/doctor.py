"""Test connection in words, for the windows and for ``lyncdesk doctor``, and as JSON. No password and no
subject is in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from lyncdesk.client.problems import PROBLEMS, Problem
from lyncdesk.client.session import ConnectionStep, StepResult
from lyncdesk.client.views.connection import took
from lyncdesk.client.words import N_, Words

# How a step ended, in words.
RESULTS: Mapping[StepResult, str] = {
    StepResult.RUNNING: N_("in progress"),
    StepResult.OK: N_("done"),
    StepResult.LIMITED: N_("works with a limit"),
    StepResult.NOTHING: N_("found nothing"),
    StepResult.FAILED: N_("failed"),
    StepResult.SKIPPED: N_("left out"),
}
_MILLISECOND = timedelta(milliseconds=1)
_LOOK = N_(
    "Check the server address, and the network or VPN, then test again. If both are right, tell your"
    " administrator."
)
_LATER = N_("Test again in a while. If it lasts, tell your administrator.")
# What the client answers by trying again by itself; a test does not, so there is something to do.
_INSTEAD_OF_WAITING: Mapping[str, str] = {
    "connection-refused": _LOOK,
    "timed-out": _LOOK,
    "server-busy": _LATER,
    "server-error": _LATER,
    "mailbox-moved": _LATER,
    "broken-answer": _LATER,
    "worker-failed": _LATER,
}


def step_lines(step: ConnectionStep, words: Words) -> Iterator[str]:
    """A step that has ended, for people: what was tried, how it ended, what came back and what to do."""
    length = "" if step.duration is None else f" ({took(step.duration, words)})"
    yield f"{words(step.tried)}: {words(RESULTS[step.result])}{length}"
    for text in (_came_back(step, words), _remedy(step, words)):
        if text:
            yield f"    {text}"


def _came_back(step: ConnectionStep, words: Words) -> str:
    texts = [words(step.came_back)] if step.came_back is not None else []
    if step.problem is not None:
        texts += [words(step.problem.title), words(step.problem.cause)]
    return " ".join(text if text.endswith(".") or len(texts) == 1 else f"{text}." for text in texts)


def _remedy(step: ConnectionStep, words: Words) -> str:
    if step.remedy is not None:
        return words(step.remedy)
    return remedy_after_test(step.problem, words) if step.problem is not None else ""


def remedy_after_test(problem: Problem, words: Words) -> str:
    """What to do about a problem that was met by something that is tried once."""
    return words(_INSTEAD_OF_WAITING.get(problem.name, problem.remedy))


def server_offered(step: ConnectionStep) -> str:
    """The address that would cure it, if what to do about the step is to enter one; "" = none.

    Either another one of the same mailbox, or that of Autodiscover where the organisation refers to somebody
    else, who was not asked.
    """
    remedy = step.problem.remedy if step.remedy is None and step.problem is not None else step.remedy
    if remedy is None or "{server}" not in remedy.template:
        return ""
    server = str(dict(remedy.values)["server"])
    if remedy.template == PROBLEMS["server-elsewhere"].remedy:
        return f"https://{server}/autodiscover/autodiscover.xml"
    return server if server.startswith("https://") else ""


def step_json(step: ConnectionStep, words: Words) -> dict[str, object]:
    """A step that has ended, for programs; keys as documented in docs/commands.md."""
    return {
        "name": step.name,
        "tried": words(step.tried),
        "result": step.result.value,
        "came_back": _came_back(step, words) or None,
        "duration_ms": None if step.duration is None else step.duration // _MILLISECOND,
        "problem": step.problem.name if step.problem is not None else None,
        "remedy": _remedy(step, words) or None,
    }


def doctor_json(
    steps: Iterable[ConnectionStep], rows: Sequence[tuple[str, str]], words: Words, *, works: bool
) -> dict[str, object]:
    """The whole answer for programs; ``rows`` are those of Configuration information."""
    return {
        "ok": works,
        "steps": [step_json(step, words) for step in steps],
        "configuration": [{"name": name, "value": value} for name, value in rows],
    }
