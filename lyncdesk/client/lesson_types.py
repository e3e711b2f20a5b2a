"""What the Simulation window shows of a lesson, and what it can ask of the one who guides through it.

A lesson points at controls by stable names. :data:`CONTROLS` is the one table of them; the screens find the
real control by the same name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from lyncdesk.client.words import N_, Words

# The name of a control -> where it is, in words.
CONTROLS: Mapping[str, str] = {
    "main.status": N_("Main window: your status, under your name"),
    "main.reset_status": N_("Main window: your status, Reset Status"),
    "main.options": N_("Main window: the gear at the top right"),
    "main.sign_in": N_("Main window: the line under your name"),
    "main.my_day": N_("Main window: My day"),
    "main.contact": N_("Main window: the contact list"),
    "card.calendar": N_("Contact card: the Calendar line"),
    "card.details": N_("Contact card: the details under the Calendar line"),
    "card.ask": N_("Contact card: the button under the details"),
    "card.gives": N_("Contact card: how the contact sees you"),
    "options.update_presence": N_("Options > Personal: Update my presence based on my calendar information"),
    "options.share_details": N_("Options > Personal: Show my meeting subject and location"),
    "options.interval": N_("Options > Advanced: the interval"),
    "about.why": N_("About my status > Why"),
    "about.seen": N_("About my status > As others see me"),
    "about.seen_card": N_("About my status > As others see me: the card"),
    "about.connection": N_("About my status > Connection"),
    "simulation.right_now": N_("Simulation, Outlook: Appointment for right now"),
    "simulation.new_item": N_("Simulation, Outlook: New item"),
    "simulation.items": N_("Simulation, Outlook: the items of the day"),
    "simulation.change_item": N_("Simulation, Outlook: Change"),
    "simulation.remove_item": N_("Simulation, Outlook: Remove"),
    "simulation.speed": N_("Simulation: the speed of the time"),
    "simulation.next_check": N_("Simulation: Jump to the next check"),
    "simulation.next_change": N_("Simulation: Jump to the next change"),
}

# These are there once for each contact.
OF_A_CONTACT = frozenset({"main.contact", "card.calendar", "card.details", "card.ask", "card.gives"})


@dataclass(frozen=True, slots=True)
class LessonRow:
    """A lesson of the list. ``before`` are the sentences that tell what is prepared."""

    name: str
    title: str
    question: str
    about: str
    before: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LessonView:
    """The lesson that goes on, in words.

    ``number`` of ``count`` is the step. ``point`` names the control that is pointed at ("" = none), ``who``
    the address of the contact whose it is, ``where`` says so in words. ``watch`` are controls the step waits
    to be looked at: name and address, "" for nobody's. ``said`` tells what happened when the step was
    ``done``; ``wrong`` tells a wrong turn and how to get back. ``doing`` is the text of the button that does
    the step for the person, "" = there is none; ``busy``: the world is being prepared.
    """

    name: str
    title: str
    number: int
    count: int
    say: str
    point: str = ""
    who: str = ""
    where: str = ""
    watch: tuple[tuple[str, str], ...] = ()
    said: str = ""
    wrong: str = ""
    done: bool = False
    doing: str = ""
    busy: bool = False

    @property
    def is_last(self) -> bool:
        """Whether nothing follows."""
        return self.number == self.count


class Lessons(Protocol):
    """Guides through lessons. Everything runs on the client's loop."""

    def rows(self, words: Words) -> tuple[LessonRow, ...]:
        """The lessons that there are, in order."""

    def mistakes(self) -> tuple[str, ...]:
        """What is wrong with a trainer's lessons: file, line, and what."""

    def view(self, words: Words) -> LessonView | None:
        """The lesson that goes on; None while none does."""

    async def begin(self, name: str) -> None:
        """Prepare the world for this lesson, and begin with its first step. Raises KeyError."""

    async def again(self) -> None:
        """Prepare the world once more, and begin with the first step."""

    def back(self) -> None:
        """The step before this one, as if nothing of it had been done yet."""

    def on(self) -> None:
        """The next step, whether this one was done or not; after the last one the lesson ends."""

    async def do(self) -> None:
        """Do for the person what this step asks for."""

    def looked(self, control: str, who: str) -> None:
        """The person has this control of this contact ("" = nobody's) before the eyes."""

    async def end(self) -> None:
        """End the lesson; what it did to calendars and relationships is put back."""
