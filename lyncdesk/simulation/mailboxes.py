"""The calendars of the sample organisation: entries of the embedded Exchange, and items of clients.

The embedded Exchange is the one truth. Clients without a wire of their own read it through
:class:`MailboxCalendar`, which tells what an EWS client would be told.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lyncdesk.calendars.memory import MemoryCalendar
from lyncdesk.client.ports import CalendarAnswer, ItemKey, ProblemError, Window, Written
from lyncdesk.client.problems import Problem
from lyncdesk.exchange_server import model
from lyncdesk.exchange_server.exchange import Exchange
from lyncdesk.exchange_server.recurrence import expand, instant, occurrence, overlaps
from lyncdesk.presence.freebusy import WorkingHours
from lyncdesk.presence.inputs import OutOfOffice
from lyncdesk.presence.items import Item, Kind, Recurring, Response, ShowAs, show_as_from
from lyncdesk.simulation.organisation import A_DAY, Member, Plan

_RESPONSES = {
    Response.ORGANIZER: "Organizer",
    Response.ACCEPTED: "Accept",
    Response.TENTATIVE: "Tentative",
    Response.DECLINED: "Decline",
    Response.NONE: "NoResponseReceived",
}
_READ = {told: response for response, told in _RESPONSES.items()}
_MEETING = {Kind.MEETING: True, Kind.APPOINTMENT: False, Kind.UNKNOWN: None}
_KINDS = {told: kind for kind, told in _MEETING.items()}
_PARTS = {"Occurrence": Recurring.OCCURRENCE, "Exception": Recurring.EXCEPTION}
# Series begin so long before the organisation does, so that the days before are not empty.
_BEFORE = timedelta(days=14)
_ORIGINAL = "%Y%m%dT%H%M%SZ"


# --- from items to entries ---


def entry_of(item: Item, zone: str) -> model.Entry:
    """A single entry that reads back as the item; ``zone`` is its owner's."""
    return changed_entry(model.Entry(zone=zone), item)


def changed_entry(entry: model.Entry, item: Item) -> model.Entry:
    """The entry with everything that an item can say replaced."""
    return replace(
        entry,
        subject=item.subject,
        location=item.location,
        start=item.start.astimezone(UTC),
        end=item.end.astimezone(UTC),
        show_as=item.show_as.value,
        meeting=_MEETING[item.kind],
        sensitivity="Private" if item.private else "Normal",
        all_day=item.all_day,
        cancelled=item.cancelled,
        response=_RESPONSES[item.response],
    )


def series_of(plan: Plan, zone: str, today: date) -> model.Entry:
    """The weekly series of a plan, begun before ``today``, without end."""
    first = today - _BEFORE
    while first.weekday() not in plan.days:
        first += A_DAY
    tz = ZoneInfo(zone)
    last = first + A_DAY if plan.all_day or plan.end <= plan.start else first
    start = instant(tz, datetime.combine(first, time() if plan.all_day else plan.start))
    end = instant(tz, datetime.combine(last, time() if plan.all_day else plan.end))
    item = Item(
        start,
        end,
        plan.show_as,
        plan.kind,
        plan.subject,
        plan.location,
        plan.private,
        plan.all_day,
        plan.cancelled,
        plan.response,
    )
    days = tuple(name for number, name in enumerate(model.DAY_NAMES) if number in plan.days)
    pattern = model.Pattern("weekly", 1, days, first_day="Monday")
    return replace(entry_of(item, zone), recurrence=model.Recurrence(pattern, first))


def take_in(exchange: Exchange, member: Member, password: str, today: date) -> None:
    """Give a person a mailbox with the planned calendar.

    Raises:
        ValueError: for an address that is taken.
    """
    profile, hours = member.profile, member.working_hours
    replies = member.automatic_replies
    exchange.add_person(
        profile.address,
        password,
        name=profile.name,
        aliases=member.aliases,
        title=profile.title,
        company=profile.company,
        phones={
            "work": profile.work_phone,
            "mobile": profile.mobile_phone,
            "home": profile.home_phone,
        },
        zone=profile.zone,
        working_hours=model.WorkingHours(
            tuple(model.DAY_NAMES[day] for day in sorted(hours.days)), hours.start, hours.end
        ),
        oof=model.OofSettings("Enabled", internal=replies, external=replies)
        if replies
        else model.OofSettings(),
    )
    for plan in member.plans:
        if plan.days:
            exchange.add_entry(profile.address, series_of(plan, profile.zone, today))


# --- from entries to items ---


def item_of(shown: model.Shown) -> Item:
    """What a client reads of an entry or of one occurrence of a series."""
    entry = shown.entry
    holder = shown.master or entry
    name = holder.key
    if shown.original is not None:
        name = f"{name}@{shown.original.astimezone(UTC).strftime(_ORIGINAL)}"
    return Item(
        entry.start,
        entry.end,
        show_as_from(entry.show_as),
        _KINDS[entry.meeting],
        entry.subject,
        entry.location,
        entry.sensitivity != "Normal",
        entry.all_day,
        entry.cancelled,
        _READ.get(entry.response, Response.NONE),
        name,
        str(holder.version),
        _PARTS.get(shown.kind, Recurring.NO),
        holder.uid if shown.kind in _PARTS else "",
    )


