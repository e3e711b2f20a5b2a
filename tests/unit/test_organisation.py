"""The sample organisation: its file, its weeks, and its mailboxes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise, product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyncdesk.client.ports import Window
from lyncdesk.exchange_server.exchange import Exchange
from lyncdesk.exchange_server.model import Shown
from lyncdesk.presence.items import Item, Kind, Response, ShowAs, calendar_at, makes_busy
from lyncdesk.presence.relationships import Relationship, default_relationship
from lyncdesk.simulation.mailboxes import (
    MailboxCalendar,
    add_item,
    change_item,
    entry_of,
    item_of,
    items_between,
    remove_item,
    take_in,
)
from lyncdesk.simulation.organisation import WEEKDAYS, Doing, Habit, Member, Organisation, occurrences
from lyncdesk.simulation.organisation_file import (
    WrongOrganisationError,
    load_organisation,
    read_organisation,
    sample_organisation,
)

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def sample() -> Organisation:
    return sample_organisation()


def inhabited(organisation: Organisation, today: date) -> Exchange:
    exchange = Exchange(now=lambda: datetime.combine(today, time(), UTC))
    for member in organisation.members:
        take_in(exchange, member, "password", today)
    return exchange


def day_of(exchange: Exchange, address: str, day: date) -> tuple[Item, ...]:
    start = datetime.combine(day, time(), BERLIN)
    return items_between(exchange, address, start, start + 24 * HOUR)


# --- what must be seen in it ---


def test_every_cell_of_both_mapping_tables_is_in_somebody_s_working_week(sample: Organisation) -> None:
    cells = {
        (plan.show_as, plan.kind)
        for member in sample.members
        for plan in member.plans
        if not plan.cancelled and plan.response is not Response.DECLINED and plan.days & WEEKDAYS
    }
    assert cells == set(product(ShowAs, Kind))


def test_private_all_day_cancelled_declined_unanswered_and_overlapping_items_are_there(
    sample: Organisation,
) -> None:
    plans = [plan for member in sample.members for plan in member.plans]
    for what in ("private", "all_day", "cancelled"):
        assert any(getattr(plan, what) for plan in plans), what
    assert {plan.response for plan in plans} == set(Response)
    me = sample.me.plans
    assert any(a is not b and a.start < b.start < a.end and a.days & b.days for a in me for b in me)


def test_there_are_two_organisations_several_zones_and_every_relationship(sample: Organisation) -> None:
    me = sample.me
    assert (me.profile.name, me.profile.location) == ("Anna Keller", "Berlin")
    assert len(sample.members) >= 12
    assert len({member.address.partition("@")[2] for member in sample.members}) == 2
    assert len({member.profile.zone for member in sample.members}) >= 5
    given_to_me = {
        member.gives.get(me.address, default_relationship(member.address, me.address))
        for member in sample.others
    }
    assert given_to_me == set(Relationship)
    assert len({member.check_interval for member in sample.others}) >= 4
    assert len({member.check_offset for member in sample.others}) == len(sample.others)


def test_the_signed_in_person_follows_everybody_and_has_groups(sample: Organisation) -> None:
    assert set(sample.me.contacts) == {member.address for member in sample.others}
    assert len(sample.me.groups) >= 2


def test_one_person_s_calendar_fails_one_is_out_of_office_and_some_set_a_status(sample: Organisation) -> None:
    assert [member.key for member in sample.others if member.calendar_fails] == ["farah"]
    assert [member.key for member in sample.others if member.automatic_replies] == ["emily"]
    statuses = {habit.status for member in sample.others for habit in member.habits}
    assert len(statuses) >= 5


@pytest.mark.parametrize(
    "today",
    [
        date(2026, 3, 4),
        date(2026, 3, 7),
        date(2026, 3, 8),
        date(2026, 3, 29),
        date(2026, 10, 25),
        date(2027, 1, 1),
    ],
    ids=["Wednesday", "Saturday", "Sunday", "clocks go forward", "clocks go back", "New Year"],
)
def test_on_every_day_there_is_something_to_see_at_every_hour(sample: Organisation, today: date) -> None:
    exchange = inhabited(sample, today)
    for hour in range(8, 18):
        now = datetime.combine(today, time(hour, 40), BERLIN)
        busy = Counter(
            winner.kind
            for member in sample.others
            if (winner := calendar_at(day_of(exchange, member.address, today), now).winner) is not None
            and makes_busy(winner)
        )
        assert 0 < sum(busy.values()) < len(sample.others), now


def test_weeks_later_the_calendars_are_as_full(sample: Organisation) -> None:
    exchange = inhabited(sample, date(2026, 3, 4))
    first = [item.subject for item in day_of(exchange, sample.me.address, date(2026, 3, 4))]
    later = [item.subject for item in day_of(exchange, sample.me.address, date(2026, 7, 15))]
    assert first == later
    assert len(first) >= 8


def test_a_habit_keeps_its_wall_clock_time_when_the_clocks_change() -> None:
    habits = (Habit(Doing.LOCK, time(12), frozenset(range(7))),)
    saturday = datetime(2026, 3, 28, 12, tzinfo=UTC)
    found = [moment for moment, _ in islice(occurrences(habits, "Europe/Berlin", saturday), 2)]
    assert found == [datetime(2026, 3, 29, 10, tzinfo=UTC), datetime(2026, 3, 30, 10, tzinfo=UTC)]
    assert list(occurrences((), "Europe/Berlin", saturday)) == []


INSTANTS = st.integers(0, 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
HABITS = st.lists(
    st.builds(
        Habit,
        st.sampled_from(Doing),
        st.times(),
        st.frozensets(st.integers(0, 6), min_size=1),
    ),
    min_size=1,
    max_size=6,
).map(tuple)


@given(
    HABITS,
    INSTANTS,
    st.sampled_from(["Asia/Tokyo", "Europe/Berlin"]),
)
def test_habits_come_in_order_after_the_moment_and_on_their_days(
    habits: tuple[Habit, ...], after: datetime, zone: str
) -> None:
    found = list(islice(occurrences(habits, zone, after), 20))
    moments = [moment for moment, _ in found]
    # Where the clocks change, two local times may stand for instants in the other order.
    assert all(b >= a - HOUR for a, b in pairwise(moments))
    for moment, habit in found:
        assert moment > after
        assert (moment.astimezone(ZoneInfo(zone)) - timedelta(hours=1)).date().weekday() in habit.days or (
            moment.astimezone(ZoneInfo(zone)).weekday() in habit.days
        )


# --- the file ---

SMALL = """
signed_in = "anna"
[people.anna]
name = "Anna"
address = "Anna@Brightwater.example"
zone = "Europe/Berlin"
[people.ben]
name = "Ben"
address = "ben@brightwater.example"
"""


def test_the_signed_in_person_comes_first_and_addresses_are_casefolded() -> None:
    organisation = read_organisation(SMALL.replace('"anna"', '"ben"', 1), "small.toml")
    assert [member.key for member in organisation.members] == ["ben", "anna"]
    assert organisation.members[1].address == "anna@brightwater.example"


def test_a_file_is_read_from_anywhere(home: object, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("organisation") / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    assert load_organisation(path).me.profile.name == "Anna"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("colour = 1", 'small.toml:10: "colour" is no key of a person'),
        ('zone = "Europe/Berlyn"', 'did you mean "Europe/Berlin"?'),
        ('contacts = ["cara"]', "no person of this scenario"),
        ('contacts = ["ben"]', "this is the same person"),
        ('gives = { anna = "Colleague" }', 'did you mean "Colleagues"?'),
        ('gives = { cara = "Colleagues" }', "no person of this scenario"),
        ('groups = { Team = ["cara"] }', "no person of this scenario"),
        ('aliases = ["anna@brightwater.example"]', "belongs to anna"),
        ('aliases = ["ben"]', "an address is needed here"),
        ('signed_in = ["08:00"]', "two times are needed here"),
        ('calendar_fails = "busy"', "no problem"),
        ('check_interval = "0s"', "a duration is more than nothing"),
        ('[[people.ben.items]]\nsubject = "x"\nstart = "9"\nend = "10:00"', "a time of day is needed here"),
        ('[[people.ben.items]]\nstart = "09:00"\nend = "10:00"', "an item needs subject"),
        ('[[people.ben.items]]\nsubject = "x"', "an item needs start"),
        ('[[people.ben.items]]\nsubject = "x"\nall_day = true\ndays = "Monday"', 'did you mean "Mon"?'),
        ('[[people.ben.habits]]\nat = "09:00"\ndo = "set_status"', "a habit needs status"),
        ('[[people.ben.habits]]\nat = "09:00"\ndo = "locks"', 'did you mean "lock"?'),
    ],
)
def test_a_mistake_in_the_file_is_told_with_its_line_and_what_would_be_right(more: str, said: str) -> None:
    with pytest.raises(WrongOrganisationError) as caught:
        read_organisation(SMALL + more + "\n", "small.toml")
    assert said in str(caught.value)
    assert all(mistake.line >= 7 for mistake in caught.value.mistakes)


def test_one_mistake_does_not_hide_another() -> None:
    with pytest.raises(WrongOrganisationError) as caught:
        read_organisation(SMALL.replace('name = "Ben"\n', "") + "colour = 1\nzone = 3\n", "small.toml")
    assert len(caught.value.mistakes) == 3


def test_what_is_no_toml_is_told_as_such() -> None:
    with pytest.raises(WrongOrganisationError, match=r"small\.toml"):
        read_organisation("signed_in = ", "small.toml")


# --- the mailboxes ---


def a_member(sample: Organisation, key: str) -> Member:
    return next(member for member in sample.members if member.key == key)


ITEMS = st.builds(
    lambda start, minutes, **more: Item(start, start + timedelta(minutes=minutes), **more),
    INSTANTS,
    st.integers(0, 3000),
    show_as=st.sampled_from(ShowAs),
    kind=st.sampled_from(Kind),
    subject=st.text(),
    location=st.text(),
    private=st.booleans(),
    all_day=st.booleans(),
    cancelled=st.booleans(),
    response=st.sampled_from(Response),
)


@given(ITEMS)
def test_an_item_that_is_put_into_exchange_reads_back_as_it_was(item: Item) -> None:
    read = item_of(Shown(replace(entry_of(item, "Asia/Tokyo"), key="k", version=7)))
    assert replace(read, id="", change_key="") == item
    assert (read.id, read.change_key) == ("k", "7")


def test_one_occurrence_is_changed_and_removed_and_the_others_stay(sample: Organisation) -> None:
    monday = date(2026, 3, 2)
    exchange = inhabited(sample, monday)
    address = sample.me.address

    def standups() -> list[tuple[str, str]]:
        start = datetime.combine(monday, time(), BERLIN)
        items = items_between(exchange, address, start, start + timedelta(days=3))
        return [
            (f"{item.start.astimezone(BERLIN):%a %H:%M}", item.subject)
            for item in items
            if "tand-up" in item.subject
        ]

    first, second, _ = [
        item
        for item in items_between(
            exchange, address, datetime(2026, 3, 2, tzinfo=BERLIN), datetime(2026, 3, 5, tzinfo=BERLIN)
        )
        if item.subject == "Stand-up"
    ]
    later = replace(first, start=first.start + HOUR, end=first.end + HOUR, subject="Late stand-up")
    change_item(exchange, address, first.id, later)
    assert standups() == [
        ("Mon 10:30", "Late stand-up"),
        ("Tue 09:30", "Stand-up"),
        ("Wed 09:30", "Stand-up"),
    ]
    change_item(exchange, address, first.id, first)
    assert standups()[0] == ("Mon 09:30", "Stand-up")
    remove_item(exchange, address, second.id)
    assert standups() == [("Mon 09:30", "Stand-up"), ("Wed 09:30", "Stand-up")]
    for gone in (second.id, "nothing", f"{first.id}0"):
        with pytest.raises(KeyError):
            remove_item(exchange, address, gone)
        with pytest.raises(KeyError):
            change_item(exchange, address, gone, first)


def test_a_single_item_is_added_changed_and_removed(sample: Organisation) -> None:
    exchange = inhabited(sample, date(2026, 3, 2))
    address = sample.me.address
    start = datetime(2026, 3, 2, 20, tzinfo=UTC)
    add_item(exchange, address, Item(start, start + HOUR, subject="Evening"), "Europe/Berlin")

    def evening() -> list[Item]:
        return [
            item for item in items_between(exchange, address, start, start + HOUR) if "ven" in item.subject
        ]

    (item,) = evening()
    change_item(exchange, address, item.id, replace(item, kind=Kind.MEETING, private=True))
    (changed,) = evening()
    assert (changed.kind, changed.private) == (Kind.MEETING, True)
    assert changed.change_key != item.change_key
    remove_item(exchange, address, item.id)
    assert evening() == []


async def test_each_check_reads_the_mailbox_anew_with_replies_and_working_hours(
    sample: Organisation,
) -> None:
    monday = date(2026, 3, 2)
    exchange = inhabited(sample, monday)
    emily = a_member(sample, "emily")
    calendar = MailboxCalendar(exchange, emily.address)
    start = datetime(2026, 3, 2, tzinfo=UTC)
    window = Window(start, start + 24 * HOUR)
    before = await calendar.fetch(window)
    assert before.out_of_office is not None
    assert before.out_of_office.note == emily.automatic_replies
    assert before.working_hours == emily.working_hours
    add_item(exchange, emily.address, Item(start + HOUR, start + 2 * HOUR, subject="New"), "Europe/London")
    assert "New" not in [item.subject for item in before.items]
    assert "New" in [item.subject for item in (await calendar.fetch(window)).items]
