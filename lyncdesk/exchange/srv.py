"""Which hosts a domain names for a service in DNS, in the order in which [RFC 2782] wants them tried."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from lyncdesk.exchange.address import is_host_name

SECONDS: Final = 5.0
MOST: Final = 20  # records; a domain names one or two


@dataclass(frozen=True, slots=True)
class Record:
    """One host that offers the service."""

    priority: int
    weight: int
    port: int
    host: str

    @property
    def is_usable(self) -> bool:
        """Whether it names a host: "." says that the service is not offered, and an address is no name."""
        return is_host_name(self.host) and 0 < self.port < 65536


def in_order(records: Iterable[Record], draw: Callable[[int], int]) -> list[Record]:
    """The records as they are to be tried: the lowest priority first, drawn by weight among equals.

    ``draw(n)`` gives a random number from 0 to n, both included.
    """
    waiting = sorted(records, key=lambda record: (record.priority, record.weight, record.host, record.port))
    result = []
    while waiting:
        priority = waiting[0].priority
        # Those of weight 0 stand first, so that they have a small chance.
        equals = [record for record in waiting if record.priority == priority]
        drawn, total = draw(sum(map(attrgetter("weight"), equals))), 0
        for record in equals:
            total += record.weight
            if total >= drawn:
                result.append(record)
                waiting.remove(record)
                break
        else:
            raise ValueError("the number that was drawn is larger than all weights together")
    return result


def look_up(name: str) -> list[Record]:
    """The records of the name, none if there are none; those that name no usable host are left out.

    Raises:
        TimeoutError: if no name server answered.
        OSError: if they could not be asked, or answered with an error.
    """
    import dns.exception
    import dns.resolver

    try:
        answer = dns.resolver.get_default_resolver().resolve(name, "SRV", lifetime=SECONDS, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.Timeout as error:
        raise TimeoutError("no name server answered") from error
    except dns.exception.DNSException as error:
        raise OSError(f"the name servers cannot be asked ({type(error).__name__})") from error
    told = [
        Record(one.priority, one.weight, one.port, one.target.to_text(omit_final_dot=True).casefold())
        for one in list(answer)[:MOST]
    ]
    return [record for record in told if record.is_usable]
