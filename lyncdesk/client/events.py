"""What can happen to a client."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from lyncdesk.client.found import Found
from lyncdesk.client.options import Options
from lyncdesk.client.ports import (
    CalendarAnswer,
    ContactsAnswer,
    Written,
)
from lyncdesk.client.problems import Problem
from lyncdesk.presence.inputs import Machine, Manual
from lyncdesk.presence.items import ShowAs
from lyncdesk.presence.publication import Profile, Seen
from lyncdesk.presence.relationships import Relationship
from lyncdesk.presence.rights import Rights
from lyncdesk.presence.states import ManualStatus


@dataclass(frozen=True, slots=True)
class SignIn:
    """The person signs in; the anchor of the calendar checks is set and one check is made at once."""


@dataclass(frozen=True, slots=True)
class SignOut:
    """The person signs out: others see Offline, checks stop."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed; ``step`` looks what is due."""


@dataclass(frozen=True, slots=True)
class CheckNow:
    """Check calendar now. Ignored where the policy takes it away."""


@dataclass(frozen=True, slots=True)
class CalendarChecked:
    """A check succeeded; ``started`` is the moment it was sent."""

    started: datetime
    answer: CalendarAnswer


@dataclass(frozen=True, slots=True)
class CheckFailed:
    """A check failed; ``back_off`` is the server's own wish."""

    started: datetime
    problem: Problem
    back_off: timedelta | None = None


@dataclass(frozen=True, slots=True)
class ShowAsPicked:
    """The person picked another Show As for the item with this id, or for the whole series it belongs to."""

    item: str
    show_as: ShowAs
    series: bool = False


@dataclass(frozen=True, slots=True)
class ShowAsUndone:
    """The person takes the last change of a Show As back."""


@dataclass(frozen=True, slots=True)
class ShowAsWritten:
    """The change with this number was written."""

    number: int
    written: Written


@dataclass(frozen=True, slots=True)
class ShowAsNotWritten:
    """The change with this number failed; ``back_off`` is the server's own wish."""

    number: int
    problem: Problem
    back_off: timedelta | None = None


@dataclass(frozen=True, slots=True)
class ResetStatus:
    """Reset Status: drop the manual status, recompute, send NO request, wait for the next check."""


@dataclass(frozen=True, slots=True)
class SetStatus:
    """The person picks a status, without end or until a moment."""

    status: ManualStatus
    until: datetime | None = None
    device: str = ""


@dataclass(frozen=True, slots=True)
class RestoreManual:
    """A manual status from before a restart."""

    manual: Manual


@dataclass(frozen=True, slots=True)
class OptionsChanged:
    """New options are in force (the person's or the administrator's)."""

    options: Options


@dataclass(frozen=True, slots=True)
class MachineChanged:
    """One machine of the person changed (idle, locked, asleep)."""

    machine: Machine


@dataclass(frozen=True, slots=True)
class Jolted:
    """Waking, a clock jump or the network's return: the anchor is set anew and one check is made at once."""

    cause: str


@dataclass(frozen=True, slots=True)
class PasswordEntered:
    """The person acted on a refused or missing password; checks may go on."""


@dataclass(frozen=True, slots=True)
class ContactSeen:
    """The pool brought news of a contact."""

    seen: Seen


@dataclass(frozen=True, slots=True)
class ContactGone:
    """A contact is followed no more."""

    address: str


@dataclass(frozen=True, slots=True)
class ContactsRead:
    """The contacts' calendars were read; ``started`` is the moment the read was sent."""

    started: datetime
    answer: ContactsAnswer


@dataclass(frozen=True, slots=True)
class ContactsFailed:
    """The contacts' calendars could not be read; ``back_off`` is the server's own wish."""

    started: datetime
    problem: Problem
    back_off: timedelta | None = None


@dataclass(frozen=True, slots=True)
class RightGiven:
    """A permission of one's calendar was written; ``rights`` are all as they are now."""

    number: int
    rights: Rights


@dataclass(frozen=True, slots=True)
class RightNotGiven:
    """A permission was not written, or nobody knows; ``rights`` are all as they are, where that is known."""

    number: int
    problem: Problem
    back_off: timedelta | None = None
    rights: Rights | None = None


@dataclass(frozen=True, slots=True)
class GivingUndone:
    """The person wants the last given permission to be as it was before."""


@dataclass(frozen=True, slots=True)
class Give:
    """The person gives somebody a relationship; None = the default again."""

    address: str
    relationship: Relationship | None


@dataclass(frozen=True, slots=True)
class NoteWritten:
    """The person wrote a note ("" removes it)."""

    text: str


@dataclass(frozen=True, slots=True)
class ProblemFound:
    """A problem beside the calendar's."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class ProblemGone:
    """A problem of this name no longer holds."""

    name: str


@dataclass(frozen=True, slots=True)
class ProfileKnown:
    """The person's own profile became known (directory)."""

    profile: Profile


@dataclass(frozen=True, slots=True)
class ServerFound:
    """The server of an account that names none was found."""

    found: Found


Event = (
    SignIn
    | SignOut
    | Tick
    | CheckNow
    | CalendarChecked
    | CheckFailed
    | ShowAsPicked
    | ShowAsUndone
    | ShowAsWritten
    | ShowAsNotWritten
    | ResetStatus
    | SetStatus
    | RestoreManual
    | OptionsChanged
    | MachineChanged
    | Jolted
    | PasswordEntered
    | ContactSeen
    | ContactGone
    | ContactsRead
    | ContactsFailed
    | RightGiven
    | RightNotGiven
    | GivingUndone
    | Give
    | NoteWritten
    | ProblemFound
    | ProblemGone
    | ProfileKnown
    | ServerFound
)
