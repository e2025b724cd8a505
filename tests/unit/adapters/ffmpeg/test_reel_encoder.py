"""Twin of adapters/ffmpeg/reel_encoder.py; what a reel owes its viewers is in tests/contract."""

from __future__ import annotations

import errno
import shutil
from fractions import Fraction
from pathlib import Path

import pytest

from appliance.adapters.ffmpeg.binary import FfmpegBinary
from appliance.adapters.ffmpeg.reel_encoder import EncodingRule, FfmpegReelEncoder
from appliance.domain.errors import DiskFull, Misconfigured, Transient
from appliance.domain.media import MediaFile, Recording, VideoTrack
from appliance.domain.reel import Cut, ReelPlan
from appliance.domain.timespan import Span

FILE = MediaFile(
    path=Path("/a.mp4"),
    container="mp4",
    size_bytes=1,
    duration=Fraction(10),
    video=VideoTrack(index=0, codec="h264", width_px=64, height_px=64, frame_rate_hz=Fraction(25), time_base=Fraction(1, 90_000)),
)
RECORDING = Recording(id="r", name="r", files=(FILE,))
PLAN = ReelPlan(cuts=(Cut(recording_id="r", span=Span(Fraction(1), Fraction(3)), title="t", poster_at=Fraction(2)),))


class NoProber:
    """Nothing gets far enough to be probed."""

    def probe(self, path: Path) -> MediaFile:
        raise AssertionError(path)


class Deaf:
    """Progress that nobody listens to."""

    def advance(self, stage: str, done_s: float, total_s: float) -> None:
        """Hear nothing."""


def encoder(folder: Path, body: str, name: str = "libx264", *, stall_s: float = 5) -> FfmpegReelEncoder:
    script = folder / "ffmpeg"
    script.write_text(f'#!/bin/sh\necho "$*" >> "{folder}/calls"\n{body}\n')
    script.chmod(0o755)
    binary = FfmpegBinary(path=script, version="9.0", origin="a test")
    return FfmpegReelEncoder(binary, name, prober=NoProber(), rule=EncodingRule(stall_s=stall_s))


def test_it_is_known_by_its_encoder(tmp_path: Path) -> None:
    assert encoder(tmp_path, "exit 0", "h264_vaapi").name == "h264_vaapi"


def test_an_unknown_encoder_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="no encoder called"):
        encoder(tmp_path, "exit 0", "theora")


def test_a_disk_that_fills_up_is_said_with_its_remedy(tmp_path: Path) -> None:
    full = encoder(tmp_path, 'echo "[out#0] Error writing trailer: No space left on device" >&2; exit 228')
    with pytest.raises(Misconfigured, match="filled up") as caught:
        full.assemble(PLAN, [RECORDING], tmp_path / "out" / "reel.mp4", Deaf())
    assert "Free some space" in caught.value.remedy
    assert list((tmp_path / "out").iterdir()) == []


def test_a_failure_of_the_cpu_encoder_is_not_retried(tmp_path: Path) -> None:
    with pytest.raises(Transient, match="Cannot load"):
        encoder(tmp_path, 'echo "Cannot load this" >&2; exit 1').assemble(PLAN, [RECORDING], tmp_path / "o" / "r.mp4", Deaf())
    assert len((tmp_path / "calls").read_text().splitlines()) == 1


def test_a_broken_recording_is_no_reason_to_blame_the_hardware(tmp_path: Path) -> None:
    broken = encoder(tmp_path, 'echo "Invalid data found when processing input" >&2; exit 1', "h264_nvenc")
    with pytest.raises(Transient, match="Invalid data"):
        broken.assemble(PLAN, [RECORDING], tmp_path / "o" / "r.mp4", Deaf())
    assert "libx264" not in (tmp_path / "calls").read_text()


def test_a_folder_that_may_not_be_written_is_an_operators_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    with pytest.raises(Misconfigured, match="cannot be written to"):
        encoder(tmp_path, "exit 0").assemble(PLAN, [RECORDING], tmp_path / "r.mp4", Deaf())


def test_a_share_that_goes_away_may_come_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def vanish(_path: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(shutil, "disk_usage", vanish)
    with pytest.raises(Transient, match="Input/output error"):
        encoder(tmp_path, "exit 0").assemble(PLAN, [RECORDING], tmp_path / "r.mp4", Deaf())


def test_a_stalled_ffmpeg_is_killed_and_may_be_tried_again(tmp_path: Path) -> None:
    with pytest.raises(Transient, match=r"no progress for 0\.3 s"):
        encoder(tmp_path, "sleep 600", stall_s=0.3).assemble(PLAN, [RECORDING], tmp_path / "out" / "reel.mp4", Deaf())
    assert list((tmp_path / "out").iterdir()) == []


def test_an_existing_reel_survives_a_failed_one(tmp_path: Path) -> None:
    target = tmp_path / "out" / "reel.mp4"
    target.parent.mkdir()
    target.write_bytes(b"yesterday's reel")
    with pytest.raises(Transient, match="the encoder broke"):
        encoder(tmp_path, "echo 'the encoder broke' >&2; exit 1").assemble(PLAN, [RECORDING], target, Deaf())
    assert target.read_bytes() == b"yesterday's reel"
    assert [path.name for path in target.parent.iterdir()] == ["reel.mp4"]


def test_a_full_disk_is_said_before_work_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=1000))
    with pytest.raises(DiskFull, match="0 MB free") as caught:
        encoder(tmp_path, "exit 0").assemble(PLAN, [RECORDING], tmp_path / "reel.mp4", Deaf())
    assert caught.value.remedy
    assert not (tmp_path / "calls").exists()
