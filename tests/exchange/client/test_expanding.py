"""A server that leaves recurring items to the client: what is shown is what Exchange would have shown."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from exchangelib.errors import EWSError

from lyncdesk.exchange import expanding, services
from lyncdesk.exchange.link import Call, Link
from lyncdesk.exchange.operations import check
from lyncdesk.exchange_server.core import Answer
from lyncdesk.exchange_server.model import (
    DAY_INDEXES,
    DAY_NAMES,
    Changed,
    Entry,
    Pattern,
    PatternKind,
    Recurrence,
)
from lyncdesk.exchange_server.recurrence import expand, instant
from tests.exchange.client.sessions import NOW
from tests.exchange.server.wire import CheckedExchange

ANNA = "anna@example.com"
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
START, END = NOW - DAY, NOW + 4 * DAY
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Kathmandu", "UTC")
KINDS: tuple[PatternKind, ...] = (
    "daily", "weekly", "monthly-day", "monthly-nth", "yearly-day", "yearly-nth"
)  # fmt: skip
Change = Callable[[bytes], bytes]
_VIEW = re.compile(rb"<m:CalendarView[^>]*/>")
_PAGES = b'<m:IndexedPageItemView MaxEntriesReturned="1000" Offset="0" BasePoint="Beginning"/>'


class ThinExchange(CheckedExchange):
    """The embedded Exchange as a server that knows no CalendarView. ``answers`` changes what it says."""

    def __init__(self) -> None:
        super().__init__(lambda: NOW)
        self.thin = True
        self.asked: list[str] = []
        self.answers: Change = lambda body: body

    def answer(self, user: str, request: bytes) -> Answer | None:
        body = request.partition(b"Body>")[2]
        operation = re.search(rb"<\w+:(\w+)", body)
        assert operation is not None
        self.asked.append(operation[1].decode())
        answer = super().answer(user, _VIEW.sub(_PAGES, request) if self.thin else request)
        return replace(answer, body=self.answers(answer.body)) if answer is not None and self.thin else answer


@contextmanager
def thin_exchange() -> Iterator[tuple[ThinExchange, Link]]:
    exchange = ThinExchange()
    exchange.add_person(ANNA, "secret", zone="Europe/Berlin")
    link = Link(Call(exchange.start(), ANNA, ANNA, "secret", authentication="basic"))
    try:
        yield exchange, link
        assert exchange.found == []
    finally:
        link.close()
        exchange.stop()


def parts(link: Link, start: datetime = START, end: datetime = END, limit: int = 5000) -> dict[str, Any]:
    """What a check brings."""
    found: dict[str, Any] = {"limits": []}
    for part in check(link, {"start": start.isoformat(), "end": end.isoformat(), "limit": limit}):
        found["limits"] += part.get("limits") or []
        found.update({name: value for name, value in part.items() if name != "limits"})
    return found


def in_window(rows: list[list[Any]], start: datetime, end: datetime) -> list[list[Any]]:
    """What the client keeps of the rows, without what only the server can give a day of a series."""
    kept = []
    for row in rows:
        begins, ends = (datetime.fromisoformat(text) for text in row[:2])
        if begins < end and (ends > start or begins == ends == start):
            kept.append([*row[:10], *row[12:]])
    return sorted(kept)


def some_series(dice: random.Random, start: datetime) -> Entry:
    """Any series that has begun or begins soon, with some days deleted and some changed."""
    zone = ZoneInfo(dice.choice(ZONES))
    kind = dice.choice(KINDS)
    one = dice.choice([*DAY_NAMES, "Day", "Weekday", "WeekendDay"])
    pattern = Pattern(
        kind,
        dice.randint(1, 3) if not kind.startswith("yearly") else 1,
        tuple(dice.sample(DAY_NAMES, dice.randint(1, 4))) if kind == "weekly" else (one,),
        dice.randint(1, 31),
        dice.choice(DAY_INDEXES),
        (start + dice.randint(0, 4) * DAY).month,
        dice.choice(DAY_NAMES),
    )
    first = start.date() - dice.choice([-2, 0, 1, 7, 30, 400, 1500]) * DAY
    ends = dice.choice(["never", "on a day", "after some"])
    series = Recurrence(
        pattern,
        first,
        end=first + dice.randint(1, 2000) * DAY if ends == "on a day" else None,
        count=dice.randint(1, 400) if ends == "after some" else None,
    )
    at = instant(zone, datetime.combine(first, time(dice.randrange(24), dice.choice([0, 30]))))
    length = dice.choice([0, 30, 60, 600, 1440, 3000]) * timedelta(minutes=1)
    return Entry(
        dice.choice(["Budget", "Plans"]), at, at + length, "Room",
        dice.choice(["Free", "Tentative", "Busy", "OOF", "WorkingElsewhere"]),
        dice.choice([True, False, None]), dice.choice(["Normal", "Private"]), dice.random() < 0.2,
        response=dice.choice(["Organizer", "Accept", "Decline"]), zone=zone.key, recurrence=series,
    )  # fmt: skip


def with_days_apart(dice: random.Random, exchange: ThinExchange, key: str, start: datetime) -> None:
    [master] = [entry for entry in exchange.entries(ANNA) if entry.key == key]
    for shown in expand(master, start - 10 * DAY, start + 10 * DAY):
        assert shown.original is not None
        match dice.randrange(4):
            case 0:
                master = replace(master, deleted=(*master.deleted, shown.original))
            case 1:
                later = dice.choice([0, 1, 26, 100]) * HOUR
                entry = replace(
                    shown.entry, subject="Once", show_as="Free",
                    start=shown.entry.start + later, end=shown.entry.end + later + HOUR,
                )  # fmt: skip
                master = replace(master, changed=(*master.changed, Changed(shown.original, entry)))
    exchange.change_entry(
        ANNA, key, deleted=tuple(sorted(master.deleted)),
        changed=tuple(sorted(master.changed, key=lambda one: one.original)),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_what_is_taken_apart_here_is_what_exchange_takes_apart(seed: int) -> None:
    dice = random.Random(seed)
    with thin_exchange() as (exchange, link):
        # Around the days on which clocks change, of both halves of the world.
        start = datetime(
            2026, *dice.choice([(3, 5), (3, 27), (4, 3), (10, 23), (10, 30), (2, 26)]), tzinfo=UTC
        )
        end = start + 4 * DAY
        for _ in range(12):
            try:
                made = exchange.add_entry(ANNA, some_series(dice, start))
            except ValueError:
                continue  # a pattern without a single day
            with_days_apart(dice, exchange, made.key, start)
        exchange.add_entry(ANNA, Entry("Single", start + HOUR, start + 2 * HOUR))
        mine = parts(link, start, end)
        exchange.thin = False
        theirs = parts(link, start, end)
    assert in_window(mine["items"], start, end) == in_window(theirs["items"], start, end)
    assert mine["details"] == theirs["details"]
    assert mine["limits"] == [expanding._HERE]
    assert theirs["limits"] == []


DAILY = Entry(
    "Daily", NOW - 30 * DAY, NOW - 30 * DAY + HOUR, zone="Europe/Berlin",
    recurrence=Recurrence(Pattern("daily"), (NOW - 30 * DAY).date()),
)  # fmt: skip


def subjects(found: dict[str, Any]) -> list[str]:
    """The days and subjects of what is shown."""
    return [f"{row[0][8:10]} {row[3]}" for row in in_window(found["items"], START, END)]


def test_a_check_of_such_a_server_costs_two_requests_more_and_one_for_changed_days() -> None:
    with thin_exchange() as (exchange, link):
        made = exchange.add_entry(ANNA, DAILY)
        parts(link)
        assert exchange.asked == ["FindItem", "FindItem", "GetItem", "GetUserOofSettingsRequest"]
        exchange.asked.clear()
        original = NOW.replace(hour=NOW.hour)
        entry = replace(DAILY, recurrence=None, start=NOW + HOUR, end=NOW + 2 * HOUR, subject="Once")
        exchange.change_entry(ANNA, made.key, changed=(Changed(original, entry),))
        found = parts(link)
        assert exchange.asked == ["FindItem", "FindItem", "GetItem", "GetItem", "GetUserOofSettingsRequest"]
        once = [row for row in found["items"] if row[4] == "Once"]
        assert [(row[0], row[12], bool(row[10]), bool(row[11])) for row in once] == [
            ((NOW + HOUR).isoformat(), "exception", True, True)
        ]
        daily = [row for row in found["items"] if row[4] == "Daily"]
        assert len(daily) == 4
        assert {(row[10], row[11], row[12]) for row in daily} == {("", "", "occurrence")}
        assert len({row[13] for row in found["items"]}) == 1


def test_a_series_that_began_before_the_window_is_looked_up() -> None:
    def only_what_begins_in_the_window(body: bytes) -> bytes:
        # The first answer holds a new series alone, the second one the whole calendar.
        if exchange.asked.count("FindItem") == 1:
            return re.sub(rb"<t:CalendarItem>(?:(?!</t:CalendarItem>).)*Old.*?</t:CalendarItem>", b"", body)
        return body

    with thin_exchange() as (exchange, link):
        exchange.add_entry(ANNA, replace(DAILY, subject="Old"))
        new = replace(DAILY, subject="New", start=NOW, end=NOW + HOUR)
        exchange.add_entry(ANNA, replace(new, recurrence=Recurrence(Pattern("daily"), NOW.date())))
        exchange.answers = only_what_begins_in_the_window
        found = parts(link)
    assert {row[4] for row in found["items"]} == {"Old", "New"}
    assert sum(row[4] == "Old" for row in found["items"]) == 5


def test_a_server_that_takes_its_series_apart_is_asked_nothing_more() -> None:
    with thin_exchange() as (exchange, link):
        exchange.thin = False
        exchange.add_entry(ANNA, DAILY)
        found = parts(link)
        assert (len(found["items"]), found["limits"]) == (5, [])
        assert exchange.asked == ["FindItem", "GetUserOofSettingsRequest"]


def test_a_series_whose_days_came_beside_its_master_is_not_shown_twice() -> None:
    def with_its_days(body: bytes) -> bytes:
        uid = re.search(rb"<t:UID>.*?</t:UID>", body)
        if exchange.asked.count("FindItem") > 1 or uid is None:
            return body
        day = (
            b"<t:CalendarItem><t:ItemId Id='x' ChangeKey='y'/><t:Subject>Day</t:Subject><t:Start>%s</t:Start>"
        )
        day = day % NOW.isoformat().encode() + b"<t:End>%s</t:End>" % (NOW + HOUR).isoformat().encode()
        day += b"<t:CalendarItemType>Occurrence</t:CalendarItemType>" + uid[0] + b"</t:CalendarItem>"
        return body.replace(b"<t:Items>", b"<t:Items>" + day)

    with thin_exchange() as (exchange, link):
        exchange.add_entry(ANNA, DAILY)
        exchange.answers = with_its_days
        assert [row[4] for row in parts(link)["items"]] == ["Day"]


def breaking(pattern: bytes, by: bytes) -> Change:
    return lambda body: re.sub(pattern, by, body, flags=re.DOTALL)


FIRST_ONLY = ["28 "]
_LEFT, _NO_ZONE = expanding._LEFT, expanding._NO_ZONE


@pytest.mark.parametrize(
    ("pattern", "by", "limit"),
    [
        (rb"<t:Recurrence>.*?</t:Recurrence>", b"", _LEFT),
        (rb"<t:Interval>1</t:Interval>", b"<t:Interval>0</t:Interval>", _LEFT),
        (rb"<t:StartDate>.*?</t:StartDate>", b"<t:StartDate>soon</t:StartDate>", _LEFT),
        (rb"NoEndRecurrence>", b"SomeDayRecurrence>", _LEFT),
        (rb"<t:End>[^<]*</t:End>", b"<t:End>9999-12-30T00:00:00Z</t:End>", _LEFT),
        (rb'"Success"><m:ResponseCode>NoError</m:ResponseCode><m:Items>.*?</m:Items>',
         b'"Error"><m:MessageText>No.</m:MessageText><m:ResponseCode>ErrorItemCorrupt</m:ResponseCode><m:Items/>',
         _LEFT),
        (rb'<t:StartTimeZone [^>]*/>', b'<t:StartTimeZone Id="Customized Time Zone"/>', _NO_ZONE),
        (rb'<t:StartTimeZone [^>]*/>', b"", _NO_ZONE),
    ],
)  # fmt: skip
def test_what_is_missing_for_it_is_said(pattern: bytes, by: bytes, limit: str) -> None:
    def change(body: bytes) -> bytes:
        return breaking(pattern, by)(body) if b"GetItemResponse>" in body else body

    with thin_exchange() as (exchange, link):
        exchange.add_entry(ANNA, replace(DAILY, start=NOW - HOUR, end=NOW + HOUR, zone="Europe/Berlin",
                                         recurrence=Recurrence(Pattern("daily"), NOW.date())))  # fmt: skip
        exchange.answers = change
        found = parts(link)
    assert found["limits"] == [expanding._HERE, limit]
    # Not known how often: at least its first day. Not known where: every day, in UTC.
    assert len(found["items"]) == (1 if limit == _LEFT else 5)


def test_a_refused_look_at_the_whole_calendar_or_at_a_series_is_a_limit_and_a_passing_trouble_is_not() -> (
    None
):
    fault = (
        b"<s:Fault><faultcode>a:%s</faultcode><faultstring>No.</faultstring><detail>"
        b'<e:ResponseCode xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">%s'
        b"</e:ResponseCode></detail></s:Fault>"
    )

    def refusing(operation: bytes, number: int, code: bytes) -> Change:
        def change(body: bytes) -> bytes:
            if b"%sResponse>" % operation in body and exchange.asked.count(operation.decode()) == number:
                return re.sub(rb"<s:Body>.*</s:Body>", b"<s:Body>%s</s:Body>" % (fault % (code, code)), body)
            return body

        return change

    cases = [
        (b"FindItem", 2, b"ErrorInvalidOperation", [expanding._HERE, expanding._NOT_ALL], 5),
        (b"GetItem", 1, b"ErrorInvalidOperation", [expanding._HERE, expanding._LEFT], 1),
        (b"GetItem", 1, b"ErrorAccessDenied", [expanding._HERE, expanding._LEFT], 1),
    ]
    for operation, number, code, limits, items in cases:
        with thin_exchange() as (exchange, link):
            exchange.add_entry(ANNA, DAILY)
            exchange.answers = refusing(operation, number, code)
            found = parts(link)
            assert (found["limits"], len(found["items"])) == (limits, items), code
            assert found["complete"] is False
    for code in (b"ErrorServerBusy", b"ErrorInternalServerError", b"ErrorTimeoutExpired"):
        with thin_exchange() as (exchange, link):
            exchange.add_entry(ANNA, DAILY)
            exchange.answers = refusing(b"GetItem", 1, code)
            with pytest.raises(EWSError) as caught:
                parts(link)
            assert type(caught.value).__name__ == code.decode()


def test_a_passing_trouble_with_one_series_ends_the_check_and_does_not_pass_for_a_limit() -> None:
    with thin_exchange() as (exchange, link):
        exchange.add_entry(ANNA, DAILY)
        exchange.answers = lambda body: (
            breaking(
                rb'"Success"><m:ResponseCode>NoError</m:ResponseCode><m:Items>.*?</m:Items>',
                b'"Error"><m:MessageText>No.</m:MessageText>'
                b"<m:ResponseCode>ErrorInternalServerTransientError</m:ResponseCode><m:Items/>",
            )(body)
            if b"GetItemResponse>" in body
            else body
        )
        with pytest.raises(EWSError, match=r"No\."):
            parts(link)


def test_more_series_than_are_taken_apart_are_shown_on_their_first_day_and_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(expanding, "MOST_MASTERS", 2)
    with thin_exchange() as (exchange, link):
        for _ in range(3):
            exchange.add_entry(ANNA, DAILY)
        found = parts(link)
    assert found["limits"] == [expanding._HERE, expanding._TOO_MANY, expanding._LEFT]
    assert len(found["items"]) == 5 + 5 + 1
    assert found["complete"] is False


def test_a_server_that_does_not_understand_pages_is_not_asked_for_ever() -> None:
    with thin_exchange() as (exchange, link):
        exchange.add_entry(ANNA, DAILY)
        exchange.answers = breaking(rb'IncludesLastItemInRange="true"', b'IncludesLastItemInRange="false"')
        with pytest.raises(services.TruncatedError):
            parts(link)  # of a window that is cut off nothing is used
        exchange.asked.clear()

        def not_the_last(body: bytes) -> bytes:
            again = exchange.asked.count("FindItem") > 1
            return (
                breaking(rb'IncludesLastItemInRange="true"', b'IncludesLastItemInRange="false"')(body)
                if again
                else body
            )

        exchange.answers = not_the_last
        found = parts(link)
        assert len(found["items"]) == 5
        assert exchange.asked.count("FindItem") == 3


def test_a_window_that_would_hold_too_many_days_is_told_and_not_cut() -> None:
    with thin_exchange() as (exchange, link):
        for _ in range(3):
            exchange.add_entry(ANNA, DAILY)
        with pytest.raises(services.TruncatedError):
            parts(link, limit=10)
        assert len(parts(link, limit=15)["items"]) == 15


def test_absent_fields_are_not_made_up_and_are_said() -> None:
    names = b"LegacyFreeBusyStatus|Sensitivity|IsMeeting|CalendarItemType|Location|IsAllDayEvent|UID"
    with thin_exchange() as (exchange, link):
        exchange.add_entry(ANNA, Entry("Budget", NOW, NOW + HOUR))
        exchange.answers = breaking(rb"<t:(%s)>[^<]*</t:\1>" % names, b"")
        found = parts(link)
    [row] = found["items"]
    assert row[2:8] == ["NoData", "unknown", "Budget", "", True, False]
    assert len(found["limits"]) == 2
    assert date.fromisoformat(row[0][:10]) == NOW.date()
