"""What an administrator sets policies with, generated from the policy table: ``dist/policies``, and a zip.

Group Policy's templates, a .reg file, a configuration profile, Jamf's form and the policy file.
"""

from __future__ import annotations

import shutil
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from lyncdesk.client.policy import POLICY
from lyncdesk.client.policy_file import policy_template
from lyncdesk.machine.policy_preferences import DOMAIN
from lyncdesk.machine.policy_registry import KEY
from lyncdesk_packaging.policy_admx import adml, admx
from lyncdesk_packaging.policy_examples import example
from lyncdesk_packaging.policy_profile import jamf_schema, profile_template
from lyncdesk_packaging.policy_texts import CULTURES, PolicyTexts
from lyncdesk_packaging.work import Work

_COMPUTER = "HKEY_LOCAL_MACHINE"


def _adml(language: str) -> Callable[[], bytes]:
    return lambda: adml(language)


def reg_template() -> bytes:
    """A .reg file in which every key stands, explained, behind a mark; in the encoding of regedit itself."""
    texts = PolicyTexts("en")
    lines = ["Windows Registry Editor Version 5.00", "", "; Take the marks off the lines that you want.", ""]
    lines.append(rf"[{_COMPUTER}\{KEY}]")
    for row in POLICY.values():
        lines += [f"; {texts.line(row)}", f";{example(row).reg}"]
    lines += ["", "; Defaults that people may change.", rf"[{_COMPUTER}\{KEY}\Recommended]"]
    lines += [f";{example(POLICY['IdleThreshold']).reg}", ""]
    return "\r\n".join(lines).encode("utf-16")


FILES: Mapping[str, Callable[[], bytes]] = {
    "LyncDesk.admx": admx,
    **{f"{culture}/LyncDesk.adml": _adml(language) for culture, language in CULTURES.items()},
    "LyncDesk.reg": reg_template,
    f"{DOMAIN}.mobileconfig": profile_template,
    f"{DOMAIN}.json": jamf_schema,
    "policy.toml": lambda: policy_template().encode(),
}


def make(work: Work) -> list[Path]:
    """Write them all. The product is the zip: in a release each file has a name of its own."""
    folder = work.dist / "policies"
    shutil.rmtree(folder, ignore_errors=True)
    for old in work.dist.glob("lyncdesk-policies-*.zip"):
        old.unlink()
    archive = work.dist / f"lyncdesk-policies-{work.version()}.zip"
    moment = time.gmtime(work.moment())[:6]
    with zipfile.ZipFile(archive, "w") as zipped:
        for name, written in FILES.items():
            data = written()
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            entry = zipfile.ZipInfo(name, moment)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            zipped.writestr(entry, data)
    return [archive]
