"""The second runtime of the client's engine: synchronous, in virtual time.

Each person of a scenario is one client: a State and :func:`lyncdesk.client.engine.step`. Every effect, real
input and output included, is finished before virtual time moves, so a whole day takes no longer than its
work. At one moment: item boundaries and timers first, then the checks that are due with their answers, then
steps in the order of the file, then whoever looks.
"""

from __future__ import annotations

from bisect import insort
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from lyncdesk.client import effects as ef
from lyncdesk.client import events as ev
from lyncdesk.client.engine import next_wake, step
from lyncdesk.client.options import Options
from lyncdesk.client.ports import CalendarSource, ProblemError
from lyncdesk.client.state import State
from lyncdesk.pools.directory import Directory
from lyncdesk.presence.inputs import Machine
from lyncdesk.presence.publication import Profile, Seen
from lyncdesk.simulation import scenario as sc
from lyncdesk.simulation.scenario_calendars import Calendars
from lyncdesk.simulation.scenario_policy import joined, under_policy

# A moment that needs more rounds than this never comes to rest; that is a mistake of the engine.
_ROUNDS = 100


@dataclass(slots=True)
class Client:
    """One person's client.

    ``chosen`` is what the person's settings file would hold; ``wake`` is when time alone changes something
    next; ``checks`` counts the calendar checks; ``missed`` is news of contacts while asleep.
    """

    person: sc.Person
    state: State
    source: CalendarSource
    chosen: dict[str, object]
    wake: datetime | None = None
    checks: int = 0
    machine: Machine = field(default_factory=Machine)
    missed: dict[str, Seen] = field(default_factory=dict)


