"""The policy file: every key of the table, every mistake named with its line, a template that is true."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyncdesk.client.options import Options, Origin
from lyncdesk.client.policy import POLICY, Policy
from lyncdesk.client.policy_file import PolicyFile, parse_policy, policy_lines, policy_template
from lyncdesk.client.policy_values import MOST_VALUES
from lyncdesk.client.problems import Problem
from lyncdesk.client.words import Words
from lyncdesk.presence.relationships import DetailsTo

PATH = "/etc/lyncdesk/policy.toml"
MINUTE = timedelta(minutes=1)

# The rules' own table: key, built-in default, what is just allowed, what is just not.
TABLE: list[tuple[str, object, list[str], list[str]]] = [
    (
        "WebServicePollInterval",
        30 * MINUTE,
        ['"00:00:01"', '"08:00:00"', '"1h30m"', '"45s"', "00:30:00"],
        ['"00:00:00"', '"08:00:01"', "30", "true", '"soon"'],
    ),
    ("DisableCalendarPresence", False, ["true", "false"], ['"true"', "1"]),
    ("AllowCheckNow", True, ["true", "false"], ['"no"', "0"]),
    (
        "MeetingDetailsTo",
        DetailsTo.WORKGROUP_AND_FRIENDS,
        ['"Workgroup"', '"Workgroup and Friends and Family"'],
        ['"workgroup"', '"Everybody"', "true", "[]"],
    ),
    ("DisableMeetingSubjectAndLocation", False, ["true"], ["1"]),
    ("DisableFreeBusyInfo", False, ["true"], ["1"]),
    ("DisablePresenceNote", False, ["true"], ["1"]),
    ("IdleThreshold", 5 * MINUTE, ["5", "360"], ["4", "361", '"5"', "5.0", "true"]),
    ("AwayThreshold", 5 * MINUTE, ["5", "360"], ["4", "361", '"10m"']),
    ("ManualStatusExpiry", 1440 * MINUTE, ['"00:15:00"', '"24:00:00"'], ['"00:14:59"', '"24:00:01"']),
    ("MaximumNumberOfContacts", 250, ["0", "1000"], ["-1", "1001", '"250"']),
    (
        "AccountAddress",
        "",
        ['""', '"{user}@example.org"', '"{upn}"', '"anna@example.org"'],
        [
            '"example.org"',
            '"{user}"',
            '"{name}@example.org"',
            '"{user@example.org"',
            '"{upn}@example.org"',
            "1",
        ],
    ),
    (
        "AccountUserName",
        "",
        ['""', "'EXAMPLE\\{user}'", '"{upn}"', '"{user}@EXAMPLE.ORG"'],
        ["'{domain}\\{user}'", '"}"', "true"],
    ),
    (
        "ExchangeServerUrl",
        "",
        ['""', '"https://mail.example.com/EWS/Exchange.asmx"', '"http://127.0.0.1:8080/EWS/Exchange.asmx"'],
        [
            '"mail.example.com"',
            '"http://mail.example.com/"',
            '"https://"',
            '"https://[::1"',
            '"https://a:x/"',
        ],
    ),
    (
        "ExchangeAuthentication",
        "",
        ['""', '"basic"', '"ntlm"', '"negotiate"', '"automatic"'],
        ['"NTLM"', '"digest"', "true"],
    ),
    ("TrustedCaFile", "", ['""', '"/etc/ssl/ca.pem"', "'C:\\ca.pem'"], ['"ca.pem"', "1"]),
    (
        "ProxyUrl",
        "",
        ['""', '"none"', '"http://proxy.example.org:8080"'],
        [
            '"proxy.example.org:8080"',
            '"http://proxy.example.org"',
            '"http://anna:secret@proxy.example.org:8080"',
            '"https://proxy.example.org:8080"',
            '"http://proxy.example.org:8080/proxy.pac"',
        ],
    ),
    ("AllowSavedPassword", True, ["false"], ["0"]),
    ("KeepHistory", False, ["true"], ["1"]),
    (
        "NewerVersionUrl",
        "",
        ['""', '"https://intranet.example.org/lyncdesk/latest.json"', '"https://files:8443/latest.json"'],
        [
            '"http://intranet.example.org/latest.json"',
            '"http://127.0.0.1/latest.json"',
            '"https://"',
            '"https://[::1"',
            '"https://anna:secret@files/latest.json"',
            '"https://files/a b"',
            '"files/latest.json"',
            "true",
        ],
    ),
]


def said(problem: Problem) -> str:
    return Words()(problem.cause)


def test_the_table_has_every_key_of_the_rules_in_their_order() -> None:
    assert list(POLICY) == [key for key, *_ in TABLE]
    assert [row.default for row in POLICY.values()] == [default for _, default, *_ in TABLE]


@pytest.mark.parametrize(
    ("key", "literal"), [(key, literal) for key, _, good, _ in TABLE for literal in good]
)
@pytest.mark.parametrize("table", ["", "[recommended]\n"])
def test_what_the_range_allows_is_taken(key: str, literal: str, table: str) -> None:
    policy = parse_policy(f"{table}{key} = {literal}", PATH)
    assert policy.problems == ()
    assert list(policy.recommended if table else policy.mandatory) == [key]


@pytest.mark.parametrize(("key", "literal"), [(key, literal) for key, _, _, bad in TABLE for literal in bad])
@pytest.mark.parametrize("table", ["", "[recommended]\n"])
def test_what_it_does_not_allow_is_a_problem_naming_file_line_key_value_and_range(
    key: str, literal: str, table: str
) -> None:
    text = f"# why\n{table}{key} = {literal}\n"
    policy = parse_policy(text, PATH)
    assert not policy.mandatory
    assert not policy.recommended
    (problem,) = policy.problems
    assert problem.name == "policy-invalid"
    line = text.splitlines().index(f"{key} = {literal}") + 1
    words = said(problem)
    assert words.startswith(f"{PATH}:{line}: {key} = ")
    # As it stands there, but for a password within an address.
    assert re.sub("://.*@", "://...@", literal).strip("\"'[]") in words
    assert f"it takes {Words()(POLICY[key].kind.range)}. It counts as not set (built in: " in words


def test_other_keys_hold_beside_a_wrong_one_and_every_mistake_is_told() -> None:
    policy = parse_policy('IdleThreshold = 1\nAwayThreshold = 10\n[recommended]\nKeepHistory = "x"\n', PATH)
    assert policy.mandatory == {"AwayThreshold": 10 * MINUTE}
    assert [said(problem).partition(" = ")[0] for problem in policy.problems] == [
        f"{PATH}:1: IdleThreshold",
        f"{PATH}:4: KeepHistory",
    ]


@pytest.mark.parametrize(
    ("key", "nearest"),
    [
        ("IdleTreshold", "IdleThreshold"),
        ("webservicepollinterval", "WebServicePollInterval"),
        ("PollInterval", "WebServicePollInterval"),
        ("Colour", None),
    ],
)
def test_an_unknown_key_is_told_with_the_nearest_known_one(key: str, nearest: str | None) -> None:
    (problem,) = parse_policy(f"\n[recommended]\n{key} = 1", PATH).problems
    assert problem.name == "policy-invalid"
    end = f"; the nearest known key is {nearest}." if nearest else "."
    assert said(problem) == f"{PATH}:3: the key {key} is not known and has no effect{end}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "[Recommended]",
            "the key Recommended is not known and has no effect; the nearest known key is recommended",
        ),
        (
            "[recomended]\nIdleThreshold = 10",
            "the key recomended is not known and has no effect; the nearest known key is recommended",
        ),
        ("recommended = true", "recommended is true; it must be [recommended]"),
        ("[[recommended]]\nIdleThreshold = 10", "recommended is [...]; it must be [recommended]"),
    ],
)
def test_a_table_of_defaults_that_is_none_is_told_as_what_was_meant(text: str, told: str) -> None:
    policy = parse_policy(text, PATH)
    assert policy == Policy(PATH, problems=policy.problems)
    assert [said(problem) for problem in policy.problems] == [f"{PATH}:1: {told}."]


def test_what_a_terminal_would_obey_is_not_repeated() -> None:
    policy = parse_policy('"\\u001b[31mKey\\nline" = 1\nTrustedCaFile = "/\\u001b[2J"', PATH)
    first, second = map(said, policy.problems)
    assert first == f"{PATH}:1: the key ?[31mKey?line is not known and has no effect."
    assert second.startswith(f'{PATH}:2: TrustedCaFile = "/?[2J" is not allowed; ')


@pytest.mark.parametrize("key", ["Password", "AccountPassword", "ExchangePassword", "password"])
def test_a_password_is_told_to_be_taken_out_and_is_repeated_nowhere(key: str) -> None:
    (problem,) = parse_policy(f'{key} = "right horse"', PATH).problems
    assert said(problem).startswith(f"{PATH}:1: the key {key} has no effect: a policy is read by everybody")
    assert "right horse" not in str(problem)


def test_a_password_within_an_address_is_repeated_nowhere() -> None:
    (problem,) = parse_policy('ProxyUrl = "http://anna:right@horse@proxy.example.org:8080"', PATH).problems
    assert 'ProxyUrl = "http://...@proxy.example.org:8080"' in said(problem)
    assert "right" not in str(problem)
    assert "horse" not in str(problem)


def test_a_key_beside_a_password_is_still_told_by_its_neighbour() -> None:
    (problem,) = parse_policy("AlowSavedPassword = true", PATH).problems
    assert said(problem).endswith("; the nearest known key is AllowSavedPassword.")


def test_a_broken_file_is_told_with_its_line_and_nothing_of_it_holds() -> None:
    policy = parse_policy("IdleThreshold = 10\nAwayThreshold = = 3\n", PATH)
    assert not policy.mandatory
    (problem,) = policy.problems
    assert said(problem).startswith(f"{PATH}:2: it is not valid TOML, so nothing of it is used: ")
    assert dict(problem.values)["key"] == "AwayThreshold"


def test_a_file_full_of_mistakes_is_told_no_further_than_to_its_end_and_what_is_right_in_it_holds() -> None:
    lines = [f"Key{number} = 1" for number in range(MOST_VALUES + 100)]
    policy = parse_policy("\n".join([*lines, "KeepHistory = true"]), PATH)
    assert policy.mandatory == {"KeepHistory": True}
    assert len(policy.problems) == MOST_VALUES + 1
    assert said(policy.problems[-1]) == f"{PATH}: only {MOST_VALUES} mistakes of it are told."


@given(st.text())
def test_no_text_can_crash_the_reader(text: str) -> None:
    policy = parse_policy(text, PATH)
    assert all(said(problem).startswith(PATH) for problem in policy.problems)


def test_no_file_is_no_policy_and_no_problem(tmp_path: Path) -> None:
    assert PolicyFile(tmp_path / "policy.toml").read() == Policy()


def test_the_file_is_read_anew_each_time_with_or_without_a_byte_order_mark(tmp_path: Path) -> None:
    file = PolicyFile(tmp_path / "policy.toml")
    file.path.write_text("KeepHistory = true", encoding="utf-8")
    assert file.read().mandatory == {"KeepHistory": True}
    file.path.write_text("KeepHistory = false", encoding="utf-8-sig")
    assert file.read() == Policy(str(file.path), {"KeepHistory": False})


@pytest.mark.parametrize("how", ["a directory", "not UTF-8"])
def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path, how: str) -> None:
    path = tmp_path / "policy.toml"
    if how == "a directory":
        path.mkdir()
    else:
        path.write_bytes(b"KeepHistory = true # \xff")
    policy = PolicyFile(path).read()
    assert not policy.mandatory
    assert [problem.name for problem in policy.problems] == ["policy-invalid"]
    assert said(policy.problems[0]).startswith(f"{path}: it cannot be read, so nothing of it is used: ")


def test_the_template_explains_every_key_and_sets_none() -> None:
    template = policy_template()
    assert parse_policy(template, PATH) == Policy(PATH)
    for row in POLICY.values():
        assert row.effect in template
        assert Words()(row.kind.range) in template


def test_the_template_with_its_marks_taken_off_holds_the_built_in_defaults() -> None:
    assignments = re.sub(r"^# (?=[A-Z]\w+ = )", "", policy_template(), flags=re.MULTILINE)
    policy = parse_policy(assignments, PATH)
    assert policy.problems == ()
    assert policy.mandatory == {row.key: row.default for row in POLICY.values()}
    assert policy.recommended == {"IdleThreshold": 10 * MINUTE}


def test_every_key_is_told_with_its_value_in_force_and_its_origin() -> None:
    policy = parse_policy("DisableCalendarPresence = true\n[recommended]\nDisableFreeBusyInfo = true", PATH)
    options = Options(interval=15 * MINUTE, origins={"interval": Origin.COMMAND_LINE})
    lines = {line.key: line for line in policy_lines(policy, options)}
    assert list(lines) == list(POLICY)
    assert (lines["WebServicePollInterval"].value, lines["WebServicePollInterval"].origin) == (
        "00:15:00",
        Origin.COMMAND_LINE,
    )
    assert (lines["DisableCalendarPresence"].value, lines["DisableCalendarPresence"].origin) == (
        True,
        Origin.POLICY,
    )
    assert (lines["DisableFreeBusyInfo"].value, lines["DisableFreeBusyInfo"].origin) == (
        True,
        Origin.RECOMMENDED,
    )
    assert (lines["IdleThreshold"].value, lines["IdleThreshold"].origin) == (5, Origin.BUILT_IN)
