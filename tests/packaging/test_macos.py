"""The recipe for macOS: what macOS is told of the application, and where things are."""

from __future__ import annotations

import plistlib
import shutil
import struct
import sys
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from lyncdesk import __version__
from lyncdesk.cli import parser
from lyncdesk.client.words import languages
from lyncdesk.machine.macos_autostart import MacAutostart
from lyncdesk.machine.paths import policy_file
from lyncdesk.starting import DESKTOP_ID
from lyncdesk_packaging import shipped
from lyncdesk_packaging.app_icons import ICNS_KINDS, png
from lyncdesk_packaging.bundle import products
from lyncdesk_packaging.bundle_darwin import app_options, exe_options, info_plist, minimum_system
from lyncdesk_packaging.macos import WHEEL
from lyncdesk_packaging.work import Work
from tests.packaging.conftest import Made
from tests.packaging.pyinstaller_options import taken


@pytest.fixture(scope="module")
def recipe(package: Made) -> Path:
    return package("macos")[0].parent


# --- what macOS is told ---


def test_every_property_list_is_one(recipe: Path) -> None:
    lists = {path.name: plistlib.loads(path.read_bytes()) for path in recipe.rglob("*.plist")}
    assert set(lists) == {"Info.plist", "entitlements.plist", "requirements.plist", f"{DESKTOP_ID}.plist"}
    assert all(isinstance(each, dict) and each for each in lists.values())


def test_the_application_is_in_the_menu_bar_and_its_windows_have_a_keyboard(recipe: Path) -> None:
    told = plistlib.loads((recipe / "Info.plist").read_bytes())
    assert told["LSUIElement"] is True
    assert told["LSBackgroundOnly"] is False


def test_the_application_says_what_the_program_says(recipe: Path) -> None:
    told = plistlib.loads((recipe / "Info.plist").read_bytes())
    assert told["CFBundleIdentifier"] == DESKTOP_ID
    assert told["CFBundleExecutable"] == "lyncdesk-gui"
    assert __version__.startswith(told["CFBundleShortVersionString"])
    assert told["CFBundleVersion"].count(".") == 2
    assert set(told["CFBundleLocalizations"]) == set(languages())
    # No key of the network's transport security: Python asks for certificates itself.
    assert "NSAppTransportSecurity" not in told


def test_what_it_asks_the_person_is_asked_in_german_too(recipe: Path) -> None:
    asked = {
        key
        for key in plistlib.loads((recipe / "Info.plist").read_bytes())
        if key.endswith("UsageDescription")
    }
    german = (recipe / "de.lproj/InfoPlist.strings").read_text(encoding="utf-8")
    assert asked
    assert all(f'"{key}" = "' in german for key in asked)


def test_the_macos_that_it_needs_is_the_one_that_its_qt_needs() -> None:
    wheel = "Root-Is-Purelib: false\nTag: cp310-abi3-macosx_14_0_universal2\n"
    assert info_plist(wheel)["LSMinimumSystemVersion"] == "14.0"
    assert minimum_system(WHEEL) == "13.0"
    with pytest.raises(LookupError):
        minimum_system("Tag: cp310-abi3-manylinux_2_28_x86_64\n")


def test_pyinstaller_is_given_what_it_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lyncdesk_packaging.bundle_darwin._wheel_of_qt", lambda: WHEEL)
    options = app_options()
    assert options["name"] == "LyncDesk.app"
    assert options["bundle_identifier"] == DESKTOP_ID
    assert options["info_plist"]["LSUIElement"] is True
    assert Path(options["icon"]).suffix == ".icns"
    assert set(options) <= taken("osx.py")
    # Signed afterwards, from the inside out.
    assert exe_options("lyncdesk")["codesign_identity"] is None
    assert set(exe_options("lyncdesk")) <= taken("api.py")


def test_the_icon_has_every_picture_as_it_was_drawn(recipe: Path) -> None:
    content = (recipe / "lyncdesk.icns").read_bytes()
    assert struct.unpack(">4sI", content[:8]) == (b"icns", len(content))
    at, found = 8, []
    while at < len(content):
        kind, length = struct.unpack(">4sI", content[at : at + 8])
        with Image.open(BytesIO(content[at + 8 : at + length])) as picture:
            found.append((kind, picture.width))
            assert content[at + 8 : at + length] == png(picture.width)
        at += length
    assert tuple(found) == ICNS_KINDS
    with Image.open(recipe / "lyncdesk.icns") as icon:
        icon.load()
        assert icon.size == (512, 512)


def test_the_hardened_runtime_is_loosened_by_one_thing_alone(recipe: Path) -> None:
    entitlements = plistlib.loads((recipe / "entitlements.plist").read_bytes())
    assert entitlements == {"com.apple.security.cs.allow-unsigned-executable-memory": True}


def test_the_agent_for_everybody_is_one_that_the_options_understand(recipe: Path, tmp_path: Path) -> None:
    name = f"{DESKTOP_ID}.plist"
    shutil.copy(recipe / name, tmp_path / name)
    starter = MacAutostart(("lyncdesk-gui",), tmp_path / "own", tmp_path)
    assert starter.enabled()
    starter.set(False)
    assert not starter.enabled()
    agent = plistlib.loads((recipe / name).read_bytes())
    program, *arguments = agent["ProgramArguments"]
    assert program == "/Applications/LyncDesk.app/Contents/MacOS/lyncdesk-gui"
    parser().parse_args(arguments)
    # launchd takes the first of two with the same label, so it never starts twice.
    assert agent["Label"] == MacAutostart._LABEL


def test_the_application_comes_to_lie_where_it_is_signed_and_has_the_licences(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    (scratch / "lyncdesk/licences").mkdir(parents=True)
    (scratch / "lyncdesk/licences/THIRD-PARTY.txt").write_text("whose work it is", encoding="utf-8")
    (scratch / "LyncDesk.app/Contents/Resources").mkdir(parents=True)
    dist = tmp_path / "dist"
    (dist / "LyncDesk.app/Contents/of-the-version-before").mkdir(parents=True)
    folder, app = products(Work(tmp_path, scratch, dist), scratch / "lyncdesk")
    assert (folder, app) == (dist / "lyncdesk", dist / "LyncDesk.app")
    assert (folder / "licences/THIRD-PARTY.txt").is_file()
    assert (app / "Contents/Resources/licences/THIRD-PARTY.txt").is_file()
    assert not (app / "Contents/of-the-version-before").exists()


def test_what_pyinstaller_wrote_anew_is_known_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It changes in each library where that finds others, and signs it: those are other bytes."""
    brought, shipped_one = tmp_path / "lib/libssl.3.dylib", tmp_path / "libssl.3.dylib"
    brought.parent.mkdir()
    brought.write_bytes(b"as it was")
    shipped_one.write_bytes(b"as it is shipped")
    assert not shipped._same(shipped_one, brought)
    monkeypatch.setattr(sys, "platform", "darwin")
    assert shipped._same(shipped_one, brought)
    assert not shipped._same(shipped_one, tmp_path / "lib/libelse.dylib")


def test_removal_and_the_page_name_the_places_that_the_program_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    folder = Path(__file__).parents[2] / "packaging/macos"
    assert str(policy_file()) in (folder / "README.md").read_text(encoding="utf-8")
    from platformdirs.macos import MacOS

    dirs = MacOS("lyncdesk", appauthor=False)
    removal = (folder / "remove.sh").read_text(encoding="utf-8")
    for place in (dirs.user_config_path, dirs.user_data_path, dirs.user_log_path):
        assert f"'{place.relative_to(Path.home() / 'Library')}'" in removal
