"""One object for each interval; the keys are documented in ``docs/capacity.md`` and kept stable."""

from __future__ import annotations

from collections.abc import Iterator

from lyncdesk.capacity.cost import fan_out
from lyncdesk.capacity.numbers import time_of_day
from lyncdesk.capacity.report import Reckoned
from lyncdesk.capacity.results import HOUR_MARKS, Delays, Load, Result


def report_json(found: Reckoned) -> Iterator[dict[str, object]]:
    """An object for each interval, in their order."""
    return (_one(result, found) for result in found.results)


def _one(result: Result, found: Reckoned) -> dict[str, object]:
    checks, cost = result.checks, found.cost
    mean_news, peak_news = fan_out(result.presence, found.contacts)
    return {
        "users": result.users,
        "interval_s": result.interval,
        "checks_per_s": {**_load(checks, found), "with_jitter": _load(result.jittered, found)},
        "delay_s": {kind: _delays(delays) for kind, delays in result.by_kind().items()},
        "changes": result.changes,
        "seconds": round(found.seconds, 3),
        "seed": found.seed,
        "way": result.way.value,
        "signed_in_peak": result.signed_in,
        "checks": checks.total,
        "requests_per_s": {
            "mean": cost.requests_per_s(checks.mean),
            "peak": cost.requests_per_s(checks.peak),
        },
        "check": {
            "requests": cost.requests,
            "bytes": cost.traffic,
            "service_s": cost.service.total_seconds(),
            "measured_at": cost.server or None,
        },
        "checks_at_once": cost.at_once(checks.peak),
        "megabits_per_s_peak_minute": cost.megabits_per_s(checks.minute / 60),
        "gigabytes_per_day": cost.gigabytes(checks.total),
        "presence_changes_per_s": _load(result.presence, found),
        "contacts": found.contacts,
        "news_to_contacts_per_s": {"mean": mean_news, "peak": peak_news},
    }


def _load(load: Load, found: Reckoned) -> dict[str, object]:
    return {
        "mean": load.mean,
        "peak": load.peak,
        "peak_at": time_of_day(load.peak_at),
        "peak_minute": round(load.minute / 60, 3),
        "peak_minute_at": time_of_day(load.minute_at),
        "peak_minute_at_sign_in_waves": round(load.most_in(found.sign_in_minutes) / 60, 3),
        "peak_minute_at_hour_marks": round(load.most_in(HOUR_MARKS) / 60, 3),
    }


def _delays(delays: Delays) -> dict[str, object]:
    return {
        "mean": delays.mean,
        "p50": delays.percentile(50),
        "p95": delays.percentile(95),
        "max": delays.percentile(100),
        "changes": delays.changes,
        "seen": delays.seen - delays.missed,
        "missed": delays.missed,
        "away": delays.away,
        "hidden": delays.hidden,
    }
