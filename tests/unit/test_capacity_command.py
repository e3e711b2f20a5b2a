"""`lyncdesk capacity` as a person types it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lyncdesk.capacity import run
from lyncdesk.cli import main
from lyncdesk.resource_files import resource

ROOT = Path(__file__).parents[2]
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is said is read here, whatever the language of the machine."""
    for name in ("LC_ALL", "LANGUAGE", "LANG"):
        monkeypatch.setenv(name, "C.UTF-8")


def objects(captured: Captured) -> list[dict[str, Any]]:
    out, err = captured.readouterr()
    assert err == ""
    return [json.loads(line) for line in out.splitlines()]


def capacity(*arguments: str) -> int:
    return main(["capacity", *arguments])


def test_one_object_a_line_for_each_interval(capsys: Captured) -> None:
    assert capacity("--users", "300", "--interval", "5m,30m", "--interval", "01:00:00", "--json") == 0
    found = objects(capsys)
    assert [(each["users"], each["interval_s"]) for each in found] == [(300, 300), (300, 1800), (300, 3600)]
    assert all(each["seconds"] >= 0 and each["way"] == "vectorised" for each in found)
    assert found[0]["changes"] == found[2]["changes"] > 0


def test_an_interval_given_twice_is_one(capsys: Captured) -> None:
    assert capacity("--users", "50", "--interval", "30m,00:30:00", "--json") == 0
    assert len(objects(capsys)) == 1


def test_the_tables_stand_without_any_option_but_the_people(capsys: Captured) -> None:
    assert capacity("--users", "200") == 0
    out = capsys.readouterr().out
    assert out.startswith("One working day of 200 people")
    assert ["Interval", "1m", "5m", "15m", "30m", "1h"] in [line.split() for line in out.splitlines()]
    assert "Recommended" not in out


def test_changes_are_those_of_a_person_and_day(capsys: Captured) -> None:
    for number, least, most in (("0", 0, 0), ("1.5", 1300, 1700), ("10", 9200 - 300, 9200 + 300)):
        assert capacity("--users", "1000", "--interval", "30m", "--changes", number, "--json") == 0
        [found] = objects(capsys)
        # Some 920 of 1000 are at work.
        assert (least * 0.92 if number == "1.5" else least) <= found["changes"] <= most


def told_of(found: dict[str, Any], *but: str) -> dict[str, Any]:
    return {key: value for key, value in found.items() if key not in ("seconds", *but)}


@pytest.mark.parametrize("number", [51, 1000, 20_000])
def test_above_fifty_so_many_changes_are_measured_in_all(capsys: Captured, number: int) -> None:
    asked = ("--users", "400", "--interval", "30m", "--json")
    assert capacity(*asked) == 0
    assert capacity(*asked, "--changes", str(number)) == 0
    whole, sampled = objects(capsys)
    assert sampled["changes"] == sum(each["changes"] for each in sampled["delay_s"].values()) == number
    # What these people cost is what it is without.
    assert told_of(whole, "changes", "delay_s") == told_of(sampled, "changes", "delay_s")


def test_few_people_and_a_large_sample_see_a_change_after_half_an_interval(capsys: Captured) -> None:
    assert capacity("--users", "5", "--interval", "30m", "--changes", "200000", "--json") == 0
    [found] = objects(capsys)
    delays = found["delay_s"]["added_for_now"]
    assert delays["mean"] == pytest.approx(900, rel=0.01)
    assert delays["p95"] == pytest.approx(0.95 * 1800, rel=0.01)
    assert delays["max"] < 1800


def test_the_tables_say_that_the_delays_are_a_sample(capsys: Captured) -> None:
    for number, told in (("50", False), ("51", True)):
        assert capacity("--users", "20", "--interval", "30m", "--changes", number) == 0
        assert ("a sample of 51, by people of this kind" in capsys.readouterr().out) is told


def test_a_sample_that_no_people_make_is_refused(capsys: Captured, tmp_path: Path) -> None:
    assert capacity("--users", "20", "--changes", "36801", "--exact") == 2
    assert "give --changes at most 36800, or reckon with numpy" in capsys.readouterr().err
    model = tmp_path / "day.toml"
    text = resource("capacity", "working_day.toml").read_text(encoding="utf-8")
    model.write_text(text.replace("number = 2.0", "number = 0"), encoding="utf-8")
    assert capacity("--users", "20", "--changes", "51", "--model", str(model)) == 2
    assert "give --changes at most 0" in capsys.readouterr().err


