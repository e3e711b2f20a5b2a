"""The Debian package: the one-folder bundle with the desktop's files, as dpkg installs it.

The bundle's copies of libraries that this Debian has are left out (:mod:`deb_libraries`): apt installs them,
and keeps them safe. What the program brings that Debian does not have, Python, Qt for Python and their like,
stays.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from lyncdesk_packaging import deb_copyright, shipped
from lyncdesk_packaging.bundle_libraries import elf_files
from lyncdesk_packaging.deb_documents import changelog_text, debian_version, maintainer
from lyncdesk_packaging.deb_libraries import leave_to_debian, needed_packages, tidy
from lyncdesk_packaging.share import write_autostart, write_share
from lyncdesk_packaging.steps import product
from lyncdesk_packaging.work import Work, files

NAME = "lyncdesk"
PROGRAMS = ("lyncdesk", "lyncdesk-gui")
HOME = Path("usr/lib") / NAME  # where the bundle is installed
RECIPE = Path("packaging/debian")
# Hardly larger than the next setting makes it, in half of its time; lintian takes no zstd yet. See the page.
COMPRESSION = ("-Zxz", "-z0")

# What a running program reads of a Python package's description of itself.
_READ = frozenset({"METADATA", "entry_points.txt", "RECORD", "top_level.txt", "WHEEL"})


def make(work: Work) -> list[Path]:
    """Stage the tree, then have dpkg-deb build it; the same tree gives the same bytes."""
    tree = work.scratch / "tree"
    documents = tree / "usr/share/doc" / NAME
    documents.mkdir(parents=True)
    _place_bundle(work, tree, documents)
    write_share(work, tree / "usr", zsh="vendor-completions")
    write_autostart(tree / "etc/xdg")
    _place_documents(work, tree, documents)
    _compress_pages(tree)
    _write_control(work, tree)
    _even_out(tree, work.moment())
    for old in work.dist.glob(f"{NAME}_*.deb"):
        old.unlink()
    package = work.dist / f"{NAME}_{debian_version(work.version())}_{_architecture(work)}.deb"
    work.run(["dpkg-deb", *COMPRESSION, "--root-owner-group", "--build", tree, package])
    return [package]


def _architecture(work: Work) -> str:
    return work.run(["dpkg", "--print-architecture"]).strip()


def _place_bundle(work: Work, tree: Path, documents: Path) -> None:
    bundle = product("bundle", "lyncdesk", work.root)
    home = tree / HOME
    shutil.copytree(bundle, home, symlinks=True, ignore=shutil.ignore_patterns(shipped.OWN))
    gone = leave_to_debian(home)
    deb_copyright.write(work, bundle, documents, gone.values())
    tidy(work, home)
    # Their texts are in the one file that Debian wants them in.
    for part in home.glob("_internal/*.dist-info"):
        for file in [path for path in part.rglob("*") if path.is_file() and path.name not in _READ]:
            file.unlink()
        for folder in sorted((path for path in part.rglob("*") if path.is_dir()), reverse=True):
            folder.rmdir()
    (tree / "usr/bin").mkdir()
    for program in PROGRAMS:
        (tree / "usr/bin" / program).symlink_to(f"../lib/{NAME}/{program}")


def _place_documents(work: Work, tree: Path, documents: Path) -> None:
    _write_gzip(documents / "changelog.gz", changelog_text(work).encode())
    shutil.copy(work.root / RECIPE / "README.Debian", documents)
    examples = documents / "examples"
    examples.mkdir()
    template = work.run([tree / HOME / "lyncdesk", "policy", "--template"], LC_ALL="C.UTF-8", LANGUAGE="en")
    (examples / "policy.toml").write_text(template, encoding="utf-8")
    overrides = tree / "usr/share/lintian/overrides"
    overrides.mkdir(parents=True)
    shutil.copy(work.root / RECIPE / f"{NAME}.lintian-overrides", overrides / NAME)


def _compress_pages(tree: Path) -> None:
    """Manual pages are installed compressed; that of the program without a terminal is the same page."""
    for page in sorted((tree / "usr/share/man").rglob("*.[1-9]")):
        _write_gzip(page.with_name(f"{page.name}.gz"), page.read_bytes())
        page.unlink()


def _write_gzip(path: Path, content: bytes) -> None:
    path.write_bytes(gzip.compress(content, 9, mtime=0))


def _write_control(work: Work, tree: Path) -> None:
    control = tree / "DEBIAN"
    depends = needed_packages(work, tree / HOME)
    installed = list(files(tree, [part.name for part in sorted(tree.iterdir())]))
    kilobytes = sum(_kilobytes(path) for path in tree.rglob("*"))
    control.mkdir()
    text = (work.root / RECIPE / "control").read_text(encoding="utf-8")
    values = {
        "version": debian_version(work.version()),
        "architecture": _architecture(work),
        "maintainer": maintainer(),
        "size": str(kilobytes),
        "depends": depends,
    }
    (control / "control").write_text(text.format(**values), encoding="utf-8")
    conffiles = [path for path in installed if path.is_relative_to(tree / "etc")]
    (control / "conffiles").write_text("".join(f"/{path.relative_to(tree)}\n" for path in conffiles))
    sums = (path for path in installed if path not in conffiles and not path.is_symlink())
    (control / "md5sums").write_text(
        "".join(f"{_md5(path)}  {path.relative_to(tree)}\n" for path in sums), encoding="utf-8"
    )
    shutil.copy(work.root / RECIPE / "postrm", control)


def _kilobytes(path: Path) -> int:
    """What Debian's policy counts of it (5.6.20): files by full kilobytes, all else as one."""
    return -(-path.stat().st_size // 1024) if path.is_file() and not path.is_symlink() else 1


def _md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()


def _even_out(tree: Path, moment: int) -> None:
    """Modes as Debian's policy wants them (10.9), and one time on everything."""
    programs = {path for path in elf_files(tree) if ".so" not in path.name}
    for path in _everything(tree):
        if not path.is_symlink():
            wanted = (
                path.is_dir() or path in programs or (path.parent.name == "DEBIAN" and path.name in _SCRIPTS)
            )
            path.chmod(0o755 if wanted else 0o644)
        os.utime(path, (moment, moment), follow_symlinks=False)


_SCRIPTS = frozenset({"preinst", "postinst", "prerm", "postrm"})


def _everything(tree: Path) -> Iterator[Path]:
    yield tree
    yield from sorted(tree.rglob("*"))
