"""What a person and an administrator can choose, as frozen values that are in force.

Reading and writing them (files, layers, errors with their line) is the work of ``settings`` and ``policy``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Final

from lyncdesk.presence.relationships import DetailsTo, Relationship


class Origin(StrEnum):
    """Where a value in force comes from, strongest first."""

    POLICY = "administrator"
    COMMAND_LINE = "command line"
    PERSON = "person"
    RECOMMENDED = "recommended by the administrator"
    BUILT_IN = "built in"


# How one signs in to Exchange. "automatic" takes what the server offers: NTLM, else basic, else Negotiate.
AUTHENTICATIONS: Final = ("automatic", "basic", "ntlm", "negotiate")


@dataclass(frozen=True, slots=True)
class Account:
    """Whose calendar is read and how. ``address`` "" = no account yet.

    ``server`` is the EWS address; ``user_name`` what the person signs in with (the address if empty);
    ``authentication`` is one of AUTHENTICATIONS; ``ca_file`` a file of trusted issuers beside the system's,
    "" = none; ``proxy`` is the address of a proxy, "none" = never one, "" = as the computer is set.
    """

    address: str = ""
    user_name: str = ""
    server: str = ""
    authentication: str = "automatic"
    ca_file: str = ""
    proxy: str = ""

    @property
    def login(self) -> str:
        """What is sent as the user name."""
        return self.user_name or self.address


@dataclass(frozen=True, slots=True)
class Options:
    """Everything in force for one person: settings and policy, already layered.

    Durations are ``timedelta``. ``origins`` tells for each field name where its value comes from (absent
    = built in);
    a field with origin POLICY is locked.
    """

    # Options > Personal
    use_exchange: bool = True
    update_presence: bool = True
    share_details: bool = True
    share_out_of_office: bool = True
    share_free_busy: bool = True
    start_with_computer: bool = False
    start_minimised: bool = False
    # Options > Status
    inactive_after: timedelta = timedelta(minutes=5)
    away_after: timedelta = timedelta(minutes=5)
    meeting_while_away: bool = False
    ignore_all_day: bool = False
    notices: bool = True
    # Options > Account
    account: Account = Account()
    # Options > Advanced
    language: str = ""
    log_details: bool = False
    keep_history: bool = False
    # the administrator's
    interval: timedelta = timedelta(minutes=30)
    calendar_allowed: bool = True
    allow_check_now: bool = True
    details_to: DetailsTo = DetailsTo.WORKGROUP_AND_FRIENDS
    details_allowed: bool = True
    free_busy_allowed: bool = True
    note_allowed: bool = True
    manual_expiry: timedelta = timedelta(hours=24)
    maximum_contacts: int = 250
    allow_saved_password: bool = True
    newer_version_url: str = ""
    # people
    gives: Mapping[str, Relationship] = field(default_factory=dict, hash=False)
    contacts: tuple[str, ...] = ()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    note: str = ""
    origins: Mapping[str, Origin] = field(default_factory=dict, hash=False)

    @property
    def calendar_in_use(self) -> bool:
        """Whether the calendar is to be read at all."""
        return self.use_exchange and self.update_presence and self.calendar_allowed

    def locked(self, name: str) -> bool:
        """Whether the administrator set the field; its control is then disabled."""
        return self.origins.get(name) is Origin.POLICY
