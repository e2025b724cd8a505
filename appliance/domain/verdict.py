"""What became of an order: verdicts are values that a worker applies."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.domain.facts import Fact


@dataclass(frozen=True, slots=True)
class Done:
    """The stage ran; these facts may be told."""

    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TryAgain:
    """The same order may succeed after `after_s` seconds."""

    after_s: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """The same order succeeds once there is room on the disk; until then nobody needs to try."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUp:
    """The order will never succeed as it is. dead: the footage may be fine all the same, so that people may have it retried."""

    why: str
    remedy: str
    dead: bool = False


Verdict = Done | TryAgain | Hold | GiveUp
