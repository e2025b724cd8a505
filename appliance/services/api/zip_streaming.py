"""Zip archives that are sent while they are made: nothing is compressed, and no more than a piece is held in memory."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file of an archive. pieces: gives its bytes when its turn comes."""

    name: str
    pieces: Callable[[], Iterable[bytes]]


class _Sink(io.RawIOBase):
    """Takes what the archive writes until somebody fetches it. Cannot seek, so that the archive does not try to."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        taken = bytes(data)  # type: ignore[call-overload]
        self._waiting.append(taken)
        return len(taken)

    def take(self) -> bytes:
        taken, self._waiting = b"".join(self._waiting), []
        return taken


def zipped(members: Iterable[Member], at_s: float) -> Iterator[bytes]:
    """The archive's bytes, in pieces. at_s: when its files were made."""
    sink, at = _Sink(), time.localtime(max(at_s, 315_619_200.0))[:6]
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for member in members:
            about = zipfile.ZipInfo(member.name, date_time=at)
            about.external_attr = 0o644 << 16
            with archive.open(about, "w", force_zip64=True) as target:
                for piece in member.pieces():
                    target.write(piece)
                    yield sink.take()
            yield sink.take()
    yield sink.take()
