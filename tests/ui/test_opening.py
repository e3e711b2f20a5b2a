"""Which window comes up: what the administrator set is asked about only where something is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from lyncdesk.client.options import Account, Options, Origin
from lyncdesk.client.policy_file import parse_policy
from lyncdesk.client.problems import Problem
from lyncdesk.client.sign_in_names import SignedIn, for_person
from lyncdesk.client.state import Calendar, Health, State
from lyncdesk.presence.message import Message
from lyncdesk.ui.first_start import FirstStart
from lyncdesk.ui.opening import Opening
from lyncdesk.ui.password_prompt import PasswordPrompt
from tests.ui.builders import ME, state
from tests.ui.parts import tell
from tests.ui.test_windows import Made

SERVER = "https://mail.litware.example/EWS/Exchange.asmx"
OTHER = "https://new.litware.example/EWS/Exchange.asmx"
SIGNING_IN = Calendar(health=Health.STARTING)
NO_PASSWORD = Calendar(
    health=Health.STOPPED, problem=Problem.of("no-password", server="mail.litware.example")
)
REFUSED = replace(NO_PASSWORD, problem=Problem.of("refused-password", server="mail.litware.example"))
NO_TICKET = Calendar(
    health=Health.FAILING, problem=Problem.of("no-ticket", server="mail.litware.example", code="expired")
)
READ = Calendar(health=Health.OK, as_of=datetime(2026, 3, 2, 9, 0, tzinfo=UTC))


def by_policy(calendar: Calendar, way: str = "automatic", *, minimised: bool = False) -> State:
    """Kim's account as the administrator set it."""
    account = Account(ME, server=SERVER, authentication=way)
    names = ("account.address", "account.server", "account.authentication")
    options = Options(account=account, start_minimised=minimised, origins=dict.fromkeys(names, Origin.POLICY))
    return state(options=options, calendar=calendar, signed_in=True)


class Program:
    """The windows of a program, and what opens them."""

    def __init__(self, home: Path, *, minimised: bool = False) -> None:
        self.made = Made(home, state())
        self.opening = Opening(self.made.windows, lambda: True, minimised=minimised)

    def tell(self, known: State) -> None:
        tell(self.made.bridge, known)
        self.opening.follow(known)

    @property
    def main(self) -> bool:
        """Whether the main window is there."""
        main = self.made.windows._main
        return main is not None and main.isVisible()

    @property
    def page(self) -> FirstStart | None:
        """The page that asks for an account, if it is there."""
        page = next(iter(self.made.of(FirstStart)), None)
        return page if isinstance(page, FirstStart) and page.isVisible() else None


@pytest.fixture
def program(qapp: object, home: Path) -> Iterator[Program]:
    made = Program(home)
    yield made
    made.opening.stop()
    made.made.windows.end()


@pytest.fixture
def at_login(qapp: object, home: Path) -> Iterator[Program]:
    """A program that the system started when its person logged in."""
    made = Program(home, minimised=True)
    yield made
    made.opening.stop()
    made.made.windows.end()


def test_at_login_nobody_is_asked_who_has_no_account(at_login: Program) -> None:
    at_login.tell(state())
    assert (at_login.main, at_login.page) == (False, None)
    at_login.opening.show(ready=True)
    assert at_login.page is not None


@pytest.mark.parametrize("why", ["the account lacks its password", "the policy has a mistake"])
def test_at_login_the_page_comes_where_an_account_was_there(at_login: Program, why: str) -> None:
    broken = Problem.of("policy-invalid", where="policy.toml", what="not UTF-8")
    at_login.tell(by_policy(NO_PASSWORD) if why.startswith("the account") else state(problems=(broken,)))
    assert at_login.page is not None
    assert not at_login.main


def test_at_login_who_is_signed_in_by_a_ticket_sees_no_window(at_login: Program) -> None:
    for calendar in (SIGNING_IN, NO_TICKET, READ):
        at_login.tell(by_policy(calendar, "negotiate"))
        assert (at_login.main, at_login.page) == (False, None)


