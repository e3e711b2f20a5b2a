"""A certificate for the loopback, made on the spot, for trying a client's TLS against the embedded server.

The key lives as long as the process and protects nothing but a simulation, which is why these few lines of
arithmetic do: ECDSA on P-256 (FIPS 186-4) under an X.509 v3 wrapping (RFC 5280), without a further library.
"""

import base64
import hashlib
import secrets
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
_VALID = timedelta(days=3650)

Point = tuple[int, int]


def _add(left: Point | None, right: Point | None) -> Point | None:
    if left is None or right is None:
        return right if left is None else left
    if left[0] == right[0]:
        if (left[1] + right[1]) % _P == 0:
            return None
        slope = (3 * left[0] ** 2 - 3) * pow(2 * left[1], -1, _P)
    else:
        slope = (right[1] - left[1]) * pow(right[0] - left[0], -1, _P)
    x = (slope * slope - left[0] - right[0]) % _P
    return x, (slope * (left[0] - x) - left[1]) % _P


def _times(number: int, point: Point) -> Point:
    found: Point | None = None
    step: Point | None = point
    while number:
        if number & 1:
            found = _add(found, step)
        step = _add(step, step)
        number >>= 1
    if found is None:
        raise ArithmeticError("the point at infinity has no coordinates")
    return found


def _der(tag: int, *parts: bytes) -> bytes:
    data = b"".join(parts)
    length = len(data).to_bytes(max(1, (len(data).bit_length() + 7) // 8), "big")
    return bytes([tag]) + (length if len(data) < 128 else bytes([128 + len(length)]) + length) + data


def _integer(value: int) -> bytes:
    return _der(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _oid(text: str) -> bytes:
    first, second, *rest = map(int, text.split("."))
    data = bytes([first * 40 + second])
    for number in rest:
        digits = [number & 127]
        while number := number >> 7:
            digits.insert(0, 128 | number & 127)
        data += bytes(digits)
    return _der(6, data)


def _bits(data: bytes) -> bytes:
    return _der(3, b"\x00", data)


_SEQUENCE, _SET, _UTF8, _TIME, _OCTETS, _TRUE = 0x30, 0x31, 0x0C, 0x18, 0x04, b"\x01\x01\xff"
_SIGNS_BOTH = b"\x02\x84"  # key usage: digitalSignature and keyCertSign
_CURVE = "1.2.840.10045.3.1.7"
_KEY = "1.2.840.10045.2.1"
_ECDSA_SHA256 = "1.2.840.10045.4.3.2"


def _extension(oid: str, value: bytes, *, critical: bool = False) -> bytes:
    return _der(_SEQUENCE, _oid(oid), _TRUE if critical else b"", _der(_OCTETS, value))


def _sign(secret: int, message: bytes) -> bytes:
    digest = int.from_bytes(hashlib.sha256(message).digest(), "big")
    once = secrets.randbelow(_N - 1) + 1
    r = _times(once, _G)[0] % _N
    s = pow(once, -1, _N) * (digest + r * secret) % _N
    return _der(_SEQUENCE, _integer(r), _integer(s))


def _pem(kind: str, data: bytes) -> str:
    text = base64.encodebytes(data).decode("ascii").replace("\n", "")
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join((f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----", ""))


def make(now: datetime) -> tuple[str, str]:
    """A new self-signed certificate for localhost and 127.0.0.1, and its key, both in PEM."""
    secret = secrets.randbelow(_N - 1) + 1
    point = b"\x04" + b"".join(number.to_bytes(32, "big") for number in _times(secret, _G))
    algorithm = _der(_SEQUENCE, _oid(_ECDSA_SHA256))
    name = _der(
        _SEQUENCE, _der(_SET, _der(_SEQUENCE, _oid("2.5.4.3"), _der(_UTF8, b"LyncDesk embedded Exchange")))
    )
    begin, end = (
        _der(_TIME, moment.astimezone(UTC).strftime("%Y%m%d%H%M%SZ").encode())
        for moment in (now - timedelta(days=1), now + _VALID)
    )
    public = _der(_SEQUENCE, _der(_SEQUENCE, _oid(_KEY), _oid(_CURVE)), _bits(point))
    names = _der(_SEQUENCE, _der(0x82, b"localhost"), _der(0x87, bytes((127, 0, 0, 1))))
    identifier = hashlib.sha256(point).digest()[:20]
    extensions = _der(
        _SEQUENCE,
        _extension("2.5.29.17", names),
        _extension("2.5.29.19", _der(_SEQUENCE, _TRUE), critical=True),
        _extension("2.5.29.15", _der(3, _SIGNS_BOTH), critical=True),
        _extension("2.5.29.14", _der(_OCTETS, identifier)),
        _extension("2.5.29.35", _der(_SEQUENCE, _der(0x80, identifier))),
    )
    content = _der(
        _SEQUENCE,
        _der(0xA0, _integer(2)),
        _integer(secrets.randbits(64) | 1),
        algorithm,
        name,
        _der(_SEQUENCE, begin, end),
        name,
        public,
        _der(0xA3, extensions),
    )
    certificate = _der(_SEQUENCE, content, algorithm, _bits(_sign(secret, content)))
    key = _der(
        _SEQUENCE,
        _integer(1),
        _der(_OCTETS, secret.to_bytes(32, "big")),
        _der(0xA0, _oid(_CURVE)),
        _der(0xA1, _bits(point)),
    )
    return _pem("CERTIFICATE", certificate), _pem("EC PRIVATE KEY", key)


def server_context(certificate: str, key: str) -> ssl.SSLContext:
    """What a server needs to speak TLS with the pair."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # The ssl module reads keys from files only.
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pair.pem"
        file.touch(mode=0o600)
        file.write_text(certificate + key, encoding="ascii")
        context.load_cert_chain(file)
    return context
