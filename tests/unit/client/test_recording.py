"""A recorded scenario runs as it is, shows what the client showed, and tells no word of anybody."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyncdesk.client import events as ev
from lyncdesk.client.options import Options, Origin
from lyncdesk.client.problems import OF_CHECKS, Problem
from lyncdesk.client.recording import recording
from lyncdesk.client.recording_calendar import MAXIMUM_ITEMS
from lyncdesk.client.state import State
from lyncdesk.presence.inputs import Machine, OutOfOffice
from lyncdesk.presence.items import Item, Kind, Response, ShowAs
from lyncdesk.presence.states import ManualStatus
from lyncdesk.simulation.run import Run
from lyncdesk.simulation.scenario import Scenario
from lyncdesk.simulation.scenario_calendars import memory_calendars
from lyncdesk.simulation.scenario_file import read
from lyncdesk.simulation.scenario_report import TextReport
from tests.unit.client.driving import ACCOUNT, PROFILE, Driven, meeting, running
from tests.unit.strategies import MINUTE, NOW, ZONES, at

TICK = timedelta(microseconds=1)
MARKERS = ("Planted-Subject", "Planted-Place", "Planted-Note", "Anna", "litware", "Planted-Device")


def played(state: State, now: datetime) -> Scenario:
    """The recorded scenario, which holds."""
    text = recording(state, now)
    assert not [marker for marker in MARKERS if marker in text]
    scenario = read(text, "recorded.toml")
    out = io.StringIO()
    with memory_calendars() as calendars:
        failed = Run(scenario, calendars, TextReport(out)).run()
    assert not failed, f"{text}\n{out.getvalue()}"
    return scenario


def expected(client: Driven) -> dict[str, object]:
    """What the recorded scenario, which holds, expects."""
    [one] = played(client.state, client.now).expectations
    return {check.key: check.expected for check in one.checks}


# Lengths of time that end a hair before, at and after whole seconds and minutes.
HAIRS = st.sampled_from([timedelta(), TICK, -TICK, timedelta(milliseconds=500)])
LENGTHS = st.builds(
    lambda minutes, hair: max(minutes * MINUTE + hair, timedelta()), st.integers(0, 45), HAIRS
)


@st.composite
def items(draw: st.DrawFn) -> Item:
    """An item near NOW, at uneven times as well, with markers in its words."""
    start = at(5 * draw(st.integers(-30, 30))) + draw(HAIRS)
    length = max(5 * draw(st.integers(0, 24)) * MINUTE + draw(HAIRS), timedelta())
    item = Item(
        start,
        start + length,
        draw(st.sampled_from([ShowAs.BUSY, *ShowAs])),
        draw(st.sampled_from(Kind)),
        "Planted-Subject",
        "Planted-Place",
        draw(st.booleans()),
        response=draw(st.sampled_from([Response.ACCEPTED, *Response])),
        cancelled=draw(st.sampled_from([False, False, True])),
        id=str(draw(st.integers())),
    )
    if draw(st.integers(0, 5)):
        return item
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))  # whole days of this zone or another
    day = NOW.date() + draw(st.integers(-1, 1)) * timedelta(days=1)
    begin = datetime.combine(day, time(), zone).astimezone(UTC)
    return replace(item, start=begin, end=begin + timedelta(days=1), all_day=True)


REPLIES = st.builds(
    OutOfOffice, st.just("Planted-Note"), st.none() | LENGTHS.map(lambda n: NOW + n - 20 * MINUTE)
)
EVENTS = st.one_of(
    st.sampled_from(
        [
            ev.CheckNow(),
            ev.ResetStatus(),
            ev.Jolted("woke"),
            ev.PasswordEntered(),
            ev.SignOut(),
            ev.SignIn(),
            ev.SignIn(),
            ev.NoteWritten("Planted-Note"),
            ev.ProblemFound(Problem.of("keyring-missing", code="Planted-Note")),
        ]
    ),
    st.builds(
        ev.SetStatus,
        st.sampled_from(ManualStatus),
        st.none() | LENGTHS.map(lambda n: NOW + 2 * n),
        st.just("Planted-Device"),
    ),
    st.builds(
        lambda name, idle, locked, asleep: ev.MachineChanged(
            Machine(name, NOW + idle - 20 * MINUTE if idle else None, locked, asleep)
        ),
        st.sampled_from(["desk", "laptop"]),
        st.none() | LENGTHS,
        st.booleans(),
        st.sampled_from([False, False, True]),
    ),
)
ANSWERS = st.one_of(
    st.none(),  # it is still under way
    st.sampled_from(OF_CHECKS[:-1]),
    st.tuples(st.lists(items(), max_size=6).map(tuple), st.none() | REPLIES),
    st.tuples(st.lists(items(), max_size=6).map(tuple), st.none() | REPLIES),
)
CHOSEN = st.fixed_dictionaries(
    {
        "update_presence": st.sampled_from([True, True, True, False]),
        "calendar_allowed": st.sampled_from([True, True, True, False]),
        "allow_check_now": st.booleans(),
        "inactive_after": st.sampled_from([5 * MINUTE, 7.5 * MINUTE]),
        "away_after": st.sampled_from([5 * MINUTE, 11 * MINUTE]),
        "meeting_while_away": st.booleans(),
        "ignore_all_day": st.booleans(),
        "interval": st.sampled_from([MINUTE, 5 * MINUTE, 30 * MINUTE]),
        "manual_expiry": st.sampled_from([15 * MINUTE, timedelta(hours=24)]),
        "note": st.just("Planted-Note"),
        "origins": st.sampled_from([{}, {"interval": Origin.POLICY, "inactive_after": Origin.POLICY}]),
    }
)


Day = list[tuple[timedelta, "ev.Event | None", Any]]
FIRST = st.tuples(st.just(timedelta()), st.none(), ANSWERS)
DAYS = st.builds(
    lambda first, rest: [first, *rest],
    FIRST,
    st.lists(st.tuples(LENGTHS, st.none() | EVENTS, ANSWERS), max_size=8),
)


def lived(zone: str, options: Options, day: Day) -> Driven:
    """A client that lived through all this: waiting, an event, what a check in flight ended with."""
    client = Driven(State(replace(PROFILE, zone=zone), options)).signed_in()
    for pause, event, answer in day:
        client.until((client.now + pause - NOW) / MINUTE)
        if event is not None:
            client.do(event)
        if answer is None or not client.in_flight:
            continue
        if isinstance(answer, str):
            client.fail(answer)
        else:
            found, replies = answer
            known = not any(item.kind is Kind.UNKNOWN and not item.private for item in found)
            client.answer(*found, out_of_office=replies, details=known)
    return client


@given(st.sampled_from(ZONES), CHOSEN, DAYS, LENGTHS)
def test_whatever_happened_the_recorded_scenario_holds_and_tells_no_word(
    zone: str, chosen: dict[str, Any], day: Day, after: timedelta
) -> None:
    client = lived(zone, Options(account=ACCOUNT, **chosen), day)
    client.until((client.now + after - NOW) / MINUTE)
    found = expected(client)
    assert found["shows"] == client.text


def test_a_meeting_that_runs_and_when_the_calendar_was_read() -> None:
    client = running(meeting(-5, 60, "Planted-Subject", location="Planted-Place")).until(7)
    assert expected(client) == {
        "shows": "In a meeting",
        "availability": 6500,
        "activity": "in-a-meeting",
        "out_of_office": False,
        "checked": NOW,
        "stale": False,
        "reset_waiting": False,
        "problem": "",
    }


def test_a_failure_beside_old_data() -> None:
    client = running(meeting(-5, 120)).until(30)
    client.fail("timed-out")
    client.until(61)  # the retries are not answered
    found = expected(client)
    assert (found["problem"], found["stale"], found["checked"]) == ("timed-out", True, NOW)


def test_a_check_that_may_not_be_asked_for_fails_all_the_same() -> None:
    client = running(meeting(-5, 120), allow_check_now=False).until(30)
    client.fail("refused-password")
    assert expected(client)["problem"] == "refused-password"


def test_a_status_by_hand_a_computer_left_alone_and_automatic_replies() -> None:
    client = Driven(inactive_after=6 * MINUTE).signed_in()
    client.answer(out_of_office=OutOfOffice("Planted-Note"))
    client.do(ev.SetStatus(ManualStatus.BUSY, at(90)))
    client.until(1).machine(idle_since=client.now)
    client.until(8)
    found = expected(client)
    assert (found["availability"], found["shows"], found["out_of_office"]) == (7500, client.text, True)
    text = recording(client.state, client.now)
    assert "IdleThreshold = 6" in text.partition("[policy.recommended]")[2]
    assert 'status = "Busy"\nfor = "5400s"' in text


def test_reset_status_waits_in_the_scenario_as_well() -> None:
    client = running(meeting(-5, 60))
    client.do(ev.SetStatus(ManualStatus.DO_NOT_DISTURB))
    client.do(ev.ResetStatus())
    assert expected(client)["reset_waiting"] is True


def test_what_the_language_has_no_word_for_is_named_where_it_is_left_out() -> None:
    late = Driven().signed_in()
    late.do(ev.ProblemFound(Problem.of("keyring-missing")))
    assert "checked" not in expected(late)
    for words in ("a check was under way or due", "the problems keyring-missing"):
        assert f"# Left out: {words}" in recording(late.state, late.now).replace(
            "when the calendar was read, because ", ""
        )
    unknown = running(meeting(0, 60, show_as=ShowAs.NO_DATA))
    expected(unknown)
    assert "[[people.me.items]]" not in recording(unknown.state, unknown.now)
    assert "# Left out: an item whose Show As" in recording(unknown.state, unknown.now)


def test_only_the_day_is_told_and_of_a_very_full_one_what_runs_first() -> None:
    yesterday, tomorrow = meeting(-1440, -1400), meeting(1440, 1500)
    many = [meeting(n, n + 1, id=str(n)) for n in range(-400, 700)]
    client = running(yesterday, tomorrow, *many, meeting(-30, 30, id="x"))
    [me] = played(client.state, client.now).people
    assert len(me.items) == MAXIMUM_ITEMS
    assert sum(item.runs_at(client.now) for item in me.items) == 2
    assert all(at(-1440) < item.start < at(1440) for item in me.items)


def test_an_unknown_zone_and_a_time_that_comes_twice() -> None:
    client = running(meeting(-5, 60))
    lost = replace(client.state, profile=replace(PROFILE, zone="Mars/Olympus"))
    played(lost, client.now)
    autumn = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # 2:30 in Berlin, for the second time
    shift = autumn - NOW
    moved = replace(
        client.state.calendar, items=(meeting(shift / MINUTE - 30, shift / MINUTE + 5),), as_of=autumn
    )
    text = recording(replace(client.state, calendar=moved), autumn)
    assert "2026-10-25T02:30:00+01:00" in text
    played(replace(client.state, calendar=moved), autumn)


@pytest.mark.parametrize("hair", [-TICK, timedelta(), TICK, timedelta(milliseconds=999)])
@pytest.mark.parametrize("edge", ["start", "end", "until", "stale", "idle"])
def test_a_hair_before_and_after_a_moment_tells_the_same_as_the_client(edge: str, hair: timedelta) -> None:
    """Whole seconds must not turn what is to come into what is, and the other way round."""
    moment = NOW + 65 * MINUTE + timedelta(milliseconds=300)
    client = Driven().signed_in()
    match edge:
        case "start":
            client.answer(replace(meeting(0, 120), start=moment))
        case "end":
            client.answer(replace(meeting(-5, 120), end=moment))
        case "stale":
            client.answer(meeting(-5, 120))
        case _:
            client.answer()
    if edge == "until":
        client.do(ev.SetStatus(ManualStatus.BUSY, moment))
    if edge == "idle":
        client.machine(idle_since=moment - 10 * MINUTE)
    client.until(29)
    client.do(ev.CheckNow())
    if edge == "stale":  # failed: stale after the interval and half an hour
        client.fail("server-error")
        moment = NOW + 60 * MINUTE
    else:
        client.answer(*client.state.calendar.items)
        client.until(59)
        client.answer(*client.state.calendar.items)
    client.now = moment + hair
    client.do(ev.Tick())
    found = expected(client)
    if edge == "stale":
        assert found["stale"] is (hair > timedelta())
    else:
        over = hair >= timedelta()
        before, after = {
            "start": ("Available", "In a meeting"),
            "end": ("In a meeting", "Available"),
            "until": ("Busy", "Available"),
            "idle": ("Inactive", "Away"),
        }[edge]
        assert found["shows"] == (after if over else before)


def test_a_status_that_a_new_policy_would_have_ended_is_still_shown() -> None:
    client = running()
    client.do(ev.SetStatus(ManualStatus.BUSY))
    client.choose(manual_expiry=15 * MINUTE, origins={"manual_expiry": Origin.POLICY})
    client.until(29)
    assert expected(client)["shows"] == "Busy"
    assert 'ManualStatusExpiry = "00:15:00"' in recording(client.state, client.now)
