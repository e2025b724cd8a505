"""What was found out about the machine this runs on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """ok: works. warn: works, with something to know. bad: does not work until somebody acts."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One row of an examination: what was looked at, how it stands, what was found, and what to do about it."""

    name: str
    state: State
    found: str
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a machine chose to work with, and why. fell_back: what would be faster and is not used, with the reason."""

    backend: str
    encoder: str
    encoder_why: str
    graphics: tuple[str, ...] = ()
    fell_back: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolTrial:
    """A tool that was tried. why: what it answered when it does not work."""

    name: str
    works: bool
    why: str = ""
