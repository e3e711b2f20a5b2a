"""The bill of materials: valid, the same each time, and true to what is installed."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from cyclonedx.validation.json import JsonStrictValidator

from lyncdesk_packaging.components import environment, needed, python_components
from lyncdesk_packaging.licence_table import table
from lyncdesk_packaging.sbom import SCHEMA, bill
from lyncdesk_packaging.system_packages import owner
from lyncdesk_packaging.work import ROOT, MistakeError, Work

pytestmark = [pytest.mark.xdist_group("bundle"), pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def of_the_wheel(package: Callable[[str], list[Path]]) -> dict[str, Any]:
    (path,) = (path for path in package("sbom") if path.name.endswith("any.cdx.json"))
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def test_it_lists_what_the_wheel_needs_in_the_pinned_versions(of_the_wheel: dict[str, Any]) -> None:
    listed = {part["bom-ref"]: part["version"] for part in of_the_wheel["components"]}
    pins = dict(
        line.partition(";")[0].strip().split("==")
        for line in (ROOT / "constraints.txt").read_text().splitlines()
        if "==" in line and not ("python_version >=" in line and sys.version_info < (3, 12))
    )
    assert listed == {name: pins[name] for name in listed}
    assert {"pyside6-essentials", "exchangelib", "lxml", "urllib3"} <= set(listed)
    assert not {"pytest", "pyinstaller", "hatchling", "pip", "uv"} & set(listed)


def test_each_part_says_its_licence_and_where_it_is_from(of_the_wheel: dict[str, Any]) -> None:
    for part in of_the_wheel["components"]:
        assert part["licenses"][0]["expression"], part["name"]
        assert part["purl"] == f"pkg:pypi/{part['bom-ref']}@{part['version']}"
    (qt,) = (part for part in of_the_wheel["components"] if part["bom-ref"] == "pyside6-essentials")
    inside = {part["name"]: part for part in qt["components"]}
    assert inside["Qt"]["version"].startswith("6.")
    assert inside["Qt"]["licenses"] == [{"expression": "LGPL-3.0-only"}]
    (crypto,) = (part for part in of_the_wheel["components"] if part["bom-ref"] == "cryptography")
    assert "openssl" in {part["name"] for part in crypto["components"]}


@pytest.mark.skipif(sys.platform != "linux", reason="the bundle is made and tried on Linux")
def test_that_of_the_bundle_has_what_no_package_list_has(package: Callable[[str], list[Path]]) -> None:
    (path,) = (path for path in package("sbom") if not path.name.endswith("any.cdx.json"))
    content = json.loads(path.read_text(encoding="utf-8"))
    assert JsonStrictValidator(SCHEMA).validate_str(path.read_text(encoding="utf-8")) is None
    parts = {part["bom-ref"]: part for part in content["components"]}
    assert {"cpython", "pyinstaller", "pyside6-essentials", "system:libssl3"} <= set(parts)
    assert parts["system:libssl3"]["purl"].startswith("pkg:deb/debian/libssl3@")
    (bundle,) = (path for path in package("bundle") if path.is_dir())
    copied = {path.name for path in (bundle / "_internal").glob("*.so*") if not path.is_symlink()}
    # Each library of the system that lies there is some package's that is listed.
    for name in copied - {name for name in copied if name.startswith(("libpython", "_cffi"))}:
        found = owner(_system_library(name))
        assert f"system:{found.name}" in parts, name
    texts = (bundle / "licences/THIRD-PARTY.txt").read_text(encoding="utf-8")
    assert all(part["name"] in texts for part in parts.values())


def _system_library(name: str) -> Path:
    return next(path for folder in ("/lib", "/usr/lib") for path in Path(folder).rglob(name))


def test_it_says_what_needs_what(of_the_wheel: dict[str, Any]) -> None:
    needs = {row["ref"]: set(row.get("dependsOn", ())) for row in of_the_wheel["dependencies"]}
    assert {"exchangelib", "keyring", "pyside6-essentials"} <= needs["lyncdesk"]
    assert "shiboken6" in needs["pyside6-essentials"]
    reached, waiting = set(), ["lyncdesk"]
    while waiting:
        name = waiting.pop()
        reached.add(name)
        waiting += needs.get(name, set()) - reached
    assert {part["bom-ref"] for part in of_the_wheel["components"]} <= reached


def test_it_is_the_same_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = Path(sys.executable)
    parts = list(python_components(python, needed(environment(python), "keyring"), table()))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1764200000")
    work = Work(ROOT, tmp_path, tmp_path)
    first = bill(parts, work, "it")
    assert bill(list(reversed(parts)), work, "it") == first
    assert json.loads(first)["metadata"]["timestamp"] == "2025-11-26T23:33:20+00:00"
    other = replace(parts[0], version="99")
    assert (
        json.loads(bill([other, *parts[1:]], work, "it"))["serialNumber"] != json.loads(first)["serialNumber"]
    )


def test_one_that_is_not_valid_is_not_written(tmp_path: Path) -> None:
    python = Path(sys.executable)
    (part,) = python_components(python, ["idna"], table())
    with pytest.raises(MistakeError, match="is not valid"):
        bill([replace(part, copyright=cast("str", 7))], Work(ROOT, tmp_path, tmp_path), "it")
