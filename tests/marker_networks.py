"""A figure of coloured marks, and networks with the heads of RTMPose, RTMO and RTMDet that really look for them.

Each joint is a mark of its own colour. A network answers where it sees each colour, so it finds nothing when pictures reach it in
another colour order, range or layout, and the wrong place when they are cut or scaled otherwise than its makers do.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

from appliance.domain.pose import JOINTS, Box, Pose

Picture = npt.NDArray[np.uint8]

#: Colours far from each other, from ice, and from themselves with red and blue exchanged.
_LEVELS = (20, 110, 200)
COLOURS = np.array([c for c in product(_LEVELS, repeat=3) if c[0] != c[2]], np.float32)[: len(JOINTS)]
#: Half a mark's side, and how far a colour may be off before a mark is no longer seen, in levels.
_MARK_PX = 5
_SLACK = 12.0
#: Where joints lie in a figure that is 1 high and 0.6 wide, in the product's order: none touches another.
_PLACES = [
    (0.30, 0.05), (0.36, 0.02), (0.24, 0.02), (0.44, 0.06), (0.16, 0.06), (0.46, 0.20), (0.14, 0.22), (0.53, 0.36), (0.07, 0.34),
    (0.57, 0.50), (0.03, 0.52), (0.40, 0.54), (0.20, 0.53), (0.42, 0.76), (0.18, 0.74), (0.45, 0.97), (0.15, 0.98),
]  # fmt: skip


def marked_figure(ice: Picture, *, at: tuple[int, int], height_px: int) -> tuple[Picture, Pose]:
    """The picture with a figure on it, its upper left corner `at`, and where the figure's joints are."""
    picture, joints = ice.copy(), np.ones((len(JOINTS), 3), np.float32)
    for index, (right, down) in enumerate(_PLACES):
        x, y = at[0] + round(right * height_px), at[1] + round(down * height_px)
        picture[y - _MARK_PX : y + _MARK_PX + 1, x - _MARK_PX : x + _MARK_PX + 1] = COLOURS[index]
        joints[index, :2] = x, y
    lowest, highest = joints[:, :2].min(axis=0) - _MARK_PX, joints[:, :2].max(axis=0) + _MARK_PX
    box = Box(left=float(lowest[0]), top=float(lowest[1]), right=float(highest[0]), bottom=float(highest[1]))
    return picture, Pose(box=box, score=1.0, joints=joints)


@dataclass(frozen=True, slots=True, kw_only=True)
class Eyes:
    """How a network wants its pictures: width and height, colour order, (bytes - mean) / std."""

    size_px: tuple[int, int]
    bgr: bool = False
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    std: tuple[float, float, float] = (1.0, 1.0, 1.0)


def write_crop_network(path: Path, eyes: Eyes) -> Path:
    """RTMPose's heads: for every joint how likely each half pixel is, along x and along y."""
    graph = _Seeing(eyes, "batch")
    width, height = eyes.size_px
    graph.add("simcc_x", "Reshape", graph.doubled("across"), graph.numbers([-1, len(JOINTS), 2 * width]))
    graph.add("simcc_y", "Reshape", graph.doubled("down"), graph.numbers([-1, len(JOINTS), 2 * height]))
    return graph.save(path, {"simcc_x": [len(JOINTS), 2 * width], "simcc_y": [len(JOINTS), 2 * height]})


def write_one_pass_network(path: Path, eyes: Eyes) -> Path:
    """RTMO's heads: one row with box, score and joints; fixed to a batch of one, as the official export's suppression is."""
    graph = _Seeing(eyes, 1)
    graph.add("keypoints", "Unsqueeze", graph.person(), graph.numbers([1]))
    return graph.save(path, {"dets": [1, 5], "keypoints": [1, len(JOINTS), 3]})


def write_box_network(path: Path, eyes: Eyes) -> Path:
    """RTMDet's heads: one row with box and score, and its class."""
    graph = _Seeing(eyes, "batch")
    graph.person()
    graph.add("flat", "ReduceSum", "dets", graph.numbers([2]), keepdims=0)
    graph.add("none", "Mul", "flat", graph.constant(np.zeros(1, np.float32)))
    graph.add("labels", "Cast", "none", to=onnx.TensorProto.INT64)
    return graph.save(path, {"dets": [1, 5], "labels": [1]})


