from __future__ import annotations

from pathlib import Path

import pytest

from appliance.cli import main
from appliance.cli.statuses import Status


def test_that_nothing_was_running_is_told_and_no_error(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RINKREEL_HOME", str(tmp_path))
    assert main(["down", "--data", str(tmp_path / "none")]) == Status.MADE
    assert f"nothing was running on {tmp_path / 'none'}" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_quiet_says_nothing(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["down", "-q", "--data", str(tmp_path)]) == Status.MADE
    assert capsys.readouterr().err == ""
