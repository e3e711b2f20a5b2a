"""The time zone of the computer: its name as it is now, and UTC where there is none that is known."""

import pytest

from lyncdesk.machine.zone import local_zone


def test_the_zone_follows_the_computer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert local_zone() == "Europe/Berlin"
    monkeypatch.setenv("TZ", "America/New_York")
    assert local_zone() == "America/New_York"


@pytest.mark.parametrize("zone", ["Atlantis/Lost", "../../etc/passwd", "CET-1CEST"])
def test_a_zone_that_nobody_knows_is_utc(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setenv("TZ", zone)
    assert local_zone() == "UTC"
