"""Contacts of a running client over real EWS: the same worker, gate and rhythm as its calendar."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

from lyncdesk.client import events as ev
from lyncdesk.client.options import Account
from lyncdesk.client.reading import problems
from lyncdesk.client.state import Health, State
from lyncdesk.exchange_server.model import Entry
from lyncdesk.pools.profiles import MemoryProfiles
from lyncdesk.presence.publication import Profile, Told
from lyncdesk.presence.relationships import Relationship
from tests.exchange.client import raw_server as raw
from tests.exchange.client.live_client import Client, running_client, settings_for
from tests.exchange.client.raw_server import RawServer, Visit
from tests.exchange.client.sessions import NOW, PASSWORD
from tests.exchange.server.wire import CheckedExchange, checked_exchange
from tests.ports import kept

ANNA, BEN, EVA = "anna@litware.example", "ben@litware.example", "eva@litware.example"
MINUTE = timedelta(minutes=1)


class Organisation:
    """An embedded Exchange that counts its requests by operation."""

    def __init__(self, exchange: CheckedExchange) -> None:
        self.exchange = exchange
        for address, name in ((ANNA, "Anna Keller"), (BEN, "Ben Smith"), (EVA, "Eva Lang")):
            self.exchange.add_person(address, PASSWORD, name=name, title="Engineer")
            self.exchange.share(address, "FreeBusyTimeAndSubjectAndLocation")
        self.url = self.exchange.start()

    def meeting(self, address: str, start: float, end: float, subject: str) -> None:
        times = (NOW + start * MINUTE, NOW + end * MINUTE)
        self.exchange.add_entry(address, Entry(subject, *times, "Room 4", meeting=True))

    @property
    def account(self) -> Account:
        return Account(ANNA, server=self.url)

    def given(self) -> dict[str, object]:
        """The entries that single people have on Anna's calendar."""
        box = self.exchange.store.mailbox(ANNA)
        assert box is not None
        return dict(box.shared_with)

    def asked(self, operation: str) -> int:
        return self.exchange.counters.requests.get(operation, 0)


@asynccontextmanager
async def organisation() -> AsyncIterator[Organisation]:
    with checked_exchange(lambda: NOW) as exchange:
        yield Organisation(exchange)


def text_of(state: State, address: str) -> str:
    seen = state.contacts.get(address)
    return seen.presence.text if seen is not None else ""


def read(state: State) -> bool:
    return state.reading.as_of is not None and state.reading.reading_since is None


@asynccontextmanager
async def client(account: Account, *contacts: str, named: bool = True) -> AsyncIterator[Client]:
    """A client with contacts whose names it knows, or does not know yet."""
    profiles = MemoryProfiles()
    for contact in contacts if named else ():
        profiles.keep(contact, Profile(contact, contact, zone=""))
    # Which needs no handshake, so that requests can be counted.
    account = replace(account, authentication="basic")
    async with running_client(account, store=settings_for(account, *contacts), profiles=profiles) as running:
        yield running


async def shows(running: Client, address: str, text: str) -> State:
    return await running.until(lambda state: text_of(state, address) == text)


async def test_contacts_show_what_their_calendars_say_with_one_request_beside_the_check() -> None:
    async with organisation() as org:
        org.meeting(BEN, -10, 20, "Budget")
        async with client(org.account, BEN, EVA) as running:
            state = await running.until(read)
            assert (text_of(state, BEN), text_of(state, EVA)) == ("In a meeting", "Free in calendar")
            seen = state.contacts[BEN]
            assert seen.item is not None
            assert (seen.item.subject, seen.item.location, seen.until) == (
                "Budget",
                "Room 4",
                NOW + 20 * MINUTE,
            )
            # The first read asks as well what the contacts may see, and who one is.
            assert (state.reading.read, state.reading.unreadable, state.reading.requests) == (2, 0, 3)
            assert state.profile.name == "Anna Keller"
            assert state.giving.known is not None
            # One for the contacts, one for one's own working hours.
            assert org.asked("GetUserAvailability") == 2


