"""What the policy templates say of each key, in each language that ships, from the product's own texts.

The sentences around them stand here: only administrators' tools show them, so they are none of the product's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lyncdesk.client.policy import PolicyKey
from lyncdesk.client.settings_fields import FIELDS
from lyncdesk.client.value_kinds import Choice, shown
from lyncdesk.client.words import Words, catalogue
from lyncdesk_packaging.policy_examples import example_value

# By the name of the culture, as Windows names the folder of the language.
CULTURES: Mapping[str, str] = {"en-US": "en", "de-DE": "de"}

FRAME: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "LyncDesk",
        "about": "Policies of LyncDesk, the desktop client for calendar-based presence.",
        "category": "LyncDesk",
        "category_explain": "What is set here holds for everybody; people see “Set by your administrator”.",
        "recommended": "Defaults that people may change",
        "recommended_explain": "What is set here holds until a person chooses something else in Options.",
        "supported": "LyncDesk for Windows",
        "label": "Value",
        "mandatory": "It is mandatory: people cannot change it.",
        "default": "It is a default: people may change it.",
        "no_choice": "It is a default, and holds: the program has no place where people could change it.",
        "switch": "Enabled: it is so. Disabled: it is not so. Not configured: {default}.",
        "value": "Enabled: the value below holds. Disabled or not configured: {default}.",
        "enabled": "as enabled",
        "disabled": "as disabled",
        "range": "Allowed: {range}.",
        "line": "{effect} It takes {range}. Built in: {value}.",
        "key": "Registry value: {key}",
        "built_in": "nothing is prescribed; built in: {value}",
        "nothing": "nothing is prescribed",
        "consent": "This profile sets policies of LyncDesk. They cannot be changed in the program.",
    },
    "de": {
        "title": "LyncDesk",
        "about": "Richtlinien von LyncDesk, dem Client für Anwesenheit nach dem Kalender.",
        "category": "LyncDesk",
        "category_explain": "Was hier festgelegt wird, gilt für alle: „Von Ihrem Administrator festgelegt“.",
        "recommended": "Vorgaben, die geändert werden dürfen",
        "recommended_explain": "Was hier festgelegt wird, gilt, bis jemand in den Optionen anders wählt.",
        "supported": "LyncDesk für Windows",
        "label": "Wert",
        "mandatory": "Das ist verbindlich: Niemand kann es ändern.",
        "default": "Das ist eine Vorgabe: Jeder darf sie ändern.",
        "no_choice": "Das ist eine Vorgabe, und sie gilt: Im Programm gibt es keine Stelle, sie zu ändern.",
        "switch": "Aktiviert: Es ist so. Deaktiviert: Es ist nicht so. Nicht konfiguriert: {default}.",
        "value": "Aktiviert: Der Wert unten gilt. Deaktiviert oder nicht konfiguriert: {default}.",
        "enabled": "wie aktiviert",
        "disabled": "wie deaktiviert",
        "range": "Erlaubt: {range}.",
        "line": "{effect} Erlaubt: {range}. Voreingestellt: {value}.",
        "key": "Registrierungswert: {key}",
        "built_in": "Nichts ist vorgeschrieben; voreingestellt: {value}",
        "nothing": "Nichts ist vorgeschrieben",
        "consent": "Dieses Profil legt Richtlinien von LyncDesk fest. Im Programm sind sie nicht zu ändern.",
    },
}


def people_can_choose(row: PolicyKey) -> bool:
    """Whether people have a choice of their own where nothing mandatory stands: in Options, on the first page
    or in their settings file.
    """
    governed = row.recommended(row.kind.read(example_value(row)))
    return all(name in FIELDS for name in governed)


def _layer(row: PolicyKey, *, recommended: bool) -> str:
    if not recommended:
        return "mandatory"
    return "default" if people_can_choose(row) else "no_choice"


@dataclass(frozen=True, slots=True)
class PolicyTexts:
    """The texts in one language ("en", "de")."""

    language: str

    def frame(self, name: str, **values: str) -> str:
        """One of the sentences around the keys."""
        return FRAME[self.language][name].format(**values)

    def name(self, row: PolicyKey) -> str:
        """How a list of policies calls the key: what it does, without the full stop."""
        return self._words()(row.effect).removesuffix(".")

    def effect(self, row: PolicyKey) -> str:
        """What the key does."""
        return self._words()(row.effect)

    def range(self, row: PolicyKey) -> str:
        """What the key takes."""
        return self._words()(row.kind.range)

    def shown_range(self, row: PolicyKey) -> str:
        """What the key takes, as a list of an editor shows it."""
        if not isinstance(row.kind, Choice):
            return self.range(row)
        return ", ".join(shown(self.choice(row, str(member.value))) for member in row.kind.of)

    def choice(self, row: PolicyKey, choice: str) -> str:
        """How a list shows one of the texts that a key takes: as the product does, else as it is written."""
        return self._words()(choice) if isinstance(row.kind, Choice) else choice

    def built_in(self, row: PolicyKey) -> str:
        """What holds where nobody sets the key."""
        value = row.kind.write(row.default)
        if value == "":
            return self.frame("nothing")
        if isinstance(value, bool):
            return self.frame("built_in", value=self.frame("enabled" if value else "disabled"))
        told = self.choice(row, str(value)) if isinstance(row.kind, Choice) else value
        return self.frame("built_in", value=shown(told))

    def line(self, row: PolicyKey) -> str:
        """The key in one line."""
        value = shown(row.kind.write(row.default))
        return self.frame("line", effect=self.effect(row), range=self.range(row), value=value)

    def explained(self, row: PolicyKey, *, recommended: bool) -> str:
        """Everything about the key, as a template's help shows it."""
        is_switch = isinstance(row.kind.write(row.default), bool)
        parts = [
            self.effect(row),
            self.frame("switch" if is_switch else "value", default=self.built_in(row)),
            *([] if is_switch else [self.frame("range", range=self.shown_range(row))]),
            self.frame(_layer(row, recommended=recommended)),
            self.frame("key", key=rf"Recommended\{row.key}" if recommended else row.key),
        ]
        return "\n\n".join(parts)

    def _words(self) -> Words:
        return Words(catalogue(self.language), self.language)