def test_a_ticket_is_enough_and_nobody_is_asked_for_anything(program: Program) -> None:
    for calendar in (SIGNING_IN, READ):
        program.tell(by_policy(calendar, "negotiate"))
        assert (program.main, program.page) == (True, None)


def test_a_stored_password_is_enough(program: Program) -> None:
    program.tell(by_policy(SIGNING_IN))
    assert (program.main, program.page) == (False, None)  # the keyring has not answered yet
    program.tell(by_policy(READ))
    assert (program.main, program.page) == (True, None)


def test_a_keyring_that_does_not_answer_keeps_no_window_back(qtbot: QtBot, program: Program) -> None:
    program.tell(by_policy(SIGNING_IN))
    program.opening._wait_for_account.setInterval(1)
    qtbot.waitUntil(lambda: program.main)
    program.tell(by_policy(NO_PASSWORD))
    assert program.page is not None


@pytest.mark.parametrize("minimised", [False, True])
def test_only_the_password_is_asked_for_where_it_is_all_that_is_missing(
    program: Program, minimised: bool
) -> None:
    program.tell(by_policy(SIGNING_IN, minimised=minimised))
    program.tell(by_policy(NO_PASSWORD, minimised=minimised))
    page = program.page
    assert page is not None
    assert not program.main
    form = page.form
    assert (form.address.text(), form.server.text()) == (ME, SERVER)
    assert not any(field.isEnabled() for field in (form.address, form.server, form.authentication))
    assert form.address.toolTip() == "Set by your administrator"
    assert "Only your password is missing" in page.prepared.text()
    assert page.missing.text() == "Type your password."
    assert form.first_to_fill_in is form.password.line
    QTest.keyClicks(form.password.line, "secret")
    QTest.keyClick(form.password.line, Qt.Key.Key_Return)
    account = Account(ME, server=SERVER)
    assert program.made.bridge.asked == [
        ("test_connection", account, "secret"),
        ("save_account", account, "secret", True),
    ]


@pytest.mark.parametrize("calendar", [REFUSED, NO_TICKET], ids=["refused", "no ticket"])
def test_what_else_is_wrong_is_told_in_the_main_window_where_a_password_may_be_typed(
    program: Program, calendar: Calendar
) -> None:
    way = "negotiate" if calendar is NO_TICKET else "automatic"
    program.tell(by_policy(SIGNING_IN, way))
    program.tell(by_policy(calendar, way))
    assert (program.main, program.page) == (True, None)
    program.made.windows.enter_password()
    (prompt,) = program.made.of(PasswordPrompt)
    assert isinstance(prompt, PasswordPrompt)
    assert calendar.problem is not None
    assert prompt.title.text() == calendar.problem.row.title


def test_what_is_recommended_stands_there_and_can_be_corrected(program: Program) -> None:
    options = Options(account=Account(ME), origins={"account.address": Origin.RECOMMENDED})
    program.tell(state(options=options))
    page = program.page
    assert page is not None
    assert page.form.address.text() == ME
    assert page.form.address.isEnabled()
    assert "Correct what is not right" in page.prepared.text()
    assert page.missing.text() == "Type your password."


def test_a_policy_that_comes_while_the_page_waits_takes_over(program: Program) -> None:
    program.tell(state())
    page = program.page
    assert page is not None
    assert not page.prepared.isVisible()
    program.tell(by_policy(SIGNING_IN, "negotiate"))
    assert program.page is None
    assert program.main


