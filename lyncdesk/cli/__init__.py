"""The command line: arguments in, exit status out. Loads the screens only when a window is wanted.

Exit status: 0 done; 1 the thing asked about is not so; 2 wrong use; 3 no running client or no screen; 4
the server
refused. Errors are one line on standard error: what, why, what to do.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import time
from io import TextIOWrapper
from pathlib import Path

from lyncdesk import __version__
from lyncdesk.cli.arguments import add_account_arguments, duration
from lyncdesk.cli.capacity_options import add_capacity_arguments
from lyncdesk.cli.exits import DONE, NOT_SO, NOT_THERE, fail, warn
from lyncdesk.cli.installing import add_installing
from lyncdesk.cli.simulating import add_simulate
from lyncdesk.cli.upkeep import add_upkeep
from lyncdesk.cli.without_terminal import is_without_terminal, told_in_a_box
from lyncdesk.client.clock_times import time_of_day

Runs = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Never raises but for a mistake in LyncDesk itself."""
    return told_in_a_box(lambda: _main(argv)) if is_without_terminal() else _main(argv)


def _main(argv: Sequence[str] | None) -> int:
    arguments = parser().parse_args(argv)
    run: Runs = arguments.run
    if isinstance(sys.stdout, TextIOWrapper):
        # A terminal that cannot show a letter of a title or a subject gets it escaped instead.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        return run(arguments)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever read the output has gone (``| head``): nothing more is wanted, not even at exit.
        sys.stdout = None
        return DONE
    except OSError as error:
        # A folder that cannot be made, a disk that is full: nothing that a traceback would explain better.
        what = f"{error.filename}: {error.strerror}" if error.filename else error.strerror or error
        return fail(f"{what}; check the path, who may write there, and the room on the disk", NOT_SO)


def parser() -> argparse.ArgumentParser:
    """Every command and option; the manual page and the completions are made of it."""
    parser = argparse.ArgumentParser(
        prog="lyncdesk",
        description="Presence from your Exchange calendar. Without a command: the desktop client.",
    )
    parser.add_argument("--version", action="version", version=f"LyncDesk {__version__}")
    parser.add_argument("--minimised", action="store_true", help="start in the tray, without a window")
    parser.add_argument(
        "--at-log-on", action="store_true", help="for a start-up entry: not if the person switched it off"
    )
    parser.set_defaults(run=_desktop)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    _add_demo(commands)
    add_simulate(commands)
    _add_capacity(commands)
    _add_check(commands)
    _add_doctor(commands)
    _add_server(commands)
    _add_policy(commands)
    add_upkeep(commands)
    add_installing(commands)
    _add_control(commands)
    return parser


