"""The one State of a signed-in person: frozen, replaced whole, written by
:func:`lyncdesk.client.engine.step` alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from lyncdesk.client.found import Found
from lyncdesk.client.options import Account, Options
from lyncdesk.client.ports import ItemKey
from lyncdesk.client.problems import Problem
from lyncdesk.client.trail_types import Passed
from lyncdesk.presence.freebusy import WorkingHours
from lyncdesk.presence.inputs import Machine, Manual, OutOfOffice
from lyncdesk.presence.items import Item, ShowAs
from lyncdesk.presence.publication import Profile, Publication, Seen
from lyncdesk.presence.rights import Right, Rights


class Health(StrEnum):
    """How the calendar connection is."""

    OFF = "off"  # switched off, or signed out, or no account
    STARTING = "starting"  # nothing has answered yet
    OK = "ok"
    FAILING = "failing"  # the last check failed and another is planned
    STOPPED = "stopped"  # nothing is sent before the person acts


@dataclass(frozen=True, slots=True)
class Change:
    """A show-as that the person picked: shown at once, written back, and shown until a check confirms it.

    ``item`` is the item as it was when it was picked; ``whole``: all of its series changes with it.
    ``former`` holds what each changed item says on the server, by id. ``written`` once the server has it;
    ``outlives`` is the start of the check that was in flight then, whose answer may be older. ``undoes``:
    this takes another change back. ``account`` is whose calendar it is made in.
    """

    number: int
    item: Item
    show_as: ShowAs
    whole: bool = False
    former: tuple[tuple[str, ShowAs], ...] = ()
    written: bool = False
    outlives: datetime | None = None
    undoes: bool = False
    account: Account = field(default_factory=Account)


@dataclass(frozen=True, slots=True)
class Undo:
    """How to take the last change back: write ``former`` to what has ``key``. Offered until ``until``."""

    item: Item
    key: ItemKey
    former: ShowAs
    whole: bool
    until: datetime


@dataclass(frozen=True, slots=True)
class NotWritten:
    """A change that failed. Told until ``until``, or until the item turns out to say ``wanted`` all the same:
    of an answer that was lost nobody knows what was done.
    """

    item: Item
    wanted: ShowAs
    problem: Problem
    until: datetime


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """A check that has ended: when it was sent, how long it took, and what came of it.

    ``problem`` is the name of what went wrong, "" = it succeeded; ``requests`` and ``items`` are None where
    they are not known. ``used`` False: the answer was no longer wanted when it came.
    """

    started: datetime
    took: timedelta
    problem: str = ""
    requests: int | None = None
    items: int | None = None
    used: bool = True


@dataclass(frozen=True, slots=True)
class Calendar:
    """Everything about the calendar in one value.

    ``as_of`` is the start of the last successful check; ``anchor`` the origin of the rhythm (anchor + n
    x interval);
    ``next_check`` the next planned check, regular or retry, None if none is planned; ``failures`` counts
    failures in
    a row; ``back_off_until`` is the server's own wish. ``checking_since`` is set while a check is in flight;
    ``check_again`` asks for another right after it; ``outdated`` says that its answer is no longer wanted
    (it is awaited all the same, because checks never overlap), ``asked`` which account it asks.
    ``problem`` is the last check's failure, ``details`` whether the items told their kinds, ``complete``
    whether none can be missing; ``sign_in`` is the way of signing in that the server took. Items live in
    memory only, and so does ``history``: the last checks, oldest first. Items are as last told by the server
    but for ``changes``, which the person made since; ``changes_made`` numbers them. ``adrift`` are those that
    were still being written when the items were dropped: of them only a failure is told.
    """

    items: tuple[Item, ...] = ()
    as_of: datetime | None = None
    health: Health = Health.OFF
    anchor: datetime | None = None
    next_check: datetime | None = None
    failures: int = 0
    failed_at: datetime | None = None
    back_off_until: datetime | None = None
    problem: Problem | None = None
    checking_since: datetime | None = None
    check_again: bool = False
    outdated: bool = False
    asked: Account | None = None
    details: bool = True
    complete: bool = True
    out_of_office: OutOfOffice | None = None
    working_hours: WorkingHours | None = None
    changes: tuple[Change, ...] = ()
    adrift: tuple[Change, ...] = ()
    changes_made: int = 0
    undo: Undo | None = None
    not_written: NotWritten | None = None
    # for the Connection tab
    checks_sent: int = 0
    requests: int = 0
    duration: timedelta | None = None
    server: str = ""
    sign_in: str = ""
    limits: tuple[str, ...] = ()
    history: tuple[CheckRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class ContactReading:
    """How the contacts' calendars are read, where the pool has to ask for them (``used``).

    The rhythm is the calendar's: ``anchor`` + n x interval, ``next_read`` the next planned one.
    ``reading_since`` is set while a read is in flight, ``asked`` tells for which account; ``read_again`` asks
    for another right after it, ``outdated`` says that its answer is no longer wanted. ``as_of`` is the start
    of the last read that succeeded, which brought the calendars of ``read`` people and of ``unreadable``
    none. The rest is as in :class:`Calendar`.
    """

    used: bool = False
    want_rights: bool = True
    anchor: datetime | None = None
    next_read: datetime | None = None
    reading_since: datetime | None = None
    asked: Account | None = None
    read_again: bool = False
    outdated: bool = False
    as_of: datetime | None = None
    read: int = 0
    unreadable: int = 0
    requests: int = 0
    failures: int = 0
    failed_at: datetime | None = None
    back_off_until: datetime | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class RightChange:
    """One permission that is being written, can be undone, or was not written.

    ``former`` and ``right`` are the person's own entries before and after, None = none. ``until`` is how
    long it is told; ``problem`` why it was not written; ``undoes``: it takes another change back.
    ``account`` is whose calendar it is made in.
    """

    number: int
    address: str
    right: Right | None
    former: Right | None
    until: datetime | None = None
    problem: Problem | None = None
    undoes: bool = False
    account: Account = field(default_factory=Account)


@dataclass(frozen=True, slots=True)
class Giving:
    """What others may see of one's calendar in Exchange, where that is what a relationship is.

    ``known`` is None before it was read, or where it cannot be (``problem``). ``change`` is under way;
    ``told`` is what became of the last one, for a while; ``changes_made`` numbers them.
    """

    known: Rights | None = None
    problem: Problem | None = None
    change: RightChange | None = None
    told: RightChange | None = None
    changes_made: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """What one person's client knows.

    ``ended`` is the last status by hand whose time ran out, until the person does something about the status.
    ``reset_waiting``: Reset Status was pressed and the next successful check is awaited;
    ``reset_unplanned``: it was
    pressed while no check is planned. ``since`` is when the shown text last changed; nothing
    changes by time alone before ``quiet_until`` (None: not known, or nothing ever does).
    ``contacts`` maps addresses to what was received of them; ``published`` is what was last sent to the pool;
    ``problems`` are those beside the calendar's (settings, policy, keyring, pool). ``found`` holds the
    servers that were found, by mail address. ``pool`` names the pool in words. ``trail`` is what was shown
    so far and why, oldest first, in memory only.
    """

    profile: Profile
    options: Options = field(default_factory=Options)
    signed_in: bool = False
    calendar: Calendar = Calendar()
    manual: Manual | None = None
    ended: Manual | None = None
    machines: tuple[Machine, ...] = ()
    reset_waiting: bool = False
    reset_unplanned: bool = False
    contacts: Mapping[str, Seen] = field(default_factory=dict, hash=False)
    reading: ContactReading = ContactReading()
    giving: Giving = Giving()
    published: Publication | None = None
    revision: int = 0
    problems: tuple[Problem, ...] = ()
    found: Mapping[str, Found] = field(default_factory=dict, hash=False)
    pool: str = ""
    since: datetime | None = None
    quiet_until: datetime | None = None
    trail: tuple[Passed, ...] = field(default=(), hash=False, repr=False)
