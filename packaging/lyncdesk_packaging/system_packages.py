"""The libraries of the system, and which package each is from, by Debian's own word."""

from __future__ import annotations

import platform
import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lyncdesk_packaging.work import MistakeError

_FORMAT = "${binary:Package}|${Version}|${source:Package}|${source:Version}|${Architecture}"
_CACHED = re.compile(r"\s+(?P<name>\S+) \(.*\) => (?P<path>/\S+)")


@dataclass(frozen=True, slots=True)
class SystemPackage:
    """An installed package; ``notice`` is its copyright file."""

    name: str
    version: str
    source: str
    source_version: str
    architecture: str
    notice: Path
    system: str
    release: str

    @property
    def purl(self) -> str:
        """Its name by the rules of package URLs."""
        system = self.system.lower()
        version = self.version.replace(":", "%3A").replace("+", "%2B")
        where = f"arch={self.architecture}&distro={system}-{self.release}"
        return f"pkg:deb/{system}/{self.name}@{version}?{where}"


def owner(library: Path) -> SystemPackage:
    """The package of a library.

    Raises:
        MistakeError: it is from none, or this system has no dpkg.
    """
    package = package_of(library)
    if not package:
        raise MistakeError(
            f"{library} is from no package of this system; nobody can say under what licence it is"
        )
    return _described(package)


def libraries() -> dict[str, Path]:
    """What the loader of this system finds under which name.

    Raises:
        MistakeError: it finds nothing.
    """
    found: dict[str, Path] = {}
    for line in _asked("/sbin/ldconfig", "-p").stdout.splitlines():
        if entry := _CACHED.match(line):
            found.setdefault(entry["name"], Path(entry["path"]))
    if not found:
        raise MistakeError("/sbin/ldconfig -p names no library of this system")
    return found


def package_of(library: Path) -> str:
    """The package that a library belongs to, as dpkg names it; "" if it was installed by hand.

    Raises:
        MistakeError: this system has no dpkg.
    """
    # Debian merged /lib into /usr/lib; dpkg knows a file by the path that its package has.
    whole = library.resolve()
    tries = [whole, Path(str(whole).removeprefix("/usr"))] if str(whole).startswith("/usr/") else [whole]
    for path in tries:
        done = _asked("dpkg", "--search", str(path))
        if done.returncode == 0:
            return done.stdout.partition(": ")[0].partition(",")[0]
    return ""


@cache
def _described(package: str) -> SystemPackage:
    told = _asked("dpkg-query", "--show", f"--showformat={_FORMAT}", package).stdout
    name, version, source, source_version, architecture = told.split("|")
    name = name.partition(":")[0]
    notice = Path("/usr/share/doc") / name / "copyright"
    if not notice.is_file():
        raise MistakeError(f"{notice} is not there: the notice of {name} must go along")
    release = platform.freedesktop_os_release()
    system = release["ID"].capitalize()
    number = release.get("VERSION_ID", "unstable")
    return SystemPackage(
        name, version, source, source_version, architecture, notice.resolve(), system, number
    )


def _asked(*command: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise MistakeError(
            f"{command[0]} is not here: where libraries are from is known on Debian alone"
        ) from error