class Stepper:
    """Runs one scenario.

    ``looks`` are moments at which somebody wants to look beside those at which something happens;
    ``on_moment`` is called at each moment, when all has happened; ``on_check`` after each calendar check,
    with whose it was, when, and the name of the problem that it met ("" = none).
    """

    def __init__(
        self,
        scenario: sc.Scenario,
        calendars: Calendars,
        looks: Iterable[datetime],
        on_moment: Callable[[datetime], None],
        on_check: Callable[[str, datetime, str], None] | None = None,
    ) -> None:
        self.now = scenario.start
        self._scenario = scenario
        self._calendars = calendars
        self._on_moment = on_moment
        self._on_check = on_check
        self._policy = scenario.policy
        self._checks: deque[tuple[Client, ef.FetchCalendar]] = deque()
        self.clients = {person.who: self._client(person) for person in scenario.people}
        self._directory = Directory(client.state.profile for client in self.clients.values())
        steps = scenario.steps
        agenda = sorted(
            {scenario.start, scenario.until, *looks}
            | {client.person.signs_in for client in self.clients.values()}
            | {one.at for one in steps}
        )
        self._agenda = deque(agenda)
        self._steps = deque(sorted(steps, key=lambda one: one.at))

    def _client(self, person: sc.Person) -> Client:
        others = tuple(other.address for other in self._scenario.people if other is not person)
        given = {sc.address_of(to): given for to, given in person.gives.items()}
        chosen = dict(person.chosen)
        options = under_policy(self._policy, chosen, Options(contacts=others, gives=given))
        state = State(Profile(person.address, person.name, zone=person.zone), options)
        return Client(person, state, self._calendars.open(person), chosen)

    def run(self) -> None:
        """Play the whole scenario."""
        while (now := self._next()) is not None and now <= self._scenario.until:
            self.now = now
            while self._agenda and self._agenda[0] <= now:
                self._agenda.popleft()
            self._time_passes()
            self._sign_in()
            while self._steps and self._steps[0].at <= now:
                self._happen(self._steps.popleft())
            self._time_passes()
            self._on_moment(now)

    def look_at(self, moments: Iterable[datetime]) -> None:
        """Somebody wants to look at these moments too, which are still to come."""
        for moment in moments:
            if moment not in self._agenda:
                insort(self._agenda, moment)

    def _next(self) -> datetime | None:
        wakes = [client.wake for client in self._awake() if client.wake is not None]
        return min([*wakes, *list(self._agenda)[:1]], default=None)

    def _awake(self) -> list[Client]:
        return [client for client in self.clients.values() if not client.machine.asleep]

    # --- time ---

    def _time_passes(self) -> None:
        """Boundaries and timers of everybody, then the checks that are due, until nothing is left to do."""
        for _ in range(_ROUNDS):
            due = [client for client in self._awake() if client.wake is not None and client.wake <= self.now]
            if not due and not self._checks:
                return
            for client in due:
                self._step(client, ev.Tick())
            self._check()
        raise AssertionError(f"the engine does not come to rest at {self.now}")

    def _check(self) -> None:
        while self._checks:
            client, effect = self._checks.popleft()
            client.checks += 1
            problem = ""
            try:
                fetch = client.source.fetch(effect.window, effect.next_due_in)
                answer = self._calendars.finish(fetch, self.now)
            except ProblemError as error:
                problem = error.problem.name
                self._step(client, ev.CheckFailed(effect.started, error.problem, error.back_off))
            else:
                self._step(client, ev.CalendarChecked(effect.started, answer))
            if self._on_check is not None:
                self._on_check(client.person.who, self.now, problem)

    # --- events and effects ---

    def _step(self, client: Client, event: ev.Event) -> None:
        client.state, effects = step(client.state, event, self.now)
        client.wake = next_wake(client.state, self.now)
        for effect in effects:
            self._carry_out(client, effect)

    def _carry_out(self, client: Client, effect: ef.Effect) -> None:
        """Do what an effect asks; a calendar check waits for the end of what caused it."""
        address = client.person.address
        match effect:
            case ef.FetchCalendar():
                self._checks.append((client, effect))
            case ef.Publish(publication, gives):
                self._directory.publish(publication, gives)
            case ef.JoinPool(contacts):
                self._directory.watch(address, contacts, lambda seen: self._news(client, seen))
            case ef.Withdraw():
                self._directory.unwatch(address)
                self._directory.withdraw(address)
            case ef.Remember():
                pass  # nothing outlives a scenario

    def _news(self, client: Client, seen: Seen) -> None:
        if client.machine.asleep:
            client.missed[seen.profile.address] = seen
        else:
            self._step(client, ev.ContactSeen(seen))

    # --- steps ---

    def _sign_in(self) -> None:
        for client in self.clients.values():
            if client.person.signs_in == self.now:
                self._do(client, ev.SignIn())

    def _do(self, client: Client, event: ev.Event) -> None:
        """Apply what a person does and finish all that follows from it, a check included."""
        self._step(client, event)
        self._check()

    def _happen(self, one: sc.Step) -> None:
        client = self.clients[one.who]
        match one.action:
            case sc.Plain():
                self._plain(client, one.action)
            case sc.AddItem(item):
                self._calendars.add(one.who, item)
            case sc.RemoveItem(item):
                self._calendars.remove(one.who, item)
            case sc.ChangeItem(item):
                self._calendars.change(one.who, item)
            case sc.ExchangeFails(problem):
                self._calendars.fail(one.who, problem)
            case sc.AutomaticReplies(note):
                self._calendars.reply(one.who, note)
            case sc.SetStatus(status, duration):
                until = self.now + duration if duration is not None else None
                self._do(client, ev.SetStatus(status, until))
            case sc.Travel(zone):
                self._travel(client, zone)
            case sc.Give(to, relationship):
                self._do(client, ev.Give(sc.address_of(to), relationship))
            case sc.SetPolicy(policy):
                # The file holds for the whole organisation, whoever the step names.
                self._policy = joined(self._policy, policy)
                for everybody in self.clients.values():
                    self._options(everybody)

    def _plain(self, client: Client, action: sc.Plain) -> None:
        machine = client.machine
        match action:
            case sc.Plain.RESET_STATUS:
                self._do(client, ev.ResetStatus())
            case sc.Plain.CHECK_NOW:
                self._do(client, ev.CheckNow())
            case sc.Plain.CALENDAR_ON | sc.Plain.CALENDAR_OFF:
                client.chosen["update_presence"] = action is sc.Plain.CALENDAR_ON
                self._options(client)
            case sc.Plain.SIGN_IN:
                self._calendars.enter_password(client.person.who)
                # Who is signed in already enters the password again.
                self._do(client, ev.PasswordEntered() if client.state.signed_in else ev.SignIn())
            case sc.Plain.SIGN_OUT:
                self._do(client, ev.SignOut())
            case sc.Plain.EXCHANGE_RECOVERS:
                self._calendars.fail(client.person.who, None)
            case sc.Plain.IDLE:
                self._machine(client, replace(machine, idle_since=machine.idle_since or self.now))
            case sc.Plain.ACTIVE:
                self._machine(client, replace(machine, idle_since=None))
            case sc.Plain.LOCK:
                self._machine(client, replace(machine, locked=True))
            case sc.Plain.UNLOCK:
                self._machine(client, replace(machine, locked=False, idle_since=None))
            case sc.Plain.SLEEP:
                self._machine(client, replace(machine, asleep=True))
            case sc.Plain.WAKE:
                self._wake(client)

    def _options(self, client: Client) -> None:
        options = under_policy(self._policy, client.chosen, client.state.options)
        self._do(client, ev.OptionsChanged(options))

    def _machine(self, client: Client, machine: Machine) -> None:
        client.machine = machine
        self._do(client, ev.MachineChanged(machine))

    def _travel(self, client: Client, zone: str) -> None:
        """As the client at work does when the computer tells that its zone has changed."""
        self._step(client, ev.ProfileKnown(replace(client.state.profile, zone=zone)))
        self._do(client, ev.Jolted("zone-changed"))

    def _wake(self, client: Client) -> None:
        if not client.machine.asleep:
            return
        # The jolt comes first: then the rhythm is set anew once, with one check.
        self._step(client, ev.Jolted("woke"))
        self._machine(client, replace(client.machine, asleep=False, idle_since=None))
        missed, client.missed = client.missed, {}
        for seen in missed.values():
            self._step(client, ev.ContactSeen(seen))
