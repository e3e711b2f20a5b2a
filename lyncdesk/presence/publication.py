"""What a person publishes, and what one viewer gets of it.

``Publication`` is the owner's whole truth; :func:`filtered` cuts it for one relationship BEFORE it
travels, so that what
a viewer may not see is never sent. Source: the project's presence rules, sections 4, 6 and 7.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from lyncdesk.presence.freebusy import Stretch, WorkingHours
from lyncdesk.presence.items import Item, Kind, ShowAs
from lyncdesk.presence.relationships import DetailsTo, Field, Relationship, may_see
from lyncdesk.presence.states import (
    AWAY,
    DO_NOT_DISTURB,
    OFFLINE,
    OUT_OF_OFFICE,
    UNKNOWN,
    URGENT_INTERRUPTIONS_ONLY,
    URGENT_ONLY,
    Presence,
)


@dataclass(frozen=True, slots=True)
class Profile:
    """Who a person is. ``address`` is the identity (SMTP, casefolded by :func:`person`); phones "" = none."""

    address: str
    name: str = ""
    title: str = ""
    company: str = ""
    location: str = ""
    work_phone: str = ""
    mobile_phone: str = ""
    home_phone: str = ""
    zone: str = "UTC"
    picture: bytes = field(default=b"", repr=False)

    @property
    def shown_name(self) -> str:
        """The name, or the address where there is none."""
        return self.name or self.address


def person(address: str) -> str:
    """The identity of a person: the SMTP address, casefolded."""
    return address.strip().casefold()


@dataclass(frozen=True, slots=True)
class Share:
    """What the owner (Options > Personal) and the policy let out at all."""

    details: bool = True
    out_of_office: bool = True
    free_busy: bool = True
    note: bool = True
    details_to: DetailsTo = DetailsTo.WORKGROUP_AND_FRIENDS


@dataclass(frozen=True, slots=True)
class Publication:
    """A person's presence as the owner's client publishes it.

    ``revision`` grows with each publication of a client; nothing in it is promised after ``valid_until``.
    ``calendar_as_of`` is the start of the last good check, ``stale`` marks old data, ``incomplete`` data from
    which items may be missing. ``until`` is the end of the shown state where it is known. ``item`` is the
    item on the card, ``more`` the number of further ones.
    """

    profile: Profile
    presence: Presence
    revision: int = 0
    published_at: datetime | None = None
    valid_until: datetime | None = None
    until: datetime | None = None
    since: datetime | None = None
    item: Item | None = None
    more: int = 0
    busy: tuple[Stretch, ...] = ()
    working_hours: WorkingHours | None = None
    note: str = ""
    out_of_office_note: str = ""
    calendar_as_of: datetime | None = None
    calendar_used: bool = True
    stale: bool = False
    incomplete: bool = False
    last_active: datetime | None = None
    share: Share = Share()


@dataclass(frozen=True, slots=True)
class SeenItem:
    """The item on a card as a viewer may see it; a private one carries its times alone."""

    start: datetime
    end: datetime
    subject: str = ""
    location: str = ""
    private: bool = False
    kind: Kind = Kind.UNKNOWN
    show_as: ShowAs = ShowAs.BUSY


class Told(StrEnum):
    """How much Exchange tells of a person's calendar, where no pool tells a presence."""

    DETAILS = "details"
    TIMES = "free/busy only"  # the person shares no more
    NO_DETAILS = "no details on the server"
    NOTHING = "could not be read"
    NOT_SHARED = "not shared"
    NO_MAILBOX = "no mailbox"
    NOT_YET = "not read yet"


@dataclass(frozen=True, slots=True)
class Seen:
    """What one viewer gets of a person. What is not in here was never sent.

    ``calendar`` tells whether free/busy is shared with the viewer at all; ``item`` whether details are.
    Which switch
    hid a thing cannot be told from this, on purpose. ``told`` says, of a person who is known from Exchange
    alone, how much the server told; None = a pool told a presence.
    """

    profile: Profile
    presence: Presence
    revision: int = 0
    valid_until: datetime | None = None
    until: datetime | None = None
    since: datetime | None = None
    item: SeenItem | None = None
    more: int = 0
    calendar: bool = False
    busy: tuple[Stretch, ...] = ()
    working_hours: WorkingHours | None = None
    note: str = ""
    out_of_office_note: str = ""
    calendar_as_of: datetime | None = None
    stale: bool = False
    incomplete: bool = False
    last_active: datetime | None = None
    may_interrupt: bool = False
    told: Told | None = None

    def item_at(self, now: datetime) -> SeenItem | None:
        """The item on the card, None once it is over: an owner whose computer sleeps cannot say so."""
        return self.item if self.item is not None and now < self.item.end else None


