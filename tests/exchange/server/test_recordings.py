"""The answers have the shape of those that real servers gave."""

from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree

from lyncdesk.exchange_server.model import Attendee, Entry, OofSettings, Pattern, Recurrence
from tests.exchange.server.conftest import ANNA, BEN
from tests.exchange.server.test_availability import availability
from tests.exchange.server.test_directory import resolve, zones
from tests.exchange.server.wire import (
    MONDAY,
    NAMES,
    RECORDINGS,
    CheckedExchange,
    Element,
    ask,
    envelope,
    fault_violations,
    find_item,
    get_item,
    ids,
    item_id,
    needed,
    schema,
    violations,
)

HOUR = timedelta(hours=1)
MAILBOX = f"<t:Mailbox><t:Address>{ANNA}</t:Address></t:Mailbox>"


def recorded(name: str) -> Element:
    """The element in the body of a published answer."""
    root = etree.fromstring((needed(RECORDINGS) / name).read_bytes())
    body = root.find("s:Body", NAMES)
    assert body is not None
    return body[0]


def outline(element: Element) -> list[str]:
    """Every path of elements and attributes, once, in order of appearance: the shape without the values."""
    found: dict[str, None] = {}

    def walk(one: Element, above: str) -> None:
        here = f"{above}/{etree.QName(one).localname}"
        found[here] = None
        for name in sorted(map(str, one.attrib)):
            found[f"{here}@{name}"] = None
        for child in one:
            if isinstance(child.tag, str):
                walk(child, here)

    walk(element, "")
    return list(found)


NAMES_OF_THE_RECORDING = ("item:Subject", "calendar:Start", "calendar:End")


def test_find_item_with_appointments(exchange: CheckedExchange) -> None:
    for number in range(6):
        exchange.add_entry(ANNA, Entry("x", MONDAY + number * HOUR, MONDAY + (number + 1) * HOUR))
    answer = ask(exchange, ANNA, find_item(*NAMES_OF_THE_RECORDING, most=5))
    assert outline(answer) == outline(recorded("FindItem.appointments.xml"))


def test_find_item_with_occurrences(exchange: CheckedExchange) -> None:
    start = datetime(2014, 7, 2, 15, 30, tzinfo=UTC)
    series = Recurrence(Pattern("weekly", days=("Wednesday",)), start.date(), count=5)
    pool = "Neighborhood Swimming Pool"
    exchange.add_entry(ANNA, Entry("Swim Team Practice", start, start + 1.5 * HOUR, pool, recurrence=series))
    names = (*NAMES_OF_THE_RECORDING, "calendar:Location", "calendar:CalendarItemType")
    answer = ask(exchange, ANNA, find_item(*names, start="2014-07-01T00:00:00Z", end="2014-08-01T00:00:00Z"))
    known = recorded("FindItem.occurrences.xml")
    assert outline(answer) == outline(known)

    def values(element: Element) -> list[str | None]:
        return [one.text for one in element.iter() if one.text and one.text.strip()]

    assert values(answer) == values(known)


def test_get_item(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, Entry("Team building exercise", MONDAY, MONDAY + HOUR))
    ((ident, _key),) = ids(ask(exchange, ANNA, find_item()))
    answer = ask(exchange, ANNA, get_item(item_id(ident), "item:Subject"))
    assert outline(answer) == outline(recorded("GetItem.meeting.xml"))


def test_free_busy(exchange: CheckedExchange) -> None:
    known = recorded("GetUserAvailability.exchange2013.xml")
    suggestions = known.find("m:SuggestionsResponse", NAMES)
    assert suggestions is not None
    known.remove(suggestions)
    for who in (ANNA, BEN):
        exchange.add_entry(who, Entry("x", MONDAY, MONDAY + HOUR))
    answer = ask(exchange, ANNA, availability(ANNA, BEN, view="FreeBusy"))
    assert outline(answer) == outline(known)


