"""The days of a series found without any cleverness, for those who find them with some."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import islice


def every_day(belongs: Callable[[date], bool], start: date, until: date, most: int | None) -> list[date]:
    """The days from `start` to `until` that belong, of which there are `most` at the most."""
    days = (start + timedelta(days=number) for number in range((until - start).days + 1))
    return list(islice(filter(belongs, days), most))
