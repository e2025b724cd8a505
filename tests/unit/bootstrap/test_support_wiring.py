from __future__ import annotations

from pathlib import Path

from appliance.bootstrap.support_wiring import settings_text, support_looks
from appliance.settings import load_settings
from tests.media_files import Clip, write_clip

from .test_front_door import station_in


def test_every_setting_is_told_by_its_name() -> None:
    text = settings_text(load_settings(environment={"RINKREEL_SERVER_NAME": "Rink 7"}))
    assert "[server]" in text
    assert "name = Rink 7" in text
    assert "[retention]" in text


def test_what_the_box_keeps_secret_is_known_to_be_hidden(tmp_path: Path) -> None:
    station = station_in(tmp_path)
    (station.data.secrets / "code").write_text("abcd-efgh\n")
    (station.data.secrets / "key").write_bytes(bytes([255, 254]) * 16)
    (station.data.secrets / "large").write_text("x" * 5000)
    assert list(support_looks(station).secrets())[:1] == ["abcd-efgh"]
    assert not any(len(secret) > 4096 for secret in support_looks(station).secrets())


def test_logs_findings_and_files_are_looked_up_when_asked(tmp_path: Path) -> None:
    station = station_in(tmp_path)
    (station.data.logs / "api.log").write_text("it runs\n")
    looks = support_looks(station)
    assert looks.logs() == {"api.log": "it runs\n"}
    assert {"ffmpeg", "disk", "SQLite"} <= {finding.name for finding in looks.findings()}
    assert "Video: h264" in looks.describe(write_clip(tmp_path / "a.mp4", Clip(seconds=1)))
