"""Which libraries of the bundle this Debian has, and which of its packages the rest needs.

The bundle carries copies of the build machine's own libraries, so that it runs on any system. Here they would
be second copies of what apt installs and mends: they are left out, and dpkg-shlibdeps says what is needed
instead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from lyncdesk_packaging.bundle_libraries import elf_files
from lyncdesk_packaging.system_packages import libraries, package_of
from lyncdesk_packaging.work import MistakeError, Work

# Python itself stays what it was made of, also where the build machine's is Debian's.
_OWN = re.compile(r"libpython\d")
# Parts that the program does without, and that need more of a system than it should ask for: the look of GTK.
_OPTIONAL = re.compile(r"/platformthemes/libqgtk3\.so$")


def leave_to_debian(bundle: Path) -> dict[str, str]:
    """Take the copies of Debian's libraries out of the bundle; the package of each by its name."""
    system = libraries()
    copies = {
        path: system[path.name]
        for path in sorted(bundle.rglob("*.so*"))
        if path.name in system and not path.is_symlink() and not _OWN.match(path.name)
    }
    owners = {path: package_of(original).partition(":")[0] for path, original in copies.items()}
    for path, owner in owners.items():
        if owner:
            path.unlink()
    return {path.name: owner for path, owner in owners.items() if owner}


def needed_packages(work: Work, tree: Path) -> str:
    """What goes into ``Depends``: the packages of every library that the tree needs and does not hold."""
    source = work.scratch / "shlibdeps"
    (source / "debian").mkdir(parents=True)
    (source / "debian/control").write_text("Source: lyncdesk\n\nPackage: lyncdesk\nArchitecture: any\n")
    wanted = [path for path in elf_files(tree) if not _OPTIONAL.search(str(path))]
    folders = sorted({path.parent for path in wanted})
    said = work.run(
        [
            "dpkg-shlibdeps",
            "-O",
            f"-S{tree}",
            "--ignore-missing-info",
            "--warnings=0",
            *(f"-l{folder}" for folder in folders),
            *(f"-e{path}" for path in wanted),
        ],
        cwd=source,
    )
    line = next((line for line in said.splitlines() if line.startswith("shlibs:Depends=")), "")
    if not line:
        raise MistakeError(f"dpkg-shlibdeps found nothing that {tree} needs:\n{said}")
    return line.partition("=")[2]


def tidy(work: Work, bundle: Path) -> None:
    """Take out of each library what only its makers can use: symbols, and folders of the build machine."""
    # Not of the programs: PyInstaller's archive hangs on them.
    libraries = [path for path in elf_files(bundle) if ".so" in path.name]
    # What was repaired for a wheel (auditwheel's folders) does not survive it.
    bare = [path for path in libraries if not path.parent.name.endswith(".libs")]
    work.run(["strip", "--strip-unneeded", *(f"--remove-section={name}" for name in _REMARKS), *bare])
    for library, folders in search_paths(work, libraries).items():
        if any(folder.startswith("/") for folder in folders):
            work.run(["patchelf", "--remove-rpath", library])


_REMARKS = (".comment", ".note")
_RUNPATH = re.compile(r"\((?:RUNPATH|RPATH)\).*\[(?P<folders>.*)\]")


def search_paths(work: Work, libraries: Sequence[Path]) -> dict[Path, list[str]]:
    """The folders in which each library itself wants its needs looked for, of those that want it."""
    told = work.run(["readelf", "--dynamic", "--wide", *libraries])
    _, *parts = re.split(r"^File: (.*)$", told, flags=re.MULTILINE)
    found = {Path(name): _RUNPATH.search(text) for name, text in zip(parts[::2], parts[1::2], strict=True)}
    return {path: match["folders"].split(":") for path, match in found.items() if match}
