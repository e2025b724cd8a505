"""Scaling one side of a picture as a product of matrices: how much each of its pixels counts for each that comes out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Weights = npt.NDArray[np.float32]


def weigh_side(length_px: int, wanted_px: int) -> Weights:
    """float32 (wanted, length), rows that add up to one: by area where the side shrinks, between neighbours where it grows."""
    return _by_area(length_px, wanted_px) if wanted_px <= length_px else _between(length_px, wanted_px)


def _by_area(length_px: int, wanted_px: int) -> Weights:
    edges = np.arange(wanted_px + 1) * (length_px / wanted_px)
    starts, ends, pixels = edges[:-1, None], edges[1:, None], np.arange(length_px)[None]
    covered = np.clip(np.minimum(ends, pixels + 1) - np.maximum(starts, pixels), 0, 1)
    return np.asarray(covered * (wanted_px / length_px), np.float32)


def _between(length_px: int, wanted_px: int) -> Weights:
    at = np.clip((np.arange(wanted_px) + 0.5) * (length_px / wanted_px) - 0.5, 0, length_px - 1)
    away = np.abs(at[:, None] - np.arange(length_px)[None])
    return np.asarray(np.clip(1 - away, 0, 1), np.float32)