def items_between(exchange: Exchange, address: str, start: datetime, end: datetime) -> tuple[Item, ...]:
    """A person's items that lie in the half-open window, series taken apart, by start.

    Raises:
        KeyError: for an unknown address.
    """
    found: list[model.Shown] = []
    for entry in exchange.entries(address):
        if entry.recurrence is not None:
            found.extend(expand(entry, start, end))
        elif overlaps(entry, start, end):
            found.append(model.Shown(entry))
    return tuple(sorted(map(item_of, found), key=lambda item: (item.start, item.end, item.id)))


# --- what Outlook does ---


def add_item(exchange: Exchange, address: str, item: Item, zone: str) -> None:
    """Add an item. Raises KeyError for an unknown address."""
    exchange.add_entry(address, entry_of(item, zone))


def change_item(exchange: Exchange, address: str, item_id: str, item: Item) -> None:
    """Replace an item, of a series this one occurrence. Raises KeyError when there is none."""
    key, original = _parts(item_id)

    def change(entry: model.Entry) -> model.Entry:
        if original is None:
            return changed_entry(entry, item)
        return _with_occurrence(entry, original, lambda one: changed_entry(one, item))

    exchange.store.change(address, key, change)


def _with_occurrence(
    entry: model.Entry, original: datetime, change: Callable[[model.Entry], model.Entry]
) -> model.Entry:
    shown = occurrence(entry, original)
    if shown is None:
        raise KeyError(original)
    changed = model.Changed(original, change(shown.entry))
    others = [one for one in entry.changed if one.original != original]
    return replace(entry, changed=tuple(sorted((*others, changed), key=lambda one: one.original)))


def change_show_as(
    exchange: Exchange, address: str, key: ItemKey, show_as: ShowAs, *, series: bool
) -> Written:
    """Write a show-as as an EWS client does, to an entry, one occurrence, or (by its id alone) a series.

    Raises:
        KeyError: when there is none.
        ValueError: when it is not in this state.
    """
    name, original = _parts(key.id)
    before = exchange.store.entry(address, name)

    def change(entry: model.Entry) -> model.Entry:
        if str(entry.version) != key.change_key:
            raise ValueError(key.change_key)
        if original is None or series:
            return replace(entry, show_as=show_as.value)
        return _with_occurrence(entry, original, lambda one: replace(one, show_as=show_as.value))

    after = exchange.store.change(address, name, change)
    written = ItemKey(name if series else key.id, str(after.version))
    return Written(written, show_as_from(before.show_as) if before and series else None)


def remove_item(exchange: Exchange, address: str, item_id: str) -> None:
    """Remove an item, of a series this one occurrence. Raises KeyError when there is none."""
    key, original = _parts(item_id)
    if original is None:
        exchange.remove_entry(address, key)
        return

    def change(entry: model.Entry) -> model.Entry:
        if occurrence(entry, original) is None:
            raise KeyError(item_id)
        return replace(
            entry,
            deleted=tuple(sorted((*entry.deleted, original))),
            changed=tuple(one for one in entry.changed if one.original != original),
        )

    exchange.store.change(address, key, change)


def _parts(item_id: str) -> tuple[str, datetime | None]:
    key, _, original = item_id.partition("@")
    if not original:
        return key, None
    try:
        return key, datetime.strptime(original, _ORIGINAL).replace(tzinfo=UTC)
    except ValueError:
        raise KeyError(item_id) from None


class MailboxCalendar(MemoryCalendar):
    """One person's calendar of the embedded Exchange, read without the wire; each check reads it anew."""

    def __init__(self, exchange: Exchange, address: str) -> None:
        super().__init__()
        self._exchange = exchange
        self._address = address

    async def fetch(self, window: Window, next_due_in: timedelta | None = None) -> CalendarAnswer:
        """Read the mailbox once.

        Raises:
            ProblemError: while there is a fault.
        """
        mailbox = self._exchange.store.mailbox(self._address)
        if mailbox is not None:
            self.replace(items_between(self._exchange, self._address, window.start, window.end))
            self.out_of_office = _replies(mailbox.oof)
            hours = mailbox.working_hours
            days = frozenset(model.DAY_NAMES.index(day) for day in hours.days)
            self.working_hours = WorkingHours(mailbox.zone, days, hours.start, hours.end)
        return await super().fetch(window, next_due_in)

    async def change_show_as(self, key: ItemKey, show_as: ShowAs, *, series: bool = False) -> Written:
        """Write to the mailbox.

        Raises:
            ProblemError: while there is a fault, and for an item that is not in this state.
        """
        if self.fault is not None:
            raise ProblemError(self.fault, self.back_off)
        try:
            return change_show_as(self._exchange, self._address, key, show_as, series=series)
        except KeyError:
            raise ProblemError(Problem.of("item-gone")) from None
        except ValueError:
            raise ProblemError(Problem.of("item-changed")) from None


def _replies(oof: model.OofSettings) -> OutOfOffice | None:
    if oof.state == "Disabled":
        return None
    if oof.state == "Scheduled":
        return OutOfOffice(oof.internal, oof.start, oof.end)
    return OutOfOffice(oof.internal)
