"""The bill of materials (CycloneDX): of the wheel what it needs, of the bundle what is in it."""

from __future__ import annotations

import shutil
import sys
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from cyclonedx.model import ExternalReference, ExternalReferenceType, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component as Part
from cyclonedx.model.component import ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from lyncdesk_packaging.components import Component, environment, needed, python_components
from lyncdesk_packaging.licence_table import table
from lyncdesk_packaging.steps import product
from lyncdesk_packaging.work import MistakeError, Work, system

SCHEMA = SchemaVersion.V1_6
_SPACE = uuid.UUID("6c1f6a0e-5a5b-5f0e-9a34-0d7d0f7b6a51")


def make(work: Work) -> list[Path]:
    """Of the wheel in a clean environment with the pinned versions, and the one that the bundle carries."""
    wheel = product("wheel", "*.whl", work.root)
    python = clean_environment(work, wheel)
    parts = list(python_components(python, needed(environment(python)), table(work.root)))
    products = [work.dist / f"{wheel.stem}.cdx.json"]
    products[0].write_text(bill(parts, work, wheel.name), encoding="utf-8")
    # The bundle was searched when it was made; what it carries is told beside it too.
    bundle = product("bundle", "lyncdesk", work.root)
    products.append(work.dist / f"lyncdesk-{work.version()}-{system()}.cdx.json")
    shutil.copyfile(bundle / "licences/sbom.cdx.json", products[1])
    return products


def clean_environment(work: Work, wheel: Path) -> Path:
    """An environment with the wheel and what it needs, in the pinned versions. Its Python."""
    place = work.scratch / "environment"
    shutil.rmtree(place, ignore_errors=True)
    work.run([sys.executable, "-m", "uv", "venv", "--quiet", "--python", sys.executable, place])
    python = place / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    install: list[str | Path] = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", python]
    work.run([*install, "--constraint", work.root / "constraints.txt", wheel])
    return python


def bill(parts: Sequence[Component], work: Work, what: str) -> str:
    """The bill as JSON, the same for the same parts, and valid by its schema.

    ``what`` names the product that consists of them.

    Raises:
        MistakeError: it is not valid.
    """
    own = next((part for part in parts if part.key == "lyncdesk"), None)
    version = own.version if own else work.version()
    root = Part(
        name="lyncdesk",
        version=version,
        type=ComponentType.APPLICATION,
        bom_ref="lyncdesk",
        licenses=[LicenseExpression("MIT")],
        purl=PackageURL.from_string(f"pkg:pypi/lyncdesk@{version}"),
        description=what,
    )
    refs = {part.key: _part(part) for part in parts if part.key != "lyncdesk"}
    bom = Bom(components=[refs[part.key] for part in parts if part.key != "lyncdesk" and not part.inside])
    for part in parts:
        if part.inside:
            refs[part.inside].components.add(refs[part.key])
    bom.metadata.component = root
    bom.metadata.timestamp = datetime.fromtimestamp(work.moment(), UTC)
    direct = own.needs if own else ()
    python_needs = {need for part in parts for need in part.needs}
    # What nobody asks for by name (Python, libraries of the system) the program asks for itself.
    rest = [part.key for part in parts if not part.inside and part.key not in {*python_needs, "lyncdesk"}]
    bom.register_dependency(root, [refs[key] for key in dict.fromkeys([*direct, *rest])])
    for part in parts:
        if part.key != "lyncdesk" and not part.inside:
            bom.register_dependency(refs[part.key], [refs[key] for key in part.needs if key in refs])
    told = "\n".join(sorted(f"{part.key} {part.version} {part.licence}" for part in parts))
    bom.serial_number = uuid.uuid5(_SPACE, f"{what}\n{work.moment()}\n{told}")
    text = make_outputter(bom, OutputFormat.JSON, SCHEMA).output_as_string(indent=2) + "\n"
    if (wrong := JsonStrictValidator(SCHEMA).validate_str(text)) is not None:
        raise MistakeError(f"the bill of materials of {what} is not valid: {wrong}")
    return text


def _part(part: Component) -> Part:
    references = []
    if part.source.startswith("https://"):
        references = [ExternalReference(type=ExternalReferenceType.VCS, url=XsUri(part.source))]
    return Part(
        name=part.name,
        version=part.version or None,
        type=ComponentType.LIBRARY,
        bom_ref=part.key,
        licenses=[LicenseExpression(part.licence)],
        copyright=part.copyright or None,
        purl=PackageURL.from_string(part.purl) if part.purl else None,
        external_references=references,
        description=part.source if part.source and not references else None,
    )
