"""A Debian of its own in a folder, as a newly installed machine has it: for packages to be installed into.

Everything in it runs in a mount and a process namespace that belong to the ``with`` block: its /proc and
/dev are seen by nobody else, and at its end, or at that of the tests however they end, the kernel ends every
process in it and with the last of them undoes the mounts. What it was outside is a folder, which is removed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest
from filelock import FileLock

from lyncdesk_packaging.work import ROOT

SCRATCH = ROOT / "build/root-fs"
X11 = Path("/tmp/.X11-unix")
USER = "ada"
PATIENCE = 900.0  # seconds, for a mirror and a machine that are slow

# The first process inside ends, and all others with it, when nobody holds the other end of its input.
_SETUP = """
set -e
root=$1
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 dev "$root/dev"
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
for name in null zero full random urandom tty; do
  : > "$root/dev/$name"
  mount --bind "/dev/$name" "$root/dev/$name"
done
mkdir -p "$2" "$root/tmp/.X11-unix"
mount --bind "$2" "$root/tmp/.X11-unix"
echo ready
sleep 1000000 &
exec cat > /dev/null
"""
_PREPARE = f"""
set -e
useradd --create-home --shell /bin/bash {USER}
printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
"""


@dataclass(frozen=True, slots=True)
class Done:
    """How a program inside ended, and what it printed on both outputs."""

    status: int
    text: str


class RootFs:
    """See the module's text. ``suite`` is this machine's own if none is named."""

    def __init__(self, suite: str = "") -> None:
        self._tar = base_tar(suite or this_suite())
        self._stack = ExitStack()
        self._first = 0

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.path = Path(tempfile.mkdtemp(prefix="root-", dir=SCRATCH))
            stack.callback(shutil.rmtree, self.path)
            self.path.chmod(0o755)
            subprocess.run(["tar", "-C", self.path, "--exclude=./dev/*", "-xf", self._tar], check=True)
            shutil.copyfile("/etc/resolv.conf", self.path / "etc/resolv.conf")
            self._share_packages(stack)
            self._enter(stack)
            self._stack = stack.pop_all()
        self.run("sh", "-c", _PREPARE)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def _share_packages(self, stack: ExitStack) -> None:
        """What one root file system has fetched, the next need not: packages, by links."""
        shared, own = SCRATCH / "archives", self.path / "var/cache/apt/archives"
        shared.mkdir(exist_ok=True)
        _link(shared, own)
        stack.callback(_link, own, shared)

    def _enter(self, stack: ExitStack) -> None:
        apart = ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child"]
        process = subprocess.Popen(
            [*apart, "sh", "-c", _SETUP, "sh", self.path, X11],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        stack.callback(_end, process)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n", "the namespaces of the root file system"
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
        self._first = int(children.split()[0])

    # --- programs inside ---

    def command(self, *command: str, user: str = "root", **environment: str) -> list[str]:
        """The command that runs a program inside, in an environment of its own; for starting it outside."""
        home = "/root" if user == "root" else f"/home/{user}"
        variables = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": home,
            "USER": user,
            "LANG": "C.UTF-8",
            **environment,
        }
        return [
            *("nsenter", "--target", str(self._first), "--mount", "--pid"),
            *("chroot", f"--userspec={user}:{user}", str(self.path)),
            *("env", "-i", f"--chdir={home}", *(f"{name}={value}" for name, value in variables.items())),
            *command,
        ]

    def run(
        self,
        *command: str,
        user: str = "root",
        given: str = "",
        status: int | None = 0,
        **environment: str,
    ) -> Done:
        """Run a program inside to its end. ``status`` is how it must end, None if in any way."""
        done = subprocess.run(
            self.command(*command, user=user, **environment),
            input=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=PATIENCE,
            check=False,
        )
        assert status in (None, done.returncode), f"{' '.join(command)}: {done.returncode}\n{done.stdout}"
        return Done(done.returncode, done.stdout)

    def apt(self, *arguments: str, status: int | None = 0) -> str:
        """Have apt-get do something, as an administrator's script does it."""
        options = (
            "APT::Keep-Downloaded-Packages=true",
            "APT::Sandbox::User=root",
            "Acquire::Retries=3",
            "DPkg::Options::=--force-unsafe-io",  # nobody needs what a crash of this machine would spoil
        )
        return self.run(
            "apt-get",
            "-y",
            "-q",
            *(f"-o={option}" for option in options),
            *arguments,
            status=status,
            DEBIAN_FRONTEND="noninteractive",
        ).text

    def bring(self, file: Path) -> str:
        """Put a file of outside into /tmp, for everybody to read; its name inside."""
        inside = self.path / "tmp" / file.name
        shutil.copyfile(file, inside)
        inside.chmod(0o644)
        return f"/tmp/{file.name}"

    # --- looking ---

    def told(self, *paths: str) -> dict[str, str]:
        """The same as :meth:`listing` of these paths alone, those that are there."""
        found = {path: self.path / path.lstrip("/") for path in paths}
        return {path: _told(place) for path, place in found.items() if os.path.lexists(place)}

    def listing(self) -> dict[str, str]:
        """Every file, folder and link by its path, with all that there is to say of it but its time."""
        found = {}
        for folder, folders, names in os.walk(self.path):
            for name in (*folders, *names):
                path = Path(folder, name)
                found[f"/{path.relative_to(self.path)}"] = _told(path)
        return found


