"""The table of problems has no row that no test provokes for real, and docs/problems.md shows it as it is."""

import ast
import importlib
import inspect
from types import ModuleType

import pytest

from lyncdesk.client.problems import PROBLEMS
from tests.exchange.client.situations import SITUATIONS
from tests.tools.problem_table import FILE, page

# Rows that are provoked by tests of their own. All others are situations, and test_misbehaving_server puts a
# connection into each.
ELSEWHERE = {
    "exchange.client.test_recovering": {
        "details-missing": "test_what_a_server_leaves_out_is_told_beside_what_it_says",
        "items-missing": "test_what_a_server_leaves_out_is_told_beside_what_it_says",
    },
    "exchange.client.test_finding_server": {
        "server-not-found": "test_a_redirect_without_encryption_is_not_followed",
        "server-elsewhere": "test_a_redirect_out_of_the_organisation_waits_for_a_person",
    },
    "exchange.client.test_rights_operations": {
        "right-changed": "test_what_somebody_changed_meanwhile_is_told_and_left_alone",
        "right-refused": "test_who_is_not_of_the_organisation_gets_nothing_and_the_server_s_word_is_told",
    },
    "exchange.client.test_changing": {
        "item-changed": "test_each_refusal_has_its_words",
        "item-gone": "test_each_refusal_has_its_words",
        "write-denied": "test_each_refusal_has_its_words",
    },
    "exchange.client.test_live_contacts": {
        "contacts-not-read": "test_contacts_that_cannot_be_read_are_a_problem_of_their_own",
        "unknown-contact": "test_people_are_found_added_and_removed_over_the_wire",
    },
    "exchange.client.test_newest_version": {
        "version-unknown": "test_what_is_no_answer_is_told_by_its_reason"
    },
    # where there is a KDC: see the Makefile
    "kerberos.test_kerberos": {
        "no-ticket": "test_without_a_ticket_it_is_told_and_looked_for_again",
        "ticket-refused": "test_a_ticket_that_the_server_does_not_take_is_no_refused_password",
    },
    # of this computer
    "contract.test_settings_store": {
        "settings-broken": "test_a_text_that_is_no_toml_is_kept_aside_and_told_with_line_and_key",
        "settings-not-saved": "test_a_folder_that_cannot_be_written_is_one_clear_problem",
    },
    "machine.test_xdg_autostart": {
        "start-not-written": "test_a_folder_that_cannot_be_written_is_one_clear_problem",
    },
    "machine.test_background_portal": {
        "start-not-switched": "test_what_the_desktop_does_not_grant_stays_as_it_was",
    },
    "contract.test_history_store": {
        "history-broken": "test_a_file_that_cannot_be_used_is_put_aside_whole",
        "history-not-kept": "test_a_folder_that_cannot_be_written_is_told_and_tried_again",
        "history-not-deleted": "test_what_cannot_be_deleted_is_told",
    },
    "contract.test_credentials": {"keyring-missing": "test_a_locked_keyring_that_nobody_unlocks_is_told"},
    "unit.test_policy": {
        "policy-invalid": "test_what_it_does_not_allow_is_a_problem_naming_file_line_key_value_and_range"
    },
    "unit.client.test_live": {
        "program-replaced": "test_a_program_that_was_replaced_is_told_once_and_offers_a_restart",
        "too-many-contacts": "test_nobody_is_followed_twice_and_no_more_than_the_policy_allows",
    },
}


def source_of(module: ModuleType, test: str) -> str:
    """A test with its parameters, and the module's own functions that it leads to."""
    functions = dict(inspect.getmembers(module, inspect.isfunction))
    found, waiting = dict[str, str](), [test]
    while waiting:
        name = waiting.pop()
        if name in functions and name not in found and functions[name].__module__ == module.__name__:
            found[name] = inspect.getsource(functions[name])
            waiting += [node.id for node in ast.walk(ast.parse(found[name])) if isinstance(node, ast.Name)]
    return "\n".join(found.values())


def test_every_row_is_provoked_for_real() -> None:
    provoked = {situation.problem for situation in SITUATIONS.values()}
    assert sorted([*provoked, *(name for rows in ELSEWHERE.values() for name in rows)]) == sorted(PROBLEMS)


@pytest.mark.parametrize("module", ELSEWHERE)
def test_what_provokes_a_row_of_its_own_expects_it_by_name(module: str) -> None:
    for name, test in ELSEWHERE[module].items():
        assert f'"{name}' in source_of(importlib.import_module(f"tests.{module}"), test)


def test_every_row_says_what_really_triggers_it() -> None:
    assert [name for name, row in PROBLEMS.items() if not row.trigger.endswith(".")] == []


def test_the_page_of_all_problems_is_up_to_date() -> None:
    assert FILE.read_text(encoding="utf-8") == page(), "run: python -m tests.tools.problem_table"
