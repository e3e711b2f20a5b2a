"""Test connection in words and as JSON, for ``lyncdesk doctor``. No password and no subject is in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from lyncdesk.client.session import ConnectionStep, StepResult
from lyncdesk.client.views.connection import took
from lyncdesk.client.words import N_, Words

_RESULTS = {
    StepResult.OK: N_("done"),
    StepResult.LIMITED: N_("works with a limit"),
    StepResult.NOTHING: N_("found nothing"),
    StepResult.FAILED: N_("failed"),
    StepResult.SKIPPED: N_("left out"),
}
_MILLISECOND = timedelta(milliseconds=1)


def step_lines(step: ConnectionStep, words: Words) -> Iterator[str]:
    """A step that has ended, for people: what was tried, how it ended, what came back and what to do."""
    length = "" if step.duration is None else f" ({took(step.duration, words)})"
    yield f"{words(step.tried)}: {words(_RESULTS[step.result])}{length}"
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
    return words(step.problem.remedy) if step.problem is not None else ""


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
