"""The command `simulate`: runs scenarios, explains and draws them, or records one."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from lyncdesk.cli.arguments import duration
from lyncdesk.cli.exits import DONE


def add_simulate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    simulate = commands.add_parser("simulate", help="run scenarios and hold their expectations")
    simulate.add_argument("files", nargs="*", metavar="FILE", help="a file, or the name of one that ships")
    simulate.add_argument("--list", action="store_true", help="name the scenarios that ship, and end")
    simulate.add_argument("--json", action="store_true", help="one JSON object per line for each change")
    simulate.add_argument("--svg", type=Path, metavar="FILE", help="draw the days into an SVG file")
    simulate.add_argument("--wire", action="store_true", help="run every check as real EWS over loopback")
    simulate.add_argument(
        "--explain",
        action="append",
        default=[],
        metavar="PERSON@TIME",
        help="the reasons of a moment instead of the day, as anna@09:31; may be given several times",
    )
    simulate.add_argument(
        "--see-as", metavar="PERSON", help="the day, or what is explained, as this person's client showed it"
    )
    record = simulate.add_argument_group(
        "recording", "the day of the running client so far as a scenario, instead of running one"
    )
    record.add_argument(
        "--record", nargs="?", const="", metavar="FILE", help="write it to a new file; without one: print it"
    )
    record.add_argument("--subjects", action="store_true", help="with subjects and locations")
    record.add_argument("--names", action="store_true", help="with the names of people")
    record.add_argument("--demo", action="store_true", help="of everybody in the running sample organisation")
    record.add_argument(
        "--for", type=duration, dest="length", metavar="DURATION", help="of one that lives so long for this"
    )
    simulate.set_defaults(run=_simulate, wrong_use=simulate.error)


def _of_a_run(arguments: argparse.Namespace) -> dict[str, object]:
    """What is asked of a run, by the option."""
    return {
        "--list": arguments.list,
        "--json": arguments.json,
        "--svg": arguments.svg,
        "--wire": arguments.wire,
        "--explain": arguments.explain,
        "--see-as": arguments.see_as is not None,
    }


def _simulate(arguments: argparse.Namespace) -> int:
    if arguments.record is not None:
        if not arguments.record and len(arguments.files) == 1:
            arguments.record = arguments.files.pop()  # as in: --record --demo day.toml
        if arguments.files:
            arguments.wrong_use("--record writes a scenario and runs none; leave out the other files")
        if unfit := [option for option, asked in _of_a_run(arguments).items() if asked]:
            arguments.wrong_use(f"--record writes a scenario and runs none; leave out {', '.join(unfit)}")
        if arguments.length is not None and not arguments.demo:
            arguments.wrong_use("--for is for --demo: a day of your own has to be lived through")
        from lyncdesk.cli.recording import run_record

        return run_record(arguments)
    if arguments.subjects or arguments.names or arguments.demo or arguments.length is not None:
        arguments.wrong_use("--subjects, --names, --demo and --for say how to --record")
    if arguments.list:
        from lyncdesk.simulation.scenario_library import list_shipped

        list_shipped(sys.stdout)
        return DONE
    if not arguments.files:
        arguments.wrong_use("name a scenario, or let --list name those that ship")
    from lyncdesk.simulation.run import simulate

    return simulate(
        arguments.files,
        json=arguments.json,
        wire=arguments.wire,
        out=sys.stdout,
        err=sys.stderr,
        svg=arguments.svg,
        explain=arguments.explain,
        see_as=arguments.see_as,
    )
