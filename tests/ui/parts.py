"""For the tests of cards and windows: a card, a Why, a connection, a sample organisation in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from lyncdesk.client.session import Jumped, PresenceChange, WorldTime
from lyncdesk.client.state import State
from lyncdesk.client.view_types import Action, Card, Connection, Detail, Given, ReasonRow, Trouble, Why
from lyncdesk.client.words import Words
from lyncdesk.presence.items import Item, Kind, ShowAs
from lyncdesk.presence.publication import Profile
from lyncdesk.presence.relationships import Relationship
from tests.ui.builders import (
    ANNA,
    ME,
    NOW,
    ZONE,
    RecordingBridge,
    RecordingSession,
    berlin,
    day_strip,
    indicator,
    state,
)
from tests.ui.lesson_parts import RecordingLessons

HOUR = timedelta(hours=1)
WORDS = Words(zone=ZoneInfo(ZONE), now=NOW)

MEETING = Detail(("Budget review", "Room 12", "10:00 to 11:00", "and 1 more"))
NOT_SHARED = Detail(
    ("Anna shares no details of this with you. Anna can change that by putting you in Workgroup.",),
    "Ask Anna",
    "May I see what your meetings are about?",
    "Hello Anna,\n\nmay I see subject & location? 100 %\n\nKim",
)
CHOICES = (
    (Relationship.EXTERNAL, "External", "sees your presence, name, title and company"),
    (Relationship.COLLEAGUES, "Colleagues", "also sees free/busy, notes, out of office and your work phone"),
    (Relationship.WORKGROUP, "Workgroup", "also sees subject and location, your mobile phone"),
    (Relationship.FRIENDS_AND_FAMILY, "Friends and Family", "also sees your home phone"),
    (Relationship.BLOCKED, "Blocked", "always sees you as Offline"),
)


def card(**changes: Any) -> Card:
    """Anna's card, as Workgroup sees it."""
    values: dict[str, Any] = {
        "address": ANNA,
        "name": "Anna Bedecs",
        "initials": "AB",
        "picture": b"",
        "indicator": indicator("In a meeting"),
        "presence": "In a meeting until 11:00",
        "job": "Buyer, Litware",
        "out_of_office": "",
        "note": "Ask Ben about Falcon",
        "calendar": "In a meeting until 11:00",
        "detail": MEETING,
        "strip": day_strip(),
        "local_time": "Local time 10:02",
        "phones": (("Work", "+49 30 5550 100"), ("Mobile", "+49 170 5550 100")),
        "age": "",
        "sees_you_as": "Anna sees you as:",
        "gives": Given(Relationship.COLLEAGUES, CHOICES),
    }
    return Card(**values | changes)


def why(**changes: Any) -> Why:
    """Busy because of an appointment."""
    values: dict[str, Any] = {
        "title": "Why am I shown as Busy?",
        "sentence": "You are shown as Busy because of 'Budget review', an appointment, 10:00-11:00.",
        "rows": (
            ReasonRow("Calendar", "Busy: 'Budget review'", "won", "The highest of what runs now."),
            ReasonRow(
                "Computer", "in use since 8:12", "lost", "Somebody uses the computer, so it says nothing."
            ),
            ReasonRow(
                "Out of office",
                "on until Friday",
                "mark",
                "It adds a mark; it does not make you Busy.",
            ),
        ),
        "read": "The calendar was read at 10:02 and will be read again at 10:32.",
        "lync": "Lync would have shown In a meeting: it took every unknown item for a meeting.",
        "indicator": indicator("Busy"),
    }
    return Why(**values | changes)


REFUSED = Trouble(
    "refused-password",
    "Exchange refused your password.",
    "The server mail.litware.example did not accept the user name and password. LyncDesk sent them once and"
    " stopped, so that your account is not locked.",
    "Enter your password again. If it is right, check the user name.",
    Action.ENTER_PASSWORD,
    "Enter password",
)


def connection(**changes: Any) -> Connection:
    """Configuration information with a refused password."""
    values: dict[str, Any] = {
        "troubles": (REFUSED,),
        "rows": (
            ("EWS Internal URL", "https://mail.litware.example/EWS/Exchange.asmx"),
            ("EWS External URL", "https://mail.litware.example/EWS/Exchange.asmx"),
            ("EWS Information", "Exchange refused your password."),
            ("Account", ME),
            ("Last check", "10:02"),
            ("Interval", "30 minutes (built in)"),
            ("Log file", "~/.local/state/lyncdesk/a/rather/long/path/to/the/log/file/lyncdesk.log"),
        ),
        "can_check_now": True,
        "check_now": True,
    }
    return Connection(**values | changes)


