"""The table of problems has no row that no test provokes for real, and docs/problems.md shows it as it is."""

import ast
import importlib
from pathlib import Path

import lyncdesk
from lyncdesk.client.problems import OF_CHECKS, PROBLEMS
from tests.exchange.client.situations import SITUATIONS
from tests.tools.problem_table import FILE, page

# Rows that are provoked by tests of their own: the module and the function.
ELSEWHERE = {
    "details-missing": (
        "tests.exchange.client.test_misbehaving_server",
        "test_what_the_server_does_not_tell_is_never_guessed",
    ),
    "items-missing": (
        "tests.exchange.client.test_misbehaving_server",
        "test_a_series_of_which_the_server_tells_no_more_is_named_as_a_limit",
    ),
    "no-ticket": (  # where there is a KDC: see the Makefile
        "tests.kerberos.test_kerberos",
        "test_without_a_ticket_it_is_told_and_looked_for_again",
    ),
    "server-not-found": (
        "tests.exchange.client.test_finding_server",
        "test_a_redirect_without_encryption_is_not_followed",
    ),
    "server-elsewhere": (
        "tests.exchange.client.test_finding_server",
        "test_a_redirect_out_of_the_organisation_waits_for_a_person",
    ),
    "right-changed": (
        "tests.exchange.client.test_rights_operations",
        "test_what_somebody_changed_meanwhile_is_told_and_left_alone",
    ),
    "right-refused": (
        "tests.exchange.client.test_rights_operations",
        "test_who_is_not_of_the_organisation_gets_nothing_and_the_server_s_word_is_told",
    ),
    "item-changed": ("tests.exchange.client.test_changing", "test_each_refusal_has_its_words"),
    "item-gone": ("tests.exchange.client.test_changing", "test_each_refusal_has_its_words"),
    "write-denied": ("tests.exchange.client.test_changing", "test_each_refusal_has_its_words"),
}
ADAPTERS = ("exchange", "calendars")


def named_in(folder: Path) -> set[str]:
    """The problems whose names stand in the modules of a folder."""
    found: set[str] = set()
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= {node.value} & PROBLEMS.keys()
    return found


def test_every_problem_that_an_adapter_can_raise_is_provoked_for_real() -> None:
    home = Path(lyncdesk.__file__).parent
    raised = set().union(*(named_in(home / adapter) for adapter in ADAPTERS))
    provoked = {situation.problem for situation in SITUATIONS.values()} | ELSEWHERE.keys()
    assert len(raised) >= 40
    assert sorted(raised - provoked) == []
    assert sorted(set(OF_CHECKS) - provoked) == []
    assert sorted(provoked - PROBLEMS.keys()) == []


def test_the_tests_that_provoke_the_other_rows_exist() -> None:
    for module, function in ELSEWHERE.values():
        assert callable(getattr(importlib.import_module(module), function))


def test_every_row_says_what_really_triggers_it() -> None:
    assert [name for name, row in PROBLEMS.items() if not row.trigger.endswith(".")] == []


def test_the_page_of_all_problems_is_up_to_date() -> None:
    assert FILE.read_text(encoding="utf-8") == page(), "run: python -m tests.tools.problem_table"
