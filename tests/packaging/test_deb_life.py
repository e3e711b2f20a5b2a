"""The life of the Debian package on one machine: installed, used, upgraded, removed, back again, purged."""

from __future__ import annotations

import py_compile
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lyncdesk import __version__
from lyncdesk_packaging.work import ROOT
from tests.desktop import Desktop
from tests.packaging.conftest import Made
from tests.packaging.deb_office import GREEN, SLOW, Office
from tests.packaging.root_fs import USER, RootFs
from tests.waiting import wait_for

pytestmark = [pytest.mark.xdist_group("bundle"), pytest.mark.timeout(1800), pytest.mark.desktop]

POLICY = "/etc/lyncdesk/policy.toml"
AUTOSTART = "/etc/xdg/autostart/org.lyncdesk.LyncDesk.desktop"
# What dpkg, apt and the loader of libraries keep of everything that was ever installed.
JOURNALS = (
    "/var/lib/dpkg/status",
    "/var/lib/dpkg/triggers",
    "/var/lib/dpkg/lock",
    "/var/lib/apt/extended_states",
    "/var/lib/apt/lists/",
    "/var/log/",
    "/var/cache/apt/",
    "/var/cache/debconf/",
    "/var/cache/ldconfig/",
)


@dataclass(frozen=True)
class Machine:
    """A root file system for one life after the other, and what was there before the first."""

    root: RootFs
    clean: dict[str, str]


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    with RootFs() as root:
        yield Machine(root, root.listing())


@pytest.fixture
def root(machine: Machine) -> Iterator[RootFs]:
    """The machine without LyncDesk and all that people and administrators had of it."""
    root = machine.root
    yield root
    root.apt("purge", "lyncdesk", status=None)  # which apt has never heard of where it is purged
    root.run("sh", "-c", f"rm -rf /etc/lyncdesk /tmp/*.deb; cd /home/{USER} && find . -mindepth 1 -delete")


