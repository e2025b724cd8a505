from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.adapters.tflite import schema
from appliance.domain.errors import Misconfigured


def test_the_schema_knows_the_operators_of_the_pose_networks() -> None:
    known = vars(schema.load_schema().BuiltinOperator)
    assert {"CONV_2D", "DEPTHWISE_CONV_2D", "DENSIFY", "DEPTH_TO_SPACE"} <= known.keys()


def test_the_metadata_schema_knows_normalisation() -> None:
    assert hasattr(schema.load_metadata_schema(), "NormalizationOptionsT")


def test_mediapipe_itself_is_never_imported() -> None:
    code = (
        "import sys; from appliance.adapters.tflite import schema; schema.load_schema(); schema.load_metadata_schema();"
        "sys.exit('mediapipe' in sys.modules)"
    )
    root = Path(__file__).resolve().parents[4]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0


def test_a_missing_package_is_named_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    schema._load.cache_clear()
    with pytest.raises(Misconfigured, match="mediapipe") as caught:
        schema.load_schema()
    schema._load.cache_clear()
    assert "requirements" in caught.value.remedy


def test_a_package_without_the_schema_is_named_with_its_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(schema, "_package_folder", lambda: tmp_path)
    schema._load.cache_clear()
    with pytest.raises(Misconfigured, match="is missing"):
        schema.load_schema()
    schema._load.cache_clear()
