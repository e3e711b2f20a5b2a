"""One key of the policy table as each system's files write it: a line of TOML, of a .reg file, of a plist.

The policy templates, their tests and the administrators' page take their examples from here, so that a new
row of the table has them by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from xml.sax.saxutils import escape

import tomli_w

from lyncdesk.client.policy import PolicyKey
from lyncdesk.client.value_kinds import Choice, Minutes, NotAllowedError, Span, Switch, Text, Whole


class System(Enum):
    """Whose files are written."""

    LINUX = "Linux"
    WINDOWS = "Windows"
    MACOS = "macOS"


# Texts that stand for themselves. The first that a kind takes is its example.
_TEXTS = ("https://mail.contoso.com/EWS/Exchange.asmx", "anna.keller@contoso.com", "contoso")
_FILES: Mapping[System, str] = {
    System.LINUX: "/etc/ssl/certs/contoso-ca.pem",
    System.WINDOWS: r"C:\ProgramData\Contoso\contoso-ca.pem",
    System.MACOS: "/Library/Contoso/contoso-ca.pem",
}
# Where the first that fits would say something else than is meant.
_OWN: Mapping[str, str] = {
    "AccountAddress": "{user}@contoso.com",
    "AccountUserName": r"CONTOSO\{user}",
    "NewerVersionUrl": "https://intranet.contoso.com/lyncdesk/latest.json",
    "ProxyUrl": "http://proxy.contoso.com:8080",
}


@dataclass(frozen=True, slots=True)
class Example:
    """A value that is allowed and is not the built-in one, and a line that sets it on each system."""

    toml: str
    reg: str
    plist: str


def example(row: PolicyKey) -> Example:
    """The example of a key. Registry and plist lines are those inside the key and the dictionary."""
    return Example(
        toml_line(row.key, example_value(row, System.LINUX)),
        reg_line(row.key, example_value(row, System.WINDOWS)),
        plist_line(row.key, example_value(row, System.MACOS)),
    )


def example_value(row: PolicyKey, system: System = System.LINUX) -> object:
    """The example's value as TOML holds it: bool, int or str.

    Raises:
        LookupError: no example is known for a text of this kind; ``_TEXTS`` wants one more.
    """
    for raw in _candidates(row, system):
        try:
            value = row.kind.read(raw)
        except NotAllowedError:
            continue
        if value != row.default:
            return raw
    raise LookupError(f"{row.key}: no example fits it; add one to lyncdesk_packaging.policy_examples")


def _candidates(row: PolicyKey, system: System) -> Iterator[object]:
    match row.kind:
        case Switch():
            yield from (True, False)
        case Whole(low, high) | Minutes(low, high):
            default = row.kind.write(row.default)
            yield from (default * 2 if isinstance(default, int) else low, low, high)
        case Span(low, high):
            half = row.default / 2 if isinstance(row.default, timedelta) else low
            yield from (row.kind.write(value) for value in (half, low, high))
        case Choice(of):
            yield from (str(member.value) for member in of)
        case Text(choices=choices) if choices:
            yield choices[-1]
        case _:
            yield from (*filter(None, [_OWN.get(row.key)]), _FILES[system], *_TEXTS)


def toml_line(key: str, raw: object) -> str:
    """``IdleThreshold = 10``."""
    return tomli_w.dumps({key: raw}).rstrip("\n")


def reg_line(key: str, raw: object) -> str:
    """``"IdleThreshold"=dword:0000000a``: a switch and a number are REG_DWORD, a text is REG_SZ."""
    if isinstance(raw, int):
        return f'"{key}"=dword:{int(raw):08x}'
    text = str(raw).replace("\\", r"\\").replace('"', r"\"")
    return f'"{key}"="{text}"'


def plist_line(key: str, raw: object) -> str:
    """``<key>IdleThreshold</key><integer>10</integer>``."""
    match raw:
        case bool():
            value = "<true/>" if raw else "<false/>"
        case int():
            value = f"<integer>{raw}</integer>"
        case _:
            value = f"<string>{escape(str(raw))}</string>"
    return f"<key>{escape(key)}</key>{value}"
