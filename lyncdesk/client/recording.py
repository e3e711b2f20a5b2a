"""A State as a scenario that `lyncdesk simulate` runs: what the client knew, and what it showed.

A pure function. The text has times, Show As and kinds, and no word that a person wrote: no subject, location,
note, name or address. What the language has no word for is left out, and a comment says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from lyncdesk.client import checks
from lyncdesk.client.options import Options
from lyncdesk.client.policy import POLICY
from lyncdesk.client.problems import OF_CHECKS, Problem, Retry, first_problem
from lyncdesk.client.reading import decision, inputs, problems, rules, stale
from lyncdesk.client.recording_calendar import (
    WHO,
    FirstCheck,
    Tape,
    failure_of,
    first_check,
    items_of,
    play_exchange,
)
from lyncdesk.client.recording_text import FAR, SECOND, Raw, Table, Times
from lyncdesk.client.state import State
from lyncdesk.presence.aggregate import live_manual
from lyncdesk.presence.inputs import Machine, MachineLevel, Rules
from lyncdesk.presence.items import Item, details_missing
from lyncdesk.presence.states import EXPIRING

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
# The keys that have a say in what is shown. AllowCheckNow has none, and would keep a check from being played.
_SHOWING = (
    "WebServicePollInterval",
    "MeetingDetailsTo",
    "IdleThreshold",
    "AwayThreshold",
    "ManualStatusExpiry",
)
_FORBIDDING = {
    "DisableCalendarPresence": "calendar_allowed",
    "DisableMeetingSubjectAndLocation": "details_allowed",
    "DisableFreeBusyInfo": "free_busy_allowed",
    "DisablePresenceNote": "note_allowed",
}
_SWITCHES = ("ignore_all_day", "meeting_while_away")


def recording(state: State, now: datetime) -> str:
    """The scenario: TOML text in the language of `docs/scenarios.md`."""
    times = Times(now, state.profile.zone)
    tape = Tape()
    first = first_check(state, times)
    items = list(items_of(state, times, tape)) if state.calendar.as_of is not None else []
    play_exchange(state, first, times, tape)
    _play_person(state, now, times, tape)
    _play_machine(state, now, times, tape)
    expected = _expected(state, now, first, [item for item, _ in items], times, tape)
    start = min([times.at, first.at, *(step.at for step in tape.steps)])
    local = times.at.astimezone(times.zone)
    top: dict[str, Raw] = {
        "title": f"What LyncDesk showed at {local:%H:%M:%S} on {local:%Y-%m-%d}",
        "zone": times.zone_name,
        "date": times.today,
        "start": times.written(start),
        "until": times.written(times.at),
    }
    tables = [
        Table("", top, tuple(f"Left out: {what}." for what in tape.left_out)),
        *_policy(state.options),
        Table(f"[people.{WHO}]", _person(state.options, times.written(first.at))),
        *(table for _, table in items),
        *(
            Table("[[steps]]", {"at": times.written(step.at), "who": WHO, "do": step.do, **step.more})
            for step in sorted(tape.steps, key=lambda step: step.at)
        ),
        Table("[[expect]]", {"at": times.written(times.at), "who": WHO, **expected}),
    ]
    return "\n".join(line for table in tables for line in table.lines()) + "\n"


def play_base(state: State, now: datetime) -> tuple[FirstCheck, Tape]:
    """How a scenario comes to a State of somebody who is signed in: the first check, and steps."""
    times, tape = Times(now, state.profile.zone), Tape()
    first = first_check(state, times)
    play_exchange(state, first, times, tape)
    _play_person(state, now, times, tape)
    return first, tape


# --- who and what holds ---


def options_steps(before: Options, after: Options) -> Iterator[dict[str, Raw]]:
    """The steps that make options of others, as far as they have a say in what is shown."""
    changed: dict[str, Raw] = {
        key: not getattr(after, name)
        for key, name in _FORBIDDING.items()
        if getattr(before, name) != getattr(after, name)
    }
    for key in _SHOWING:
        row = POLICY[key]
        if getattr(before, row.field) != getattr(after, row.field):
            written = row.kind.write(getattr(after, row.field))
            changed[key] = written if isinstance(written, int) else str(written)
    if changed:
        yield {"do": "set_policy", "policy": changed}
    used = (before.use_exchange and before.update_presence, after.use_exchange and after.update_presence)
    if used[0] != used[1]:
        yield {"do": "calendar_on" if used[1] else "calendar_off"}
    for name in _SWITCHES:
        if getattr(before, name) != getattr(after, name):
            yield {"left_out": f"that {name} was switched {'on' if getattr(after, name) else 'off'}"}


def policy_values(options: Options) -> tuple[dict[str, Raw], dict[str, Raw]]:
    """What of the policy's keys holds: what was set, and what was recommended or chosen."""
    mandatory: dict[str, Raw] = {key: True for key, name in _FORBIDDING.items() if not getattr(options, name)}
    recommended: dict[str, Raw] = {}
    for key in _SHOWING:
        row = POLICY[key]
        value = getattr(options, row.field)
        if value != row.default:
            written = row.kind.write(value)
            holder = mandatory if options.locked(row.field) else recommended
            holder[key] = written if isinstance(written, int) else str(written)
    return mandatory, recommended


