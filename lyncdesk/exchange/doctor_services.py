"""What only the doctor asks a server: the names of the time zones that it knows."""

from __future__ import annotations

from typing import Any

from exchangelib.services import GetServerTimeZones

from lyncdesk.exchange.link import Careful, Link


class _GetZones(Careful, GetServerTimeZones):  # type: ignore[misc]
    def __init__(self, account: Any) -> None:
        super().__init__(protocol=account.protocol)

    def _elem_to_obj(self, elem: Any) -> Any:
        return elem.get("Id")


def time_zones(link: Link) -> list[str]:
    """The names of the time zones that the server knows, without their rules."""
    told = link.ask(_GetZones, timezones=None, return_full_timezone_data=False)
    return [str(name) for name in told if name]
