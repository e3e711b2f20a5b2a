"""A contact list with an Exchange account and nothing else: no server to install, from the first day on.

Nobody publishes here. Contacts come from the address book, what is known of them from their calendars, as far
as these are shared in Exchange; one's own status is seen by oneself alone, and every surface says so. The
calendars are read when the client asks (:meth:`ExchangeAlonePool.read`), a hundred people in one request; in
between each contact changes at the boundaries of the items that are known, to the second, without a request.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from lyncdesk.client import checks
from lyncdesk.client.ports import Clock, ContactsAnswer, ContactsAsked, ProblemError, Window
from lyncdesk.client.problems import Problem
from lyncdesk.pools.followed import Followed
from lyncdesk.pools.people import People
from lyncdesk.pools.profiles import MemoryProfiles, Profiles
from lyncdesk.presence.known_calendar import KnownCalendar, seen_at
from lyncdesk.presence.publication import Profile, Publication, Seen, Told, person
from lyncdesk.presence.relationships import Relationship
from lyncdesk.presence.rights import Right, Rights

# How many contacts whose names are not known are looked up with one read; each costs a request.
_NAMES_AT_ONCE = 5
# What a server without an address book says of one; whether there is such a person its calendar tells.
_NO_ADDRESS_BOOK = frozenset({"server-error", "access-denied", "broken-answer"})
# How many people that searches found are remembered until they are added.
_FOUND = 500


class ExchangeAlonePool:
    """A :class:`lyncdesk.client.ports.Pool` and its :class:`lyncdesk.client.ports.ContactSource`.

    ``profiles`` remembers who the contacts are, so that the list has names before anything was read, and no
    name is looked up twice. Everything runs on one loop.
    """

    def __init__(self, people: People, clock: Clock, profiles: Profiles | None = None) -> None:
        self._people = people
        self._clock = clock
        self._profiles = profiles if profiles is not None else MemoryProfiles()
        self._contacts: dict[str, Followed] = {}
        self._found: dict[str, Profile] = {}
        self._on_seen: Callable[[Seen], None] | None = None
        self._asked: ContactsAsked | None = None
        self._me = ""
        self._unknown_names: set[str] = set()
        self._timer: asyncio.Task[None] | None = None
        self._wake_at: datetime | None = None

    # --- the port of all pools ---

    async def sign_in(self, address: str, on_seen: Callable[[Seen], None]) -> None:
        """Nothing is sent: contacts are read when the client asks."""
        self._me, self._on_seen = person(address), on_seen

    async def publish(self, publication: Publication, gives: Mapping[str, Relationship]) -> None:
        """Nobody is there to see it; it does not leave this computer."""

    async def add_contact(self, address: str) -> None:
        """Follow a person of the address book, whose calendar is read at once.

        Somebody whom a search just found is known; others are looked up. An address that the directory does
        not know is followed if it has a calendar that can be read.

        Raises:
            ProblemError: ``unknown-contact``, or why nobody could be asked.
        """
        address = person(address)
        contacts = self._contacts
        profile = self._found.get(address) or self._profiles.get(address)
        failed: ProblemError | None = None
        if profile is None:
            try:
                profile = await self._people.look_up(address)
            except ProblemError as error:
                if error.problem.name not in _NO_ADDRESS_BOOK:
                    raise
                failed = error
        contact = Followed(profile or Profile(address, zone=""))
        window, asked = self._window()
        read: dict[str, KnownCalendar] = {}
        try:
            await self._people.calendars((address,), window, asked, read.update)
        except ProblemError:
            if profile is None:
                if failed is not None:
                    raise failed from None
                raise  # nobody has said that there is such a person
        # What was read for another account than the one that is used by now is for nobody.
        calendar = read.get(address) if self._contacts is contacts else None
        if profile is None and (calendar is None or calendar.told is Told.NO_MAILBOX):
            raise ProblemError(Problem.of("unknown-contact", address=address))
        if self._on_seen is None:
            return
        self._contacts[address] = contact
        if profile is not None:
            self._profiles.keep(replace(profile, address=address))
        if calendar is not None:
            contact.take(calendar, self._interval())
        self._tell(contact)
        self._set_timer()

    async def follow(self, addresses: Iterable[str]) -> tuple[Problem, ...]:
        """Follow these as they are known; nothing is asked before the next read."""
        for address in map(person, addresses):
            if self._on_seen is None:
                break
            known = self._profiles.get(address)
            if known is None:
                self._unknown_names.add(address)
            contact = Followed(known or Profile(address, zone=""))
            contact = self._contacts.setdefault(address, contact)
            self._tell(contact)
        return ()

    async def remove_contact(self, address: str) -> None:
        """Follow a person no more; somebody who is not followed is no mistake."""
        address = person(address)
        self._contacts.pop(address, None)
        self._unknown_names.discard(address)
        self._profiles.drop(address)
        self._set_timer()

    async def search(self, text: str) -> tuple[Seen, ...]:
        """People of the address book, at most 50.

        Raises:
            ProblemError: when it could not be asked.
        """
        if not text.strip():
            return ()
        found = await self._people.search(text)
        for profile in found:
            self._found.pop(profile.address, None)
            self._found[profile.address] = profile
            contact = self._contacts.get(profile.address)
            if contact is not None:
                self._named(contact, profile)
        for old in list(self._found)[:-_FOUND]:
            del self._found[old]
        return tuple(self._seen_of(profile) for profile in found)

    async def sign_out(self) -> None:
        """Nothing more is told, and nothing is known any more. Once more is no mistake."""
        self._on_seen = None
        self._contacts.clear()
        self._unknown_names.clear()
        self._found.clear()
        timer, self._timer, self._wake_at = self._timer, None, None
        if timer is not None:
            timer.cancel()
            await asyncio.gather(timer, return_exceptions=True)

    # --- reading ---

    async def read(self, asked: ContactsAsked) -> ContactsAnswer:
        """See :class:`lyncdesk.client.ports.ContactSource`."""
        self._asked = asked
        followed = dict(self._contacts)
        read: set[str] = set()

        def take(calendars: Mapping[str, KnownCalendar]) -> None:
            read.update(calendars)
            for address, calendar in calendars.items():
                contact = self._contacts.get(address)
                # Who was removed, or added anew, meanwhile is not who was asked for.
                if contact is not None and contact is followed.get(address):
                    contact.take(calendar, asked.interval)
                    self._tell(contact)

        try:
            requests = await self._people.calendars(
                tuple(followed), asked.window, asked.started, take, asked.next_due_in
            )
        except ProblemError:
            for address in followed.keys() - read:
                if (contact := followed[address]) is self._contacts.get(address):
                    contact.missed(asked.interval)
                    self._tell(contact)
            raise
        finally:
            self._set_timer()
        requests += await self._look_up_names()
        good = sum(contact.calendar is not None and contact.calendar.is_read for contact in followed.values())
        answer = ContactsAnswer(good, len(followed) - good, requests)
        if not asked.rights:
            return answer
        # Whatever fails here, the contacts are known all the same.
        answer = replace(answer, requests=requests + 2)
        try:
            answer = replace(answer, rights=await self._people.rights())
            return replace(answer, me=await self._people.look_up(self._me))
        except ProblemError as error:
            return replace(answer, rights_problem=None if answer.rights is not None else error.problem)

    async def give(self, address: str, right: Right | None, expected: Right | None) -> Rights:
        """See :class:`lyncdesk.client.ports.ContactSource`."""
        return await self._people.give(address, right, expected)

    def forget(self) -> None:
        """See :class:`lyncdesk.client.ports.ContactSource`."""
        self._contacts = {address: contact.forgotten() for address, contact in self._contacts.items()}
        for contact in self._contacts.values():
            self._tell(contact)
        self._found.clear()
        self._set_timer()

    async def _look_up_names(self) -> int:
        """Find the names of a few contacts who have none; what goes wrong is tried with the next read."""
        sent = 0
        for address in sorted(self._unknown_names)[:_NAMES_AT_ONCE]:
            try:
                sent += 1
                profile = await self._people.look_up(address)
            except ProblemError:
                break
            # Whom the directory does not know today is not asked for again in this run.
            self._unknown_names.discard(address)
            contact = self._contacts.get(address)
            if profile is None or contact is None:
                continue
            self._named(contact, replace(profile, address=address))
        return sent

    def _named(self, contact: Followed, profile: Profile) -> None:
        """The address book said who a contact is."""
        contact.profile = replace(profile, zone=contact.profile.zone)
        self._unknown_names.discard(profile.address)
        self._profiles.keep(contact.profile)
        self._tell(contact)

    def _window(self) -> tuple[Window, datetime]:
        """What to ask for a single person between two reads."""
        now = self._clock.now()
        return self._asked.window if self._asked is not None else checks.window(now, "UTC"), now

    def _interval(self) -> timedelta:
        return self._asked.interval if self._asked is not None else timedelta(minutes=30)

    # --- telling ---

    def _seen_of(self, profile: Profile) -> Seen:
        contact = self._contacts.get(profile.address)
        if contact is not None and contact.told is not None:
            return contact.told
        return seen_at(profile, None, self._clock.now())

    def _tell(self, contact: Followed) -> None:
        """Tell how a contact is now, if that is news."""
        seen = contact.news(self._clock.now()) if self._on_seen is not None else None
        if self._on_seen is not None and seen is not None:
            self._on_seen(seen)

    def _set_timer(self) -> None:
        wake = min((c.next for c in self._contacts.values() if c.next is not None), default=None)
        if wake == self._wake_at and self._timer is not None and not self._timer.done():
            return
        if self._timer is not None:
            self._timer.cancel()
        self._wake_at = wake
        self._timer = (
            asyncio.get_running_loop().create_task(self._sleep(wake))
            if wake is not None and self._on_seen is not None
            else None
        )

    async def _sleep(self, wake: datetime) -> None:
        while (now := self._clock.now()) < wake:
            await self._clock.wait_until(wake)
        self._timer = None
        for contact in tuple(self._contacts.values()):
            if contact.next is not None and contact.next <= now:
                self._tell(contact)
        self._set_timer()
