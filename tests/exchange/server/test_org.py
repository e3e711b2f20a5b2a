"""The organisation file: read whole, or refused with every mistake."""

from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from lyncdesk.exchange_server.org import PERSON_KEYS, OrgError, load, read_org
from tests.exchange.server.wire import CheckedExchange

ANNA = """
[people.anna]
address = "anna@example.com"
password = "secret"
"""
FULL = """
zone = "Europe/Berlin"

[people.anna]
address = "Anna@Example.com"
password = "secret"
name = "Anna Keller"
title = "Head of Finance"
company = "Example"
aliases = ["keller@example.com"]
phones = { work = "+49 30 1", home = "+49 30 2" }
working_hours = { days = ["Friday", "Monday"], start = 07:30:00, end = 16:00:00 }
out_of_office = { note = "Back on Monday", start = 2026-03-02T09:00:00, end = 2026-03-06T17:00:00 }
shares = "FullDetails"

[[people.anna.items]]
subject = "Budget review"
location = "Room 4"
start = 2026-03-02T10:00:00
end = "2026-03-02T11:00:00"
show_as = "Tentative"
kind = "meeting"
private = true

[[people.anna.items]]
start = 2026-03-29
all_day = true
response = "declined"
cancelled = true

[people.ben]
address = "ben@example.com"
password = "hush"
zone = "Europe/London"

[[people.ben.items]]
start = 2026-07-01T10:00:00
end = 2026-07-01T10:00:00+02:00
kind = "unknown"

[[people.ben.items]]
start = 2026-03-02
end = 2026-03-04
all_day = true
kind = "meeting"
"""


