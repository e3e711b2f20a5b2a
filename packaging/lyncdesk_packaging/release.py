"""``make release``: everything that an office installs, made from a tag and from nothing else.

The products, their sums, the list of their parts, the licences, what is new, and the notice that the program
reads when somebody asks it for a newer version, come to lie in ``dist/release-VERSION``.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lyncdesk_packaging import audit
from lyncdesk_packaging.agreement import disagreements
from lyncdesk_packaging.archives import pack, sums
from lyncdesk_packaging.changelog import Release, released
from lyncdesk_packaging.steps import STEPS
from lyncdesk_packaging.work import ROOT, MistakeError, Work

_SUMS = "SHA256SUMS"
# One row a tool: what signs the sums, given a key, and what a person checks them with.
_SIGNERS: dict[str, tuple[Callable[[str, Path], list[str]], str]] = {
    "minisign": (
        lambda key, path: ["minisign", "-S", "-s", key, "-m", str(path)],
        "minisign -Vm SHA256SUMS -p lyncdesk.pub",
    ),
    "gpg": (
        lambda key, path: [
            "gpg",
            "--batch",
            "--yes",
            "--local-user",
            key,
            "--armor",
            "--detach-sign",
            str(path),
        ],
        "gpg --verify SHA256SUMS.asc SHA256SUMS",
    ),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What the caller chose: which steps, whether it may go unaudited, who signs, where it will be found."""

    steps: tuple[str, ...] = ()
    unaudited: bool = False
    service: str = audit.OSV
    sign: tuple[str, str] | None = None
    page: str = ""


def release(root: Path, wish: Wish, tell: Callable[[str], None] = print) -> Path:
    """Make the release of the tag at HEAD, and return its folder.

    Raises:
        MistakeError: this is nothing to be released, or something of it could not be made.
    """
    version, news = releasable(root)
    tag = f"v{version}"
    scratch = root / "build/release"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    source = scratch / "source"
    # A clone of the tag has what is committed and nothing else: no file that lies about can get in.
    _git(root, "clone", "--quiet", "--no-hardlinks", "--branch", tag, str(root), str(source))
    if wrong := disagreements(source, release=True):
        raise MistakeError("\n".join(wrong))
    _audited(source, scratch, wish, tell)
    target = root / "dist" / f"release-{version}"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for step in wish.steps or STEPS:
        tell(f"making {step}")
        _made(source, step, target)
    (target / "RELEASE_NOTES.md").write_text(notes(news), encoding="utf-8")
    (target / "latest.json").write_text(notice(news, wish.page), encoding="utf-8")
    _seal(target, wish)
    return target


def releasable(root: Path) -> tuple[str, Release]:
    """The version that stands at HEAD and what the changelog says of it.

    Raises:
        MistakeError: something is not committed, HEAD has no such tag, or the changelog is not ready.
    """
    if left := _git(root, "status", "--porcelain"):
        raise MistakeError(f"not everything is committed; a release is made of a tag alone:\n{left.rstrip()}")
    version = Work(root, root, root).version()
    tags = _git(root, "tag", "--points-at", "HEAD").split()
    if f"v{version}" not in tags:
        there = f"has the tag {', '.join(tags)}" if tags else "has no tag"
        raise MistakeError(
            f"HEAD {there}, and lyncdesk/__init__.py says {version}: "
            f"“git tag -a v{version}” it, or mend the version"
        )
    if wrong := disagreements(root, release=True):
        raise MistakeError("\n".join(wrong))
    return version, released(root, version)[0]


def notes(news: Release) -> str:
    """What is new, as the changelog says it, and how to check what was fetched."""
    return (
        f"# LyncDesk {news.version}\n\n{news.date}\n\n{news.text}\n\n"
        f"## Checking what you fetched\n\n`sha256sum --check --ignore-missing {_SUMS}`, "
        f"in the folder with what you fetched and {_SUMS}. Where {_SUMS} is signed: "
        + ", or ".join(f"`{check}`" for _, check in _SIGNERS.values())
        + ".\n"
    )


def notice(news: Release, page: str) -> str:
    """What a program that is asked for a newer version reads: the version, its day, and where it is."""
    said = {"version": news.version, "date": str(news.date)}
    return json.dumps(said | ({"page": page} if page else {}), indent=2) + "\n"


def _audited(source: Path, scratch: Path, wish: Wish, tell: Callable[[str], None]) -> None:
    today = datetime.now(UTC).date()
    table = source / "packaging/release/audit.toml"
    try:
        result = audit.audit(source / "constraints.txt", table, scratch, today, service=wish.service)
    except audit.UnauditedError as error:
        loud = f"NOT AUDITED: {error}. Nobody knows whether what is shipped has known vulnerabilities."
        if not wish.unaudited:
            raise MistakeError(f"{loud} To go on all the same: ARGS=--unaudited") from error
        tell(loud)
        return
    for explained in result.explained:
        tell(f"explained: {explained}")
    for unneeded in result.unneeded:
        tell(f"{table.name}: nothing needs the row {unneeded} any more")
    if result.open:
        raise MistakeError("known vulnerabilities:\n" + "\n".join(result.open))
    tell(f"audited: {result.asked} pins")


def _made(source: Path, step: str, target: Path) -> None:
    """Make a step by the modules of the clone, and put its products into the release."""
    command = [sys.executable, "-m", "lyncdesk_packaging", step]
    work = Work(source, source, source)
    for line in work.run(command, PYTHONPATH=str(source / "packaging")).splitlines():
        name, found, product = line.partition(": ")
        path = Path(product)
        if not found or name not in STEPS or not path.is_absolute():
            continue
        place = target / (f"{path.name}.tar.gz" if path.is_dir() else path.name)
        if place.exists():
            raise MistakeError(f"two products are called {place.name}; the second is of the step {step}")
        if path.is_dir():
            pack(path, place, work.moment())
        else:
            shutil.copy2(path, place)


def _seal(target: Path, wish: Wish) -> None:
    (target / _SUMS).write_text(sums(target), encoding="utf-8")
    work = Work(ROOT, target, target)
    work.run(["sha256sum", "--check", "--strict", "--quiet", _SUMS], cwd=target)
    if wish.sign is not None:
        tool, key = wish.sign
        work.run(_SIGNERS[tool][0](key, target / _SUMS), cwd=target)


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments],
        cwd=root,
        env={**os.environ, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise MistakeError(f"git {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Make a release, and say what was made or why not."""
    parser = argparse.ArgumentParser(prog="make release", description=__doc__)
    parser.add_argument("--steps", nargs="+", choices=STEPS, default=(), metavar="STEP", help="only these")
    parser.add_argument("--unaudited", action="store_true", help="go on where pip-audit cannot ask anybody")
    parser.add_argument("--osv-url", default=audit.OSV, help="the service that pip-audit asks")
    parser.add_argument("--sign", nargs=2, metavar=("TOOL", "KEY"), help=f"TOOL is {' or '.join(_SIGNERS)}")
    parser.add_argument("--page", default="", help="where people will find this release")
    given = parser.parse_args(arguments)
    if given.sign and given.sign[0] not in _SIGNERS:
        parser.error(f"--sign: {given.sign[0]} is not {' or '.join(_SIGNERS)}")
    sign = (given.sign[0], given.sign[1]) if given.sign else None
    wish = Wish(tuple(given.steps), given.unaudited, given.osv_url, sign, given.page)
    try:
        target = release(root, wish)
    except MistakeError as mistake:
        print(f"make release: {mistake}", file=sys.stderr)
        return 1
    print(f"{target}:")
    print((target / _SUMS).read_text(encoding="utf-8"), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
