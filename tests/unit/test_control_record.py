"""The day of a running client over the local socket, and what the command line makes of it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from lyncdesk.cli import main
from lyncdesk.client import events as ev
from lyncdesk.client.words import Words
from lyncdesk.control.client import ask
from lyncdesk.control.days import put_together, recording
from lyncdesk.control.protocol import LONGEST_LINE, ControlError, line
from lyncdesk.control.server import ControlServer
from lyncdesk.presence.items import Item
from lyncdesk.presence.states import ManualStatus
from lyncdesk.simulation.recorder import recorded
from tests.homes import home_environment
from tests.scenarios.running import run
from tests.unit.test_control import NOW, Running, running

__all__ = ["running"]
ROOT = Path(__file__).parents[2]


def simulate(*arguments: str | Path, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "lyncdesk", "simulate", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **home_environment(home)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@asynccontextmanager
async def telling_its_day(running: Running) -> AsyncIterator[None]:
    """The running client tells its day too."""
    await running.server.stop()
    server = ControlServer(
        running.path,
        running.session,
        lambda: running.session.state,
        running.session.drained,
        Words(),
        None,
        lambda: None,
        running.session.recorded,
    )
    await server.start()
    try:
        yield
    finally:
        await server.stop()


async def test_the_day_comes_over_the_socket_in_pieces_and_runs(running: Running, tmp_path: Path) -> None:
    subject = "Secret plan " + "x" * 300
    for number in range(120):
        running.calendar.add(
            Item(
                NOW,
                NOW + timedelta(hours=1),
                subject=f"{number} {subject}",
                id=str(number),
            )
        )
    await running.ask("check-now")
    running.session.post(ev.SetStatus(ManualStatus.DO_NOT_DISTURB))
    await running.session.drained()

    def asked(**more: object) -> list[dict[str, object]]:
        return list(ask(running.path, {"command": "record", **more}, follow=True))

    async with telling_its_day(running):
        plain = await asyncio.to_thread(asked)
        whole = await asyncio.to_thread(asked, subjects=True)
    assert "Secret plan" not in json.dumps(plain)
    assert len(whole) > 3
    assert all(len(line(piece)) <= LONGEST_LINE for piece in whole)
    for pieces in (plain, whole):
        text = recorded(put_together(pieces))
        assert ("Secret plan" in text) is (pieces is whole)
        assert 'status = "Do not disturb"' in text
        file = tmp_path / "day.toml"
        file.write_text(text)
        assert run([file]).status == 0


async def test_where_the_sample_organisation_alone_runs_its_day_is_written_and_that_is_told(
    running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    places = {True: running.path, False: tmp_path / "none"}
    monkeypatch.setattr("lyncdesk.bootstrap.control_path", lambda *, demo: places[demo])
    for written, told in (
        (["--record", "one.toml"], "this is the day of the running sample organisation"),
        (["--record", "--demo", "two.toml"], ""),
    ):
        *options, name = written
        async with telling_its_day(running):
            status = await asyncio.to_thread(main, ["simulate", *options, str(tmp_path / name)])
        said = capsys.readouterr()
        assert (status, said.out) == (0, "")
        assert told in said.err
        assert bool(told) is bool(said.err)
        assert run([tmp_path / name]).status == 0


def test_a_client_that_ends_meanwhile_is_told_as_that() -> None:
    with pytest.raises(ControlError, match="ended before its day was told"):
        put_together([{"piece": '{"steps": ['}])
    with pytest.raises(ControlError, match="keeps no day"):
        list(recording((), NOW, {}))


def test_without_a_running_client_recording_says_so_and_ends_with_3(tmp_path: Path) -> None:
    ran = simulate("--record", home=tmp_path)
    assert (ran.returncode, ran.stdout) == (3, "")
    assert ran.stderr == "lyncdesk: no running LyncDesk; start it with “lyncdesk”\n"
    demo = simulate("--record", "--demo", home=tmp_path)
    assert demo.returncode == 3
    assert "or let one live for a while with --for" in demo.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--record", "new.toml", "day.toml"), "leave out the other files"),
        (("--record", "--json", "--svg", "day.svg"), "leave out --json, --svg"),
        (("--record", "day.toml", "--see-as", "anna"), "leave out --see-as"),
        (("--record", "--demo", "day.toml", "other.toml"), "leave out the other files"),
        (("--record", "--for", "1h"), "--for is for --demo"),
        (("--subjects", "day.toml"), "say how to --record"),
        ((), "name a scenario"),
    ],
)
def test_what_does_not_go_together_is_wrong_use(
    arguments: tuple[str, ...], says: str, tmp_path: Path
) -> None:
    ran = simulate(*arguments, home=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert says in ran.stderr


def test_a_file_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    there = tmp_path / "day.toml"
    there.write_text("mine")
    ran = simulate("--record", there, "--demo", "--for", "1m", home=tmp_path)
    assert ran.returncode == 2
    assert "is there already" in ran.stderr
    assert there.read_text() == "mine"


def test_a_sample_organisation_that_lives_for_a_while_is_recorded(tmp_path: Path) -> None:
    new = tmp_path / "day.toml"
    ran = simulate("--record", new, "--demo", "--for", "20m", "--names", home=tmp_path)
    assert ran.returncode == 0, ran.stderr
    text = new.read_text(encoding="utf-8")
    assert 'name = "Anna Keller"' in text
    assert text.count("\n[people.") > 10
    assert run([new]).status == 0
    assert not list(tmp_path.rglob("settings.toml"))
