"""Group Policy's editor, as far as LyncDesk's templates need it: what it shows, takes, and writes.

Source: Microsoft's "Group Policy ADMX Syntax Reference Guide" and the schema in [MS-GPREG] section 7. An
enabled policy writes its ``enabledValue`` (REG_DWORD 1 where there is none) if it has a ``valueName``, and
what was typed into each element; a disabled one writes its ``disabledValue``, and removes the values of its
elements; one that is not configured leaves everything alone.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, fromstring

from tests.hives import DWORD, EXPAND_SZ, SZ, Data

NAMESPACE = "{http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions}"


class RefusedError(ValueError):
    """What the editor does not let an administrator type."""


def _one(element: Element, name: str) -> Element:
    found = element.find(NAMESPACE + name)
    assert found is not None, (element.tag, element.attrib, name)
    return found


def _text(element: Element) -> str:
    return element.text or ""


@dataclass
class Language:
    """An ADML file: strings and presentations by their names."""

    strings: dict[str, str]
    presentations: dict[str, Element]
    used: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, data: bytes) -> "Language":
        resources = _one(fromstring(data), "resources")
        strings = [(found.attrib["id"], _text(found)) for found in _one(resources, "stringTable")]
        shown = [(found.attrib["id"], found) for found in _one(resources, "presentationTable")]
        assert len(dict(strings)) == len(strings), "a string twice"
        assert len(dict(shown)) == len(shown), "a presentation twice"
        return cls(dict(strings), dict(shown))

    def string(self, reference: str) -> str:
        """The text of ``$(string.NAME)``; a KeyError where there is none."""
        found = re.fullmatch(r"\$\(string\.(\w+)\)", reference)
        assert found, reference
        self.used.add(found[1])
        return self.strings[found[1]]

    def presentation(self, reference: str) -> Element:
        """The controls of ``$(presentation.NAME)``; a KeyError where there are none."""
        found = re.fullmatch(r"\$\(presentation\.(\w+)\)", reference)
        assert found, reference
        self.used.add(found[1])
        return self.presentations[found[1]]


@dataclass
class Registry:
    """What the editor wrote: values by key and name."""

    values: dict[str, dict[str, tuple[int, object]]] = field(default_factory=dict)

    def set(self, key: str, name: str, type_: int, data: object) -> None:
        self.values.setdefault(key, {})[name] = (type_, data)

    def remove(self, key: str, name: str) -> None:
        self.values.get(key, {}).pop(name, None)

    def below(self, prefix: str) -> Mapping[str, list[Data]]:
        """The values for a hive whose root is ``prefix``."""
        return {
            key.removeprefix(prefix + "\\"): [(name, type_, data) for name, (type_, data) in values.items()]
            for key, values in self.values.items()
        }


class PolicyEditor:
    """One template with one language, over one registry."""

    def __init__(self, admx: bytes, adml: bytes) -> None:
        self._root = fromstring(admx)
        self.language = Language.of(adml)
        self.registry = Registry()
        found = [(policy.attrib["name"], policy) for policy in _one(self._root, "policies")]
        self.policies = dict(found)
        assert len(self.policies) == len(found), "a policy twice"

    def tree(self) -> dict[str, list[str]]:
        """What the editor shows: the names of the policies by the path of the category that they are in."""
        categories = {found.attrib["name"]: found for found in _one(self._root, "categories")}
        supported = {found.attrib["name"] for found in _one(_one(self._root, "supportedOn"), "definitions")}
        for definition in _one(_one(self._root, "supportedOn"), "definitions"):
            self.language.string(definition.attrib["displayName"])

        def path(name: str) -> str:
            category = categories[name]
            self.language.string(category.attrib["explainText"])
            parent = category.find(f"{NAMESPACE}parentCategory")
            shown = self.language.string(category.attrib["displayName"])
            return shown if parent is None else f"{path(parent.attrib['ref'])}/{shown}"

        shown: dict[str, list[str]] = {}
        for policy in self.policies.values():
            assert _one(policy, "supportedOn").attrib["ref"] in supported
            assert self.language.string(policy.attrib["explainText"]).strip()
            name = self.language.string(policy.attrib["displayName"])
            shown.setdefault(path(_one(policy, "parentCategory").attrib["ref"]), []).append(name)
        return shown

    def controls(self, name: str) -> dict[str, Element]:
        """The controls of a policy, by the element that each fills."""
        policy = self.policies[name]
        reference = policy.attrib.get("presentation")
        found = (
            {}
            if reference is None
            else {control.attrib["refId"]: control for control in self.language.presentation(reference)}
        )
        assert list(found) == [element.attrib["id"] for element in self._elements(policy)], name
        return found

    def enable(self, name: str, **typed: object) -> None:
        """Enable a policy, with what was typed or picked (a text, as it is shown) for each element."""
        policy = self.policies[name]
        key = policy.attrib["key"]
        if "valueName" in policy.attrib:
            self._write(key, policy.attrib["valueName"], policy.find(f"{NAMESPACE}enabledValue"))
        elements = list(self._elements(policy))
        assert set(typed) == {element.attrib["id"] for element in elements}
        for element in elements:
            self._fill(key, element, typed[element.attrib["id"]])

    def disable(self, name: str) -> None:
        """Disable a policy."""
        policy = self.policies[name]
        key = policy.attrib["key"]
        if "valueName" in policy.attrib:
            disabled = policy.find(f"{NAMESPACE}disabledValue")
            if disabled is None:
                self.registry.remove(key, policy.attrib["valueName"])
            else:
                self._write(key, policy.attrib["valueName"], disabled)
        for element in self._elements(policy):
            self.registry.remove(key, element.attrib["valueName"])

    def choices(self, element: Element) -> list[tuple[str, str]]:
        """What a drop-down list shows, and what each entry writes."""
        return [
            (self.language.string(item.attrib["displayName"]), _text(_one(_one(item, "value"), "string")))
            for item in element
        ]

    def elements(self, name: str) -> list[Element]:
        """The elements of a policy."""
        return list(self._elements(self.policies[name]))

    @staticmethod
    def _elements(policy: Element) -> Iterator[Element]:
        yield from policy.find(f"{NAMESPACE}elements") or ()

    def _write(self, key: str, name: str, value: Element | None) -> None:
        if value is None:
            self.registry.set(key, name, DWORD, 1)
            return
        (inner,) = value
        if inner.tag == f"{NAMESPACE}decimal":
            self.registry.set(key, name, DWORD, int(inner.attrib["value"]))
        else:
            self.registry.set(key, name, SZ, _text(inner))

    def _fill(self, key: str, element: Element, typed: object) -> None:
        name, attributes = element.attrib["valueName"], element.attrib
        if typed == "" and attributes.get("required") == "true":
            raise RefusedError("a value is required")
        match element.tag.removeprefix(NAMESPACE):
            case "decimal":
                low, high = int(attributes.get("minValue", 0)), int(attributes.get("maxValue", 9999))
                if not isinstance(typed, int) or not low <= typed <= high:
                    raise RefusedError(f"a number from {low} to {high}")
                self.registry.set(key, name, DWORD, typed)
            case "text":
                if not isinstance(typed, str) or len(typed) > int(attributes.get("maxLength", 1023)):
                    raise RefusedError("too long")
                expandable = attributes.get("expandable") == "true"
                self.registry.set(key, name, EXPAND_SZ if expandable else SZ, typed)
            case "enum":
                found = dict(self.choices(element))
                if typed not in found:
                    raise RefusedError(f"one of {', '.join(found)}")
                self.registry.set(key, name, SZ, found[str(typed)])
            case other:
                raise AssertionError(f"the editor knows no element {other}")
