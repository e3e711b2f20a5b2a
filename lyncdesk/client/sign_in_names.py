"""What a policy says of everybody's account at once: texts in which the name of the person's sign-in stands.

``{user}`` is the name that the person signed in to the computer with, ``{upn}`` the same with its domain, as
a directory knows it (user principal name). Other placeholders do not exist.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from lyncdesk.client.account_kinds import SAMPLE_NAMES, Pattern
from lyncdesk.client.policy import POLICY, Policy
from lyncdesk.client.problems import Problem
from lyncdesk.client.value_kinds import shown
from lyncdesk.presence.message import Message


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in to this computer; "" = not known here."""

    user: str = ""
    upn: str = ""


NameOf = Callable[[], SignedIn]


def name_of(account: str) -> SignedIn:
    r"""What an account name of the system tells: ``anna``, ``EXAMPLE\anna`` or ``anna@example.org``."""
    short = account.rpartition("\\")[2]
    user, at, _ = short.partition("@")
    return SignedIn(user, short if at and user else "")


def for_person(policy: Policy, asks: NameOf) -> Policy:
    """The policy as it is for one person: every placeholder replaced. ``asks`` is asked where there is one.

    Where the person has no such name, or one that does not fit, the key is not set, and a problem says so.
    """
    if not any(_open(layer) for layer in (policy.mandatory, policy.recommended)):
        return policy
    known = asks()
    problems: list[Problem] = []
    mandatory = _closed(policy.mandatory, known, policy.place, problems)
    recommended = _closed(
        policy.recommended, known, lambda key: policy.place(key, recommended=True), problems
    )
    return replace(
        policy, mandatory=mandatory, recommended=recommended, problems=(*policy.problems, *problems)
    )


def _open(layer: Mapping[str, object]) -> dict[str, str]:
    """The values with placeholders."""
    return {
        key: value
        for key, value in layer.items()
        if isinstance(POLICY[key].kind, Pattern) and isinstance(value, str) and "{" in value
    }


def _closed(
    layer: Mapping[str, object], known: SignedIn, place: Callable[[str], str], problems: list[Problem]
) -> dict[str, object]:
    closed = dict(layer)
    for key, value in _open(layer).items():
        kind = POLICY[key].kind
        text = _filled(value, known)
        if text is not None and isinstance(kind, Pattern) and kind.fits(text):
            closed[key] = text
            continue
        del closed[key]
        what = Message.of(
            "{key} = {value} cannot be filled in for this person: the sign-in name is {user}, with its domain"
            " {upn}. It counts as not set",
            key=key,
            value=shown(value),
            user=shown(known.user) if known.user else Message.of("not known"),
            upn=shown(known.upn) if known.upn else Message.of("not known"),
        )
        problems.append(
            Problem.of("policy-invalid", where=place(key), what=what, key=key, value=shown(value))
        )
    return closed


def _filled(text: str, known: SignedIn) -> str | None:
    names = {"user": known.user, "upn": known.upn}
    wanted = [name for name in SAMPLE_NAMES if f"{{{name}}}" in text]
    if not all(names[name] for name in wanted):
        return None
    return re.sub(r"\{(\w+)\}", lambda found: names[found[1]], text)
