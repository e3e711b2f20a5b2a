"""Scenario texts for tests: a small right one, and variations of it."""

from __future__ import annotations

RIGHT = """\
title = "A day"
zone  = "Europe/Berlin"
date  = 2026-03-02
start = "09:00"
until = "12:00"

[policy]
WebServicePollInterval = "00:30:00"

[people.anna]
name = "Anna Keller"
gives = { ben = "Workgroup" }

[[people.anna.items]]
subject = "Budget review"
location = "Room 4"
start = "10:00"
end = "11:00"
kind = "meeting"

[people.ben]
signs_in = "09:05"

[[steps]]
at = "09:05"
who = "anna"
do = "add"
item = { subject = "Call", start = "09:00", end = "09:45" }

[[expect]]
at = "09:31"
who = "anna"
viewer = "ben"
shows = "Busy"
"""


def with_line(old: str, new: str, text: str = RIGHT) -> str:
    """The text with one line replaced; the line must be there once."""
    lines = text.split("\n")
    assert lines.count(old) == 1, old
    return "\n".join(new if line == old else line for line in lines)


def after(old: str, new: str, text: str = RIGHT) -> str:
    """The text with a line after another."""
    return with_line(old, f"{old}\n{new}", text)