def _add_demo(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    demo = commands.add_parser("demo", help="look around in the sample organisation")
    demo.add_argument("--speed", type=_speed, default=1.0, metavar="N", help="N times as fast as real time")
    demo.add_argument("--headless", action="store_true", help="print changes instead of showing windows")
    length = demo.add_mutually_exclusive_group()
    length.add_argument(
        "--for", type=duration, dest="length", metavar="DURATION", help="end after this time of the sample"
    )
    length.add_argument(
        "--until",
        type=_time_of_day,
        dest="length",
        metavar="HH:MM",
        help="end at this time of day of the sample, tomorrow if it is over today",
    )
    demo.add_argument(
        "--lessons",
        type=Path,
        action="append",
        default=[],
        metavar="FOLDER",
        help="lessons of your own beside those that ship",
    )
    demo.set_defaults(run=_demo)


def _add_capacity(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    capacity = commands.add_parser("capacity", help="what an interval costs and how old presence gets")
    add_capacity_arguments(capacity)
    capacity.set_defaults(run=_capacity)


def _add_check(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    check = commands.add_parser("check", help="one calendar check, explained; changes nothing")
    add_account_arguments(check)
    check.add_argument("--at", metavar="TIME", help="HH:MM today, or a date and time; default now")
    check.add_argument("--json", action="store_true")
    check.set_defaults(run=_check)


def _add_doctor(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    doctor = commands.add_parser("doctor", help="the connection to Exchange step by step; changes nothing")
    add_account_arguments(doctor)
    doctor.add_argument("--json", action="store_true")
    doctor.set_defaults(run=_doctor)


def _add_server(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    server = commands.add_parser("exchange-server", help="the embedded Exchange by itself")
    server.add_argument("--org", type=Path, metavar="FILE", help="the people and their calendars (TOML)")
    server.add_argument("--port", type=_port, default=0, metavar="N", help="default: a free one")
    server.add_argument("--tls", action="store_true", help="serve https with a certificate made for this run")
    server.add_argument(
        "--auth",
        default="basic,ntlm",
        metavar="S",
        help="ways to sign in, as offered: basic, ntlm, negotiate",
    )
    server.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="F",
        help="misbehave: [OPERATION:]FAULT[:TIMES], as FindItem:http-503:2; list: name the faults",
    )
    server.add_argument(
        "--thin",
        default="",
        metavar="T",
        help="do without, as exchange-2007 or other; list: name what there is",
    )
    server.add_argument("--ready-file", type=Path, metavar="F", help="write the address here once it answers")
    server.set_defaults(run=_exchange_server)


def _add_policy(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    policy = commands.add_parser("policy", help="each policy key: value in force, origin, range")
    policy.add_argument("--json", action="store_true")
    policy.add_argument("--template", action="store_true", help="print a commented policy file")
    policy.add_argument(
        "--file", type=Path, metavar="FILE", help="try this policy (.toml, .reg, .mobileconfig, .plist)"
    )
    policy.set_defaults(run=_policy)


_CONTROL = {
    "status": "what the running client shows",
    "set": "set a status by hand",
    "reset": "Reset Status: drop the status by hand and wait for the next check",
    "check-now": "check the calendar now",
    "explain": "why the running client shows what it shows",
    "contacts": "the contact list",
    "show": "open the window of the running client",
    "sign-in": "sign in",
    "sign-out": "sign out",
    "quit": "end the running client",
}


def _add_control(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    for name, text in _CONTROL.items():
        command = commands.add_parser(name, help=text)
        command.add_argument("--json", action="store_true")
        command.add_argument("--demo", action="store_true", help="talk to the running sample organisation")
        if name == "status":
            command.add_argument("--follow", action="store_true", help="a JSON line per change")
        if name == "set":
            command.add_argument("status", metavar="STATUS")
            command.add_argument("--for", dest="length", metavar="DURATION")
        if name == "explain":
            command.add_argument("--as", dest="viewer", metavar="NAME or RELATIONSHIP")
            command.add_argument(
                "--at", metavar="MOMENT", help="of the history: 10:15, “yesterday 10:15”, “25 min ago”"
            )
        command.set_defaults(run=_control, command=name)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed <= 100_000:
        raise argparse.ArgumentTypeError(f"“{text}” is no speed; give a number above 0, such as 60")
    return speed


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) < 65536):
        raise argparse.ArgumentTypeError(f"“{text}” is no port; give a number from 0 (a free one) to 65535")
    return int(text)


def _time_of_day(text: str) -> time:
    try:
        return time_of_day(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


# The commands; each imports what it needs, so that none pays for another.


def _desktop(arguments: argparse.Namespace) -> int:
    if not has_screen():
        return fail("there is no screen to show a window on; try “lyncdesk demo --headless”", NOT_THERE)
    try:
        from lyncdesk.cli.desktop import run_desktop
    except ImportError as error:
        return fail(f"{_no_windows(error)}; “lyncdesk demo --headless” runs without", NOT_THERE)
    return run_desktop(minimised=arguments.minimised, at_log_on=arguments.at_log_on)


def _demo(arguments: argparse.Namespace) -> int:
    headless = arguments.headless
    if not headless and not has_screen():
        print("lyncdesk: there is no screen, so the sample organisation runs headless.", file=sys.stderr)
        headless = True
    if not headless:
        try:
            from lyncdesk.cli.desktop import run_demo
        except ImportError as error:
            warn(f"{_no_windows(error)}, so the sample organisation runs headless.")
        else:
            return run_demo(arguments.speed, arguments.length, arguments.lessons)
    from lyncdesk.cli.headless import run_headless

    return run_headless(arguments.speed, arguments.length)


def _no_windows(error: ImportError) -> str:
    """What to say where a system library that Qt needs is missing; raises any other error again."""
    if error.path is None or error.path.endswith(".py"):  # a module's own mistake, not the loader's answer
        raise error
    return f"Qt cannot be loaded to show a window ({error})"


def has_screen() -> bool:
    """Whether a window can be shown: a display on Linux, always elsewhere."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _capacity(arguments: argparse.Namespace) -> int:
    from lyncdesk.cli.capacity import run_capacity

    return run_capacity(arguments)


def _check(arguments: argparse.Namespace) -> int:
    from lyncdesk.cli.check import run_check

    return run_check(arguments)


def _doctor(arguments: argparse.Namespace) -> int:
    from lyncdesk.cli.doctor import run_doctor

    return run_doctor(arguments)


def _exchange_server(arguments: argparse.Namespace) -> int:
    from lyncdesk.cli.server import run_exchange_server

    return run_exchange_server(arguments)


def _policy(arguments: argparse.Namespace) -> int:
    from lyncdesk.cli.policy import run_policy

    return run_policy(as_json=arguments.json, template=arguments.template, file=arguments.file)


def _control(arguments: argparse.Namespace) -> int:
    from lyncdesk.cli.control import run_control

    return run_control(arguments)
