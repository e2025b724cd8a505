from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from appliance.adapters.tflite.schema import load_schema
from appliance.adapters.tflite.sparsity import densify_tensor

SCHEMA = load_schema()


def dense(size: int) -> Any:
    level = SCHEMA.DimensionMetadataT()
    level.format, level.denseSize = SCHEMA.DimensionType.DENSE, size
    return level


def sparse(segments: list[int], indices: list[int]) -> Any:
    level = SCHEMA.DimensionMetadataT()
    level.format = SCHEMA.DimensionType.SPARSE_CSR
    level.arraySegments, level.arrayIndices = SCHEMA.Uint8VectorT(), SCHEMA.Int32VectorT()
    level.arraySegments.values, level.arrayIndices.values = segments, indices
    return level


def layout(order: list[int], levels: list[Any], block_map: list[int] | None = None) -> Any:
    sparsity = SCHEMA.SparsityParametersT()
    sparsity.traversalOrder, sparsity.blockMap, sparsity.dimMetadata = order, block_map, levels
    return sparsity


def unfold(values: list[float], shape: list[int], sparsity: Any) -> npt.NDArray[np.float32]:
    return densify_tensor(np.array(values, np.float32), shape, sparsity, SCHEMA)


def test_rows_with_sparse_columns_are_filled_with_zeros() -> None:
    found = unfold([1, 2, 3], [3, 4], layout([0, 1], [dense(3), sparse([0, 2, 2, 3], [0, 3, 1])]))
    np.testing.assert_array_equal(found, [[1, 0, 0, 2], [0, 0, 0, 0], [0, 3, 0, 0]])


def test_a_matrix_stored_by_columns_is_turned() -> None:
    found = unfold([1, 2], [2, 3], layout([1, 0], [dense(3), sparse([0, 1, 1, 2], [1, 0])]))
    np.testing.assert_array_equal(found, [[0, 0, 2], [1, 0, 0]])


def test_blocks_are_laid_where_their_outer_coordinate_says() -> None:
    # The example of the format's description: a 4 × 4 matrix in 2 × 2 blocks, of which two are stored.
    sparsity = layout([0, 1, 2, 3], [dense(2), sparse([0, 1, 2], [0, 1]), dense(2), dense(2)], block_map=[0, 1])
    found = unfold([1, 2, 3, 4, 5, 6, 7, 8], [4, 4], sparsity)
    np.testing.assert_array_equal(found, [[1, 2, 0, 0], [3, 4, 0, 0], [0, 0, 5, 6], [0, 0, 7, 8]])


def test_nothing_stored_is_all_zeros() -> None:
    assert not unfold([], [2, 2], layout([0, 1], [dense(2), sparse([0, 0, 0], [])])).any()
