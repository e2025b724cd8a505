from __future__ import annotations

from pathlib import Path

import pytest

from appliance.cli import main
from appliance.cli.statuses import Status


def test_an_unusable_input_writes_no_json(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["detect", "nothing.mp4", "--json", "out.json"]) == Status.UNUSABLE
    assert main(["detect", "nothing.mp4", "--json", "-"]) == Status.UNUSABLE
    assert capsys.readouterr().out == ""
    assert list(tmp_path.iterdir()) == []
