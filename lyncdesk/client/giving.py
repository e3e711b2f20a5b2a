"""The engine's part for relationships that are permissions of one's calendar in Exchange.

The person was asked before; nothing is shown as given before the server has taken it; for a while it can be
undone, which puts back exactly the entry of before. Pure like the engine.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from lyncdesk.client import effects as ef
from lyncdesk.client import events as ev
from lyncdesk.client.effects import Effects
from lyncdesk.client.ports import ContactsAnswer
from lyncdesk.client.state import Giving, RightChange, State
from lyncdesk.presence.message import Message
from lyncdesk.presence.publication import person
from lyncdesk.presence.relationships import Relationship, default_relationship
from lyncdesk.presence.rights import EXPRESSED, GIVEN, Level, Right

# How long a change can be undone, and a failure stays in sight.
TOLD_FOR: Final = timedelta(minutes=10)
_NOT_MADE_HERE: Final = frozenset(Level) - frozenset(GIVEN) - {Level.NONE}


def relationship(state: State, address: str) -> Relationship | None:
    """The relationship that a permission amounts to; None: it lets the person see nothing.

    Before the permissions are known, what Exchange gives everybody by itself.
    """
    known = state.giving.known
    if known is None:
        return default_relationship(state.profile.address, address)
    return known.of(address).reads


def why_locked(state: State, address: str) -> Message | None:
    """Why nothing can be given to this person now; None where something can."""
    giving = state.giving
    if giving.change is not None:
        return Message.of("The permission is being changed in Exchange.")
    if giving.known is None:
        if giving.problem is not None:
            return Message.of("The permissions of your calendar could not be read.")
        return Message.of("The permissions of your calendar have not been read yet.")
    own = giving.known.own(address)
    if own is not None and own.level in _NOT_MADE_HERE:
        # More than LyncDesk gives: to put less in its place would take rights away that somebody gave.
        return Message.of("This permission was given in Outlook; it can be changed there.")
    return None


def picked(state: State, event: ev.Give) -> tuple[State, Effects]:
    """Have a permission written; what cannot be given is left alone."""
    address = person(event.address)
    right = EXPRESSED.get(event.relationship) if event.relationship is not None else None
    if right is None or not state.signed_in or why_locked(state, address) is not None:
        return state, ()
    known = state.giving.known
    former = known.own(address) if known is not None else None
    return (state, ()) if former == right else _begun(state, address, right, former, undoes=False)


def undone(state: State) -> tuple[State, Effects]:
    """Have the last change put back."""
    last = state.giving.told
    if last is None or not can_undo(state):
        return state, ()
    return _begun(state, last.address, last.former, last.right, undoes=True)


def can_undo(state: State) -> bool:
    """Whether the last change can be put back."""
    last = state.giving.told
    if last is None or state.giving.change is not None or not state.signed_in:
        return False
    return last.problem is None and not last.undoes


def _begun(
    state: State, address: str, right: Right | None, former: Right | None, *, undoes: bool
) -> tuple[State, Effects]:
    number = state.giving.changes_made + 1
    change = RightChange(number, address, right, former, undoes=undoes, account=state.options.account)
    giving = replace(state.giving, change=change, told=None, changes_made=number)
    return replace(state, giving=giving), (ef.GiveRight(number, address, right, former),)


def under_way(state: State, number: int) -> RightChange | None:
    """The change with this number, if it is still being written."""
    change = state.giving.change
    return change if change is not None and change.number == number else None


def is_another_account_s(state: State, change: RightChange) -> bool:
    """Whether another account is in use by now: what holds in that one's calendar says nothing of this."""
    return change.account != state.options.account


def given(state: State, change: RightChange, event: ev.RightGiven, now: datetime) -> State:
    """The server took it. Of another account's nothing can be shown, and nothing undone."""
    if is_another_account_s(state, change):
        return replace(state, giving=replace(state.giving, change=None))
    told = replace(change, until=now + TOLD_FOR)
    giving = replace(state.giving, known=event.rights, problem=None, change=None, told=told)
    return replace(state, giving=giving)


def not_given(state: State, change: RightChange, event: ev.RightNotGiven, now: datetime) -> State:
    """The server did not take it."""
    told = replace(change, until=now + TOLD_FOR, problem=event.problem)
    rights = None if is_another_account_s(state, change) else event.rights
    known = rights or state.giving.known
    return replace(state, giving=replace(state.giving, known=known, change=None, told=told))


def read(state: State, answer: ContactsAnswer, started: datetime) -> State:
    """The permissions came with the contacts, or did not. A change knows better that is under way, or ended
    since the read was begun.
    """
    if state.giving.change is not None or (answer.rights is None and answer.rights_problem is None):
        return state
    told = state.giving.told
    if told is not None and told.until is not None and told.until - TOLD_FOR > started:
        return state
    known = answer.rights or state.giving.known
    return replace(state, giving=replace(state.giving, known=known, problem=answer.rights_problem))


def of_another_account(giving: Giving) -> Giving:
    """Nothing of one account is true of another; what is under way still ends."""
    return Giving(change=giving.change, changes_made=giving.changes_made)


def signed_out(giving: Giving) -> Giving:
    """Nothing can be undone any more; what is under way still ends."""
    return replace(giving, known=None, told=None)


def settled(state: State, now: datetime) -> State:
    """Without what has been told for long enough."""
    told = state.giving.told
    if told is None or told.until is None or now < told.until <= now + TOLD_FOR:
        return state
    return replace(state, giving=replace(state.giving, told=None))
