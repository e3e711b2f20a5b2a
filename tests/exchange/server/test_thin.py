"""Servers that are not Exchange, or old, or thin: each thing they lack, alone and together."""

from datetime import date, timedelta
from pathlib import Path

import pytest
import requests
from lxml import etree

from lyncdesk.exchange_server.editions import AS_2007, EXCHANGE_SE
from lyncdesk.exchange_server.exchange import Exchange
from lyncdesk.exchange_server.model import Entry, Pattern, Recurrence
from lyncdesk.exchange_server.thin import BY_NAME, NORMAL, PROFILES, TRAITS, read_thin
from tests.exchange.server.conftest import ANNA, BEN
from tests.exchange.server.test_autodiscover import plain, settings
from tests.exchange.server.test_availability import EVENT, VIEW, availability
from tests.exchange.server.wire import (
    MONDAY,
    CheckedExchange,
    ask,
    codes,
    envelope,
    find,
    find_item,
    get_item,
    ids,
    item_id,
    text,
    texts,
)

HOUR = timedelta(hours=1)
ITEM = "m:ResponseMessages/m:FindItemResponseMessage/m:RootFolder/t:Items/t:CalendarItem"
FIELDS = {
    "no-kinds": "calendar:IsMeeting",
    "no-show-as": "calendar:LegacyFreeBusyStatus",
    "no-sensitivity": "item:Sensitivity",
    "no-responses": "calendar:MyResponseType",
}
REQUESTS = {
    "GetServerTimeZones": "<m:GetServerTimeZones/>",
    "GetUserOofSettings": (
        f"<m:GetUserOofSettingsRequest><t:Mailbox><t:Address>{ANNA}</t:Address></t:Mailbox>"
        "</m:GetUserOofSettingsRequest>"
    ),
    "ResolveNames": (
        '<m:ResolveNames ReturnFullContactData="1"><m:UnresolvedEntry>anna</m:UnresolvedEntry>'
        "</m:ResolveNames>"
    ),
}


def series(end: date | None = None) -> Entry:
    pattern = Recurrence(Pattern("daily"), MONDAY.date(), end)
    return Entry("Stand-up", MONDAY, MONDAY + HOUR, meeting=True, zone="Europe/Berlin", recurrence=pattern)


def test_a_series_may_come_as_such(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, series(end=date(2026, 3, 4)))
    exchange.add_entry(ANNA, Entry("Lunch", MONDAY + 3 * HOUR, MONDAY + 4 * HOUR))
    whole = texts(ask(exchange, ANNA, find_item("item:Subject")), f"{ITEM}/t:Subject")
    assert whole == ["Stand-up", "Lunch", "Stand-up", "Stand-up"]
    exchange.be_thin("unexpanded-series")
    answer = ask(exchange, ANNA, find_item("item:Subject", "calendar:CalendarItemType"))
    assert texts(answer, f"{ITEM}/t:Subject") == ["Stand-up", "Lunch"]
    assert texts(answer, f"{ITEM}/t:CalendarItemType") == ["RecurringMaster", "Single"]
    master = get_item(item_id(ids(answer)[0][0]), "calendar:Recurrence")
    assert len(list(ask(exchange, ANNA, master).iter("{*}DailyRecurrence"))) == 1


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [
        ("2026-03-01T00:00:00Z", "2026-03-02T08:00:00Z", 0),
        ("2026-03-01T00:00:00Z", "2026-03-02T08:00:01Z", 1),
        ("2026-03-03T12:00:00Z", "2026-03-03T13:00:00Z", 1),
        ("2026-03-04T08:59:59Z", "2026-03-09T00:00:00Z", 1),
        ("2026-03-04T09:00:00Z", "2026-03-09T00:00:00Z", 0),
    ],
)
def test_a_series_comes_while_it_lasts(exchange: CheckedExchange, start: str, end: str, shown: int) -> None:
    exchange.be_thin("unexpanded-series")
    exchange.add_entry(ANNA, series(end=date(2026, 3, 4)))
    assert len(ids(ask(exchange, ANNA, find_item(start=start, end=end)))) == shown