def again(
    deb: Path, version: str, folder: Path, change: Callable[[Path, Path], None] = lambda _tree, _folder: None
) -> Path:
    """The same package as another version, with one file that no other has; not compressed, for speed."""
    tree = folder / version
    subprocess.run(["dpkg-deb", "--raw-extract", deb, tree], check=True)
    control = tree / "DEBIAN/control"
    control.write_text(control.read_text().replace(f"\nVersion: {__version__}\n", f"\nVersion: {version}\n"))
    (tree / f"usr/lib/lyncdesk/of-{version}").write_text(version)
    change(tree, folder)
    product = folder / f"lyncdesk_{version}.deb"
    subprocess.run(
        ["dpkg-deb", "-Znone", "--root-owner-group", "--build", tree, product],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    shutil.rmtree(tree)
    return product


def of_another_protocol(tree: Path, scratch: Path) -> None:
    """Let client and worker of this version understand each other, and nobody else."""
    source = (ROOT / "lyncdesk/exchange/wire.py").read_text(encoding="utf-8")
    assert '_MARK = b"LD"' in source
    other = scratch / "wire.py"
    other.write_text(source.replace('_MARK = b"LD"', '_MARK = b"LX"'), encoding="utf-8")
    compiled = tree / "usr/lib/lyncdesk/_internal/lyncdesk/exchange/wire.pyc"
    assert compiled.is_file()
    py_compile.compile(str(other), str(compiled), dfile="wire.py", doraise=True)


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """What is there that was not, what is gone, and what is not as it was; without journals and homes."""
    paths = (path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    return sorted(path for path in paths if not path.startswith((*JOURNALS, "/home/", "/tmp/")))


def test_an_upgrade_a_removal_and_a_return_keep_what_people_and_administrators_wrote(
    package: Made, root: RootFs, tmp_path: Path
) -> None:
    (deb,) = package("deb")
    earlier = again(deb, "0.0.9", tmp_path)
    root.apt("install", "--no-install-recommends", root.bring(earlier))
    root.run("install", "-d", "/etc/lyncdesk")
    root.run("sh", "-c", f"printf 'CheckNowAllowed = false\\n' > {POLICY}; : > {AUTOSTART}")
    written = root.told(POLICY, AUTOSTART)
    assert len(written) == 2

    root.apt("install", "--no-install-recommends", root.bring(deb))
    assert root.run("dpkg-query", "-W", "-f", "${Version}", "lyncdesk").text == __version__
    assert root.told("/usr/lib/lyncdesk/of-0.0.9") == {}
    assert root.told(*written) == written

    # An older one is taken where an administrator says so, and not otherwise.
    old = f"/tmp/{earlier.name}"
    refused = root.apt("install", "--no-install-recommends", old, status=None)
    assert "downgrad" in refused.lower()
    root.apt("install", "--no-install-recommends", "--allow-downgrades", old)
    assert root.run("dpkg-query", "-W", "-f", "${Version}", "lyncdesk").text == "0.0.9"

    root.apt("remove", "lyncdesk")
    listing = root.listing()
    assert {path: listing[path] for path in written} == written
    assert not [path for path in listing if path.startswith(("/usr/lib/lyncdesk", "/usr/bin/lyncdesk"))]

    root.apt("install", "--no-install-recommends", f"/tmp/{deb.name}")
    assert root.told(*written) == written
    assert root.run("lyncdesk", "--version", user=USER).text == f"LyncDesk {__version__}\n"
    root.run("sh", "-c", "echo ours > /etc/lyncdesk/company-ca.pem")
    root.apt("purge", "lyncdesk")
    # What it knows goes; what an administrator laid beside it is not its own.
    left = [path for path in root.listing() if path.startswith(("/etc/lyncdesk", AUTOSTART))]
    assert left == ["/etc/lyncdesk", "/etc/lyncdesk/company-ca.pem"]
    # Nor does it stumble where the folder lies elsewhere.
    root.run("sh", "-c", "mv /etc/lyncdesk /srv/office; ln -s /srv/office /etc/lyncdesk; rm /srv/office/*")
    root.run("sh", root.bring(ROOT / "packaging/debian/postrm"), "purge")
    assert "-> /srv/office" in root.told("/etc/lyncdesk")["/etc/lyncdesk"]


def test_a_client_that_is_upgraded_while_it_runs_says_so_and_is_well_after_a_restart(
    package: Made, root: RootFs, tmp_path: Path
) -> None:
    """The worst case: the worker of the new version speaks another protocol than the client that runs."""
    (deb,) = package("deb")
    newer = again(deb, "9.9.9", tmp_path, of_another_protocol)
    root.apt("install", "--no-install-recommends", root.bring(deb), "dbus", "gnome-keyring")
    with Desktop() as desktop:
        office = Office(root, desktop)
        with office.session(), office.exchange() as url:
            with office.program("lyncdesk-gui") as client:
                office.sign_in(url)
                office.icon(GREEN)
                before = wait_for(lambda: office.status().get("calendar_as_of"), "a check", SLOW)

                root.apt("install", "--no-install-recommends", root.bring(newer))

                office.run("lyncdesk", "check-now")
                told = wait_for(
                    lambda: p if "program-replaced" in (p := str(office.status()["problems"])) else None,
                    "word of the update",
                    SLOW,
                )
                assert "program-replaced" in told
                status = office.status()
                # What was read is kept, and what cannot be read any more is said: nothing is made up.
                assert status["shows"] == "Available"
                assert status["calendar_as_of"] == before
                assert "worker-failed" in str(status["problems"])
                office.quit(client)
            with office.program("lyncdesk-gui") as client:
                office.icon(GREEN)
                wait_for(lambda: office.status().get("calendar_as_of"), "a check of the new version", SLOW)
                assert "program-replaced" not in str(office.status()["problems"])
                office.quit(client)


def test_what_is_purged_leaves_no_trace_but_the_persons_own_files(
    package: Made, machine: Machine, root: RootFs
) -> None:
    (deb,) = package("deb")
    name = root.bring(deb)
    needed = subprocess.run(
        ["dpkg-deb", "-f", deb, "Depends"], capture_output=True, text=True, check=True
    ).stdout
    # First what it depends on alone: that stays what it is, and what changes then is its own doing.
    packages = [part.split(" (")[0].strip() for part in needed.split(",")]
    root.apt("install", "--no-install-recommends", *packages)
    before = root.listing()
    root.apt("install", "--no-install-recommends", name)
    assert changed(before, root.listing())
    root.run("apt-mark", "auto", *packages)  # as if they had come with it
    _use(root)
    root.run("install", "-D", "-m", "644", "/dev/null", POLICY)
    home = {path: said for path, said in root.listing().items() if path.startswith(f"/home/{USER}/.")}
    assert any(path.endswith("/settings.toml") or "lyncdesk-demo" in path for path in home), sorted(home)

    root.apt("purge", "lyncdesk")

    after = root.listing()
    assert changed(before, after) == []
    assert {path: said for path, said in after.items() if path.startswith(f"/home/{USER}/.")} == home
    root.run("dpkg-query", "-W", "lyncdesk", status=1)
    # And what came for its sake goes with it, as far as nothing else of Debian wants it.
    root.apt("autoremove", "--purge")
    assert [
        path
        for path in root.listing()
        if "lyncdesk" in path.lower() and not path.startswith(("/home/", "/tmp/"))
    ] == []
    assert "/usr/lib/x86_64-linux-gnu/libxcb-cursor.so.0" not in root.listing().keys() - machine.clean.keys()


def _use(root: RootFs) -> None:
    """The sample organisation in the tray, long enough that it has written what it writes."""
    with Desktop() as desktop:
        office = Office(root, desktop)
        with office.program("lyncdesk-gui", "demo") as client:
            # Not a colour: what the sample organisation shows depends on the time of day.
            wait_for(lambda: office.status("--demo").get("calendar_as_of"), "its first check", SLOW)
            office.run("lyncdesk", "quit", "--demo")
            assert client.process.wait(300) == 0, client.text
