"""``lyncdesk policy``: each key with its value in force, where it comes from, and its range."""

from __future__ import annotations

import json
from datetime import UTC

from lyncdesk import bootstrap
from lyncdesk.cli.exits import DONE, NOT_SO, warn
from lyncdesk.client.policy_file import policy_lines, policy_template
from lyncdesk.client.words import Words
from lyncdesk.machine.paths import policy_file


def run_policy(*, as_json: bool, template: bool) -> int:
    """Print each policy key, or a commented policy file."""
    if template:
        print(policy_template(), end="")
        return DONE
    options, policy, broken = bootstrap.options_in_force()
    words = bootstrap.words_for(options, UTC)
    lines = policy_lines(policy, options)
    if as_json:
        rows = [
            {
                "key": line.key,
                "value": line.value,
                "origin": line.origin.value,
                "range": Words()(line.range),
                "default": line.default,
            }
            for line in lines
        ]
        print(json.dumps({"file": policy.path, "keys": rows}, ensure_ascii=False))
    else:
        print(
            words("Policy file: {path}", path=policy.path or words("{path} (none)", path=str(policy_file())))
        )
        for line in lines:
            value = json.dumps(line.value, ensure_ascii=False)
            print(f"{line.key} = {value}  ({words(line.origin.value)}; {words(line.range)})")
    for problem in (*policy.problems, *broken):
        warn(f"{words(problem.title)} {words(problem.cause)}")
    return NOT_SO if policy.problems else DONE