def offline(publication: Publication) -> Publication:
    """The publication of the same person signed out: who the person is, and nothing of the day."""
    return Publication(
        publication.profile,
        Presence(OFFLINE),
        publication.revision + 1,
        published_at=publication.published_at,
        calendar_used=False,
    )


def unknown(profile: Profile) -> Seen:
    """A contact of whom nothing has been heard yet."""
    return Seen(Profile(profile.address, profile.name), Presence(UNKNOWN))


def filtered(publication: Publication, relationship: Relationship) -> Seen:
    """What a viewer with this relationship gets. The policy and the owner's switches travel in ``share``."""
    share = publication.share

    def see(what: Field) -> bool:
        return may_see(relationship, what, share.details_to)

    profile = _profile(publication.profile, see)
    if not see(Field.PRESENCE):
        return Seen(profile, Presence(OFFLINE), publication.revision)
    calendar = see(Field.CALENDAR)
    free_busy = calendar and share.free_busy
    oof = calendar and share.out_of_office and publication.presence.out_of_office
    seen = Seen(
        profile,
        _presence(publication.presence, relationship, oof),
        publication.revision,
        valid_until=publication.valid_until,
        stale=publication.stale,
        incomplete=publication.incomplete,
        may_interrupt=see(Field.INTERRUPT),
    )
    if not calendar:
        return seen
    item = _item(publication, see(Field.DETAILS))
    return replace(
        seen,
        until=publication.until if share.free_busy else None,
        since=publication.since,
        item=item,
        more=publication.more if item is not None else 0,
        calendar=free_busy and publication.calendar_used,
        busy=_busy(publication) if free_busy else (),
        working_hours=publication.working_hours if free_busy else None,
        note=publication.note if share.note else "",
        out_of_office_note=publication.out_of_office_note if oof and share.note else "",
        calendar_as_of=publication.calendar_as_of if free_busy else None,
        last_active=publication.last_active,
    )


def _profile(profile: Profile, see: Callable[[Field], bool]) -> Profile:
    calendar = see(Field.CALENDAR)
    identity = see(Field.IDENTITY)
    return Profile(
        profile.address,
        profile.name,
        profile.title if identity else "",
        profile.company if identity else "",
        profile.location if calendar else "",
        profile.work_phone if see(Field.WORK_PHONE) else "",
        profile.mobile_phone if see(Field.MOBILE_PHONE) else "",
        profile.home_phone if see(Field.HOME_PHONE) else "",
        profile.zone if calendar else "",
        profile.picture if identity else b"",
    )


def _presence(presence: Presence, relationship: Relationship, oof: bool) -> Presence:
    if presence.availability == DO_NOT_DISTURB and may_see(relationship, Field.INTERRUPT):
        return Presence(URGENT_ONLY, URGENT_INTERRUPTIONS_ONLY, oof)
    if presence.activity == OUT_OF_OFFICE and not oof:
        return Presence(AWAY)
    return replace(presence, out_of_office=oof)


def _busy(publication: Publication) -> tuple[Stretch, ...]:
    """The times that are taken; where out of office is not shared, not that this is why."""
    if publication.share.out_of_office:
        return publication.busy
    return tuple(
        Stretch(s.start, s.end, ShowAs.BUSY) if s.show_as is ShowAs.OOF else s for s in publication.busy
    )


def _item(publication: Publication, details: bool) -> SeenItem | None:
    item, share = publication.item, publication.share
    if item is None or not details or not share.details or not share.free_busy:
        return None
    if item.counts_as is ShowAs.OOF and not share.out_of_office:
        return None
    if item.private:
        return SeenItem(item.start, item.end, private=True, show_as=item.counts_as)
    return SeenItem(item.start, item.end, item.subject, item.location, False, item.kind, item.counts_as)
