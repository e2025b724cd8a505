from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from appliance.adapters.tflite.schema import load_metadata_schema, load_schema
from appliance.adapters.tflite.task_bundle import build_task_bundle

Maker = Callable[[Sequence[int]], Any]


@pytest.fixture
def network(tiny_model: Maker, tmp_path: Path) -> Path:
    model = tiny_model([1, 2, 2, 3])
    path: Path = model.write(tmp_path / "x.tflite", [model.add_operator("LOGISTIC", [0], [1, 2, 2, 3])])
    return path


def normalisation_in(data: bytes) -> tuple[float, float]:
    schema, metadata_schema = load_schema(), load_metadata_schema()
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(data, 0))
    (entry,) = model.metadata
    assert entry.name == b"TFLITE_METADATA"
    content = bytes(model.buffers[entry.buffer].data)
    metadata = metadata_schema.ModelMetadataT.InitFromObj(metadata_schema.ModelMetadata.GetRootAsModelMetadata(content, 0))
    options = metadata.subgraphMetadata[0].inputTensorMetadata[0].processUnits[0].options
    return float(options.mean[0]), float(options.std[0])


def test_both_networks_are_in_the_bundle_with_their_normalisation_and_not_compressed(network: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(build_task_bundle(network, network))) as bundle:
        assert [(info.filename, info.compress_type) for info in bundle.infolist()] == [
            ("pose_detector.tflite", zipfile.ZIP_STORED),
            ("pose_landmarks_detector.tflite", zipfile.ZIP_STORED),
        ]
        assert normalisation_in(bundle.read("pose_detector.tflite")) == (127.5, 127.5)
        assert normalisation_in(bundle.read("pose_landmarks_detector.tflite")) == (0.0, 255.0)


def test_the_same_networks_give_the_same_bytes(network: Path) -> None:
    assert build_task_bundle(network, network) == build_task_bundle(network, network)
