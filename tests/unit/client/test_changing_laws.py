"""The laws of a changed Show As, under any order of picks, answers, failures and other people's changes.

The model is a server that does what it is asked at some moment between the question and the answer, which
comes when it comes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from lyncdesk.client import effects as ef
from lyncdesk.client import events as ev
from lyncdesk.client.changing import CHOICES
from lyncdesk.client.engine import next_wake, step
from lyncdesk.client.options import Options
from lyncdesk.client.ports import CalendarAnswer, ItemKey, Written
from lyncdesk.client.problems import Problem
from lyncdesk.client.publish import publication
from lyncdesk.client.state import State
from lyncdesk.presence.items import Item, Recurring, ShowAs
from tests.unit.client.driving import ACCOUNT, PROFILE, meeting
from tests.unit.strategies import MINUTE, NOW

IDS = ("single", "other", "part-1", "part-2", "alone")
WANTED = st.sampled_from(CHOICES)


def first_items() -> dict[str, Item]:
    """Two single items, two occurrences of a series, and one of it that was changed by itself."""
    made = {
        id_: replace(meeting(number * 7, number * 7 + 30, id_), id=id_, change_key="1")
        for number, id_ in enumerate(IDS)
    }
    for id_ in IDS[2:]:
        recurring = Recurring.EXCEPTION if id_ == "alone" else Recurring.OCCURRENCE
        made[id_] = replace(made[id_], recurring=recurring, series="uid")
    return made


@dataclass
class Write:
    """A write under way: what became of it once the server has looked at it."""

    effect: ef.ChangeShowAs
    result: Written | Problem | None = None


class Server:
    """The truth. Any change of the series turns the change keys of all that is in it, its master's too."""

    def __init__(self) -> None:
        self.items = first_items()
        self.version = 1

    def turn(self, id_: str, show_as: ShowAs, *, series: bool = False) -> str:
        self.version += 1
        key = str(self.version)
        of_series = {i for i, item in self.items.items() if item.recurring is not Recurring.NO}
        changed = (
            {i for i in of_series if self.items[i].recurring is Recurring.OCCURRENCE} if series else {id_}
        )
        for each in of_series if series or id_ in of_series else {id_}:
            item = replace(self.items[each], change_key=key)
            if each in changed:
                item = replace(item, show_as=show_as)
                if not series and each in of_series:
                    item = replace(item, recurring=Recurring.EXCEPTION)
            self.items[each] = item
        return key

    def write(self, effect: ef.ChangeShowAs) -> Written | Problem:
        key = effect.key
        if key.id == "master":
            if key.change_key != self.items["part-1"].change_key:
                return Problem.of("item-changed")
            return self._series(effect)
        if self.items[key.id].change_key != key.change_key:
            return Problem.of("item-changed")
        if effect.series:
            return self._series(effect)
        return Written(ItemKey(key.id, self.turn(key.id, effect.show_as)))

    def _series(self, effect: ef.ChangeShowAs) -> Written:
        former = next(
            (i.show_as for i in self.items.values() if i.recurring is Recurring.OCCURRENCE), ShowAs.BUSY
        )
        return Written(ItemKey("master", self.turn("part-1", effect.show_as, series=True)), former)


