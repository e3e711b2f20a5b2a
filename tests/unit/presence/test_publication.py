"""What one viewer gets of a person: nothing that the table denies, and all that it grants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lyncdesk.presence.freebusy import Stretch, WorkingHours, stretches
from lyncdesk.presence.items import Item, Kind, ShowAs
from lyncdesk.presence.publication import (
    Profile,
    Publication,
    Seen,
    Share,
    filtered,
    offline,
    person,
    unknown,
)
from lyncdesk.presence.relationships import DetailsTo, Relationship
from lyncdesk.presence.states import STATES, Presence
from tests.unit.strategies import NOW, SHARES, at

E, C, W, F, B = Relationship
ALL, CALENDAR = {E, C, W, F}, {C, W, F}

PROFILE = Profile(
    "anna@litware.example", "Anna Keller", "Secret-Title", "Secret-Company", "Secret-Town",
    "+49-WORK", "+49-MOBILE", "+49-HOME", "Pacific/Chatham", b"Secret-Picture",
)  # fmt: skip
MEETING = Item(
    at(-7), at(41), kind=Kind.MEETING, subject="Secret-Subject", location="Secret-Room",
    id="Secret-Id", change_key="Secret-Key",
)  # fmt: skip
FULL = Publication(
    PROFILE,
    Presence(6500, "in-a-meeting", out_of_office=True),
    revision=12,
    published_at=NOW,
    valid_until=at(60),
    until=at(41),
    since=at(-8),
    item=MEETING,
    more=3,
    busy=(Stretch(at(-5), at(39), ShowAs.BUSY, Kind.MEETING),),
    working_hours=WorkingHours("Asia/Kathmandu"),
    note="Secret-Note",
    out_of_office_note="Secret-Reply",
    calendar_as_of=at(-17),
    last_active=at(-3),
)

Allowed = Callable[[Relationship, Share], bool]


def details(relationship: Relationship, share: Share) -> bool:
    """Whether subject and location may be seen; what is no part of free/busy has no details either."""
    to = {W} if share.details_to is DetailsTo.WORKGROUP else {W, F}
    return relationship in to and share.details and share.free_busy


# Each thing that can leak, as it is written in what the viewer gets, and who may have it.
SECRETS: dict[str, Allowed] = {
    "Anna Keller": lambda r, s: True,
    "Secret-Title": lambda r, s: r in ALL,
    "Secret-Company": lambda r, s: r in ALL,
    "+49-WORK": lambda r, s: r in CALENDAR,
    "+49-MOBILE": lambda r, s: r in {W, F},
    "+49-HOME": lambda r, s: r is F,
    "Secret-Town": lambda r, s: r in CALENDAR,
    "Pacific/Chatham": lambda r, s: r in CALENDAR,
    "Secret-Note": lambda r, s: r in CALENDAR and s.note,
    "Secret-Reply": lambda r, s: r in CALENDAR and s.note and s.out_of_office,
    "out_of_office=True": lambda r, s: r in CALENDAR and s.out_of_office,
    "Asia/Kathmandu": lambda r, s: r in CALENDAR and s.free_busy,
    f"start={at(-5)!r}": lambda r, s: r in CALENDAR and s.free_busy,
    f"until={at(41)!r}": lambda r, s: r in CALENDAR and s.free_busy,
    f"calendar_as_of={at(-17)!r}": lambda r, s: r in CALENDAR and s.free_busy,
    f"since={at(-8)!r}": lambda r, s: r in CALENDAR,
    f"last_active={at(-3)!r}": lambda r, s: r in CALENDAR,
    "Secret-Subject": details,
    "Secret-Room": details,
    "more=3": details,
    "Secret-Id": lambda r, s: False,
    "Secret-Key": lambda r, s: False,
    "in-a-meeting": lambda r, s: r in ALL,
    "may_interrupt=True": lambda r, s: r is W,
    f"valid_until={at(60)!r}": lambda r, s: r in ALL,
}


SWITCHES = [
    Share(details, replies, free_busy, note, to)
    for details, replies, free_busy, note in product((True, False), repeat=4)
    for to in DetailsTo
]


@pytest.mark.parametrize("relationship", list(Relationship))
def test_a_viewer_gets_what_the_table_grants_and_nothing_that_it_denies(relationship: Relationship) -> None:
    for share in SWITCHES:
        seen = filtered(replace(FULL, share=share), relationship)
        written = repr(seen)
        found = {secret for secret in SECRETS if secret in written}
        assert found == {secret for secret, allowed in SECRETS.items() if allowed(relationship, share)}, share
        assert (seen.profile.picture != b"") is (relationship in ALL)


@pytest.mark.parametrize("relationship", list(Relationship))
def test_who_does_not_share_out_of_office_shows_the_time_as_taken_and_not_why(
    relationship: Relationship,
) -> None:
    away = Item(at(-5), at(41), ShowAs.OOF, subject="Secret-Trip")
    whole = replace(
        FULL, item=away, busy=stretches([away]), share=Share(out_of_office=False), presence=Presence(3500)
    )
    seen = filtered(whole, relationship)
    assert "OOF" not in repr(seen)
    assert "Secret-Trip" not in repr(seen)
    assert [(s.start, s.end, s.show_as) for s in seen.busy] == (
        [(at(-5), at(41), ShowAs.BUSY)] if relationship in CALENDAR else []
    )


PRESENCES = st.builds(
    lambda row, mark: Presence(row.availability, row.activity, mark), st.sampled_from(STATES), st.booleans()
)


def data(seen: Seen) -> dict[str, object]:
    """The data fields that are there, flat; how a presence is read is no data field."""
    flat = {f"profile.{f.name}": getattr(seen.profile, f.name) for f in fields(Profile)}
    flat |= {f.name: getattr(seen, f.name) for f in fields(Seen) if f.name not in ("profile", "presence")}
    flat["out_of_office"] = seen.presence.out_of_office
    flat.pop("may_interrupt")
    return {name: value for name, value in flat.items() if value not in (None, "", b"", (), False, 0)}


@settings(max_examples=40)
@given(PRESENCES, SHARES, st.booleans(), st.booleans())
def test_external_is_within_colleagues_which_is_within_workgroup_and_within_friends_and_family(
    presence: Presence, share: Share, used: bool, stale: bool
) -> None:
    whole = replace(FULL, presence=presence, share=share, calendar_used=used, stale=stale)
    external, colleagues, workgroup, friends = (data(filtered(whole, r)) for r in (E, C, W, F))
    assert external.items() <= colleagues.items()
    assert colleagues.items() <= workgroup.items()
    assert colleagues.items() <= friends.items()


@settings(max_examples=40)
@given(PRESENCES, SHARES)
def test_everybody_but_blocked_sees_the_same_number_and_colour_and_blocked_always_sees_offline(
    presence: Presence, share: Share
) -> None:
    whole = replace(FULL, presence=presence, share=share)
    assert filtered(whole, B).presence == Presence(18500)
    for relationship in ALL:
        seen = filtered(whole, relationship).presence
        if (presence.availability, relationship) == (9500, W):
            assert seen.text == "Urgent interruptions only"
        else:
            assert (seen.availability, seen.colour) == (presence.availability, presence.colour)


@pytest.mark.parametrize("mark", ["stale", "incomplete"])
def test_who_sees_a_presence_sees_whether_it_can_be_relied_on(mark: str) -> None:
    for there in (True, False):
        whole = replace(FULL, **{mark: there})  # type: ignore[arg-type]
        assert [getattr(filtered(whole, relationship), mark) for relationship in ALL] == [there] * len(ALL)


def test_do_not_disturb_is_read_as_urgent_interruptions_only_by_workgroup_alone() -> None:
    dnd = replace(FULL, presence=Presence(9500))
    assert [filtered(dnd, r).presence.availability for r in (E, C, W, F, B)] == [
        9500,
        9500,
        6900,
        9500,
        18500,
    ]


def test_the_words_of_out_of_office_are_away_for_who_may_not_see_them() -> None:
    away = replace(FULL, presence=Presence(15500, "out-of-office", out_of_office=True))
    hidden = replace(away, share=Share(out_of_office=False))
    assert [filtered(away, r).presence.text for r in (E, C)] == ["Away", "Out of office"]
    assert filtered(hidden, C).presence == Presence(15500)


def test_of_a_private_item_the_times_are_published_and_nothing_else() -> None:
    private = replace(FULL, item=replace(MEETING, private=True))
    for relationship in Relationship:
        seen = filtered(private, relationship)
        assert "Secret-Subject" not in repr(seen)
        assert "Secret-Room" not in repr(seen)
    item = filtered(private, W).item
    assert item is not None
    assert (item.private, item.start, item.end, item.kind) == (True, at(-7), at(41), Kind.UNKNOWN)


def test_a_viewer_cannot_tell_which_switch_hid_the_details() -> None:
    by_switch = filtered(replace(FULL, share=Share(details=False)), W)
    without_item = filtered(replace(FULL, item=None, more=0), W)
    assert by_switch == without_item
    by_policy = filtered(replace(FULL, share=Share(details_to=DetailsTo.WORKGROUP)), F)
    assert by_policy == filtered(replace(FULL, item=None, more=0), F)


@pytest.mark.parametrize("relationship", list(Relationship))
def test_a_person_who_is_signed_out_shows_who_that_is_and_nothing_of_the_day(
    relationship: Relationship,
) -> None:
    seen = filtered(offline(FULL), relationship)
    assert seen.presence == Presence(18500)
    assert (seen.calendar, seen.until, seen.since, seen.note, seen.last_active) == (
        False,
        None,
        None,
        "",
        None,
    )
    assert seen.revision == FULL.revision + 1


@pytest.mark.parametrize("relationship", [E, C, F])
def test_blocked_cannot_be_told_from_somebody_who_is_signed_out(relationship: Relationship) -> None:
    bare = replace(FULL, profile=Profile(PROFILE.address, PROFILE.name, zone=""))
    blocked = filtered(bare, B)
    assert replace(filtered(offline(bare), relationship), revision=blocked.revision) == blocked


def test_a_contact_of_whom_nothing_was_heard_is_unknown() -> None:
    assert unknown(PROFILE).presence == Presence(0)
    assert unknown(PROFILE).profile == Profile(PROFILE.address, PROFILE.name)


def test_a_person_is_an_address_without_regard_to_case_and_blanks() -> None:
    assert person(" Anna.STRASSE@Litware.example ") == person("anna.straße@litware.example")


def test_a_picture_is_never_written_out() -> None:
    assert "Secret-Picture" not in repr(FULL)
