"""Configuration information: rows that help to diagnose, without a secret and without a subject."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from lyncdesk.client import events as ev
from lyncdesk.client import views
from lyncdesk.client.options import Origin
from lyncdesk.client.problems import PROBLEMS, Problem
from lyncdesk.client.state import CheckRecord, ContactReading
from lyncdesk.client.view_types import Action, Connection
from lyncdesk.client.views.doctor import remedy_after_test
from lyncdesk.client.words import Words
from lyncdesk.presence.items import Kind
from lyncdesk.presence.message import Message
from tests.unit.client.driving import ACCOUNT, REFUSED, Driven, meeting, running
from tests.unit.strategies import MINUTE, NOW

WORDS = Words(zone=ZoneInfo("Europe/Berlin"))


def connection(client: Driven, environment: tuple[tuple[Message, Message], ...] = ()) -> Connection:
    return views.connection(client.state, client.now, WORDS, environment)


def row(client: Driven, name: str) -> str:
    return dict(connection(client).rows)[name]


def test_the_rows_begin_with_lyncs_own_names() -> None:
    names = [name for name, _ in connection(running()).rows]
    assert names[:3] == ["EWS Internal URL", "EWS External URL", "EWS Information"]
    assert row(running(), "EWS Internal URL") == ACCOUNT.server
    assert row(running(), "EWS Information") == "EWS Status OK"


def test_no_subject_location_or_note_is_in_a_row_or_a_trouble() -> None:
    client = Driven().signed_in()
    client.answer(meeting(-5, 60, "Secret-Subject", location="Secret-Room"), details=False)
    client.do(ev.NoteWritten("Secret-Note"))
    client.until(30)
    client.fail("broken-answer")
    assert "Secret" not in repr(connection(client))


def test_a_password_that_was_written_into_the_address_is_not_shown() -> None:
    client = running()
    client.choose(
        account=replace(ACCOUNT, server="https://anna:Secret@mail.litware.example:444/EWS/Exchange.asmx")
    )
    assert "Secret" not in repr(connection(client))
    assert row(client, "EWS Internal URL") == "https://mail.litware.example:444/EWS/Exchange.asmx"


@pytest.mark.parametrize(
    ("name", "text"),
    [(REFUSED, "Exchange refused your password."), ("timed-out", "Exchange did not answer.")],
)
def test_the_named_problem_takes_the_place_of_the_status(name: str, text: str) -> None:
    client = running().until(30)
    client.fail(name)
    assert row(client, "EWS Information") == text
    assert [trouble.name for trouble in connection(client).troubles] == [name]


def test_missing_details_are_named() -> None:
    client = Driven().signed_in()
    client.answer(meeting(-5, 60, kind=Kind.UNKNOWN), details=False)
    assert row(client, "EWS Information") == "Exchange sends no details of your items."
    assert row(client, "Item details") == "no"


def test_every_problem_says_what_happened_why_and_what_to_do() -> None:
    for name in PROBLEMS:
        trouble = views.trouble(Problem.of(name), WORDS)
        assert all((trouble.title, trouble.cause, trouble.remedy))
        assert "{" not in trouble.title + trouble.cause + trouble.remedy


def test_troubles_come_in_the_order_of_the_table_and_a_refused_password_can_be_mended_here() -> None:
    client = running().until(30)
    client.do(ev.ProblemFound(Problem.of("keyring-missing")))
    client.do(ev.ProblemFound(Problem.of("policy-invalid")))
    client.fail(REFUSED)
    troubles = connection(client).troubles
    assert [trouble.name for trouble in troubles] == [REFUSED, "policy-invalid", "keyring-missing"]
    assert (troubles[0].action, troubles[0].action_text) == (Action.ENTER_PASSWORD, "Enter password")


def test_the_rows_tell_the_last_check_what_it_took_and_the_next() -> None:
    client = Driven().signed_in()
    client.answer(
        meeting(0, 60),
        requests=3,
        duration=timedelta(milliseconds=412),
        server="15.2.1748.10",
        limits=("No replies",),
    )
    found = {
        name: row(client, name) for name in ("Last check", "Duration of the last check", "Requests", "Items")
    }
    assert found == {
        "Last check": "10:00", "Duration of the last check": "412 ms", "Requests": "3", "Items": "1",
    }  # fmt: skip
    assert (row(client, "Next check"), row(client, "Checks sent")) == ("10:30", "1")
    assert (row(client, "Server version"), row(client, "Limits")) == ("15.2.1748.10", "No replies")
    client.until(61)
    assert row(client, "Last check") == "10:00 (old)"
    client.fail(REFUSED)
    assert (row(client, "Next check"), row(client, "Failures in a row")) == ("none planned", "1")


def test_the_interval_tells_who_set_it() -> None:
    assert row(running(), "Interval") == "30 minutes (built in)"
    by_policy = running(interval=15 * MINUTE, origins={"interval": Origin.POLICY})
    assert row(by_policy, "Interval") == "15 minutes (set by your administrator)"


def test_what_the_client_does_not_hold_itself_is_added_at_the_end() -> None:
    assert connection(running(), ((Message.of("Keyring"), Message.of("GNOME")),)).rows[-1] == (
        "Keyring",
        "GNOME",
    )


def test_before_anything_is_known_the_rows_say_so() -> None:
    client = Driven()
    client.choose(account=replace(ACCOUNT, server="", address=""))
    assert (row(client, "EWS Internal URL"), row(client, "Last check"), row(client, "Sign-in")) == (
        "none",
        "none yet",
        "Signed out",
    )


# --- where a problem is mended ---


@pytest.mark.parametrize("name", sorted(PROBLEMS))
def test_a_remedy_that_names_a_field_of_the_account_has_the_button_that_leads_there(name: str) -> None:
    trouble = views.trouble(Problem.of(name), WORDS)
    names = (
        "server address",
        "your e-mail address",
        "rusted certificates",
        "as authentication",
        "user name;",
    )
    if name in views.PASSWORD_HELPS:
        assert trouble.action is Action.ENTER_PASSWORD
    elif any(field in trouble.remedy for field in names) or name in views.ACCOUNT_PROBLEMS:
        assert trouble.action is Action.ACCOUNT
    assert (trouble.action is None) is (trouble.action_text == "")


def test_the_sets_of_problems_name_rows_of_the_table() -> None:
    assert set(PROBLEMS) >= views.PASSWORD_PROBLEMS
    assert set(PROBLEMS) >= views.ACCOUNT_PROBLEMS
    assert not views.PASSWORD_PROBLEMS & views.ACCOUNT_PROBLEMS


@pytest.mark.parametrize("name", PROBLEMS)
def test_no_remedy_sends_to_a_page_that_may_not_be_there_yet(name: str) -> None:
    """The first start has no Options, and neither has the command line: its words are the same."""
    for words in (views.trouble(Problem.of(name), WORDS).remedy, remedy_after_test(Problem.of(name), WORDS)):
        assert "Options" not in words


@pytest.mark.parametrize(
    ("name", "action", "text"),
    [
        ("refused-password", Action.ENTER_PASSWORD, "Enter password"),
        ("password-expired", Action.ENTER_PASSWORD, "Enter password"),
        ("server-address", Action.ACCOUNT, "Options"),
        ("sign-in-method", Action.ACCOUNT, "Options"),
        ("ca-file", Action.ACCOUNT, "Options"),
        ("server-not-found", Action.ACCOUNT, "Options"),
        ("not-exchange", Action.ACCOUNT, "Options"),
        ("timed-out", Action.CONNECTION, "Details"),
        ("name-not-found", Action.CONNECTION, "Details"),
        ("certificate-expired", Action.CONNECTION, "Details"),
    ],
)
def test_the_main_windows_line_leads_to_where_its_problem_is_mended(
    name: str, action: Action, text: str
) -> None:
    client = running().until(30)
    client.fail(name)
    notice = views.notice(client.state, client.now, WORDS)
    assert notice is not None
    assert (notice.action, notice.action_text, notice.warning) == (action, text, True)


def test_the_page_of_the_account_tells_what_is_mended_there_and_nothing_else() -> None:
    client = running().until(30)
    assert views.account_trouble(client.state, WORDS) is None
    client.fail("timed-out")
    assert views.account_trouble(client.state, WORDS) is None
    client.until(31)
    client.fail("not-exchange")
    trouble = views.account_trouble(client.state, WORDS)
    assert trouble is not None
    assert (trouble.name, trouble.action) == ("not-exchange", None)
    client.do(ev.SignOut())
    assert views.account_trouble(client.state, WORDS) is None


# --- the connection in force ---


@pytest.mark.parametrize(
    ("wanted", "taken", "text"),
    [
        ("automatic", "", "Automatic"),
        ("automatic", "ntlm", "Automatic: NTLM is in use"),
        ("basic", "basic", "Basic"),
        ("negotiate", "", "Negotiate"),
    ],
)
def test_the_way_of_signing_in_that_the_server_took_is_told(wanted: str, taken: str, text: str) -> None:
    client = Driven(account=replace(ACCOUNT, authentication=wanted)).signed_in()
    client.answer(sign_in=taken)
    assert row(client, "Authentication") == text


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "TLS, checked against this computer's certificates"),
        ({"ca_file": "/etc/ca.pem"}, "TLS, checked against this computer's certificates and /etc/ca.pem"),
        ({"server": "http://127.0.0.1:80/EWS"}, "none: the server is on this computer"),
        ({"server": ""}, "not known yet"),
    ],
)
def test_the_encryption_and_the_file_of_certificates_are_told(fields: dict[str, str], text: str) -> None:
    client = running()
    client.choose(account=replace(ACCOUNT, **fields))
    assert row(client, "Encryption") == text


def test_what_was_never_read_is_not_called_old() -> None:
    client = Driven().signed_in()
    client.fail("timed-out")
    assert row(client, "Last check") == "none yet"


def test_the_last_checks_are_told_newest_first() -> None:
    client = Driven().signed_in()
    client.answer(meeting(0, 60), requests=3, duration=timedelta(milliseconds=412))
    client.until(30)
    client.now += timedelta(seconds=1.44)
    client.fail("timed-out")
    assert connection(client).checks == (
        ("10:30", "1.4 s", "-", "-", "Exchange did not answer."),
        ("10:00", "412 ms", "3", "1", "done"),
    )


@pytest.mark.parametrize(
    ("fields", "wanted", "told"),
    [
        ({"contacts": ()}, {}, "there are none"),
        ({"use_exchange": False}, {}, "not read: Exchange is not used"),
        ({}, {}, "not read yet"),
        ({}, {"as_of": NOW, "read": 4, "unreadable": 2}, "4 of 6 that were asked for, at 10:00"),
    ],
)
def test_how_many_calendars_of_contacts_were_read_is_told(
    fields: dict[str, object], wanted: dict[str, object], told: str
) -> None:
    client = running()
    chosen = replace(client.state.options, **{"contacts": ("ben@litware.example",)} | fields)  # type: ignore[arg-type]
    reading = ContactReading(used=True, requests=3, **wanted)  # type: ignore[arg-type]
    client.state = replace(client.state, options=chosen, reading=reading)
    assert row(client, "Contacts' calendars") == told
    assert row(client, "Requests for contacts") == "3"


def test_a_check_whose_answer_was_no_longer_wanted_is_told_as_such() -> None:
    client = running()
    record = CheckRecord(NOW, timedelta(seconds=1), items=3, used=False)
    client.state = replace(client.state, calendar=replace(client.state.calendar, history=(record,)))
    assert connection(client).checks == (("10:00", "1 s", "-", "3", "done (no longer wanted)"),)
