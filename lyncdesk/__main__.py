"""``python -m lyncdesk``."""

import sys

from lyncdesk.cli import main

sys.exit(main())
