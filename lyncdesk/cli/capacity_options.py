"""The options of ``lyncdesk capacity``; light, because every command's parser has them."""

from __future__ import annotations

import argparse
from datetime import timedelta

from lyncdesk.client.durations import parse_duration, short_duration

MOST_USERS = 10_000_000
DEFAULT_INTERVALS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))
MOST_INTERVALS = 20
_MOST_SEED = 2**63 - 1
# A number of changes is of each person up to here, and of a sample from there on: of fewer, hundredths would
# say nothing.
MOST_CHANGES = 50
MOST_SAMPLE = 10_000_000
_SHORTEST, _LONGEST = timedelta(seconds=1), timedelta(hours=8)


def add_capacity_arguments(command: argparse.ArgumentParser) -> None:
    """Everything that the command takes."""
    command.add_argument(
        "--users", type=_users, default=10_000, metavar="N", help="people in the organisation (10000)"
    )
    command.add_argument(
        "--interval",
        type=_intervals,
        action="extend",
        metavar="T",
        help="between calendar checks, 1s to 8h; several side by side: 5m,30m (1m,5m,15m,30m,1h)",
    )
    command.add_argument(
        "--changes",
        type=_changes,
        metavar="N",
        help="to 50: calendar changes of a person in a day, on average (2); above: so many measured in all",
    )
    command.add_argument("--ceiling-requests", type=_positive, metavar="N", help=_CEILING_REQUESTS)
    command.add_argument("--ceiling-delay", type=_delay, metavar="T", help=_CEILING_DELAY)
    command.add_argument(
        "--seed", type=_seed, default=1, metavar="N", help="other people of the same kind (1)"
    )
    command.add_argument("--model", metavar="FILE", help="the working day, a TOML file")
    command.add_argument("--svg", metavar="FILE", help="draw it")
    command.add_argument(
        "--exact", action="store_true", help="play each client by itself; thousands of people"
    )
    command.add_argument("--json", action="store_true", help="one JSON object per line for each interval")
    _add_measure_arguments(command)


_CEILING_REQUESTS = "recommend an interval with at most N requests in the busiest second"
_CEILING_DELAY = "recommend an interval at which 95 in 100 changes of every kind are seen within T"


def _add_measure_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--measure",
        nargs="?",
        const=OWN,
        metavar="SERVER",
        help="ask this EWS server (alone: the signed-in account's; “”: find it) how long a check takes",
    )
    command.add_argument("--user", metavar="U", help="with --measure: user name, if it is not the address")
    command.add_argument("--address", metavar="A", help="with --measure: e-mail address of the mailbox")
    command.add_argument(
        "--password-stdin", action="store_true", help="with --measure: read the password from standard input"
    )


# The server of the account that is signed in.
OWN = "own"


def _whole(text: str, least: int, most: int, what: str) -> int:
    plain = text.isascii() and text.isdigit() and len(text) < 20
    if not plain or not least <= int(text) <= most:
        raise argparse.ArgumentTypeError(f"“{text}” is {what}; give a whole number from {least} to {most}")
    return int(text)


def _users(text: str) -> int:
    return _whole(text, 1, MOST_USERS, "no number of people")


def _seed(text: str) -> int:
    return _whole(text, 0, _MOST_SEED, "no seed")


def _changes(text: str) -> float:
    what = f"give 0 to {MOST_CHANGES} changes a person, or a whole number in all, to {MOST_SAMPLE}"
    number = _number(text, 0, MOST_SAMPLE, what)
    if number > MOST_CHANGES and not number.is_integer():
        raise argparse.ArgumentTypeError(f"“{text}” does not do here; {what}")
    return number


def _positive(text: str) -> float:
    return _number(text, 0.001, 1e9, "give a number of requests a second above 0")


def _number(text: str, least: float, most: float, what: str) -> float:
    try:
        number = float(text) if text.isascii() and "_" not in text else least - 1
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise argparse.ArgumentTypeError(f"“{text}” does not do here; {what}")
    return number


def _intervals(text: str) -> list[timedelta]:
    found = [_duration(part) for part in text.split(",")]
    for interval in found:
        if not _SHORTEST <= interval <= _LONGEST:
            longest = short_duration(_LONGEST)
            raise argparse.ArgumentTypeError(
                f"“{text}” does not do here; an interval is from {short_duration(_SHORTEST)} to {longest}"
            )
    return found


def _delay(text: str) -> timedelta:
    found = _duration(text)
    if not timedelta() < found <= timedelta(days=1):
        raise argparse.ArgumentTypeError(
            f"“{text}” does not do here; give more than nothing and at most a day"
        )
    return found


def _duration(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except (ValueError, OverflowError) as error:
        raise argparse.ArgumentTypeError(str(error)) from error