def knowing(state: State, bridge: RecordingBridge | None = None) -> RecordingBridge:
    """A bridge that has received this state."""
    made = bridge or RecordingBridge()
    tell(made, state)
    return made


def tell(bridge: RecordingBridge, state: State) -> None:
    """Let a state arrive."""
    bridge._state = state
    bridge.state_changed.emit(state)


class Sample:
    """A sample organisation in memory, as the Simulation window sees one."""

    def __init__(self) -> None:
        self.world = WorldTime(NOW, 1, NOW + timedelta(minutes=30))
        self.everybody = (
            Profile(ME, "Kim Akers", "Manager", zone=ZONE),
            Profile(ANNA, "Anna Bedecs", "Buyer", zone="America/New_York"),
        )
        self.calendars: dict[str, list[Item]] = {ME: [], ANNA: []}
        self.jumps = 0
        self.seats: dict[str, SitInSeat] = {}
        self.changes: tuple[PresenceChange, ...] = ()
        self.broken: Exception | None = None
        self.teacher = RecordingLessons()
        self._ids = (f"item-{number}" for number in count(1))

    def fill(self) -> None:
        """A day that shows everything."""
        for item in (
            Item(berlin(10), berlin(11), ShowAs.BUSY, Kind.MEETING, "Budget review", "Room 12"),
            Item(berlin(13), berlin(14), ShowAs.TENTATIVE, Kind.MEETING, "Lunch with the auditors", "Town"),
            Item(berlin(15), berlin(16), ShowAs.OOF, Kind.APPOINTMENT, "Dentist", private=True),
            Item(berlin(16), berlin(17), ShowAs.WORKING_ELSEWHERE, Kind.APPOINTMENT, "Home office"),
            Item(berlin(17), berlin(18), ShowAs.FREE, Kind.APPOINTMENT, "Train"),
            Item(berlin(1) - HOUR, berlin(1, day=4) - HOUR, ShowAs.FREE, subject="Birthday", all_day=True),
        ):  # fmt: skip
            self.calendars[ME].append(replace(item, id=next(self._ids)))

    def people(self) -> tuple[Profile, ...]:
        return self.everybody

    def lessons(self) -> RecordingLessons:
        return self.teacher

    def items(self, address: str, start: datetime, end: datetime) -> tuple[Item, ...]:
        return tuple(item for item in self.calendars[address] if item.start < end and item.end > start)

    async def add_item(self, address: str, item: Item) -> None:
        if self.broken:
            raise self.broken
        self.calendars[address].append(replace(item, id=next(self._ids)))

    async def change_item(self, address: str, item_id: str, item: Item) -> None:
        await self.remove_item(address, item_id)
        self.calendars[address].append(replace(item, id=item_id))

    async def remove_item(self, address: str, item_id: str) -> None:
        self.calendars[address] = [item for item in self.calendars[address] if item.id != item_id]

    def time(self) -> WorldTime:
        return self.world

    def set_speed(self, speed: float) -> None:
        self.world = replace(self.world, speed=speed)

    async def jump_to_next_check(self) -> None:
        if self.broken:
            raise self.broken
        self.jumps += 1
        self.world = replace(self.world, now=NOW + timedelta(minutes=30), next_check=NOW + timedelta(hours=1))

    async def jump_to_next_change(self) -> Jumped:
        if self.broken:
            raise self.broken
        self.world = replace(self.world, now=NOW + timedelta(minutes=28))
        return Jumped(self.world.now, self.changes)

    async def jump(self, moment: datetime) -> None:
        if self.broken:
            raise self.broken
        self.world = replace(self.world, now=moment)

    def sit_in(self, address: str) -> SitInSeat:
        profile = next(one for one in self.everybody[1:] if one.address == address)
        seat = self.seats[address] = SitInSeat(profile)
        return seat


class SitInSeat(RecordingSession):
    """A seat that remembers what it was asked; its State is that of a person who signed in."""

    def __init__(self, profile: Profile) -> None:
        super().__init__(simulation=True)
        self.profile = profile
        self.led = False

    def start(self, on_state: Callable[[State], None]) -> None:
        super().start(on_state)
        self.tell()

    def tell(self) -> None:
        self.on_state(replace(state(), profile=self.profile))
