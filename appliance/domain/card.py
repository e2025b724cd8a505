"""What a camera card or a folder holds before anything in it was opened: names, sizes and places."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from appliance.domain.facts import RecordingArrived


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFile:
    """One file as a folder lists it.

    within: the folder whose contents were asked for; None when somebody named this very file, which is then always tried.
    modified_s: seconds since 1970, None when unknown.
    """

    path: Path
    size_bytes: int
    within: Path | None = None
    modified_s: float | None = None

    @property
    def is_named(self) -> bool:
        """Whether somebody asked for this very file."""
        return self.within is None

    @property
    def place(self) -> tuple[str, ...]:
        """Names from the folder that was asked for down to the file."""
        if self.within is None or not self.path.is_relative_to(self.within):
            return (self.path.name,)
        return self.path.relative_to(self.within).parts


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoredFile:
    """A file that is left alone, and why, in words for people."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardReading:
    """Every file of a card in exactly one place: in a recording, beside one as its proxy, or ignored."""

    recordings: tuple[RecordingArrived, ...]
    ignored: tuple[IgnoredFile, ...] = ()
