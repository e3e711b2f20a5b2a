"""A person's settings: understood with every mistake named, layered with the policy, written without loss."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lyncdesk.client.options import Account, Options, Origin
from lyncdesk.client.policy import Policy
from lyncdesk.client.policy_file import parse_policy
from lyncdesk.client.settings import (
    chosen,
    manual_from,
    merged,
    options_from,
    parse_settings,
    settings_text,
    values_from,
)
from lyncdesk.client.words import Words
from lyncdesk.presence.inputs import Manual
from lyncdesk.presence.relationships import DetailsTo, Relationship
from lyncdesk.presence.states import ManualStatus

MINUTE = timedelta(minutes=1)
NOW = datetime(2026, 12, 9, 9, 0, tzinfo=UTC)


def options(text: str = "", policy: str = "", **command_line: object) -> Options:
    found, problems = options_from(
        parse_settings(text).values, parse_policy(policy, "policy.toml"), command_line
    )
    assert problems == ()
    return found


def mistakes(text: str) -> list[str]:
    words = Words()
    return [f"{mistake.line}: {words(mistake.what)}" for mistake in parse_settings(text).mistakes]


# What the file says


def test_nothing_stored_means_the_defaults() -> None:
    assert options() == Options()


def test_every_field_of_the_person_is_read() -> None:
    found = options(
        """
        version = 1
        use_exchange = false
        update_presence = false
        share_details = false
        share_out_of_office = false
        share_free_busy = false
        start_with_computer = true
        start_minimised = true
        inactive_after = "00:10:00"
        away_after = "15m"
        meeting_while_away = true
        ignore_all_day = true
        notices = false
        language = "de"
        log_details = true
        keep_history = true
        note = "Back at noon\\nor later"
        contacts = ["Anna@Example.com", "ben@example.com", "anna@example.com"]

        [account]
        address = "me@example.com"
        user_name = "EXAMPLE\\\\me"
        server = "https://mail.example.com/EWS/Exchange.asmx"
        authentication = "basic"
        ca_file = "/etc/ca.pem"

        [gives]
        "Anna@example.com" = "Workgroup"

        [groups]
        Team = ["ben@example.com"]
        """
    )
    assert found == Options(
        use_exchange=False,
        update_presence=False,
        share_details=False,
        share_out_of_office=False,
        share_free_busy=False,
        start_with_computer=True,
        start_minimised=True,
        inactive_after=10 * MINUTE,
        away_after=15 * MINUTE,
        meeting_while_away=True,
        ignore_all_day=True,
        notices=False,
        language="de",
        log_details=True,
        keep_history=True,
        note="Back at noon\nor later",
        contacts=("anna@example.com", "ben@example.com"),
        account=Account(
            "me@example.com",
            "EXAMPLE\\me",
            "https://mail.example.com/EWS/Exchange.asmx",
            "basic",
            "/etc/ca.pem",
        ),
        gives={"anna@example.com": Relationship.WORKGROUP},
        groups={"Team": ("ben@example.com",)},
        origins=found.origins,
    )
    assert set(found.origins.values()) == {Origin.PERSON}
    assert len(found.origins) == 24


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('notices = "yes"', '1: notices = "yes" is not allowed; it takes true or false'),
        (
            '\ninactive_after = "4m"',
            '2: inactive_after = "4m" is not allowed; it takes a duration from "00:05:00" to "06:00:00"',
        ),
        (
            '[account]\n# mine\naddress = "me"',
            '3: account.address = "me" is not allowed; it takes an e-mail address',
        ),
        (
            '[account]\nserver = "http://mail.example.com"',
            (
                '2: account.server = "http://mail.example.com" is not allowed; it takes an'
                " address that begins with https://"
            ),
        ),
        ("account = 5", "1: account = 5 is not allowed; it takes a table"),
        (
            '[gives]\n"anna@example.com" = "Friend"',
            (
                '2: gives.anna@example.com = "Friend" is not allowed; it takes one of "External",'
                ' "Colleagues", "Workgroup", "Friends and Family", "Blocked"'
            ),
        ),
        (
            '[gives]\nAnna = "Workgroup"',
            '2: gives.Anna = "Workgroup" is not allowed; it takes an e-mail address as its key',
        ),
        (
            'contacts = [\n  "anna@example.com",\n  7,\n]',
            "1: contacts = 7 is not allowed; it takes a list of e-mail addresses",
        ),
        ("groups = 1", "1: groups = 1 is not allowed; it takes a table"),
        (
            'version = "one"',
            '1: version = "one" is not allowed; it takes a whole number from 1 to 2147483648',
        ),
        ('[manual]\nstatus = "Busy"', "1: manual.since is missing"),
        (
            '[manual]\nstatus = "Busy"\nsince = 2026-12-09T09:00:00',
            "3: manual.since = 2026-12-09 09:00:00 is not allowed; it takes a date and time with zone",
        ),
    ],
)
def test_every_mistake_is_told_with_line_key_value_and_range(text: str, said: str) -> None:
    assert mistakes(text) == [said]


def test_all_mistakes_are_told_and_everything_else_holds() -> None:
    text = 'notices = 1\nlanguage = "de"\nstart_minimised = 0\n[account]\naddress = "x"\nuser_name = "me"\n'
    assert [line.partition(":")[0] for line in mistakes(text)] == ["1", "3", "5"]
    found = options(text)
    assert (found.language, found.account.user_name) == ("de", "me")
    assert (found.notices, found.start_minimised, found.account.address) == (True, False, "")


def test_one_wrong_contact_does_not_cost_the_others() -> None:
    assert options('contacts = ["a@x.org", 7, "nobody", "b@x.org"]').contacts == ("a@x.org", "b@x.org")


def test_a_text_that_is_no_toml_is_told_with_line_and_key_and_gives_no_values() -> None:
    parsed = parse_settings("notices = true\nlanguage = de\n")
    assert parsed.values == {}
    (mistake,) = parsed.mistakes
    assert (mistake.line, mistake.key) == (2, "language")
    assert Words()(mistake.what).startswith("language: not valid TOML: ")


@given(st.text())
def test_no_text_can_crash_the_reader(text: str) -> None:
    parsed = parse_settings(text)
    assert parse_settings(settings_text(parsed.values)).mistakes == ()


def test_the_line_of_a_key_is_right_behind_text_and_lists_of_many_lines() -> None:
    text = 'note = """\nnotices = 1\n[account]\n"""\ncontacts = [ # all\n "a@x.org", # ]\n]\nnotices = 2\n'
    assert mistakes(text) == ["8: notices = 2 is not allowed; it takes true or false"]


# Layers


def test_the_order_is_mandatory_command_line_person_recommended_built_in() -> None:
    person = 'inactive_after = "20m"'
    recommended = "[recommended]\nIdleThreshold = 10"
    line = {"inactive_after": 30 * MINUTE}
    ladder = [
        (options(), 5, Origin.BUILT_IN),
        (options(policy=recommended), 10, Origin.RECOMMENDED),
        (options(person, recommended), 20, Origin.PERSON),
        (options(person, recommended, **line), 30, Origin.COMMAND_LINE),
        (options(person, f"IdleThreshold = 40\n{recommended}", **line), 40, Origin.POLICY),
    ]
    for found, minutes, origin in ladder:
        assert found.inactive_after == minutes * MINUTE
        assert found.origins.get("inactive_after", Origin.BUILT_IN) is origin


# Each key of the policy as mandatory: the fields that it sets, and which are locked.
@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ('WebServicePollInterval = "00:15:00"', {"interval": 15 * MINUTE}),
        ("DisableCalendarPresence = true", {"calendar_allowed": False, "update_presence": False}),
        ("DisableCalendarPresence = false", {"calendar_allowed": True}),
        ("AllowCheckNow = false", {"allow_check_now": False}),
        ('MeetingDetailsTo = "Workgroup"', {"details_to": DetailsTo.WORKGROUP}),
        ("DisableMeetingSubjectAndLocation = true", {"details_allowed": False, "share_details": False}),
        ("DisableMeetingSubjectAndLocation = false", {"details_allowed": True}),
        ("DisableFreeBusyInfo = true", {"free_busy_allowed": False, "share_free_busy": False}),
        ("DisablePresenceNote = true", {"note_allowed": False, "note": ""}),
        ("IdleThreshold = 60", {"inactive_after": 60 * MINUTE}),
        ("AwayThreshold = 60", {"away_after": 60 * MINUTE}),
        ('ManualStatusExpiry = "8h"', {"manual_expiry": 480 * MINUTE}),
        ("MaximumNumberOfContacts = 3", {"maximum_contacts": 3}),
        ('ExchangeServerUrl = "https://x.org/"', {"account.server": "https://x.org/"}),
        ('ExchangeServerUrl = ""', {}),
        ('ExchangeAuthentication = "basic"', {"account.authentication": "basic"}),
        ('TrustedCaFile = "/ca.pem"', {"account.ca_file": "/ca.pem"}),
        ("AllowSavedPassword = false", {"allow_saved_password": False}),
        ("KeepHistory = true", {"keep_history": True}),
        ('NewerVersionUrl = "https://x.org/l.json"', {"newer_version_url": "https://x.org/l.json"}),
        ('NewerVersionUrl = ""', {}),
    ],
)
def test_a_mandatory_key_sets_and_locks_its_fields_and_no_other(line: str, fields: dict[str, object]) -> None:
    found = options(policy=line)
    account = {name.partition(".")[2]: value for name, value in fields.items() if "." in name}
    plain = {name: value for name, value in fields.items() if "." not in name}
    expected = replace(Options(), account=replace(Account(), **account), **plain)  # type: ignore[arg-type]
    assert replace(found, origins={}) == expected
    assert {name for name in found.origins if found.locked(name)} == set(fields)


@pytest.mark.parametrize(
    ("key", "field"),
    [
        ("DisableCalendarPresence", "update_presence"),
        ("DisableMeetingSubjectAndLocation", "share_details"),
        ("DisableFreeBusyInfo", "share_free_busy"),
    ],
)
def test_a_recommended_prohibition_is_a_switch_that_is_off_and_that_the_person_may_turn_on(
    key: str, field: str
) -> None:
    policy = f"[recommended]\n{key} = true"
    assert getattr(options(policy=policy), field) is False
    assert not options(policy=policy).locked(field)
    assert getattr(options(f"{field} = true", policy), field) is True


def test_the_problems_of_the_policy_are_told_with_the_options() -> None:
    found, problems = options_from({}, parse_policy("IdleThreshold = 1", "p.toml"), {})
    assert [problem.name for problem in problems] == ["policy-invalid"]
    assert found.inactive_after == 5 * MINUTE


def test_values_that_cannot_be_used_are_problems_and_defaults_hold() -> None:
    found, problems = options_from({"notices": "yes"}, Policy(), {})
    assert found.notices
    assert [problem.name for problem in problems] == ["settings-broken"]


def test_a_name_on_the_command_line_that_is_no_field_is_an_error() -> None:
    with pytest.raises(TypeError, match="intervall"):
        options_from({}, Policy(), {"intervall": MINUTE})


# What is saved


MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
LINES = st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=20)
ADDRESSES = st.from_regex(r"[a-z.]{1,8}@[a-z]{1,8}\.org", fullmatch=True)
MANUALS = st.builds(
    Manual,
    st.sampled_from(ManualStatus),
    MOMENTS,
    st.none() | MOMENTS,
    LINES,
)
OPTIONS = st.builds(
    Options,
    use_exchange=st.booleans(),
    update_presence=st.booleans(),
    inactive_after=st.integers(5, 360).map(lambda minutes: minutes * MINUTE),
    note=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r")),
    language=st.sampled_from(["", "en", "de"]),
    account=st.builds(Account, ADDRESSES, LINES),
    gives=st.dictionaries(ADDRESSES, st.sampled_from(Relationship)),
    contacts=st.lists(ADDRESSES, unique=True).map(tuple),
    groups=st.dictionaries(LINES, st.lists(ADDRESSES, unique=True).map(tuple)),
)


# Each example is many values at once, so few examples try much.
@settings(max_examples=30)
@given(OPTIONS, st.none() | MANUALS)
def test_what_is_saved_reads_back_the_same(before: Options, manual: Manual | None) -> None:
    stored = settings_text(merged({}, values_from(before, manual)))
    parsed = parse_settings(stored)
    assert parsed.mistakes == ()
    after, problems = options_from(parsed.values, Policy(), {})
    assert problems == ()
    assert replace(after, origins={}) == before
    assert manual_from(parsed.values) == manual


def test_a_manual_status_that_ended_is_removed() -> None:
    stored = merged({}, values_from(Options(), Manual(ManualStatus.BUSY, NOW)))
    assert manual_from(stored) == Manual(ManualStatus.BUSY, NOW)
    assert manual_from(merged(stored, values_from(Options(), None))) is None


def test_defaults_are_not_written_so_that_a_better_default_takes_effect() -> None:
    stored = merged({}, values_from(Options(), None))
    assert stored == {"version": 1, "account": {}, "gives": {}, "contacts": [], "groups": {}}


def test_what_is_the_default_again_is_removed() -> None:
    stored = merged({}, values_from(Options(start_minimised=True), None))
    assert stored["start_minimised"] is True
    assert "start_minimised" not in merged(stored, values_from(Options(), None))


def test_what_a_policy_or_the_command_line_covers_stays_as_the_person_chose_it() -> None:
    stored = {"inactive_after": "00:20:00", "away_after": "00:20:00", "note": "at home"}
    covered, _ = options_from(
        stored,
        parse_policy("IdleThreshold = 60\nDisablePresenceNote = true", "p.toml"),
        {"away_after": 30 * MINUTE},
    )
    after = merged(stored, values_from(covered, None))
    assert {key: after[key] for key in stored} == stored


def test_a_recommended_value_is_not_saved_as_if_the_person_had_chosen_it() -> None:
    recommended, _ = options_from({}, parse_policy("[recommended]\nIdleThreshold = 10", "p.toml"), {})
    assert "inactive_after" not in merged({}, values_from(recommended, None))
    changed = chosen(recommended, inactive_after=5 * MINUTE)
    assert merged({}, values_from(changed, None))["inactive_after"] == "00:05:00"


def test_unknown_keys_and_the_number_of_a_newer_version_are_kept() -> None:
    stored: dict[str, object] = {
        "version": 7,
        "colour": "blue",
        "account": {"tenant": "x"},
        "later": {"a": 1},
    }
    after = merged(stored, values_from(Options(account=Account("me@example.com")), None))
    assert (after["version"], after["colour"], after["later"]) == (7, "blue", {"a": 1})
    assert after["account"] == {"tenant": "x", "address": "me@example.com"}


# What the person changes


def test_what_the_person_changes_counts_as_the_persons() -> None:
    after = chosen(Options(), notices=False, account=Account("me@example.com"))
    assert (after.notices, after.account.address) == (False, "me@example.com")
    assert dict(after.origins) == {"notices": Origin.PERSON, "account.address": Origin.PERSON}


def test_what_the_administrator_set_cannot_be_changed() -> None:
    locked = options(policy="IdleThreshold = 60")
    with pytest.raises(ValueError, match="inactive_after is set by your administrator"):
        chosen(locked, inactive_after=5 * MINUTE)


def test_an_account_is_changed_but_for_what_the_administrator_set() -> None:
    locked = options(policy='ExchangeServerUrl = "https://x.org/"')
    after = chosen(locked, account=Account("me@x.org", server="https://y.org/"))
    assert after.account == Account("me@x.org", server="https://x.org/")
    assert after.origins == {"account.server": Origin.POLICY, "account.address": Origin.PERSON}
    assert chosen(after, account=Account()).account == Account(server="https://x.org/")
