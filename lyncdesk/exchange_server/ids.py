"""The opaque ids of items and folders. They say where a thing is, so that nothing has to be looked up by
them.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.model import kept_by_exchange

_MARK = b"\x00\x03$"  # what makes the ids of Exchange begin with AAMk
_CHANGE_MARK = b"\x0f\x00\x00"  # and its change keys with DwAA


@dataclass(frozen=True, slots=True)
class Ident:
    """What an id says: whose mailbox, and the folder, the contact, the entry, or the one occurrence of a
    series.
    """

    kind: Literal["folder", "item", "contact"]
    address: str
    key: str
    original: datetime | None = None


def write_id(ident: Ident) -> str:
    """The id as a client gets it."""
    return base64.b64encode(payload(ident)).decode("ascii")


def payload(ident: Ident) -> bytes:
    """The id as bytes."""
    original = ident.original.astimezone(UTC).isoformat() if ident.original else ""
    return _MARK + "\x00".join((ident.kind, ident.address, ident.key, original)).encode()


def read_id(text: str) -> Ident:
    """The reverse of `write_id`. Raises RowError (ErrorInvalidIdMalformed)."""
    try:
        return read_payload(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        raise RowError("ErrorInvalidIdMalformed") from None


def read_payload(data: bytes) -> Ident:
    """The reverse of `payload`. Raises RowError (ErrorInvalidIdMalformed)."""
    try:
        if not data.startswith(_MARK):
            raise ValueError
        kind, address, key, original = data.removeprefix(_MARK).decode().split("\x00")
        moment = datetime.fromisoformat(original) if original else None
        if moment and (moment.tzinfo is None or not kept_by_exchange(moment)):
            raise ValueError
        match kind:
            case "folder":
                return Ident("folder", address, key)
            case "item":
                return Ident("item", address, key, moment)
            case "contact":
                return Ident("contact", address, key)
        raise ValueError
    except ValueError:
        raise RowError("ErrorInvalidIdMalformed") from None


def change_key(version: int) -> str:
    """The change key of a version."""
    return base64.b64encode(_CHANGE_MARK + version.to_bytes(8, "big")).decode("ascii")


def version_of(key: str) -> int:
    """The version of a change key; -1, which no entry has, for any other text."""
    try:
        data = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        return -1
    return int.from_bytes(data[3:], "big") if data.startswith(_CHANGE_MARK) and len(data) == 11 else -1
