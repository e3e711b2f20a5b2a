"""What an office installs, made by the steps of ``make package`` and then really installed and tried."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lyncdesk_packaging.steps import made

Made = Callable[[str], list[Path]]


@pytest.fixture(scope="session")
def package() -> Made:
    """Make a step, or find it made: ``package("wheel")`` gives its products."""
    return made


@pytest.fixture
def bundle(package: Made) -> Path:
    """The folder of the one-folder bundle."""
    (folder,) = package("bundle")
    return folder
