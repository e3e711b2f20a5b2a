"""`simulate --explain`: the reasons of a moment, what lags and why, and what a viewer may know of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.scenarios.explained import explain, one, step
from tests.scenarios.texts import RIGHT, with_line

SUBJECT = "Budget review"


# What the calendar holds and nobody knows


def test_what_was_added_is_told_as_not_known_with_why_and_when_it_will_be(tmp_path: Path) -> None:
    found = one(RIGHT, tmp_path, "anna@09:10")
    assert found["shows"] == "Available"
    (lag,) = found["not_known"]
    assert lag["item"]["subject"] == "Call"
    assert (lag["became"], lag["since"]) == ("added", "2026-03-02T09:05:00+01:00")
    assert lag["why"] == "no check has seen it; the next is at 9:30"
    assert (found["checked"], found["age_s"]) == ("2026-03-02T09:00:00+01:00", 600)
    assert found["next_check"] == "2026-03-02T09:30:00+01:00"


def test_once_a_check_has_seen_it_it_is_known(tmp_path: Path) -> None:
    found = one(RIGHT, tmp_path, "anna@09:31")
    assert found["not_known"] == []
    assert [item["subject"] for item in found["known"]] == ["Call"]
    assert found["sentence"] == (
        "You are shown as Busy because of “Call”, an appointment marked Busy, 9:00 to 9:45."
    )
    assert [(r["source"], r["verdict"]) for r in found["reasons"]] == [
        ("Status by hand", "lost"),
        ("Computer", "lost"),
        ("Calendar", "won"),
    ]


def test_the_step_of_a_moment_comes_after_its_check(tmp_path: Path) -> None:
    text = (
        RIGHT.replace('at = "09:05"\nwho', 'at = "09:30"\nwho')
        .replace('"09:31"', '"10:31"')
        .replace('shows = "Busy"', 'shows = "In a meeting"')
    )
    found = one(text, tmp_path, "anna@09:30")
    assert found["checked"] == "2026-03-02T09:30:00+01:00"
    assert found["not_known"][0]["since"] == "2026-03-02T09:30:00+01:00"
    assert one(text, tmp_path, "anna@10:00")["not_known"] == []


def test_a_check_at_the_same_moment_after_the_step_has_seen_it(tmp_path: Path) -> None:
    text = RIGHT + step("09:05", 'do = "check_now"')
    assert one(text, tmp_path, "anna@09:05")["not_known"] == []


def test_what_was_changed_and_what_was_removed_are_told_apart(tmp_path: Path) -> None:
    text = RIGHT + step(
        "09:06", 'do = "change"\nitem = { subject = "Budget review" }\nto = { start = "09:00" }'
    )
    found = one(text, tmp_path, "anna@09:10")["not_known"]
    assert [(lag["became"], lag["item"]["subject"]) for lag in found] == [
        ("added", "Call"),
        ("changed", SUBJECT),
    ]
    assert found[1]["item"]["start"] == "2026-03-02T09:00:00+01:00"
    removed = RIGHT + step("10:05", 'do = "remove"\nitem = { subject = "Budget review" }')
    told = one(removed, tmp_path, "anna@10:10")
    assert [lag["became"] for lag in told["not_known"]] == ["removed"]
    assert [item["subject"] for item in told["known"]] == [SUBJECT], "it is still what the client goes by"


def test_of_what_was_added_and_then_changed_the_addition_counts(tmp_path: Path) -> None:
    text = RIGHT + step("09:07", 'do = "change"\nitem = { subject = "Call" }\nto = { end = "10:15" }')
    (lag,) = one(text, tmp_path, "anna@09:10")["not_known"]
    assert (lag["became"], lag["since"][11:16]) == ("added", "09:05")
    assert lag["item"]["end"][11:16] == "10:15", "as it is by now"


def test_who_signed_out_knows_nothing_of_the_calendar_any_more(tmp_path: Path) -> None:
    found = one(RIGHT + step("10:05", 'do = "sign_out"'), tmp_path, "anna@10:10")
    assert (found["shows"], found["known"], found["checked"]) == ("Offline", [], None)
    assert [(lag["item"]["subject"], lag["since"]) for lag in found["not_known"]] == [(SUBJECT, None)]


def test_what_was_added_and_removed_before_any_check_is_not_told(tmp_path: Path) -> None:
    text = RIGHT + step("09:06", 'do = "remove"\nitem = { subject = "Call" }')
    text = with_line('shows = "Busy"', 'shows = "Available"', text)
    assert one(text, tmp_path, "anna@09:10")["not_known"] == []


def test_automatic_replies_that_no_check_has_seen_are_told(tmp_path: Path) -> None:
    text = RIGHT + step("09:06", 'do = "out_of_office"\nnote = "Back on Monday"')
    found = one(text, tmp_path, "anna@09:10")["not_known"]
    assert found[-1]["became"] == "replies-on"
    assert found[-1]["item"] is None
    assert one(text, tmp_path, "anna@09:31")["not_known"] == []


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        ('do = "sign_out"', "nothing is read while signed out"),
        ('do = "calendar_off"', "the calendar is not used"),
        ('do = "sleep"', "the computer sleeps, and nothing is read before it wakes"),
    ],
)
def test_why_it_lags(happens: str, why: str, tmp_path: Path) -> None:
    text = with_line('shows = "Busy"', "availability = 0", RIGHT) + step("09:06", happens)
    found = one(text, tmp_path, "anna@09:31")["not_known"]
    assert {lag["why"] for lag in found} == {why}
    assert "Call" in {lag["item"]["subject"] for lag in found}


def test_a_failed_check_is_why_it_lags(tmp_path: Path) -> None:
    text = RIGHT + step("09:06", 'do = "exchange_fails"\nproblem = "timed-out"')
    found = one(text, tmp_path, "anna@09:31")
    assert found["not_known"][0]["why"].startswith("the check at 9:31 failed (")
    assert found["not_known"][0]["why"].endswith("; the next is at 9:33")
    assert [problem["name"] for problem in found["problems"]] == ["timed-out"]
    stopped = RIGHT + step("09:06", 'do = "exchange_fails"\nproblem = "refused-password"')
    assert one(stopped, tmp_path, "anna@09:31")["not_known"][0]["why"].startswith(
        "nothing is read before somebody acts: "
    )


def test_reset_status_waits_and_that_is_told(tmp_path: Path) -> None:
    found = one(RIGHT + step("09:07", 'do = "reset_status"'), tmp_path, "anna@09:10")
    assert found["reset_waiting"] is True
    assert found["notice"] == (
        "Status reset. Waiting for the next calendar check at 9:30 (calendar as of 9:00)."
    )


def test_where_lync_would_have_shown_something_else_that_is_told(tmp_path: Path) -> None:
    text = with_line('kind = "meeting"', 'kind = "unknown"')
    (lync,) = one(text, tmp_path, "anna@10:10")["lync"]
    assert (lync["name"], lync["shows"]) == ("kind-not-told", "In a meeting")
    assert lync["told"].startswith("Lync would have shown In a meeting: ")
    assert one(RIGHT, tmp_path, "anna@10:10")["lync"] == []


# What a viewer may know


@pytest.mark.parametrize(
    ("relationship", "knows"),
    [("Workgroup", True), ("Colleagues", False), ("External", False), ("Blocked", False)],
)
def test_a_viewer_is_told_what_the_card_may_say_and_nothing_else(
    relationship: str, knows: bool, tmp_path: Path
) -> None:
    text = with_line('gives = { ben = "Workgroup" }', f'gives = {{ ben = "{relationship}" }}')
    text = with_line('shows = "Busy"', "availability = 0", text)
    ran = explain(text, tmp_path, "anna@10:10", see_as="ben")
    (found,) = [line for line in ran.objects if "sentence" in line]
    told = json.dumps(found, ensure_ascii=False)
    assert (SUBJECT in told) is knows
    assert ("Room 4" in told) is knows
    assert found["viewer"] == "ben"
    assert (found["not_known"], found["problems"], found["next_check"]) == ([], [], None)
    if relationship in ("External", "Blocked"):
        assert (found["reasons"], found["checked"], found["read"]) == ([], None, "")
    else:
        assert ("Calendar", "won") in [(r["source"], r["verdict"]) for r in found["reasons"]]
    assert found["shows"] == ("Offline" if relationship == "Blocked" else "In a meeting")
    plain = explain(text, tmp_path, "anna@10:10", see_as="ben", as_json=False).out
    explanation = plain[plain.index("ben sees anna at") :]  # what fails is told before, with all reasons
    assert (SUBJECT in explanation) is knows
    assert relationship not in explanation, "a card does not know what rank the viewer has"


def test_of_a_second_item_that_the_card_does_not_show_a_viewer_learns_no_subject(tmp_path: Path) -> None:
    fair = 'do = "add"\nitem = { subject = "Fair", start = "10:00", end = "11:00", show_as = "OOF" }'
    text = RIGHT + step("09:20", fair)
    mine = one(text, tmp_path, "anna@10:10")
    assert any("Fair" in reason["said"] for reason in mine["reasons"])
    seen = one(text, tmp_path, "anna@10:10", see_as="ben")
    assert seen["subject"] == SUBJECT
    away = next(reason for reason in seen["reasons"] if reason["source"] == "Out of office")
    assert away["said"] == "an appointment marked Out of office, 10:00 to 11:00"
    assert "Fair" not in json.dumps(seen)


def test_a_viewer_who_sleeps_rests_on_what_was_heard_before(tmp_path: Path) -> None:
    text = RIGHT.replace('at = "09:31"', 'at = "09:10"').replace('shows = "Busy"', 'shows = "Available"')
    text += step("09:15", 'do = "sleep"', "ben")
    found = one(text, tmp_path, "anna@10:10", see_as="ben")
    assert found["shows"] == "Available"
    assert found["notice"].startswith("Ben's computer sleeps and has heard nothing since 9:")
    assert SUBJECT not in json.dumps(found)
    assert found["stale"] is True, "what was promised until the next check is over"


def test_before_sign_in_nothing_is_known_of_anybody(tmp_path: Path) -> None:
    found = one(RIGHT, tmp_path, "anna@09:00", see_as="ben")
    assert (found["shows"], found["reasons"], found["checked"]) == ("Presence unknown", [], None)
    assert found["notice"] == "Ben is signed out and hears nothing."


def test_who_looks_at_oneself_gets_the_whole(tmp_path: Path) -> None:
    own = one(RIGHT, tmp_path, "anna@09:10", see_as="anna")
    assert own == one(RIGHT, tmp_path, "anna@09:10")


def test_of_a_client_that_sleeps_what_it_showed_last_is_told(tmp_path: Path) -> None:
    text = with_line('shows = "Busy"', 'shows = "Available"').replace('at = "09:31"', 'at = "09:10"')
    text += step("09:15", 'do = "sleep"')
    found = one(text, tmp_path, "anna@10:10")
    assert (found["at"][11:16], found["shows"], found["age_s"]) == ("10:10", "Away", 70 * 60)
    assert found["notice"] == "Anna Keller's computer sleeps and has changed nothing since 9:15."
    assert found["read"] == "The calendar was read at 9:00; it is read again when the computer wakes."
    assert {lag["item"]["subject"] for lag in found["not_known"]} == {"Call"}
