"""Tables, JSON and the picture of capacity: pure readings of results."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import etree

from lyncdesk.capacity.cost import ASSUMED, Cost, fan_out
from lyncdesk.capacity.json_report import report_json
from lyncdesk.capacity.many.reckoning import reckon
from lyncdesk.capacity.model import CHANGE_KINDS, HOUR, MINUTE
from lyncdesk.capacity.model_file import built_in, read
from lyncdesk.capacity.numbers import interval_name, lateness, number, percent, time_of_day
from lyncdesk.capacity.plot import draw
from lyncdesk.capacity.report import Reckoned, report_lines
from lyncdesk.capacity.results import SECONDS, Load, delays_of, load_of
from lyncdesk.client.words import Words
from lyncdesk.resource_files import resource

COST = Cost(timedelta(milliseconds=40), 3.0, 12_500)
DOCUMENT = Path(__file__).parents[2] / "docs" / "capacity.md"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def found() -> Reckoned:
    model = built_in()
    results = reckon(model, 5, 3000, [300, 1800, 28_800])
    return Reckoned(results, 5, "", 80, model.sign_in_minutes(), COST, 1.25)


def test_the_short_table_has_a_column_for_each_interval(found: Reckoned) -> None:
    lines = list(report_lines(found, Words()))
    table = lines[lines.index("") + 1 :]
    table = table[: table.index("")]
    assert table[0].split() == ["Interval", "5m", "30m", "8h"]
    assert len({len(line) for line in table if not line.startswith("Seen late")}) == 1
    peaks = [number(3 * result.checks.peak, Words()) for result in found.results]
    assert table[2].split("second")[1].split() == peaks
    for_now = re.split(r"  +", table[4].strip())
    assert for_now[0] == "added for now"
    assert for_now[2] == " / ".join(
        lateness(each, Words())
        for each in (found.results[1].delays[0].mean, found.results[1].delays[0].percentile(95))
    )


def load(*, at_nine: int, at_fifty_five: int, aside: int) -> Load:
    """So many in the first second of 09:00, 10:55 and 11:30."""
    by_second = [0] * SECONDS
    by_second[9 * 3600], by_second[10 * 3600 + 55 * 60], by_second[11 * 3600 + 30 * 60] = (
        60 * at_nine,
        60 * at_fifty_five,
        60 * aside,
    )
    return load_of(by_second)


def test_each_busiest_minute_is_that_of_its_own_checks_and_time(found: Reckoned) -> None:
    """Nine is within a wave; an hour mark begins five minutes before the hour; half past is neither."""
    plain = load(at_nine=1, at_fifty_five=2, aside=3)
    jittered = load(at_nine=4, at_fifty_five=5, aside=6)
    result = replace(found.results[0], checks=plain, jittered=jittered)
    given = replace(found, results=(result,), sign_in_minutes=frozenset({9 * 60}))
    lines = [line.split() for line in report_lines(given, Words())]
    told = [(" ".join(line[:-1]), line[-1]) for line in lines if len(line) > 1]
    for name, values in (
        ("in the busiest minute", ["3", "6"]),
        ("at sign-in waves", ["1", "4"]),
        ("at hour marks", ["2", "5"]),
    ):
        assert [value for label, value in told if label == name][:2] == values, name
    assert ("The same with jitter: in the busiest second", "360") in told
    [one] = report_json(given)
    checks = one["checks_per_s"]
    assert isinstance(checks, dict)
    names = ("peak_minute", "peak_minute_at_sign_in_waves", "peak_minute_at_hour_marks")
    assert [checks[name] for name in names] == [3, 1, 2]
    assert [checks["with_jitter"][name] for name in names] == [6, 4, 5]


def test_json_tells_each_delay_by_its_rank(found: Reckoned) -> None:
    """Of 1 to 200 seconds: half are at most 100 s, 95 in 100 at most 190 s."""
    delays = delays_of([1000 * n for n in range(1, 201)], 1000 * sum(range(201)), 7, 8, 9)
    result = replace(found.results[0], delays=(delays,) * len(CHANGE_KINDS))
    [one] = report_json(replace(found, results=(result,)))
    told = one["delay_s"]
    assert isinstance(told, dict)
    assert told["moved"] == {
        "mean": 100.5,
        "p50": 100,
        "p95": 190,
        "max": 200,
        "changes": 217,
        "seen": 193,
        "missed": 7,
        "away": 8,
        "hidden": 9,
    }


def test_the_text_says_where_its_numbers_are_from(found: Reckoned) -> None:
    text = "\n".join(report_lines(found, Words()))
    assert "3 000 people" in text
    assert "Built-in model, seed 5; reckoned with arrays in 1.20 s." in text
    assert "3 requests and 12 500 bytes, as at the embedded Exchange; 40 ms is assumed" in text
    measured = replace(found, cost=replace(COST, server="mail.example.org"), model="day.toml")
    text = "\n".join(report_lines(measured, Words()))
    assert "day.toml, seed 5" in text
    assert "40 ms, as measured at mail.example.org." in text
    assert "assumed" not in text


def test_json_has_the_promised_keys(found: Reckoned) -> None:
    objects = [json.loads(json.dumps(each)) for each in report_json(found)]
    assert [each["interval_s"] for each in objects] == [300, 1800, 28_800]
    for each, result in zip(objects, found.results, strict=True):
        assert each["users"] == 3000
        assert each["checks_per_s"]["mean"] == result.checks.mean
        assert each["checks_per_s"]["peak"] == result.checks.peak
        assert set(each["delay_s"]) == set(CHANGE_KINDS)
        for kind, delays in each["delay_s"].items():
            assert delays["p50"] <= delays["p95"] <= delays["max"] < each["interval_s"], kind
            fates = ("seen", "missed", "away", "hidden")
            assert sum(delays[fate] for fate in fates) == delays["changes"]
        assert each["changes"] == sum(delays["changes"] for delays in each["delay_s"].values())
        assert each["seconds"] == 1.25
        assert each["requests_per_s"]["peak"] == 3 * result.checks.peak
        assert each["checks_at_once"] == pytest.approx(result.checks.peak * 0.04)
        assert each["news_to_contacts_per_s"]["peak"] == 80 * result.presence.peak


def test_every_key_is_documented(found: Reckoned) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")

    def keys(value: object) -> set[str]:
        if not isinstance(value, dict):
            return set()
        return set(value) | {key for inner in value.values() for key in keys(inner)}

    missing = {key for key in keys(next(report_json(found))) if f"`{key}`" not in text}
    assert missing == set()


def test_costs() -> None:
    assert COST.requests_per_s(10) == 30
    assert COST.at_once(100) == 4
    assert COST.megabits_per_s(10) == 1
    assert COST.gigabytes(80_000) == 1
    assert not ASSUMED.server


def test_news_to_contacts(found: Reckoned) -> None:
    load = found.results[0].presence
    assert fan_out(load, 80) == (round(80 * load.total / 86_400, 6), 80 * load.peak)


def test_sign_in_minutes_are_around_the_waves_in_every_zone() -> None:
    text = resource("capacity", "working_day.toml").read_text(encoding="utf-8")
    waves = text[text.index("[[waves]]") : text.index("[stay]")]
    one = text.replace(waves, '[[waves]]\nweight = 1\nat = "00:30"\nspread = "20m"\n\n')
    assert read(one, "day.toml").sign_in_minutes() == set(range(20, 41))
    zones = read(one.replace('"0h" = 1', '"0h" = 1, "1h" = 1'), "day.toml")
    assert zones.sign_in_minutes() == set(range(20, 41)) | set(range(1400, 1421))
    assert (8 * HOUR + 15 * MINUTE) // MINUTE in built_in().sign_in_minutes()


def test_the_picture_is_one_document_with_a_row_for_each_interval(found: Reckoned) -> None:
    drawn = draw(found, Words())
    assert drawn == draw(replace(found, seconds=99.0), Words())
    root = etree.fromstring(drawn.encode())
    texts = [str(each.text) for each in root.iter(f"{SVG}text")]
    for name in ("5m", "30m", "8h"):
        assert sum(text.startswith(f"Every {name}: ") for text in texts) == 2
    title, told = (root.findtext(f"{SVG}{name}") for name in ("title", "desc"))
    assert title == "What an interval costs, and how old presence gets: 3 000 people"
    assert told is not None
    assert told.count("added for now: ") == 3
    kinds, legend, loads = 4, 6, 2
    assert len(list(root.iter(f"{SVG}polyline"))) == legend + 3 * (kinds + loads)


def test_everything_drawn_lies_within_the_picture(found: Reckoned) -> None:
    root = etree.fromstring(draw(found, Words()).encode())
    wide, high = float(root.get("width") or 0), float(root.get("height") or 0)
    for line in root.iter(f"{SVG}polyline"):
        for point in str(line.get("points")).split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= wide
            assert 0 <= y <= high


def test_curves_rise_to_the_top_at_the_interval(found: Reckoned) -> None:
    """Of what is added for now half is seen within half of the interval: a straight line."""
    root = etree.fromstring(draw(found, Words()).encode())
    lines = [line for line in root.iter(f"{SVG}polyline") if str(line.get("points")).count(",") > 90]
    points = [tuple(map(float, point.split(","))) for point in str(lines[0].get("points")).split()]
    (left, bottom), (right, top) = points[0], points[-1]
    middle = [y for x, y in points if abs(x - (left + right) / 2) < 6]
    assert middle
    assert all(abs(y - (bottom + top) / 2) < 8 for y in middle)


def test_a_file_name_cannot_break_the_picture(found: Reckoned) -> None:
    etree.fromstring(draw(replace(found, model="<&>.toml"), Words()).encode())


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0, "0"),
        (7, "7"),
        (0.0213, "0.02"),
        (0.0043, "0.004"),
        (0.000_06, "0.00006"),
        (9.5, "9.50"),
        (93.44, "93.4"),
        (1250.4, "1 250"),
        (1e6, "1 000 000"),
    ],
)
def test_numbers(value: float, told: str) -> None:
    assert number(value, Words()) == told


def test_times() -> None:
    words = Words()
    assert [lateness(each, words) for each in (None, 0, 0.5, 9.99, 899.6, 27_000)] == [
        "-",
        "0s",
        "0.50s",
        "9.99s",
        "15m",
        "7h30m",
    ]
    assert (interval_name(5400), time_of_day(36_061)) == ("1h30m", "10:01:01")
    assert (percent(1, 8, words), percent(0, 0, words)) == ("12.5 %", "-")
