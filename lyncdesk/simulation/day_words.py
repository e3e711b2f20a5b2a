"""The steps of a scenario as sentences for people, in English as all that `lyncdesk simulate` says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from lyncdesk.client.durations import short_duration
from lyncdesk.client.policy import POLICY, Policy
from lyncdesk.client.words import Words
from lyncdesk.presence.items import Item, Kind, Response
from lyncdesk.simulation import scenario as sc

_PLAIN: Mapping[sc.Plain, str] = {
    sc.Plain.RESET_STATUS: "presses Reset Status",
    sc.Plain.CHECK_NOW: "presses Check calendar now",
    sc.Plain.CALENDAR_ON: "lets the calendar update the presence",
    sc.Plain.CALENDAR_OFF: "lets the calendar update the presence no longer",
    sc.Plain.SIGN_IN: "signs in",
    sc.Plain.SIGN_OUT: "signs out",
    sc.Plain.IDLE: "touches the computer for the last time",
    sc.Plain.ACTIVE: "is at the computer again",
    sc.Plain.LOCK: "locks the computer",
    sc.Plain.UNLOCK: "unlocks the computer",
    sc.Plain.SLEEP: "lets the computer sleep",
    sc.Plain.WAKE: "wakes the computer",
    sc.Plain.EXCHANGE_RECOVERS: "gets answers from Exchange again",
}
_KINDS: Mapping[Kind, str] = {
    Kind.APPOINTMENT: "an appointment",
    Kind.MEETING: "a meeting",
    Kind.UNKNOWN: "an item of unknown kind",
}
_A_DAY = timedelta(days=1)


def step_words(step: sc.Step, names: Mapping[str, str], zone: ZoneInfo) -> str:
    """What happens, in one sentence without its time and its full stop."""
    name = names[step.who]
    match step.action:
        case sc.Plain():
            return f"{name} {_PLAIN[step.action]}"
        case sc.AddItem(item):
            return f"{name} adds {_item(item, step.at, zone)}"
        case sc.RemoveItem(item):
            return f"{name} removes {_item(item, step.at, zone)}"
        case sc.ChangeItem(item):
            return f"{name} changes an item, which now is {_item(item, step.at, zone)}"
        case sc.SetStatus(status, duration):
            length = f" for {short_duration(duration)}" if duration is not None else ""
            return f"{name} picks {status.value}{length}"
        case sc.Travel(place):
            return f"{name} is in the zone {place} from now on"
        case sc.Give(to, relationship):
            return f"{name} gives {names[to]} {relationship.value}"
        case sc.SetPolicy(policy):
            return f"The administrator sets {_policy(policy)}"
        case sc.ExchangeFails(problem):
            return f"Every check of {name} ends with {problem} from now on"
        case sc.AutomaticReplies(note):
            return f"{name} switches automatic replies {'off' if note is None else 'on'}"


def _item(item: Item, now: datetime, zone: ZoneInfo) -> str:
    subject = f"“{item.subject}”, " if item.subject else ""
    more = [f"marked {item.show_as.label}"]
    if item.private:
        more.append("private")
    if item.cancelled:
        more.append("cancelled")
    if item.response not in {Response.ACCEPTED, Response.ORGANIZER}:
        more.append({Response.NONE: "not answered"}.get(item.response, item.response.value))
    return f"{subject}{_KINDS[item.kind]} {', '.join(more)}, {_span(item, now, zone)}"


def _span(item: Item, now: datetime, zone: ZoneInfo) -> str:
    if item.all_day:
        first = item.start.astimezone(zone).date()
        last = max(first, item.end.astimezone(zone).date() - _A_DAY)
        return f"all day {first}" if first == last else f"all day {first} to {last}"
    words = Words(zone=zone, now=now)
    return f"{words.moment(item.start)} to {words.moment(item.end)}"


def _policy(policy: Policy) -> str:
    said = [f"{key} to {_value(key, value)}" for key, value in policy.mandatory.items()]
    said += [f"{key} to {_value(key, value)} (recommended)" for key, value in policy.recommended.items()]
    return ", ".join(said) or "nothing"


def _value(key: str, value: object) -> str:
    match POLICY[key].kind.write(value):
        case bool() as switch:
            return "true" if switch else "false"
        case written:
            return f"{written}"
