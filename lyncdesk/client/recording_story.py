"""One client's day, as steps of a scenario: what the person did, what the checks brought, what was shown.

Times are whole seconds since 1970. In a scenario a check that is due comes before the steps of its second, so
what a check was to find is put there before it, and what was done before a check of the same second as well.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from lyncdesk.client.day_log import DayLog, Turn
from lyncdesk.client.problems import OF_CHECKS, Problem, Retry, first_problem
from lyncdesk.client.reading import decision, inputs, problems, rules, stale
from lyncdesk.client.recording import options_steps, play_base
from lyncdesk.client.recording_items import Content
from lyncdesk.client.recording_text import Times, seconds
from lyncdesk.client.state import State
from lyncdesk.presence.aggregate import live_manual
from lyncdesk.presence.inputs import Machine, Manual

Values = dict[str, object]
# A check is taken for the same where it is at most so much off, and finds what was put there before that.
EARLIER = 3
# So long after a turn one looks whether it is as it was.
_LATER = 5


class Story:
    """Tells one day. ``steps``, ``expected`` and ``items`` (those of before) are what it comes to."""

    def __init__(
        self, who: str, log: DayLog, state: State, now: datetime, zone: str, *, subjects: bool
    ) -> None:
        self.who = who
        self._log = log
        self._state = state
        self._now = now
        self._end = seconds(now)
        self.steps: list[Values] = []
        self.expected: list[Values] = []
        self.left_out: list[str] = []
        self.checks = sorted({seconds(moment) for run in log.checks for moment in run.moments()})
        times, first = Times(now, zone), log.turns[0]
        owner, ignored = Times(now, first.state.profile.zone), first.state.options.ignore_all_day
        self.content = Content(times, owner, first.at, subjects=subjects, ignore_all_day=ignored)
        self.signs_in: int | None = None
        self.items: list[Values] = []
        self._machine = Machine()
        self._machine_at = 0

    def tell(self) -> None:
        """Go through the day."""
        base = self._log.turns[0]
        if self._log.cut:
            self.left_out.append("what was earlier today, because too much has happened since")
        if base.state.signed_in:
            self._tell_base(base)
        else:
            self._picks(State(base.state.profile), base)
        self._machine_turns(base)
        for before, turn in pairwise(self._log.turns):
            self._tell_turn(before, turn)
        if self.signs_in is None:
            # Everybody of a scenario signs in; who did not is gone again at once.
            self.signs_in = seconds(base.at)
            self.steps.insert(0, {"at": self.signs_in, "who": self.who, "do": "sign_out"})
        self._tell_faults(base)
        self._tell_shown()
        self.left_out += self.content.left_out

    def step(self, at: int, do: str, **more: object) -> None:
        """Tell a step."""
        self.steps.append({"at": at, "who": self.who, "do": do, **more})

    @property
    def start(self) -> int:
        """Where the day begins."""
        base = seconds(self._log.turns[0].at)
        signs_in = [self.signs_in] if self.signs_in is not None else []
        return min([base, *signs_in, *(int(str(step["at"])) for step in self.steps)])

    # --- turns ---

    def _tell_base(self, base: Turn) -> None:
        """What held when the log begins with somebody who was signed in."""
        first, tape = play_base(base.state, base.at)
        self.signs_in = seconds(first.at)
        if base.state.calendar.as_of is not None:
            self.items = self.content.begin(base.state.calendar.items)
        for step in tape.steps:
            self.content.replies |= step.do == "out_of_office"
            self.step(seconds(step.at), step.do, **step.more)
        self.left_out += tape.left_out

    def _tell_turn(self, before: Turn, turn: Turn) -> None:
        old, new, at = before.state, turn.state, self._before_check(turn)
        if new.signed_in and not old.signed_in:
            if self.signs_in is None:
                self.signs_in = seconds(turn.at)
            else:
                self.step(seconds(turn.at), "sign_in")
        if old.signed_in and not new.signed_in:
            self.step(at, "sign_out")
        if old.profile.zone != new.profile.zone:
            self.step(at, "travel", zone=new.profile.zone)
        self._picks(old, turn)
        for step in options_steps(old.options, new.options):
            if "left_out" in step:
                self.left_out.append(str(step["left_out"]))
            else:
                self.steps.append({"at": at, "who": self.who, **step})
        self._machine_turns(turn)
        self._content_turns(old, turn)

    def _before_check(self, turn: Turn) -> int:
        """The second of a turn, or the one before it where a check came later in the same second."""
        at = seconds(turn.at)
        later = any(
            turn.at < moment and seconds(moment) == at
            for run in self._log.checks
            for moment in (run.first, run.last)
        )
        return at - 1 if later else at

    def _picks(self, old: State, turn: Turn) -> None:
        """A status that was picked, or dropped."""
        new, at = turn.state, self._before_check(turn)
        if new.manual is not None and new.manual != old.manual:
            if self._was_over(new.manual):
                return
            more: Values = {"status": str(new.manual.status.value)}
            if new.manual.until is not None:
                more["for"] = f"{max(1, seconds(new.manual.until) - at)}s"
            self.step(at, "set_status", **more)
        elif _was_reset(old, new, turn.at):
            flying = new.calendar.checking_since
            # In a scenario checks take no time: what was done during one was done before it.
            self.step(min(at, seconds(flying) - 1) if flying is not None else at, "reset_status")

    def _was_over(self, manual: Manual) -> bool:
        """Whether a status of before the day turned out to be over with the first check."""
        if manual.since >= self._log.turns[0].at:
            return False
        for before, turn in pairwise(self._log.turns):
            if before.state.manual == manual != turn.state.manual:
                known = before.state.calendar.as_of is not None
                return not (known or turn.state.manual or _was_reset(before.state, turn.state, turn.at))
        return False

    # --- the computer ---

    def _machine_turns(self, turn: Turn) -> None:
        """What the most active computer did: it counts."""
        state, at = turn.state, self._before_check(turn)
        ours = rules(state.options)
        now = min(
            state.machines,
            key=lambda one: (one.level_at(turn.at, ours), one.unattended),
            default=Machine(),
        )
        was, idle = self._machine, self._machine.idle_since
        if was.asleep and not now.asleep:
            self._does(at, "wake")
            idle = None
        if was.locked and not now.locked:
            self._does(at, "unlock")
            idle = None
        if now.idle_since is None and idle is not None:
            self._does(at, "active")
        if now.idle_since is not None and now.idle_since != idle:
            since = max(seconds(now.idle_since), self._machine_at, seconds(self._log.turns[0].at))
            if idle is not None:
                self._does(min(since, at), "active")
            self._does(min(since, at), "idle")
        if now.locked and not was.locked:
            self._does(at, "lock")
        if now.asleep and not was.asleep:
            self._does(at, "sleep")
        self._machine = now

    def _does(self, at: int, what: str) -> None:
        self._machine_at = max(at, self._machine_at)
        self.step(self._machine_at, what)

    # --- what the checks brought ---

    def _content_turns(self, old: State, turn: Turn) -> None:
        new = turn.state
        if new.calendar.as_of is None:
            return  # nothing is known, which says nothing about the calendar
        record = new.calendar.history[-1:]
        checked = record != old.calendar.history[-1:] and not record[0].problem
        at = self.ahead_of(seconds(record[0].started)) if checked else seconds(turn.at)
        if not self.content.begun and self.signs_in is not None:
            self.items = self.content.begin(new.calendar.items)
        else:
            found = list(self.content.turned(new.calendar.items))
            for step in found:
                self.steps.append({"at": at, "who": self.who, **step})
            if found and not checked:
                self._force(at)
        replies = new.calendar.out_of_office
        on = replies is not None and replies.active_at(turn.at)
        if on is not self.content.replies:
            self.content.replies = on
            if on:
                self.step(at, "out_of_office", note="")
            else:
                self.step(at, "out_of_office")
            if not checked:
                self._force(at)

    def _force(self, at: int) -> None:
        """What the client knew without a check a scenario's client learns by one."""
        self.checks = sorted({*self.checks, at})

    def ahead_of(self, check: int) -> int:
        """When something has to happen for the check of this second to find it, and no earlier one."""
        before = max((one for one in self.checks if one < check), default=check - 2 * EARLIER)
        return check - min(EARLIER, max(1, (check - before) // 2))

    def _tell_faults(self, base: Turn) -> None:
        """What kept checks from succeeding."""
        problem = base.state.calendar.problem
        current = problem.name if base.state.signed_in and problem is not None else ""
        for run in self._log.checks:
            if run.problem and run.problem not in OF_CHECKS:
                self.left_out.append(f"a check that ended with {run.problem}")
                continue
            first = seconds(run.first)
            if run.problem != current:
                at = self.ahead_of(first)
                if run.problem:
                    self.step(at, "exchange_fails", problem=run.problem)
                else:
                    self.step(at, "exchange_recovers")
            if current and Problem.of(current).row.retry is Retry.NEVER and not self._signs_in_at(first):
                self.step(first, "sign_in")
            current = run.problem

    def _signs_in_at(self, at: int) -> bool:
        return any(step["at"] == at and step["do"] in ("sign_in", "sign_out") for step in self.steps)

    # --- what was shown ---

    def _tell_shown(self) -> None:
        looks = [(seconds(turn.at), _look(turn.state, turn.at)) for turn in self._log.turns]
        ends = [*(at for at, _ in looks[1:]), self._end]
        for (at, look), end in zip(looks, ends, strict=True):
            if end - at >= 2 and (not self.expected or look != self._last_look()):
                self.expected.append({"at": at + min(_LATER, (end - at) // 2), "who": self.who, **look})
        self.expected = [one for one in self.expected if one["at"] != self._end]
        now = _look(self._state, self._now)
        now["stale"] = stale(self._state, self._now)
        as_of = self._state.calendar.as_of
        now["checked"] = seconds(as_of) if as_of is not None else ""
        self.expected.append({"at": self._end, "who": self.who, **now})

    def _last_look(self) -> Values:
        return {key: value for key, value in self.expected[-1].items() if key not in ("at", "who")}


def _was_reset(old: State, new: State, now: datetime) -> bool:
    """Whether the person pressed Reset Status between two States."""
    if not new.signed_in:
        return False
    if old.manual is not None and new.manual is None:
        return live_manual(replace(inputs(new), manual=old.manual), now) is not None
    waited = old.reset_waiting or old.reset_unplanned
    return not waited and (new.reset_waiting or new.reset_unplanned)


def _look(state: State, now: datetime) -> Values:
    presence = decision(state, now).presence
    shown = first_problem(tuple(one for one in problems(state) if one.name in OF_CHECKS))
    return {
        "shows": presence.text,
        "availability": presence.availability,
        "activity": presence.activity,
        "out_of_office": presence.out_of_office,
        "reset_waiting": state.reset_waiting,
        "problem": shown.name if shown is not None else "",
    }