class Changing(RuleBasedStateMachine):
    """One client and its server. ``promised`` is what was picked for an item and must stay on the screen."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.server = Server()
        self.state = State(PROFILE, Options(account=ACCOUNT, interval=60 * MINUTE))
        self.writes: list[Write] = []
        self.check: tuple[datetime, tuple[Item, ...] | None, bool] | None = None
        self.promised: dict[str, ShowAs] = {}
        self.confirmable: set[str] = set()
        self.as_series: set[str] = set()

    def apply(self, event: ev.Event) -> list[ef.ChangeShowAs]:
        self.state, effects = step(self.state, event, self.now)
        asked = [effect for effect in effects if isinstance(effect, ef.ChangeShowAs)]
        self.writes += map(Write, asked)
        for effect in effects:
            if isinstance(effect, ef.FetchCalendar):
                assert self.check is None, "two checks in flight"
                # Only an answer to a question that came after the end of a write may take a promise away.
                self.check = (effect.started, None, False)
                self.confirmable = set(self.promised) - {w.effect.key.id for w in self.writes}
        return asked

    @initialize()
    def begin(self) -> None:
        self.apply(ev.SignIn())
        self.server_answers_the_check()
        self.the_answer_comes()

    @rule(id_=st.sampled_from(IDS), show_as=WANTED, series=st.booleans())
    def picks(self, id_: str, show_as: ShowAs, series: bool) -> None:
        before = {item.id: item for item in self.state.calendar.items}
        for asked in self.apply(ev.ShowAsPicked(id_, show_as, series)):
            assert asked.key == ItemKey(id_, before[id_].change_key)
            if not asked.series:
                self.promise(id_, show_as)
                continue
            for item in before.values():
                if item.recurring is Recurring.OCCURRENCE:
                    self.promise(item.id, show_as)
                    self.as_series.add(item.id)

    @precondition(lambda self: self.state.calendar.undo is not None)
    @rule()
    def undoes(self) -> None:
        undo = self.state.calendar.undo
        assert undo is not None
        [asked] = self.apply(ev.ShowAsUndone())
        assert asked.key == undo.key
        if not undo.whole:
            self.promise(undo.item.id, undo.former)
        else:
            self.promised = {i: s for i, s in self.promised.items() if i in IDS[:2]}
        assert self.state.calendar.undo is None

    def promise(self, id_: str, show_as: ShowAs) -> None:
        self.promised[id_] = show_as
        self.confirmable.discard(id_)
        self.as_series.discard(id_)

    @precondition(lambda self: any(write.result is None for write in self.writes))
    @rule(data=st.data(), fails=st.sampled_from([None, None, None, "before", "after"]))
    def server_writes(self, data: st.DataObject, fails: str | None) -> None:
        write = data.draw(st.sampled_from([write for write in self.writes if write.result is None]))
        result = Problem.of("timed-out") if fails == "before" else self.server.write(write.effect)
        # It was written, and its answer is lost: nobody knows.
        write.result = Problem.of("timed-out") if fails == "after" else result

    @precondition(lambda self: any(write.result is not None for write in self.writes))
    @rule(data=st.data())
    def the_end_of_a_write_comes(self, data: st.DataObject) -> None:
        self.end(data.draw(st.sampled_from([write for write in self.writes if write.result is not None])))

    @rule(id_=st.sampled_from(IDS), show_as=WANTED, series=st.booleans())
    def picks_and_it_is_written_at_once(self, id_: str, show_as: ShowAs, series: bool) -> None:
        before = list(self.writes)
        self.picks(id_, show_as, series)
        for write in [write for write in self.writes if write not in before]:
            write.result = self.server.write(write.effect)
            self.end(write)

    def end(self, write: Write) -> None:
        self.writes.remove(write)
        number = write.effect.number
        if isinstance(write.result, Written):
            self.apply(ev.ShowAsWritten(number, write.result))
        else:
            assert write.result is not None
            series = write.effect.series or write.effect.key.id == "master"
            gone = set(IDS[2:]) if series else {write.effect.key.id}
            self.promised = {i: s for i, s in self.promised.items() if i not in gone}
            self.apply(ev.ShowAsNotWritten(number, write.result))
            assert self.state.calendar.checking_since is not None, "the truth is looked at"

    @precondition(lambda self: self.check is not None and self.check[1] is None)
    @rule()
    def server_answers_the_check(self) -> None:
        assert self.check is not None
        self.check = (self.check[0], tuple(self.server.items.values()), True)

    @precondition(lambda self: self.check is not None and self.check[2])
    @rule()
    def the_answer_comes(self) -> None:
        assert self.check is not None
        (started, items, _), self.check = self.check, None
        assert items is not None
        # What somebody changed by itself meanwhile is not part of its series any more.
        alone = {item.id for item in items if item.recurring is Recurring.EXCEPTION}
        for id_ in self.confirmable | (alone & self.as_series):
            self.promised.pop(id_, None)
        self.confirmable = set()
        self.apply(ev.CalendarChecked(started, CalendarAnswer(items)))

    @rule(id_=st.sampled_from(IDS), show_as=WANTED)
    def somebody_else_changes(self, id_: str, show_as: ShowAs) -> None:
        self.server.turn(id_, show_as)

    @rule(minutes=st.integers(0, 70))
    def time_passes(self, minutes: int) -> None:
        if self.check is None:
            self.now = min(self.now + minutes * MINUTE, next_wake(self.state, self.now) or self.now)
            self.apply(ev.Tick())

    @rule()
    def checks_now(self) -> None:
        self.apply(ev.CheckNow())

    @invariant()
    def what_was_picked_stays_on_the_screen(self) -> None:
        shown = {item.id: item.show_as for item in self.state.calendar.items}
        for id_, show_as in self.promised.items():
            assert shown[id_] is show_as, id_

    @invariant()
    def what_was_published_is_what_is_shown(self) -> None:
        last, wake = self.state.published, next_wake(self.state, self.now)
        if last is not None and (wake is None or wake > self.now):
            told = replace(publication(self.state, self.now), revision=0, published_at=None)
            assert told == replace(last, revision=0, published_at=None)

    @invariant()
    def only_what_is_under_way_waits(self) -> None:
        waiting = {change.number for change in self.state.calendar.changes if not change.written}
        assert waiting == {write.effect.number for write in self.writes}

    def teardown(self) -> None:
        """Once everything has come, and a check more, the screen shows the truth and nothing waits."""
        for _ in range(10):
            while self.writes:
                write = self.writes.pop(0)
                result = write.result or self.server.write(write.effect)
                number = write.effect.number
                if isinstance(result, Written):
                    self.apply(ev.ShowAsWritten(number, result))
                else:
                    self.apply(ev.ShowAsNotWritten(number, result))
            if self.check is None:
                break
            self.server_answers_the_check()
            self.the_answer_comes()
        self.apply(ev.CheckNow())
        if self.check is not None:
            self.server_answers_the_check()
            self.the_answer_comes()
        if self.state.signed_in:
            assert set(self.state.calendar.items) == set(self.server.items.values())
            assert self.state.calendar.changes == ()


TestChanging = Changing.TestCase
TestChanging.settings = settings(max_examples=60, stateful_step_count=30)
