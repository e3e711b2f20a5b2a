"""The person's sign-in in a policy: what is filled in, what cannot be, and who says the name."""

import pytest

from lyncdesk.client.policy import Policy
from lyncdesk.client.policy_file import parse_policy
from lyncdesk.client.sign_in_names import SignedIn, for_person, name_of
from lyncdesk.client.words import Words

PATH = "/etc/lyncdesk/policy.toml"
ANNA = SignedIn("anna", "anna.keller@example.org")


def filled(text: str, known: SignedIn = ANNA) -> Policy:
    return for_person(parse_policy(text, PATH), lambda: known)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("{user}@example.org", "anna@example.org"),
        ("{upn}", "anna.keller@example.org"),
        ("ben@example.org", "ben@example.org"),
    ],
)
@pytest.mark.parametrize("layer", ["mandatory", "recommended"])
def test_placeholders_are_filled_in_in_both_layers(written: str, address: str, layer: str) -> None:
    head = "[recommended]\n" if layer == "recommended" else ""
    policy = filled(f'{head}AccountAddress = "{written}"')
    assert getattr(policy, layer) == {"AccountAddress": address}
    assert policy.problems == ()


def test_a_user_name_takes_the_backslash_of_a_domain_and_the_at_sign_of_a_realm() -> None:
    assert filled("AccountUserName = 'EXAMPLE\\{user}'").mandatory == {"AccountUserName": "EXAMPLE\\anna"}
    assert filled('AccountUserName = "{user}@EXAMPLE.ORG"').mandatory == {
        "AccountUserName": "anna@EXAMPLE.ORG"
    }


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("{user}@example.org", SignedIn()),
        ("{upn}", SignedIn("anna")),
        ("{user}@example.org", SignedIn("Anna Keller")),
        ("{user}@example.org", SignedIn("{user}")),
    ],
    ids=["no name", "no domain", "a name that makes no address", "a name that looks like a placeholder"],
)
def test_what_cannot_be_filled_in_is_not_set_and_told_with_the_names_that_are_known(
    written: str, known: SignedIn
) -> None:
    policy = filled(f'AccountAddress = "{written}"\nKeepHistory = true', known)
    assert policy.mandatory == {"KeepHistory": True}
    (problem,) = policy.problems
    told = Words()(problem.cause)
    assert told.startswith(f'{PATH}: AccountAddress = "{written}" cannot be filled in for this person: ')
    assert (f'"{known.user}"' if known.user else "not known") in told


def test_what_cannot_be_filled_in_is_told_with_the_place_of_its_own_layer() -> None:
    stronger = parse_policy('AccountAddress = "{upn}"', "first.toml")
    weaker = parse_policy('[recommended]\nAccountAddress = "{upn}"', "second.toml")
    policy = for_person(stronger.over(weaker), lambda: SignedIn("anna"))
    told = [Words()(problem.cause).partition(": ")[0] for problem in policy.problems]
    assert told == ["first.toml", "second.toml"]


def test_nobody_is_asked_for_a_name_that_no_key_wants() -> None:
    def never() -> SignedIn:
        raise AssertionError("asked")

    policy = parse_policy('AccountAddress = "anna@example.org"\nKeepHistory = true', PATH)
    assert for_person(policy, never) == policy


@pytest.mark.parametrize(
    ("account", "known"),
    [
        ("anna", SignedIn("anna")),
        ("EXAMPLE\\anna", SignedIn("anna")),
        ("anna@example.org", SignedIn("anna", "anna@example.org")),
        ("", SignedIn()),
        ("@example.org", SignedIn()),
    ],
)
def test_the_domain_of_an_account_name_is_no_part_of_the_users(account: str, known: SignedIn) -> None:
    assert name_of(account) == known
