"""What an administrator can set: one table, and the values of one policy. ``policy_file`` reads a file of it.

Source: the project's presence rules, section 9.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeAlias

from lyncdesk.client.account_kinds import ADDRESS_PATTERN, PROXY, USER_NAME_PATTERN
from lyncdesk.client.options import AUTHENTICATIONS
from lyncdesk.client.problems import Problem
from lyncdesk.client.secure_places import SECURE
from lyncdesk.client.value_kinds import (
    AUTHENTICATION,
    FULL_PATH,
    SERVER,
    Choice,
    Kind,
    Minutes,
    Span,
    Switch,
    Text,
    Whole,
)
from lyncdesk.presence.relationships import DetailsTo

Fields: TypeAlias = Mapping[str, object]
Sets: TypeAlias = Callable[[object], Fields]


def _sets(name: str) -> Sets:
    return lambda value: {name: value}


def _sets_if_given(name: str) -> Sets:
    return lambda value: {name: value} if value else {}


def _forbids(allowed: str, switch: str, off: object = False) -> Sets:
    # The person's switch is locked only while the thing is forbidden.
    return lambda value: {allowed: False, switch: off} if value else {allowed: True}


def _turns_off(switch: str) -> Sets:
    return lambda value: {switch: not value}


@dataclass(frozen=True, slots=True)
class PolicyKey:
    """One row: what may be set, its built-in default, what it does, which fields of the options it governs.

    ``mandatory`` and ``recommended`` give the fields for a value; a recommended prohibition is a switch that
    is off. ``field`` is the one field that the value is read back from, "" where no field holds it.
    """

    key: str
    kind: Kind
    default: object
    effect: str
    mandatory: Sets
    recommended: Sets
    field: str = ""


def _plain(key: str, kind: Kind, default: object, effect: str, name: str) -> PolicyKey:
    return PolicyKey(key, kind, default, effect, _sets(name), _sets(name), name)


def _text(key: str, kind: Kind, effect: str, name: str) -> PolicyKey:
    return PolicyKey(key, kind, "", effect, _sets_if_given(name), _sets_if_given(name), name)


def _never(key: str, effect: str, allowed: str, switch: str) -> PolicyKey:
    return PolicyKey(key, Switch(), False, effect, _forbids(allowed, switch), _turns_off(switch))


_HOUR = timedelta(hours=1)

POLICY: dict[str, PolicyKey] = {
    row.key: row
    for row in (
        _plain(
            "WebServicePollInterval",
            Span(timedelta(seconds=1), 8 * _HOUR),
            _HOUR / 2,
            "How often the calendar is checked.",
            "interval",
        ),
        _never(
            "DisableCalendarPresence",
            "The calendar has no say in the presence, and the switch in Options is locked.",
            "calendar_allowed",
            "update_presence",
        ),
        _plain("AllowCheckNow", Switch(), True, '"Check calendar now" exists.', "allow_check_now"),
        _plain(
            "MeetingDetailsTo",
            Choice(DetailsTo),
            DetailsTo.WORKGROUP_AND_FRIENDS,
            "Who sees subject and location of a meeting.",
            "details_to",
        ),
        _never(
            "DisableMeetingSubjectAndLocation",
            "Subject and location of meetings are never shared.",
            "details_allowed",
            "share_details",
        ),
        _never(
            "DisableFreeBusyInfo", "Free/busy times are never shared.", "free_busy_allowed", "share_free_busy"
        ),
        PolicyKey(
            "DisablePresenceNote",
            Switch(),
            False,
            "The note is never shared.",
            _forbids("note_allowed", "note", ""),
            _turns_off("note_allowed"),
        ),
        _plain(
            "IdleThreshold",
            Minutes(5, 360),
            timedelta(minutes=5),
            "Minutes without a key or pointer movement until the person is Inactive.",
            "inactive_after",
        ),
        _plain(
            "AwayThreshold",
            Minutes(5, 360),
            timedelta(minutes=5),
            "Minutes of Inactive until the person is Away.",
            "away_after",
        ),
        _plain(
            "ManualStatusExpiry",
            Span(_HOUR / 4, 24 * _HOUR),
            24 * _HOUR,
            "When Busy and Do not disturb, picked by hand, end by themselves.",
            "manual_expiry",
        ),
        _plain(
            "MaximumNumberOfContacts",
            Whole(0, 1000),
            250,
            "How many contacts a person can have.",
            "maximum_contacts",
        ),
        _text(
            "AccountAddress",
            ADDRESS_PATTERN,
            "Whose mailbox it is; nobody types it then.",
            "account.address",
        ),
        _text(
            "AccountUserName",
            USER_NAME_PATTERN,
            "What people sign in to Exchange with; empty: the address.",
            "account.user_name",
        ),
        _text(
            "ExchangeServerUrl",
            SERVER,
            "The address of Exchange Web Services; empty: it is found automatically.",
            "account.server",
        ),
        _text(
            "ExchangeAuthentication",
            Text(AUTHENTICATION.words, lambda text: text in {"", *AUTHENTICATIONS}, AUTHENTICATIONS),
            "How people sign in to Exchange; automatic: as the server offers.",
            "account.authentication",
        ),
        _text(
            "TrustedCaFile",
            FULL_PATH,
            "A file of certificate authorities that are trusted beside the system's.",
            "account.ca_file",
        ),
        _text(
            "ProxyUrl",
            PROXY,
            'The proxy on the way to Exchange; empty: as this computer is set, "none": no proxy.',
            "account.proxy",
        ),
        _plain(
            "AllowSavedPassword",
            Switch(),
            True,
            "Passwords may be kept in the system's keyring.",
            "allow_saved_password",
        ),
        _plain("KeepHistory", Switch(), False, "A history is kept on this computer.", "keep_history"),
        _text(
            "NewerVersionUrl",
            SECURE,
            "Where people can ask for a newer version, which nothing does by itself; empty: nowhere.",
            "newer_version_url",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Policy:
    """What an administrator's policy says: values by key, as the options want them, and the mistakes in it.

    ``path`` is the file, registry key or profile, "" where there is none. A policy of several has their
    ``places``, strongest first, and tells in ``places_of`` where each key of its layers stands.
    """

    path: str = ""
    mandatory: Mapping[str, object] = field(default_factory=dict, hash=False)
    recommended: Mapping[str, object] = field(default_factory=dict, hash=False)
    problems: tuple[Problem, ...] = ()
    places: tuple[str, ...] = ()
    places_of: Mapping[tuple[str, bool], str] = field(default_factory=dict, hash=False)

    def sources(self) -> tuple[str, ...]:
        """Where the policy stands, strongest first; empty where there is none."""
        return self.places or ((self.path,) if self.path else ())

    def place(self, key: str, *, recommended: bool = False) -> str:
        """Where the value of a key stands."""
        return self.places_of.get((key, recommended), self.path)

    def over(self, weaker: Policy) -> Policy:
        """Both together: in each layer, what this one says counts, and what it leaves open the weaker one."""
        if not weaker.path:
            return self
        if not self.path:
            return weaker
        places_of = {
            (key, recommended): policy.place(key, recommended=recommended)
            for policy in (weaker, self)
            for recommended, layer in ((False, policy.mandatory), (True, policy.recommended))
            for key in layer
        }
        places = (*self.sources(), *weaker.sources())
        return Policy(
            "; ".join(places),
            {**weaker.mandatory, **self.mandatory},
            {**weaker.recommended, **self.recommended},
            (*self.problems, *weaker.problems),
            places,
            places_of,
        )

    def mandatory_fields(self) -> dict[str, object]:
        """The fields of the options that are locked, with their values."""
        return _fields({key: POLICY[key].mandatory(value) for key, value in self.mandatory.items()})

    def recommended_fields(self) -> dict[str, object]:
        """The fields of the options that have another default, with their values."""
        return _fields({key: POLICY[key].recommended(value) for key, value in self.recommended.items()})


def _fields(by_key: Mapping[str, Fields]) -> dict[str, object]:
    return {name: value for fields in by_key.values() for name, value in fields.items()}
