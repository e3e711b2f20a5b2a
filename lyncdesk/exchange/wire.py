"""Messages between the client and its Exchange worker: a mark, a length, JSON.

Nothing but values travels (no pickle, so the worker cannot make the client run anything), sizes are bounded
on both sides, and the mark tells a message from a stray print at once.
"""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO

LIMIT = 32 * 1024 * 1024  # bytes of one message; 5,000 items with long subjects need about 5 million
_HEADER = struct.Struct(">2sI")
_MARK = b"LD"

Message = dict[str, Any]

# The operation that is none of Exchange: which version a place names.
NEWEST_RELEASE = "newest-release"


class WireError(Exception):
    """What came is no message of this protocol."""


def encode(message: Mapping[str, object]) -> bytes:
    """One message as bytes.

    Raises:
        WireError: if it is longer than LIMIT.
    """
    body = json.dumps(message, separators=(",", ":")).encode()
    if len(body) > LIMIT:
        raise WireError(f"a message of {len(body)} bytes")
    return _HEADER.pack(_MARK, len(body)) + body


def length_of(header: bytes) -> int:
    """How many bytes follow the header.

    Raises:
        WireError: for a header of something else, and for more than LIMIT.
    """
    mark, length = _HEADER.unpack(header)
    if mark != _MARK:
        raise WireError("something that is no message")
    if length > LIMIT:
        raise WireError(f"a message of {length} bytes")
    return int(length)


def decode(body: bytes) -> Message:
    """The message in the bytes that followed a header.

    Raises:
        WireError: for anything but a JSON object.
    """
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise WireError("a message that is no JSON") from error
    if not isinstance(message, dict):
        raise WireError("a message that is no object")
    return message


def read_message(stream: BinaryIO) -> Message | None:
    """The next message of a blocking stream, None at its end.

    Raises:
        WireError: for rubbish, or an end within a message.
    """
    header = stream.read(_HEADER.size)
    if not header:
        return None
    if len(header) < _HEADER.size:
        raise WireError("half a header")
    length = length_of(header)
    body = stream.read(length)
    if len(body) < length:
        raise WireError("half a message")
    return decode(body)


async def receive(reader: asyncio.StreamReader) -> Message:
    """The next message of an asyncio stream.

    Raises:
        WireError: for rubbish.
        asyncio.IncompleteReadError: at the end of the stream.
    """
    return decode(await reader.readexactly(length_of(await reader.readexactly(_HEADER.size))))
