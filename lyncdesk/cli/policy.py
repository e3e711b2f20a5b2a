"""``lyncdesk policy``: each key with its value in force, where it comes from, and its range."""

from __future__ import annotations

import json
from datetime import UTC
from pathlib import Path

from lyncdesk import bootstrap
from lyncdesk.cli.exits import DONE, NOT_SO, warn_of
from lyncdesk.client.policy_file import policy_lines, policy_template
from lyncdesk.client.words import Words
from lyncdesk.machine.policies import system_policy


def run_policy(*, as_json: bool, template: bool, file: Path | None = None) -> int:
    """Print each policy key, or a commented policy file; ``file`` is a policy that is tried here."""
    if template:
        print(policy_template(), end="")
        return DONE
    options, policy, broken = bootstrap.options_in_force(trial=file)
    words = bootstrap.words_for(options, UTC)
    lines = policy_lines(policy, options)
    if as_json:
        rows = [
            {
                "key": line.key,
                "value": line.value,
                "origin": line.origin.value,
                "place": line.place or None,
                "range": Words()(line.range),
                "default": line.default,
            }
            for line in lines
        ]
        found = {"file": policy.path, "places": policy.sources(), "keys": rows}
        print(json.dumps(found, ensure_ascii=False))
    else:
        places = policy.sources()
        print(words("Policy: {path}", path=system_policy().told(policy)))
        for line in lines:
            value = json.dumps(line.value, ensure_ascii=False)
            origin = words(line.origin.value)
            if len(places) > 1 and line.place:
                origin = words("{origin}: {path}", origin=origin, path=line.place)
            print(f"{line.key} = {value}  ({origin}; {words(line.range)})")
    warn_of((*policy.problems, *broken), words)
    return NOT_SO if policy.problems else DONE
