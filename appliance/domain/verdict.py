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
class GiveUp:
    """The order will never succeed as it is."""

    why: str
    remedy: str


Verdict = Done | TryAgain | GiveUp
