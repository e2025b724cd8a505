"""Each operator against a plain computation of what TFLite's description says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from appliance.domain.errors import Misconfigured

Numbers = npt.NDArray[Any]
Maker = Callable[[Sequence[int]], Any]
Runner = Callable[[Any, int, Numbers], Numbers]

RELU6 = 3
VALID, SAME = 1, 0


def pictures(*shape: int) -> npt.NDArray[np.float32]:
    return np.random.default_rng(1).normal(size=shape).astype(np.float32)


def convolve(picture: Numbers, weights: Numbers, stride: int, top: int, left: int) -> Numbers:
    """picture: (height, width, in); weights: (out, kernel, kernel, in); zero outside, first window at (-top, -left)."""
    kernel = weights.shape[1]
    size = -(-picture.shape[0] // stride)
    padded = np.pad(picture, [(top, kernel), (left, kernel), (0, 0)])
    rows = [
        [
            np.tensordot(weights, padded[y * stride : y * stride + kernel, x * stride : x * stride + kernel], 3)
            for x in range(size)
        ]
        for y in range(size)
    ]
    return np.array(rows)


@pytest.mark.parametrize(("stride", "before"), [(1, 1), (2, 0)])
def test_a_convolution_pads_like_tensorflow(tiny_model: Maker, run_converted: Runner, stride: int, before: int) -> None:
    # At stride 2 on an even side one row is missing, and TensorFlow puts it after, not before.
    weights, bias = pictures(4, 3, 3, 2), pictures(4)
    model = tiny_model([1, 6, 6, 2])
    inputs = [0, model.add_constant(weights), model.add_constant(bias)]
    shape = [1, 6 // stride, 6 // stride, 4]
    fields = {"padding": SAME, "strideH": stride, "strideW": stride, "fusedActivationFunction": RELU6}
    output = model.add_operator("CONV_2D", inputs, shape, kind="Conv2DOptions", **fields)
    batch = pictures(3, 6, 6, 2)
    wanted = np.stack([np.clip(convolve(picture, weights, stride, before, before) + bias, 0, 6) for picture in batch])
    np.testing.assert_allclose(run_converted(model, output, batch), wanted, atol=1e-4)


def test_a_depthwise_convolution_keeps_the_channels_apart(tiny_model: Maker, run_converted: Runner) -> None:
    weights = pictures(1, 3, 3, 2)
    model = tiny_model([1, 4, 4, 2])
    fields = {"padding": SAME, "strideH": 1, "strideW": 1, "depthMultiplier": 1}
    output = model.add_operator(
        "DEPTHWISE_CONV_2D", [0, model.add_constant(weights)], [1, 4, 4, 2], kind="DepthwiseConv2DOptions", **fields
    )
    batch = pictures(2, 4, 4, 2)
    channels = [convolve(batch[0, ..., c : c + 1], weights[..., c : c + 1], 1, 1, 1)[..., 0] for c in range(2)]
    np.testing.assert_allclose(run_converted(model, output, batch)[0], np.stack(channels, axis=-1), atol=1e-4)


def test_padding_and_pooling_follow_each_other(tiny_model: Maker, run_converted: Runner) -> None:
    model = tiny_model([1, 3, 3, 1])
    amounts = model.add_constant(np.array([[0, 0], [0, 1], [1, 0], [0, 0]], np.int32))
    padded = model.add_operator("PAD", [0, amounts], [1, 4, 4, 1], kind="PadOptions")
    fields = {"padding": VALID, "strideH": 2, "strideW": 2, "filterHeight": 2, "filterWidth": 2}
    output = model.add_operator("MAX_POOL_2D", [padded], [1, 2, 2, 1], kind="Pool2DOptions", **fields)
    batch = np.abs(pictures(2, 3, 3, 1))
    wide = np.pad(batch, [(0, 0), (0, 1), (1, 0), (0, 0)])
    wanted = wide.reshape(2, 2, 2, 2, 2, 1).max(axis=(2, 4))
    np.testing.assert_allclose(run_converted(model, output, batch), wanted)


def test_pictures_are_enlarged_as_opencv_does_with_half_pixel_centres(tiny_model: Maker, run_converted: Runner) -> None:
    model = tiny_model([1, 3, 4, 1])
    size = model.add_constant(np.array([6, 8], np.int32))
    fields = {"alignCorners": False, "halfPixelCenters": True}
    output = model.add_operator("RESIZE_BILINEAR", [0, size], [1, 6, 8, 1], kind="ResizeBilinearOptions", **fields)
    batch = pictures(2, 3, 4, 1)
    wanted = np.stack([cv2.resize(picture[..., 0], (8, 6), interpolation=cv2.INTER_LINEAR) for picture in batch])
    np.testing.assert_allclose(run_converted(model, output, batch)[..., 0], wanted, atol=1e-5)


def test_depth_becomes_space_block_by_block(tiny_model: Maker, run_converted: Runner) -> None:
    model = tiny_model([1, 2, 2, 8])
    output = model.add_operator("DEPTH_TO_SPACE", [0], [1, 4, 4, 2], kind="DepthToSpaceOptions", blockSize=2)
    batch = pictures(2, 2, 2, 8)
    wanted = batch.reshape(2, 2, 2, 2, 2, 2).transpose(0, 1, 3, 2, 4, 5).reshape(2, 4, 4, 2)
    np.testing.assert_array_equal(run_converted(model, output, batch), wanted)


def test_reshaped_heads_are_joined_in_the_order_of_the_pixels(tiny_model: Maker, run_converted: Runner) -> None:
    model = tiny_model([1, 2, 3, 4])
    shape = model.add_constant(np.array([1, 12, 2], np.int32))
    heads = [model.add_operator("RESHAPE", [0, shape], [1, 12, 2]) for _ in range(2)]
    joined = model.add_operator("CONCATENATION", heads, [1, 24, 2], kind="ConcatenationOptions", axis=1)
    output = model.add_operator("LOGISTIC", [joined], [1, 24, 2])
    batch = pictures(3, 2, 3, 4)
    once = batch.reshape(3, 12, 2)
    wanted = 1 / (1 + np.exp(-np.concatenate([once, once], axis=1)))
    np.testing.assert_allclose(run_converted(model, output, batch), wanted, atol=1e-6)


def test_channels_are_joined_and_flat_rows_become_pictures(tiny_model: Maker, run_converted: Runner) -> None:
    model = tiny_model([1, 2, 2, 3])
    joined = model.add_operator("CONCATENATION", [0, 0], [1, 2, 2, 6], kind="ConcatenationOptions", axis=-1)
    flat = model.add_operator("RESHAPE", [joined], [1, 24])
    picture = model.add_operator("RESHAPE", [flat], [1, 4, 3, 2])
    output = model.add_operator("ADD", [picture, picture], [1, 4, 3, 2], kind="AddOptions", fusedActivationFunction=1)
    batch = pictures(2, 2, 2, 3)
    wanted = np.maximum(2 * np.concatenate([batch, batch], axis=-1).reshape(2, 4, 3, 2), 0)
    np.testing.assert_allclose(run_converted(model, output, batch), wanted, atol=1e-6)


def test_an_unknown_operator_is_named(tiny_model: Maker, run_converted: Runner) -> None:
    model = tiny_model([1, 2])
    output = model.add_operator("GELU", [0], [1, 2])
    with pytest.raises(Misconfigured, match="GELU"):
        run_converted(model, output, pictures(1, 2))


def test_an_unknown_activation_is_refused(tiny_model: Maker, run_converted: Runner) -> None:
    model = tiny_model([1, 2])
    output = model.add_operator("ADD", [0, 0], [1, 2], kind="AddOptions", fusedActivationFunction=4)
    with pytest.raises(Misconfigured, match="activation"):
        run_converted(model, output, pictures(1, 2))
