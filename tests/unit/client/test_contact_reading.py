"""When the contacts' calendars are asked for, as rows and as laws."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from lyncdesk.client import effects as ef
from lyncdesk.client import events as ev
from lyncdesk.client.effects import Effects
from lyncdesk.client.engine import next_wake, step
from lyncdesk.client.options import Account, Options
from lyncdesk.client.ports import CalendarAnswer, ContactsAnswer, ContactsAsked
from lyncdesk.client.problems import Problem, Retry
from lyncdesk.client.reading import contacts_in_use, people_in_use, problems
from lyncdesk.client.state import ContactReading, Health, State
from lyncdesk.presence.publication import Profile, Seen
from lyncdesk.presence.states import BUSY, Presence
from tests.unit.client.driving import ACCOUNT, PROFILE, Driven, options
from tests.unit.client.law_machine import LawMachine
from tests.unit.strategies import MINUTE, NOW, at

BEN = "ben@litware.example"
SECOND = timedelta(seconds=1)


class Reader(Driven):
    """A client that has to ask for its contacts."""

    def __init__(self, **fields: Any) -> None:
        chosen = options(**{"contacts": (BEN,), **fields})
        super().__init__(State(PROFILE, chosen, reading=ContactReading(used=True)))

    @property
    def asked(self) -> list[float]:
        """When the contacts were asked for, in minutes."""
        return [(e.asked.started - NOW) / MINUTE for e in self.effects if isinstance(e, ef.ReadContacts)]

    @property
    def last(self) -> ContactsAsked:
        return [e.asked for e in self.effects if isinstance(e, ef.ReadContacts)][-1]

    def contacts_read(self, **fields: Any) -> None:
        assert self.state.reading.reading_since is not None
        self.do(ev.ContactsRead(self.state.reading.reading_since, ContactsAnswer(1, 0, 1, **fields)))

    def contacts_fail(self, name: str = "timed-out", back_off: timedelta | None = None) -> None:
        assert self.state.reading.reading_since is not None
        self.do(ev.ContactsFailed(self.state.reading.reading_since, Problem.of(name), back_off))

    def day(self, minutes: float) -> Reader:
        """Let time run; whatever is asked is answered at once."""
        end = at(minutes)
        while (wake := next_wake(self.state, self.now)) is not None and wake <= end:
            self.now = wake
            self.do(ev.Tick())
            self.all_answered()
        self.now = end
        return self

    def all_answered(self) -> None:
        if self.in_flight:
            self.answer()
        if self.state.reading.reading_since is not None:
            self.contacts_read()


def reader(**fields: Any) -> Reader:
    """Signed in, everything answered at NOW."""
    made = Reader(**fields)
    made.signed_in()
    made.all_answered()
    return made


def test_contacts_are_read_right_after_each_check_and_once_in_each_interval() -> None:
    client = reader().day(100)
    assert client.sent == [0, 30, 60, 90]
    assert client.asked == [0, 30, 60, 90]


def test_a_read_waits_for_the_check_in_flight() -> None:
    client = Reader()
    client.signed_in()
    assert (client.in_flight, client.asked) == (True, [])
    client.until(2)
    assert client.asked == []
    client.answer()
    assert client.asked == [2]
    assert client.last.next_due_in == timedelta(minutes=28)
    assert client.last.interval == timedelta(minutes=30)


def test_a_clock_set_back_makes_no_old_contacts_fresh_and_no_rest_of_theirs_longer() -> None:
    client = reader().day(29)
    client.until(30)
    client.answer()
    client.contacts_fail("server-busy", timedelta(minutes=3))
    client.now = at(-600)
    client.do(ev.Jolted("clock-jumped"))
    reading = client.state.reading
    assert (reading.as_of, reading.failed_at) == (at(-630), at(-600))
    assert reading.back_off_until == reading.next_read == at(-597)
    client.until(-597)
    client.all_answered()
    assert client.asked[-1] == -597
    assert client.state.reading.as_of == at(-597)


def test_the_window_is_that_of_a_check() -> None:
    client = reader()
    fetch = next(e for e in client.effects if isinstance(e, ef.FetchCalendar))
    assert client.last.window == fetch.window


@pytest.mark.parametrize("problem", ["refused-password", "account-locked", "no-password", "server-address"])
def test_what_stops_the_check_stops_the_contacts(problem: str) -> None:
    client = Reader()
    client.signed_in()
    client.fail(problem)
    client.until(300)
    client.do(ev.CheckNow())
    assert client.asked == []
    client.do(ev.PasswordEntered())
    client.answer()
    assert client.asked == [300]


@pytest.mark.parametrize("problem", ["timed-out", "connection-refused", "server-busy", "certificate-expired"])
def test_a_server_that_does_not_answer_is_not_asked_about_contacts(problem: str) -> None:
    client = Reader()
    client.signed_in()
    client.fail(problem)
    client.until(1)
    assert (client.in_flight, client.asked) == (True, [])
    client.answer()
    assert client.asked == [1]


@pytest.mark.parametrize("problem", ["too-many-items", "access-denied", "no-mailbox", "broken-answer"])
def test_a_failure_of_ones_own_calendar_alone_does_not_keep_the_others_unread(problem: str) -> None:
    client = Reader()
    client.signed_in()
    client.fail(problem)
    assert client.asked == [0]
    client.contacts_read()
    while client.now < at(29):  # the check is tried again and again; the contacts are known
        client.until((client.now - NOW) / MINUTE + 1)
        if client.in_flight:
            client.fail(problem)
    assert client.asked == [0]
    client.until(30)
    if client.in_flight:
        client.fail(problem)
    assert client.asked == [0, 30]


def test_a_servers_wish_told_to_the_check_holds_for_the_contacts() -> None:
    client = Reader()
    client.signed_in()
    client.fail("server-error", back_off=10 * MINUTE)
    client.until(9.9)
    assert client.asked == []
    client.until(10)
    client.answer()
    assert client.asked == [10]


def test_a_servers_wish_told_to_the_contacts_holds_for_the_check() -> None:
    client = Reader()
    client.signed_in()
    client.answer()
    client.contacts_fail("server-busy", back_off=45 * MINUTE)
    client.do(ev.CheckNow())
    client.until(44.9)
    assert (client.sent, client.asked) == ([0], [0])
    client.until(45)
    assert client.sent == [0, 45]


def test_a_failed_read_is_tried_again_as_a_failed_check_is() -> None:
    client = Reader()
    client.signed_in()
    client.answer()
    client.contacts_fail()
    client.until(1)
    client.contacts_fail()
    client.until(3)
    assert client.asked == [0, 1, 3]
    client.contacts_read()
    assert client.state.reading.problem is None
    client.day(30)
    assert client.asked == [0, 1, 3, 30]


def test_one_problem_is_told_for_all_contacts_and_goes_with_the_next_success() -> None:
    client = reader(contacts=(BEN, "eva@litware.example"))
    client.until(30)
    client.answer()
    client.contacts_fail("timed-out")
    [told] = problems(client.state)
    assert told.name == "contacts-not-read"
    assert dict(told.values)["why"] == Problem.of("timed-out").title
    client.until(31)
    client.contacts_read()
    assert problems(client.state) == ()


def test_a_password_refused_to_the_contacts_stops_the_check_as_well() -> None:
    client = reader()
    client.until(30)
    client.answer()
    client.contacts_fail("refused-password")
    assert client.state.calendar.health is Health.STOPPED
    assert [problem.name for problem in problems(client.state)] == ["refused-password"]
    client.until(300)
    assert (client.sent, client.asked) == ([0, 30], [0, 30])
    client.do(ev.PasswordEntered())
    client.answer()
    assert (client.sent, client.asked) == ([0, 30, 300], [0, 30, 300])


def test_a_refused_password_stays_refused_when_the_calendar_is_switched_off() -> None:
    client = Reader()
    client.signed_in()
    client.fail("refused-password")
    client.choose(update_presence=False)
    client.until(100)
    assert client.asked == []
    assert [problem.name for problem in problems(client.state)] == ["refused-password"]
    client.do(ev.PasswordEntered())
    assert client.asked == [100]
    assert problems(client.state) == ()


def test_a_password_refused_to_the_contacts_is_not_used_when_the_calendar_is_switched_on() -> None:
    client = Reader(update_presence=False)
    client.signed_in()
    client.contacts_fail("refused-password")
    client.choose(update_presence=True)
    client.until(100)
    assert client.sent == []
    assert [problem.name for problem in problems(client.state)] == ["refused-password"]
    client.do(ev.PasswordEntered())
    assert client.sent == [100]


@pytest.mark.parametrize("update", [True, False])
def test_a_refusal_that_comes_after_a_change_of_account_and_back_holds_for_contacts(update: bool) -> None:
    client = Reader()
    client.signed_in()
    for account in (replace(ACCOUNT, user_name="anna"), ACCOUNT):
        client.do(
            ev.OptionsChanged(replace(options(contacts=(BEN,), update_presence=update), account=account))
        )
    client.fail("refused-password")
    client.until(120)
    assert client.asked == []
    assert not client.in_flight


def test_a_refusal_of_contacts_that_comes_after_a_change_of_account_and_back_holds() -> None:
    client = Reader(update_presence=False)
    client.signed_in()
    for account in (replace(ACCOUNT, user_name="anna"), ACCOUNT):
        client.choose(account=account)
    client.contacts_fail("refused-password")
    client.until(120)
    assert client.asked == [0]
    assert [problem.name for problem in problems(client.state)] == ["refused-password"]


def test_a_refusal_of_the_password_before_says_nothing_of_one_that_was_entered_since() -> None:
    client = Reader(update_presence=False)
    client.signed_in()
    client.until(1)
    client.do(ev.PasswordEntered())
    client.contacts_fail("refused-password")
    assert client.asked == [0, 1]
    assert problems(client.state) == ()


def test_a_password_that_is_entered_while_all_is_well_sends_nothing() -> None:
    client = reader(update_presence=False)
    client.until(5)
    client.do(ev.PasswordEntered())
    assert client.asked == [0]
    client.day(30)
    assert client.asked == [0, 30]


def test_contacts_are_read_while_ones_own_calendar_is_not_used_for_presence() -> None:
    client = reader(update_presence=False).day(70)
    assert (client.sent, client.asked) == ([], [0, 30, 60])


def test_who_uses_no_exchange_reads_nobody_and_nobody_s_calendar_stays_known() -> None:
    client = reader()
    client.do(ev.ContactSeen(Seen(Profile(BEN, "Ben"), Presence(BUSY))))
    effects = client.choose(use_exchange=False)
    assert ef.ForgetContacts() in effects
    assert client.state.contacts[BEN].presence.text == "Presence unknown"
    assert client.state.contacts[BEN].profile.name == "Ben"
    client.day(100)
    assert client.asked == [0]
    client.choose(use_exchange=True)
    client.all_answered()
    assert client.asked == [0, 100]


def test_another_account_forgets_and_reads_at_once() -> None:
    client = reader()
    client.until(7)
    client.do(ev.ContactSeen(Seen(Profile(BEN, "Ben"), Presence(BUSY))))
    effects = client.choose(account=replace(ACCOUNT, server="https://other.litware.example"))
    assert ef.ForgetContacts() in effects
    assert client.state.contacts[BEN].presence.text == "Presence unknown"
    client.all_answered()
    assert client.asked == [0, 7]


def test_what_another_account_answers_late_counts_for_nothing() -> None:
    client = Reader()
    client.signed_in()
    client.answer()
    started = client.state.reading.reading_since
    assert started is not None
    client.choose(account=replace(ACCOUNT, user_name="anna"))
    client.answer()
    assert client.asked == [0]  # reads never overlap
    client.do(ev.ContactsFailed(started, Problem.of("refused-password")))
    assert client.state.reading.problem is None
    assert client.asked == [0, 0]


def test_with_the_first_contact_it_is_read_at_once_what_others_may_see() -> None:
    client = reader(contacts=())
    client.until(10)
    client.choose(contacts=(BEN,))
    assert client.asked == [0, 10]
    assert client.last.rights
    client.contacts_read()
    client.choose(contacts=(BEN, "eva@litware.example"))
    client.day(31)
    assert client.asked == [0, 10, 30]
    assert not client.last.rights


def test_who_one_is_is_asked_once_also_by_one_without_contacts() -> None:
    client = Reader(contacts=())
    client.signed_in()
    assert client.asked == []  # not before the check: it is the one that meets a refused password
    client.answer()
    assert client.last.rights
    client.contacts_read(me=Profile(PROFILE.address, "Anna K. Keller", zone=""))
    assert client.state.profile.name == "Anna K. Keller"
    client.day(100)
    assert (client.asked, client.sent) == ([0], [0, 30, 60, 90])
    assert client.state.reading.next_read is None
    client.choose(account=replace(ACCOUNT, server="https://other.litware.example"))
    client.all_answered()
    client.day(200)
    assert client.asked == [0, 100]


def test_other_options_do_not_keep_one_without_contacts_from_being_named() -> None:
    client = Reader(contacts=())
    client.signed_in()
    client.choose(interval=timedelta(minutes=60))
    client.answer()
    client.choose(interval=timedelta(minutes=30))
    client.contacts_read(me=Profile(PROFILE.address, "Anna K. Keller", zone=""))
    assert (client.asked, client.state.profile.name) == ([0], "Anna K. Keller")


def test_permissions_that_are_wanted_during_a_read_are_asked_for_right_after_it() -> None:
    client = reader()
    for _ in range(2):
        client.do(ev.CheckNow())
        client.answer()
    client.contacts_read()
    assert (client.asked, client.last.rights) == ([0, 0, 0], True)
    assert client.state.reading.reading_since is not None


def test_a_password_refused_to_one_without_contacts_and_calendar_is_told_and_not_used_again() -> None:
    client = Reader(contacts=(), update_presence=False)
    client.signed_in()
    client.contacts_fail("refused-password")
    assert [problem.name for problem in problems(client.state)] == ["refused-password"]
    client.day(100)
    assert client.asked == [0]
    client.do(ev.PasswordEntered())
    assert client.asked == [0, 100]


def test_who_has_no_contacts_is_not_told_that_they_could_not_be_read() -> None:
    client = Reader(contacts=())
    client.signed_in()
    client.answer()
    client.contacts_fail("timed-out")
    assert problems(client.state) == ()
    client.until(1)
    assert client.asked == [0, 1]


@pytest.mark.parametrize(
    ("problem", "rights"),
    [("timed-out", True), ("server-busy", True), ("access-denied", False), ("server-error", False)],
)
def test_permissions_that_could_not_be_read_for_a_while_are_asked_for_with_the_next_read(
    problem: str, rights: bool
) -> None:
    client = Reader()
    client.signed_in()
    client.answer()
    client.contacts_read(rights_problem=Problem.of(problem))
    client.until(30)
    client.answer()
    assert (client.asked, client.last.rights) == ([0, 30], rights)


def test_what_a_failed_read_did_not_bring_is_asked_for_again() -> None:
    client = reader()
    client.do(ev.CheckNow())
    client.answer()
    assert client.last.rights
    client.contacts_fail()
    client.until(1)
    assert client.last.rights
    client.contacts_read()
    client.until(30)
    client.answer()
    assert not client.last.rights


def test_a_server_that_is_busy_beside_the_calendars_is_left_alone_by_everybody() -> None:
    client = Reader()
    client.signed_in()
    client.answer()
    client.contacts_read(back_off=45 * MINUTE)
    assert client.state.reading.as_of == NOW
    assert problems(client.state) == ()
    client.do(ev.CheckNow())
    client.until(44.9)
    assert (client.sent, client.asked) == ([0], [0])
    client.until(45)
    client.answer()
    assert (client.sent, client.asked) == ([0, 45], [0, 45])
    assert client.last.rights


def test_the_wish_of_a_busy_server_holds_also_while_ones_own_calendar_is_not_used() -> None:
    client = Reader(update_presence=False)
    client.signed_in()
    client.contacts_read(back_off=45 * MINUTE)
    client.do(ev.CheckNow())
    client.day(70)
    assert client.asked == [0, 45, 60]


def test_the_wish_of_a_busy_server_holds_in_the_rhythm_and_what_it_did_not_tell_is_asked_for_then() -> None:
    client = Reader(update_presence=False)
    client.signed_in()
    client.contacts_read(back_off=45 * MINUTE)
    client.day(44.9)
    assert client.asked == [0]
    client.until(45)
    assert (client.asked, client.last.rights) == ([0, 45], True)
    client.contacts_read()
    assert client.state.reading.requests == 2


def test_the_wish_of_a_busy_server_holds_for_who_signs_out_and_in() -> None:
    client = Reader(update_presence=False)
    client.signed_in()
    client.contacts_read(back_off=45 * MINUTE)
    client.do(ev.SignOut())
    client.do(ev.SignIn())
    client.day(46)
    assert client.asked == [0, 45]


@pytest.mark.parametrize("update", [True, False])
def test_the_wish_of_a_busy_server_holds_under_a_new_interval(update: bool) -> None:
    client = Reader(interval=MINUTE, update_presence=update)
    client.signed_in()
    if update:
        client.answer()
    client.contacts_read(back_off=45 * MINUTE)
    client.until(10)
    client.choose(interval=5 * MINUTE)
    client.day(47)
    assert (client.sent, client.asked) == ([0, 45] if update else [], [0, 45])


def test_with_each_jolt_it_is_reckoned_anew_how_old_is_what_is_known_of_contacts() -> None:
    client = reader()
    assert client.do(ev.Jolted("clock-jumped"))[0] == ef.ReckonContacts()
    alone = Driven(contacts=(BEN,)).signed_in()
    assert ef.ReckonContacts() not in alone.do(ev.Jolted("clock-jumped"))


def test_the_address_book_says_who_one_is_oneself() -> None:
    client = Reader()
    client.signed_in()
    client.answer()
    started = client.state.reading.reading_since
    assert started is not None
    me = Profile("anna.keller@litware.example", "Anna K. Keller", "Manager", zone="")
    client.do(ev.ContactsRead(started, ContactsAnswer(1, me=me)))
    told = client.state.profile
    assert (told.name, told.title) == ("Anna K. Keller", "Manager")
    assert (told.address, told.zone) == (PROFILE.address, PROFILE.zone)


def test_nobody_on_the_list_nothing_to_read() -> None:
    client = reader()
    client.choose(contacts=())
    assert (client.state.reading.next_read, client.state.reading.as_of) == (None, None)
    client.day(100)
    assert client.asked == [0]


def test_nothing_is_read_asleep_or_signed_out() -> None:
    client = reader()
    client.machine(asleep=True)
    client.day(100)
    assert client.asked == [0]
    client.machine(asleep=False)
    client.all_answered()
    assert client.asked == [0, 100]
    client.do(ev.SignOut())
    client.day(300)
    assert client.asked == [0, 100]


def test_check_now_and_waking_read_the_contacts_too() -> None:
    client = reader().day(5)
    client.do(ev.CheckNow())
    client.all_answered()
    client.day(10)
    client.do(ev.Jolted("woke"))
    client.all_answered()
    client.day(40)
    assert client.asked == [0, 5, 10, 40]


def test_a_new_interval_holds_from_the_last_anchor() -> None:
    client = reader().day(10)
    client.choose(interval=timedelta(minutes=60))
    client.day(70)
    assert client.asked == [0, 60]


def test_a_client_of_a_pool_that_tells_by_itself_asks_for_nobody() -> None:
    client = Driven(contacts=(BEN,)).signed_in()
    client.answer()
    client.until(100)
    assert not [e for e in client.effects if isinstance(e, ef.ReadContacts)]


class Laws(LawMachine):
    """Checks and reads in any order of everything that can happen."""

    def __init__(self) -> None:
        chosen = Options(account=ACCOUNT, contacts=(BEN,))
        super().__init__(State(PROFILE, chosen, reading=ContactReading(used=True)))
        self.checks: list[datetime] = []
        self.reads: list[datetime] = []
        self.sent: list[datetime] = []
        self.refused = False
        self.peace: datetime | None = None

    def apply(self, event: ev.Event) -> Effects:
        effects = super().apply(event)
        for effect in effects:
            match effect:
                case ef.FetchCalendar():
                    assert not self.checks
                    assert not self.refused
                    self.checks.append(effect.started)
                case ef.ReadContacts(asked):
                    self.read(asked)
        return effects

    def read(self, asked: ContactsAsked) -> None:
        assert self.state.signed_in
        assert self.state.options.use_exchange
        assert self.state.options.contacts or asked.rights
        assert not self.reads, "two reads in flight"
        assert not self.checks, "a read beside a check"
        assert not self.refused, "a refused password was used again"
        assert self.peace is None or self.now >= self.peace, "the server wants peace"
        assert asked.started == self.now
        self.reads.append(asked.started)
        self.sent.append(asked.started)

    @initialize()
    def begin(self) -> None:
        self.apply(ev.SignIn())

    @rule(event=st.sampled_from([ev.CheckNow(), ev.Jolted("woke"), ev.SignIn(), ev.SignOut(), ev.Tick()]))
    def happens(self, event: ev.Event) -> None:
        if isinstance(event, ev.SignIn) and not self.state.signed_in:
            self.refused = False  # an act of the person; what the gate knows is another matter
        self.apply(event)

    @rule()
    def enters_a_password(self) -> None:
        self.refused = False
        self.apply(ev.PasswordEntered())

    @rule(
        contacts=st.sampled_from([(), (BEN,), (BEN, "eva@litware.example")]),
        update=st.booleans(),
        use=st.sampled_from([True, True, False]),
        minutes=st.sampled_from([1, 30, 60]),
        account=st.sampled_from([ACCOUNT, ACCOUNT, ACCOUNT, replace(ACCOUNT, user_name="anna")]),
    )
    def chooses(
        self, contacts: tuple[str, ...], update: bool, use: bool, minutes: int, account: Account
    ) -> None:
        if account != self.state.options.account:
            self.refused, self.peace = False, None
        chosen = replace(
            self.state.options,
            contacts=contacts,
            update_presence=update,
            use_exchange=use,
            interval=minutes * MINUTE,
            account=account,
        )
        self.apply(ev.OptionsChanged(chosen))

    @precondition(lambda self: self.checks)
    @rule(
        name=st.sampled_from(["", "", "timed-out", "access-denied", "refused-password"]),
        rest=st.none() | st.integers(1, 100),
    )
    def a_check_ends(self, name: str, rest: int | None) -> None:
        started, calendar = self.checks.pop(), self.state.calendar
        name = self.through_the_gate(name, calendar.asked)
        if not name:
            if not calendar.outdated:
                self.peace = None
            self.apply(ev.CalendarChecked(started, CalendarAnswer(())))
            return
        self.ended(name, rest, calendar.asked, outdated=calendar.outdated)
        self.apply(ev.CheckFailed(started, Problem.of(name), self.wish(rest)))

    @precondition(lambda self: self.reads)
    @rule(
        name=st.sampled_from(["", "", "timed-out", "server-busy", "refused-password"]),
        rest=st.none() | st.integers(1, 100),
    )
    def a_read_ends(self, name: str, rest: int | None) -> None:
        started, reading = self.reads.pop(), self.state.reading
        name = self.through_the_gate(name, reading.asked)
        if not name:
            if rest is not None and not reading.outdated:
                self.peace = max(self.peace or self.now, self.now + rest * MINUTE)
            self.apply(ev.ContactsRead(started, ContactsAnswer(1, 0, 1, back_off=self.wish(rest))))
            return
        self.ended(name, rest, reading.asked, outdated=reading.outdated)
        self.apply(ev.ContactsFailed(started, Problem.of(name), self.wish(rest)))

    def through_the_gate(self, name: str, asked: Account | None) -> str:
        """Whoever waits behind an attempt that was refused is refused as well."""
        return "refused-password" if self.refused and asked == self.state.options.account else name

    @staticmethod
    def wish(rest: int | None) -> timedelta | None:
        return rest * MINUTE if rest is not None else None

    def ended(self, name: str, rest: int | None, asked: Account | None, *, outdated: bool) -> None:
        if Problem.of(name).row.retry is Retry.NEVER and asked == self.state.options.account:
            self.refused = True
        if rest is not None and not outdated:
            self.peace = max(self.peace or self.now, self.now + rest * MINUTE)

    @invariant()
    def the_engine_knows_what_is_in_flight(self) -> None:
        since = self.state.reading.reading_since
        assert self.reads == ([since] if since is not None else [])

    @invariant()
    def a_read_is_planned_exactly_while_there_is_somebody_to_read(self) -> None:
        planned = self.state.reading.next_read is not None
        problem = self.state.reading.problem
        stopped = problem is not None and problem.row.retry is Retry.NEVER
        once = people_in_use(self.state) and self.state.reading.want_rights
        assert planned is ((contacts_in_use(self.state) or once) and not stopped)

    @invariant()
    def a_good_server_is_asked_in_the_end(self) -> None:
        """Whatever happened: with answers that are good, everybody is read within one more interval."""
        if not contacts_in_use(self.state) or self.refused:
            return
        state, now = self.state, self.now
        end = max(now, self.peace or now) + 100 * MINUTE
        read = False
        for _ in range(400):
            if state.calendar.checking_since is not None:
                event: ev.Event = ev.CalendarChecked(state.calendar.checking_since, CalendarAnswer(()))
            elif state.reading.reading_since is not None:
                event, read = ev.ContactsRead(state.reading.reading_since, ContactsAnswer(1, 0, 1)), True
            else:
                wake = next_wake(state, now)
                if wake is None or wake > end or read:
                    break
                now, event = wake, ev.Tick()
            state, _ = step(state, event, now)
        assert read


TestLaws = Laws.TestCase
TestLaws.settings = settings(max_examples=60, stateful_step_count=25)
