"""The commands that talk to the running client of this user."""

from __future__ import annotations

import argparse
import json

from lyncdesk import bootstrap
from lyncdesk.cli.exits import DONE, NOT_THERE, WRONG_USE, fail
from lyncdesk.control.client import NoClientError, ask, listens
from lyncdesk.control.protocol import ControlError


def run_control(arguments: argparse.Namespace) -> int:
    """Ask the running client and print its answer."""
    request = {"command": arguments.command}
    if arguments.command == "set":
        request |= {"status": arguments.status, "for": arguments.length}
    if arguments.command == "explain":
        request |= {"as": arguments.viewer, "at": arguments.at}
    follow = bool(getattr(arguments, "follow", False))
    if follow:
        request["follow"] = True
    try:
        for answer in ask(bootstrap.control_path(demo=arguments.demo), request, follow=follow):
            print(
                json.dumps(answer, ensure_ascii=False) if arguments.json or follow else _plain(answer),
                flush=True,
            )
    except NoClientError:
        return not_there(demo=arguments.demo)
    except ControlError as error:
        return fail(str(error), WRONG_USE)
    return DONE


def not_there(*, demo: bool, also: str = "") -> int:
    """Say that no client, or no sample organisation, runs, what to do, and whether the other of them runs."""
    which, start = ("sample organisation", " demo") if demo else ("LyncDesk", "")
    if not demo and listens(bootstrap.control_path(demo=True)):
        also += "; the sample organisation runs: add --demo"
    return fail(f"no running {which}; start it with “lyncdesk{start}”{also}", NOT_THERE)


_OF_THE_PAST = ("sentence", "reasons", "lasted", "read", "lync", "notes")
_SENTENCES = ("sentence", "lasted", "read", "lync")


def _plain(answer: dict[str, object]) -> str:
    """An answer for people: its sentence, then one line per thing."""
    if "text" in answer:
        return str(answer["text"])
    if "known" in answer:
        # Of the past the sentences say it all; the rest is for programs.
        answer = {key: answer[key] for key in _OF_THE_PAST if key in answer}
    lines: list[str] = []
    for key, value in answer.items():
        match value:
            case list():
                lines += [_row(row) for row in value]
            case dict():
                lines += [f"{name}: {found}" for name, found in value.items()]
            case "" | None:
                continue
            case _:
                lines.append(str(value) if key in _SENTENCES else f"{key.replace('_', ' ')}: {value}")
    return "\n".join(lines) or "done"


def _row(row: object) -> str:
    if isinstance(row, dict):
        return "  " + "; ".join(str(value) for value in row.values() if isinstance(value, str) and value)
    return f"  {row}"
