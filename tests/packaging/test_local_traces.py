"""Nothing that is shipped tells of the machine that made it: no folder of it, no index that it asks."""

import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pip._internal.models.index import PyPI

from lyncdesk_packaging.work import ROOT

pytestmark = [
    pytest.mark.xdist_group("bundle"),
    pytest.mark.timeout(900),
    pytest.mark.skipif(sys.platform != "linux", reason="the bundle is made and tried on Linux"),
]
# What everybody fetches from is no trace.
PUBLIC = (PyPI.netloc, PyPI.file_storage_domain)
CERTIFICATES = "/etc/ssl/"


def indexes() -> Iterator[str]:
    """What pip is told to fetch from on this machine: hosts, and folders."""
    told = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    ).stdout
    for host in re.findall(r"https?://(?:[^/@\s']*@)?([^/\s']+)", told):
        if not host.endswith(PUBLIC):
            yield host
    for folder in re.findall(r"(?<![\w/:])(?:file://)?(/[\w.-]+/[\w./-]+)", told):
        if not folder.startswith(CERTIFICATES):
            yield folder


def contents(product: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of a product by its name."""
    if product.is_dir():
        yield from ((str(path), path.read_bytes()) for path in product.rglob("*") if path.is_file())
    elif product.suffix == ".whl":
        with zipfile.ZipFile(product) as wheel:
            yield from ((f"{product.name}: {name}", wheel.read(name)) for name in wheel.namelist())
    elif product.suffix == ".gz":
        with tarfile.open(product) as archive:
            for member in archive:
                if (file := archive.extractfile(member)) is not None:
                    yield f"{product.name}: {member.name}", file.read()
    else:
        yield product.name, product.read_bytes()


def test_the_list_of_our_own_files_is_that_of_the_wheel(package: Callable[[str], list[Path]]) -> None:
    (wheel,) = (path for path in package("wheel") if path.suffix == ".whl")
    (bundle,) = package("bundle")
    (record,) = bundle.glob("_internal/lyncdesk-*.dist-info/RECORD")
    with zipfile.ZipFile(wheel) as archive:
        assert record.read_bytes() == archive.read(f"{record.parent.name}/RECORD")


@pytest.mark.parametrize("step", ["wheel", "bundle", "sbom"])
def test_no_product_has_a_trace_of_this_machine(package: Callable[[str], list[Path]], step: str) -> None:
    traces = {str(ROOT), *indexes()}
    # Python is brought as it was made, and names the place where it was installed.
    python = str(Path(sys.base_prefix))
    found = [
        f"{name}: {trace}"
        for product in package(step)
        for name, content in contents(product)
        for trace in traces
        if trace.encode() in content.replace(python.encode(), b"")
    ]
    assert found == []
