"""The contact list without a pool: batches, boundaries in virtual time, what stays after a failure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from lyncdesk.client.ports import ContactsAsked, ProblemError
from lyncdesk.client.problems import Problem
from lyncdesk.pools.exchange_alone import ExchangeAlonePool
from lyncdesk.pools.people import MemoryPeople, OnCalendars
from lyncdesk.presence.items import Kind, ShowAs
from lyncdesk.presence.known_calendar import KnownCalendar
from lyncdesk.presence.publication import Profile, Told
from tests.pool.exchange_alone_world import BEN, EVA, meeting, running, someone
from tests.unit.strategies import NOW, at


@pytest.mark.parametrize(
    ("count", "batches"), [(1, [1]), (100, [100]), (101, [100, 1]), (250, [100, 100, 50])]
)
async def test_a_hundred_contacts_are_one_request(count: int, batches: list[int]) -> None:
    async with running(*(someone(n) for n in range(count))) as world:
        await world.sign_in_among_friends(count)
        assert await world.read() == (count, 0, len(batches))
        assert world.people.batches == batches


async def test_nobody_on_the_list_sends_nothing() -> None:
    async with running() as world:
        await world.sign_in()
        assert await world.read() == (0, 0, 0)
        assert world.people.requests == 0


async def test_a_contact_changes_at_the_boundaries_of_its_items_without_a_request() -> None:
    async with running() as world:
        world.profiles.keep(BEN, Profile(BEN, "Ben Smith", zone=""))
        world.people.change(BEN, meeting(10, 40), meeting(40, 55, kind=Kind.APPOINTMENT), meeting(120, 130))
        await world.sign_in(BEN)
        await world.read()
        sent = world.people.requests
        await world.to(300)
        assert world.shown() == [
            (0, "Presence unknown"),
            (0, "Free in calendar"),
            (10, "In a meeting"),
            (40, "Busy"),
            (55, "Free in calendar"),
            (pytest.approx(60, abs=0.001), "Free in calendar"),  # old from then on
            (120, "In a meeting"),
            (130, "Free in calendar"),
        ]
        assert world.people.requests == sent
        assert [seen.until for when, seen in world.told if when == 10] == [at(40)]


async def test_what_is_told_carries_its_age_and_is_stale_after_two_intervals() -> None:
    async with running() as world:
        await world.sign_in(BEN)
        await world.read()
        assert world.seen().calendar_as_of == NOW
        assert world.seen().valid_until == at(60) + timedelta(microseconds=1)
        await world.to(59)
        assert not world.seen().stale
        await world.to(61)
        assert world.seen().stale
        await world.read()
        assert not world.seen().stale


async def test_after_a_failure_what_is_known_stays_and_is_old_sooner_with_a_long_interval() -> None:
    async with running() as world:
        world.people.change(BEN, meeting(0, 400))
        await world.sign_in(BEN)
        await world.pool.read(world.asked(timedelta(hours=4)))
        world.people.fault = Problem.of("timed-out")
        await world.to(240)
        with pytest.raises(ProblemError):
            await world.pool.read(world.asked(timedelta(hours=4)))
        assert world.seen().presence.text == "In a meeting"
        assert world.seen().valid_until == at(270) + timedelta(microseconds=1)
        assert not world.seen().stale
        await world.to(271)
        assert world.seen().stale
        assert world.seen().presence.text == "In a meeting"


async def test_one_bad_mailbox_among_a_hundred_costs_nobody_else() -> None:
    async with running(*(someone(n) for n in range(100))) as world:
        bad = someone(37).profile.address
        world.people.change(bad, told=Told.NOTHING, code="ErrorFreeBusyGenerationFailed")
        await world.sign_in_among_friends(100)
        assert await world.read() == (99, 1, 1)
        texts = [world.seen(someone(n).profile.address).presence.text for n in range(100)]
        assert texts.count("Free in calendar") == 99
        assert texts[37] == "Presence unknown"
        assert world.seen(bad).told is Told.NOTHING


async def test_a_bad_moment_of_one_mailbox_keeps_what_was_known_and_a_withdrawn_right_does_not() -> None:
    async with running() as world:
        world.people.change(BEN, meeting(0, 400))
        await world.sign_in(BEN)
        await world.read()
        world.people.change(BEN, told=Told.NOTHING, code="ErrorFreeBusyGenerationFailed")
        await world.to(30)
        await world.read()
        assert world.seen().presence.text == "In a meeting"
        assert world.seen().calendar_as_of == NOW
        world.people.change(BEN, told=Told.NOT_SHARED, code="ErrorNoFreeBusyAccess")
        await world.read()
        assert (world.seen().presence.text, world.seen().told) == ("Presence unknown", Told.NOT_SHARED)
        assert "Budget" not in repr(world.seen())
        world.people.change(BEN, told=Told.NOTHING)
        await world.read()
        assert world.seen().told is Told.NOTHING


async def test_a_bad_moment_of_one_mailbox_makes_what_is_known_old_sooner_with_a_long_interval() -> None:
    async with running() as world:
        await world.sign_in(BEN)
        await world.pool.read(world.asked(timedelta(hours=4)))
        world.people.change(BEN, told=Told.NOTHING)
        await world.to(240)
        await world.pool.read(world.asked(timedelta(hours=4)))
        assert world.seen().valid_until == at(270) + timedelta(microseconds=1)


async def test_a_failure_under_a_longer_interval_makes_nothing_good_for_longer() -> None:
    async with running() as world:
        await world.sign_in(BEN)
        await world.read()
        world.people.fault = Problem.of("timed-out")
        with pytest.raises(ProblemError):
            await world.pool.read(world.asked(timedelta(hours=4)))
        assert world.seen().valid_until == at(60) + timedelta(microseconds=1)


async def test_a_private_item_carries_nothing_but_its_times() -> None:
    async with running() as world:
        world.people.change(BEN, meeting(-5, 20, "Secret", private=True))
        await world.sign_in(BEN)
        await world.read()
        seen = world.seen()
        assert seen.item is not None
        assert seen.item.private
        assert "Secret" not in repr(world.told)
        assert "Room 4" not in repr(world.told)


async def test_out_of_office_is_a_mark_beside_free_in_calendar() -> None:
    async with running() as world:
        world.people.change(BEN, meeting(-5, 20, show_as=ShowAs.OOF))
        await world.sign_in(BEN)
        await world.read()
        assert (world.seen().presence.text, world.seen().presence.out_of_office) == ("Free in calendar", True)
        await world.to(20)
        assert not world.seen().presence.out_of_office


# who is on the list


async def test_who_was_found_is_added_with_one_request_and_known_at_once() -> None:
    async with running() as world:
        world.people.change(BEN, meeting(-5, 20))
        await world.sign_in()
        (found,) = await world.pool.search("ben s")
        assert (found.profile.title, found.presence.text) == ("Engineer", "Presence unknown")
        before = world.people.requests
        await world.pool.add_contact(BEN.upper())
        assert world.people.requests == before + 1
        assert world.seen().presence.text == "In a meeting"
        assert world.seen().profile.company == "Litware"
        assert world.profiles.get(BEN) == world.seen().profile


async def test_who_was_added_changes_at_the_boundaries_before_the_next_read() -> None:
    async with running() as world:
        world.people.change(BEN, meeting(10, 40))
        await world.sign_in()
        await world.pool.add_contact(BEN)
        await world.to(50)
        assert world.shown()[1:] == [(0, "Free in calendar"), (10, "In a meeting"), (40, "Free in calendar")]


async def test_an_address_typed_by_hand_is_looked_up() -> None:
    async with running() as world:
        await world.sign_in()
        await world.pool.add_contact(EVA)
        assert world.seen(EVA).profile.name == "Eva Lang"


async def test_an_address_that_nobody_has_is_refused_and_not_followed() -> None:
    async with running() as world:
        await world.sign_in()
        with pytest.raises(ProblemError) as caught:
            await world.pool.add_contact("nobody@litware.example")
        assert caught.value.problem == Problem.of("unknown-contact", address="nobody@litware.example")
        assert await world.read() == (0, 0, 0)


async def test_without_an_address_book_the_calendar_tells_whether_there_is_such_a_person() -> None:
    async with running() as world:
        await world.sign_in()

        async def no_book(address: str) -> Profile | None:
            raise ProblemError(Problem.of("server-error", code="ErrorInvalidRequest"))

        world.people.look_up = no_book  # type: ignore[method-assign]
        await world.pool.add_contact(EVA)
        assert (world.seen(EVA).presence.text, world.seen(EVA).profile.shown_name) == (
            "Free in calendar",
            EVA,
        )
        with pytest.raises(ProblemError) as caught:
            await world.pool.add_contact("nobody@litware.example")
        assert caught.value.problem.name == "unknown-contact"
        world.people.fault = Problem.of("timed-out")
        with pytest.raises(ProblemError) as caught:
            await world.pool.add_contact("lea@litware.example")
        assert caught.value.problem.name == "server-error"


async def test_who_was_found_can_be_added_while_the_server_is_gone() -> None:
    async with running() as world:
        await world.sign_in()
        await world.pool.search("ben")
        world.people.fault = Problem.of("timed-out")
        await world.pool.add_contact(BEN)
        assert (world.seen().profile.name, world.seen().told) == ("Ben Smith", Told.NOT_YET)
        with pytest.raises(ProblemError) as caught:
            await world.pool.add_contact(EVA)
        assert caught.value.problem.name == "timed-out"


async def test_those_on_the_list_are_there_by_name_before_anything_is_asked() -> None:
    async with running() as world:
        world.profiles.keep(BEN, Profile(BEN, "Ben Smith", zone=""))
        world.people.fault = Problem.of("timed-out")
        await world.sign_in(BEN, EVA)
        assert world.people.requests == 0
        assert [(seen.profile.shown_name, seen.told) for _, seen in world.told] == [
            ("Ben Smith", Told.NOT_YET),
            (EVA, Told.NOT_YET),
        ]


async def test_names_that_are_not_known_are_looked_up_with_what_is_asked_rarely_and_not_in_the_rhythm() -> (
    None
):
    people = [someone(n) for n in range(101)]
    async with running(*people) as world:
        await world.sign_in(*(one.profile.address for one in people))
        assert await world.read() == (101, 0, 2)
        assert not any(world.seen(one.profile.address).profile.name for one in people)
        # Beside the calendars, the permissions and who one is.
        assert await world.read(rights=True) == (101, 0, 2 + 100 + 2)
        assert sum(world.seen(one.profile.address).profile.name != "" for one in people) == 100
        assert await world.read() == (101, 0, 2)
        assert await world.read(rights=True) == (101, 0, 2 + 1 + 2)
        assert await world.read(rights=True) == (101, 0, 2 + 2)
        assert all(world.seen(one.profile.address).profile.name for one in people)
        # A later run knows them without asking.
        assert all(world.profiles.get(one.profile.address) == one.profile for one in people)


async def test_whom_the_address_book_does_not_know_is_looked_up_once() -> None:
    async with running() as world:
        await world.sign_in("ghost@litware.example")
        assert await world.read(rights=True) == (0, 1, 4)
        assert await world.read(rights=True) == (0, 1, 3)


async def test_of_those_whom_searches_found_the_last_five_hundred_are_remembered() -> None:
    async with running() as world:
        await world.sign_in()
        await world.pool.search("ben")
        for number in range(500):
            world.people.put(someone(number))
            await world.pool.search(someone(number).profile.address)
        before = world.people.requests
        await world.pool.add_contact(someone(499).profile.address)
        assert world.people.requests == before + 1
        await world.pool.add_contact(BEN)
        assert world.people.requests == before + 3


async def test_the_name_of_who_was_removed_is_not_looked_up() -> None:
    async with running() as world:
        await world.sign_in(BEN, EVA)
        await world.pool.remove_contact(BEN)
        assert await world.read(rights=True) == (1, 0, 4)


async def test_the_name_of_who_was_found_meanwhile_is_not_looked_up() -> None:
    async with running() as world:
        await world.sign_in(BEN, EVA)
        await world.pool.search("ben")
        assert world.seen().profile.name == "Ben Smith"
        assert await world.read(rights=True) == (2, 0, 4)


async def test_nothing_is_searched_for_without_a_word() -> None:
    async with running() as world:
        await world.sign_in()
        assert await world.pool.search(" ") == ()
        assert world.people.requests == 0


async def test_who_was_followed_before_signing_out_is_not_after_signing_in_again() -> None:
    async with running() as world:
        await world.sign_in(BEN)
        await world.pool.sign_out()
        await world.sign_in()
        assert await world.read() == (0, 0, 0)


async def test_the_zone_of_the_working_hours_is_the_contact_s_and_stays() -> None:
    class Tokyo(MemoryPeople):
        async def calendars(
            self, addresses: Sequence[str], asked: ContactsAsked, on_read: OnCalendars
        ) -> int:
            from lyncdesk.presence.freebusy import WorkingHours

            def with_hours(read: Mapping[str, KnownCalendar]) -> None:
                on_read({a: replace(c, working_hours=WorkingHours("Asia/Tokyo")) for a, c in read.items()})

            return await super().calendars(addresses, asked, with_hours)

    async with running() as world:
        pool = ExchangeAlonePool(Tokyo([someone(1)]), world.clock, world.profiles)
        await pool.sign_in("anna@litware.example", world.on_seen)
        await pool.follow([someone(1).profile.address])
        await pool.read(world.asked(rights=True))
        await pool.sign_out()
        profile = world.seen(someone(1).profile.address).profile
        assert (profile.name, profile.zone) == ("Person 1", "Asia/Tokyo")


async def test_who_was_removed_is_read_and_told_no_more() -> None:
    async with running() as world:
        world.people.change(BEN, meeting(10, 20))
        await world.sign_in(BEN, EVA)
        await world.read(rights=True)
        assert world.profiles.get(BEN) is not None
        await world.pool.remove_contact(BEN)
        await world.pool.remove_contact(BEN)
        told = len(world.told)
        await world.to(30)
        await world.read()
        assert world.people.batches[-1] == 1
        assert all(seen.profile.address == EVA for _, seen in world.told[told:])
        assert world.profiles.get(BEN) is None


async def test_after_signing_out_nothing_is_told_whatever_was_known() -> None:
    async with running() as world:
        world.people.change(BEN, meeting(10, 20))
        await world.sign_in(BEN)
        await world.read()
        await world.pool.sign_out()
        await world.pool.sign_out()
        told = len(world.told)
        await world.to(30)
        assert len(world.told) == told
        await world.sign_in(BEN)
        await world.read()
        assert world.seen().presence.text == "Free in calendar"


async def test_what_is_the_same_is_not_told_again_and_revisions_grow() -> None:
    async with running() as world:
        world.people.change(BEN, meeting(10, 20))
        await world.sign_in(BEN)
        for minutes in (5, 12, 25):
            await world.read()
            count = len(world.told)
            await world.read()
            assert len(world.told) == count
            await world.to(minutes)
        revisions = [seen.revision for _, seen in world.told]
        assert revisions == list(range(1, len(revisions) + 1))
        count = len(world.told)
        await world.pool.follow([BEN])
        assert len(world.told) == count
