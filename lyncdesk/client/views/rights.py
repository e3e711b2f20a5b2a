"""Words about permissions of one's calendar in Exchange: what a relationship is there, and what it is not."""

from __future__ import annotations

from lyncdesk.client import giving
from lyncdesk.client.state import RightChange, State
from lyncdesk.client.view_types import Given
from lyncdesk.client.words import N_, Words
from lyncdesk.presence.publication import Profile, unknown
from lyncdesk.presence.relationships import Relationship
from lyncdesk.presence.rights import Level, Right

# As Outlook calls the levels that are not of LyncDesk.
_LEVELS: dict[Level, str] = {
    Level.NONE: N_("No permission"),
    Level.REVIEWER: N_("Reviewer"),
    Level.CONTRIBUTOR: N_("Contributor"),
    Level.NONEDITING_AUTHOR: N_("Nonediting Author"),
    Level.AUTHOR: N_("Author"),
    Level.PUBLISHING_AUTHOR: N_("Publishing Author"),
    Level.EDITOR: N_("Editor"),
    Level.PUBLISHING_EDITOR: N_("Publishing Editor"),
    Level.OWNER: N_("Owner"),
    Level.CUSTOM: N_("Custom permission"),
}
_SEES: dict[Relationship, str] = {
    Relationship.COLLEAGUES: N_("sees only when you are free or busy"),
    Relationship.WORKGROUP: N_("also sees subject and location of your items"),
}
_DENIED: dict[Relationship, str] = {
    Relationship.EXTERNAL: N_("not with Exchange alone: there is no presence beside the calendar"),
    Relationship.FRIENDS_AND_FAMILY: N_("not with Exchange alone: it would be the same as Workgroup"),
    Relationship.BLOCKED: N_("not with Exchange alone: take the permission away in Outlook"),
}
_ASKED: dict[Relationship, str] = {
    Relationship.COLLEAGUES: N_(
        "{name} will see only when you are free or busy, in Outlook and LyncDesk. Change?"
    ),
    Relationship.WORKGROUP: N_(
        "{name} will see subject and location of your items in Outlook and LyncDesk. Change?"
    ),
}
_NOW: dict[Relationship, str] = {
    Relationship.COLLEAGUES: N_("{name} now sees only when you are free or busy."),
    Relationship.WORKGROUP: N_("{name} now sees subject and location of your items."),
}


def given_in_exchange(state: State, address: str, name: str, words: Words) -> Given:
    """What a contact may see of one's calendar, what else can be given, and what the last change became."""
    locked = giving.why_locked(state, address)
    change = state.giving.told
    told = change is not None and change.address == address
    return Given(
        relationship=giving.relationship(state, address),
        name=_name(state, address, words),
        choices=tuple((r, words(r.value), words(_SEES.get(r) or _DENIED[r])) for r in Relationship),
        denied=frozenset(_DENIED),
        questions=tuple((r, _question(state, text, name, words)) for r, text in _ASKED.items()),
        locked=words(locked) if locked is not None else "",
        note=became(change, name, words) if change is not None and told else "",
        undo=words("Undo") if told and giving.can_undo(state) else "",
    )


def _name(state: State, address: str, words: Words) -> str:
    """The level's own name where it is not one of LyncDesk's."""
    known = state.giving.known
    right = known.of(address) if known is not None else None
    return words(_LEVELS[right.level]) if right is not None and right.level in _LEVELS else ""


def _question(state: State, text: str, name: str, words: Words) -> str:
    known = state.giving.known
    lost = known.unknown if known is not None else 0
    question = words(text, name=name)
    if not lost:
        return question
    entries = words.plural(
        "1 entry of somebody who no longer exists goes with it.",
        "{n} entries of people who no longer exist go with it.",
        lost,
    )
    return words("{question} {entries}", question=question, entries=entries)


def became(change: RightChange, name: str, words: Words) -> str:
    """What became of a change."""
    if change.problem is not None:
        return words(
            "{name}'s permission was not changed: {problem}", name=name, problem=change.problem.title
        )
    if change.undoes:
        return words("{name}'s permission is as it was before.", name=name)
    return words(_NOW[_sees(change.right)], name=name)


def _sees(right: Right | None) -> Relationship:
    return (right.reads if right is not None else None) or Relationship.COLLEAGUES


def what_became(state: State, words: Words) -> str:
    """The same for the main window, "" where nothing was changed of late."""
    change = state.giving.told
    if change is None:
        return ""
    seen = state.contacts.get(change.address) or unknown(Profile(change.address))
    return became(change, seen.profile.shown_name, words)
