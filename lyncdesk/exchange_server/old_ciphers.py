"""MD4 (RFC 1320) and RC4: NTLM is made of them, and the standard library no longer has them everywhere."""

import struct
from collections.abc import Callable, Iterator

_MASK = 0xFFFFFFFF
_START = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476)
_BLOCK = 64
Mix = Callable[[int, int, int], int]
# Of each round: how three words are mixed, its constant, the order of the message's words, and the turns.
_ROUNDS: tuple[tuple[Mix, int, tuple[int, ...], tuple[int, int, int, int]], ...] = (
    (lambda x, y, z: (x & y) | (~x & z), 0, tuple(range(16)), (3, 7, 11, 19)),
    (
        lambda x, y, z: (x & y) | (x & z) | (y & z),
        0x5A827999,
        (0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15),
        (3, 5, 9, 13),
    ),
    (
        lambda x, y, z: x ^ y ^ z,
        0x6ED9EBA1,
        (0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15),
        (3, 9, 11, 15),
    ),
)


def md4(data: bytes) -> bytes:
    """The MD4 digest, 16 bytes."""
    padded = data + b"\x80" + bytes(-(len(data) + 9) % _BLOCK) + struct.pack("<Q", len(data) * 8)
    state = _START
    for at in range(0, len(padded), _BLOCK):
        words = struct.unpack_from("<16I", padded, at)
        a, b, c, d = state
        for mix, constant, order, turns in _ROUNDS:
            for step, index in enumerate(order):
                total = (a + mix(b, c, d) + words[index] + constant) & _MASK
                turn = turns[step % 4]
                a, b, c, d = d, (total << turn | total >> (32 - turn)) & _MASK, b, c
        state = tuple((old + new) & _MASK for old, new in zip(state, (a, b, c, d), strict=True))  # type: ignore[assignment]
    return struct.pack("<4I", *state)


class Rc4:
    """An RC4 stream: each call goes on where the last one stopped. `key` must not be empty."""

    def __init__(self, key: bytes) -> None:
        self._stream = _stream(key)

    def __call__(self, data: bytes) -> bytes:
        return bytes(byte ^ next(self._stream) for byte in data)


def _stream(key: bytes) -> Iterator[int]:
    box = list(range(256))
    j = 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    i = j = 0
    while True:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        yield box[(box[i] + box[j]) % 256]
