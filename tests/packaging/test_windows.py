"""The recipe of the installer for Windows: complete, true to the program, in both languages."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.IcoImagePlugin import IcoFile
from platformdirs.windows import Windows

from lyncdesk import __version__
from lyncdesk.cli import parser
from lyncdesk.machine.windows_autostart import APPROVED, NAME, OWN, OWN_NAME, RUN, WindowsAutostart
from lyncdesk.starting import DESKTOP_ID
from lyncdesk_packaging.app_icons import ICO_SIZES, png
from lyncdesk_packaging.bundle_win32 import exe_options
from lyncdesk_packaging.identity import numbers
from tests.machine.registry import Registry
from tests.packaging.conftest import Made
from tests.packaging.inno_script import Script, read
from tests.packaging.pyinstaller_options import taken

# Another one would install a second LyncDesk beside the first.
APP_ID = "{{01B57657-0B82-45AD-A737-6E1A4153BEE1}"
PROGRAMS = {"lyncdesk.exe", "lyncdesk-gui.exe"}


@pytest.fixture(scope="module")
def recipe(package: Made) -> Path:
    return package("windows")[0].parent


@pytest.fixture(scope="module")
def script(recipe: Path) -> Script:
    return read(recipe / "lyncdesk.iss")


def test_the_script_is_read_as_utf_8_wherever_it_is_compiled(recipe: Path) -> None:
    for name in ("lyncdesk.iss", "product.iss"):
        assert (recipe / name).read_bytes().startswith(b"\xef\xbb\xbf"), name


def test_all_that_is_filled_in_is_defined_and_all_that_is_defined_is_filled_in(script: Script) -> None:
    used = set(re.findall(r"\{#(\w+)\}", script.text))
    assert used <= {*script.defined, "Folder", "Architectures"}
    product = set(
        re.findall(
            r"#define (\w+)",
            Path(__file__).parents[2].joinpath("dist/windows-recipe/product.iss").read_text(),
        )
    )
    assert product <= {*used, "Name"}


def test_it_says_what_the_program_says(script: Script) -> None:
    told = ("AppId", "AppName", "AppVersion", "VersionInfoVersion")
    said = {name: script.filled(script.directives[name]) for name in told}
    assert said["AppId"] == APP_ID
    assert said["AppName"] == "LyncDesk"
    assert said["AppVersion"] == __version__
    assert said["VersionInfoVersion"] == ".".join(map(str, numbers(__version__, 4)))
    assert script.defined["AppUserModelId"] == DESKTOP_ID
    assert [script.defined[name] for name in ("Run", "RunName", "Approved", "Own", "OwnName")] == [
        RUN, NAME, APPROVED, OWN, OWN_NAME,
    ]  # fmt: skip


def test_one_person_needs_no_administrator_and_everybody_is_a_switch_or_a_question(script: Script) -> None:
    assert script.directives["PrivilegesRequired"] == "lowest"
    assert set(script.directives["PrivilegesRequiredOverridesAllowed"].split()) == {"commandline", "dialog"}
    # Folders and registry of the one or of the other, by Inno Setup's own words for it.
    assert '#define Folder "{autopf}\\" + Name' in script.text
    assert {entry["Root"] for entry in script.entries["Registry"]} == {"HKA", "HKCU", "HKLM"}
    only = {entry["Root"]: entry["Check"] for entry in script.entries["Registry"] if entry["Root"] != "HKA"}
    assert only == {"HKCU": "not IsAdminInstallMode", "HKLM": "IsAdminInstallMode"}


def test_the_menu_entry_has_the_identity_under_which_the_program_shows_notices(script: Script) -> None:
    (entry,) = script.entries["Icons"]
    assert entry["Name"] == r"{autoprograms}\{#Name}"
    assert script.filled(entry["AppUserModelID"]) == DESKTOP_ID
    assert entry["Filename"] == r"{app}\lyncdesk-gui.exe"
    identity = f"Software\\Classes\\AppUserModelId\\{DESKTOP_ID}"
    values = {
        entry["ValueName"]: script.filled(entry["ValueData"])
        for entry in script.entries["Registry"]
        if script.filled(entry["Subkey"]) == identity
    }
    assert values == {"DisplayName": "LyncDesk", "IconUri": r"{app}\lyncdesk.png"}


@pytest.mark.parametrize("root", ["HKCU", "HKLM"])
def test_what_starts_it_with_the_computer_is_what_the_options_understand(script: Script, root: str) -> None:
    (entry,) = [entry for entry in script.entries["Registry"] if entry["Root"] == root]
    assert entry["Tasks"] == "autostart"
    registry = Registry()
    registry.values[root, script.filled(entry["Subkey"]), script.filled(entry["ValueName"])] = entry[
        "ValueData"
    ]
    starter = WindowsAutostart(("lyncdesk-gui.exe", "--minimised"), registry)
    assert starter.enabled()
    starter.set(False)
    assert not starter.enabled()


def arguments(line: str) -> list[str]:
    program, *rest = line.replace('"', "").split(" --")
    assert program == r"{app}\lyncdesk-gui.exe"
    return [f"--{each}" for each in rest]


def test_the_program_knows_every_argument_it_is_started_with(script: Script) -> None:
    started = [arguments(entry["ValueData"]) for entry in script.entries["Registry"] if "Tasks" in entry]
    started += [entry["Parameters"].split() for entry in script.entries["Run"] if "Parameters" in entry]
    started += [asked.split() for asked in re.findall(r"AskToEnd\('(.*)'\)", script.code)]
    assert started == [
        ["--minimised"],
        ["--minimised", "--at-log-on"],
        ["--minimised"],
        ["quit"],
        ["quit", "--demo"],
    ]
    for each in started:
        parser().parse_args(each)


def test_management_that_installs_as_the_system_starts_no_client_that_nobody_sees(script: Script) -> None:
    silent = [entry for entry in script.entries["Run"] if "skipifsilent" not in entry["Flags"]]
    assert [entry["Check"] for entry in silent] == ["ItWasEnded"]
    assert "function ItWasEnded: Boolean;\nbegin\n  Result := WasEnded and not IsSystem;" in script.code
    # Where the profile of the system is, for programs of 32 and of 64 bits.
    (place,) = re.findall(r"Pos\('(.*systemprofile.*)', Lowercase\(ExpandConstant", script.code)
    for system in ("System32", "SysWOW64"):
        assert place in rf"C:\Windows\{system}\config\systemprofile\AppData\Local\ ".strip().lower()


def test_it_names_no_program_that_the_bundle_does_not_have(script: Script) -> None:
    named = set(re.findall(r"[\w-]+\.exe", script.text.split("[Setup]")[1])) - {"powershell.exe"}
    assert named == PROGRAMS
    # What PyInstaller puts beside the programs, and an installation over another must not mix.
    assert {entry["Name"] for entry in script.entries["InstallDelete"]} == {r"{app}\_internal"}


def test_every_file_is_in_the_recipe_or_in_the_bundle(script: Script, recipe: Path) -> None:
    sources = [entry["Source"] for entry in script.entries["Files"]]
    assert sources == [r"{#Bundle}\*", "lyncdesk.png"]
    for name in ("lyncdesk.png", script.directives["SetupIconFile"]):
        assert (recipe / name).is_file()


def test_everything_is_said_in_english_and_in_german(script: Script) -> None:
    assert [entry["Name"] for entry in script.entries["Languages"]] == ["en", "de"]
    for section, texts in script.texts.items():
        assert set(texts) == {"en", "de"}, section
        assert set(texts["en"]) == set(texts["de"]), section
        assert not set(texts["en"].values()) & set(texts["de"].values()), section
    asked = set(re.findall(r"\{cm:(\w+)\}|CustomMessage\('(\w+)'\)", script.text))
    names = {first or second for first, second in asked}
    assert names == set(script.texts["CustomMessages"]["en"])


def test_tasks_are_named_as_the_pages_name_them_and_are_off_unless_asked_for(script: Script) -> None:
    tasks = {entry["Name"]: entry["Flags"] for entry in script.entries["Tasks"]}
    assert tasks == {"autostart": "unchecked", "path": "unchecked"}
    used = {entry["Tasks"] for entry in script.entries["Registry"] if "Tasks" in entry}
    used |= set(re.findall(r"WizardIsTaskSelected\('(\w+)'\)", script.code))
    assert used == set(tasks)
    page = (Path(__file__).parents[2] / "packaging/windows/README.md").read_text(encoding="utf-8")
    assert "/MERGETASKS=autostart,path" in page
    assert APP_ID[1:] in page


def test_removal_tells_where_a_persons_own_files_really_are(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "platformdirs.windows.get_win_folder", {"CSIDL_LOCAL_APPDATA": "LOCALAPPDATA"}.__getitem__
    )
    dirs = Windows("lyncdesk", appauthor=False)
    assert {dirs.user_config_path, dirs.user_data_path} == {Path("LOCALAPPDATA/lyncdesk")}
    for language in ("en", "de"):
        assert r"%%LOCALAPPDATA%%\lyncdesk" in script.texts["Messages"][language]["UninstalledAll"]


def test_nothing_it_writes_outlives_it(script: Script) -> None:
    """Values that it, the options or the Task Manager set go; keys of its own go whole."""
    gone = {
        (script.filled(entry["Subkey"]), script.filled(entry["ValueName"]))
        for entry in script.entries["Registry"]
        if {"uninsdeletevalue", "uninsdeletekey"} & set(entry.get("Flags", "").split())
    }
    assert gone == {
        (RUN, NAME), (APPROVED, NAME), (f"Software\\Classes\\AppUserModelId\\{DESKTOP_ID}", "DisplayName"),
    }  # fmt: skip
    assert "RegDeleteValue(Root, Person + '{#Own}', '{#OwnName}')" in script.code


# --- icon and version resource ---


def test_the_icon_has_every_size_as_it_was_drawn(recipe: Path) -> None:
    content = recipe / "lyncdesk.ico"
    with Image.open(content) as icon:
        assert icon.info["sizes"] == {(size, size) for size in ICO_SIZES}
    with content.open("rb") as file:
        pictures = IcoFile(file)
        for size in ICO_SIZES:
            drawn = Image.open(BytesIO(png(size))).convert("RGBA")
            assert pictures.getimage((size, size)).convert("RGBA").tobytes() == drawn.tobytes(), size


@pytest.mark.parametrize(
    ("program", "called"), [("lyncdesk-gui", "LyncDesk"), ("lyncdesk", "LyncDesk (command line)")]
)
def test_the_task_manager_shows_each_program_under_its_name(program: str, called: str) -> None:
    options = exe_options(program)
    assert set(options) <= taken("api.py")
    assert Path(options["icon"]).read_bytes()[:4] == b"\0\0\1\0"
    strings: dict[str, str] = {}
    fixed: dict[str, Any] = {}
    names: dict[str, Any] = {
        "StringStruct": strings.__setitem__,
        "StringTable": lambda language, rows: language,
        "StringFileInfo": list,
        "VarStruct": lambda name, values: (name, values),
        "VarFileInfo": list,
        "FixedFileInfo": lambda **values: fixed.update(values),
        "VSVersionInfo": lambda ffi, kids: kids,
    }
    # As PyInstaller reads it.
    kids = eval(Path(options["version"]).read_text(encoding="utf-8"), names)
    assert kids == [["040904b0"], [("Translation", [0x0409, 1200])]]
    assert strings["FileDescription"] == called
    assert strings["OriginalFilename"] == f"{program}.exe"
    assert strings["ProductVersion"] == __version__
    assert fixed["filevers"] == numbers(__version__, 4)


@pytest.mark.parametrize(
    ("version", "four"),
    [("0.1.0", (0, 1, 0, 0)), ("1.2", (1, 2, 0, 0)), ("0.2.0rc1", (0, 2, 0, 0)), ("1.2.3.4.5", (1, 2, 3, 4))],
)
def test_windows_is_told_four_numbers_whatever_the_version(version: str, four: tuple[int, ...]) -> None:
    assert numbers(version, 4) == four
