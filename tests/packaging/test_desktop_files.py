"""What a desktop knows the program by: made of its sources, in the form that desktops read."""

import re
import subprocess
from pathlib import Path

import pytest
from lxml import etree
from PIL import Image, ImageChops, ImageStat

from lyncdesk.machine.share import MENU_ENTRY, autostart_entry, share_files
from lyncdesk.starting import DESKTOP_ID
from lyncdesk_packaging.desktop_sources import SHARE, SIZES, drawn, icon, texts
from lyncdesk_packaging.share import metainfo, write_autostart, write_share
from lyncdesk_packaging.work import ROOT, Work
from tests.tools_needed import tool

WORK = Work(ROOT, ROOT / "build", ROOT / "dist")
ICONS = [
    *(f"icons/hicolor/{size}x{size}/apps/{DESKTOP_ID}.png" for size in SIZES),
    f"icons/hicolor/scalable/apps/{DESKTOP_ID}.svg",
    f"icons/hicolor/symbolic/apps/{DESKTOP_ID}-symbolic.svg",
]


def said(*command: str | Path) -> str:
    """What a tool prints, which must be content."""
    tool(str(command[0]))
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout
    return done.stdout


# --- what is made of something else ---


def test_manual_page_and_completions_are_up_to_date() -> None:
    old = [place for place, text in texts().items() if (SHARE / place).read_text(encoding="utf-8") != text]
    assert old == [], "“make pages” brings them up to date"


@pytest.mark.usefixtures(
    "qapp"
)  # else the drawing makes an application of its own, and no window opens after it
@pytest.mark.parametrize("size", SIZES)
def test_each_icon_is_the_drawing_in_its_size(size: int, tmp_path: Path) -> None:
    now = tmp_path / "icon.png"
    drawn(size, now)
    with Image.open(icon(size)) as committed, Image.open(now) as fresh:
        assert committed.size == (size, size)
        # Another version of Qt may round an edge otherwise; a change of the drawing is more than that.
        difference = ImageStat.Stat(ImageChops.difference(committed.convert("RGBA"), fresh.convert("RGBA")))
        assert max(difference.mean) < 0.5


def test_the_icon_has_no_colour_that_presence_has_not() -> None:
    from lyncdesk.presence.states import Colour
    from lyncdesk.ui.indicators import INKS

    svg = (SHARE / f"icons/hicolor/scalable/apps/{DESKTOP_ID}.svg").read_text(encoding="utf-8")
    for colour in (INKS[Colour.GREEN].fill, INKS[Colour.GREEN].edge, INKS[Colour.RED].fill):
        assert colour.name() in svg


