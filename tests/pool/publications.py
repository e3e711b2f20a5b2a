"""Publications in which every field carries a word of its own, so that whatever leaks can be named."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from hypothesis import strategies as st

from lyncdesk.presence.freebusy import Stretch, WorkingHours
from lyncdesk.presence.items import Item, Kind, ShowAs
from lyncdesk.presence.publication import Profile, Publication, Share
from lyncdesk.presence.relationships import DetailsTo
from lyncdesk.presence.states import STATES, Presence

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
ANNA = "anna@brightwater.example"
BEN = "ben@brightwater.example"
LENA = "lena@hallgrove.example"

WORDS = {
    "name": "Anna-Name",
    "title": "Secret-Title",
    "company": "Secret-Company",
    "location": "Secret-Town",
    "work_phone": "+49-WORK",
    "mobile_phone": "+49-MOBILE",
    "home_phone": "+49-HOME",
    "zone": "Europe/Berlin",
    "picture": "Secret-Picture",
    "subject": "Secret-Subject",
    "item_location": "Secret-Room",
    "note": "Secret-Note",
    "out_of_office_note": "Secret-Reply",
    "hours_zone": "Pacific/Chatham",
}


def profile(address: str = ANNA) -> Profile:
    """A person with every field filled."""
    return Profile(
        address,
        WORDS["name"],
        WORDS["title"],
        WORDS["company"],
        WORDS["location"],
        WORDS["work_phone"],
        WORDS["mobile_phone"],
        WORDS["home_phone"],
        WORDS["zone"],
        WORDS["picture"].encode(),
    )


def item(*, private: bool = False, kind: Kind = Kind.MEETING) -> Item:
    """The item on the card."""
    return Item(
        NOON - timedelta(minutes=7),
        NOON + timedelta(minutes=41),
        ShowAs.BUSY,
        kind,
        WORDS["subject"],
        WORDS["item_location"],
        private,
        id="Secret-Id",
        change_key="Secret-Key",
    )


def publication(presence: Presence, **fields: object) -> Publication:
    """Everything there is to publish; ``fields`` replace single ones."""
    values: dict[str, object] = {
        "published_at": NOON,
        "valid_until": NOON + timedelta(hours=1),
        "until": NOON + timedelta(minutes=41),
        "since": NOON - timedelta(minutes=7),
        "item": item(),
        "more": 3,
        "busy": (
            Stretch(NOON - timedelta(minutes=7), NOON + timedelta(minutes=41), ShowAs.BUSY, Kind.MEETING),
        ),
        "working_hours": WorkingHours(WORDS["hours_zone"], frozenset({1}), time(7, 7), time(8, 8)),
        "note": WORDS["note"],
        "out_of_office_note": WORDS["out_of_office_note"],
        "calendar_as_of": NOON - timedelta(minutes=17),
        "last_active": NOON - timedelta(minutes=3),
    }
    values.update(fields)
    values.setdefault("profile", profile())
    return Publication(presence=presence, **values)  # type: ignore[arg-type]


PRESENCES = st.builds(
    Presence,
    st.sampled_from([row.availability for row in STATES]),
    st.sampled_from(["", *(row.activity for row in STATES if row.activity)]),
    st.booleans(),
)
SHARES = st.builds(
    Share, st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.sampled_from(DetailsTo)
)
PUBLICATIONS = st.builds(
    publication,
    PRESENCES,
    revision=st.integers(0, 10**6),
    item=st.one_of(st.none(), st.builds(item, private=st.booleans(), kind=st.sampled_from(Kind))),
    stale=st.booleans(),
    calendar_used=st.booleans(),
    share=SHARES,
)
