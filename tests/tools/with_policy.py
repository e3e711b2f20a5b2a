"""LyncDesk under a policy file of a test's own: ``python -m tests.tools.with_policy FILE [ARGUMENTS]``.

Where the administrator's file is, no option and no variable of the program can say: whoever runs it could
otherwise run it without. So the place is exchanged within the process, before anything asks for it.
"""

import sys
from pathlib import Path

from lyncdesk.machine import paths

KEYRING_MS = 60_000


def main() -> int:
    """Run ``lyncdesk`` with the rest of the command line."""
    file = Path(sys.argv[1])
    paths.policy_file = lambda: file
    if all(argument.startswith("-") for argument in sys.argv[2:]):  # it has windows
        from lyncdesk.ui import opening

        # On a slow machine the keyring takes longer to answer than a person would wait for a window.
        opening.WAIT_FOR_ACCOUNT_MS = KEYRING_MS
    from lyncdesk.cli import main as lyncdesk

    return lyncdesk(sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