# --- the tree that every package carries ---


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prefix with everything in it."""
    prefix = tmp_path_factory.mktemp("usr")
    write_share(WORK, prefix)
    return prefix


def test_the_tree_is_whole(tree: Path) -> None:
    share = tree / "share"
    found = {path.relative_to(share).as_posix() for path in share.rglob("*") if path.is_file()}
    assert found == {
        MENU_ENTRY,
        *ICONS,
        f"metainfo/{DESKTOP_ID}.metainfo.xml",
        "man/man1/lyncdesk.1",
        "man/man1/lyncdesk-gui.1",
        "bash-completion/completions/lyncdesk",
        "zsh/site-functions/_lyncdesk",
        "fish/vendor_completions.d/lyncdesk.fish",
    }
    assert {path.stat().st_mode & 0o777 for path in share.rglob("*") if path.is_file()} == {0o644}


def test_zsh_completions_go_where_the_package_wants_them(tmp_path: Path) -> None:
    write_share(WORK, tmp_path, zsh="vendor-completions")
    assert (tmp_path / "share/zsh/vendor-completions/_lyncdesk").is_file()
    assert not (tmp_path / "share/zsh/site-functions").exists()


def test_menu_entry_and_start_at_login_are_valid(tree: Path, tmp_path: Path) -> None:
    for entry in (tree / "share" / MENU_ENTRY, write_autostart(tmp_path)):
        assert said("desktop-file-validate", entry) == ""


def test_every_icon_that_is_named_is_there(tree: Path) -> None:
    entries = [(tree / "share" / MENU_ENTRY).read_text(encoding="utf-8"), autostart_entry().decode()]
    names = {name for entry in entries for name in re.findall(r"^Icon=(.*)$", entry, re.MULTILINE)}
    assert names == {DESKTOP_ID}


def test_every_text_of_the_entries_has_its_german(tree: Path) -> None:
    for entry in ((tree / "share" / MENU_ENTRY).read_text(encoding="utf-8"), autostart_entry().decode()):
        for line in entry.splitlines():
            key, _, value = line.partition("=")
            if key in {"Name", "GenericName", "Comment", "Keywords"} and value != "LyncDesk":
                assert f"\n{key}[de]=" in entry, line


def test_the_metadata_are_valid_and_tell_of_the_releases(tree: Path) -> None:
    path = tree / f"share/metainfo/{DESKTOP_ID}.metainfo.xml"
    printed = said("appstreamcli", "validate", "--no-net", "--no-color", path)
    # “P” (pedantic) would be that the id has capitals, which desktop file, Flatpak and macOS share.
    assert not re.search(r"^[EWI]:", printed, re.MULTILINE), printed
    root = etree.fromstring(path.read_bytes())
    assert [release.get("version") for release in root.iterfind("releases/release")] == ["0.1.0"]
    assert len(root.findall("releases/release[@version='0.1.0']/description/ul/li")) >= 5


def test_every_text_of_the_metadata_has_its_german() -> None:
    root = etree.fromstring(metainfo(WORK))
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    texts = [*root.findall("summary"), *root.iterfind("description//p"), *root.iterfind("description//li")]
    assert len(texts) == 12
    for text in texts:
        if text.get(lang) is None:
            translated = text.getnext()
            assert translated is not None, text.text
            assert translated.tag == text.tag, text.text
            assert translated.get(lang) == "de", text.text


def test_flatpaks_metadata_name_the_developer_as_newer_tools_want_it() -> None:
    root = etree.fromstring(metainfo(WORK, flatpak=True))
    assert root.find("developer_name") is None
    assert root.findtext("developer/name") == "The LyncDesk contributors"


# --- the manual page ---


def test_the_manual_page_is_set_without_a_warning(tree: Path) -> None:
    page = tree / "share/man/man1/lyncdesk.1"
    assert said("groff", "-man", "-ww", "-z", "-Tutf8", "-Kutf8", page) == ""
    plain = re.sub(r".\x08", "", said("man", "--warnings", "--no-justification", "-l", page))
    for heading in ("SYNOPSIS", "EXIT STATUS", "ENVIRONMENT", "FILES", "EXAMPLES"):
        assert f"\n{heading}\n" in plain
    assert "lyncdesk simulate" in plain


def test_the_manual_page_names_every_command_and_option(tree: Path) -> None:
    from lyncdesk.cli import parser
    from lyncdesk_packaging.completion import actions

    page = (tree / "share/man/man1/lyncdesk.1").read_text(encoding="utf-8").replace("\\", "")
    wanted = {name for _, action in actions(parser()) for name in action.option_strings} - {"-h", "--help"}
    assert len(wanted) > 30
    assert [name for name in sorted(wanted) if name not in page] == []


def test_the_files_that_the_manual_page_names_are_those_of_the_program(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from lyncdesk.machine.paths import paths, policy_file

    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)
    place = paths()
    named = {place.settings, place.contacts, place.history, place.log, policy_file()}
    page = (SHARE / "man/man1/lyncdesk.1").read_text(encoding="utf-8")
    for path in named:
        assert str(path).replace(str(tmp_path), "~") in page


def test_what_is_installed_for_a_program_elsewhere_differs_in_the_menu_entry_alone() -> None:
    usual, other = share_files(), share_files(["/opt/lync desk/lyncdesk-gui"])
    assert {name for name in usual if usual[name] != other[name]} == {MENU_ENTRY}
    entry = other[MENU_ENTRY].decode()
    assert '\nTryExec=/opt/lync desk/lyncdesk-gui\nExec="/opt/lync desk/lyncdesk-gui"\n' in entry
    assert '\nExec="/opt/lync desk/lyncdesk-gui" demo\n' in entry
    assert entry.count("TryExec") == 1
