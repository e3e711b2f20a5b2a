"""People of whom only the calendar is known: words, privacy, and nothing that changes before its time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyncdesk.presence.items import Item, Kind, ShowAs, makes_busy
from lyncdesk.presence.known_calendar import KnownCalendar, next_change, seen_at
from lyncdesk.presence.publication import Profile, Seen, SeenItem, Told
from lyncdesk.presence.states import AVAILABLE
from tests.unit.strategies import ITEMS, NOW, PARTS, at

BEN = Profile("ben@litware.example", "Ben Smith", "Engineer", "Litware", zone="")
TICK = timedelta(microseconds=1)
TOLD = st.sampled_from([Told.DETAILS, Told.TIMES, Told.NO_DETAILS])


def known(*items: Item, told: Told = Told.DETAILS) -> KnownCalendar:
    return KnownCalendar.of(told, NOW, items)


def item(start: float = -10, end: float = 20, **fields: object) -> Item:
    made = Item(at(start), at(end), subject="Budget", location="Room 4", kind=Kind.MEETING)
    return replace(made, **fields)  # type: ignore[arg-type]


def bare(start: float = -10, end: float = 20, show_as: ShowAs = ShowAs.BUSY) -> Item:
    """As free/busy alone tells it."""
    return Item(at(start), at(end), show_as, Kind.UNKNOWN)


def seen(*items: Item, told: Told = Told.DETAILS) -> Seen:
    return seen_at(BEN, known(*items, told=told), NOW)


@pytest.mark.parametrize(
    ("show_as", "kind", "text", "mark"),
    [
        (ShowAs.BUSY, Kind.MEETING, "In a meeting", False),
        (ShowAs.BUSY, Kind.APPOINTMENT, "Busy", False),
        (ShowAs.BUSY, Kind.UNKNOWN, "Busy", False),
        (ShowAs.FREE, Kind.MEETING, "Free in calendar", False),
        (ShowAs.TENTATIVE, Kind.MEETING, "Free in calendar", False),
        (ShowAs.WORKING_ELSEWHERE, Kind.APPOINTMENT, "Free in calendar", False),
        (ShowAs.NO_DATA, Kind.UNKNOWN, "Free in calendar", False),
        (ShowAs.OOF, Kind.APPOINTMENT, "Free in calendar", True),
    ],
)
def test_each_show_as_has_its_words(show_as: ShowAs, kind: Kind, text: str, mark: bool) -> None:
    shown = seen(item(show_as=show_as, kind=kind)).presence
    assert (shown.text, shown.out_of_office) == (text, mark)


def test_nothing_planned_is_free_in_calendar_and_never_available() -> None:
    shown = seen()
    assert shown.presence.text == "Free in calendar"
    assert shown.calendar
    assert shown.until is None


def test_an_item_with_details_stands_on_the_card() -> None:
    shown = seen(item())
    assert shown.item == SeenItem(at(-10), at(20), "Budget", "Room 4", False, Kind.MEETING, ShowAs.BUSY)
    assert shown.until == at(20)
    assert shown.told is Told.DETAILS


def test_of_a_private_item_only_the_times_are_there() -> None:
    shown = seen(item(private=True, kind=Kind.UNKNOWN))
    assert shown.item == SeenItem(at(-10), at(20), private=True)
    assert shown.presence.text == "Busy"
    assert "Budget" not in repr(shown)
    assert "Room 4" not in repr(shown)


def test_without_details_there_is_no_item_and_it_is_said_why() -> None:
    assert (seen(bare(), told=Told.TIMES).item, seen(bare(), told=Told.TIMES).told) == (None, Told.TIMES)
    assert seen(bare(), told=Told.NO_DETAILS).told is Told.NO_DETAILS


def test_one_bare_item_in_a_calendar_with_details_is_the_servers_omission() -> None:
    shown = seen(bare(), item(60, 90))
    assert (shown.item, shown.told) == (None, Told.NO_DETAILS)


def test_an_item_out_of_office_is_shown_where_nothing_makes_busy() -> None:
    shown = seen(item(show_as=ShowAs.OOF, subject="Leave"))
    assert shown.item is not None
    assert shown.item.subject == "Leave"
    assert shown.presence.out_of_office


@pytest.mark.parametrize("told", [Told.NOTHING, Told.NOT_SHARED, Told.NO_MAILBOX])
def test_a_calendar_that_was_not_read_says_nothing_about_the_person(told: Told) -> None:
    shown = seen_at(BEN, known(told=told), NOW)
    assert (shown.presence.text, shown.calendar, shown.told) == ("Presence unknown", False, told)
    assert seen_at(BEN, None, NOW).told is Told.NOT_YET


def test_what_is_no_longer_promised_is_stale_to_the_microsecond() -> None:
    until = at(30)
    assert not seen_at(BEN, known(), until - TICK, valid_until=until).stale
    assert seen_at(BEN, known(), until, valid_until=until).stale


@given(ITEMS, TOLD, PARTS)
def test_nothing_changes_before_the_next_change(items: tuple[Item, ...], told: Told, part: float) -> None:
    calendar = known(*items, told=told)
    wake = next_change(calendar, NOW)
    last = wake - TICK if wake is not None else NOW + timedelta(days=3)
    assert seen_at(BEN, calendar, NOW + part * (last - NOW)) == seen_at(BEN, calendar, NOW)


@given(ITEMS, TOLD, st.integers(-60, 60))
def test_nobody_is_ever_available_and_busy_exactly_while_an_item_makes_busy(
    items: tuple[Item, ...], told: Told, minutes: int
) -> None:
    shown = seen_at(BEN, known(*items, told=told), at(minutes))
    assert shown.presence.availability != AVAILABLE
    busy = any(makes_busy(i) and i.runs_at(at(minutes)) for i in items)
    assert (shown.presence.text in ("Busy", "In a meeting")) is busy
