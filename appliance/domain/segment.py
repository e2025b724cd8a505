"""Stretches of a recording in which skaters move."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.domain.timespan import Seconds, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One stretch of motion, before padding.

    score: how worth watching it is, comparable within a recording, ≥ 0. peak_hps: the fastest moment in body heights per
    second. peak_at: when that was. reason: why it was kept, in words for people.
    """

    span: Span
    score: float
    peak_hps: float
    peak_at: Seconds
    reason: str
