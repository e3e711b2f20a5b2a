"""The scripts for macOS, run with stand-ins of Apple's tools that note how they were called."""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lyncdesk import __version__
from lyncdesk.starting import DESKTOP_ID
from tests.packaging.conftest import Made

SIGNER = "Developer ID Application: Somebody (TEAM)"
# What `file` knows a program or a library of macOS by.
MACH_O = struct.pack("<IiiIIIII", 0xFEEDFACF, 0x0100000C, 0, 6, 0, 0, 0, 0)


@pytest.fixture(scope="module")
def recipe(package: Made) -> Path:
    return package("macos")[0].parent


def test_the_scripts_are_without_a_remark_of_shellcheck(recipe: Path) -> None:
    scripts = [*sorted(recipe.glob("*.sh")), recipe / "package/preinstall"]
    for script in scripts:
        assert "set -euo pipefail" in script.read_text(encoding="utf-8") or "common.sh" in script.read_text(
            encoding="utf-8"
        )
    done = subprocess.run(["shellcheck", "-x", *scripts], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


TOOL = """#!{python}
import json, os, plistlib, sys, pathlib
name, arguments = pathlib.Path(sys.argv[0]).name, sys.argv[1:]
with open(os.environ["TOOLS_LOG"], "a") as log:
    log.write(json.dumps([name, *arguments]) + "\\n")
if name in os.environ.get("TOOLS_FAIL", "").split():
    sys.exit(1)
if name == "plutil" and arguments[0] == "-extract":
    value = plistlib.loads(pathlib.Path(arguments[-1]).read_bytes())
    print(value[arguments[1]])
elif name == "plutil":
    pathlib.Path(arguments[-1]).exists() or sys.exit("no file")
elif name == "lipo":
    print("arm64")
elif name == "ditto":
    import shutil
    shutil.copytree(*arguments, symlinks=True)
elif name in ("hdiutil", "productbuild") and not arguments[-1].endswith(".xml"):
    pathlib.Path(arguments[-1]).write_bytes(b"made")
elif name == "pkgbuild" and arguments[0] == "--analyze":
    pathlib.Path(arguments[-1]).write_bytes(b"<plist/>")
elif name == "xcrun" and arguments[:2] == ["notarytool", "submit"]:
    sys.stdout.buffer.write(plistlib.dumps({{"id": "1-2-3", "status": os.environ["APPLE_SAYS"]}}))
"""
TOOLS = ("codesign", "plutil", "lipo", "ditto", "hdiutil", "pkgbuild", "productbuild", "xcrun", "spctl")
Run = Callable[..., tuple[int, str, list[list[str]]]]


@pytest.fixture
def run(recipe: Path, tmp_path: Path) -> Run:
    """Run a script of the recipe: its exit status, what it says, and each call of a tool."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in TOOLS:
        (tools / name).write_text(TOOL.format(python=sys.executable), encoding="utf-8")
        (tools / name).chmod(0o755)
    log = tmp_path / "log"

    def act(script: str, *arguments: str | Path, **environment: str) -> tuple[int, str, list[list[str]]]:
        log.write_text("", encoding="utf-8")
        done = subprocess.run(
            [recipe / script, *arguments],
            env={**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "TOOLS_LOG": str(log), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return (
            done.returncode,
            done.stdout,
            [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()],
        )

    return act


@pytest.fixture
def app(tmp_path: Path, recipe: Path) -> Path:
    """As PyInstaller lays it out: programs, libraries and frameworks, links, data."""
    contents = tmp_path / "LyncDesk.app/Contents"
    qt = contents / "Frameworks/PySide6/Qt/lib/QtCore.framework"
    for path in (
        contents / "MacOS/lyncdesk",
        contents / "MacOS/lyncdesk-gui",
        contents / "Frameworks/libpython3.13.dylib",
        contents / "Frameworks/a name/_ctypes.so",
        qt / "Versions/A/QtCore",
        qt / "Versions/A/Inner.framework/Versions/A/Inner",
        contents / "Resources/helper",
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(MACH_O)
    (contents / "Frameworks/data.txt").write_text("no program", encoding="utf-8")
    (contents / "Resources/libpython3.13.dylib").symlink_to("../Frameworks/libpython3.13.dylib")
    shutil.copy(recipe / "Info.plist", contents / "Info.plist")
    return tmp_path / "LyncDesk.app"


def test_signing_goes_from_the_inside_out_and_leaves_nothing_unsigned(run: Run, app: Path) -> None:
    status, said, calls = run("sign.sh", f"{app}/", SIGNER)
    assert status == 0, said
    *signed, verified = [call for call in calls if call[0] == "codesign"]
    assert verified[1] == "--verify"
    assert all(call[1:5] == ["--force", "--options", "runtime", "--timestamp"] for call in signed)
    assert all(call[call.index("--sign") + 1] == SIGNER for call in signed)
    order = [str(Path(call[-1]).relative_to(app.parent)) for call in signed]
    frameworks = "LyncDesk.app/Contents/Frameworks/PySide6/Qt/lib/QtCore.framework"
    libraries = {
        "LyncDesk.app/Contents/Frameworks/libpython3.13.dylib",
        "LyncDesk.app/Contents/Frameworks/a name/_ctypes.so",
        f"{frameworks}/Versions/A/QtCore",
        f"{frameworks}/Versions/A/Inner.framework/Versions/A/Inner",
        "LyncDesk.app/Contents/Resources/helper",
    }
    assert set(order[:5]) == libraries
    assert order[5:] == [
        f"{frameworks}/Versions/A/Inner.framework",
        frameworks,
        "LyncDesk.app/Contents/MacOS/lyncdesk",
        "LyncDesk.app/Contents/MacOS/lyncdesk-gui",
        "LyncDesk.app",
    ]
    # The programs alone are allowed more; a library would hand it on.
    assert [Path(call[-1]).name for call in signed if "--entitlements" in call] == [
        "lyncdesk", "lyncdesk-gui", "LyncDesk.app",
    ]  # fmt: skip
    assert (app / "Contents/Resources/de.lproj/InfoPlist.strings").exists()


def test_what_is_signed_for_this_mac_alone_may_load_its_own_libraries(run: Run, app: Path) -> None:
    """The hardened runtime compares teams, and without a Developer ID there is none."""
    status, said, calls = run("sign.sh", app, "-")
    assert status == 0, said
    signed = [call for call in calls if call[:2] == ["codesign", "--force"]]
    assert len(signed) == 10
    assert all(call[2:5] == ["--timestamp=none", "--sign", "-"] for call in signed)
    assert not [call for call in signed if "runtime" in call]


def test_a_file_that_cannot_be_signed_ends_it(run: Run, app: Path) -> None:
    status, _, calls = run("sign.sh", app, SIGNER, TOOLS_FAIL="codesign")
    assert status != 0
    assert len([call for call in calls if call[0] == "codesign"]) == 1


@pytest.mark.parametrize("script", ["sign.sh", "image.sh", "package.sh", "notarise.sh"])
def test_wrong_use_is_said_in_one_line(run: Run, script: str, tmp_path: Path) -> None:
    for arguments in ((), (tmp_path / "nothing.app", SIGNER)):
        status, said, calls = run(script, *arguments)
        assert status == 1
        assert said.startswith(f"{script}: ")
        assert said.count("\n") == 1
        assert calls == []


def test_the_disk_image_is_named_by_version_and_processor_and_signed(run: Run, app: Path) -> None:
    status, said, calls = run("image.sh", app, SIGNER)
    image = app.parent / f"LyncDesk-{__version__}-arm64.dmg"
    assert (status, said.strip()) == (0, str(image))
    assert image.exists()
    assert ["codesign", "--sign", SIGNER, "--timestamp", str(image)] in calls


def test_the_package_goes_where_it_belongs_and_asks_for_the_right_macos(run: Run, app: Path) -> None:
    status, said, calls = run("package.sh", app)
    assert (status, said.strip()) == (0, str(app.parent / f"LyncDesk-{__version__}-arm64.pkg"))
    changes = [call[2:-1] for call in calls if call[:2] == ["plutil", "-replace"]]
    assert changes == [
        ["0.BundleIsRelocatable", "-bool", "NO"],
        ["os.0", "-string", "13.0"],
        ["arch.0", "-string", "arm64"],
    ]
    built = next(call for call in calls if call[:2] == ["pkgbuild", "--root"])
    assert built[built.index("--install-location") + 1] == "/Applications"
    assert built[built.index("--identifier") + 1] == DESKTOP_ID


def test_what_apple_accepts_is_stapled_and_what_it_refuses_ends_with_its_log(
    run: Run, tmp_path: Path
) -> None:
    image = tmp_path / "LyncDesk.dmg"
    image.write_bytes(b"")
    status, said, calls = run("notarise.sh", image, "profile", APPLE_SAYS="Accepted")
    assert status == 0, said
    assert [call[1:3] for call in calls if call[0] == "xcrun"] == [
        ["notarytool", "submit"], ["stapler", "staple"], ["stapler", "validate"],
    ]  # fmt: skip
    status, said, calls = run("notarise.sh", image, "profile", APPLE_SAYS="Invalid")
    assert status == 1
    assert "Apple says 'Invalid'" in said
    assert calls[-1][1:4] == ["notarytool", "log", "1-2-3"]
