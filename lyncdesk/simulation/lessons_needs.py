"""What must hold for a step to be possible, and how to get back where it does not: one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lyncdesk.client.state import Health
from lyncdesk.presence.items import Item
from lyncdesk.presence.message import Message
from lyncdesk.simulation.lessons_facts import Facts


@dataclass(frozen=True, slots=True)
class Turn:
    """A wrong turn: what is so, and how to get back; ``point`` is the control that leads there ("" = the
    lesson's own buttons).
    """

    told: Message
    point: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """The item that the lesson is about, as it was when it was added or changed last."""

    address: str
    item: Item


def _signed_in(now: Facts, _subject: Subject | None) -> Turn | None:
    if now.state.signed_in:
        return None
    return Turn(
        Message.of("You are signed out: nothing is read, and others see you as Offline. Sign in to go on."),
        "main.sign_in",
    )


def _calendar(now: Facts, _subject: Subject | None) -> Turn | None:
    if now.state.options.calendar_in_use:
        return None
    return Turn(
        Message.of(
            "Your calendar is not used any more: no check is planned, and what was known of it is dropped."
            " Turn it on again to go on."
        ),
        "options.update_presence",
    )


def _no_status(now: Facts, _subject: Subject | None) -> Turn | None:
    manual = now.state.manual
    if manual is None:
        return None
    return Turn(
        Message.of(
            "You have set {status} by hand, and it wins over the calendar. Press Reset Status to go on.",
            status=Message.of(manual.status.value),
        ),
        "main.reset_status",
    )


def _status(now: Facts, _subject: Subject | None) -> Turn | None:
    if now.state.manual is not None:
        return None
    return Turn(
        Message.of("Your status by hand is gone. Set one to go on, or start again."),
        "main.status",
    )


def _item(now: Facts, subject: Subject | None) -> Turn | None:
    if subject is None:
        return None
    found = now.find(subject.address, subject.item.id)
    if found is None:
        return Turn(
            Message.of(
                "“{subject}” is not in the calendar any more. Go back a step, or start again.",
                subject=subject.item.subject,
            )
        )
    if found.end <= now.now:
        return Turn(
            Message.of(
                "“{subject}” was over at {end}, so it makes nothing of your presence any more. Start again.",
                subject=found.subject,
                end=found.end,
            )
        )
    return None


def _reads(now: Facts, _subject: Subject | None) -> Turn | None:
    calendar = now.state.calendar
    if calendar.health is not Health.STOPPED or calendar.problem is None:
        return None
    return Turn(
        Message.of("{problem} No check is sent before that is mended.", problem=calendar.problem.title),
        "main.sign_in",
    )


NEEDS: Mapping[str, Callable[[Facts, Subject | None], Turn | None]] = {
    "signed in": _signed_in,
    "calendar": _calendar,
    "reads": _reads,
    "no status": _no_status,
    "status": _status,
    "item": _item,
}
# What a step needs that does not say.
USUAL = ("signed in", "calendar", "reads")


def wrong_turn(needs: tuple[str, ...], now: Facts, subject: Subject | None) -> Turn | None:
    """The first thing that stands in the way of a step with these needs."""
    turns = (NEEDS[need](now, subject) for need in needs)
    return next((turn for turn in turns if turn is not None), None)