def test_another_seed_is_other_people_of_the_same_kind(capsys: Captured) -> None:
    found = []
    for seed in ("1", "1", "2"):
        assert capacity("--users", "400", "--interval", "30m", "--seed", seed, "--json") == 0
        [each] = objects(capsys)
        found.append(told_of(each, "seed"))
    assert found[0] == found[1] != found[2]


def test_exact_plays_the_same_people_to_the_same_numbers(capsys: Captured) -> None:
    asked = ("--users", "40", "--interval", "1h", "--json")
    assert capacity(*asked) == 0
    assert capacity(*asked, "--exact") == 0
    arrays, exact = objects(capsys)
    assert (arrays.pop("way"), exact.pop("way")) == ("vectorised", "exact")
    del arrays["seconds"], exact["seconds"]
    assert arrays == exact


def test_a_ceiling_recommends_and_its_failure_is_an_exit_status(capsys: Captured) -> None:
    asked = ("--users", "500", "--interval", "30m", "--ceiling-requests")
    assert capacity(*asked, "200") == 0
    assert "\nRecommended: " in capsys.readouterr().out
    assert capacity(*asked, "200", "--ceiling-delay", "1m", "--json") == 0
    [found] = objects(capsys)
    best = found["recommendation"]["recommended"]
    assert best["requests_per_s_peak"] <= 200
    assert best["delay_s_p95"] <= 60
    assert capacity(*asked, "0.5") == 1
    assert "No interval from 1s to 8h keeps that." in capsys.readouterr().out


def test_what_is_recommended_is_what_its_interval_gives(capsys: Captured) -> None:
    asked = ("--users", "500", "--ceiling-delay", "10m", "--json", "--interval")
    assert capacity(*asked, "30m") == 0
    [found] = objects(capsys)
    best = found["recommendation"]["recommended"]
    assert capacity(*asked, f"{best['interval_s']}s") == 0
    [same] = objects(capsys)
    assert same["requests_per_s"]["peak"] == best["requests_per_s_peak"]
    assert max(each["p95"] for each in same["delay_s"].values()) == best["delay_s_p95"] <= 600


def test_a_picture_and_a_model_of_ones_own(capsys: Captured, tmp_path: Path) -> None:
    model, picture = tmp_path / "day.toml", tmp_path / "day.svg"
    text = resource("capacity", "working_day.toml").read_text(encoding="utf-8")
    model.write_text(text.replace("contacts = 80", "contacts = 7"), encoding="utf-8")
    asked = ("--users", "200", "--interval", "30m", "--model", str(model), "--svg", str(picture))
    assert capacity(*asked, "--json") == 0
    assert objects(capsys)[0]["contacts"] == 7
    drawn = picture.read_bytes()
    assert drawn.startswith(b"<svg ")
    assert capacity(*asked) == 0
    assert f"{model}, seed 1" in capsys.readouterr().out
    assert picture.read_bytes() == drawn


def test_a_picture_that_cannot_be_written_does_not_cost_the_answer(capsys: Captured, tmp_path: Path) -> None:
    picture = tmp_path / "nowhere" / "day.svg"
    assert capacity("--users", "20", "--interval", "30m", "--svg", str(picture)) == 1
    out, err = capsys.readouterr()
    assert out.startswith("One working day of 20 people")
    assert err.startswith(f"lyncdesk: {picture}: No such file or directory; check the path")


def test_the_picture_of_the_documentation_is_what_the_command_draws(tmp_path: Path) -> None:
    """To the byte, whatever the machine: nothing in it rests on the order of sums or on a processor."""
    picture = tmp_path / "capacity.svg"
    assert capacity("--users", "20000", "--interval", "5m,30m,2h", "--svg", str(picture)) == 0
    assert picture.read_bytes() == (ROOT / "docs" / "images" / "capacity.svg").read_bytes()


