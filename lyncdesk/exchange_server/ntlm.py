"""NTLM, the server's half ([MS-NLMP]): read a type 1, answer with a type 2, and judge a type 3.

NTLMv2 only; version 1 is refused, as by a Windows server of these years. Channel bindings are accepted
unread. The message integrity code of a type 3 is verified where the client says that it sent one.
"""

import hashlib
import hmac
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lyncdesk.exchange_server.old_ciphers import Rc4, md4

SIGNATURE = b"NTLMSSP\x00"
UNICODE, REQUEST_TARGET, NTLM, DOMAIN_TARGET = 0x1, 0x4, 0x200, 0x10000
SIGN, SEAL, ALWAYS_SIGN, EXTENDED, TARGET_INFO = 0x10, 0x20, 0x8000, 0x80000, 0x800000
VERSION, KEY_128, KEY_EXCHANGE, KEY_56 = 0x2000000, 0x20000000, 0x40000000, 0x80000000
_ALWAYS = UNICODE | REQUEST_TARGET | NTLM | DOMAIN_TARGET | TARGET_INFO | VERSION
_IF_ASKED = SIGN | SEAL | ALWAYS_SIGN | EXTENDED | KEY_128 | KEY_EXCHANGE | KEY_56
_WINDOWS = bytes((10, 0)) + struct.pack("<H", 20348) + bytes((0, 0, 0, 15))
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_AV_END, _AV_COMPUTER, _AV_DOMAIN, _AV_DNS_COMPUTER, _AV_DNS_DOMAIN, _AV_FLAGS, _AV_TIME = 0, 1, 2, 3, 4, 6, 7
_MIC_SENT = 0x2
_MIC = slice(72, 88)
_BLOB_PAIRS = 28  # where the pairs begin in an NTLMv2 response, behind its 16 bytes of proof


class NotNtlm(ValueError):  # noqa: N818 - it says what the bytes are not
    """The bytes are no message of NTLM, or not the one that is due."""


def kind(message: bytes) -> int:
    """1, 2 or 3. Raises NotNtlm."""
    if len(message) < 12 or not message.startswith(SIGNATURE):
        raise NotNtlm
    found: int = struct.unpack_from("<I", message, 8)[0]
    return found


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the server said to a connection, and to which type 1."""

    asked: bytes
    nonce: bytes
    told: bytes


def challenge(asked: bytes, nonce: bytes, host: str, domain: str, now: datetime) -> Challenge:
    """The type 2 for a type 1; `nonce` has eight bytes. Raises NotNtlm."""
    if kind(asked) != 1 or len(asked) < 16:
        raise NotNtlm
    (wanted,) = struct.unpack_from("<I", asked, 12)
    target = _netbios(domain).encode("utf-16-le")
    info = b"".join((
        _pair(_AV_DOMAIN, target),
        _pair(_AV_COMPUTER, _netbios(host).encode("utf-16-le")),
        _pair(_AV_DNS_DOMAIN, domain.encode("utf-16-le")),
        _pair(_AV_DNS_COMPUTER, f"{host}.{domain}".encode("utf-16-le")),
        _pair(_AV_TIME, struct.pack("<Q", (now - _EPOCH) // timedelta(microseconds=1) * 10)),
        _pair(_AV_END, b""),
    ))  # fmt: skip
    at = 56
    told = b"".join((
        SIGNATURE,
        struct.pack("<I", 2),
        struct.pack("<HHI", len(target), len(target), at),
        struct.pack("<I", _ALWAYS | (wanted & _IF_ASKED)),
        nonce,
        bytes(8),
        struct.pack("<HHI", len(info), len(info), at + len(target)),
        _WINDOWS,
        target,
        info,
    ))  # fmt: skip
    return Challenge(asked, nonce, told)


def _netbios(name: str) -> str:
    return name.partition(".")[0].upper()[:15]


def _pair(number: int, value: bytes) -> bytes:
    return struct.pack("<HH", number, len(value)) + value


@dataclass(frozen=True, slots=True)
class Proof:
    """A type 3: who signs in, and how they prove that they know the password."""

    user: str
    domain: str
    response: bytes
    flags: int
    wrapped_key: bytes
    message: bytes

    @property
    def name(self) -> str:
        r"""The name as it was typed: DOMAIN\name, an address, or a name alone."""
        return f"{self.domain}\\{self.user}" if self.domain else self.user


def read_proof(message: bytes) -> Proof:
    """Take a type 3 apart. Raises NotNtlm."""
    if kind(message) != 3 or len(message) < 64:
        raise NotNtlm
    (flags,) = struct.unpack_from("<I", message, 60)
    coding = "utf-16-le" if flags & UNICODE else "cp1252"
    try:
        user, domain = (_field(message, at).decode(coding) for at in (36, 28))
    except UnicodeDecodeError:
        raise NotNtlm from None
    return Proof(user, domain, _field(message, 20), flags, _field(message, 52), message)


def _field(message: bytes, at: int) -> bytes:
    length, _space, offset = struct.unpack_from("<HHI", message, at)
    if offset + length > len(message):
        raise NotNtlm
    return message[offset : offset + length]


def session_key(proof: Proof, given: Challenge, password: str) -> bytes | None:
    """The key of the session when the proof is right for the password; None when it is not."""
    told, blob = proof.response[:16], proof.response[16:]
    if len(blob) < _BLOB_PAIRS or blob[:2] != b"\x01\x01":
        return None
    secret = md4(password.encode("utf-16-le"))
    key = _hmac(secret, (proof.user.upper() + proof.domain).encode("utf-16-le"))
    if not hmac.compare_digest(told, _hmac(key, given.nonce + blob)):
        return None
    base = _hmac(key, told)
    exchanged = proof.flags & KEY_EXCHANGE and len(proof.wrapped_key) == 16
    exported = Rc4(base)(proof.wrapped_key) if exchanged else base
    return exported if _whole(proof, given, blob, exported) else None


def _hmac(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, "md5")


def _whole(proof: Proof, given: Challenge, blob: bytes, key: bytes) -> bool:
    """Whether nobody changed a message on its way, as far as the client lets one know."""
    (flags,) = struct.unpack("<I", _pairs(blob).get(_AV_FLAGS, b"").ljust(4, b"\x00")[:4])
    if not flags & _MIC_SENT:
        return True
    sent = proof.message[_MIC]
    blank = proof.message[: _MIC.start] + bytes(16) + proof.message[_MIC.stop :]
    return hmac.compare_digest(sent, _hmac(key, given.asked + given.told + blank))


def _pairs(blob: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    at = _BLOB_PAIRS
    while at + 4 <= len(blob):
        number, length = struct.unpack_from("<HH", blob, at)
        if number == _AV_END:
            break
        found[number] = blob[at + 4 : at + 4 + length]
        at += 4 + length
    return found


def sign(key: bytes, flags: int, message: bytes) -> bytes:
    """The server's first signature of a session ([MS-NLMP] 3.4.4.2), which SPNEGO wants at its end."""
    words = "session key to server-to-client {} key magic constant\x00"
    signing = hashlib.md5(key + words.format("signing").encode(), usedforsecurity=False).digest()
    mark = _hmac(signing, struct.pack("<I", 0) + message)[:8]
    if flags & KEY_EXCHANGE:
        short = key if flags & KEY_128 else key[: 7 if flags & KEY_56 else 5]
        sealing = hashlib.md5(short + words.format("sealing").encode(), usedforsecurity=False).digest()
        mark = Rc4(sealing)(mark)
    return struct.pack("<I", 1) + mark + struct.pack("<I", 0)
