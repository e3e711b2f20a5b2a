"""Completion of the command line for bash, zsh and fish, as the parser has it.

Written by shtab; beside its files and folders it completes the scenarios that ship and the statuses.
"""

from __future__ import annotations

from argparse import Action, ArgumentParser, _SubParsersAction
from collections.abc import Iterator
from pathlib import Path

import shtab

from lyncdesk.presence.states import ManualStatus
from lyncdesk.simulation.scenario_library import shipped

# The shell, and where under ``share`` it looks for what completes a command.
PLACES = {
    "bash": "bash-completion/completions/lyncdesk",
    "zsh": "zsh/site-functions/_lyncdesk",
    "fish": "fish/vendor_completions.d/lyncdesk.fish",
}
# The functions of :func:`_preamble`.
_SCENARIOS = {
    "bash": "_lyncdesk_scenarios",
    "zsh": "_lyncdesk_scenarios",
    "fish": "(__lyncdesk_scenarios)",
}
_FOLDERS = frozenset({"FOLDER"})
_FILES = frozenset({"FILE", "F"})
_KEPT = frozenset({"--fault"})  # its metavar is F as well


def completion(shell: str, parser: ArgumentParser) -> str:
    """The script for one shell of :data:`PLACES`. The parser is marked for it, good for nothing else then."""
    words = {"scenarios": shipped(), "statuses": [s.value.lower().replace(" ", "-") for s in ManualStatus]}
    for command, action in actions(parser):
        metavar = str(action.metavar)
        if command.endswith(" simulate") and action.dest == "files":
            action.complete = _SCENARIOS  # type: ignore[attr-defined]
        elif command.endswith(" set") and action.dest == "status":
            action.choices = words["statuses"]
        elif metavar in _FOLDERS:
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
        elif (metavar in _FILES or action.type is Path) and not _KEPT.intersection(action.option_strings):
            action.complete = shtab.FILE  # type: ignore[attr-defined]
    script = shtab.complete(parser, shell, preamble=_preamble(" ".join(words["scenarios"]))[shell])
    return "\n".join(line.rstrip() for line in script.splitlines()) + "\n"


def actions(parser: ArgumentParser) -> Iterator[tuple[str, Action]]:
    """Every option and argument, each with the command that it belongs to."""
    for action in parser._actions:  # noqa: SLF001 - argparse has no other way to what it was given
        if isinstance(action, _SubParsersAction):
            for below in action.choices.values():
                yield from actions(below)
        else:
            yield parser.prog, action


def _preamble(scenarios: str) -> dict[str, str]:
    """Names of scenarios, and files."""
    return {
        "bash": f"""
_lyncdesk_scenarios() {{
  compgen -W "{scenarios}" -- "$1"
  compgen -f -X "!*.toml" -- "$1"
  compgen -d -S / -- "$1"
}}
""",
        "zsh": f"""
_lyncdesk_scenarios() {{
  _alternative "scenarios:scenario:({scenarios})" 'files:file:_files -g "*.toml"'
}}
""",
        "fish": f"""
function __lyncdesk_scenarios
    string split ' ' -- '{scenarios}'
    __fish_complete_suffix .toml
end
""",
    }
