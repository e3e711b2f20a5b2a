"""The report for support: one file to be read and to be run, without a secret and without anybody's words."""

from __future__ import annotations

import io
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest

from lyncdesk.client import events as ev
from lyncdesk.client.checking import REMEMBERED
from lyncdesk.client.found import Found, How
from lyncdesk.client.options import Options
from lyncdesk.client.ports import ItemKey
from lyncdesk.client.problems import Problem
from lyncdesk.client.report import report
from lyncdesk.client.state import Calendar, Change, NotWritten, State, Undo
from lyncdesk.client.views.connection import without_secret
from lyncdesk.presence.inputs import Manual, OutOfOffice
from lyncdesk.presence.items import ShowAs
from lyncdesk.presence.message import Message
from lyncdesk.presence.publication import Profile, Publication, Seen, SeenItem
from lyncdesk.presence.relationships import Relationship
from lyncdesk.presence.states import ManualStatus, Presence
from lyncdesk.simulation.run import Run
from lyncdesk.simulation.scenario_calendars import memory_calendars
from lyncdesk.simulation.scenario_file import read
from lyncdesk.simulation.scenario_report import TextReport
from tests.unit.client.driving import ACCOUNT, ADDRESS, REFUSED, Driven, meeting, running
from tests.unit.strategies import NOW, at


