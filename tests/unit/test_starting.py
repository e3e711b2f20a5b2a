"""How the program starts itself again, installed or frozen. tests/packaging tries the frozen one for real."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import lyncdesk
from lyncdesk.starting import (
    KEYRING_HELPER,
    MODULES,
    SELF_TEST,
    WORKER,
    Form,
    asked_for,
    child_environment,
    form,
    module_command,
    program_command,
    restore,
)

of_linux_and_macos = pytest.mark.skipif(os.name == "nt", reason="the paths of Linux and macOS are read there")
WINDOWS = r"C:\Program Files\LyncDesk\lyncdesk-gui.exe"


def test_installed_in_a_python_it_is_started_as_a_module_of_that_python() -> None:
    assert module_command(WORKER) == (sys.executable, "-P", "-m", WORKER)
    without_terminal = Path(sys.executable).with_name("pythonw.exe")
    python = str(without_terminal) if os.name == "nt" and without_terminal.exists() else sys.executable
    assert program_command("--minimised") == (python, "-P", "-m", "lyncdesk", "--minimised")


@of_linux_and_macos
def test_frozen_the_program_without_a_terminal_is_the_desktop_and_the_other_one_runs_modules() -> None:
    # Either may be the one that runs now.
    for name in ("lyncdesk", "lyncdesk-gui"):
        frozen = Form(f"/opt/lyncdesk/{name}", frozen=True)
        assert frozen.program("demo") == ("/opt/lyncdesk/lyncdesk-gui", "demo")
        assert frozen.module(WORKER) == ("/opt/lyncdesk/lyncdesk", "-m", WORKER)


@pytest.mark.skipif(os.name != "nt", reason="the paths of Windows are read there")
def test_frozen_on_windows_they_have_their_ending() -> None:
    frozen = Form(WINDOWS, frozen=True, windows=True)
    assert frozen.program() == (WINDOWS,)
    assert frozen.module(WORKER) == (WINDOWS.replace("-gui", ""), "-m", WORKER)


def test_on_windows_the_desktop_is_started_by_the_python_without_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "python.exe").touch()
    installed = Form(str(tmp_path / "python.exe"), windows=True)
    assert installed.program()[0] == installed.executable
    (tmp_path / "pythonw.exe").touch()
    assert installed.program()[0] == str(tmp_path / "pythonw.exe")
    assert installed.module(WORKER)[0] == installed.executable


@of_linux_and_macos
def test_in_an_appimage_its_file_is_what_is_there_another_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image, inside = tmp_path / "LyncDesk.AppImage", tmp_path / ".mount_x" / "usr" / "lib" / "lyncdesk"
    image.touch()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(inside / "lyncdesk"))
    monkeypatch.setenv("APPIMAGE", str(image))
    monkeypatch.setenv("APPDIR", str(tmp_path / ".mount_x"))
    assert program_command("--minimised") == (str(image), "--minimised")
    # What is needed at once is started from where it lies.
    assert module_command(WORKER) == (str(inside / "lyncdesk"), "-m", WORKER)
    # A terminal that is an AppImage hands its own variables to what is started in it.
    monkeypatch.setenv("APPDIR", str(tmp_path / ".mount_y"))
    assert program_command() == (str(inside / "lyncdesk-gui"),)
    monkeypatch.delenv("APPDIR")
    assert form().appimage == ""
    # Unpacked, its file was thrown away.
    monkeypatch.setenv("APPDIR", str(tmp_path / ".mount_x"))
    image.unlink()
    assert program_command() == (str(inside / "lyncdesk-gui"),)


def test_a_child_finds_this_package_and_runs_python_in_no_odd_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONINSPECT", "1")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    environment = child_environment()
    assert "PYTHONINSPECT" not in environment
    assert environment["PYTHONPATH"].endswith(f"{os.pathsep}/elsewhere")
    assert Path(environment["PYTHONPATH"].split(os.pathsep)[0], "lyncdesk/starting.py").is_file()


def test_where_python_looks_anyway_no_child_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a child of ours starts, a browser in Python say, would find our libraries there."""
    here = str(Path(lyncdesk.__file__).resolve().parent.parent)
    monkeypatch.setattr("site.getsitepackages", lambda: ["/usr/lib/python", here])
    monkeypatch.delenv("PYTHONPATH", raising=False)
    assert "PYTHONPATH" not in child_environment()
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    assert child_environment()["PYTHONPATH"] == "/elsewhere"


def test_what_the_frozen_start_set_for_itself_is_taken_out_of_the_environment() -> None:
    started = {
        "HOME": "/home/anna",
        "LD_LIBRARY_PATH": "/opt/lyncdesk/_internal:/mine",
        "LD_LIBRARY_PATH_ORIG": "/mine",
        "LIBPATH": "/opt/lyncdesk/_internal",
        "_PYI_ARCHIVE_FILE": "/opt/lyncdesk/lyncdesk",
        "_PYI_PARENT_PROCESS_LEVEL": "1",
    }
    restore(started)
    assert started == {"HOME": "/home/anna", "LD_LIBRARY_PATH": "/mine"}


@pytest.mark.parametrize(
    "arguments", [[], ["-m"], ["-m", "os"], ["-m", "lyncdesk"], ["demo"], ["-m", WORKER, "more"], [WORKER]]
)
def test_nothing_but_its_own_modules_is_run(arguments: list[str]) -> None:
    assert asked_for(arguments) is None


@pytest.mark.parametrize("name", MODULES)
def test_each_of_its_own_modules_is_run(name: str) -> None:
    run = asked_for(["-m", name])
    assert run is not None
    assert run.__module__ == name


def test_this_installation_is_whole() -> None:
    done = subprocess.run(
        module_command(SELF_TEST), env=child_environment(), capture_output=True, text=True, check=False
    )
    assert (done.returncode, "0 things missing" in done.stdout) == (0, True), done.stdout + done.stderr


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    # A library of the worker's, and the way to the keyring, as they are where they were forgotten.
    for name in ("exchangelib", "secretstorage"):
        (tmp_path / f"{name}.py").write_text(f"raise ModuleNotFoundError('No module {name}', name='{name}')")
    environment = child_environment()
    environment["PYTHONPATH"] = os.pathsep.join([str(tmp_path), environment["PYTHONPATH"]])
    done = subprocess.run(
        module_command(SELF_TEST), env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "missing: module lyncdesk.exchange.link: No module exchangelib" in done.stdout
    assert "missing: module secretstorage: No module secretstorage" in done.stdout


def test_the_helper_and_the_worker_say_what_they_are_started_as() -> None:
    assert [name.rpartition(".")[2] for name in (WORKER, KEYRING_HELPER)] == ["worker", "keyring_helper"]
