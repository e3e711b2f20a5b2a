"""``make release`` in a repository of its own with a tag, with the quick steps alone."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest

from lyncdesk.client.releases import Compared
from lyncdesk.exchange.release_asking import read
from lyncdesk_packaging import release as releasing
from lyncdesk_packaging.archives import pack
from lyncdesk_packaging.changelog import changelog
from lyncdesk_packaging.work import MistakeError
from tests.packaging.osv import advisory, nobody, osv
from tests.packaging.own_copy import as_a_repository, commit, edit, finish, git, own_copy, what_agrees
from tests.tools_needed import tool

pytestmark = pytest.mark.timeout(300)
DAY = date(2020, 2, 1)  # of the release
STEPS = ("wheel", "policies", "windows", "macos")  # the quick ones


@pytest.fixture
def ready(tmp_path: Path) -> Path:
    """A repository whose HEAD is v0.9.0, with what is looked at before anything is made."""
    return tagged(as_a_repository(what_agrees(tmp_path / "ready")))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository whose HEAD is v0.9.0, with everything."""
    return tagged(own_copy(tmp_path_factory.mktemp("whole") / "ready"))


def tagged(folder: Path) -> Path:
    finish(folder, "0.9.0")
    commit(folder, "Release 0.9.0")
    git(folder, "tag", "--annotate", "v0.9.0", "--message", "0.9.0")
    return folder


def test_a_tag_becomes_a_release_the_same_each_time(whole: Path, tmp_path: Path) -> None:
    ready = whole
    (ready / "build").mkdir()
    (ready / "build/stray").write_text("ignored by git, and in no package")
    command = [sys.executable, "-m", "lyncdesk_packaging.release", "--steps", *STEPS]
    with osv() as asked:
        command += ["--osv-url", asked.url, "--page", "https://lyncdesk.example/0.9.0"]
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env={**_environment(), "PYTHONPATH": str(ready / "packaging")},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert "audited: " in done.stdout
    target = ready / "dist/release-0.9.0"
    assert {path.name for path in target.iterdir()} == {
        "lyncdesk-0.9.0-py3-none-any.whl",
        "lyncdesk-0.9.0.tar.gz",
        "lyncdesk-policies-0.9.0.zip",
        "lyncdesk-0.9.0-windows-recipe.tar.gz",
        "lyncdesk-0.9.0-macos-recipe.tar.gz",
        "RELEASE_NOTES.md",
        "latest.json",
        "SHA256SUMS",
    }
    sums = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=target, capture_output=True, check=False)
    assert sums.returncode == 0
    assert len((target / "SHA256SUMS").read_text().splitlines()) == 7
    assert json.loads((target / "latest.json").read_text()) == {
        "version": "0.9.0",
        "date": "2020-02-01",
        "page": "https://lyncdesk.example/0.9.0",
    }
    told = read((target / "latest.json").read_bytes(), "0.8.0")
    assert (told["version"], told["compared"]) == ("0.9.0", Compared.NEWER)
    assert (told["date"], told["page"]) == ("2020-02-01", "https://lyncdesk.example/0.9.0")
    notes = (target / "RELEASE_NOTES.md").read_text()
    assert changelog(ready)[0].text in notes
    assert "First version" not in notes
    listed = {line.split("`")[1] for line in notes.partition("## Files")[2].splitlines() if line[:2] == "- "}
    assert listed == {path.name for path in target.iterdir()} - {
        "RELEASE_NOTES.md",
        "latest.json",
        "SHA256SUMS",
    }
    with tarfile.open(target / "lyncdesk-0.9.0-macos-recipe.tar.gz") as recipe:
        assert {"macos-recipe/sign.sh", "macos-recipe/Info.plist"} <= set(recipe.getnames())
    with zipfile.ZipFile(target / "lyncdesk-0.9.0-py3-none-any.whl") as wheel:
        assert b'__version__ = "0.9.0"' in wheel.read("lyncdesk/__init__.py")
    first = (target / "SHA256SUMS").read_text()
    with osv() as asked:
        wish = releasing.Wish(STEPS, service=asked.url, page="https://lyncdesk.example/0.9.0")
        assert (releasing.release(whole, wish, lambda _: None) / "SHA256SUMS").read_text() == first


def test_what_is_not_committed_is_refused(ready: Path) -> None:
    (ready / "lyncdesk/more.py").write_text("")
    with pytest.raises(MistakeError, match=r"not everything is committed(.|\n)*lyncdesk/more\.py"):
        releasing.releasable(ready, DAY)


def test_a_head_without_a_tag_is_refused(ready: Path) -> None:
    edit(ready, "README.md", "# LyncDesk", "# LyncDesk!")
    commit(ready, "After the tag")
    with pytest.raises(MistakeError, match="HEAD has no tag"):
        releasing.releasable(ready, DAY)


def test_a_tag_of_another_version_is_refused(ready: Path) -> None:
    git(ready, "tag", "--delete", "v0.9.0")
    git(ready, "tag", "v1.0.0")
    with pytest.raises(
        MistakeError, match=r"HEAD has the tag v1\.0\.0, and lyncdesk/__init__\.py says 0\.9\.0"
    ):
        releasing.releasable(ready, DAY)


