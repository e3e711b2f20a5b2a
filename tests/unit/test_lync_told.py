"""Where Lync would have shown something else is told in the same words wherever reasons are told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lyncdesk.client import views
from lyncdesk.client.views.terminal import check_lines
from lyncdesk.client.words import Words
from lyncdesk.control.commands import ANSWERS
from lyncdesk.presence.items import Kind
from tests.unit.client.driving import Driven, meeting, running

WORDS = Words()


def of_the_command(client: Driven) -> str:
    return str(ANSWERS["explain"](client.state, client.now, WORDS, {})["lync"])


def of_a_check(client: Driven) -> str:
    return " ".join(line for line in check_lines(client.state, client.now, WORDS) if line.startswith("Lync"))


def of_the_strip(client: Driven) -> str:
    lines = views.reasons_at(client.state, client.now, client.now, WORDS)
    return " ".join(line for line in lines if line.startswith("Lync"))


@pytest.mark.parametrize("surface", [of_the_command, of_a_check, of_the_strip])
def test_each_surface_tells_what_the_tab_tells(surface: Callable[[Driven], str]) -> None:
    differs = running(meeting(-30, 30, kind=Kind.UNKNOWN))
    told = views.why(differs.state, differs.now, WORDS).lync
    assert told.startswith("Lync would have shown In a meeting: ")
    assert surface(differs) == told
    assert surface(running(meeting(-30, 30))) == ""
