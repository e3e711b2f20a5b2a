"""What a test does without a program that it needs: on the build server that is a failure."""

import os
import shutil
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Skip the test, with the reason; on the build server, where make test installs it, it fails."""
    reason = f"not installed, though make test installs it: {what}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def tool(name: str) -> str:
    """Where a program is; without it the test ends as ``missing`` says."""
    return shutil.which(name) or missing(name)
