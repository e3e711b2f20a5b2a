"""``python -m lyncdesk``, and what the frozen programs run."""

import os
import sys

from lyncdesk import starting


def main() -> int | None:
    """The command line, or frozen one of the modules that the program starts itself for."""
    if starting.form().frozen:
        starting.restore(os.environ)
        if (module := starting.asked_for(sys.argv[1:])) is not None:
            return module()
    from lyncdesk.cli import main

    return main()


if __name__ == "__main__":
    sys.exit(main())