def test_a_wrong_model_is_told_line_by_line(capsys: Captured, tmp_path: Path) -> None:
    model = tmp_path / "day.toml"
    text = resource("capacity", "working_day.toml").read_text(encoding="utf-8")
    model.write_text(text.replace("contacts = 80", "contacts = -7"), encoding="utf-8")
    assert capacity("--model", str(model)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err == f"lyncdesk: {model}:10: contacts = -7: it takes a whole number from 0 to 1000\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--users", "0"), "“0” is no number of people; give a whole number from 1 to 10000000"),
        (("--users", "1e6"), "“1e6” is no number of people"),
        (("--interval", "0s"), "“0s” does not do here; an interval is from 1s to 8h"),
        (("--interval", "5m,9h"), "an interval is from 1s to 8h"),
        (("--interval", "5m,"), "“” is not a duration".replace("“”", '""')),
        (("--changes", "50.5"), "give 0 to 50 changes a person, or a whole number in all, to 10000000"),
        (("--changes", "10000001"), "give 0 to 50 changes a person"),
        (("--changes", "-1"), "give 0 to 50 changes a person"),
        (("--changes", "nan"), "give 0 to 50 changes a person"),
        (("--seed", "-1"), "seed"),
        (("--ceiling-requests", "0"), "give a number of requests a second above 0"),
        (("--ceiling-delay", "0s"), "give more than nothing and at most a day"),
        (("--ceiling-delay", "25h"), "give more than nothing and at most a day"),
    ],
)
def test_wrong_use(capsys: Captured, arguments: tuple[str, ...], told: str) -> None:
    with pytest.raises(SystemExit) as caught:
        capacity(*arguments)
    assert caught.value.code == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [("--user", "anna"), ("--address", "a@b.example"), ("--password-stdin",)]
)
def test_whom_to_measure_as_without_measuring(capsys: Captured, arguments: tuple[str, ...]) -> None:
    assert capacity("--users", "20", *arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "give that too" in err


def test_more_than_one_by_one_can_do(capsys: Captured) -> None:
    assert capacity("--users", "20001", "--exact") == 2
    assert "give at most 20000, or leave --exact out" in capsys.readouterr().err
    many = ",".join(f"{n}m" for n in range(1, 22))
    assert capacity("--interval", many) == 2
    assert "give at most 20" in capsys.readouterr().err


def test_without_numpy_few_are_played_and_many_need_the_extra(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "has_arrays", lambda: False)
    assert capacity("--users", "20", "--interval", "1h", "--json") == 0
    assert objects(capsys)[0]["way"] == "exact"
    assert capacity("--users", "5", "--interval", "8h", "--changes", "60", "--json") == 0
    assert objects(capsys)[0]["changes"] == 60
    assert capacity("--users", "5001") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "pip install 'lyncdesk[capacity]'" in err


def test_numpy_is_imported_for_arrays_alone() -> None:
    told = (
        "import sys; from lyncdesk.cli import main; main(['capacity', '--users', '5', '--interval', '4h'{}]);"
    )
    told += " print('numpy' in sys.modules)"
    for option, loaded in (("", "True"), (", '--exact'", "False")):
        ran = subprocess.run(
            [sys.executable, "-c", told.format(option)], cwd=ROOT, capture_output=True, timeout=60, check=True
        )
        assert ran.stdout.split()[-1].decode() == loaded


def test_zone_language_and_hash_seed_of_the_machine_do_not_change_a_byte() -> None:
    def asked(**environment: str) -> bytes:
        command = [
            sys.executable,
            "-m",
            "lyncdesk",
            "capacity",
            "--users",
            "500",
            "--interval",
            "20m",
            "--json",
        ]
        ran = subprocess.run(
            command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, timeout=60, check=True
        )
        return b", ".join(part for part in ran.stdout.split(b", ") if b'"seconds"' not in part)

    here = asked(TZ="Europe/Berlin", PYTHONHASHSEED="1")
    # Without the wide instructions that numpy uses where it finds them.
    there = asked(
        TZ="Asia/Tokyo",
        PYTHONHASHSEED="2",
        LC_ALL="de_DE.UTF-8",
        NPY_DISABLE_CPU_FEATURES="AVX2 FMA3 AVX512F",
    )
    assert here == there