def test_a_tag_that_is_elsewhere_is_told(ready: Path) -> None:
    edit(ready, "README.md", "# LyncDesk", "# LyncDesk!")
    commit(ready, "After the tag")
    with pytest.raises(MistakeError, match=r"v0\.9\.0 is of another commit"):
        releasing.releasable(ready, DAY)


def test_what_is_dated_after_today_is_refused(ready: Path) -> None:
    with pytest.raises(MistakeError, match=r"0\.9\.0 is of 2020-02-01, which is still to come"):
        releasing.releasable(ready, DAY - timedelta(days=1))


def test_a_branch_with_the_name_of_the_tag_is_not_taken_for_it(ready: Path) -> None:
    edit(ready, "README.md", "# LyncDesk", "# LyncDesk!")
    commit(ready, "After the tag")
    git(ready, "branch", "v0.9.0")
    git(ready, "checkout", "--quiet", "--detach", "HEAD~1")
    with osv() as asked:
        releasing.release(ready, releasing.Wish(("windows",), service=asked.url), lambda _: None)
    assert "# LyncDesk!" not in (ready / "build/release/source/README.md").read_text()


def test_what_is_not_whole_is_no_release(ready: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(releasing._SIGNERS, "false", (lambda _key, _path: ["false"], ""))
    with osv() as asked:
        wish = releasing.Wish(("windows",), service=asked.url, sign=("false", "key"))
        with pytest.raises(MistakeError, match="false did not sign SHA256SUMS"):
            releasing.release(ready, wish, lambda _: None)
    assert not (ready / "dist").exists()


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (releasing.Wish(("windows",), page="http://lyncdesk.example/"), "begins with https://"),
        (releasing.Wish(("windows",), sign=("no-such-tool", "key")), "no-such-tool is not installed"),
        (releasing.Wish(("deb",)), "a release brings Kerberos"),
    ],
)
def test_what_cannot_come_out_well_is_refused_at_once(
    ready: Path, monkeypatch: pytest.MonkeyPatch, wish: releasing.Wish, said: str
) -> None:
    monkeypatch.delenv("LYNCDESK_KERBEROS", raising=False)
    which = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "krb5-config" else which(name))
    with pytest.raises(MistakeError, match=said):
        releasing.release(ready, wish, lambda _: None)
    assert not (ready / "build").exists()


def test_entries_that_are_not_released_are_refused(ready: Path) -> None:
    edit(ready, "CHANGELOG.md", "## [0.9.0]", "## [Unreleased]\n\n- More.\n\n## [0.9.0]")
    commit(ready, "Tell of more")
    git(ready, "tag", "--force", "v0.9.0")
    with pytest.raises(MistakeError, match=r"entries under \[Unreleased\]"):
        releasing.releasable(ready, DAY)


def test_a_known_vulnerability_stops_it(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with osv({"lxml": advisory("GHSA-aaaa-bbbb-cccc", "lxml", "99")}) as asked:
        assert releasing.main(["--steps", "windows", "--osv-url", asked.url], ready) == 1
    assert "GHSA-aaaa-bbbb-cccc" in capsys.readouterr().err
    assert not (ready / "dist").exists()


def test_unaudited_it_stops_unless_told_to_go_on(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with nobody() as service:
        plain = ["--steps", "windows", "--osv-url", service]
        assert releasing.main(plain, ready) == 1
        assert "NOT AUDITED" in capsys.readouterr().err
        assert not (ready / "dist").exists()
        assert releasing.main([*plain, "--unaudited"], ready) == 0
    assert "NOT AUDITED" in capsys.readouterr().out


def test_sums_are_signed_with_a_key(ready: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool("gpg")
    home = tmp_path / "g"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", str(home))
    key = "release@example.org"
    make = ["gpg", "--batch", "--passphrase", "", "--quick-gen-key", key, "ed25519", "sign", "1d"]
    subprocess.run(make, check=True, capture_output=True)
    try:
        with osv() as asked:
            wish = releasing.Wish(("windows",), service=asked.url, sign=("gpg", key))
            target = releasing.release(ready, wish, lambda _: None)
        check = ["gpg", "--verify", "SHA256SUMS.asc", "SHA256SUMS"]
        assert subprocess.run(check, cwd=target, capture_output=True, check=False).returncode == 0
        (target / "SHA256SUMS").write_text("changed\n")
        assert subprocess.run(check, cwd=target, capture_output=True, check=False).returncode != 0
    finally:
        subprocess.run(["gpgconf", "--kill", "all"], check=True, capture_output=True)


def test_a_folder_is_packed_the_same_each_time(tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "b").write_text("b")
    (folder / "a").symlink_to("b")
    first = pack(folder, tmp_path / "1.tar.gz", 1_700_000_000).read_bytes()
    (folder / "b").touch()
    (folder / "b").chmod(0o600)
    second = pack(folder, tmp_path / "2.tar.gz", 1_700_000_000).read_bytes()
    assert hashlib.sha256(first).digest() == hashlib.sha256(second).digest()


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
