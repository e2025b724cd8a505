"""A reel as editing programs take it: which frames of which files follow each other."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class EditFile:
    """One file that is cut from. frames: how many it has, at the list's rate."""

    name: str
    frames: int
    has_sound: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class EditEvent:
    """A stretch of one file. source, record: numbers of its first frame, in the file and in the reel."""

    file: int
    source: int
    record: int
    frames: int
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EditList:
    """Everything in playing order."""

    name: str
    rate_hz: Fraction
    width_px: int
    height_px: int
    files: tuple[EditFile, ...]
    events: tuple[EditEvent, ...]

    @property
    def frames(self) -> int:
        """How many frames the whole has."""
        return sum(event.frames for event in self.events)