def write(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "org.toml"
    path.write_text(text, encoding="utf-8")
    return path


def mistakes(folder: Path, text: str) -> list[str]:
    with pytest.raises(OrgError) as caught:
        read_org(write(folder, text))
    return [mistake.partition("org.toml: ")[2] for mistake in caught.value.mistakes]


def test_a_whole_file_is_understood(home: Path) -> None:
    # ben's second item is the wrong one here: it would end before it starts
    text = FULL.replace("2026-07-01T10:00:00+02:00", "2026-07-01T13:00:00+02:00")
    anna, ben = read_org(write(home, text))
    box = anna.mailbox
    assert (box.address, box.password, box.name) == ("Anna@Example.com", "secret", "Anna Keller")
    assert (box.title, box.company, box.zone) == ("Head of Finance", "Example", "Europe/Berlin")
    assert (dict(box.phones), box.sharing) == ({"work": "+49 30 1", "home": "+49 30 2"}, "FullDetails")
    assert (box.working_hours.days, box.working_hours.start) == (("Monday", "Friday"), time(7, 30))
    assert (box.oof.state, box.oof.internal) == ("Scheduled", "Back on Monday")
    assert box.oof.start == datetime(2026, 3, 2, 8, tzinfo=UTC)
    budget, day = anna.entries
    assert (budget.subject, budget.location, budget.show_as) == ("Budget review", "Room 4", "Tentative")
    assert (budget.meeting, budget.sensitivity, budget.response) == (True, "Private", "Accept")
    assert (budget.start, budget.end) == tuple(datetime(2026, 3, 2, hour, tzinfo=UTC) for hour in (9, 10))
    assert (day.all_day, day.cancelled, day.response, day.meeting) == (True, True, "Decline", False)
    assert (day.start, day.end) == (
        datetime(2026, 3, 28, 23, tzinfo=UTC),
        datetime(2026, 3, 29, 22, tzinfo=UTC),
    )
    unknown, days = ben.entries
    assert (ben.mailbox.name, ben.mailbox.zone, unknown.meeting) == ("Ben", "Europe/London", None)
    assert unknown.start == datetime(2026, 7, 1, 9, tzinfo=UTC)
    assert (days.end - days.start).days == 2


def test_a_calendar_is_shared_with_people_by_name_or_address(home: Path) -> None:
    shares = 'shares = { ben = "Editor", "Eve@example.com" = "FullDetails" }\n'
    ben = "[people.ben]\naddress = 'BEN@example.com'\npassword = 'x'\nshares = { everybody = 'None' }\n"
    boxes = [person.mailbox for person in read_org(write(home, ANNA + shares + ben))]
    assert [box.sharing for box in boxes] == ["FreeBusyTimeOnly", "None"]
    assert dict(boxes[0].shared_with) == {"ben@example.com": "Editor", "eve@example.com": "FullDetails"}


def test_a_person_has_contacts(home: Path) -> None:
    dora = "[[people.anna.contacts]]\nname = 'Dora Stone'\ntitle = 'Mason'\nemails = ['d@x.example']\n"
    exchange = CheckedExchange()
    load(write(home, ANNA + dora + "phones = { mobile = '+1' }\n"), exchange)
    (contact,) = exchange.contacts("anna@example.com")
    assert (contact.name, contact.texts["JobTitle"]) == ("Dora Stone", "Mason")
    assert (dict(contact.emails), dict(contact.phones)) == (
        {"EmailAddress1": "d@x.example"},
        {"MobilePhone": "+1"},
    )


def test_the_people_of_a_file_are_on_the_server(home: Path) -> None:
    exchange = CheckedExchange()
    load(write(home, ANNA + "[[people.anna.items]]\nstart = 2026-03-02\nall_day = true\n"), exchange)
    assert exchange.sign_in("anna@example.com", "secret") == "anna@example.com"
    assert len(exchange.entries("anna@example.com")) == 1


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("", "people: nobody is in the file"),
        ("people = 3", "people: is not a table"),
        ("[people]\nanna = 3", "people.anna: is not a table"),
        ("peple = 1", 'peple: there is no such key; did you mean "people"?'),
        ("[people.anna]", "people.anna.address: is missing"),
        ("[people.anna]", "people.anna.password: is missing"),
        (ANNA.replace("anna@example.com", "anna"), 'people.anna.address: "anna" is not an address'),
        (ANNA.replace("secret", ""), "people.anna.password: must not be empty"),
        (ANNA.replace('"secret"', "5"), "people.anna.password: is not a text"),
        (ANNA + 'zone = "Narnia"', 'people.anna.zone: "Narnia" is not a time zone'),
        (ANNA + 'zone = "../../etc/passwd"', "people.anna.zone: "),
        (ANNA + 'nmae = "Anna"', 'people.anna.nmae: there is no such key; did you mean "name"?'),
        (ANNA + 'shares = "Everything"', 'people.anna.shares: "Everything" is not one of None, '),
        (ANNA + 'shares = { everybody = "Al" }', 'people.anna.shares.everybody: "Al" is not one of'),
        (
            ANNA + 'shares = { ana = "Reviewer" }',
            'shares.ana: is neither an address nor a person of this file; did you mean "anna"?',
        ),
        (ANNA + "[[people.anna.contacts]]\ntitle = 'x'", "contacts[1].name: is missing, and so is every"),
        (
            ANNA + "[[people.anna.contacts]]\nemails = ['a', 'b', 'c', 'd']",
            "contacts[1].emails: a contact has at most 3 addresses",
        ),
        (ANNA + "phones = { fax = '1' }", "people.anna.phones.fax: there is no such key"),
        (ANNA + "aliases = 'x'", "people.anna.aliases: is not a list of texts"),
        (ANNA + "working_hours = { days = ['Monda'] }", '"Monda" is not a day; did you mean "Monday"?'),
        (ANNA + "working_hours = { start = 18:00:00 }", "working_hours.end: the end must be later"),
        (ANNA + "out_of_office = { start = 2026-03-02T10:00:00 }", "office.end: start and end come together"),
        (ANNA + "items = 3", "people.anna.items: is not a list of tables"),
        (ANNA + ANNA.replace("anna]", "eve]"), "people: two people have the address anna@example.com"),
    ],
)
def test_a_mistake_is_told_with_its_key(home: Path, text: str, mistake: str) -> None:
    found = mistakes(home, text)
    assert any(mistake in one for one in found), found