@pytest.mark.parametrize(("name", "uri"), FIELDS.items())
def test_a_property_may_be_absent(exchange: CheckedExchange, name: str, uri: str) -> None:
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR, meeting=True))
    exchange.be_thin(name)
    answer = ask(exchange, ANNA, find_item(*FIELDS.values()))
    found = [child.tag.rpartition("}")[2] for child in find(answer, ITEM)]
    assert found == [
        one
        for one in ("ItemId", "Sensitivity", "LegacyFreeBusyStatus", "IsMeeting", "MyResponseType")
        if one != uri.partition(":")[2]
    ]
    exchange.faults.set("details-missing")
    found = [child.tag for child in find(ask(exchange, ANNA, find_item(*FIELDS.values())), ITEM)]
    assert not any(tag.endswith(("}IsMeeting", f"}}{uri.partition(':')[2]}")) for tag in found)


@pytest.mark.parametrize(
    ("view", "told"),
    [
        ("MergedOnly", "None"),
        ("FreeBusyMerged", "FreeBusy"),
        ("DetailedMerged", "Detailed"),
        ("FreeBusy", "FreeBusy"),
    ],
)
def test_merged_free_busy_may_be_absent(exchange: CheckedExchange, view: str, told: str) -> None:
    exchange.be_thin("no-merged-free-busy")
    answer = ask(exchange, ANNA, availability(ANNA, view=view))
    assert (text(answer, f"{VIEW}/t:MergedFreeBusy"), text(answer, f"{VIEW}/t:FreeBusyViewType")) == (
        None,
        told,
    )
    assert (
        answer.find("{*}FreeBusyResponseArray/{*}FreeBusyResponse/{*}FreeBusyView/{*}WorkingHours")
        is not None
    )


@pytest.mark.parametrize(
    ("name", "element"),
    [("no-working-hours", "WorkingHours"), ("no-free-busy-details", "CalendarEventDetails")],
)
def test_other_parts_of_free_busy_may_be_absent(exchange: CheckedExchange, name: str, element: str) -> None:
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR, meeting=True))
    assert len(list(ask(exchange, ANNA, availability(ANNA)).iter(f"{{*}}{element}"))) == 1
    exchange.be_thin(name)
    answer = ask(exchange, ANNA, availability(ANNA))
    assert list(answer.iter(f"{{*}}{element}")) == []
    assert text(answer, f"{EVENT}/t:BusyType") == "Busy"


@pytest.mark.parametrize(
    ("name", "operations"),
    [
        ("no-time-zones", ["GetServerTimeZones"]),
        ("no-automatic-replies", ["GetUserOofSettings"]),
        ("no-names", ["ResolveNames"]),
    ],
)
def test_an_operation_may_be_missing(exchange: CheckedExchange, name: str, operations: list[str]) -> None:
    exchange.be_thin(name)
    for operation, body in REQUESTS.items():
        missing = operation in operations
        assert codes(ask(exchange, ANNA, body)) == ["ErrorInvalidOperation" if missing else "NoError"]


def test_nobody_may_be_told_in_other_words(exchange: CheckedExchange) -> None:
    exchange.be_thin("cannot-find-user")
    answer = ask(exchange, ANNA, availability("nobody@example.com", ANNA))
    assert codes(answer) == ["ErrorCannotFindUser", "NoError"]
    assert "Active Directory" not in "".join(one.text or "" for one in answer.iter("{*}MessageText"))


@pytest.mark.parametrize(
    ("name", "told"),
    [("offset-times", "2026-03-02T08:00:00+00:00"), ("plain-offset-times", "2026-03-02T08:00:00+0000")],
)
def test_times_of_free_busy_may_have_an_offset(exchange: CheckedExchange, name: str, told: str) -> None:
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR))
    before = text(ask(exchange, ANNA, availability(ANNA)), f"{EVENT}/t:StartTime")
    exchange.be_thin(name)
    assert text(ask(exchange, ANNA, availability(ANNA)), f"{EVENT}/t:StartTime") == told
    assert before == told[:19]
    exchange.found.clear()  # +0100 is what no schema allows


def test_offsets_west_of_greenwich_and_of_half_hours() -> None:
    thin = read_thin("offset-times")
    for minutes, told in ((-240, "-04:00"), (330, "+05:30"), (0, "+00:00"), (-30, "-00:30")):
        wall = (MONDAY + timedelta(minutes=minutes)).replace(tzinfo=None)
        assert thin.stamp(wall, MONDAY)[19:] == told
    assert NORMAL.stamp(MONDAY.replace(tzinfo=None), MONDAY) == "2026-03-02T08:00:00"


