"""The generated TFLite schema modules in MediaPipe's package, loaded by path: importing `mediapipe` itself needs libEGL."""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

from appliance.domain.errors import Misconfigured

_FOLDER = "tasks/metadata"
_REMEDY = "Install the package's requirements again (mediapipe and flatbuffers are among them)."


def load_schema() -> ModuleType:
    """The schema of TFLite models (tensorflow/lite/schema/schema.fbs). Raises Misconfigured where it is not installed."""
    return _load("schema_py_generated")


def load_metadata_schema() -> ModuleType:
    """The schema of TFLite model metadata (metadata_schema.fbs). Raises Misconfigured where it is not installed."""
    return _load("metadata_schema_py_generated")


@cache
def _load(name: str) -> ModuleType:
    path = _package_folder() / _FOLDER / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"appliance_tflite_{name}", path)
    if spec is None or spec.loader is None or not path.is_file():
        raise Misconfigured(f"The TFLite schema {path} is missing.", remedy=_REMEDY)
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except ImportError as error:
        raise Misconfigured(f"The TFLite schema {path} does not load: {error}.", remedy=_REMEDY) from error
    sys.modules[spec.name] = module
    return module


def _package_folder() -> Path:
    """Where mediapipe is installed, found without importing it."""
    spec = importlib.util.find_spec("mediapipe")
    if spec is None or not spec.submodule_search_locations:
        raise Misconfigured("The package mediapipe, whose TFLite schema is needed, is not installed.", remedy=_REMEDY)
    return Path(spec.submodule_search_locations[0])
