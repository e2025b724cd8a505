from __future__ import annotations

import hashlib
from pathlib import Path

from appliance.adapters.model_shelf import ModelShelf
from appliance.adapters.tflite.converter import convert_tflite
from appliance.adapters.tflite.task_bundle import build_task_bundle
from appliance.adapters.tflite.versions import BUNDLE_VERSION, CONVERTER_VERSION

#: What each version makes of the pinned weights; a change of bytes needs a new version and a new line here.
ONNX_OF_VERSION = {1: {"blazepose-detector": "492b077bf20088dc", "blazepose-landmarks": "8ea74808ee0f16b6"}}
BUNDLE_OF_VERSION = {1: "5c9c06802dd16a5e"}


def test_this_version_of_the_converter_makes_the_bytes_that_were_written_down(pose_weights: ModelShelf) -> None:
    for name, wanted in ONNX_OF_VERSION[CONVERTER_VERSION].items():
        content = convert_tflite(pose_weights.path_of(f"{name}-tflite"), pose_weights.card(name).heads)
        assert hashlib.sha256(content).hexdigest().startswith(wanted)


def test_this_version_of_the_bundle_has_the_bytes_that_were_written_down(pose_weights: ModelShelf) -> None:
    parts: list[Path] = [pose_weights.path_of(f"blazepose-{part}-tflite") for part in ("detector", "landmarks")]
    assert hashlib.sha256(build_task_bundle(*parts)).hexdigest().startswith(BUNDLE_OF_VERSION[BUNDLE_VERSION])