ITEM = ANNA + "[[people.anna.items]]\n"


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("", "start: is missing"),
        ("start = 2026-03-02T10:00:00", "end: is missing"),
        ("start = 10:00:00", "start: '10:00:00' is not a date with a time such as 2026-03-02T10:00:00"),
        ("start = 'soon'", "start: 'soon' is not a date with a time"),
        ("start = 2026-03-02\nend = 2026-03-03", "start: '2026-03-02' is not a date with a time"),
        ("all_day = true\nstart = 2026-03-02T10:00:00", "start: '2026-03-02 10:00:00' is not a date such as"),
        ("all_day = true", "start: is missing"),
        ("all_day = true\nstart = 2026-03-02\nend = 2026-03-02", "end: the end of an all-day item is"),
        ("start = 2026-03-02T10:00:00\nend = 2026-03-02T09:00:00", "end: the end lies before the start"),
        ("show_as = 'Busi'", 'show_as: "Busi" is not one of Free, Tentative, Busy, OOF, '),
        ("kind = 'meating'", 'kind: "meating" is not one of appointment, meeting, unknown; did'),
        ("response = 'yes'", 'response: "yes" is not one of organizer, accepted'),
        ("private = 'no'", "private: 'no' is not true or false"),
        ("subject = 7", "subject: 7 is not a text"),
        ("colour = 'red'", "colour: there is no such key"),
    ],
)
def test_a_mistake_in_an_item_is_told_with_its_number(home: Path, text: str, mistake: str) -> None:
    found = mistakes(home, ITEM + text)
    assert any(f"people.anna.items[1].{mistake}" in one for one in found), found


def test_one_mistake_does_not_hide_another(home: Path) -> None:
    text = ITEM + "show_as = 'x'\nkind = 'y'\nstart = 1\n[people.ben]\nzone = 'z'"
    keys = [mistake.partition(":")[0] for mistake in mistakes(home, text)]
    assert keys == [
        *("people.anna.items[1].kind", "people.anna.items[1].show_as", "people.anna.items[1].start"),
        *("people.anna.items[1].end", "people.ben.zone", "people.ben.address", "people.ben.password"),
    ]


def test_a_file_with_a_mistake_adds_nobody(home: Path) -> None:
    exchange = CheckedExchange()
    with pytest.raises(OrgError):
        load(write(home, ANNA + "[people.ben]"), exchange)
    assert exchange.store.mailboxes() == ()


def test_a_file_that_cannot_be_read_is_told_why(home: Path) -> None:
    path = write(home, "this is = = no toml")
    for file, words in ((path, "line 1"), (home / "none.toml", "No such file"), (home, "cannot be read")):
        with pytest.raises(OrgError) as caught:
            read_org(file)
        (mistake,) = caught.value.mistakes
        assert mistake.startswith(f"{file}: ")
        assert words in mistake
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(OrgError, match="it is not UTF-8"):
        read_org(path)
    path.write_text("x = " + "[" * 5000)
    with pytest.raises(OrgError, match="nested too deeply"):
        read_org(path)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no file without end")
def test_a_file_without_end_is_refused() -> None:
    with pytest.raises(OrgError, match="longer than"):
        read_org(Path("/dev/zero"))


def test_the_example_of_the_documentation_names_every_key_of_a_person_and_can_be_read(home: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "commands.md").read_text(encoding="utf-8")
    example = page.partition("```toml\n")[2].partition("```")[0]
    assert [person.mailbox.name for person in read_org(write(home, example))] == ["Anna Keller", "Ben"]
    assert [key for key in PERSON_KEYS if key not in example] == []


def test_a_mistake_about_a_password_does_not_repeat_it(home: Path) -> None:
    found = mistakes(home, ANNA.replace('"secret"', "123456"))
    assert found == ["people.anna.password: is not a text"]
