"""What holds for every settings store, and what the file adds: privacy, killed writers, bad disks."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from lyncdesk.client.ports import ProblemError, SettingsStore
from lyncdesk.client.settings import parse_settings
from lyncdesk.client.words import Words
from lyncdesk.machine.files import write_atomically
from lyncdesk.machine.settings_store import FileSettingsStore, MemorySettingsStore
from tests.waiting import wait_for

NOW = datetime(2026, 12, 9, 10, 15, 30, tzinfo=UTC)
Make = Callable[[str], SettingsStore]


@pytest.fixture(params=["file", "memory"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    def file(text: str) -> SettingsStore:
        path = tmp_path / "config" / "settings.toml"
        path.parent.mkdir(exist_ok=True)
        if text:
            path.write_text(text, encoding="utf-8")
        return FileSettingsStore(path, lambda: NOW)

    return file if request.param == "file" else MemorySettingsStore


def aside(store: SettingsStore) -> list[bytes]:
    """What the store keeps aside."""
    if isinstance(store, MemorySettingsStore):
        return list(store.aside.values())
    assert isinstance(store, FileSettingsStore)
    path = Path(store.name)
    return [found.read_bytes() for found in sorted(path.parent.glob(f"{path.name}.broken-*"))]


# Every store


def test_an_empty_store_has_no_values_and_no_problems(make: Make) -> None:
    assert make("").load() == ({}, ())


def test_what_was_saved_is_there_after_a_restart(make: Make) -> None:
    store = make("")
    values = {
        "version": 1,
        "language": "de",
        "note": "Zurück um zwölf\nund später",
        "account": {"address": "me@example.com"},
        "gives": {"anna@example.com": "Workgroup"},
        "contacts": ["anna@example.com"],
        "manual": {"status": "Busy", "since": NOW, "device": "pc"},
    }
    store.save(values)
    assert store.load() == (values, ())


def test_keys_that_are_not_saved_anew_stay_and_none_removes_one(make: Make) -> None:
    store = make('colour = "blue"\nlanguage = "de"\nnotices = false\n[account]\ntenant = "x"\nserver = ""\n')
    store.save({"language": None, "account": {"address": "me@example.com", "server": None}})
    assert store.load()[0] == {
        "colour": "blue",
        "notices": False,
        "version": 1,
        "account": {"tenant": "x", "address": "me@example.com"},
    }


def test_a_text_that_is_no_toml_is_kept_aside_and_told_with_line_and_key(make: Make) -> None:
    text = "notices = false\nlanguage = de\n"
    store = make(text)
    values, (problem,) = store.load()
    assert values == {}
    assert problem.name == "settings-broken"
    assert aside(store) == [text.encode()]
    said = Words()(problem.cause)
    assert said.startswith(f"{store.name}:2: language: not valid TOML: ")  # type: ignore[attr-defined]
    assert dict(problem.values)["key"] == "language"
    assert str(dict(problem.values)["kept"]) in Words()(problem.remedy)
    assert store.load() == ({}, ())


def test_single_wrong_values_are_told_and_removed_and_a_copy_is_kept(make: Make) -> None:
    text = '# mine\nnotices = "x"\nlanguage = "de"\ncolour = 1\n[account]\nserver = "no"\n'
    store = make(text)
    values, problems = store.load()
    assert values == {"language": "de", "colour": 1, "account": {}}
    assert [Words()(problem.cause).removeprefix(store.name) for problem in problems] == [  # type: ignore[attr-defined]
        ':2: notices = "x" is not allowed; it takes true or false.',
        ':6: account.server = "no" is not allowed; it takes an address that begins with https://.',
    ]
    assert aside(store) == [text.encode()]
    assert store.load() == (values, ())


@pytest.mark.parametrize("text", ["notices = false\nlanguage = de\n", 'notices = "x"\nlanguage = "de"\n'])
def test_who_only_looks_is_told_the_same_and_moves_and_mends_nothing(make: Make, text: str) -> None:
    store = make(text)
    looked, told = store.peek()  # type: ignore[attr-defined]
    assert aside(store) == []
    assert store._read() == text.encode()  # type: ignore[attr-defined]
    values, problems = store.load()
    assert looked == values
    assert [Words()(one.cause) for one in told] == [Words()(one.cause) for one in problems] != []


def test_a_broken_text_that_appears_while_running_does_not_cost_the_values(make: Make) -> None:
    store = make('colour = "blue"\n')
    store.load()
    store._write(b"= broken")  # type: ignore[attr-defined]
    store.save({"language": "de"})
    assert store.load() == ({"colour": "blue", "language": "de", "version": 1}, ())


def test_half_a_surrogate_pair_does_not_cost_the_settings(make: Make) -> None:
    store = make("")
    store.save({"language": "de", "note": "\ud83d"})
    assert store.load()[0]["language"] == "de"


# The file


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "folder" / "settings.toml"


def test_the_file_and_its_folder_are_for_the_owner_alone(path: Path) -> None:
    FileSettingsStore(path, lambda: NOW).save({"language": "de"})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [found.name for found in path.parent.iterdir()] == ["settings.toml"]


def test_a_file_that_others_could_read_is_for_the_owner_alone_once_saved(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.touch(0o644)
    FileSettingsStore(path, lambda: NOW).save({"language": "de"})
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_name_of_what_is_kept_tells_the_time_and_nothing_kept_is_overwritten(path: Path) -> None:
    store = FileSettingsStore(path, lambda: NOW)
    path.parent.mkdir(parents=True)
    for text in ("= 1", "= 2"):
        path.write_text(text)
        store.load()
    kept = sorted(found.name for found in path.parent.iterdir())
    assert kept == ["settings.toml.broken-20261209-101530", "settings.toml.broken-20261209-101530-2"]
    assert [path.with_name(name).read_text() for name in kept] == ["= 1", "= 2"]


def test_bytes_that_are_no_text_are_told_with_their_line(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"notices = false\nnote = '\xff'\n")
    values, (problem,) = FileSettingsStore(path, lambda: NOW).load()
    assert values == {}
    assert Words()(problem.cause).startswith(f"{path}:2: note: not valid TOML: ")


def test_a_symbolic_link_stays_one(path: Path) -> None:
    path.parent.mkdir(parents=True)
    real = path.with_name("elsewhere.toml")
    real.write_text('colour = "blue"')
    path.symlink_to(real)
    FileSettingsStore(path, lambda: NOW).save({"language": "de"})
    assert path.is_symlink()
    assert parse_settings(real.read_text()).values == {"colour": "blue", "language": "de", "version": 1}


def test_a_folder_that_cannot_be_written_is_one_clear_problem(path: Path) -> None:
    path.parent.parent.mkdir()
    path.parent.write_text("a file where the folder should be")
    with pytest.raises(ProblemError) as caught:
        FileSettingsStore(path, lambda: NOW).save({"language": "de"})
    assert caught.value.problem.name == "settings-not-saved"
    assert Words()(caught.value.problem.cause) == f"{path}: it cannot be written: Not a directory."


def test_a_path_that_cannot_be_read_is_one_clear_problem(path: Path) -> None:
    path.mkdir(parents=True)
    (path / "something").touch()
    values, (problem,) = FileSettingsStore(path, lambda: NOW).load()
    assert values == {}
    assert Words()(problem.cause) == f"{path}: it cannot be read: Is a directory."


def test_nothing_is_written_when_nothing_changed(path: Path) -> None:
    store = FileSettingsStore(path, lambda: NOW)
    store.save({"language": "de"})
    before = path.stat().st_ino
    store.save({"language": "de"})
    assert path.stat().st_ino == before


def test_what_a_killed_writer_left_is_removed_after_an_hour(path: Path) -> None:
    path.parent.mkdir(parents=True)
    old, young = (path.with_name(f".settings.toml.{pid}.new") for pid in (1, 2))
    for left, age in ((old, 3601), (young, 3599)):
        left.touch()
        os.utime(left, (NOW.timestamp() - age,) * 2)
    FileSettingsStore(path, lambda: NOW).load()
    assert not old.exists()
    assert young.exists()


def changed(path: Path, before: bytes) -> bytes | None:
    now = path.read_bytes() if path.exists() else b""
    return now if now != before else None


def test_what_is_no_file_is_never_replaced_by_one(tmp_path: Path) -> None:
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    for path in (pipe, link, tmp_path):
        with pytest.raises(OSError, match=str(path.resolve())):
            write_atomically(path, b"text")
    assert pipe.is_fifo()
    assert sorted(tmp_path.iterdir()) == [link, pipe]


WRITER = """
import sys
from pathlib import Path
from lyncdesk.machine.files import write_atomically
path = Path(sys.argv[1])
texts = [f'note = "{str(digit) * 4_000_000}"'.encode() for digit in range(10)]
while True:
    for text in texts:
        write_atomically(path, text)
"""


def test_a_writer_that_is_killed_at_any_moment_leaves_a_whole_file(path: Path) -> None:
    seen = set()
    for round_ in range(10):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(path)]) as writer:
            before = path.read_bytes() if path.exists() else b""
            # Killed in the middle of its work: some writes after it began, another number each time.
            for _ in range(1 + round_ % 4):
                before = wait_for(partial(changed, path, before), "the writer")
            writer.send_signal(signal.SIGKILL)
        text = path.read_bytes()
        assert len(text) == len('note = ""') + 4_000_000
        assert len(set(text[8:-1])) == 1
        seen.add(text[8])
    assert len(seen) > 1
