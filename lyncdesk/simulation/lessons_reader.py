"""Makes a lesson of the values of its file. The language is described in `docs/lessons.md`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

from lyncdesk.client.lesson_types import CONTROLS
from lyncdesk.presence.states import ManualStatus
from lyncdesk.simulation.lessons import Entry, Lesson, Prepared, Step
from lyncdesk.simulation.lessons_acts import read_acts
from lyncdesk.simulation.lessons_conditions import Who, gift_of, read_conditions
from lyncdesk.simulation.lessons_entries import read_item
from lyncdesk.simulation.lessons_needs import NEEDS, USUAL
from lyncdesk.simulation.lessons_words import LONGEST, OF_SOMEBODY, PLACES, places
from lyncdesk.simulation.scenario_tables import (
    LEFT_OUT,
    Notes,
    Sheet,
    WrongValueError,
    flag,
    nearest,
    one_of,
    text,
    word,
)
from lyncdesk.simulation.scenario_times import duration

MOST_STEPS = 30


def words_for_people(value: object) -> str:
    """A text that people read: not empty, of bounded length, with places that can be filled."""
    found = text(value)
    if not found.strip():
        raise WrongValueError("a text is needed here")
    if found != found.strip():
        raise WrongValueError("it begins and ends with blanks")
    if len(found) > LONGEST:
        raise WrongValueError(f"it is longer than {LONGEST} characters")
    for name in places(found):
        if name not in PLACES:
            raise WrongValueError(
                f"{{{name}}} stands for nothing{nearest(name, PLACES) or f' (one of {one_of(PLACES)})'}"
            )
    return found


def plain_words(value: object) -> str:
    """A text that people read before anything has happened: without places."""
    found = words_for_people(value)
    if places(found):
        raise WrongValueError("places like {sent} are for `say` and `then` of a step")
    return found


class LessonReader:
    """Reads one file; every mistake goes into the notes. ``people`` are the names that may be used, that of
    the person at whose screen one sits first.
    """

    def __init__(
        self, notes: Notes, values: Mapping[str, object], people: Iterable[str], scenarios: Iterable[str]
    ) -> None:
        kept = {key: value for key, value in values.items() if not key.startswith(LEFT_OUT)}
        self._notes = notes
        self._top = Sheet(notes, (), kept, "a lesson")
        self._who: Who = _person(tuple(people))
        self._scenario = word(scenarios, "scenario")

    def read(self, name: str) -> Lesson | None:
        """The lesson; None where so much is wrong that there is none."""
        top = self._top
        title = top.need("title", plain_words)
        question = top.need("question", plain_words)
        about = top.take("about", plain_words, "")
        scenario = top.take("scenario", self._scenario, "")
        prepared = self._prepared(top.sheet("prepare", "[prepare]"))
        sheets = top.sheets("steps", "[[steps]]")
        steps = tuple(step for sheet in sheets if (step := self._step(sheet)) is not None)
        top.close()
        if not sheets and not self._notes.incomplete and "steps" not in top:
            self._notes.add((), "a lesson needs steps: a table [[steps]] for each")
        if len(sheets) > MOST_STEPS:
            self._notes.add(("steps",), f"more than {MOST_STEPS} steps; no lesson is so long")
        if title is None or question is None or not steps:
            return None
        return Lesson(name, title, question, steps, about, scenario, prepared)

    def _prepared(self, sheet: Sheet) -> Prepared:
        read = [read_item(one, self._who) for one in sheet.sheets("items", "[[prepare.items]]")]
        items: tuple[Entry, ...] = tuple(item for item in read if item is not None)
        gifts = [gift_of(one, self._who) for one in sheet.sheets("gives", "[[prepare.gives]]")]
        made = Prepared(
            sheet.take("free", duration, timedelta()),
            items,
            tuple(gift for gift in gifts if gift is not None),
            sheet.take("status", word(ManualStatus, "status"), ""),
            sheet.take("calendar", flag, True),
            sheet.take("interval", duration, None),
        )
        sheet.close()
        return made

    def _step(self, sheet: Sheet) -> Step | None:
        say = sheet.need("say", words_for_people)
        until_given, do_given = "until" in sheet, "do" in sheet
        step = Step(
            say or "",
            sheet.take("then", words_for_people, ""),
            sheet.take("point", word(CONTROLS, "control"), ""),
            sheet.take("who", self._who, ""),
            read_conditions(sheet.sheet("until", "until"), self._who),
            read_acts(sheet.sheet("do", "do"), self._who),
            sheet.take("offer", plain_words, ""),
            sheet.take("needs", _list_of(word(NEEDS, "need")), USUAL),
        )
        sheet.close()
        self._agree(sheet, step, until=until_given, do=do_given)
        return step if say is not None else None

    def _agree(self, sheet: Sheet, step: Step, *, until: bool, do: bool) -> None:
        """What one key says must fit the others."""
        if self._notes.incomplete:
            return
        if until and not step.then and "then" not in sheet:
            self._notes.add(sheet.path, "a step that waits for something says what happened: then")
        if "then" in sheet and not until:
            sheet.wrong("then", "nothing is waited for; give until")
        if "offer" in sheet and not do:
            sheet.wrong("offer", "the button would do nothing; give do")
        if not step.who:
            for key, said in (("say", step.say), ("then", step.then)):
                for name in places(said):
                    if name in OF_SOMEBODY:
                        sheet.wrong(key, f"{{{name}}} speaks of somebody; give who")


def _person(people: tuple[str, ...]) -> Who:
    """One of these; the first is "", whether it is named or left out."""
    known = word(people, "person of the organisation")
    return lambda value: "" if value == people[0] else known(value)


def _list_of(convert: Callable[[object], str]) -> Callable[[object], tuple[str, ...]]:
    def read(value: object) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise WrongValueError('a list is needed here, like ["signed in"]')
        return tuple(convert(one) for one in value)

    return read
