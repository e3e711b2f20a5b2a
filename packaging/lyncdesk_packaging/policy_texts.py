"""What the policy templates say of each key, in each language that ships, from the product's own texts.

The sentences around them stand here: only administrators' tools show them, so they are none of the product's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lyncdesk.client.policy import PolicyKey
from lyncdesk.client.value_kinds import Choice, shown
from lyncdesk.client.words import Words, catalogue

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
        "switch": "Enabled: it is so. Disabled: it is not so. Not configured: {default}.",
        "value": "Enabled: the value below holds. Disabled or not configured: {default}.",
        "range": "Allowed: {range}.",
        "line": "{effect} It takes {range}. Built in: {value}.",
        "key": "Registry value: {key}",
        "built_in": "the built-in value holds ({value})",
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
        "switch": "Aktiviert: Es ist so. Deaktiviert: Es ist nicht so. Nicht konfiguriert: {default}.",
        "value": "Aktiviert: Der Wert unten gilt. Deaktiviert oder nicht konfiguriert: {default}.",
        "range": "Erlaubt: {range}.",
        "line": "{effect} Erlaubt: {range}. Eingebaut: {value}.",
        "key": "Registrierungswert: {key}",
        "built_in": "Der eingebaute Wert gilt ({value})",
        "nothing": "Nichts ist vorgeschrieben",
        "consent": "Dieses Profil legt Richtlinien von LyncDesk fest. Im Programm sind sie nicht zu ändern.",
    },
}


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

    def choice(self, row: PolicyKey, choice: str) -> str:
        """How a list shows one of the texts that a key takes: as the product does, else as it is written."""
        return self._words()(choice) if isinstance(row.kind, Choice) else choice

    def built_in(self, row: PolicyKey) -> str:
        """What holds where nobody sets the key."""
        value = row.kind.write(row.default)
        return self.frame("nothing") if value == "" else self.frame("built_in", value=shown(value))

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
            *([] if is_switch else [self.frame("range", range=self.range(row))]),
            self.frame("default" if recommended else "mandatory"),
            self.frame("key", key=rf"Recommended\{row.key}" if recommended else row.key),
        ]
        return "\n\n".join(parts)

    def _words(self) -> Words:
        return Words(catalogue(self.language), self.language)