class Markers:
    """Words that nobody else uses, each of its own."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.texts: list[str] = []

    def __call__(self, what: str) -> str:
        return self.text(self.part(what))

    def part(self, what: str) -> str:
        """One that stands inside a longer text."""
        self.made.append(f"Qx{len(self.made)}{what}")
        return self.made[-1]

    def text(self, text: str) -> str:
        """A whole text, as it could come to stand in a log."""
        self.texts.append(text)
        return text

    def address(self, what: str) -> str:
        """One that reads as an address; each half of it counts."""
        return self.text(f"{self.part(what).casefold()}@{self.part('domain').casefold()}.example")

    def found(self, text: str) -> list[str]:
        """Those that stand in the text, in any spelling."""
        return [marker for marker in self.made if marker.casefold() in text.casefold()]


def profile(mark: Markers, address: str) -> Profile:
    """A person of whom everything is known."""
    phones = (mark("work"), mark("mobile"), mark("home"))
    words = (mark("name"), mark("title"), mark("company"), mark("place"))
    return Profile(address, *words, *phones, "Europe/Berlin")


def seen(mark: Markers) -> Seen:
    """A contact of whom everything is seen."""
    return Seen(
        profile(mark, mark.address("contact")),
        Presence(6500),
        item=SeenItem(at(-5), at(60), mark("subject"), mark("place")),
        note=mark("note"),
        out_of_office_note=mark("oof-note"),
    )


def planted(mark: Markers) -> tuple[State, list[str]]:
    """A State with a marker of its own wherever anybody can have written something; and the texts that it
    holds, but those which only a problem or a server told.
    """
    contact = seen(mark)
    items = tuple(
        replace(
            meeting(-5, 60, mark("subject"), location=mark("place")),
            id=mark.part("id"),
            change_key=mark.part("key"),
            series=mark.part("series"),
        )
        for _ in range(5)
    )
    password = mark.text(f"{mark.part('pass')}/{mark.part('word')}@x{mark.part('more')}")
    secret = mark.text(f"{mark('user')}:{password}")
    options = Options(
        account=replace(
            ACCOUNT,
            server=f"https://{secret}@mail.litware.example/EWS/Exchange.asmx?token={mark.part('token')}",
        ),
        contacts=(mark.address("followed"),),
        gives={mark.address("given"): Relationship.BLOCKED},
        groups={mark("group"): (mark.address("member"),)},
        note=mark("note"),
        newer_version_url=f"https://files.litware.example/latest.json?{mark.part('key')}",
    )
    me = profile(mark, ADDRESS)
    replies = OutOfOffice(mark("oof-note"))
    manual = Manual(ManualStatus.BUSY, at(-5), at(60), mark("device"))
    published = Publication(
        me,
        Presence(6500),
        item=items[0],
        note=mark("sent-note"),
        out_of_office_note=mark("sent-oof"),
    )
    texts = list(mark.texts)
    problems = (
        Problem.of("unknown-contact", address=mark.address("unknown")),
        Problem.of(
            "settings-broken",
            where="settings.toml, line 3",
            key="note",
            what=Message.of("{key} = {value} is wrong", key="note", value=mark("bad-note")),
            kept="-",
        ),
        Problem.of(
            "settings-broken",
            where="settings.toml, line 4",
            key="gives.x",
            what=Message.of("{key} = {value} is wrong", key=mark.address("key"), value=mark("level")),
            kept="-",
        ),
        Problem.of(
            "policy-invalid",
            where="policy.toml, line 4",
            what=Message.of(
                "{key} = {value} is wrong", key="ExchangeServerUrl", value=f"http://me:{mark('pw')} x@mail"
            ),
        ),
        Problem.of(
            "settings-broken",
            where="settings.toml, line 5",
            key="account.server",
            what=Message.of("{key} = {value} is wrong", key="account.server", value=f"me:{mark('pw')}"),
            kept="-",
        ),
        Problem.of("keyring-missing", code=f"no bus for {options.note} {mark.address('code')}"),
    )
    calendar = Calendar(
        items=items[:2],
        changes=(Change(1, items[2], ShowAs.FREE),),
        undo=Undo(items[3], ItemKey(items[3].id, items[3].change_key), ShowAs.FREE, False, at(9)),
        not_written=NotWritten(items[4], ShowAs.FREE, Problem.of("timed-out"), at(9)),
        as_of=NOW,
        failures=1,
        failed_at=NOW,
        problem=Problem.of(
            "server-error",
            server=f"https://{mark('u')}:{mark('p')}@mail.litware.example",
            code=f"cannot open {items[0].subject} of {contact.profile.name}",
        ),
        out_of_office=replies,
        server=f"15.2 {mark.address('host')}",
        limits=(f"not read: https://{mark('l')}@host",),
    )
    state = State(
        me,
        options,
        signed_in=True,
        calendar=calendar,
        manual=manual,
        contacts={contact.profile.address: contact},
        published=published,
        problems=problems,
        found={
            address: Found(
                address, f"https://{mark('host')}.example/?{mark('query')}", How.SRV, "https://x", NOW
            )
            for address in (mark.address("found"),)
        },
    )
    return state, texts


def test_nothing_that_anybody_wrote_is_in_the_report() -> None:
    mark = Markers()
    state, texts = planted(mark)
    password = mark("Password")
    environment = (
        (Message.of("Proxy"), Message.of("{url}", url=f"http://me:{mark('proxy')}@proxy:8080")),
        (Message.of("Asked"), Message.of("{text}", text=f"{texts[0]} {mark.address('asked')}")),
    )
    log = [
        *(f"INFO lyncdesk: somebody logged {text}" for text in texts),
        f"signed in with {password}",
        f"GET https://kim:{mark('logged')}@mail.litware.example/EWS?key={mark('query')} 200",
        f"resolved {mark.address('resolved')}\n  and a second line for {mark.address('second')}",
    ]
    text = report(state, NOW, environment, log, (password,))
    assert mark.found(text) == []
    assert len(mark.made) > 60
    # It is a report all the same.
    for told in (
        "https://mail.litware.example/EWS/Exchange.asmx",
        "proxy:8080",
        ADDRESS,
        "problem: server-error",
        "problem: unknown-contact",
        "policy.toml, line 4",
        "contacts: 1",
        "GET https://mail.litware.example/EWS 200",
    ):
        assert told in text


KINDS = (
    *(State, Options, Calendar, Change, Undo, NotWritten, Manual, OutOfOffice),
    *(Profile, Seen, SeenItem, Publication),
)


def test_every_text_of_a_state_was_planted() -> None:
    """A field that comes later and holds words must be planted, too: see ``planted``."""
    told = {
        name
        for kind in (
            Calendar,
            Change,
            Undo,
            NotWritten,
            State,
            Options,
            Profile,
            Seen,
            SeenItem,
            Publication,
            Manual,
            OutOfOffice,
        )
        for name, annotation in ((field.name, str(field.type)) for field in fields(kind))
        if "str" in annotation.replace("Calendar.str", "")
    }
    assert told == {
        "server", "sign_in", "limits", "pool", "language", "gives", "contacts", "groups", "note", "origins",
        "former", "address", "newer_version_url",
        "name", "title", "company", "location", "work_phone", "mobile_phone", "home_phone", "zone", "subject",
        "out_of_office_note", "device", "found",
    }  # fmt: skip


def played(text: str) -> int:
    """How many expectations of the scenario in a report do not hold."""
    with memory_calendars() as calendars:
        return Run(read(text, "report"), calendars, TextReport(io.StringIO())).run()


def test_the_whole_report_can_be_played() -> None:
    client = running(meeting(-5, 120)).until(30)
    client.fail("timed-out")
    log = ["an odd line \x00\x07\x1b[31m \udcff \u2028 end", "two\r\nlines", '"""', "[[expect]]"]
    text = report(client.state, client.now, (), log)
    assert played(text) == 0
    assert text.encode()
    assert played(text.replace('shows = "In a meeting"', 'shows = "Away"')) == 1


