"""Names, ids, zones and folders; automatic replies over the wire."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lyncdesk.exchange_server.ids import Ident, change_key, payload, read_id, version_of, write_id
from lyncdesk.exchange_server.model import FIRST_YEAR, LAST_YEAR, Entry, OofSettings
from lyncdesk.exchange_server.zones import WINDOWS, definition, iana_of, transitions, windows_of
from tests.exchange.server.conftest import ANNA, BEN
from tests.exchange.server.wire import (
    CALENDAR,
    MONDAY,
    CheckedExchange,
    ask,
    codes,
    find,
    find_item,
    ids,
    of,
    text,
    texts,
)

HOUR = timedelta(hours=1)
RESOLUTION = "m:ResponseMessages/m:ResolveNamesResponseMessage/m:ResolutionSet/t:Resolution"


def resolve(entry: str, *, full: bool = False, scope: str = "ActiveDirectory") -> str:
    flag = str(full).lower()
    inside = f"<m:UnresolvedEntry>{entry}</m:UnresolvedEntry>"
    return f'<m:ResolveNames ReturnFullContactData="{flag}" SearchScope="{scope}">{inside}</m:ResolveNames>'


@pytest.mark.parametrize(
    "entry",
    ["Anna Keller", "anna", "KELL", "anna@example.com", "smtp:Anna@Example.com", " anna   kell", "boss@"],
)
def test_a_name_is_found_by_its_beginnings(exchange: CheckedExchange, entry: str) -> None:
    exchange.add_person("dora@example.com", "x", name="Dora Nanna")
    exchange.add_person("zoe@example.com", "x", aliases=("boss@example.com",))
    wanted = "zoe@example.com" if entry == "boss@" else ANNA
    answer = ask(exchange, ANNA, resolve(entry))
    assert texts(answer, f"{RESOLUTION}/t:Mailbox/t:EmailAddress") == [wanted]


@pytest.mark.parametrize(
    ("entry", "scope", "code"),
    [
        ("nobody", "ActiveDirectory", "ErrorNameResolutionNoResults"),
        ("nna", "ActiveDirectory", "ErrorNameResolutionNoResults"),
        ("anna", "Contacts", "ErrorNameResolutionNoResults"),
        (" ", "ActiveDirectory", "ErrorInvalidNameForNameResolution"),
        ("a" * 300, "ActiveDirectory", "ErrorInvalidNameForNameResolution"),
    ],
)
def test_a_name_of_nobody_is_an_error(exchange: CheckedExchange, entry: str, scope: str, code: str) -> None:
    assert codes(ask(exchange, ANNA, resolve(entry, scope=scope))) == [code]


def test_several_people_are_a_warning_with_all_of_them(exchange: CheckedExchange) -> None:
    exchange.add_person("anton@example.com", "x")
    answer = ask(exchange, ANNA, resolve("an"))
    assert codes(answer) == ["ErrorNameResolutionMultipleResults"]
    assert find(answer, "m:ResponseMessages/m:ResolveNamesResponseMessage").get("ResponseClass") == "Warning"
    assert texts(answer, f"{RESOLUTION}/t:Mailbox/t:Name") == ["Anna Keller", "anton"]


def test_at_most_a_hundred_people_come(exchange: CheckedExchange) -> None:
    for number in range(110):
        exchange.add_person(f"many{number}@example.com", "x")
    answer = ask(exchange, ANNA, resolve("many", full=True))
    found = find(answer, "m:ResponseMessages/m:ResolveNamesResponseMessage/m:ResolutionSet")
    assert (len(found), found.get("IncludesLastItemInRange")) == (100, "false")


# --- ids ---


def convert(ident: str, source: str, target: str) -> str:
    inside = f'<t:AlternateId Format="{source}" Id="{ident}" Mailbox="whoever@example.com"/>'
    return f'<m:ConvertId DestinationFormat="{target}"><m:SourceIds>{inside}</m:SourceIds></m:ConvertId>'


@pytest.mark.parametrize("form", ["EwsLegacyId", "EntryId", "HexEntryId", "StoreId", "OwaId"])
def test_an_id_survives_the_way_there_and_back(exchange: CheckedExchange, form: str) -> None:
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR))
    ((ident, _key),) = ids(ask(exchange, ANNA, find_item()))
    path = "m:ResponseMessages/m:ConvertIdResponseMessage/m:AlternateId"
    there = find(ask(exchange, ANNA, convert(ident, "EwsId", form)), path)
    back = find(ask(exchange, ANNA, convert(there.get("Id", ""), form, "EwsId")), path)
    assert (there.get("Mailbox"), back.get("Id")) == (ANNA, ident)


@pytest.mark.parametrize("form", ["EwsId", "HexEntryId", "OwaId", "EntryId", "StoreId"])
def test_an_id_that_is_none_is_malformed(exchange: CheckedExchange, form: str) -> None:
    assert codes(ask(exchange, ANNA, convert("DUMMY", form, "EntryId"))) == ["ErrorInvalidIdMalformed"]


@given(
    some.text(some.characters(blacklist_characters="\x00", blacklist_categories=["Cs"])),
    some.none()
    | some.datetimes(datetime(FIRST_YEAR, 1, 1), datetime(LAST_YEAR, 12, 31), timezones=some.just(UTC)),  # noqa: DTZ001
)
def test_every_id_can_be_read_back(key: str, original: datetime | None) -> None:
    ident = Ident("item", ANNA, key, original)
    assert read_id(write_id(ident)) == ident
    assert write_id(ident).startswith("AAMk")
    assert payload(ident) in payload(ident)


@given(some.integers(0, 2**63))
def test_every_change_key_can_be_read_back(version: int) -> None:
    assert version_of(change_key(version)) == version
    assert change_key(version).startswith("DwAA")


# --- zones ---


def zones(*names: str, full: str = "true") -> str:
    inside = "".join(f"<t:Id>{name}</t:Id>" for name in names)
    wanted = f"<m:Ids>{inside}</m:Ids>" if names else ""
    return f'<m:GetServerTimeZones ReturnFullTimeZoneData="{full}">{wanted}</m:GetServerTimeZones>'


ZONE = "m:ResponseMessages/m:GetServerTimeZonesResponseMessage/m:TimeZoneDefinitions/t:TimeZoneDefinition"


def test_all_zones_of_windows_are_there(exchange: CheckedExchange) -> None:
    found = ask(exchange, ANNA, zones(full="0")).findall(ZONE.replace("m:", "{*}").replace("t:", "{*}"))
    assert len(found) == len(WINDOWS) > 130
    assert all(len(one) == 0 and one.get("Name") for one in found)


def test_unknown_zones_are_left_out(exchange: CheckedExchange) -> None:
    answer = ask(exchange, ANNA, zones("Narnia Standard Time", "UTC"))
    assert find(answer, ZONE).get("Id") == "UTC"
    assert len(texts(answer, ZONE)) == 1


def test_a_zone_with_summer_time_has_both_changes(exchange: CheckedExchange) -> None:
    zone = find(ask(exchange, ANNA, zones("W. Europe Standard Time")), ZONE)
    assert zone.get("Name") == "(UTC+01:00) Berlin"
    group = find(zone, "t:TransitionsGroups/t:TransitionsGroup")
    assert texts(group, "t:RecurringDayTransition/t:TimeOffset") == ["PT2H", "PT3H"]
    assert texts(group, "t:RecurringDayTransition/t:Month") == ["3", "10"]
    assert texts(group, "t:RecurringDayTransition/t:Occurrence") == ["-1", "-1"]
    assert texts(group, "t:RecurringDayTransition/t:DayOfWeek") == ["Sunday", "Sunday"]
    periods = {one.get("Id"): one.get("Bias") for one in zone.iter("{*}Period")}
    assert set(periods.values()) == {"-PT1H", "-PT2H"}
    assert set(texts(group, "t:RecurringDayTransition/t:To")) <= set(periods)


def test_every_zone_satisfies_the_schema_in_full(exchange: CheckedExchange) -> None:
    assert codes(ask(exchange, ANNA, zones())) == ["NoError"]


def test_every_windows_name_has_a_zone_that_leads_back() -> None:
    for windows, names in WINDOWS.items():
        assert iana_of(windows) == names[0]
        for name in names:
            assert ZoneInfo(name).key == name
            assert windows_of(name) in WINDOWS


def test_zones_are_taken_by_either_name_and_no_other() -> None:
    assert iana_of("W. Europe Standard Time") == iana_of("Europe/Berlin") == "Europe/Berlin"
    assert [iana_of(name) for name in ("", "Narnia", "../etc/passwd", "/etc/passwd", "a\x00b")] == [None] * 5


@pytest.mark.parametrize(
    "name", ["Europe/Berlin", "Australia/Lord_Howe", "America/New_York", "Africa/Casablanca"]
)
def test_the_clocks_change_when_the_zone_says(name: str) -> None:
    zone = ZoneInfo(name)
    for change in transitions(zone, 2026):
        before, after = change.at - timedelta(seconds=1), change.at
        assert before.astimezone(zone).utcoffset() == change.before
        assert after.astimezone(zone).utcoffset() == change.after


def test_a_zone_that_changed_for_good_is_told_by_its_offset() -> None:
    element = definition("x", "America/Sao_Paulo", 2026, full=True)
    assert {one.get("Bias") for one in element.iter("{*}Period")} == {"PT3H"}


# --- folders ---


def folders(what: str, ids_: str, shape: str = "Default") -> str:
    wanted = f"<m:FolderShape><t:BaseShape>{shape}</t:BaseShape></m:FolderShape>"
    if what == "GetFolder":
        return f"<m:GetFolder>{wanted}<m:FolderIds>{ids_}</m:FolderIds></m:GetFolder>"
    parents = f"<m:ParentFolderIds>{ids_}</m:ParentFolderIds>"
    return f'<m:FindFolder Traversal="{what}">{wanted}{parents}</m:FindFolder>'


TOP = '<t:DistinguishedFolderId Id="msgfolderroot"/>'
ROOT = '<t:DistinguishedFolderId Id="root"/>'


@pytest.mark.parametrize(
    ("traversal", "start", "count"),
    [
        ("Shallow", ROOT, 1),
        ("Deep", ROOT, 12),
        ("Shallow", TOP, 11),
        ("Deep", CALENDAR, 0),
        ("SoftDeleted", ROOT, 0),
    ],
)
def test_folders_are_found_below_a_folder(
    exchange: CheckedExchange, traversal: str, start: str, count: int
) -> None:
    answer = ask(exchange, ANNA, folders(traversal, start))
    root = find(answer, "m:ResponseMessages/m:FindFolderResponseMessage/m:RootFolder")
    assert (root.get("TotalItemsInView"), len(find(root, "t:Folders"))) == (str(count), count)


@pytest.mark.parametrize(
    ("folder", "code"),
    [
        (of(BEN), "ErrorAccessDenied"),
        (of("nobody@example.com"), "ErrorNonExistentMailbox"),
        ('<t:FolderId Id="x"/>', "ErrorInvalidIdMalformed"),
        ('<t:DistinguishedFolderId Id="archiveroot"/>', "ErrorFolderNotFound"),
    ],
)
def test_a_folder_that_cannot_be_opened_is_told_why(
    exchange: CheckedExchange, folder: str, code: str
) -> None:
    assert codes(ask(exchange, ANNA, folders("GetFolder", folder))) == [code]


def test_an_item_is_no_folder(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR))
    ((ident, _key),) = ids(ask(exchange, ANNA, find_item()))
    answer = ask(exchange, ANNA, folders("GetFolder", f'<t:FolderId Id="{ident}"/>'))
    assert codes(answer) == ["ErrorCannotUseItemIdForFolderId"]


# --- automatic replies ---


def oof(settings: str, address: str = ANNA) -> str:
    mailbox = f"<t:Mailbox><t:Address>{address}</t:Address></t:Mailbox>"
    return (
        f"<m:SetUserOofSettingsRequest>{mailbox}<t:UserOofSettings>{settings}</t:UserOofSettings>"
        "</m:SetUserOofSettingsRequest>"
    )


def span(start: str, end: str) -> str:
    return f"<t:Duration><t:StartTime>{start}</t:StartTime><t:EndTime>{end}</t:EndTime></t:Duration>"


ENABLED = "<t:OofState>Enabled</t:OofState><t:ExternalAudience>None</t:ExternalAudience>"
SCHEDULED = ENABLED.replace("Enabled", "Scheduled")


@pytest.mark.parametrize(
    ("settings", "address", "code"),
    [
        (ENABLED, ANNA, "NoError"),
        (ENABLED, BEN, "ErrorAccessDenied"),
        (ENABLED, "x@example.com", "ErrorNonExistentMailbox"),
        (SCHEDULED, ANNA, "ErrorInvalidScheduledOofDuration"),
        (
            SCHEDULED + span("2026-03-03T00:00:00", "2026-03-02T00:00:00"),
            ANNA,
            "ErrorInvalidScheduledOofDuration",
        ),
        (SCHEDULED + span("2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z"), ANNA, "NoError"),
    ],
)
def test_automatic_replies_are_one_s_own_and_make_sense(
    exchange: CheckedExchange, settings: str, address: str, code: str
) -> None:
    assert codes(ask(exchange, ANNA, oof(settings, address))) == [code]
    box = exchange.store.mailbox(ANNA)
    assert box is not None
    assert (box.oof.state != "Disabled") == (code == "NoError")


def test_automatic_replies_set_from_outside_are_read_over_the_wire(exchange: CheckedExchange) -> None:
    exchange.set_oof(ANNA, OofSettings("Enabled", "All", internal="Back <soon> & well", external="Out"))
    mailbox = f"<t:Mailbox><t:Address>{ANNA}</t:Address></t:Mailbox>"
    answer = ask(exchange, ANNA, f"<m:GetUserOofSettingsRequest>{mailbox}</m:GetUserOofSettingsRequest>")
    assert text(answer, "t:OofSettings/t:OofState") == "Enabled"
    assert text(answer, "t:OofSettings/t:InternalReply/t:Message") == "Back <soon> & well"
    assert text(answer, "t:OofSettings/t:Duration/t:StartTime") == "2026-03-02T08:00:00Z"
