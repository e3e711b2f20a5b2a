"""LyncDesk under a policy file of a test's own: ``python -m tests.tools.with_policy FILE [ARGUMENTS]``.

Where the administrator's file is, no option and no variable of the program can say: whoever runs it could
otherwise run it without. So the place is exchanged within the process, before anything asks for it.
"""

import sys
from pathlib import Path

from lyncdesk.machine import paths


def main() -> int:
    """Run ``lyncdesk`` with the rest of the command line."""
    file = Path(sys.argv[1])
    paths.policy_file = lambda: file
    from lyncdesk.cli import main as lyncdesk

    return lyncdesk(sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
