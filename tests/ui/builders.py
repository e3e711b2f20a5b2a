"""For widget tests: plain view values, a session that remembers what it was asked, a threadless bridge."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ParamSpec, TypeVar

from PySide6.QtCore import QObject

from lyncdesk.client.day_types import DayStrip, StripPart, Week, WeekDay, WeekItem
from lyncdesk.client.events import Event
from lyncdesk.client.history import Past
from lyncdesk.client.installed import Installed, Way
from lyncdesk.client.options import Account, Options
from lyncdesk.client.ports import ProblemError
from lyncdesk.client.problems import Problem
from lyncdesk.client.releases import Newest, Releases, unknown
from lyncdesk.client.session import ConnectionStep, Session
from lyncdesk.client.state import State
from lyncdesk.client.view_types import (
    ContactRow,
    DurationChoice,
    Indicator,
    Main,
    Notice,
    StatusChoice,
    TrayView,
)
from lyncdesk.presence.message import Message
from lyncdesk.presence.publication import Profile, Seen
from lyncdesk.presence.relationships import Relationship
from lyncdesk.presence.states import MANUAL_PRESENCE, STATES, Colour, ManualStatus, Presence, Shape
from lyncdesk.ui.bridge import Bridge, Call

P = ParamSpec("P")
T = TypeVar("T")

# A Tuesday, 10:02 in Berlin.
NOW = datetime(2026, 3, 3, 9, 2, tzinfo=UTC)
ZONE = "Europe/Berlin"
ME = "kim.akers@litware.example"
ANNA = "anna.bedecs@litware.example"


def berlin(hour: int, minute: int = 0, day: int = 3) -> datetime:
    """A moment of the sample week by Berlin's clock (winter time)."""
    return datetime(2026, 3, day, hour - 1, minute, tzinfo=UTC)


def indicator(text: str = "Available", **marks: bool) -> Indicator:
    """The indicator of a state by its English text."""
    row = next(row for row in STATES if row.text == text)
    return Indicator(row.colour, row.shape, text, **marks)


def status_choices(chosen: ManualStatus | None = None) -> tuple[StatusChoice, ...]:
    """The rows of the status menu."""
    return tuple(
        StatusChoice(
            status,
            status.value,
            Indicator(MANUAL_PRESENCE[status].colour, MANUAL_PRESENCE[status].shape, status.value),
            status is chosen,
        )
        for status in ManualStatus
    )


def durations() -> tuple[DurationChoice, ...]:
    """How long a status by hand may last."""
    return (
        DurationChoice("Until I change it", None),
        DurationChoice("Until 11:00", berlin(11)),
        DurationChoice("For 1 hour", NOW + timedelta(hours=1)),
    )


def tray_view(**changes: Any) -> TrayView:
    """In a meeting until 11:00."""
    line = "In a meeting until 11:00. Calendar as of 10:02, next check 10:32."
    values: dict[str, Any] = {
        "indicator": indicator("In a meeting"),
        "tooltip": line,
        "status_line": line,
        "why": "Why am I shown as In a meeting?",
        "statuses": status_choices(),
        "signed_in": True,
        "can_reset": False,
        "check_now": True,
        "can_check_now": True,
    }
    return TrayView(**values | changes)


def day_strip(**changes: Any) -> DayStrip:
    """A day with everything that a strip can show."""
    values: dict[str, Any] = {
        "start": berlin(7),
        "end": berlin(19),
        "zone": ZONE,
        "parts": (
            part("Available", 7, 0, 9, 0),
            part("Busy", 9, 0, 9, 30, "Call with the bank, an appointment marked Busy"),
            part("Available", 9, 30, 10, 0),
            part("In a meeting", 10, 0, 11, 0, "Budget review, a meeting marked Busy\nRoom 12"),
            part("Available", 11, 0, 13, 0),
            part("Available", 13, 0, 15, 0, "Out of office", out_of_office=True),
            part("Busy", 15, 0, 16, 30, "Writing, as of an old check", stale=True),
            part("Available", 16, 30, 19, 0),
        ),
        "now": NOW,
        "last_check": NOW,
        "next_check": NOW + timedelta(minutes=30),
        "summary": "In a meeting until 11:00, then free until 15:00",
    }
    return DayStrip(**values | changes)


