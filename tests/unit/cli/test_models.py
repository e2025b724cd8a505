from __future__ import annotations

from pathlib import Path

import pytest

from appliance.cli import main
from appliance.cli.models import table_of
from appliance.cli.statuses import Status
from appliance.domain.model import ModelRole, ModelRow, ModelState


def test_a_model_that_is_not_ready_comes_with_what_makes_it_ready() -> None:
    row = ModelRow(
        name="a",
        role=ModelRole.BUNDLE,
        state=ModelState.DIFFERS,
        licence="MIT",
        file="a",
        note="good",
        remedy="rinkreel models build",
    )
    assert table_of([row]) == "DIFFERS  a  MIT  good  → rinkreel models build"


def test_an_empty_shelf_lists_everything_as_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RINKREEL_HOME", str(tmp_path))
    assert main(["models", "list"]) == Status.MADE
    told = capsys.readouterr()
    assert str(tmp_path) in told.err
    assert all(line.startswith("missing") for line in told.out.splitlines())
    assert "rtmdet-nano" in told.out


def test_a_file_that_is_no_model_is_not_taken_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RINKREEL_HOME", str(tmp_path))
    (tmp_path / "fake.onnx").write_bytes(b"not a model")
    assert main(["models", "import", str(tmp_path / "fake.onnx")]) == Status.UNUSABLE
    assert "fake.onnx" in capsys.readouterr().err
