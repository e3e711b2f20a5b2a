"""The embedded Exchange: a simulated EWS server on loopback. It shares no code with the client it serves.

`Exchange` is the server, `Entry` what its calendars hold, `serve` runs it from a command line.
"""

from lyncdesk.exchange_server.autodiscover import Directions
from lyncdesk.exchange_server.contacts import Contact
from lyncdesk.exchange_server.core import Logged
from lyncdesk.exchange_server.exchange import LOOPBACK, Exchange
from lyncdesk.exchange_server.faults import FAULTS
from lyncdesk.exchange_server.main import serve
from lyncdesk.exchange_server.model import (
    Attendee,
    Changed,
    Entry,
    Mailbox,
    OofSettings,
    Pattern,
    Recurrence,
    WorkingHours,
)

__all__ = [
    "FAULTS",
    "LOOPBACK",
    "Attendee",
    "Changed",
    "Contact",
    "Directions",
    "Entry",
    "Exchange",
    "Logged",
    "Mailbox",
    "OofSettings",
    "Pattern",
    "Recurrence",
    "WorkingHours",
    "serve",
]
