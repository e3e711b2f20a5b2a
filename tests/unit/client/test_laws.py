"""The laws of the engine under any order of events and any times."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from lyncdesk.client import effects as ef
from lyncdesk.client import events as ev
from lyncdesk.client import views
from lyncdesk.client.checks import retry_delay
from lyncdesk.client.effects import Effects
from lyncdesk.client.engine import decision, next_wake
from lyncdesk.client.options import Options
from lyncdesk.client.ports import CalendarAnswer
from lyncdesk.client.problems import Problem, Retry
from lyncdesk.client.publish import publication
from lyncdesk.client.state import Health, State
from lyncdesk.client.words import Words
from lyncdesk.presence.inputs import Machine, OutOfOffice
from lyncdesk.presence.items import Item
from lyncdesk.presence.publication import Profile, Publication, Seen
from lyncdesk.presence.states import ManualStatus, Presence
from tests.unit.client.driving import ACCOUNT, PROFILE
from tests.unit.client.law_machine import LawMachine
from tests.unit.strategies import ITEMS, MACHINES, MINUTE, NOW, OPTIONS, PARTS

TICK = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)
HERE: list[ev.Event] = [
    ev.CheckNow(),
    ev.ResetStatus(),
    ev.Jolted("woke"),
    ev.PasswordEntered(),
    ev.SignIn(),
    ev.SignOut(),
    ev.Tick(),
    ev.NoteWritten("In the lab"),
]


def looks(state: State, now: datetime) -> tuple[object, ...]:
    """What can be seen of a State and carries no age: nothing of it may change before ``next_wake``."""
    told: Publication = replace(publication(state, now), published_at=None)
    return told, decision(state, now), views.tray(state, now, Words()).indicator


class Engine(LawMachine):
    """One client; ``flying`` are the checks that were sent and not yet answered."""

    def __init__(self) -> None:
        super().__init__(State(PROFILE, Options(account=ACCOUNT)))
        self.flying: list[ef.FetchCalendar] = []
        self.revision = 0
        self.refused = False
        self.back_off_until: datetime | None = None
        self.failed_at: datetime | None = None
        self.asked = False  # an event that checks at once came since the last failure

    def apply(self, event: ev.Event) -> Effects:
        before = self.state
        effects = super().apply(event)
        for effect in effects:
            match effect:
                case ef.FetchCalendar():
                    self.sent(effect)
                case ef.Publish(told):
                    assert told.revision > self.revision
                    self.revision = told.revision
                    self.published(told)
        if not self.state.calendar.as_of and before.calendar.as_of:
            assert isinstance(event, ev.SignOut | ev.OptionsChanged)
        self.nothing_rests_on_a_state_of_before()
        return effects

    def nothing_rests_on_a_state_of_before(self) -> None:
        """What is published and noted after an event is what the State that it left decides."""
        state, decided = self.state, decision(self.state, self.now)
        noted = state.trail[-1].decision
        assert (noted.presence, noted.reasons, noted.item) == (
            decided.presence,
            decided.reasons,
            decided.item,
        )
        if state.signed_in and state.published is not None:
            told = replace(publication(state, self.now), revision=0, published_at=None)
            assert told == replace(state.published, revision=0, published_at=None)

    def sent(self, fetch: ef.FetchCalendar) -> None:
        assert self.state.signed_in
        assert self.state.options.calendar_in_use
        assert not self.flying, "two checks in flight"
        assert not self.refused, "a refused password was used again"
        assert self.back_off_until is None or self.now >= self.back_off_until
        if self.failed_at is not None and not self.asked:
            wait = min(MINUTE, retry_delay(1))
            assert self.now >= self.failed_at + wait
        assert fetch.started == self.now
        self.flying.append(fetch)

    def published(self, told: Publication) -> None:
        if not self.state.options.calendar_in_use:
            assert told.item is None
            assert told.busy == ()
            assert told.calendar_as_of is None

    @initialize(signed_in=st.booleans())
    def begin(self, signed_in: bool) -> None:
        if signed_in:
            self.apply(ev.SignIn())

    @rule(event=st.sampled_from(HERE))
    def happens(self, event: ev.Event) -> None:
        if isinstance(event, ev.PasswordEntered) or (
            isinstance(event, ev.SignIn) and not self.state.signed_in
        ):
            self.refused = False
        if isinstance(event, ev.CheckNow | ev.Jolted | ev.SignIn | ev.PasswordEntered):
            self.asked = True
        self.apply(event)

    @rule(status=st.sampled_from(ManualStatus), minutes=st.none() | st.integers(1, 60))
    def picks(self, status: ManualStatus, minutes: int | None) -> None:
        self.apply(ev.SetStatus(status, self.now + minutes * MINUTE if minutes is not None else None))

    @rule(options=OPTIONS, other=st.sampled_from([False, False, False, True]))
    def chooses(self, options: Options, other: bool) -> None:
        account = replace(ACCOUNT, user_name="anna") if other else ACCOUNT
        if account != self.state.options.account:
            self.refused, self.back_off_until, self.asked = False, None, True
        if options.calendar_in_use and not self.state.options.calendar_in_use:
            self.asked = True
        self.apply(ev.OptionsChanged(replace(options, account=account)))

    @rule(machines=MACHINES)
    def uses(self, machines: tuple[Machine, ...]) -> None:
        for machine in machines:
            since = min(machine.idle_since, self.now) if machine.idle_since is not None else None
            self.apply(ev.MachineChanged(replace(machine, idle_since=since)))

    @precondition(lambda self: self.flying)
    @rule(items=ITEMS, replies=st.none() | st.just(OutOfOffice("Back")))
    def succeeds(self, items: tuple[Item, ...], replies: OutOfOffice | None) -> None:
        fetch, wanted = self.flying.pop(), not self.state.calendar.outdated
        shift = self.now - NOW
        moved = tuple(replace(i, start=i.start + shift, end=i.end + shift) for i in items)
        self.failed_at = None if wanted else self.failed_at
        self.back_off_until = None if wanted else self.back_off_until
        self.apply(ev.CalendarChecked(fetch.started, CalendarAnswer(moved, replies)))
        if wanted:
            assert (self.state.calendar.items, self.state.calendar.as_of) == (moved, fetch.started)
            assert not self.state.reset_waiting

    @precondition(lambda self: self.flying)
    @rule(
        name=st.sampled_from(["timed-out", "server-busy", "no-mailbox", "refused-password"]),
        seconds=st.none() | st.integers(1, 3600),
    )
    def fails(self, name: str, seconds: int | None) -> None:
        fetch, before = self.flying.pop(), self.state
        wanted = not before.calendar.outdated
        same = before.calendar.asked == before.options.account
        problem = Problem.of(name)
        if problem.row.retry is Retry.NEVER and same:
            self.refused = True
        if wanted:
            self.failed_at, self.asked = self.now, before.calendar.check_again
            if seconds is not None:
                self.back_off_until = self.now + seconds * SECOND
        self.apply(ev.CheckFailed(fetch.started, problem, seconds * SECOND if seconds is not None else None))
        assert self.state.calendar.items == before.calendar.items
        assert self.state.calendar.as_of == before.calendar.as_of

    @rule(minutes=st.integers(-60, 0))
    def hears_an_old_answer(self, minutes: int) -> None:
        started = self.now + minutes * MINUTE - TICK
        if self.flying and self.flying[0].started == started:
            return
        before = self.state.calendar
        self.apply(ev.CalendarChecked(started, CalendarAnswer(())))
        assert self.state.calendar.items == before.items

    @precondition(lambda self: next_wake(self.state, self.now) is not None)
    @rule(late=st.integers(0, 3), seen=st.booleans())
    def news_of_others_come_just_when_something_is_due(self, late: int, seen: bool) -> None:
        wake = next_wake(self.state, self.now)
        assert wake is not None
        self.now = wake + late * SECOND
        ben = Profile("ben@litware.example")
        self.apply(ev.ContactSeen(Seen(ben, Presence(3500))) if seen else ev.ContactGone(ben.address))

    @rule(part=PARTS)
    def nothing_changes_before_the_engine_wakes(self, part: float) -> None:
        wake = next_wake(self.state, self.now)
        last = wake - TICK if wake is not None else self.now + timedelta(days=30)
        if wake is None or wake > self.now:
            assert looks(self.state, self.now + part * (last - self.now)) == looks(self.state, self.now)

    @invariant()
    def a_check_is_planned_exactly_while_one_may_be_sent(self) -> None:
        state, planned = self.state, self.state.calendar.next_check
        wanted = state.signed_in and state.options.calendar_in_use and not self.refused
        assert (planned is not None) is wanted
        assert (state.calendar.health is Health.STOPPED) is (
            self.refused and not wanted
        ) or not state.signed_in

    @invariant()
    def the_engine_wakes_for_what_is_planned(self) -> None:
        planned = self.state.calendar.next_check
        machines = self.state.machines
        if planned is not None and not (machines and all(machine.asleep for machine in machines)):
            wake = next_wake(self.state, self.now)
            assert wake is not None
            assert wake <= max(planned, self.now)

    @invariant()
    def the_engine_knows_what_is_in_flight(self) -> None:
        since = self.state.calendar.checking_since
        assert [fetch.started for fetch in self.flying] == ([since] if since is not None else [])

    @invariant()
    def what_was_published_last_is_what_holds(self) -> None:
        last = self.state.published
        assert (last is not None) is self.state.signed_in
        if last is not None:
            now: Any = replace(publication(self.state, self.now), revision=0, published_at=None)
            wake = next_wake(self.state, self.now)
            if wake is None or wake > self.now:
                assert now == replace(last, revision=0, published_at=None)

    @invariant()
    def a_reset_waits_only_for_what_is_planned(self) -> None:
        if self.state.reset_waiting:
            assert self.state.calendar.next_check is not None
            assert not self.state.reset_unplanned


TestEngine = Engine.TestCase
TestEngine.settings = settings(max_examples=30, stateful_step_count=25)
