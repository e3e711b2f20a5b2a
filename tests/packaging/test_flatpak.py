"""What a Flatpak is built of, by the checks that need none of its runtimes. It has not been built or run."""

import copy
import json
import re
import shutil
import subprocess
import tarfile
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import PySide6
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename
from secretstorage.defines import SS_PREFIX

from lyncdesk.machine.policies import FLATPAK_FILES
from lyncdesk_packaging import flatpak
from lyncdesk_packaging.flatpak_rules import broken, permissions
from lyncdesk_packaging.work import ROOT, MistakeError, Work
from tests.tools_needed import tool

pytestmark = [pytest.mark.xdist_group("flatpak"), pytest.mark.timeout(600)]
PAGE = (ROOT / "packaging/flatpak/README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def sources(package: Callable[[str], list[Path]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the archive holds."""
    tool("flatpak-builder")
    (archive,) = package("flatpak")
    folder = tmp_path_factory.mktemp("flatpak")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    (inner,) = folder.iterdir()
    return inner


@pytest.fixture(scope="module")
def manifest(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The manifest as flatpak-builder reads it from what was unpacked."""
    scratch = tmp_path_factory.mktemp("state")
    return flatpak.resolved(Work(ROOT, scratch, scratch), sources / "org.lyncdesk.LyncDesk.yml")


# --- permissions ---


def bus_names(*places: str) -> set[str]:
    """Names of services on a message bus that the source of the product names."""
    found: set[str] = set()
    for place in places:
        for path in (ROOT / "lyncdesk").rglob(place):
            found |= set(re.findall(r"\borg\.(?:\w+\.)+\w+", path.read_text(encoding="utf-8")))
    # Interfaces that every service has; our own name; portals, which are there for every sandbox.
    known = ("org.freedesktop.DBus", "org.lyncdesk.", "org.freedesktop.portal.")
    return {name for name in found if not name.startswith(known)}


# Spoken to by the product, and withheld on purpose; the page says why.
WITHHELD = {"org.freedesktop.login1", "org.freedesktop.NetworkManager"}


def test_the_sandbox_lets_through_whom_the_product_speaks_to_and_nobody_else(
    manifest: dict[str, Any],
) -> None:
    # Through libraries: the keyring by SecretStorage, notices by Qt.
    secrets = SS_PREFIX.removesuffix(".Secret.").lower() + ".secrets"
    gui = (Path(PySide6.__path__[0]) / "Qt/lib/libQt6Gui.so.6").read_bytes()
    notices = "org.freedesktop.Notifications"
    assert notices.encode("utf-16-le") in gui or notices.encode() in gui
    spoken_to = bus_names("*.py") | {secrets, notices}
    assert permissions(manifest)["talk-name"] == spoken_to - WITHHELD
    assert spoken_to >= WITHHELD


def test_nothing_else_is_let_through(manifest: dict[str, Any]) -> None:
    found = permissions(manifest)
    assert found.pop("talk-name")
    assert found == {"share": {"network", "ipc"}, "socket": {"wayland", "fallback-x11"}}


def test_the_page_gives_a_reason_for_each(manifest: dict[str, Any]) -> None:
    told = set(re.findall(r"^\| `--([a-z-]+=[^`]+)` \|.{20}", PAGE, re.MULTILINE))
    assert told == {argument.removeprefix("--") for argument in manifest["finish-args"]}
    assert all(f"`{name}`" in PAGE for name in WITHHELD)


# --- rules, and that each of them bites ---


def test_the_manifest_keeps_the_rules(manifest: dict[str, Any]) -> None:
    assert broken(manifest) == []


def _args(*changes: str) -> Callable[[dict[str, Any]], None]:
    def change(manifest: dict[str, Any]) -> None:
        for each in changes:
            if each.startswith("no "):
                manifest["finish-args"].remove(each.removeprefix("no "))
            else:
                manifest["finish-args"].append(each)

    return change


def _source(**values: str) -> Callable[[dict[str, Any]], None]:
    def change(manifest: dict[str, Any]) -> None:
        manifest["modules"][0]["sources"][0].update(values)

    return change


BREAKING: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "home": (_args("--filesystem=home"), "--filesystem=home is not needed"),
    "a folder of /etc": (_args("--filesystem=/etc/lyncdesk:ro"), "/etc/lyncdesk:ro is not needed"),
    "own name": (_args("--own-name=org.kde.StatusNotifierItem-2-1"), "--own-name="),
    "system bus": (_args("--system-talk-name=org.freedesktop.login1"), "--system-talk-name="),
    "whole bus": (_args("--socket=session-bus"), "--socket=session-bus is not needed"),
    "devices": (_args("--device=all"), "--device=all is not needed"),
    "all of a desktop": (_args("--talk-name=org.gnome.*"), "is for more than one"),
    "portal": (_args("--talk-name=org.freedesktop.portal.Desktop"), "finish-args-portal-talk-name"),
    "host": (_args("--talk-name=org.freedesktop.Flatpak"), "flatpak-spawn-access"),
    "secrets": (_args("--talk-name=org.freedesktop.Secrets"), "in lower case"),
    "x11": (_args("--socket=x11"), "finish-args-contains-both-x11"),
    "without ipc": (_args("no --share=ipc"), "finish-args-x11-without-ipc"),
    "without wayland": (_args("no --socket=wayland"), "finish-args-fallback-x11-without-wayland"),
    "wayland alone": (_args("no --socket=fallback-x11"), "finish-args-only-wayland"),
    "id": (lambda manifest: manifest.update(id="LyncDesk"), "appid"),
    "branch": (lambda manifest: manifest.update(branch="main"), "toplevel-unnecessary-branch"),
    "path": (lambda manifest: manifest.update(command="/app/bin/x"), "toplevel-command-is-path"),
    "no sum": (_source(sha256=""), "has no sum"),
    "md5": (_source(md5="0" * 32), "md5-deprecated"),
    "http": (_source(url="http://example.org/x.whl"), "over https"),
    "network": (
        lambda manifest: manifest["modules"][0].update(
            {"build-options": {"build-args": ["--share=network"]}}
        ),
        "may not ask the network",
    ),
}


@pytest.mark.parametrize("case", BREAKING)
def test_a_rule_that_is_broken_is_named(manifest: dict[str, Any], case: str) -> None:
    change, said = BREAKING[case]
    changed = copy.deepcopy(manifest)
    change(changed)
    assert any(said in line for line in broken(changed)), broken(changed)


def test_a_word_that_flatpak_builder_does_not_know_is_refused(sources: Path, tmp_path: Path) -> None:
    folder = tmp_path / "x"
    shutil.copytree(sources, folder)
    path = folder / "org.lyncdesk.LyncDesk.yml"
    path.write_text(path.read_text().replace("runtime-version:", "runtime-vision:"))
    with pytest.raises(MistakeError, match="runtime-vision"):
        flatpak.resolved(Work(ROOT, tmp_path, tmp_path), path)


# --- what it is built of ---


def test_every_package_is_there_for_each_architecture(sources: Path) -> None:
    rows = json.loads((sources / "python-packages.json").read_text())
    for architecture in flatpak.ARCHITECTURES:
        here = [row for row in rows if architecture in row.get("only-arches", flatpak.ARCHITECTURES)]
        wheels = [parse_wheel_filename(row["url"].rpartition("/")[2]) for row in here]
        found = {name: str(version) for name, version, _, _ in wheels}
        assert len(found) == len(here)
        assert not flatpak.IN_THE_BASE & found.keys()
        pins = dict(re.findall(r"(?m)^([\w-]+)==([\w.]+)$", (ROOT / "constraints.txt").read_text()))
        assert found == {name: pins[name] for name in found}
        direct = _direct()
        assert direct - flatpak.IN_THE_BASE <= found.keys()
        for _, _, _, tags in wheels:
            assert any(tag.platform == "any" or tag.platform.endswith(architecture) for tag in tags)


def _direct() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    here = {"python_version": "3.13", "python_full_version": "3.13.9", "sys_platform": "linux", "extra": ""}
    asked = map(Requirement, project["dependencies"])
    return {canonicalize_name(each.name) for each in asked if not each.marker or each.marker.evaluate(here)}


def test_the_wheel_and_the_desktops_files_lie_beside_it(sources: Path, manifest: dict[str, Any]) -> None:
    own = manifest["modules"][1]["sources"]
    assert (sources / own[0]["path"]).is_file()
    share = sources / "share"
    assert (share / "applications/org.lyncdesk.LyncDesk.desktop").is_file()
    assert (share / "icons/hicolor/scalable/apps/org.lyncdesk.LyncDesk.svg").is_file()
    metainfo = share / "metainfo/org.lyncdesk.LyncDesk.metainfo.xml"
    command = ["appstreamcli", "validate", "--no-net", "--no-color", str(metainfo)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not re.search(r"(?m)^E:", done.stdout), done.stdout


def test_an_administrators_policy_has_a_place(manifest: dict[str, Any]) -> None:
    (name,) = manifest["add-extensions"]
    point = manifest["add-extensions"][name]
    assert point["directory"] == "etc/lyncdesk"
    place = f"/var/lib/flatpak/extension/{name}/x86_64/{point['version']}/policy.toml"
    assert place in PAGE
    assert Path("/app", point["directory"], "policy.toml") in FLATPAK_FILES
