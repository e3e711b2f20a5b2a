"""Who the contacts are, remembered in a file: see :class:`lyncdesk.pools.profiles.Profiles`.

A memory and no truth: a file that cannot be read, or written, costs names until the next read, and nothing
else. It holds what the address book told of the people on the contact list, for the owner's eyes alone.
"""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import Final

from lyncdesk.machine.files import write_atomically
from lyncdesk.presence.publication import Profile, person

log = logging.getLogger(__name__)

_FIELDS: Final = ("name", "title", "company", "location", "work_phone", "mobile_phone", "home_phone")
_LONGEST_FILE: Final = 4_000_000
_LONGEST_WORD: Final = 300
_MOST: Final = 2000


class FileProfiles:
    """Profiles in ``path``, read once and written with each change. Its methods block on the disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._profiles: dict[str, Profile] | None = None

    def get(self, address: str) -> Profile | None:
        """Who that was when last heard of."""
        return self._known().get(person(address))

    def keep(self, address: str, profile: Profile) -> None:
        """Remember a contact."""
        known, address = self._known(), person(address)
        kept = replace(profile, address=person(profile.address), zone="", picture=b"")
        if known.get(address) != kept:
            known[address] = kept
            self._write(known)

    def drop(self, address: str) -> None:
        """Forget one who is a contact no more."""
        known = self._known()
        if known.pop(person(address), None) is not None:
            self._write(known)

    def _known(self) -> dict[str, Profile]:
        if self._profiles is None:
            try:
                self._profiles = _read(self._path)
            except (OSError, ValueError) as error:
                log.info("the names of contacts were not read: %s", type(error).__name__)
                self._profiles = {}
        return self._profiles

    def _write(self, profiles: dict[str, Profile]) -> None:
        for old in list(profiles)[:-_MOST]:
            del profiles[old]
        people = [_told(address, profile) for address, profile in profiles.items()]
        try:
            text = json.dumps({"people": people}, ensure_ascii=False, indent=1)
            write_atomically(self._path, text.encode("utf-8", "replace"))
        except OSError as error:
            log.info("the names of contacts were not kept: %s", type(error).__name__)


def _told(address: str, profile: Profile) -> dict[str, str]:
    words = {name: word for name in _FIELDS if (word := getattr(profile, name))}
    # The list may have an alias of the person.
    known_as = {"known_as": profile.address} if profile.address != address else {}
    return {"address": address} | known_as | words


def _read(path: Path) -> dict[str, Profile]:
    if not path.exists():
        return {}
    if path.stat().st_size > _LONGEST_FILE:
        raise ValueError("too long")
    told = json.loads(path.read_bytes())
    people = told.get("people") if isinstance(told, dict) else None
    if not isinstance(people, list):
        raise ValueError("no list of people")
    profiles: dict[str, Profile] = {}
    for one in people[:_MOST]:
        if not isinstance(one, dict):
            continue
        words = {
            name: word[:_LONGEST_WORD]
            for name in ("address", "known_as", *_FIELDS)
            if isinstance(word := one.get(name), str)
        }
        address = person(words.pop("address", ""))
        known_as = person(words.pop("known_as", address))
        if "@" in address and "@" in known_as:
            profiles[address] = replace(Profile(known_as, zone=""), **words)  # type: ignore[arg-type]
    return profiles
