"""The commands about this installation itself: whether there is a newer one, and leaving."""

from __future__ import annotations

import argparse

from lyncdesk.cli.forgetting import add_forget
from lyncdesk.cli.newer import add_newer


def add_upkeep(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add them."""
    add_newer(commands)
    add_forget(commands)
