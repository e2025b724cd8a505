"""Unfolds sparse TFLite constants. Source: tensorflow/lite/schema/schema.fbs, SparsityParameters (the TACO format)."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Level:
    """One traversed dimension: dense with `size` entries, or sparse where `segments` delimits `indices`."""

    size: int
    segments: Numbers | None = None
    indices: Numbers | None = None


def densify_tensor(values: Numbers, shape: list[int], sparsity: Any, schema: ModuleType) -> Numbers:
    """Spread the stored values of a sparse tensor over its full shape; what is not stored is zero.

    Args:
        values: any dtype (stored,) — in traversal order.
        shape: the dense shape.
        sparsity: the schema's SparsityParametersT.
        schema: the schema module.
    """
    levels = [_read_level(level, schema) for level in sparsity.dimMetadata]
    coordinates, positions = _walk_levels(levels)
    dense = np.zeros(shape, values.dtype)
    dense[_full_coordinates(coordinates, levels, shape, sparsity)] = values[positions]
    return dense


def _read_level(level: Any, schema: ModuleType) -> _Level:
    if level.format == schema.DimensionType.DENSE:
        return _Level(size=int(level.denseSize))
    segments, indices = (np.asarray(part.values, np.int64) for part in (level.arraySegments, level.arrayIndices))
    return _Level(size=0, segments=segments, indices=indices)


def _walk_levels(levels: list[_Level]) -> tuple[list[Numbers], Numbers]:
    """Coordinates per level and the storage position of every stored value."""
    positions = np.zeros(1, np.int64)
    coordinates: list[Numbers] = []
    for level in levels:
        parents, positions, here = _descend(level, positions)
        coordinates = [above[parents] for above in coordinates] + [here]
    return coordinates, positions


def _descend(level: _Level, positions: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """One level down: the parent of each child, its position, and its coordinate on this level."""
    count = positions.size
    if level.segments is None or level.indices is None:
        parents = np.repeat(np.arange(count), level.size)
        here = np.tile(np.arange(level.size), count)
        return parents, positions[parents] * level.size + here, here
    starts, ends = level.segments[positions], level.segments[positions + 1]
    parents = np.repeat(np.arange(count), ends - starts)
    children = np.concatenate([np.arange(start, end) for start, end in zip(starts, ends, strict=True)])
    return parents, children, level.indices[children]


def _full_coordinates(coordinates: list[Numbers], levels: list[_Level], shape: list[int], sparsity: Any) -> tuple[Numbers, ...]:
    """Fold block coordinates into the dimensions that they divide."""
    block_map = [] if sparsity.blockMap is None else [int(dimension) for dimension in sparsity.blockMap]
    order = [int(level) for level in sparsity.traversalOrder]
    block = [1] * len(shape)
    for index, dimension in enumerate(block_map):
        block[dimension] = levels[order.index(len(shape) + index)].size
    full: list[Numbers] = [np.zeros_like(coordinates[0]) for _ in shape]
    for here, level in zip(coordinates, order, strict=True):
        inside_block = level >= len(shape)
        dimension = block_map[level - len(shape)] if inside_block else level
        full[dimension] = full[dimension] + (here if inside_block else here * block[dimension])
    return tuple(full)
