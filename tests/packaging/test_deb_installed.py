"""The Debian package, installed by apt into a clean Debian and used there by a person who is not root."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from lyncdesk import __version__
from tests.desktop import Desktop
from tests.packaging.conftest import Made
from tests.packaging.deb_office import ADDRESS, GREEN, ORANGE, PASSWORD, SLOW, Office, texts
from tests.packaging.root_fs import USER, RootFs
from tests.waiting import wait_for

pytestmark = [pytest.mark.xdist_group("bundle"), pytest.mark.timeout(1800), pytest.mark.desktop]

DESKTOP_ID = "org.lyncdesk.LyncDesk"
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)


@dataclass(frozen=True)
class Installed:
    """A root file system in which it is installed, and what was there before."""

    root: RootFs
    before: dict[str, str]
    said: str


@pytest.fixture(scope="module")
def installed(package: Made) -> Iterator[Installed]:
    with RootFs() as root:
        before = root.listing()
        (deb,) = package("deb")
        yield Installed(root, before, root.apt("install", root.bring(deb)))


@pytest.fixture
def office(installed: Installed) -> Iterator[Office]:
    with Desktop() as desktop:
        office = Office(installed.root, desktop)
        with office.session():
            yield office


def pythons(listing: dict[str, str]) -> list[str]:
    """Every Python that is not the package's own: programs and libraries."""
    names = {path: path.rsplit("/", 1)[1] for path in listing if not path.startswith("/usr/lib/lyncdesk/")}
    return [
        path
        for path, name in names.items()
        if name.startswith("libpython") or ("/bin/" in path and name.startswith(("python", "pypy")))
    ]


def test_it_brings_its_own_python_and_no_other_comes_with_it(installed: Installed) -> None:
    assert pythons(installed.before) == []
    after = installed.root.listing()
    assert pythons(after) == []
    assert any("/usr/lib/lyncdesk/_internal/libpython" in path for path in after)


def test_apt_asks_nothing_and_warns_of_nothing(installed: Installed) -> None:
    lines = [line for line in installed.said.splitlines() if line.startswith(("W:", "E:", "dpkg: warning"))]
    assert lines == []
    assert "lyncdesk" not in installed.root.run("dpkg", "--verify", "lyncdesk").text


def test_it_is_whole(installed: Installed) -> None:
    version = installed.root.run("lyncdesk", "--version", user=USER).text
    assert version == f"LyncDesk {__version__}\n"
    said = installed.root.run("lyncdesk", "-m", "lyncdesk.self_test", user=USER).text
    assert "0 things missing" in said


def test_no_library_that_it_needs_is_missing(installed: Installed) -> None:
    found = installed.root.run(
        "sh",
        "-c",
        "find /usr/lib/lyncdesk -name '*.so*' -type f | "
        "LD_LIBRARY_PATH=/usr/lib/lyncdesk/_internal xargs ldd 2>&1 | grep -B30 'not found' || true",
    ).text
    lacking = {line.split()[0] for line in found.splitlines() if "not found" in line}
    # GTK's look is for desktops that have GTK; Qt goes without where they have none.
    assert lacking <= {"libgtk-3.so.0", "libgdk-3.so.0", "libpango-1.0.so.0", "libgobject-2.0.so.0"}


def test_a_scenario_holds(installed: Installed) -> None:
    said = installed.root.run("lyncdesk", "simulate", "added_for_right_now", "--wire", user=USER).text
    assert "all hold" in said


def test_a_check_is_made_by_the_worker_of_the_package(office: Office) -> None:
    with office.exchange() as url:
        options = ("--server", url, "--address", ADDRESS, "--user", ADDRESS, "--password-stdin", "--json")
        said = json.loads(office.run("lyncdesk", "check", *options, given=f"{PASSWORD}\n").text)
    assert said["shows"] == "Available"
    assert said["problems"] == []


def test_a_person_signs_in_and_the_tray_shows_the_calendar_and_the_next_start_needs_no_password(
    office: Office,
) -> None:
    home = office.root.path / "home" / USER
    with office.exchange() as url:
        with office.program("lyncdesk-gui") as client:
            office.sign_in(url)
            office.icon(GREEN)
            office.run("lyncdesk", "set", "busy")
            office.icon(ORANGE)
            office.quit(client)
        settings = [path for path in home.rglob("*") if path.name == "settings.toml"]
        assert ADDRESS in settings[0].read_text(encoding="utf-8")
        assert not any(PASSWORD in text for text in texts(home / ".config"))
        with office.program("lyncdesk-gui", "--minimised") as client:
            office.icon(ORANGE)  # a status by hand holds until its end, also over a restart
            checked = wait_for(
                lambda: status if (status := office.status()).get("calendar_as_of") else None, "a check", SLOW
            )
            assert checked["problems"] == []
            assert office.desktop.windows("^Welcome to LyncDesk$") == []
            office.quit(client)


def test_the_menu_and_the_icons_and_the_start_at_login_are_found(installed: Installed) -> None:
    root = installed.root.path
    entry = (root / f"usr/share/applications/{DESKTOP_ID}.desktop").read_text(encoding="utf-8")
    assert "Exec=lyncdesk-gui\n" in entry
    assert f"Icon={DESKTOP_ID}\n" in entry
    icons = root / "usr/share/icons/hicolor"
    assert (icons / "index.theme").is_file()
    for size in SIZES:
        assert (icons / f"{size}x{size}/apps/{DESKTOP_ID}.png").is_file(), size
    assert (icons / f"scalable/apps/{DESKTOP_ID}.svg").is_file()
    assert (icons / f"symbolic/apps/{DESKTOP_ID}-symbolic.svg").is_file()
    start = (root / f"etc/xdg/autostart/{DESKTOP_ID}.desktop").read_text(encoding="utf-8")
    assert "Exec=lyncdesk-gui --minimised\n" in start


def test_the_manual_and_the_completion_are_read_by_those_that_they_are_for(installed: Installed) -> None:
    root = installed.root
    root.apt("install", "--no-install-recommends", "man-db", "bash-completion")
    page = root.run("man", "lyncdesk", MANPAGER="cat", MANWIDTH="80").text
    assert "lyncdesk" in page
    assert "simulate" in page
    same = root.run("man", "lyncdesk-gui", MANPAGER="cat", MANWIDTH="80").text
    assert "LyncDesk" in same
    words = root.run(
        "bash",
        "-c",
        ". /usr/share/bash-completion/bash_completion; _completion_loader lyncdesk; "
        "COMP_WORDS=(lyncdesk simu); COMP_CWORD=1; COMP_LINE='lyncdesk simu'; COMP_POINT=13; "
        "$(complete -p lyncdesk | sed 's/.*-F \\([^ ]*\\).*/\\1/') lyncdesk simu lyncdesk; "
        'printf "%s\\n" "${COMPREPLY[@]}"',
    ).text
    assert words.split() == ["simulate"]


def test_what_an_administrator_says_is_in_force(installed: Installed) -> None:
    root = installed.root
    example = "/usr/share/doc/lyncdesk/examples/policy.toml"
    assert "WebServicePollInterval" in root.run("cat", example).text
    root.run("install", "-D", "-m", "644", example, "/etc/lyncdesk/policy.toml")
    root.run("sh", "-c", "printf 'WebServicePollInterval = \"00:15:00\"\\n' > /etc/lyncdesk/policy.toml")
    said = root.run("lyncdesk", "policy", user=USER).text
    assert "/etc/lyncdesk/policy.toml" in said
    root.run("rm", "-r", "/etc/lyncdesk")
