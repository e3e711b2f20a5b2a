"""`explain --at` over the socket: the history answers, or says why it cannot."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from lyncdesk.client import events as ev
from lyncdesk.client.ports import ProblemError
from lyncdesk.client.problems import Problem
from lyncdesk.client.words import Words
from lyncdesk.control.explain_past import explain_past
from lyncdesk.control.protocol import ControlError
from lyncdesk.presence.message import Message
from lyncdesk.presence.states import ManualStatus
from tests.unit.client.driving import meeting
from tests.unit.client.test_history_recorder import MINUTE, Client, started
from tests.unit.strategies import NOW

KEYS = {
    "sentence", "at", "since", "until", "known", "availability", "activity", "shows", "colour",
    "out_of_office", "stale", "reset_waiting", "problem", "calendar_as_of", "reasons", "read", "lync",
    "notes", "lasted",
}  # fmt: skip


async def running(settings: str = "keep_history = true") -> Client:
    client = Client(settings)
    client.calendar.add(meeting(10, 20))
    await started(client)
    await client.at(10, ev.Tick())
    await client.at(20, ev.Tick())
    return client


async def ask(client: Client, at: str, **more: Any) -> dict[str, object]:
    state = client.session.state
    return await explain_past(client.session, state, Words(), {"command": "explain", "at": at, **more})


async def test_a_moment_is_answered_with_its_reasons() -> None:
    client = await running()
    answer = await ask(client, "5 min ago")
    await client.session.stop()
    assert set(answer) == KEYS
    assert (answer["known"], answer["shows"]) == (True, "In a meeting")
    assert "Budget review" in str(answer["sentence"])
    assert datetime.fromisoformat(str(answer["since"])) == NOW + 10 * MINUTE
    assert datetime.fromisoformat(str(answer["until"])) == NOW + 20 * MINUTE
    assert datetime.fromisoformat(str(answer["calendar_as_of"])) == NOW
    assert [r["verdict"] for r in answer["reasons"] if r["source"] == "Calendar"] == ["won"]  # type: ignore[attr-defined]


async def test_what_is_not_known_is_answered_too() -> None:
    client = await running()
    answer = await ask(client, "1 hour ago")
    await client.session.stop()
    assert (answer["known"], set(answer)) == (False, {"sentence", "at", "since", "until", "known", "lasted"})
    assert "What is kept begins at" in str(answer["sentence"])
    # That nothing is known from a week before on is where it was looked, not when anything began.
    assert answer["lasted"] == ""


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"at": "gestern 10:15"}, "is no moment; write 10:15"),
        ({"at": "23:59"}, "is yet to come"),
        ({"at": "5 min ago", "as": "Workgroup"}, "leave --as away"),
    ],
)
async def test_what_cannot_be_told_is_refused(asked: dict[str, str], words: str) -> None:
    client = await running()
    with pytest.raises(ControlError, match=words):
        await ask(client, **asked)
    await client.session.stop()


async def test_without_a_history_that_is_said() -> None:
    client = await running("")
    with pytest.raises(ControlError, match="no history is kept; switch it on in Options > Advanced"):
        await ask(client, "1 hour ago")
    await client.session.stop()


async def test_without_a_history_what_was_shown_since_the_start_is_told_all_the_same() -> None:
    kept, client = await running(), await running("")
    told = [await ask(one, "5 min ago") for one in (kept, client)]
    assert told[0] == told[1]
    assert told[1]["shows"] == "In a meeting"
    assert not (await client.kept()).spans, "and nothing is kept for it"
    for one in (kept, client):
        await one.session.stop()


async def test_a_history_that_cannot_be_read_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    client = await running()

    async def refuse(*_: object) -> None:
        raise ProblemError(Problem.of("history-not-kept", where="f", what=Message.of("the disk is full")))

    monkeypatch.setattr(client.disk, "read", refuse)
    with pytest.raises(ControlError, match="the disk is full"):
        await ask(client, "5 min ago")
    await client.session.stop()


async def test_the_report_for_support_has_nothing_of_the_history(tmp_path: Path) -> None:
    client = await running()
    await client.at(21, ev.SetStatus(ManualStatus.BUSY))
    assert "Budget review" in str(await client.kept())
    report = await client.session.report()
    await client.session.stop()
    assert "Budget review" not in report
    assert "keep_history: True (person)" in report
