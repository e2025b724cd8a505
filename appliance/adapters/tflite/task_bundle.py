"""Makes the bundle that MediaPipe's PoseLandmarker loads out of the two bare TFLite networks.

The Tasks API refuses a float network that does not say how pictures become numbers, so each gets its normalisation as metadata.
Source: google-ai-edge/mediapipe, mediapipe/tasks/cc/vision/pose_landmarker/pose_landmarker_graph.cc (names of the members);
tensorflow/lite metadata_schema.fbs, NormalizationOptions.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import flatbuffers  # type: ignore[import-untyped]
import numpy as np

from appliance.adapters.tflite.schema import load_metadata_schema, load_schema


@dataclass(frozen=True, slots=True)
class _Member:
    """A network in the bundle: its name there, and (bytes - mean) / std. Source: pose_detection_cpu.pbtxt (-1..1),
    pose_landmark_by_roi_cpu.pbtxt (0..1)."""

    name: str
    mean: float
    std: float


_DETECTOR = _Member("pose_detector.tflite", 127.5, 127.5)
_LANDMARKS = _Member("pose_landmarks_detector.tflite", 0.0, 255.0)


def build_task_bundle(detector: Path, landmarks: Path) -> bytes:
    """A `.task` bundle: a zip, not compressed because the library maps it into memory. Same input, same bytes."""
    bundle = io.BytesIO()
    with zipfile.ZipFile(bundle, "w", zipfile.ZIP_STORED) as archive:
        for path, member in ((detector, _DETECTOR), (landmarks, _LANDMARKS)):
            archive.writestr(zipfile.ZipInfo(member.name), _with_metadata(path.read_bytes(), member))
    return bundle.getvalue()


def _with_metadata(data: bytes, member: _Member) -> bytes:
    schema = load_schema()
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(data, 0))
    buffer = schema.BufferT()
    buffer.data = np.frombuffer(_metadata_of(member, len(model.subgraphs[0].outputs)), np.uint8)
    model.buffers.append(buffer)
    entry = schema.MetadataT()
    entry.name, entry.buffer = b"TFLITE_METADATA", len(model.buffers) - 1
    model.metadata = [entry]
    return _packed(model, b"TFL3")


def _metadata_of(member: _Member, outputs: int) -> bytes:
    schema = load_metadata_schema()
    graph = schema.SubGraphMetadataT()
    graph.inputTensorMetadata = [_picture_tensor(schema, member)]
    graph.outputTensorMetadata = [schema.TensorMetadataT() for _ in range(outputs)]
    model = schema.ModelMetadataT()
    model.name, model.subgraphMetadata, model.minParserVersion = "pose", [graph], "1.0.0"
    return _packed(model, b"M001")


def _picture_tensor(schema: Any, member: _Member) -> Any:
    content = schema.ContentT()
    content.contentProperties = schema.ImagePropertiesT()
    content.contentProperties.colorSpace = schema.ColorSpaceType.RGB
    content.contentPropertiesType = schema.ContentProperties.ImageProperties
    unit = schema.ProcessUnitT()
    unit.optionsType = schema.ProcessUnitOptions.NormalizationOptions
    unit.options = schema.NormalizationOptionsT()
    unit.options.mean, unit.options.std = [member.mean], [member.std]
    tensor = schema.TensorMetadataT()
    tensor.name, tensor.content, tensor.processUnits = "image", content, [unit]
    return tensor


def _packed(table: Any, identifier: bytes) -> bytes:
    builder = flatbuffers.Builder(0)
    builder.Finish(table.Pack(builder), identifier)
    return bytes(builder.Output())