async def test_a_contact_changes_at_the_end_of_its_item_and_news_come_with_the_next_check() -> None:
    async with organisation() as org:
        org.meeting(BEN, -10, 20, "Budget")
        async with client(org.account, BEN) as running:
            requests = (await running.until(read)).reading.requests
            sent = org.asked("GetUserAvailability")
            org.meeting(BEN, 20, 50, "Another")
            running.clock.set(NOW + 20 * MINUTE)
            await shows(running, BEN, "Free in calendar")
            assert org.asked("GetUserAvailability") == sent
            running.clock.set(NOW + 30 * MINUTE)
            await shows(running, BEN, "In a meeting")
            assert org.asked("GetUserAvailability") == sent + 1
            state = await running.until(lambda state: state.reading.as_of == running.clock.now())
            assert state.reading.requests == requests + 1


async def test_a_hundred_contacts_are_one_request_in_each_interval_as_the_server_counts() -> None:
    async with organisation() as org:
        hundred = [f"person{number}@litware.example" for number in range(100)]
        for address in hundred:
            org.exchange.add_person(address, PASSWORD, name="Somebody", sharing="FreeBusyTimeOnly")
        org.exchange.break_free_busy(hundred[41])
        async with client(org.account, *hundred, named=False) as running:
            state = await running.until(read)
            # Names are looked up once, each with a request; so is one's own.
            assert {state.contacts[one].profile.name for one in hundred} == {"Somebody"}
            assert org.asked("ResolveNames") == 101
            assert (state.reading.read, state.reading.unreadable) == (99, 1)
            assert text_of(state, hundred[41]) == "Presence unknown"
            assert {text_of(state, one) for one in hundred} == {"Free in calendar", "Presence unknown"}
            for interval in (1, 2, 3):
                before = dict(org.exchange.counters.requests)
                moment = NOW + interval * 30 * MINUTE
                running.clock.set(moment)
                await running.until(lambda state, moment=moment: state.reading.as_of == moment)  # type: ignore[misc]
                sent = {name: n - before.get(name, 0) for name, n in org.exchange.counters.requests.items()}
                assert sent["GetUserAvailability"] == 1
                # The rest is the check of one's own calendar.
                assert {name for name, n in sent.items() if n} == {
                    "GetUserAvailability",
                    "FindItem",
                    "GetUserOofSettings",
                }


async def test_who_one_is_comes_from_the_address_book_also_without_a_contact() -> None:
    async with organisation() as org, client(org.account) as running:
        state = await running.until(read)
        assert (state.profile.name, state.profile.title) == ("Anna Keller", "Engineer")
        assert state.giving.known is not None
        running.clock.set(NOW + 30 * MINUTE)
        await running.until(lambda state: state.calendar.as_of == running.clock.now())
        await running.session.drained()
        assert (org.asked("ResolveNames"), state.reading.requests) == (1, 2)


async def test_a_contact_known_by_an_alias_has_name_presence_and_permission() -> None:
    async with organisation() as org:
        primary, alias = "lea@litware.example", "roth@litware.example"
        org.exchange.add_person(primary, PASSWORD, name="Lea Roth", aliases=(alias,))
        org.exchange.share(primary, "FreeBusyTimeAndSubjectAndLocation")
        org.meeting(primary, -10, 20, "Budget")
        org.exchange.share(ANNA, "FreeBusyTimeOnly", primary)
        async with client(org.account) as running:
            await running.until(read)
            assert await running.session.add_contact(alias) is None
            state = await shows(running, alias, "In a meeting")
            assert state.contacts[alias].profile.name == "Lea Roth"
            await running.until(lambda state: state.options.contacts == (alias,) and read(state))
            await running.until(
                lambda state: state.giving.known is not None and bool(state.giving.known.own(alias))
            )
            running.session.post(ev.Give(alias, Relationship.WORKGROUP))
            state = await running.until(lambda state: state.giving.told is not None)
            assert state.giving.told is not None
            assert state.giving.told.problem is None
            assert org.given() == {primary: "FreeBusyTimeAndSubjectAndLocation"}
            running.session.post(ev.GivingUndone())
            state = await running.until(
                lambda state: state.giving.told is not None and state.giving.told.undoes
            )
            assert state.giving.told is not None
            assert state.giving.told.problem is None
            assert org.given() == {primary: "FreeBusyTimeOnly"}


async def test_on_a_clock_set_back_contacts_are_as_old_as_they_were_while_nobody_answers() -> None:
    async with organisation() as org, client(org.account, BEN) as running:
        await running.until(read)
        org.exchange.stop()
        with kept(urlsplit(org.url).port or 0):  # so that nobody else answers there
            running.clock.set(NOW - 600 * MINUTE)
            running.session.post(ev.Jolted("clock-jumped"))
            state = await running.until(lambda state: state.calendar.problem is not None)
            await running.session.drained()
        seen = running.state.contacts[BEN]
        assert (seen.calendar_as_of, state.reading.as_of) == (running.clock.now(),) * 2
        assert seen.valid_until is not None
        assert seen.valid_until <= running.clock.now() + 61 * MINUTE


