"""``lyncdesk capacity``: what an interval costs and how old presence gets."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from lyncdesk import bootstrap
from lyncdesk.capacity.advice import advice_json, advice_lines
from lyncdesk.capacity.cost import ASSUMED, Cost
from lyncdesk.capacity.json_report import report_json
from lyncdesk.capacity.measure import Measured
from lyncdesk.capacity.measure_report import measured_json, measured_lines
from lyncdesk.capacity.model_file import WrongModelError, built_in, load
from lyncdesk.capacity.plot import draw
from lyncdesk.capacity.recommendation import Ceiling
from lyncdesk.capacity.report import report_lines
from lyncdesk.capacity.run import Asked, Run, TooManyError
from lyncdesk.cli.account import WrongUseError, remedy
from lyncdesk.cli.capacity_options import DEFAULT_INTERVALS, MOST_CHANGES, MOST_INTERVALS
from lyncdesk.cli.capacity_progress import Progress
from lyncdesk.cli.exits import DONE, NOT_SO, REFUSED, WRONG_USE, fail, warn
from lyncdesk.client.options import Options
from lyncdesk.client.words import Words
from lyncdesk.machine import clock
from lyncdesk.machine.zone import LocalTime

_A_SECOND = timedelta(seconds=1)


def run_capacity(arguments: argparse.Namespace) -> int:
    """Reckon, measure before if asked to, and tell."""
    progress = Progress(sys.stderr, clock.monotonic)
    try:
        run = Run(_asked(arguments), clock.monotonic, progress.tell)
    except WrongModelError as error:
        for mistake in error.mistakes:
            warn(mistake)
        return WRONG_USE
    except (TooManyError, WrongUseError) as error:
        return fail(str(error), WRONG_USE)
    options, _, _ = bootstrap.options_in_force()
    words = bootstrap.words_for(options, LocalTime())
    if arguments.measure is None:
        return _tell(run, progress, arguments, ASSUMED, None, words)
    try:
        measured, server = _measured(arguments, options)
    except WrongUseError as error:
        return fail(str(error), WRONG_USE)
    if not arguments.json:
        for line in measured_lines(measured, server, words):
            print(line)
        print()
    if not measured.is_usable:
        if arguments.json:
            print(json.dumps({"measured": measured_json(measured, server)}, ensure_ascii=False))
        return fail(_unusable(measured, server, words), REFUSED)
    return _tell(run, progress, arguments, Cost.of(measured, server), (measured, server), words)


def _asked(arguments: argparse.Namespace) -> Asked:
    of_measuring = (arguments.user, arguments.address, arguments.password_stdin or None)
    if arguments.measure is None and of_measuring != (None, None, None):
        raise WrongUseError("--user, --address and --password-stdin go with --measure; give that too")
    model = load(arguments.model) if arguments.model is not None else built_in()
    sample = int(arguments.changes) if (arguments.changes or 0) > MOST_CHANGES else None
    if arguments.changes is not None and sample is None:
        model = replace(model, changes=replace(model.changes, number=arguments.changes))
    intervals = tuple(dict.fromkeys(each // _A_SECOND for each in arguments.interval or DEFAULT_INTERVALS))
    if len(intervals) > MOST_INTERVALS:
        raise WrongUseError(
            f"{len(intervals)} intervals are too many side by side; give at most {MOST_INTERVALS}"
        )
    return Asked(
        arguments.users, intervals, model, arguments.model or "", arguments.seed, arguments.exact, sample
    )


def _measured(arguments: argparse.Namespace, options: Options) -> tuple[Measured, str]:
    from lyncdesk.cli.measuring import measured  # everything that talks to an Exchange

    return measured(arguments, options)


def _unusable(measured: Measured, server: str, words: Words) -> str:
    problem = measured.problem
    why = words(problem.title) if problem is not None else words("Too few checks.")
    told = words("{server} could not be measured: {why} Nothing was reckoned.", server=server, why=why)
    return told if problem is None else f"{told} {remedy(problem, words)}"


def _tell(
    run: Run,
    progress: Progress,
    arguments: argparse.Namespace,
    cost: Cost,
    measured: tuple[Measured, str] | None,
    words: Words,
) -> int:
    ceiling = Ceiling(arguments.ceiling_requests, arguments.ceiling_delay)
    wanted = ceiling.requests is not None or ceiling.delay is not None
    with progress:
        found = run.reckon(cost)
        advice = run.recommend(ceiling, cost) if wanted else None
    if arguments.json:
        beside = {
            "recommendation": advice_json(advice, ceiling, cost) if advice is not None else None,
            "measured": measured_json(*measured) if measured is not None else None,
        }
        lines: Iterator[str] = (
            json.dumps({**each, **beside}, ensure_ascii=False) for each in report_json(found)
        )
    else:
        lines = report_lines(found, words)
    for line in lines:
        print(line)
    if advice is not None and not arguments.json:
        print()
        for line in advice_lines(advice, ceiling, cost, words):
            print(line)
    if arguments.svg is not None:  # in the end: where it cannot be written, the answer is there all the same
        sys.stdout.flush()
        Path(arguments.svg).write_text(draw(found, words), encoding="utf-8", newline="\n")
    return DONE if advice is None or advice.best is not None else NOT_SO
