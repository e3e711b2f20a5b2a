"""The main window with a thousand contacts, and Qt's thread while a check of a thousand items comes in.

    python tests/benchmarks/bench_windows.py [--rounds 5]

Prints what a small change of the contact list costs against showing the whole list anew, what a step of
scrolling costs against painting the list once, and the longest stall of Qt's thread (goal: 16 ms; the
machine's own, measured with nothing going on, beside it). Runs without a screen.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from statistics import median

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QCoreApplication, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from lyncdesk.client.options import Account, Options
from lyncdesk.client.state import Calendar, Health, State
from lyncdesk.client.view_types import ContactRow
from lyncdesk.client.words import Words
from lyncdesk.presence.items import Item, Kind, ShowAs
from lyncdesk.presence.publication import Profile, Seen
from lyncdesk.presence.states import BUSY, Presence
from lyncdesk.ui.application import SWITCH_SECONDS
from lyncdesk.ui.bridge import Bridge
from lyncdesk.ui.commands import Commands
from lyncdesk.ui.contact_list import ContactList
from lyncdesk.ui.indicators import IndicatorIcons
from lyncdesk.ui.main_window import MainWindow
from tests.ui.builders import ME, NOW, ZONE, RecordingSession, contact

MANY = 1000
GOAL_MS = 16
ADDRESSES = tuple(f"p{number:04}@litware.example" for number in range(MANY))


def settle() -> None:
    """Let Qt do what it has put off."""
    for _ in range(3):
        QCoreApplication.processEvents()


def took(work: Callable[[], object]) -> float:
    """Milliseconds of the work and all that it makes Qt do."""
    begun = time.perf_counter()
    work()
    settle()
    return (time.perf_counter() - begun) * 1000


def list_costs() -> dict[str, float]:
    """One round with a fresh list."""
    shown = ContactList(IndicatorIcons(), Words())
    shown.resize(320, 500)
    shown.show()
    rows = tuple(contact(a, a, rank=n % 7, group=f"Group {n % 9}") for n, a in enumerate(ADDRESSES))

    def with_change(number: int, **changes: object) -> tuple[ContactRow, ...]:
        return (*rows[:number], replace(rows[number], **changes), *rows[number + 1 :])  # type: ignore[arg-type]

    whole = took(lambda: shown.show_contacts(rows, ""))
    one = took(lambda: shown.show_contacts(with_change(500, text="Away"), ""))
    gone = took(lambda: shown.show_contacts(rows[:-1], ""))
    paint = took(shown.tree.viewport().update)
    bar = shown.tree.verticalScrollBar()
    places = range(0, bar.maximum(), bar.maximum() // 40)
    steps = [took(partial(bar.setValue, place)) for place in places]
    shown.deleteLater()
    return {
        "one contact changes / whole list": one / whole,
        "one contact goes / whole list": gone / whole,
        "a step of scrolling / painting once": median(steps) / paint,
        "whole list, ms": whole,
    }


class Pulse:
    """The longest time in which Qt's thread did not come round."""

    def __init__(self) -> None:
        self._timer = QTimer(interval=0)
        self._timer.timeout.connect(self._beat)
        self._last = 0.0
        self.longest = 0.0

    def watch(self, seconds: float, meanwhile: Callable[[], object]) -> float:
        """Milliseconds."""
        self.longest, self._last = 0.0, time.perf_counter()
        self._timer.start()
        meanwhile()
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            QCoreApplication.processEvents()
        self._timer.stop()
        return self.longest * 1000

    def _beat(self) -> None:
        now = time.perf_counter()
        self.longest = max(self.longest, now - self._last)
        self._last = now


def checked(minute: int, items: int) -> State:
    """What the client knows after a check."""
    moment = NOW + timedelta(minutes=minute)
    begin = NOW - timedelta(hours=32)
    calendar = Calendar(
        tuple(
            Item(
                begin + timedelta(minutes=5 * number),
                begin + timedelta(minutes=5 * number + 25),
                ShowAs.BUSY if number % 3 else ShowAs.TENTATIVE,
                Kind.MEETING if number % 2 else Kind.APPOINTMENT,
                f"Subject {number}",
                id=str(number),
            )
            for number in range(items)
        ),
        as_of=moment,
        health=Health.OK,
        anchor=NOW,
        next_check=moment + timedelta(minutes=30),
    )
    contacts = {a: Seen(Profile(a, f"Person {a}", zone=ZONE), Presence(BUSY)) for a in ADDRESSES[:100]}
    options = Options(account=Account(ME), contacts=tuple(contacts))
    profile = Profile(ME, "Kim Akers", zone=ZONE)
    return State(profile, options, signed_in=True, calendar=calendar, contacts=contacts, revision=minute)


def stalls(settings: QSettings) -> tuple[float, float]:
    """The longest stall with nothing going on, and with checks coming in while the window is open."""
    session = RecordingSession()
    bridge = Bridge(lambda: session)
    bridge.start()
    words, icons = Words(), IndicatorIcons()
    while not bridge.is_ready:
        QCoreApplication.processEvents()
    window = MainWindow(bridge, words, icons, Commands(words, icons), settings, lambda: True)
    window.show()
    pulse = Pulse()
    session.on_state(checked(0, MANY))
    pulse.watch(1, settle)
    calm = pulse.watch(1, settle)

    state = checked(1, MANY)
    busy = max(
        pulse.watch(0.7, partial(session.on_state, replace(state, revision=number))) for number in range(2, 5)
    )
    window.end()
    window.deleteLater()
    bridge.stop()
    return calm, busy


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="The main window with a thousand contacts.")
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    sys.setswitchinterval(SWITCH_SECONDS)  # as the program does
    app = QApplication([])
    list_costs()  # the first round fills the caches
    costs = [list_costs() for _ in range(rounds)]
    for name in costs[0]:
        print(f"{name:40}{median(cost[name] for cost in costs):8.2f}")
    settings = QSettings("/nonexistent/places.ini", QSettings.Format.IniFormat)
    found = [stalls(settings) for _ in range(rounds)]
    print(f"{'longest stall, nothing going on, ms':40}{median(calm for calm, _ in found):8.2f}")
    stall = median(busy for _, busy in found)
    print(f"{'longest stall, checks of 1,000 items, ms':40}{stall:8.2f}  goal {GOAL_MS}")
    app.processEvents()


if __name__ == "__main__":
    main()