async def test_people_are_found_added_and_removed_over_the_wire() -> None:
    async with organisation() as org:
        org.meeting(EVA, -10, 20, "Budget")
        async with client(org.account) as running:
            await running.until(lambda state: state.calendar.as_of is not None)
            (found,) = await running.session.search("eva")
            assert (found.profile.name, found.profile.title, found.told) == (
                "Eva Lang",
                "Engineer",
                Told.NOT_YET,
            )
            assert await running.session.add_contact(EVA) is None
            await shows(running, EVA, "In a meeting")
            await running.until(lambda state: state.options.contacts == (EVA,))
            problem = await running.session.add_contact("nobody@litware.example")
            assert problem is not None
            assert problem.name == "unknown-contact"
            await running.session.remove_contact(EVA)
            await running.until(lambda state: EVA not in state.contacts)


async def test_a_refused_password_is_sent_once_whatever_is_asked_of_the_contacts() -> None:
    with RawServer(raw.REFUSES) as server:
        async with client(server.account(), BEN, EVA) as running:
            await running.until(lambda state: state.calendar.problem is not None)
            problem = await running.session.add_contact("lea@example.com")
            assert problem is not None
            assert problem.name == "refused-password"
            running.session.post(ev.CheckNow())
            running.clock.set(NOW + 200 * MINUTE)
            await running.session.drained()
            assert len(server.requests) == 1
            assert running.state.reading.as_of is None


async def test_contacts_that_cannot_be_read_are_a_problem_of_their_own() -> None:
    broken = raw.answers(b"", "500 Internal Server Error")
    working = raw.calendar(raw.ITEM)

    def serve(visit: Visit) -> None:
        (broken if visit.is_about("GetUserAvailabilityRequest") else working)(visit)

    with RawServer(serve) as server:
        async with client(server.account(), BEN) as running:
            state = await running.until(lambda state: state.reading.problem is not None)
            assert [problem.name for problem in problems(state)] == ["contacts-not-read"]
            assert (state.calendar.health, len(state.calendar.items)) == (Health.OK, 1)


async def test_another_account_is_followed_at_once_and_the_old_one_is_forgotten() -> None:
    async with organisation() as old, organisation() as new:
        old.meeting(BEN, -10, 20, "Of the old server")
        new.meeting(EVA, -10, 20, "Of the new server")
        async with client(old.account, BEN, EVA) as running:
            await shows(running, BEN, "In a meeting")
            account = replace(running.state.options.account, server=new.url)
            await running.session.save_account(account, PASSWORD, keep=True)
            state = await shows(running, EVA, "In a meeting")
            assert text_of(state, BEN) == "Free in calendar"
            assert "Of the old server" not in repr(state.contacts)
            asked = old.asked("GetUserAvailability")
            running.session.post(ev.CheckNow())
            await running.session.drained()
            assert old.asked("GetUserAvailability") == asked


async def test_signing_out_and_in_again_reads_anew() -> None:
    async with organisation() as org:
        org.meeting(BEN, -10, 20, "Budget")
        async with client(org.account, BEN) as running:
            await shows(running, BEN, "In a meeting")
            running.session.post(ev.SignOut())
            await shows(running, BEN, "Presence unknown")
            running.session.post(ev.SignIn())
            await shows(running, BEN, "In a meeting")


async def test_a_relationship_is_a_permission_that_the_other_one_feels_and_that_can_be_undone() -> None:
    async with organisation() as org:
        org.exchange.share(ANNA, "FreeBusyTimeOnly")
        async with client(org.account, BEN) as running:
            await running.until(lambda state: state.giving.known is not None)
            running.session.post(ev.Give(BEN, Relationship.WORKGROUP))
            state = await running.until(lambda state: state.giving.told is not None)
            assert state.giving.told is not None
            assert state.giving.told.problem is None
            assert org.given() == {BEN: "FreeBusyTimeAndSubjectAndLocation"}
            running.session.post(ev.GivingUndone())
            await running.until(lambda state: state.giving.told is not None and state.giving.told.undoes)
            assert org.given() == {}
