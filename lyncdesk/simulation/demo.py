"""The sample organisation without a screen: each change of presence as one line, with its reason."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Protocol, TextIO
from zoneinfo import ZoneInfo

from lyncdesk.client.reading import decision, stale
from lyncdesk.client.state import State
from lyncdesk.client.words import N_, Words
from lyncdesk.presence.aggregate import Decision
from lyncdesk.presence.reasons import Source, Verdict
from lyncdesk.presence.states import OUT_OF_OFFICE
from lyncdesk.simulation.world import Length, World

_REASONS = {
    Source.SIGN_IN: N_("signed out"),
    Source.MANUAL: N_("a status set by hand"),
    Source.MACHINE: N_("nobody uses the computer"),
    Source.NOTHING: N_("nothing makes busy"),
}


class Client(Protocol):
    """The signed-in person's client, as far as it matters here."""

    def start(self, on_state: Callable[[State], None]) -> None:
        """Begin; ``on_state`` is called with each new State."""

    async def stop(self) -> None:
        """End."""


class Ticker:
    """Writes a line whenever what somebody shows is not what it was, and one for each new day.

    ``gone`` is set when nobody reads the lines any more.
    """

    def __init__(self, out: TextIO, now: Callable[[], datetime], words: Words, width: int = 0) -> None:
        self._out = out
        self._now = now
        self._words = words
        self._width = width
        self._shown: dict[str, tuple[object, ...]] = {}
        self._day: date | None = None
        self.gone = asyncio.Event()

    def say(self, line: str) -> None:
        """Write one line, at once."""
        if self.gone.is_set():
            return
        try:
            self._out.write(line + "\n")
            self._out.flush()
        except BrokenPipeError:
            self.gone.set()

    def look(self, state: State) -> None:
        """See what a person shows now."""
        now = self._now()
        calendar = state.calendar
        if state.signed_in and calendar.as_of is None and not calendar.failures:
            return  # the first check is on its way, and decides what is shown first
        decided = decision(state, now)
        old = stale(state, now)
        shown = (decided.presence, decided.source, decided.item, old)
        if self._shown.get(state.profile.address) == shown:
            return
        self._shown[state.profile.address] = shown
        words = self._words.at(now)
        text = words(decided.presence.text)
        if decided.presence.out_of_office and decided.presence.activity != OUT_OF_OFFICE:
            text = words(N_("{state}, out of office"), state=text)
        why = reason(decided, words)
        if old:
            why = words(N_("{reason} (calendar as of {time})"), reason=why, time=calendar.as_of or "-")
        moment = now.astimezone(words.zone)
        if self._day is not None and self._day != moment.date():
            self.say(f"{moment:%Y-%m-%d}")
        self._day = moment.date()
        self.say(f"{moment:%H:%M:%S}  {state.profile.shown_name.ljust(self._width)}  {text}: {why}")


def reason(decided: Decision, words: Words) -> str:
    """What decided, in a few words about somebody."""
    won = next((one for one in decided.reasons if one.verdict is Verdict.WON), None)
    if won is not None and won.source is Source.CALENDAR:
        return words(won.said)
    return words(_REASONS[won.source if won is not None else Source.NOTHING])


async def demo_headless(
    world: World,
    client: Callable[[], Client],
    length: Length,
    out: TextIO,
    words: Words | None = None,
) -> int:
    """Run the sample organisation and write each change of presence; 0 when ``length`` is over.

    ``length`` is virtual time; None runs until cancelled, or until nobody reads on. ``client`` makes the
    signed-in person's client once the world runs. Both are stopped at the end, however it comes.
    """
    words = replace(words or Words(), zone=ZoneInfo(world.profile.zone))
    ticker = Ticker(out, world.clock.now, words, max(len(one.shown_name) for one in world.people()))
    try:
        await world.start()
        ticker.say(words(world.opening))
        for state in world.states().values():
            ticker.look(state)
        world.on_state(lambda _address, state: ticker.look(state))
        me = client()
        try:
            me.start(ticker.look)
            await _either(ticker.gone, world, world.end(length))
        finally:
            await me.stop()
    finally:
        await world.stop()
    return 0


async def _either(gone: asyncio.Event, world: World, end: datetime | None) -> None:
    """Until ``gone``, or until the time is over."""

    async def over() -> None:
        if end is None:
            await asyncio.Event().wait()
        else:
            await world.clock.wait_until(end)

    both = {asyncio.ensure_future(gone.wait()), asyncio.ensure_future(over())}
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in both:
            one.cancel()
        await asyncio.gather(*both, return_exceptions=True)