def part(
    text: str, hour: int, minute: int, to_hour: int, to_minute: int, why: str = "", **marks: Any
) -> StripPart:
    """A stretch of a strip, by Berlin's clock."""
    row = next(row for row in STATES if row.text == text)
    label = f"{hour}:{minute:02}-{to_hour}:{to_minute:02}  {text}" + (f"\n{why}" if why else "")
    return StripPart(
        berlin(hour, minute), berlin(to_hour, to_minute), row.colour, row.shape, text, label, **marks
    )


def week() -> Week:
    """Two days with an item each, and one without."""
    return Week(
        days=(
            WeekDay(
                berlin(8).date(),
                "Today, 3 March",
                (
                    week_item("10:00-11:00", "Budget review", "Busy", "In a meeting", Shape.BLOCK, 10),
                    week_item("15:00-16:30", "Writing", "Busy", "Busy", Shape.DISC, 15),
                ),
            ),
            WeekDay(berlin(8, day=4).date(), "Wednesday, 4 March", ()),
            WeekDay(
                berlin(8, day=5).date(),
                "Thursday, 5 March",
                (week_item("9:00-17:00", "Trade fair", "Out of office", "nothing", Shape.TICK, 9, 5),),
            ),
        ),
        totals="Shown as Busy 31 of 40 working hours, 14 of them alone",
    )


def week_item(
    when: str, subject: str, show_as: str, makes: str, shape: Shape, hour: int, day: int = 3
) -> WeekItem:
    """An item of the week."""
    colour = Colour.GREEN if shape is Shape.TICK else Colour.ORANGE
    start = berlin(hour, day=day)
    return WeekItem(
        start, start + timedelta(hours=1), when, subject, "Room 12", show_as, makes, colour, shape
    )


def contact(
    address: str = ANNA, name: str = "Anna Bedecs", text: str = "Available", **changes: Any
) -> ContactRow:
    """A row of the contact list, ranked by its state's number."""
    row = next(row for row in STATES if row.text == text)
    values: dict[str, Any] = {
        "address": address,
        "name": name,
        "indicator": indicator(text),
        "text": text,
        "calendar": "Free until 14:00",
        "group": "Contacts",
        "relationship": Relationship.COLLEAGUES,
        "rank": row.availability or 99999,
    }
    return ContactRow(**values | changes)


def contacts() -> tuple[ContactRow, ...]:
    """A handful in two groups and three relationships."""
    return (
        contact(),
        contact(
            "ben.smith@litware.example", "Ben Smith", "In a meeting", calendar="In a meeting until 11:00"
        ),
        contact(
            "carla.gomez@litware.example",
            "Carla Gomez",
            "Do not disturb",
            group="Project Falcon",
            relationship=Relationship.WORKGROUP,
            calendar="Free for the rest of the day",
        ),
        contact(
            "david.ortiz@litware.example",
            "David Ortiz",
            "Away",
            group="Project Falcon",
            calendar="Outside working hours until tomorrow 8:00",
        ),
        contact(
            "eve.external@fabrikam.example",
            "Eve Simek",
            "Offline",
            calendar="",
            relationship=Relationship.EXTERNAL,
        ),
    )


def main_view(**changes: Any) -> Main:
    """Kim Akers in a meeting, signed in, with some contacts."""
    values: dict[str, Any] = {
        "address": ME,
        "name": "Kim Akers",
        "initials": "KA",
        "picture": b"",
        "indicator": indicator("In a meeting"),
        "status": "In a meeting until 11:00",
        "only_you": "",
        "note": "",
        "note_locked": False,
        "notice": None,
        "statuses": status_choices(),
        "durations": durations(),
        "can_reset": False,
        "check_now": True,
        "can_check_now": True,
        "signed_in": True,
        "day": day_strip(),
        "contacts": contacts(),
        "nobody": "Your contact list is empty. Type a name above to find people.",
        "finds_people": True,
        "footer": "Calendar checked 10:02, next 10:32",
    }
    return Main(**values | changes)


def notice(text: str = "Signing in ...", **changes: Any) -> Notice:
    """The line under the header."""
    return Notice(text, **changes)


def state(**changes: Any) -> State:
    """A State of Kim Akers."""
    return State(Profile(ME, "Kim Akers", zone=ZONE), **changes)


def seen(address: str = ANNA, name: str = "Anna Bedecs", number: int = 3500) -> Seen:
    """What the directory or the pool tells of a person."""
    return Seen(Profile(address, name, title="Buyer", company="Litware"), Presence(number))


