"""What the machines that try events in any order have in common: a State, and time that passes for it."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from lyncdesk.client import events as ev
from lyncdesk.client.effects import Effects
from lyncdesk.client.engine import next_wake, step
from lyncdesk.client.state import State
from tests.unit.strategies import MINUTE, NOW


class LawMachine(RuleBasedStateMachine):
    """One client; what happens to it goes through ``apply``."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self.now = NOW
        self.state = state

    def apply(self, event: ev.Event) -> Effects:
        """Let it happen now; returns what the world is asked to do."""
        self.state, effects = step(self.state, event, self.now)
        return effects

    @rule(minutes=st.integers(1, 90))
    def time_passes(self, minutes: int) -> None:
        end = self.now + minutes * MINUTE
        for _ in range(3000):
            wake = next_wake(self.state, self.now)
            if wake is None or wake > end:
                break
            self.now = wake
            self.apply(ev.Tick())
            following = next_wake(self.state, self.now)
            assert following is None or following > self.now, "a Tick at the moment asked for settles it"
        else:
            raise AssertionError("the engine does not come to rest")
        self.now = end
