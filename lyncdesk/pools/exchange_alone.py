"""A contact list with an Exchange account and nothing else: no server to install, from the first day on.

Nobody publishes here. Contacts come from the address book, what is known of them from their calendars, as far
as these are shared in Exchange; one's own status is seen by oneself alone, and every surface says so. The
calendars are read when the client asks (:meth:`ExchangeAlonePool.read`), a hundred people in one request; in
between each contact changes at the boundaries of the items that are known, to the second, without a request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

from lyncdesk.client import checks
from lyncdesk.client.ports import (
    Clock,
    ContactsAnswer,
    ContactsAsked,
    ProblemError,
    RightNotGivenError,
)
from lyncdesk.client.problems import Problem, Retry
from lyncdesk.pools.followed import Followed, FollowedPeople
from lyncdesk.pools.people import People
from lyncdesk.pools.profiles import MemoryProfiles, Profiles
from lyncdesk.presence.known_calendar import KnownCalendar, seen_at
from lyncdesk.presence.publication import Profile, Publication, Seen, Told, person
from lyncdesk.presence.relationships import Relationship
from lyncdesk.presence.rights import Right, Rights

# How many contacts whose names are not known are looked up with one read outside the rhythm, a request each.
_NAMES_AT_ONCE = 100
# What a server without an address book says of one; whether there is such a person its calendar tells.
_NO_ADDRESS_BOOK = frozenset({"server-error", "access-denied", "broken-answer"})
# How many people that searches found are remembered until they are added.
_FOUND = 500


class ExchangeAlonePool:
    """A :class:`lyncdesk.client.ports.Pool` and its :class:`lyncdesk.client.ports.ContactSource`.

    ``profiles`` remembers who the contacts are, so that the list has names before anything was read, and no
    name is looked up twice. One that is not remembered is looked up with a read that asks for more than the
    calendars, so that a read in the rhythm stays one request. Everything runs on one loop.
    """

    def __init__(self, people: People, clock: Clock, profiles: Profiles | None = None) -> None:
        self._people = people
        self._clock = clock
        self._profiles = profiles if profiles is not None else MemoryProfiles()
        self._followed = FollowedPeople(clock)
        self._found: dict[str, Profile] = {}
        self._asked: ContactsAsked | None = None
        self._me = ""
        # Another one with each account and after each sign-out: what is answered late is for nobody.
        self._account = object()
        self._unknown_names: set[str] = set()

    # --- the port of all pools ---

    async def sign_in(self, address: str, on_seen: Callable[[Seen], None]) -> None:
        """Nothing is sent: contacts are read when the client asks."""
        self._me, self._followed.on_seen = person(address), on_seen

    async def publish(self, publication: Publication, gives: Mapping[str, Relationship]) -> None:
        """Nobody is there to see it; it does not leave this computer."""

    async def add_contact(self, address: str) -> None:
        """Follow a person of the address book, whose calendar is read at once.

        Somebody whom a search just found is known; others are looked up. An address that the directory does
        not know is followed if it has a calendar that can be read.

        Raises:
            ProblemError: ``unknown-contact``, or why nobody could be asked.
        """
        address, account = person(address), self._account
        profile = self._found.get(address)
        failed: ProblemError | None = None
        if profile is None:
            try:
                profile = await self._people.look_up(address)
            except ProblemError as error:
                if error.problem.name not in _NO_ADDRESS_BOOK:
                    raise
                failed = error
        asked = self._asked_now()
        read: dict[str, KnownCalendar] = {}
        try:
            await self._people.calendars((address,), asked, read.update)
        except ProblemError as error:
            if profile is None:
                raise failed or error from None  # nobody has said that there is such a person
        # What was read for another account than the one that is used by now is for nobody.
        calendar = read.get(address) if account is self._account else None
        if profile is None and (calendar is None or calendar.told is Told.NO_MAILBOX):
            raise ProblemError(Problem.of("unknown-contact", address=address))
        if self._followed.on_seen is None:
            return
        contact = Followed(address, profile or Profile(address, zone=""))
        self._followed.add(contact)
        if profile is not None:
            self._profiles.keep(address, profile)
        if calendar is not None:
            self._followed.take([(contact, calendar)], asked.interval)

    async def follow(self, addresses: Iterable[str]) -> tuple[Problem, ...]:
        """Follow these as they are known; nothing is asked before the next read."""
        for address in map(person, addresses):
            if self._followed.on_seen is None:
                break
            if self._followed.get(address) is not None:
                continue
            known = self._profiles.get(address)
            if known is None:
                self._unknown_names.add(address)
            self._followed.add(Followed(address, known or Profile(address, zone="")))
        return ()

    async def remove_contact(self, address: str) -> None:
        """Follow a person no more; somebody who is not followed is no mistake."""
        address = person(address)
        self._followed.remove(address)
        self._unknown_names.discard(address)
        self._profiles.drop(address)

    async def search(self, text: str) -> tuple[Seen, ...]:
        """People of the address book, at most 50.

        Raises:
            ProblemError: when it could not be asked.
        """
        if not text.strip():
            return ()
        remembered = self._found  # of this account
        found = await self._people.search(text)
        for profile in found:
            remembered.pop(profile.address, None)
            remembered[profile.address] = profile
            contact = self._followed.get(profile.address)
            if contact is not None:
                self._named(contact, profile)
        for old in list(remembered)[:-_FOUND]:
            del remembered[old]
        return tuple(self._seen_of(profile) for profile in found)

    async def sign_out(self) -> None:
        """Nothing more is told, and nothing is known any more. Once more is no mistake."""
        self._account = object()
        self._unknown_names.clear()
        self._found = {}
        await self._followed.end()

    # --- reading ---

    async def read(self, asked: ContactsAsked) -> ContactsAnswer:
        """See :class:`lyncdesk.client.ports.ContactSource`."""
        self._asked, account = asked, self._account
        followed = {contact.address: contact for contact in self._followed}
        read: dict[str, KnownCalendar] = {}

        def take(calendars: Mapping[str, KnownCalendar]) -> None:
            read.update(calendars)
            came = ((followed[address], calendar) for address, calendar in calendars.items())
            self._followed.take(came, asked.interval)

        try:
            requests = await self._people.calendars(tuple(followed), asked, take)
        finally:
            missed = (contact for address, contact in followed.items() if address not in read)
            self._followed.missed(missed, asked.interval)
        good = sum(calendar.is_read for calendar in read.values())
        answer = ContactsAnswer(good, len(followed) - good, requests)
        if not asked.rights:
            return answer
        answer = await self._with_names(answer, account)
        # Nobody waits for the rest where another account, or none, is in use by now.
        if answer.back_off is not None or account is not self._account:
            return answer
        return await self._with_rights(answer)

    async def _with_names(self, answer: ContactsAnswer, account: object) -> ContactsAnswer:
        """Find the names of contacts who have none; what goes wrong is tried with the next such read."""
        for address in sorted(self._unknown_names)[:_NAMES_AT_ONCE]:
            if account is not self._account:
                break
            if address not in self._unknown_names:
                continue  # removed, or found by a search, meanwhile
            answer = replace(answer, requests=answer.requests + 1)
            try:
                profile = await self._people.look_up(address)
            except ProblemError as error:
                return _in_spite_of(error, answer)
            # Whom the directory does not know today is not asked for again in this run.
            self._unknown_names.discard(address)
            contact = self._followed.get(address)
            if profile is not None and contact is not None:
                self._named(contact, profile)
        return answer

    async def _with_rights(self, answer: ContactsAnswer) -> ContactsAnswer:
        """What others may see of one's own calendar, and who one is."""
        try:
            answer = replace(answer, requests=answer.requests + 1)
            answer = replace(answer, rights=self._followed.as_listed(await self._people.rights()))
            answer = replace(answer, requests=answer.requests + 1)
            return replace(answer, me=await self._people.look_up(self._me))
        except ProblemError as error:
            problem = error.problem if answer.rights is None else None
            return replace(_in_spite_of(error, answer), rights_problem=problem)

    async def give(self, address: str, right: Right | None, expected: Right | None) -> Rights:
        """See :class:`lyncdesk.client.ports.ContactSource`."""
        contact = self._followed.get(person(address))
        known_as = contact.profile.address if contact is not None else address
        try:
            rights = await self._people.give(known_as, right, expected)
        except RightNotGivenError as error:
            if error.rights is not None:
                error.rights = self._followed.as_listed(error.rights)
            raise
        return self._followed.as_listed(rights)

    def forget(self) -> None:
        """See :class:`lyncdesk.client.ports.ContactSource`."""
        self._account = object()
        self._found = {}
        self._followed.forget()

    def clock_set(self) -> None:
        """See :class:`lyncdesk.client.ports.ContactSource`."""
        self._followed.clock_set()

    def _named(self, contact: Followed, profile: Profile) -> None:
        """The address book said who a contact is."""
        contact.named(profile)
        self._unknown_names.discard(contact.address)
        self._profiles.keep(contact.address, profile)
        self._followed.tell(contact)

    def _asked_now(self) -> ContactsAsked:
        """To read the calendar of a single person between two reads of all."""
        now = self._clock.now()
        if self._asked is None:
            return ContactsAsked(now, checks.window(now, "UTC"), timedelta(minutes=30))
        return replace(self._asked, started=now, next_due_in=None)

    # --- telling ---

    def _seen_of(self, profile: Profile) -> Seen:
        contact = self._followed.get(profile.address)
        if contact is not None and contact.told is not None:
            return contact.told
        return seen_at(profile, None, self._clock.now())


def _in_spite_of(error: ProblemError, answer: ContactsAnswer) -> ContactsAnswer:
    """Whatever fails beside the calendars, they were read; but what only the person can mend is told."""
    if error.problem.row.retry is Retry.NEVER:
        raise error
    return replace(answer, back_off=error.back_off)