def test_free_busy_of_nobody(exchange: CheckedExchange) -> None:
    known = outline(recorded("GetUserAvailability.recipient-not-found.xml"))
    answer = outline(ask(exchange, ANNA, availability("x@example.com")))
    assert [path for path in known if "MessageXml" not in path] == answer


def test_automatic_replies(exchange: CheckedExchange) -> None:
    exchange.set_oof(ANNA, OofSettings("Enabled", internal="In", external="Out"))
    answer = ask(exchange, ANNA, f"<m:GetUserOofSettingsRequest>{MAILBOX}</m:GetUserOofSettingsRequest>")
    assert outline(answer) == outline(recorded("GetUserOofSettings.xml"))


def test_names(exchange: CheckedExchange) -> None:
    answer = outline(ask(exchange, ANNA, resolve("ben", full=True)))
    known = outline(recorded("ResolveNames.xml"))
    more = {path for path in answer if path.endswith(("/GivenName", "/Surname"))}  # of later versions
    assert [path for path in answer if path not in more] == known


def test_zones(exchange: CheckedExchange) -> None:
    known = recorded("GetServerTimeZones.exchange2010sp1.xml")
    names = {one.get("Id"): one.get("Name") for one in known.iter("{*}TimeZoneDefinition")}
    answer = ask(exchange, ANNA, zones())
    ours = {one.get("Id"): one for one in answer.iter("{*}TimeZoneDefinition")}
    renamed = {
        *("Armenian Standard Time", "Kamchatka Standard Time", "Mexico Standard Time"),
        *("Mexico Standard Time 2", "Mid-Atlantic Standard Time"),
    }
    assert set(names) - set(ours) <= renamed
    assert set(outline(answer)) <= set(outline(known)) | {
        path for path in outline(answer) if "AbsoluteDateTransition" in path
    }


@pytest.mark.parametrize("name", ["Fault.schema-validation.xml", "Fault.server-busy.xml"])
def test_faults(exchange: CheckedExchange, name: str) -> None:
    known = recorded(name)
    assert fault_violations(known) == []
    exchange.check_requests = False
    if "busy" in name:
        exchange.faults.set("server-busy")
        answer = ask(exchange, ANNA, find_item())
    else:
        answer = ask(exchange, ANNA, find_item("no:Such"))
    # Only one of the two gives the language of its text.
    ours, theirs = ({path for path in outline(one) if not path.endswith("lang")} for one in (answer, known))
    assert ours == theirs


def test_the_judge_sees_what_is_wrong() -> None:
    schema()
    assert violations(envelope("<m:FindItem/>"))
    assert violations(envelope("<s:Fault><faultcode>x</faultcode></s:Fault>"))
    right = envelope(find_item())
    assert violations(right) == []
    assert violations(right.replace(b"Traversal", b"Reversal"))


def test_a_meeting_with_everything_satisfies_the_schema(exchange: CheckedExchange) -> None:
    people = tuple(Attendee(f"{name}@example.com", name.title(), "Accept") for name in ("ben", "carl"))
    series = Recurrence(Pattern("monthly-nth", 2, ("Weekday",), index="Last"), MONDAY.date(), count=3)
    exchange.add_entry(
        ANNA,
        Entry(
            *("All \x00 of it", MONDAY, MONDAY + HOUR, "Röom <4>"),
            meeting=True,
            response="Accept",
            zone="Europe/Berlin",
            organizer=people[0],
            required=people,
            optional=people[:1],
            resources=people[1:],
            recurrence=series,
            body="<b>Agenda</b>",
            body_type="HTML",
            categories=("Blue",),
            extras={"Importance": "High"},
        ),
    )
    view = '<m:IndexedPageItemView Offset="0" BasePoint="Beginning"/>'
    ((ident, _key),) = ids(ask(exchange, ANNA, find_item(view=view, base="AllProperties")))
    (item,) = ask(exchange, ANNA, get_item(item_id(ident), base="AllProperties")).iter("{*}CalendarItem")
    assert item.findtext("{*}Subject") == "All  of it"
    assert len(item) > 40