def test_what_the_administrator_changes_while_the_page_waits_stands_there_at_once(program: Program) -> None:
    program.tell(by_policy(NO_PASSWORD))
    page = program.page
    assert page is not None
    page.form.password.line.setText("secret")
    page.form.user_name.setText("LITWARE\\kim")
    known = by_policy(NO_PASSWORD)
    moved = replace(known.options.account, server=OTHER)
    program.tell(replace(known, options=replace(known.options, account=moved)))
    assert (page.form.account().server, page.form.account().user_name) == (OTHER, "LITWARE\\kim")
    assert page.form.typed_password() == "secret"
    page.form.user_name.clear()
    page.form.password.line.setText("of this login alone")
    another = replace(known.options.account, address="somebody.else@litware.example")
    program.tell(replace(known, options=replace(known.options, account=another)))
    assert page.form.account() == another
    assert page.form.typed_password() is None
    program.tell(state())  # the policy is gone
    assert program.page is page
    assert page.form.account() == Account()
    assert page.form.address.isEnabled()
    assert not page.prepared.isVisible()


def test_a_mistake_in_the_policy_is_told_where_an_account_is_asked_for_because_of_it(
    program: Program,
) -> None:
    (problem,) = for_person(parse_policy('AccountAddress = "{upn}"', "policy.toml"), SignedIn).problems
    program.tell(state(problems=(problem,)))
    page = program.page
    assert page is not None
    assert page.mistake.isVisible()
    told = page.mistake.text()
    assert told.startswith(
        'The administrator\'s policy has a mistake. policy.toml: AccountAddress = "{upn}" '
    )
    assert told.endswith(" Tell your administrator.")
    program.tell(state())
    assert page.isVisible()
    assert not page.mistake.isVisible()


def test_what_is_being_typed_is_not_taken_away_by_what_says_nothing_of_it(program: Program) -> None:
    program.tell(state())
    page = program.page
    assert page is not None
    page.form.address.setText("kim.new@litware.example")
    page.form.use_server(OTHER)
    page.form.password.line.setText("secret")
    page.form.keep.setChecked(False)
    typed = page.form.account()
    options = Options(interval=timedelta(minutes=7))
    program.tell(state(options=options))
    program.tell(state(options=replace(options, account=Account(ca_file="/etc/ssl/litware.pem"))))
    assert page.form.account() == replace(typed, ca_file="/etc/ssl/litware.pem")
    assert (page.form.typed_password(), page.form.keep.isChecked()) == ("secret", False)
    program.tell(state(options=replace(options, allow_saved_password=False)))
    assert not page.form.keep.isEnabled()
    assert page.form.account() == typed


@pytest.mark.parametrize("broken", [False, True])
def test_a_login_asks_nobody_for_an_account_but_tells_of_settings_that_are_broken(
    program: Program, broken: bool
) -> None:
    program.opening._minimised = True
    problem = Problem.of(
        "settings-broken", where="settings.toml", what=Message.of("line 1"), kept="settings.toml.broken"
    )
    program.tell(state(problems=(problem,) if broken else ()))
    assert (program.page is not None, program.main) == (broken, False)
    program.opening.show(ready=True)
    assert program.page is not None


def test_what_the_person_is_at_on_the_page_is_not_taken_away(program: Program) -> None:
    program.tell(state())
    page = program.page
    assert page is not None
    page._saved = True  # what the keyring said is still to be read
    program.tell(by_policy(READ))
    assert program.page is page
    assert page.form.account() == Account()


def test_what_the_administrator_sets_counts_before_what_is_being_typed(program: Program) -> None:
    program.tell(state())
    page = program.page
    assert page is not None
    page.form.address.setText("kim.new@litware.example")
    page.form.use_server(OTHER)
    known = by_policy(NO_PASSWORD)
    program.tell(known)
    assert page.form.account() == known.options.account


def test_who_asks_for_the_program_gets_what_is_missing(program: Program) -> None:
    program.tell(by_policy(NO_PASSWORD))
    page = program.page
    assert page is not None
    page.close()
    program.opening.show(ready=True)
    assert program.page is page
    program.tell(by_policy(READ))
    program.opening.show(ready=True)
    assert program.main