class RecordingSession:
    """A session that only remembers what it was asked (``asked``), and answers from its attributes."""

    def __init__(self, *, simulation: bool = False) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.typed_anew: list[bool] = []
        self.posted: list[Event] = []
        self.people: tuple[Seen, ...] = ()
        self.problem: Problem | None = None
        self.history = Past()
        self.steps: tuple[ConnectionStep, ...] = ()
        self.on_state: Callable[[State], None] = lambda _: None
        self.stopped = False
        self.speed = 1.0
        self._simulation = simulation
        self.newest: Newest | None = None
        self.releases = Releases(
            None if simulation else self._ask_newest,
            lambda: Installed(Way.PIPX),
            lambda: Options(newer_version_url="https://files.litware.example/latest.json"),
        )

    async def _ask_newest(self, place: str, account: Account) -> Newest:
        self.asked.append(("newest", place))
        if self.newest is None:
            raise ProblemError(unknown(place, "timed-out"))
        return self.newest

    @property
    def is_simulation(self) -> bool:
        return self._simulation

    def start(self, on_state: Callable[[State], None]) -> None:
        self.on_state = on_state

    def now(self) -> datetime:
        return NOW

    def post(self, event: Event) -> None:
        self.posted.append(event)

    async def test_connection(
        self,
        account: Account,
        password: str | None,
        on_step: Callable[[ConnectionStep], None],
        *,
        anew: bool = True,
    ) -> bool:
        self.asked.append(("test_connection", account, password))
        self.typed_anew.append(anew)
        for step in self.steps:
            on_step(step)
        return self.problem is None

    async def save_account(self, account: Account, password: str | None, *, keep: bool) -> Problem | None:
        self.asked.append(("save_account", account, password, keep))
        return self.problem

    async def enter_password(self, password: str, *, keep: bool) -> Problem | None:
        self.asked.append(("enter_password", password, keep))
        return self.problem

    async def forget_account(self) -> Problem | None:
        self.asked.append(("forget_account",))
        return self.problem

    async def save_options(self, values: Mapping[str, object]) -> tuple[Problem, ...]:
        self.asked.append(("save_options", dict(values)))
        return () if self.problem is None else (self.problem,)

    async def search(self, text: str) -> tuple[Seen, ...]:
        self.asked.append(("search", text))
        return self.people

    async def add_contact(self, address: str) -> Problem | None:
        self.asked.append(("add_contact", address))
        return self.problem

    async def remove_contact(self, address: str) -> None:
        self.asked.append(("remove_contact", address))

    async def past(self, start: datetime, end: datetime) -> Past:
        self.asked.append(("past", start, end))
        if self.problem is not None:
            raise ProblemError(self.problem)
        return self.history

    async def delete_history(self) -> Problem | None:
        self.asked.append(("delete_history",))
        return self.problem

    def history_place(self) -> Message:
        return Message.of("{path}", path="data/lyncdesk/history.sqlite")

    async def report(self) -> str:
        self.asked.append(("report",))
        return "report"

    def environment(self) -> tuple[tuple[Message, Message], ...]:
        return ((Message.of("Keyring"), Message.of("in use")),)

    def sign_in_limits(self) -> Mapping[str, Message]:
        return {"negotiate": Message.of("Kerberos is missing here.")}

    async def stop(self) -> None:
        self.stopped = True


class RecordingBridge(Bridge):
    """A bridge to a :class:`RecordingSession`; calls run to their end at once, on Qt's thread."""

    def __init__(self, session: RecordingSession | None = None, parent: QObject | None = None) -> None:
        super().__init__(lambda: self.recording, parent)
        self.recording = session or RecordingSession()

    @property
    def session(self) -> Session:
        return self.recording

    @property
    def posted(self) -> list[Event]:
        """Events that were posted."""
        return self.recording.posted

    @property
    def asked(self) -> list[tuple[Any, ...]]:
        """Calls of the session, name first."""
        return self.recording.asked

    @property
    def is_ready(self) -> bool:
        return True

    def post(self, event: Event) -> None:
        self.recording.post(event)

    def call(
        self,
        function: Callable[..., Coroutine[Any, Any, T]],
        *args: object,
        done: Callable[[T], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
        **kwargs: object,
    ) -> Call:
        async def run() -> T:
            return await function(*args, **kwargs)

        try:
            result = asyncio.run(run())
        except Exception as error:
            if failed is None:
                raise
            failed(error)
        else:
            if done is not None:
                done(result)
        return Call(lambda _: None)

    def relay(self, callback: Callable[P, None]) -> Callable[P, None]:
        return callback
