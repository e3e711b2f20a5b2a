"""State -> what a tray, a card, a window or a terminal shows: plain words, enums and times.

Pure functions; ``now`` and the person's ``Words`` are arguments. The values are in
:mod:`lyncdesk.client.view_types`.
"""

from lyncdesk.client.reading import asks_for_account
from lyncdesk.client.views.cards import as_seen_by, card
from lyncdesk.client.views.common import ACCOUNT_PROBLEMS, PASSWORD_HELPS, PASSWORD_PROBLEMS
from lyncdesk.client.views.connection import WAYS, account_trouble, connection, server_found, took, trouble
from lyncdesk.client.views.contacts import contacts
from lyncdesk.client.views.days import day_title, week
from lyncdesk.client.views.main import main, notice, tray
from lyncdesk.client.views.moment import reasons_at
from lyncdesk.client.views.others import viewers, what_hides, why_seen
from lyncdesk.client.views.past_days import day_bounds, past_day
from lyncdesk.client.views.show_as import show_as_menu
from lyncdesk.client.views.today import strip
from lyncdesk.client.views.why import reason_sentence, why

__all__ = [
    "ACCOUNT_PROBLEMS",
    "PASSWORD_HELPS",
    "PASSWORD_PROBLEMS",
    "WAYS",
    "account_trouble",
    "as_seen_by",
    "asks_for_account",
    "card",
    "connection",
    "contacts",
    "day_bounds",
    "day_title",
    "main",
    "notice",
    "past_day",
    "reason_sentence",
    "reasons_at",
    "server_found",
    "show_as_menu",
    "strip",
    "took",
    "tray",
    "trouble",
    "viewers",
    "week",
    "what_hides",
    "why",
    "why_seen",
]
