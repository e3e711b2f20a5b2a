"""RFC 2782: the lowest priority first, and among equals each as often as its weight says."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyncdesk.exchange.srv import Record, in_order

RECORDS = st.lists(
    st.builds(
        Record,
        st.integers(0, 5),
        st.integers(0, 65535),
        st.integers(1, 65535),
        st.sampled_from(["a.example", "b.example", "c.example"]),
    ),
    max_size=8,
)


@given(RECORDS, st.randoms(use_true_random=False))
def test_every_record_is_tried_once_and_lower_priorities_first(
    records: list[Record], chance: random.Random
) -> None:
    tried = in_order(records, lambda most: chance.randint(0, most))
    assert Counter(tried) == Counter(records)
    assert [record.priority for record in tried] == sorted(record.priority for record in records)


def test_the_numbers_that_are_drawn_decide_as_the_rfc_says() -> None:
    light, heavy = Record(0, 1, 443, "light"), Record(0, 3, 443, "heavy")
    # Running sums: light 1, heavy 4; the first sum that reaches the number is taken.
    for drawn, first in ((0, light), (1, light), (2, heavy), (4, heavy)):
        numbers = iter([drawn, 0])
        assert in_order([heavy, light], lambda most: next(numbers))[0] == first  # noqa: B023


def test_weights_decide_how_often_one_comes_first() -> None:
    records = [Record(10, 60, 443, "often"), Record(10, 20, 443, "seldom"), Record(10, 0, 443, "hardly")]
    chance = random.Random(2782)
    first = Counter(in_order(records, lambda most: chance.randint(0, most))[0].host for _ in range(4000))
    assert 2850 < first["often"] < 3150
    assert 850 < first["seldom"] < 1150
    assert 0 < first["hardly"] < 120


def test_a_number_that_is_too_large_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="larger"):
        in_order([Record(0, 1, 443, "a")], lambda most: most + 1)


@pytest.mark.parametrize(
    ("host", "port", "usable"),
    [
        ("mail.corp.example", 443, True),
        ("mail.corp.example", 0, False),
        ("", 443, False),  # "." says that there is no such service
        ("10.0.0.1", 443, False),
        ("a/b", 443, False),
        ("a b", 443, False),
        ("-a.example", 443, False),
        ("a" * 64, 443, False),
    ],
)
def test_only_names_of_hosts_are_tried(host: str, port: int, *, usable: bool) -> None:
    assert Record(0, 0, port, host).is_usable is usable
