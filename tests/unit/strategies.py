"""Hypothesis strategies for the values of presence: few times, so that ties and touching ends are common."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from hypothesis import strategies as st

from lyncdesk.client.options import Options
from lyncdesk.presence.freebusy import WorkingHours
from lyncdesk.presence.inputs import CalendarUse, Inputs, Machine, Manual, OutOfOffice, Rules
from lyncdesk.presence.items import Item, Kind, Response, ShowAs
from lyncdesk.presence.publication import Share
from lyncdesk.presence.relationships import DetailsTo
from lyncdesk.presence.states import ManualStatus

# A Wednesday.
NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo", "UTC")


def at(minutes: float) -> datetime:
    """So many minutes after NOW."""
    return NOW + minutes * MINUTE


MOMENTS = st.integers(-12, 12).map(lambda n: at(5 * n))
LENGTHS = st.integers(0, 12).map(lambda n: 5 * n * MINUTE)
# Parts of a stretch of time that is half open, its last microsecond included.
PARTS = st.one_of(st.just(0.0), st.just(1.0), st.floats(0, 1))


@st.composite
def items(draw: st.DrawFn, subjects: tuple[str, ...] = ("A", "B", "")) -> Item:
    """An item near NOW; few subjects and ids, so that items tie."""
    start = draw(MOMENTS)
    return Item(
        start,
        start + draw(LENGTHS),
        draw(st.sampled_from([ShowAs.BUSY, *ShowAs])),
        draw(st.sampled_from(Kind)),
        draw(st.sampled_from(subjects)),
        draw(st.sampled_from(["", "Room 4"])),
        draw(st.booleans()),
        draw(st.booleans()),
        draw(st.sampled_from([False, False, False, True])),
        draw(st.sampled_from([Response.ACCEPTED, *Response])),
        draw(st.sampled_from(["", "1", "2"])),
    )


ITEMS = st.lists(items(), max_size=6).map(tuple)
MANUALS = st.builds(
    Manual,
    st.sampled_from(ManualStatus),
    MOMENTS,
    st.none() | MOMENTS,
)
MACHINES = st.lists(
    st.builds(
        Machine,
        st.sampled_from(["desk", "laptop"]),
        st.none() | MOMENTS,
        st.sampled_from([False, False, True]),
        st.sampled_from([False, False, True]),
    ),
    max_size=3,
).map(tuple)
REPLIES = st.builds(
    OutOfOffice, st.sampled_from(["", "Back on Monday"]), st.none() | MOMENTS, st.none() | MOMENTS
)
RULES = st.builds(
    Rules,
    st.sampled_from([5 * MINUTE, 7 * MINUTE]),
    st.sampled_from([5 * MINUTE, 11 * MINUTE]),
    st.booleans(),
    st.booleans(),
)
INPUTS = st.builds(
    Inputs,
    st.sampled_from([True, True, True, False]),
    ITEMS,
    st.just(CalendarUse.READ),
    st.none() | MANUALS,
    MACHINES,
    st.none() | REPLIES,
    RULES,
)
SHARES = st.builds(
    Share, st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.sampled_from(DetailsTo)
)
HOURS = st.builds(
    WorkingHours,
    st.sampled_from(ZONES),
    st.frozensets(st.integers(0, 6)),
    st.sampled_from([time(7), time(8, 30), time(22)]),
    st.sampled_from([time(6), time(12), time(17)]),
)
OPTIONS = st.builds(
    Options,
    update_presence=st.sampled_from([True, True, True, False]),
    share_details=st.booleans(),
    share_out_of_office=st.booleans(),
    share_free_busy=st.booleans(),
    inactive_after=st.just(5 * MINUTE),
    away_after=st.sampled_from([5 * MINUTE, 11 * MINUTE]),
    meeting_while_away=st.booleans(),
    ignore_all_day=st.booleans(),
    interval=st.sampled_from([timedelta(seconds=10), 5 * MINUTE, 30 * MINUTE, 60 * MINUTE]),
    details_to=st.sampled_from(DetailsTo),
    note=st.sampled_from(["", "In the lab"]),
)