def test_a_log_without_end_leaves_a_scenario_that_can_be_read() -> None:
    log = [f"{number} " + "x" * 50_000 for number in range(100)]
    text = report(running().state, NOW, (), log)
    assert played(text) == 0
    assert "# 99 xxx" in text
    assert "# 0 xxx" not in text
    assert "left out" in text


def test_the_last_checks_tell_when_how_long_and_what_came_of_them() -> None:
    client = Driven().signed_in()
    client.answer(meeting(0, 60), requests=3, duration=timedelta(milliseconds=412))
    client.until(30)
    client.now += timedelta(seconds=4)
    client.fail("timed-out")
    text = report(client.state, client.now, ())
    assert "# 2026-03-04T09:00:00.000+00:00  412 ms  3  1  ok\n" in text
    assert "# 2026-03-04T09:30:00.000+00:00  4000 ms  -  -  timed-out\n" in text


def test_a_check_whose_answer_was_no_longer_wanted_is_told_as_such() -> None:
    client = Driven().signed_in()
    client.do(ev.SignOut())
    client.do(ev.SignIn())
    client.answer()
    [record] = client.state.calendar.history
    assert not record.used
    assert "ok (no longer wanted)" in report(client.state, client.now, ())
    assert client.in_flight  # the one that the new sign-in asked for


def test_a_refusal_counts_though_the_calendar_was_switched_off_meanwhile() -> None:
    client = Driven().signed_in()
    client.choose(update_presence=False)
    client.fail(REFUSED)
    assert [(record.problem, record.used) for record in client.state.calendar.history] == [(REFUSED, True)]


def test_only_the_last_checks_are_remembered_and_signing_out_keeps_them() -> None:
    client = running()
    for number in range(REMEMBERED + 5):
        client.until((number + 1) * 30)
        client.answer()
    client.do(ev.SignOut())
    history = client.state.calendar.history
    assert len(history) == REMEMBERED
    assert history[-1].started == client.now
    assert history == tuple(sorted(history, key=lambda record: record.started))


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("https://mail.example/EWS", "https://mail.example/EWS"),
        ("https://kim:pw@mail.example/EWS", "https://mail.example/EWS"),
        ("https://kim:p/w@mail.example/EWS", "https://mail.example/EWS"),
        ("https://kim:p@w@mail.example/EWS?t=1#x", "https://mail.example/EWS"),
        ("https://kim:p://w@mail.example/EWS", "https://mail.example/EWS"),
        ("kim:pw@mail.example/EWS", "mail.example/EWS"),
        ("", ""),
    ],
)
def test_what_somebody_wrote_before_the_host_goes_whole(typed: str, shown: str) -> None:
    assert without_secret(typed) == shown


def test_options_that_differ_tell_who_set_them() -> None:
    values: dict[str, Any] = {"ignore_all_day": True, "language": "de"}
    text = report(running(**values).state, NOW, ())
    assert "# ignore_all_day: True (built in)" in text
    assert "# language: de" in text
    assert "share_details" not in text
