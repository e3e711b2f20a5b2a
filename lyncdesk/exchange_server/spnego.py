"""SPNEGO (RFC 4178) as far as it carries NTLM: tokens taken apart and put together, in DER."""

from collections.abc import Iterator
from dataclasses import dataclass

SPNEGO = bytes.fromhex("06062b0601050502")
NTLM = bytes.fromhex("060a2b06010401823702020a")
_INIT, _RESP, _SEQUENCE, _OCTETS, _ENUMERATED = 0x60, 0xA1, 0x30, 0x04, 0x0A
COMPLETED, INCOMPLETE, REJECTED, REQUEST_MIC = range(4)


class NotSpnego(ValueError):  # noqa: N818 - it says what the bytes are not
    """The bytes are no token of SPNEGO."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a client sent. `mechanisms` is the list as it was encoded, which is what gets signed; empty in
    all but the first token. `preferred`: NTLM is the first of them.
    """

    inner: bytes | None = None
    signature: bytes | None = None
    mechanisms: bytes = b""
    offers_ntlm: bool = False
    preferred: bool = False


def read(data: bytes) -> Token:
    """Take a token of a client apart. Raises NotSpnego."""
    tag, value = _one(data)
    if tag == _INIT:
        if not value.startswith(SPNEGO):
            raise NotSpnego
        tag, value = _one(value[len(SPNEGO) :])
        if tag != 0xA0:
            raise NotSpnego
        first = True
    elif tag == _RESP:
        first = False
    else:
        raise NotSpnego
    parts = dict(_several(_inside(value, _SEQUENCE)))
    inner, signature = (_inside(parts[key], _OCTETS) if key in parts else None for key in (0xA2, 0xA3))
    if not first:
        return Token(inner, signature)
    mechanisms = parts.get(0xA0, b"")
    names = [_write(tag, name) for tag, name in _several(_inside(mechanisms, _SEQUENCE))]
    return Token(inner, signature, mechanisms, NTLM in names, names[:1] == [NTLM])


def write(state: int, inner: bytes | None = None, signature: bytes | None = None) -> bytes:
    """The server's answer (NegTokenResp); it names NTLM as what was chosen."""
    parts = _write(0xA0, _write(_ENUMERATED, bytes((state,)))) + _write(0xA1, NTLM)
    if inner is not None:
        parts += _write(0xA2, _write(_OCTETS, inner))
    if signature is not None:
        parts += _write(0xA3, _write(_OCTETS, signature))
    return _write(_RESP, _write(_SEQUENCE, parts))


def _read(data: bytes) -> tuple[int, bytes, bytes]:
    """Tag, value, and what follows."""
    if len(data) < 2:
        raise NotSpnego
    tag, length, at = data[0], data[1], 2
    if length >= 0x80:
        at += length - 0x80
        if not 1 <= length - 0x80 <= 4 or len(data) < at:
            raise NotSpnego
        length = int.from_bytes(data[2:at], "big")
    if len(data) < at + length:
        raise NotSpnego
    return tag, data[at : at + length], data[at + length :]


def _one(data: bytes) -> tuple[int, bytes]:
    tag, value, rest = _read(data)
    if rest:
        raise NotSpnego
    return tag, value


def _several(data: bytes) -> Iterator[tuple[int, bytes]]:
    while data:
        tag, value, data = _read(data)
        yield tag, value


def _inside(data: bytes, wanted: int) -> bytes:
    tag, value = _one(data)
    if tag != wanted:
        raise NotSpnego
    return value


def _write(tag: int, value: bytes) -> bytes:
    length = len(value)
    if length < 0x80:
        return bytes((tag, length)) + value
    size = (length.bit_length() + 7) // 8
    return bytes((tag, 0x80 + size)) + length.to_bytes(size, "big") + value