def _link(source: Path, target: Path) -> None:
    for package in source.glob("*.deb"):
        with suppress(FileExistsError):
            (target / package.name).hardlink_to(package)


def _told(path: Path) -> str:
    stat = path.lstat()
    what = f"{stat.st_mode:o} {stat.st_uid}:{stat.st_gid}"
    if path.is_symlink():
        return f"{what} -> {path.readlink()}"
    if path.is_file():
        return f"{what} {sha256(path.read_bytes()).hexdigest()}"
    return what


def _end(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()


# --- what it is made of ---


@cache
def this_suite() -> str:
    """The name of the Debian that this machine runs: what is built here is for it and for later ones."""
    lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line).get("VERSION_CODENAME", "bookworm")


@cache
def base_tar(suite: str) -> Path:
    """The smallest Debian that apt works in, of today; made once a day.

    Skips the test where it cannot be made: who is not root, or may not mount, cannot.
    """
    if os.name != "posix" or os.geteuid() != 0:
        pytest.skip("a root file system of its own is for root to make")
    asked = subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "true"], capture_output=True, text=True, check=False
    )
    if asked.returncode:
        pytest.skip(f"a root file system of its own needs namespaces, and may not: {asked.stderr.strip()}")
    SCRATCH.mkdir(parents=True, exist_ok=True)
    tar = SCRATCH / f"{suite}-{datetime.now(UTC):%Y%m%d}.tar"
    with FileLock(SCRATCH / f"{suite}.lock"):
        if not tar.exists():
            # The last one stays: tests that began before midnight still unpack it.
            for old in sorted(SCRATCH.glob(f"{suite}-*.tar"))[:-1]:
                old.unlink()
            made = tar.with_suffix(".part")
            # The lists of the packages stay, so that nothing but packages need be fetched.
            options = ["--variant=minbase", "--skip=cleanup/apt/lists", "--format=tar", "--quiet"]
            subprocess.run(
                ["mmdebstrap", *options, suite, made, *_mirror(suite)], check=True, timeout=PATIENCE
            )
            made.rename(tar)
    return tar


def _mirror(suite: str) -> list[str]:
    """Where this machine has its own packages from, if it is of this suite; else Debian's own address."""
    if suite != this_suite():
        return []
    fields = "deb $(REPO_URI) $(RELEASE) $(COMPONENT)\t$(ORIGIN)"
    asked = subprocess.run(
        ["apt-get", "indextargets", "--format", fields, "Created-By: Packages"],
        capture_output=True,
        text=True,
        check=False,
    )
    return sorted(
        {line.partition("\t")[0] for line in asked.stdout.splitlines() if line.endswith("\tDebian")}
    )