def test_times_of_items_may_have_an_offset(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR))
    exchange.be_thin("item-offset-times")
    answer = ask(exchange, ANNA, find_item("calendar:Start", "calendar:End"))
    assert texts(answer, f"{ITEM}/t:Start") == ["2026-03-02T09:00:00+01:00"]
    assert texts(answer, f"{ITEM}/t:End") == ["2026-03-02T10:00:00+01:00"]


def test_exchange_2007_says_so_and_understands_nothing_later(exchange: CheckedExchange) -> None:
    exchange.be_thin("as-2007")

    def asked(version: str) -> etree._Element:
        request = envelope(find_item()).replace(b"Exchange2016", version.encode())
        return etree.fromstring(exchange.handle(ANNA, request))

    answer = asked("Exchange2007_SP1")
    version = find(answer, "s:Header/t:ServerVersionInfo")
    names = ("MajorVersion", "MinorVersion", "MajorBuildNumber", "MinorBuildNumber", "Version")
    assert [version.get(name) for name in names] == ["8", "3", "485", "1", "Exchange2007_SP1"]
    assert codes(answer) == ["NoError"]
    assert codes(asked("Exchange2010")) == ["ErrorInvalidServerVersion"]
    exchange.be_thin("exchange-2007")
    zones = envelope(REQUESTS["GetServerTimeZones"]).replace(b"Exchange2016", b"Exchange2007")
    assert codes(etree.fromstring(exchange.handle(ANNA, zones))) == ["ErrorSchemaValidation"]


def test_exchange_2007_has_autodiscover_by_plain_xml_alone(exchange: CheckedExchange) -> None:
    exchange.be_thin("as-2007")
    base = exchange.start().removesuffix("/EWS/Exchange.asmx")
    me = (ANNA, "secret")
    soap = requests.post(f"{base}/autodiscover/autodiscover.svc", settings(ANNA), auth=me, timeout=10)
    assert soap.status_code == 404
    pox = requests.post(f"{base}/autodiscover/autodiscover.xml", plain(ANNA), auth=me, timeout=10)
    assert (pox.status_code, b"<ServerVersion>720381E5" in pox.content) == (200, True)


def test_a_profile_is_its_traits(exchange: CheckedExchange) -> None:
    for name, traits in PROFILES.items():
        assert read_thin(name) == read_thin(traits) == read_thin(",".join(traits))
    assert read_thin("exchange-2007").edition == AS_2007
    assert read_thin("other,as-2007").masters
    assert read_thin([]) == read_thin("") == NORMAL
    assert NORMAL.edition == EXCHANGE_SE


def test_a_server_that_lacks_everything_still_answers(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, series())
    exchange.be_thin("other")
    assert codes(ask(exchange, ANNA, find_item(*FIELDS.values()))) == ["NoError"]
    assert codes(ask(exchange, ANNA, availability(ANNA, BEN))) == ["NoError", "NoError"]
    exchange.found.clear()
    exchange.be_thin(())
    assert codes(ask(exchange, ANNA, REQUESTS["GetServerTimeZones"])) == ["NoError"]
    assert Exchange(lambda: MONDAY, thin="exchange-2007")._core.thin == read_thin("exchange-2007")


@pytest.mark.parametrize("name", ["exchange-2003", "no-kind", "x"])
def test_there_are_no_other_thin_servers(exchange: CheckedExchange, name: str) -> None:
    with pytest.raises(ValueError, match=f'there is no thin server "{name}"; '):
        exchange.be_thin(name)


def test_every_trait_changes_something_and_is_documented() -> None:
    page = (Path(__file__).parents[3] / "docs" / "commands.md").read_text(encoding="utf-8")
    for trait in TRAITS:
        assert trait.thin != NORMAL
        assert f"| `{trait.name}` | {trait.about} |" in page
    for name, traits in PROFILES.items():
        assert set(traits) <= set(BY_NAME)
        assert f"| `{name}` | {', '.join(traits)} |" in page


@pytest.mark.parametrize("names", [tuple(BY_NAME), tuple(BY_NAME)[::-1]])
def test_traits_go_together(names: tuple[str, ...]) -> None:
    both, each = read_thin(names), [BY_NAME[name].thin for name in names]
    assert both.hide == frozenset().union(*(one.hide for one in each))
    assert both.gone == frozenset().union(*(one.gone for one in each))
    assert both.missing == frozenset().union(*(one.missing for one in each))
    assert dict(both.codes) == {code: said for one in each for code, said in one.codes.items()}
    assert (both.edition, both.masters, both.item_offsets) == (AS_2007, True, True)
    assert both.offsets == [one.offsets for one in each if one.offsets][-1]
