"""``make package``: make the steps that are named, or all, each after those that it needs."""

import argparse
import sys

from lyncdesk_packaging.steps import STEPS, made
from lyncdesk_packaging.work import MistakeError


def main() -> int:
    """Make, and say what was made or what is missing."""
    parser = argparse.ArgumentParser(prog="make package", description=__doc__)
    parser.add_argument("steps", nargs="*", metavar="STEP", help="all where none is named")
    parser.add_argument("--list", action="store_true", help="name the steps")
    arguments = parser.parse_args()
    if arguments.list:
        for name, step in STEPS.items():
            print(f"{name:12} {step.says}")
        return 0
    if unknown := [name for name in arguments.steps if name not in STEPS]:
        parser.error(f"no step {', '.join(unknown)}; there are {', '.join(STEPS)}")
    try:
        for name in arguments.steps or STEPS:
            for product in made(name):
                print(f"{name}: {product}")
    except MistakeError as mistake:
        print(f"make package: {mistake}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
