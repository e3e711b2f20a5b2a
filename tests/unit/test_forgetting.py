"""`lyncdesk forget`, piece by piece; tests/end_to_end tries the whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from lyncdesk import bootstrap
from lyncdesk.cli import forgetting
from lyncdesk.client.options import Options
from lyncdesk.client.ports import ProblemError
from lyncdesk.client.problems import Problem
from lyncdesk.client.words import Words
from lyncdesk.machine.traces import Trace
from lyncdesk.presence.message import Message

WORDS = Words()


class Portal:
    """The start with the computer of a desktop that does not tell what holds."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.asked: list[bool] = []
        self._refuses = refuses

    def enabled(self) -> bool | None:
        return None

    async def set(self, on: bool, *, minimised: bool) -> None:
        self.asked.append(on)
        if self._refuses:
            raise ProblemError(Problem.of("start-not-switched", what=Message.of("it was not allowed")))


@pytest.mark.parametrize("wanted", [True, False])
def test_a_desktop_that_was_asked_to_start_it_is_asked_to_do_so_no_more(
    home: Path, monkeypatch: pytest.MonkeyPatch, wanted: bool
) -> None:
    portal = Portal()
    monkeypatch.setattr(bootstrap, "start_at_login", lambda: portal)
    assert forgetting._end_start(Options(start_with_computer=wanted), WORDS)
    assert portal.asked == [False] * wanted


def test_a_desktop_that_refuses_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "start_at_login", lambda: Portal(refuses=True))
    assert not forgetting._end_start(Options(start_with_computer=True), WORDS)
    assert capsys.readouterr().err.startswith("lyncdesk: The start with the computer stays as it was.")


def test_what_a_link_leads_to_is_told_as_what_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target, link = tmp_path / "dotfiles.toml", tmp_path / "settings.toml"
    target.write_text("x")
    link.symlink_to(target)
    assert not forgetting._files([Trace("settings", link)], WORDS)
    said = capsys.readouterr()
    assert said.out == f"Gone: {link}\n"
    assert said.err == f"lyncdesk: {target} stays: {link} was a link to it; remove it yourself\n"
    assert target.exists()
    link.symlink_to(tmp_path / "nothing")  # of one that leads nowhere nothing stays
    assert forgetting._files([Trace("settings", link)], WORDS)
