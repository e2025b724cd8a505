"""Sews chunks together: a mover that crosses a seam is one mover, and no moment counts twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from appliance.domain.motion import MotionSample, MoverSample

#: Boxes on both sides of a seam that overlap by this much are the same mover's.
_SAME_MOVER_IOU = 0.3
#: Samples further apart than this have no seam between them but a gap.
_LONGEST_STEP_S = 0.5


def sew_chunks(chunks: Sequence[Sequence[MotionSample]]) -> list[MotionSample]:
    """All samples on one clock, tracks renumbered so that each mover keeps its number over seams.

    Args:
        chunks: samples of each chunk in time order, tracks numbered per chunk.
    """
    sewn: list[MotionSample] = []
    next_track = 0
    for chunk in chunks:
        fresh = [sample for sample in chunk if not sewn or sample.time > sewn[-1].time]
        names = _names_over_seam(sewn[-1] if sewn else None, fresh[0] if fresh else None)
        for sample in fresh:
            for mover in sample.movers:
                if mover.track not in names:
                    next_track += 1
                    names[mover.track] = next_track
        sewn += [replace(sample, movers=tuple(replace(m, track=names[m.track]) for m in sample.movers)) for sample in fresh]
    return sewn


def _names_over_seam(last: MotionSample | None, first: MotionSample | None) -> dict[int, int]:
    """Old numbers for the tracks in `first` that carry on from `last`."""
    if last is None or first is None or float(first.time - last.time) > _LONGEST_STEP_S:
        return {}
    names: dict[int, int] = {}
    for mover in first.movers:
        match = _best_match(mover, [old for old in last.movers if old.track not in names.values()])
        if match is not None:
            names[mover.track] = match.track
    return names


def _best_match(mover: MoverSample, others: Sequence[MoverSample]) -> MoverSample | None:
    best = max(others, key=lambda other: other.box.iou(mover.box), default=None)
    return best if best is not None and best.box.iou(mover.box) >= _SAME_MOVER_IOU else None