def _policy(options: Options) -> Iterator[Table]:
    mandatory, recommended = policy_values(options)
    if mandatory:
        yield Table("[policy]", mandatory)
    if recommended:
        yield Table("[policy.recommended]", recommended, ("or chosen by the person",))


def _person(options: Options, signs_in: Raw) -> dict[str, Raw]:
    return {"signs_in": signs_in} | switches(options)


def switches(options: Options) -> dict[str, Raw]:
    """The switches of a person that are not as they come."""
    values: dict[str, Raw] = {}
    if not options.calendar_in_use and options.calendar_allowed:
        values["calendar"] = False
    return values | {name: True for name in _SWITCHES if getattr(options, name)}


# --- the person and the computer ---


def _play_person(state: State, now: datetime, times: Times, tape: Tape) -> None:
    manual = live_manual(inputs(state), now)
    if manual is not None:
        since = times.ago(manual.since, _DAY)
        if manual.status in EXPIRING:
            since = max(since, times.at - state.options.manual_expiry + SECOND)
        more: dict[str, Raw] = {"status": str(manual.status.value)}
        if manual.until is not None:
            more["for"] = f"{min(times.moved(manual.until) - since, FAR) // SECOND}s"
        tape.step(since, "set_status", **more)
    if state.reset_waiting and _can_wait(state):
        tape.step(times.at, "reset_status")
    if not state.signed_in:
        tape.step(times.at, "sign_out")


def _can_wait(state: State) -> bool:
    """Whether a check is planned in the scenario too, for which Reset Status can wait."""
    failure = failure_of(state)
    return failure is None or failure.row.retry is not Retry.NEVER


def _play_machine(state: State, now: datetime, times: Times, tape: Tape) -> None:
    """The most active computer of the person: it counts."""
    if not state.machines:
        return
    ours = rules(state.options)
    machine = min(state.machines, key=lambda one: (one.level_at(now, ours), one.unattended))
    if machine.idle_since is not None and machine.idle_since <= now:
        tape.step(_last_touch(machine.idle_since, ours, now, times), "idle")
    if machine.locked:
        tape.step(times.at, "lock")
    if machine.asleep:
        tape.step(times.at, "sleep")


def _last_touch(idle_since: datetime, ours: Rules, now: datetime, times: Times) -> datetime:
    """When it was, or when it would have to be for thresholds in whole minutes to say the same."""
    theirs = Rules(ours.inactive_after // _MINUTE * _MINUTE, ours.away_after // _MINUTE * _MINUTE)
    level, since = Machine(idle_since=idle_since).level_at(now, ours), times.ago(idle_since, _DAY)
    if Machine(idle_since=since).level_at(times.at, theirs) is level:
        return since
    least = {
        MachineLevel.ACTIVE: timedelta(),
        MachineLevel.INACTIVE: theirs.inactive_after,
        MachineLevel.AWAY: theirs.inactive_after + theirs.away_after,
    }
    return times.at - least[level]


# --- what was shown ---


def _expected(
    state: State, now: datetime, first: FirstCheck, items: list[Item], times: Times, tape: Tape
) -> dict[str, Raw]:
    presence = decision(state, now).presence
    values: dict[str, Raw] = {
        "shows": presence.text,
        "availability": presence.availability,
        "activity": presence.activity,
        "out_of_office": presence.out_of_office,
    }
    if first.open:
        tape.left_out.append("when the calendar was read, because a check was under way or due")
    else:
        values["checked"] = times.written(first.at) if state.calendar.as_of is not None else ""
        values["stale"] = stale(state, now)
    if _can_wait(state) or not state.reset_waiting:
        values["reset_waiting"] = state.reset_waiting
    shown = first_problem(tuple(problem for problem in problems(state) if problem.name in OF_CHECKS))
    name = shown.name if shown is not None else ""
    if name == _played(state, first, items, times):
        values["problem"] = name
    others = sorted({problem.name for problem in problems(state)} - set(OF_CHECKS))
    if others:
        tape.left_out.append(f"the problems {', '.join(others)}")
    return values


def _played(state: State, first: FirstCheck, items: list[Item], times: Times) -> str:
    """The problem that the scenario comes to show."""
    failure = failure_of(state)
    found = [failure] if failure is not None and failure.name in OF_CHECKS else []
    window = checks.window(first.at, times.zone_name)
    read = [item for item in items if item.start < window.end and window.start < item.end]
    if details_missing(read):
        found.append(Problem.of("details-missing"))
    shown = first_problem(tuple(found))
    return shown.name if shown is not None else ""
