"""A message's body: the text of message_coding, squeezed when it is long. What comes out of one is bounded, whoever packed it."""

from __future__ import annotations

import zlib
from typing import Any

from appliance.algorithms.message_coding import text_from, value_from_text
from appliance.domain.errors import Unusable

#: Longer texts are squeezed. A plan of a two-hour recording has some 300 kB, and a tenth of that squeezed.
LONG_BYTES = 32 * 1024
#: Most that one message may hold, packed (the bus refuses 8 MB) and unpacked.
MOST_PACKED_BYTES = 7 * 1024 * 1024
MOST_BYTES = 64 * 1024 * 1024
#: How bodies are written; the name travels beside the body.
AS_IT_IS, SQUEEZED = "plain", "zlib"


def pack(value: object) -> tuple[bytes, str]:
    """A message's body and how it is written. Raises Unusable for what cannot be told: no number, or far too long."""
    try:
        body, way = text_from(value).encode("ascii"), AS_IT_IS
    except ValueError as error:
        raise Unusable(f"{type(value).__name__} cannot be told: {error}") from error
    length = len(body)
    if length > LONG_BYTES:
        body, way = zlib.compress(body, 6), SQUEEZED
    if length > MOST_BYTES or len(body) > MOST_PACKED_BYTES:
        raise Unusable(
            f"{type(value).__name__} is too long to be told: {length} bytes", remedy="Split the recording into shorter ones."
        )
    return body, way


def unpack(kind: Any, body: bytes, way: str) -> Any:
    """What a body says, as a `kind`. Raises ValueError for whatever does not fit, damaged and oversized bodies included."""
    if way == SQUEEZED:
        body = _expanded(body)
    elif way != AS_IT_IS:
        raise ValueError(f"a body written in an unknown way: {way[:20]!r}")
    if len(body) > MOST_BYTES:
        raise ValueError("a body too long to be read")
    return value_from_text(kind, body.decode("ascii"))


def _expanded(body: bytes) -> bytes:
    reader = zlib.decompressobj()
    try:
        text = reader.decompress(body, MOST_BYTES)
    except zlib.error as error:
        raise ValueError(f"a damaged body: {error}") from error
    if not reader.eof or reader.unused_data:
        raise ValueError("a body that is cut off, or too long to be read")
    return text
