"""What must not stand in a report, taken out of words that others wrote: log lines, answers of servers.

What LyncDesk writes itself holds none of it. A subject or a name could still stand in a log line of a
library, or a password in an address that somebody typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from lyncdesk.client.problems import Problem
from lyncdesk.client.state import State
from lyncdesk.client.views.connection import without_secret
from lyncdesk.presence.message import Message, Value
from lyncdesk.presence.publication import Profile, Seen, person

GONE = "[removed]"
# Shorter ones would take ordinary words out.
_SHORTEST = 4
_ADDRESS = re.compile(r"[^\s@<>()\[\]\"',;:=/\\{}]{1,64}@[^\s@<>()\[\]\"',;:=/\\{}]{1,255}")
_URL = re.compile(r"(?i)\b([a-z][a-z0-9+.-]{0,20}://)([^\s\"'<>]{1,2000})")
# Tables and keys of a settings file that are about people, or hold their words.
_PERSONAL = frozenset({"contacts", "gives", "groups", "note"})


class Cleaner:
    """Cleans words of others. ``secrets`` are passwords that are known."""

    def __init__(self, state: State, secrets: Iterable[str] = ()) -> None:
        account = state.options.account
        self._own = {person(text) for text in (account.address, account.login, state.profile.address) if text}
        self._secrets = self._long((*secrets, *_secrets_of(account.server)))
        self._known = self._long((*secrets, *_secrets_of(account.server), *_words(state)))

    def _long(self, texts: Iterable[str]) -> list[str]:
        found = {text for text in texts if len(text) >= _SHORTEST and person(text) not in self._own}
        return sorted(found, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Words of others without what is known, the secrets of addresses, and the addresses of people."""
        return self._cleaned(text, self._known)

    def row(self, text: str) -> str:
        """The same of words that are ours but for some value: a subject such as "Exchange" stays in them."""
        return self._cleaned(text, self._secrets)

    def _cleaned(self, text: str, known: Iterable[str]) -> str:
        for word in known:
            text = text.replace(word, GONE)
        text = _URL.sub(lambda match: without_secret(match[0]), text)
        return _ADDRESS.sub(lambda match: match[0] if person(match[0]) in self._own else GONE, text)

    def message(self, message: Message) -> Message:
        """The message with clean values; the sentence itself is ours."""
        values = dict(message.values)
        if "server" in str(values.get("key", "")).casefold() and "value" in values:
            values["value"] = GONE  # what is no address of a server may be anything
        return Message.of(message.template, **{name: self._value(value) for name, value in values.items()})

    def problem(self, problem: Problem) -> Problem:
        """The problem without what names people or tells what they wrote."""
        values = dict(problem.values)
        if str(values.get("key", "")).partition(".")[0] in _PERSONAL:
            values |= {"key": "-", "what": "an entry about people is wrong"}
        if "address" in values:
            values["address"] = "somebody"
        return Problem.of(problem.name, **{name: self._value(value) for name, value in values.items()})

    def _value(self, value: Value) -> Value:
        match value:
            case Message():
                return self.message(value)
            case str():
                return self(value)
        return value


def _secrets_of(server: str) -> Iterator[str]:
    """What somebody wrote before the host: user name and password, as written and as sent."""
    if "@" in server:
        written = server.partition("://")[2].rpartition("@")[0] or server.rpartition("@")[0]
        user, _, password = written.partition(":")
        for part in (written, user, password):
            yield from (part, unquote(part))


def _words(state: State) -> Iterator[str]:
    """Every word of the State that a person wrote, or that tells who somebody is."""
    options, calendar = state.options, state.calendar
    touched = (*calendar.changes, *calendar.adrift, calendar.undo, calendar.not_written)
    for item in (*calendar.items, *(one.item for one in touched if one is not None)):
        yield from (item.subject, item.location)
    if calendar.out_of_office is not None:
        yield calendar.out_of_office.note
    yield from _of_profile(state.profile)
    yield from (options.note, *options.contacts, *options.gives, *options.groups)
    for members in options.groups.values():
        yield from members
    for address, seen in state.contacts.items():
        yield address
        yield from _of_contact(seen)
    if state.published is not None:
        yield from (state.published.note, state.published.out_of_office_note)
        if state.published.item is not None:
            yield from (state.published.item.subject, state.published.item.location)
    if state.manual is not None:
        yield state.manual.device


def _of_contact(seen: Seen) -> Iterator[str]:
    yield seen.profile.address
    yield from _of_profile(seen.profile)
    yield from (seen.note, seen.out_of_office_note)
    if seen.item is not None:
        yield from (seen.item.subject, seen.item.location)


def _of_profile(profile: Profile) -> Iterator[str]:
    yield from (profile.name, profile.title, profile.company, profile.location)
    yield from (profile.work_phone, profile.mobile_phone, profile.home_phone)
