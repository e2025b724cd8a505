"""Makes the keys by which NATS knows a rink: an Ed25519 pair, written as NATS writes it.

Headquarters keeps the public half, the rink the seed; what crosses the wire is a signature over a challenge. Only the public
half is worked out here, once a rink and on the spot, so that the arithmetic need not hide how long it takes. Signing is the
server's own. Source: RFC 8032, section 5.1; NATS's form of keys, nats-io/nkeys README.
"""

from __future__ import annotations

import base64
import binascii
import hashlib

SEED_BYTES = 32
_FIELD = 2**255 - 19
_CURVE = -121665 * pow(121666, -1, _FIELD) % _FIELD
_ROOT = pow(2, (_FIELD - 1) // 4, _FIELD)
#: First five bits of what is encoded show as these letters: S for seeds, U for users.
_SEED, _USER = 18 << 3, 20 << 3

Point = tuple[int, int]


def seed_text(random: bytes) -> str:
    """A user's seed, `SU…`, from 32 bytes that nobody can guess."""
    if len(random) != SEED_BYTES:
        raise ValueError(f"a seed has {SEED_BYTES} bytes")
    return _encoded(bytes((_SEED | _USER >> 5, (_USER & 31) << 3)) + random)


def public_text(seed: str) -> str:
    """The public half of a user's seed, `U…`. Raises ValueError for what is no seed."""
    return _encoded(bytes((_USER,)) + public_bytes(_seed_bytes(seed)))


def public_bytes(seed: bytes) -> bytes:
    """Ed25519's public key of a seed."""
    clamped = bytearray(hashlib.sha512(seed).digest()[:32])
    clamped[0] &= 248
    clamped[31] = clamped[31] & 127 | 64
    x, y = _times(int.from_bytes(clamped, "little"), _base_point())
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _seed_bytes(text: str) -> bytes:
    try:
        raw = base64.b32decode(text + "=" * (-len(text) % 8))
    except binascii.Error as error:
        raise ValueError(f"this is no seed: {error}") from error
    if seed_text(raw[2:-2]) != text:
        raise ValueError("this is no user's seed, or it was copied wrongly")
    return raw[2:-2]


def _encoded(raw: bytes) -> str:
    """With its checksum, CRC-16/XMODEM, low byte first."""
    return base64.b32encode(raw + binascii.crc_hqx(raw, 0).to_bytes(2, "little")).decode("ascii").rstrip("=")


def _base_point() -> Point:
    y = 4 * pow(5, -1, _FIELD) % _FIELD
    squared = (y * y - 1) * pow(_CURVE * y * y + 1, -1, _FIELD) % _FIELD
    x = pow(squared, (_FIELD + 3) // 8, _FIELD)
    if (x * x - squared) % _FIELD:
        x = x * _ROOT % _FIELD
    return (_FIELD - x if x & 1 else x), y


def _times(factor: int, point: Point) -> Point:
    result = (0, 1)
    while factor:
        if factor & 1:
            result = _sum(result, point)
        point = _sum(point, point)
        factor >>= 1
    return result


def _sum(one: Point, other: Point) -> Point:
    (x1, y1), (x2, y2) = one, other
    mixed = _CURVE * x1 * x2 * y1 * y2
    x = (x1 * y2 + x2 * y1) * pow(1 + mixed, -1, _FIELD)
    y = (y1 * y2 + x1 * x2) * pow(1 - mixed, -1, _FIELD)
    return x % _FIELD, y % _FIELD
