"""Group Policy's templates: LyncDesk.admx, and one LyncDesk.adml for each language.

Every key of the policy table is there twice: as a policy, and as a default in a category of its own. A switch
writes REG_DWORD 1 when it is enabled and 0 when it is disabled; any other key has one element, whose value is
removed when the policy is disabled.

Source: [MS-GPREG] sections 7.1 to 7.3, the schema of ADMX files.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from lyncdesk.client.policy import POLICY, PolicyKey
from lyncdesk.client.value_kinds import FULL_PATH, Choice, Minutes, Span, Switch, Text, Whole
from lyncdesk.machine.policy_registry import KEY
from lyncdesk_packaging.policy_texts import PolicyTexts

NAMESPACE = "http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions"
# Of the files among each other: an ADML must be at least as new as its ADMX wants it.
REVISION = "1.0"
_CATEGORIES = ("LyncDesk", "LyncDesk_Recommended")
_SUPPORTED = "SUPPORTED_LyncDesk"
_LONGEST_DURATION = 20
_LONGEST_TEXT = 1023


def admx() -> bytes:
    """The policies themselves, which are the same in each language."""
    root = Element("policyDefinitions", {"xmlns": NAMESPACE, "revision": REVISION, "schemaVersion": "1.0"})
    namespaces = SubElement(root, "policyNamespaces")
    SubElement(namespaces, "target", {"prefix": "lyncdesk", "namespace": "LyncDesk.Policies.LyncDesk"})
    SubElement(root, "resources", {"minRequiredRevision": REVISION})
    definitions = SubElement(SubElement(root, "supportedOn"), "definitions")
    SubElement(definitions, "definition", {"name": _SUPPORTED, "displayName": _string(_SUPPORTED)})
    categories = SubElement(root, "categories")
    parent: str | None = None
    for name in _CATEGORIES:
        texts = {"displayName": _string(name), "explainText": _string(f"{name}_Explain")}
        category = SubElement(categories, "category", {"name": name, **texts})
        if parent is not None:
            SubElement(category, "parentCategory", {"ref": parent})
        parent = name
    policies = SubElement(root, "policies")
    for row, name, recommended in _policies():
        _policy(policies, row, name, recommended)
    return _written(root)


def adml(language: str) -> bytes:
    """Every text that the policies show, in a language."""
    texts = PolicyTexts(language)
    root = Element(
        "policyDefinitionResources", {"xmlns": NAMESPACE, "revision": REVISION, "schemaVersion": "1.0"}
    )
    SubElement(root, "displayName").text = texts.frame("title")
    SubElement(root, "description").text = texts.frame("about")
    resources = SubElement(root, "resources")
    strings = SubElement(resources, "stringTable")
    for name, text in _strings(texts):
        SubElement(strings, "string", {"id": name}).text = text
    presentations = SubElement(resources, "presentationTable")
    for row in POLICY.values():
        if not isinstance(row.kind, Switch):
            _control(SubElement(presentations, "presentation", {"id": row.key}), row, texts)
    return _written(root)


def _policies() -> Iterator[tuple[PolicyKey, str, bool]]:
    for recommended in (False, True):
        for row in POLICY.values():
            yield row, f"{row.key}_Recommended" if recommended else row.key, recommended


def _string(name: str) -> str:
    return f"$(string.{name})"


def _policy(policies: Element, row: PolicyKey, name: str, recommended: bool) -> None:
    attributes = {
        "name": name,
        "class": "Both",
        "displayName": _string(row.key),
        "explainText": _string(f"{name}_Explain"),
        "key": rf"{KEY}\Recommended" if recommended else KEY,
    }
    switch = isinstance(row.kind, Switch)
    # A policy that has elements and a valueName too would write a second value of that name.
    attributes |= {"valueName": row.key} if switch else {"presentation": f"$(presentation.{row.key})"}
    policy = SubElement(policies, "policy", attributes)
    SubElement(policy, "parentCategory", {"ref": _CATEGORIES[recommended]})
    SubElement(policy, "supportedOn", {"ref": _SUPPORTED})
    if switch:
        SubElement(SubElement(policy, "enabledValue"), "decimal", {"value": "1"})
        SubElement(SubElement(policy, "disabledValue"), "decimal", {"value": "0"})
    else:
        _element(SubElement(policy, "elements"), row)


def choices(row: PolicyKey) -> tuple[str, ...]:
    """All the texts that a key takes, where it takes no others."""
    match row.kind:
        case Choice(of):
            return tuple(str(member.value) for member in of)
        case Text(choices=found):
            return found
    return ()


def _element(elements: Element, row: PolicyKey) -> None:
    common = {"id": row.key, "valueName": row.key, "required": "true"}
    match row.kind:
        case Whole(low, high) | Minutes(low, high):
            SubElement(elements, "decimal", {**common, "minValue": str(low), "maxValue": str(high)})
        case Span():
            SubElement(elements, "text", {**common, "maxLength": str(_LONGEST_DURATION)})
        case _ if found := choices(row):
            enum = SubElement(elements, "enum", common)
            for number, choice in enumerate(found):
                item = SubElement(enum, "item", {"displayName": _string(f"{row.key}_{number}")})
                SubElement(SubElement(item, "value"), "string").text = choice
        case Text():
            # A path may hold %ProgramData% and the like.
            expandable = {"expandable": "true"} if row.kind is FULL_PATH else {}
            SubElement(elements, "text", {**common, "maxLength": str(_LONGEST_TEXT), **expandable})
        case _:
            raise TypeError(f"{row.key}: Group Policy has no element for {row.kind!r}")


def _control(presentation: Element, row: PolicyKey, texts: PolicyTexts) -> None:
    default = row.kind.write(row.default)
    # A list shows itself what there is.
    takes = "" if choices(row) else f" ({texts.range(row)})"
    label = f"{texts.frame('label')}{takes}:"
    refers = {"refId": row.key}
    match row.kind:
        case Whole() | Minutes():
            SubElement(presentation, "decimalTextBox", {**refers, "defaultValue": str(default)}).text = label
        case Span(low, high):
            box = SubElement(presentation, "comboBox", {**refers, "noSort": "true"})
            SubElement(box, "label").text = label
            SubElement(box, "default").text = str(default)
            for suggestion in _suggestions(low, high):
                SubElement(box, "suggestion").text = str(row.kind.write(suggestion))
        case _ if found := choices(row):
            item = found.index(str(default)) if default in found else 0
            attributes = {**refers, "noSort": "true", "defaultItem": str(item)}
            SubElement(presentation, "dropdownList", attributes).text = label
        case _:
            SubElement(SubElement(presentation, "textBox", refers), "label").text = label


_STEPS = tuple(
    timedelta(seconds=seconds) for seconds in (1, 60, 300, 900, 1800, 3600, 7200, 14400, 28800, 43200, 86400)
)


def _suggestions(low: timedelta, high: timedelta) -> list[timedelta]:
    return sorted({low, high, *(step for step in _STEPS if low <= step <= high)})


def _strings(texts: PolicyTexts) -> Iterator[tuple[str, str]]:
    yield _SUPPORTED, texts.frame("supported")
    for name, frame in zip(_CATEGORIES, ("category", "recommended"), strict=True):
        yield name, texts.frame(frame)
        yield f"{name}_Explain", texts.frame(f"{frame}_explain")
    for row in POLICY.values():
        yield row.key, texts.name(row)
        for number, choice in enumerate(choices(row)):
            yield f"{row.key}_{number}", texts.choice(row, choice)
    for row, name, recommended in _policies():
        yield f"{name}_Explain", texts.explained(row, recommended=recommended)


def _written(root: Element) -> bytes:
    indent(root)
    text: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"