class _Seeing:
    """A graph that already knows how strongly each joint is seen in each column (`across`) and row (`down`)."""

    def __init__(self, eyes: Eyes, batch: str | int) -> None:
        self._eyes, self._batch = eyes, batch
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []
        order = slice(None, None, -1) if eyes.bgr else slice(None)
        wanted = (COLOURS[:, order] - np.array(eyes.mean, np.float32)) / np.array(eyes.std, np.float32)
        self.add("each", "Unsqueeze", "input", self.numbers([1]))
        self.add("off", "Sub", "each", self.constant(wanted[None, :, :, None, None]))
        levels = np.array(eyes.std, np.float32)[None, None, :, None, None] / np.float32(_SLACK)
        self.add("far", "Mul", "off", self.constant(levels))
        self.add("squared", "Mul", "far", "far")
        self.add("distance", "ReduceSum", "squared", self.numbers([2]), keepdims=0)
        self.add("against", "Neg", "distance")
        self.add("seen", "Exp", "against")
        # What lies beside a mark's middle is seen a little less, so that its middle is where it is seen best.
        side = 2 * _MARK_PX + 1
        for head, axis, kernel in (("across", 2, [1, side]), ("down", 3, [side, 1])):
            self.add(f"{head}_peak", "ReduceMax", "seen", axes=[axis], keepdims=1)
            pads = [(length - 1) // 2 for length in kernel] * 2
            for before, after in ((f"{head}_peak", f"{head}_smooth"), (f"{head}_smooth", head)):
                self.add(after, "AveragePool", before, kernel_shape=kernel, pads=pads, count_include_pad=1)

    def add(self, output: str, kind: str, *inputs: str, **how: Any) -> str:
        self._nodes.append(helper.make_node(kind, list(inputs), [output], **how))
        return output

    def constant(self, values: npt.NDArray[np.generic]) -> str:
        name = f"constant{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(values, name))
        return name

    def numbers(self, values: list[int]) -> str:
        return self.constant(np.array(values, np.int64))

    def doubled(self, head: str) -> str:
        """Every pixel as two halves."""
        along = 3 if head == "across" else 2
        scales = [1.0, 1.0, 2.0, 1.0] if along == 2 else [1.0, 1.0, 1.0, 2.0]
        return self.add(f"{head}_halves", "Resize", head, "", self.constant(np.array(scales, np.float32)), mode="nearest")

    def joints(self) -> str:
        """(batch, 17, 3): where each joint is seen best, and how well."""
        columns = [self._best("across", 3), self._best("down", 2)]
        self.add("sure", "ReduceMax", "seen", axes=[2, 3], keepdims=0)
        self.add("sure_column", "Unsqueeze", "sure", self.numbers([2]))
        return self.add("all_joints", "Concat", *columns, "sure_column", axis=2)

    def person(self) -> str:
        """dets (batch, 1, 5): the box around all joints, as sure as the least sure of them. The joints are given back."""
        joints = self.joints()
        parts = []
        for corner, kind, grow in (("lowest", "ReduceMin", -_MARK_PX), ("highest", "ReduceMax", _MARK_PX)):
            self.add(corner, kind, joints, axes=[1], keepdims=1)
            self.add(f"{corner}_xy", "Slice", corner, self.numbers([0]), self.numbers([2]), self.numbers([2]))
            parts.append(self.add(f"{corner}_grown", "Add", f"{corner}_xy", self.constant(np.array(grow, np.float32))))
        self.add("score", "Slice", "lowest", self.numbers([2]), self.numbers([3]), self.numbers([2]))
        self.add("dets", "Concat", *parts, "score", axis=2)
        return joints

    def _best(self, head: str, axis: int) -> str:
        self.add(f"{head}_where", "ArgMax", head, axis=axis, keepdims=0)
        self.add(f"{head}_number", "Cast", f"{head}_where", to=onnx.TensorProto.FLOAT)
        return self.add(f"{head}_column", "Reshape", f"{head}_number", self.numbers([-1, len(JOINTS), 1]))

    def save(self, path: Path, heads: dict[str, list[int]]) -> Path:
        width, height = self._eyes.size_px
        pictures = helper.make_tensor_value_info("input", onnx.TensorProto.FLOAT, [self._batch, 3, height, width])
        kinds = {"labels": onnx.TensorProto.INT64}
        outputs = [
            helper.make_tensor_value_info(name, kinds.get(name, onnx.TensorProto.FLOAT), [self._batch, *shape])
            for name, shape in heads.items()
        ]
        graph = helper.make_graph(self._nodes, "marks", [pictures], outputs, self._constants)
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), path)
        return path
