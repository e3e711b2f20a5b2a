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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from lyncdesk.client.secure_places import is_place
from lyncdesk_packaging import agreement, audit
from lyncdesk_packaging.archives import pack, sums
from lyncdesk_packaging.bundle import KERBEROS
from lyncdesk_packaging.changelog import Release
from lyncdesk_packaging.steps import STEPS
from lyncdesk_packaging.work import ROOT, MistakeError, Work, system

_SUMS = "SHA256SUMS"
# What a folder among the products is packed as: what is of one system says of which.
_PACKED = {
    "lyncdesk": "lyncdesk-{version}-{system}",
    "LyncDesk.AppDir": "LyncDesk-{version}-{system}.AppDir",
}
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
    """What the caller chose: which steps, whether it may go unaudited, who signs, where it will be found.

    ``today`` is the day on which a vulnerability may still be explained, and after which no release may be.
    """

    steps: tuple[str, ...] = ()
    unaudited: bool = False
    service: str = audit.OSV
    sign: tuple[str, str] | None = None
    page: str = ""
    today: date = field(default_factory=agreement.today)


def release(root: Path, wish: Wish, tell: Callable[[str], None] = print) -> Path:
    """Make the release of the tag at HEAD, and return its folder.

    Raises:
        MistakeError: this is nothing to be released, or something of it could not be made.
    """
    news, commit = releasable(root, wish.today)
    _can_be_made(wish)
    target = root / "dist" / f"release-{news.version}"
    shutil.rmtree(target, ignore_errors=True)
    scratch = root / "build/release"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    source = scratch / "source"
    # A clone has what is committed and nothing else: no file that lies about can get in.
    _git(root, "clone", "--quiet", "--no-hardlinks", "--no-checkout", str(root), str(source))
    _git(source, "checkout", "--quiet", "--detach", commit)
    _audited(source, scratch, wish, tell)
    # What is not whole does not come to lie where a release is looked for.
    whole = scratch / "whole"
    whole.mkdir()
    files: dict[str, str] = {}
    for step in wish.steps or STEPS:
        tell(f"making {step}")
        files |= dict.fromkeys(_made(source, step, whole, tell), STEPS[step].says)
    (whole / "RELEASE_NOTES.md").write_text(notes(news, files), encoding="utf-8")
    (whole / "latest.json").write_text(notice(news, wish.page), encoding="utf-8")
    _seal(whole, wish)
    target.parent.mkdir(exist_ok=True)
    return whole.rename(target)


def releasable(root: Path, today: date) -> tuple[Release, str]:
    """What the changelog says of the version that stands at HEAD, and the commit.

    Raises:
        MistakeError: something is not committed, HEAD has no such tag, or something does not agree.
    """
    if left := _git(root, "status", "--porcelain", "--untracked-files=normal"):
        raise MistakeError(f"not everything is committed; a release is made of a tag alone:\n{left.rstrip()}")
    version = Work(root, root, root).version()
    tags = _git(root, "tag", "--points-at", "HEAD").split()
    if f"v{version}" not in tags:
        there = f"has the tag {', '.join(tags)}" if tags else "has no tag"
        if _git(root, "tag", "--list", f"v{version}"):
            there += f" (v{version} is of another commit: check that one out to release it)"
        raise MistakeError(
            f"HEAD {there}, and lyncdesk/__init__.py says {version}: "
            f"“git tag -a v{version}” it, or mend the version"
        )
    if wrong := agreement.disagreements(root, released=today):
        raise MistakeError("\n".join(wrong))
    news = agreement.newest(root)
    assert news is not None  # noqa: S101 - else something would not agree
    return news, _git(root, "rev-parse", "HEAD").strip()


def notes(news: Release, files: Mapping[str, str]) -> str:
    """What is new, as the changelog says it, which file is what, and how to check what was fetched."""
    listed = "\n".join(f"- `{name}`: {says}" for name, says in files.items())
    return (
        f"# LyncDesk {news.version}\n\n{news.date}\n\n{news.text}\n\n## Files\n\n{listed}\n\n"
        f"## Checking what you fetched\n\n`sha256sum --check --ignore-missing {_SUMS}`, "
        f"in the folder with what you fetched and {_SUMS}. Where {_SUMS} is signed: "
        + ", or ".join(f"`{check}`" for _, check in _SIGNERS.values())
        + ".\n"
    )


def notice(news: Release, page: str) -> str:
    """What a program that is asked for a newer version reads: the version, its day, and where it is."""
    said = {"version": news.version, "date": str(news.date)}
    return json.dumps(said | ({"page": page} if page else {}), indent=2) + "\n"


def _can_be_made(wish: Wish) -> None:
    """What would else be found out after minutes."""
    if wish.page and not is_place(wish.page):
        raise MistakeError(f"--page: {wish.page} is not an address that begins with https://")
    if wish.sign is not None and shutil.which(wish.sign[0]) is None:
        raise MistakeError(f"--sign: {wish.sign[0]} is not installed")
    bundled = "bundle" in {need for step in wish.steps or STEPS for need in (step, *STEPS[step].needs)}
    asked = os.environ.get(KERBEROS)
    if bundled and sys.platform == "linux" and asked != "0" and shutil.which("krb5-config") is None:
        raise MistakeError(
            "a release brings Kerberos, and krb5-config (Debian: libkrb5-dev) is not installed; "
            f"{KERBEROS}=0 makes one without"
        )


def _audited(source: Path, scratch: Path, wish: Wish, tell: Callable[[str], None]) -> None:
    table = source / "packaging/release/audit.toml"
    try:
        result = audit.audit(source / "constraints.txt", table, scratch, wish.today, service=wish.service)
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


def _made(source: Path, step: str, target: Path, tell: Callable[[str], None]) -> list[str]:
    """Make a step by the modules of the clone, and put its products into the release; their names there.

    What lies in a folder is released with that folder, packed.
    """
    command = [sys.executable, "-m", "lyncdesk_packaging", step]
    work, dist = Work(source, source, source), source / "dist"
    products: list[Path] = []
    for line in work.run(command, PYTHONPATH=str(source / "packaging")).splitlines():
        path = Path(line.removeprefix(f"{step}: "))
        if path.is_relative_to(dist):
            products.append(dist / path.relative_to(dist).parts[0])
        else:
            tell(line)
    names = []
    for path in dict.fromkeys(products):
        name = path.name
        if path.is_dir():
            form = _PACKED.get(name, "lyncdesk-{version}-" + name)
            name = f"{form.format(version=work.version(), system=system())}.tar.gz"
        place = target / name
        if place.exists():
            raise MistakeError(f"two products are called {name}; the second is of the step {step}")
        if path.is_dir():
            pack(path, place, work.moment())
        else:
            shutil.copy2(path, place)
        names.append(name)
    return names


def _seal(folder: Path, wish: Wish) -> None:
    (folder / _SUMS).write_text(sums(folder), encoding="utf-8")
    Work(ROOT, folder, folder).run(["sha256sum", "--check", "--strict", "--quiet", _SUMS], cwd=folder)
    if wish.sign is not None:
        tool, key = wish.sign
        # Its questions (a password) are put to the person, so nothing of it is caught.
        if subprocess.run(_SIGNERS[tool][0](key, folder / _SUMS), cwd=folder, check=False).returncode:
            raise MistakeError(f"{tool} did not sign {_SUMS} with the key {key}")


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
