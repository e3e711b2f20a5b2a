"""What a viewer may not see is never delivered to the viewer: section 7, field by field."""

from __future__ import annotations

from dataclasses import asdict, fields, replace

from hypothesis import given
from hypothesis import strategies as st

from lyncdesk.pools.directory import Directory
from lyncdesk.presence.publication import Profile, Publication, Seen
from lyncdesk.presence.relationships import DetailsTo, Relationship
from lyncdesk.presence.states import (
    AWAY,
    DO_NOT_DISTURB,
    OFFLINE,
    OUT_OF_OFFICE,
    URGENT_ONLY,
    Presence,
)
from tests.pool.publications import ANNA, BEN, PUBLICATIONS, WORDS, profile

E, C, W, F, B = Relationship
INSIDE = {C, W, F}

# Written out once more, so that a slip in the product's table does not pass as its own proof.
MAY_HEAR: dict[str, set[Relationship]] = {
    "name": {E, C, W, F, B},
    "title": {E, C, W, F},
    "company": {E, C, W, F},
    "picture": {E, C, W, F},
    "work_phone": {C, W, F},
    "mobile_phone": {W, F},
    "home_phone": {F},
    "location": INSIDE,
    "zone": INSIDE,
    "hours_zone": INSIDE,
    "note": INSIDE,
    "out_of_office_note": INSIDE,
    "subject": {W, F},
    "item_location": {W, F},
}
# Every field of Seen beside profile and presence, and who may find anything in it.
FIELD_FOR: dict[str, set[Relationship]] = {
    "valid_until": {E, C, W, F},
    "stale": {E, C, W, F},
    "incomplete": {E, C, W, F},
    "until": INSIDE,
    "since": INSIDE,
    "calendar": INSIDE,
    "busy": INSIDE,
    "working_hours": INSIDE,
    "note": INSIDE,
    "out_of_office_note": INSIDE,
    "calendar_as_of": INSIDE,
    "last_active": INSIDE,
    "item": {W, F},
    "more": {W, F},
    "may_interrupt": {W},
    "told": set(),  # said of people without a pool alone
}


def delivered(publication: Publication, relationship: Relationship) -> list[Seen]:
    got: list[Seen] = []
    directory = Directory([profile(), Profile(BEN, "Ben")])
    directory.publish(publication, {BEN: relationship})
    directory.watch(BEN, [ANNA], got.append)
    return got


@given(PUBLICATIONS, st.sampled_from(Relationship))
def test_no_word_that_the_table_denies_is_in_what_is_delivered(
    publication: Publication, relationship: Relationship
) -> None:
    (seen,) = delivered(publication, relationship)
    text = repr(asdict(seen))
    for what, who in MAY_HEAR.items():
        if relationship not in who:
            assert WORDS[what] not in text, what
    assert "Secret-Id" not in text
    assert "Secret-Key" not in text
    if publication.item is not None and publication.item.private:
        assert WORDS["subject"] not in text
        assert WORDS["item_location"] not in text


@given(PUBLICATIONS, st.sampled_from(Relationship))
def test_a_field_that_the_table_denies_is_as_if_it_had_never_been_set(
    publication: Publication, relationship: Relationship
) -> None:
    (seen,) = delivered(publication, relationship)
    blank = Seen(seen.profile, seen.presence, seen.revision)
    assert {f.name for f in fields(Seen)} == {"profile", "presence", "revision", *FIELD_FOR}
    for name, who in FIELD_FOR.items():
        if relationship not in who:
            assert getattr(seen, name) == getattr(blank, name), name
    for name in (
        "title",
        "company",
        "picture",
        "location",
        "zone",
        "work_phone",
        "mobile_phone",
        "home_phone",
    ):
        shown = getattr(seen.profile, name)
        expected = getattr(publication.profile, name) if relationship in MAY_HEAR[name] else type(shown)()
        assert shown == expected, name


@given(PUBLICATIONS)
def test_blocked_is_told_the_name_and_offline_and_nothing_that_ever_changes(publication: Publication) -> None:
    (seen,) = delivered(publication, B)
    assert seen == Seen(Profile(ANNA, WORDS["name"], zone=""), Presence(OFFLINE), 1)


@given(PUBLICATIONS, st.sampled_from(Relationship))
def test_the_presence_is_the_owners_but_for_what_the_relationship_changes_in_it(
    publication: Publication, relationship: Relationship
) -> None:
    (seen,) = delivered(publication, relationship)
    owners = publication.presence
    mark = owners.out_of_office and relationship in INSIDE and publication.share.out_of_office
    if relationship is B:
        expected = Presence(OFFLINE)
    elif relationship is W and owners.availability == DO_NOT_DISTURB:
        expected = Presence(URGENT_ONLY, "urgent-interruptions-only", mark)
    elif owners.activity == OUT_OF_OFFICE and not mark:
        expected = Presence(AWAY)
    else:
        expected = replace(owners, out_of_office=mark)
    assert seen.presence == expected


@given(PUBLICATIONS, st.sampled_from(Relationship))
def test_what_the_owner_or_the_policy_switched_off_reaches_nobody(
    publication: Publication, relationship: Relationship
) -> None:
    (seen,) = delivered(publication, relationship)
    share = publication.share
    if not share.details or not share.free_busy:
        assert seen.item is None
    if not share.details:
        assert seen.more == 0
    if share.details_to is DetailsTo.WORKGROUP and relationship is F:
        assert seen.item is None
    if not share.note:
        assert seen.note == ""
        assert seen.out_of_office_note == ""
    if not share.out_of_office:
        assert not seen.presence.out_of_office
        assert seen.out_of_office_note == ""
    if not share.free_busy:
        assert (seen.busy, seen.until, seen.working_hours, seen.calendar) == ((), None, None, False)


@given(PUBLICATIONS, PUBLICATIONS)
def test_a_viewer_cannot_count_what_it_is_not_told(first: Publication, second: Publication) -> None:
    """However often a person publishes, the numbers that a viewer gets follow each other without a gap."""
    got: list[Seen] = []
    directory = Directory([profile()])
    directory.watch(BEN, [ANNA], got.append)
    for publication in (first, second, first):
        for other in (publication, replace(publication, last_active=None, note="changed")):
            directory.publish(other, {BEN: E})
    assert [seen.revision for seen in got] == list(range(1, len(got) + 1))
