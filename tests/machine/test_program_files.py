"""Whether the program was replaced while it runs: by a real update, and by nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lyncdesk.machine.program_files import ProgramFiles


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "__init__.py"
    made.write_text('__version__ = "0.1.0"\n')
    os.utime(made, (1_700_000_000, 1_700_000_000))
    return made


def test_while_nobody_touches_it_it_is_the_same(file: Path) -> None:
    files = ProgramFiles(file)
    file.read_text()
    (file.parent / "cache.pyc").write_text("")
    assert not files.replaced()
    assert not ProgramFiles().replaced()  # this very program


def test_a_file_that_is_written_anew_was_replaced(file: Path) -> None:
    """As pip does: the old one is taken away, then another is written, and for a moment there is none."""
    files = ProgramFiles(file)
    file.unlink()
    assert not files.replaced()
    file.write_text('__version__ = "0.2.0"\n')  # of the same length
    assert files.replaced()
    assert not ProgramFiles(file).replaced()  # the next start is of that one


def test_a_file_that_is_moved_into_its_place_was_replaced(file: Path) -> None:
    """As dpkg does; with the time that the package gives every file."""
    files = ProgramFiles(file)
    new = file.with_suffix(".dpkg-new")
    new.write_text('__version__ = "0.2.0"\n')
    os.utime(new, (1_700_000_000, 1_700_000_000))
    new.replace(file)
    assert files.replaced()


def test_a_program_without_such_a_file_was_not_replaced(tmp_path: Path) -> None:
    assert not ProgramFiles(tmp_path / "nothing").replaced()
