"""A repository of its own with the project as it lies here, in which a test may change, commit and tag."""

import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from lyncdesk_packaging.work import ROOT

# What a release needs to read; the tests of the project are in the sdist, a few of them will do here.
_PLACES = ("lyncdesk", "resources", "packaging", "docs", "tests/packaging")
_NAMES = (
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "constraints.txt",
    "pyproject.toml",
    ".gitignore",
)


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["git", *who, *arguments], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def what_agrees(folder: Path) -> Path:
    """What names the version, its day, the Pythons, the licence and the id, uncommitted changes included."""
    return _copied(folder, ("packaging", "resources/desktop", "lyncdesk"))


def own_copy(folder: Path) -> Path:
    """Everything that a release needs, uncommitted changes included, as one commit."""
    return as_a_repository(_copied(folder, _PLACES))


def _copied(folder: Path, places: Iterable[str]) -> Path:
    folder.mkdir(parents=True)
    for place in places:
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / place).is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / place, folder / place, ignore=ignored, symlinks=True)
        else:
            shutil.copy2(ROOT / place, folder / place)
    for name in _NAMES:
        if (ROOT / name).exists():  # an sdist has no .gitignore
            shutil.copy2(ROOT / name, folder / name)
    return folder


def as_a_repository(folder: Path) -> Path:
    """The same with all of it committed."""
    (folder / ".gitignore").write_text("build/\ndist/\n__pycache__/\n")
    git(folder, "init", "--quiet", "--initial-branch", "main")
    commit(folder, "Begin")
    return folder


def commit(folder: Path, message: str) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)


def edit(folder: Path, name: str, old: str, new: str) -> None:
    """Replace one text, which must be there."""
    path = folder / name
    text = path.read_text()
    assert old in text, f"{name} has no {old!r}"
    path.write_text(text.replace(old, new, 1))


def finish(folder: Path, version: str, day: str = "2020-02-01") -> None:
    """Bring everything that names a version up to this one, as whoever releases does.

    What was released before is moved back, so that no clock that a test may meet makes the day the future.
    """
    path = folder / "lyncdesk/__init__.py"
    now = path.read_text().split('__version__ = "')[1].split('"')[0]
    edit(folder, "lyncdesk/__init__.py", f'__version__ = "{now}"', f'__version__ = "{version}"')
    changelog = folder / "CHANGELOG.md"
    head, _, rest = changelog.read_text().partition("## [")
    body = rest.partition("]\n")[2] if rest.startswith("Unreleased") else f"\n\nNews.\n\n## [{rest}"
    body = re.sub(r"(?m)^(## \[.*\]) - (\d{4})", lambda found: f"{found[1]} - {int(found[2]) - 20}", body)
    changelog.write_text(f"{head}## [{version}] - {day}\n{body}")
    manual = folder / "resources/desktop/share/man/man1/lyncdesk.1"
    head = f'.TH LYNCDESK "1" "{day}" "LyncDesk {version}" "LyncDesk"\n'.replace("-", r"\-")
    manual.write_text(head + manual.read_text().partition("\n")[2])
