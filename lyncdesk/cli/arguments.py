"""Options that several commands share."""

from __future__ import annotations

import argparse
from datetime import timedelta

from lyncdesk.client.durations import positive_duration


def add_account_arguments(command: argparse.ArgumentParser) -> None:
    """The options with which an account is named."""
    command.add_argument(
        "--server", metavar="URL", help="an EWS server instead of the signed-in account's; “” finds it"
    )
    command.add_argument("--user", metavar="U", help="user name, if it is not the address")
    command.add_argument("--address", metavar="A", help="e-mail address of the mailbox")
    command.add_argument(
        "--password-stdin", action="store_true", help="read the password from standard input"
    )


def duration(text: str) -> timedelta:
    """A length of time: more than nothing, and at most a year."""
    try:
        return positive_duration(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
