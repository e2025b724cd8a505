"""Fetches a file over https: bounded in size and time, and nothing but https."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Protocol
from urllib.parse import urlsplit

from appliance.adapters.model_shelf.files import MAX_BYTES
from appliance.domain.errors import Misconfigured, Transient

_SILENCE_S = 30
_TIMEOUT_S = 900
_PIECE_BYTES = 1 << 18


class Readable(Protocol):
    """Something that gives bytes, piece by piece."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most `size`; empty at the end."""


def download_file(url: str, *, max_bytes: int = MAX_BYTES, timeout_s: float = _TIMEOUT_S) -> bytes:
    """What lies at `url`; whoever asked checks the hash.

    Raises:
        Misconfigured: not https, or larger than `max_bytes`. Transient: not reached, or too slow.
    """
    if urlsplit(url).scheme != "https":
        raise Misconfigured(f"{url} is not an https address.", remedy="Correct the manifest.")
    try:
        with urllib.request.urlopen(url, timeout=_SILENCE_S) as answer:  # noqa: S310 — the scheme was checked
            return read_bounded(answer, max_bytes=max_bytes, deadline_s=time.monotonic() + timeout_s)
    except (urllib.error.URLError, HTTPException, OSError) as error:
        raise Transient(
            f"{url} could not be fetched: {error}",
            remedy="Check the connection, or carry the file here and run: rinkreel models import FILE",
        ) from error


def read_bounded(answer: Readable, *, max_bytes: int, deadline_s: float) -> bytes:
    """Everything that `answer` gives.

    Raises:
        Misconfigured: more than `max_bytes`. TimeoutError: not done when the monotonic clock shows `deadline_s`.
    """
    pieces: list[bytes] = []
    size = 0
    while piece := answer.read(_PIECE_BYTES):
        size += len(piece)
        if size > max_bytes:
            raise Misconfigured(f"The answer is larger than {max_bytes} bytes.", remedy="The address gives something else.")
        if time.monotonic() > deadline_s:
            raise TimeoutError("too slow")
        pieces.append(piece)
    return b"".join(pieces)
