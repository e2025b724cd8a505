from __future__ import annotations

import json
from pathlib import Path

import pytest

from appliance.cli import main
from appliance.cli.doctor import table_of
from appliance.domain.health import Finding, State


def test_remedies_stand_below_their_rows() -> None:
    rows = table_of(
        [
            Finding(name="Python", state=State.OK, found="3.13"),
            Finding(name="SQLite", state=State.WARN, found="3.40", remedy="Use another."),
        ]
    ).splitlines()
    assert rows[0] == "ok    Python  3.13"
    assert rows[1] == "warn  SQLite  3.40"
    assert rows[2].strip() == "→ Use another."


def test_this_machine_is_examined_down_to_encoders_that_encode(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RINKREEL_HOME", str(tmp_path))
    status = main(["doctor", "--json"])
    findings = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert {"Python", "ffmpeg", "encoder libx264", "cv2", "onnxruntime", "backend onnx", "GPU", "disk", "SQLite"} <= set(findings)
    assert findings["encoder libx264"]["found"] == "encodes"
    assert status == (5 if any(row["state"] == "bad" for row in findings.values()) else 0)
