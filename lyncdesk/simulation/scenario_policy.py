"""The administrator's policy in a scenario: the keys, forms and ranges of a policy file, as options."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from lyncdesk.client.options import Options
from lyncdesk.client.policy import POLICY, Policy, PolicyKey
from lyncdesk.client.settings import options_from
from lyncdesk.client.value_kinds import Choice, NotAllowedError
from lyncdesk.client.words import Words
from lyncdesk.simulation.scenario_tables import Sheet, WrongValueError, nearest


def _reading(row: PolicyKey) -> Callable[[object], object]:
    def convert(value: object) -> object:
        try:
            return row.kind.read(value)
        except NotAllowedError as error:
            near = (
                nearest(value, row.kind.of) if isinstance(row.kind, Choice) and isinstance(value, str) else ""
            )
            raise WrongValueError(f"it takes {Words()(row.kind.range)}{near}") from error

    return convert


def _keys(sheet: Sheet) -> dict[str, object]:
    absent = object()
    read = {key: sheet.take(key, _reading(row), absent) for key, row in POLICY.items()}
    return {key: value for key, value in read.items() if value is not absent}


def read_policy(sheet: Sheet) -> Policy:
    """A policy table: flat keys are mandatory, those under ``recommended`` are defaults."""
    recommended = sheet.sheet("recommended", f"{sheet.title}, recommended")
    policy = Policy(mandatory=_keys(sheet), recommended=_keys(recommended))
    recommended.close()
    sheet.close()
    return policy


def joined(first: Policy, second: Policy) -> Policy:
    """``first`` with the keys that ``second`` names."""
    return Policy(
        mandatory={**first.mandatory, **second.mandatory},
        recommended={**first.recommended, **second.recommended},
    )


def under_policy(policy: Policy, chosen: Mapping[str, object], kept: Options) -> Options:
    """The options in force: what the person chose (as a settings file says it) under the policy.

    Contacts, relationships and the note are those of ``kept``; no policy sets them.
    """
    options, _ = options_from(chosen, policy, {})
    return replace(options, contacts=kept.contacts, gives=kept.gives, note=kept.note)
