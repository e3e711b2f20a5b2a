"""macOS: the configuration profile that puts a policy among the managed preferences, and Jamf's form for it.

The payload is ``com.apple.ManagedClient.preferences``, which Apple documents for any program's domain, for
the device and for a person. UUIDs are derived from the identifiers, so that the same profile replaces itself.

Source: Apple's Device Management reference, "TopLevel" and "ManagedPreferences"; Jamf Pro, "custom schema".
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape

from lyncdesk.client.policy import POLICY, PolicyKey
from lyncdesk.client.value_kinds import Minutes, Span, Whole
from lyncdesk.machine.policy_preferences import DOMAIN
from lyncdesk_packaging.policy_admx import choices
from lyncdesk_packaging.policy_examples import System, example_value, plist_line
from lyncdesk_packaging.policy_texts import CULTURES, PolicyTexts

IDENTIFIER = f"{DOMAIN}.policy"
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN"'
    ' "http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n'
)
_INSIDE = "\t" * 9
_DURATION = "^(([0-9]+:[0-5][0-9]:[0-5][0-9])|(([0-9]+h)?([0-9]+m)?([0-9]+s)?))$"


def profile(mandatory: Mapping[str, object], recommended: Mapping[str, object]) -> bytes:
    """The profile that sets these values."""
    lines = [_INSIDE + plist_line(key, raw) for key, raw in mandatory.items()]
    if recommended:
        lines += _dictionary(_INSIDE + "\t" + plist_line(key, raw) for key, raw in recommended.items())
    return _around(lines)


def profile_template() -> bytes:
    """A profile in which every key stands, explained, in a comment: what is taken out of it is set."""
    texts = PolicyTexts("en")
    lines = [_INSIDE + _comment("A key that stands here is mandatory. Take the marks off those you want.")]
    for row in POLICY.values():
        lines += [_INSIDE + _comment(texts.line(row)), _INSIDE + _comment(_example(row))]
    defaults = (
        f"{_INSIDE}\t{line}"
        for line in (
            _comment("A key that stands in here is a default that people may change."),
            _comment(_example(POLICY["IdleThreshold"])),
        )
    )
    return _around([*lines, *_dictionary(defaults)])


def _example(row: PolicyKey) -> str:
    return plist_line(row.key, example_value(row, System.MACOS))


def _comment(text: str) -> str:
    if "--" in text or text.endswith("-"):
        raise ValueError(f"no comment of XML can hold “{text}”")
    return f"<!-- {text} -->"


def _dictionary(lines: Iterable[str]) -> list[str]:
    return [f"{_INSIDE}<key>Recommended</key>", f"{_INSIDE}<dict>", *lines, f"{_INSIDE}</dict>"]


def _uuid(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, name)).upper()


def _around(settings: Iterable[str]) -> bytes:
    texts = PolicyTexts("en")
    consent = {"default" if language == "en" else language: language for language in CULTURES.values()}
    lines = [
        "<dict>",
        *_pair("ConsentText", ""),
        "\t<dict>",
        *(
            line
            for key, language in consent.items()
            for line in _pair(key, f"<string>{escape(PolicyTexts(language).frame('consent'))}</string>", 2)
        ),
        "\t</dict>",
        *_pair("PayloadContent", ""),
        "\t<array>",
        "\t\t<dict>",
        *_pair("PayloadContent", "", 3),
        "\t\t\t<dict>",
        *_pair(DOMAIN, "", 4),
        "\t\t\t\t<dict>",
        *_pair("Forced", "", 5),
        "\t\t\t\t\t<array>",
        "\t\t\t\t\t\t<dict>",
        *_pair("mcx_preference_settings", "", 7),
        "\t\t\t\t\t\t\t<dict>",
        *(line.removeprefix("\t") for line in settings),
        "\t\t\t\t\t\t\t</dict>",
        "\t\t\t\t\t\t</dict>",
        "\t\t\t\t\t</array>",
        "\t\t\t\t</dict>",
        "\t\t\t</dict>",
        *_common(f"{IDENTIFIER}.settings", "com.apple.ManagedClient.preferences", 3),
        "\t\t</dict>",
        "\t</array>",
        *_pair("PayloadDescription", f"<string>{escape(texts.frame('about'))}</string>"),
        # Managed means that people do not take it off themselves.
        *_pair("PayloadRemovalDisallowed", "<true/>"),
        *_pair("PayloadScope", "<string>System</string>"),
        *_common(IDENTIFIER, "Configuration", 1),
        "</dict>",
    ]
    return (_HEAD + '<plist version="1.0">\n' + "\n".join(lines) + "\n</plist>\n").encode()


def _pair(key: str, value: str, depth: int = 1) -> list[str]:
    tabs = "\t" * depth
    return [f"{tabs}<key>{key}</key>", *([tabs + value] if value else [])]


def _common(identifier: str, type_: str, depth: int) -> list[str]:
    pairs = {
        "PayloadDisplayName": "<string>LyncDesk</string>",
        "PayloadIdentifier": f"<string>{identifier}</string>",
        "PayloadType": f"<string>{type_}</string>",
        "PayloadUUID": f"<string>{_uuid(identifier)}</string>",
        "PayloadVersion": "<integer>1</integer>",
    }
    return [line for key, value in pairs.items() for line in _pair(key, value, depth)]


def jamf_schema() -> bytes:
    """The form that Jamf Pro shows for the domain, as a JSON schema."""
    keys = {row.key: _property(row, number) for number, row in enumerate(POLICY.values())}
    inner = {
        "title": "Recommended",
        "description": PolicyTexts("en").frame("recommended"),
        "type": "object",
        "property_order": len(keys),
        "properties": keys,
    }
    schema = {
        "title": f"LyncDesk ({DOMAIN})",
        "description": PolicyTexts("en").frame("about"),
        "type": "object",
        "properties": {**keys, "Recommended": inner},
    }
    return (json.dumps(schema, indent=2, ensure_ascii=False) + "\n").encode()


_JSON: Mapping[type, str] = {bool: "boolean", int: "integer", str: "string"}


def _property(row: PolicyKey, number: int) -> dict[str, object]:
    texts = PolicyTexts("en")
    default = row.kind.write(row.default)
    found: dict[str, object] = {
        "title": row.key,
        "description": f"{texts.effect(row)} {texts.frame('range', range=texts.range(row))}",
        "type": _JSON[type(default)],
        "property_order": number,
        "default": default,
    }
    match row.kind:
        case Whole(low, high) | Minutes(low, high):
            found |= {"minimum": low, "maximum": high}
        case Span():
            found["pattern"] = _DURATION
        case _ if found_choices := choices(row):
            found["enum"] = [*([default] if default not in found_choices else []), *found_choices]
    return found
