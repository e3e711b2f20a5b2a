"""Models of days for tests: the built-in one with single values changed, and strange ones."""

from __future__ import annotations

import tomllib
from typing import Any

import tomli_w
from hypothesis import strategies as st

from lyncdesk.capacity.model import CHANGE_KINDS, SHOW_AS, DayModel
from lyncdesk.capacity.model_file import BUILT_IN, read
from lyncdesk.resource_files import resource

Values = dict[str, Any]

# Nobody is ill, nothing stands in the calendar, no computer sleeps or is locked: changes alone.
PLAIN_DAY: Values = {
    "people.at_work": 1,
    "lunch.sleeps": 0,
    "lunch.locks": 0,
    "breaks.number": {"0": 1},
    "morning.number": {"0": 1},
    "changes.show_as": {"Busy": 1},
}


def model_with(values: Values | None = None, **more: Any) -> DayModel:
    """The built-in model with other values, which are named like ``lunch.sleeps``; ``waves`` are whole."""
    table = tomllib.loads(resource(*BUILT_IN).read_text(encoding="utf-8"))
    for name, value in {**(values or {}), **more}.items():
        section, _, key = name.partition(".")
        if key:
            table[section][key] = value
        else:
            table[section] = value
    return read(tomli_w.dumps(table), "a model of a test")


def only(kind: str, **values: Any) -> DayModel:
    """A plain day with this kind of change alone."""
    assert kind in CHANGE_KINDS
    return model_with({**PLAIN_DAY, "changes.kinds": {kind: 1}}, **values)


def at_once(time: str) -> list[Values]:
    """Everybody signs in at this time of day."""
    return [{"weight": 1, "at": time, "spread": "0s"}]


def _shares() -> st.SearchStrategy[float]:
    return st.sampled_from((0, 0.1, 0.5, 0.9, 1))


def _weighted(*values: str) -> st.SearchStrategy[dict[str, int]]:
    some = st.lists(st.sampled_from(values), min_size=1, max_size=4, unique=True)
    return some.flatmap(lambda names: st.fixed_dictionaries({name: st.integers(1, 9) for name in names}))


_SHORT = ("1s", "7s", "1m", "15m")
_LONG = ("30m", "1h", "2h", "5h")


@st.composite
def strange_models(draw: st.DrawFn) -> DayModel:
    """Days that nobody has, and everything that a day can consist of: much sleep, stays past midnight, items
    that overlap and touch, many changes.
    """
    waves = st.fixed_dictionaries(
        {
            "weight": st.integers(1, 9),
            "at": st.sampled_from(("02:00", "08:00", "12:07", "20:00")),
            "spread": st.sampled_from(("0s", "1s", "30m", "2h")),
        }
    )
    asleep = draw(st.sampled_from((0, 0.3, 1)))
    values: Values = {
        "people.at_work": draw(st.sampled_from((0.5, 1))),
        "people.zones": draw(_weighted("0h", "1h", "30m", "9h", "23h")),
        "waves": draw(st.lists(waves, min_size=1, max_size=2)),
        "stay.length": draw(st.sampled_from(("2h", "9h", "20h"))),
        "stay.spread": draw(st.sampled_from(("0s", "1h", "1h59m"))),
        "lunch.at": draw(st.sampled_from(("09:00", "12:15"))),
        "lunch.spread": draw(st.sampled_from(("0s", "2h"))),
        "lunch.sleeps": asleep,
        "lunch.locks": draw(st.sampled_from((0, 1 - asleep))),
        "breaks.number": draw(_weighted("0", "1", "9")),
        "breaks.length": draw(_weighted(*_SHORT, *_LONG)),
        "morning.number": draw(_weighted("0", "3", "12")),
        "morning.minute": draw(_weighted("0", "15", "30", "59")),
        "morning.length": draw(_weighted(*_SHORT, *_LONG)),
        "morning.show_as": draw(_weighted(*SHOW_AS, "Busy")),
        "morning.meetings": draw(_shares()),
        "morning.all_day": draw(_shares()),
        "morning.cancelled": draw(_shares()),
        "morning.walking": draw(_shares()),
        "morning.walking_before": draw(st.sampled_from(("1s", "6m", "2h"))),
        "morning.walking_after": draw(st.sampled_from(("1s", "6m", "2h"))),
        "changes.number": draw(st.sampled_from((0, 0.5, 4, 20))),
        "changes.kinds": draw(_weighted(*CHANGE_KINDS)),
        "changes.length": draw(_weighted(*_SHORT, *_LONG)),
        "changes.show_as": draw(_weighted("Busy", "Tentative", "OOF")),
        "changes.meetings": draw(_shares()),
        "changes.began": draw(_shares()),
        "changes.running": draw(st.sampled_from(("0s", "45m", "6h"))),
        "changes.shift": draw(_weighted(*_SHORT, *_LONG)),
        "changes.later": draw(_shares()),
    }
    return model_with(values)
