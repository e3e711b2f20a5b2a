"""The directory hands over changes, and nothing but changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lyncdesk.client.ports import ProblemError
from lyncdesk.pools.directory import Directory
from lyncdesk.presence.publication import Profile, Publication, Seen
from lyncdesk.presence.relationships import Relationship
from lyncdesk.presence.states import AVAILABLE, BUSY, Presence
from tests.pool.publications import ANNA, BEN, LENA, NOON, publication

FREE = publication(Presence(AVAILABLE), item=None, more=0)


def directory() -> Directory:
    people = Directory([Profile(ANNA, "Anna Keller"), Profile(BEN, "Ben Ode")])
    people.add(Profile(LENA, "Lena Brandt"), ["lb@hallgrove.example"])
    return people


def watching(people: Directory, viewer: str = BEN) -> list[Seen]:
    got: list[Seen] = []
    people.watch(viewer, [ANNA], got.append)
    got.clear()
    return got


def test_publishing_the_same_again_delivers_nothing() -> None:
    people = directory()
    people.publish(FREE, {})
    got = watching(people)
    people.publish(replace(FREE, revision=9, published_at=NOON.replace(hour=13)), {})
    assert got == []


def test_a_change_that_the_viewer_may_not_see_delivers_nothing() -> None:
    people = directory()
    people.publish(FREE, {BEN: Relationship.EXTERNAL})
    got = watching(people)
    people.publish(replace(FREE, note="back at four", last_active=None), {BEN: Relationship.EXTERNAL})
    assert got == []
    people.publish(replace(FREE, presence=Presence(BUSY)), {BEN: Relationship.EXTERNAL})
    assert [seen.presence.availability for seen in got] == [BUSY]


def test_another_relationship_delivers_anew_without_a_new_presence() -> None:
    people = directory()
    people.publish(publication(Presence(BUSY)), {})
    got = watching(people)
    people.publish(publication(Presence(BUSY)), {BEN: Relationship.WORKGROUP})
    people.publish(publication(Presence(BUSY)), {BEN: Relationship.BLOCKED})
    assert [(seen.presence.text, seen.item is not None) for seen in got] == [
        ("Busy", True),
        ("Offline", False),
    ]


def test_the_default_relationship_follows_the_organisation() -> None:
    people = directory()
    assert people.relationship(ANNA, BEN) is Relationship.COLLEAGUES
    assert people.relationship(ANNA, LENA) is Relationship.EXTERNAL
    people.publish(FREE, {"LB@Hallgrove.example": Relationship.WORKGROUP})
    assert people.relationship(ANNA.upper(), LENA) is Relationship.WORKGROUP


def test_who_was_blocked_stays_blocked_after_the_owner_left() -> None:
    people = directory()
    people.publish(FREE, {BEN: Relationship.BLOCKED})
    people.withdraw(ANNA)
    assert people.seen(ANNA, BEN).profile == Profile(ANNA, FREE.profile.name, zone="")


def test_who_left_is_offline_and_says_nothing_of_the_day() -> None:
    people = directory()
    people.publish(publication(Presence(BUSY)), {BEN: Relationship.WORKGROUP})
    got = watching(people)
    people.withdraw(ANNA)
    (seen,) = got
    assert seen.presence.text == "Offline"
    assert (seen.item, seen.busy, seen.note, seen.calendar) == (None, (), "", False)
    people.withdraw(ANNA)
    people.withdraw("nobody@brightwater.example")
    assert len(got) == 1


def test_addresses_and_aliases_name_one_person_in_any_case() -> None:
    people = directory()
    assert people.resolve(" LB@hallgrove.EXAMPLE ") == LENA
    got: list[Seen] = []
    people.watch(BEN, ["lb@hallgrove.example", LENA.upper()], got.append)
    assert [seen.profile.address for seen in got] == [LENA]


@pytest.mark.parametrize("taken", [Profile(ANNA), Profile("LB@hallgrove.example")])
def test_an_address_belongs_to_one_person(taken: Profile) -> None:
    with pytest.raises(ValueError, match="is taken"):
        directory().add(taken)


def test_nobody_is_followed_by_an_unknown_address() -> None:
    with pytest.raises(ProblemError) as caught:
        directory().watch(BEN, ["nobody@brightwater.example"], print)
    assert caught.value.problem.name == "unknown-contact"
    assert ("address", "nobody@brightwater.example") in caught.value.problem.values


def test_a_callback_may_publish_and_leave_without_a_delivery_lost_or_doubled() -> None:
    people = directory()
    people.publish(FREE, {})
    got: list[str] = []

    def ben(seen: Seen) -> None:
        got.append(f"ben {seen.presence.text}")
        if seen.presence.availability == AVAILABLE:
            people.publish(publication(Presence(BUSY)), {})

    def lena(seen: Seen) -> None:
        got.append(f"lena {seen.presence.text}")
        people.unwatch(LENA)

    people.watch(BEN, [ANNA], ben)
    people.watch(LENA, [ANNA], lena)
    people.publish(FREE, {})
    assert got == ["ben Available", "ben Busy", "lena Busy", "ben Available", "ben Busy"]


def test_search_finds_names_addresses_and_aliases_and_cuts_them_for_the_viewer() -> None:
    people = directory()
    people.publish(publication(Presence(BUSY)), {BEN: Relationship.BLOCKED})

    def found(text: str) -> list[str]:
        return [seen.profile.address for seen in people.search(BEN, text)]

    assert found("KELLER") == []  # she calls herself otherwise now
    assert found("anna-n") == [ANNA]
    assert found("lb@") == [LENA]
    assert found("example") == [ANNA, BEN, LENA]
    assert found("  ") == []
    (anna,) = people.search(BEN, "anna")
    assert (anna.presence.text, anna.profile.title) == ("Offline", "")


def test_search_brings_fifty_at_most() -> None:
    people = Directory(Profile(f"p{number:03}@brightwater.example") for number in range(60))
    assert len(people.search(BEN, "p")) == 50


def test_publishing_makes_somebody_new_known() -> None:
    people = Directory()
    people.publish(Publication(Profile("New@Brightwater.example", "New"), Presence(AVAILABLE)), {})
    assert people.seen("new@brightwater.example", BEN).presence.text == "Available"
    assert [profile.address for profile in people.profiles()] == ["new@brightwater.example"]
    assert people.publication("NEW@brightwater.example").profile.address == "new@brightwater.example"
