"""What every reel encoder owes its viewers when the hardware refuses: a reel all the same, and a word about it.

The refusals are FFmpeg's own words (libavcodec/nvenc.c), said by a stand-in that hands everything else to the real ffmpeg.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import pytest

from appliance.adapters.ffmpeg.binary import FfmpegBinary, find_ffmpeg
from appliance.adapters.ffmpeg.reel_encoder import EncodingRule, FfmpegReelEncoder
from appliance.adapters.ffmpeg.session_slots import SessionSlots
from appliance.adapters.pyav.prober import PyavProber
from appliance.domain.media import Recording
from appliance.domain.reel import Cut, Reel, ReelPlan
from appliance.domain.timespan import Span

from ..fakes import HeardProgress
from ..media_files import Clip, write_clip
from .test_reel_encoder import fake_ffmpeg

NVENC = "h264_nvenc"


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    file = PyavProber().probe(write_clip(tmp_path_factory.mktemp("clips") / "plain.mp4", Clip(seconds=3, rate_hz=25)))
    return Recording(id="plain", name="plain", files=(file,))


def refusing(folder: Path, refusals: str) -> FfmpegBinary:
    """An ffmpeg that writes down its calls and refuses as told; `refusals` are cases of a shell."""
    body = f'echo "$*" >> "{folder}/calls"\ncase "$*" in {refusals} *) exec "{find_ffmpeg().path}" "$@";; esac'
    return fake_ffmpeg(folder, body)


def refusal(when: str, words: str) -> str:
    return f'*{when}*) echo "[h264_nvenc @ 0x55] {words}" >&2; exit 187;;'


def reel_of(binary: FfmpegBinary, recording: Recording, target: Path, slots: SessionSlots | None = None) -> Reel:
    cuts = tuple(
        Cut(recording_id=recording.id, span=Span(Fraction(start), Fraction(start + 1)), title="", poster_at=Fraction(start))
        for start in (0, 2)
    )
    encoder = FfmpegReelEncoder(binary, NVENC, prober=PyavProber(), rule=EncodingRule(slots=slots))
    return encoder.assemble(ReelPlan(cuts=cuts), [recording], target, HeardProgress())


def frames_in(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(video=0))


def test_a_refused_session_is_retried_on_the_processor_and_said(recording: Recording, tmp_path: Path) -> None:
    binary = refusing(tmp_path, refusal(NVENC, "OpenEncodeSessionEx failed: out of memory (10)"))
    reel = reel_of(binary, recording, tmp_path / "out" / "reel.mp4")
    assert reel.encoder == "libx264"
    assert len(reel.remarks) == 1
    assert "h264_nvenc refused (OpenEncodeSessionEx failed" in reel.remarks[0]
    assert frames_in(reel.path) == 50


def test_a_chip_that_lacks_something_is_asked_for_less_first(recording: Recording, tmp_path: Path) -> None:
    reel = reel_of(refusing(tmp_path, refusal(NVENC, "No capable devices found")), recording, tmp_path / "out" / "reel.mp4")
    assert [remark.rpartition("; ")[2] for remark in reel.remarks] == [
        "milder settings were tried",
        "the reel was encoded with libx264 instead",
    ]
    mild = [call for call in (tmp_path / "calls").read_text().splitlines() if NVENC in call and "temporal-aq" not in call]
    assert mild


def test_sessions_that_others_hold_leave_the_reel_to_the_processor(recording: Recording, tmp_path: Path) -> None:
    slots = SessionSlots(folder=tmp_path / "slots", count=1, patience_s=0)
    with slots.taken():
        reel = reel_of(find_ffmpeg(), recording, tmp_path / "out" / "reel.mp4", slots)
    assert reel.encoder == "libx264"
    assert "all hardware encoding sessions are taken" in reel.remarks[0]


def test_no_more_parts_are_encoded_at_once_than_there_are_sessions(recording: Recording, tmp_path: Path) -> None:
    binary = refusing(
        tmp_path,
        f'*{NVENC}*) mkdir "{tmp_path}/busy" || echo twice >> "{tmp_path}/calls";'
        f' "{find_ffmpeg().path}" -loglevel error -f lavfi -i color=s=64x64:d=1 -f null -; rmdir "{tmp_path}/busy";'
        f' echo "No capable devices found" >&2; exit 1;;',
    )
    reel_of(binary, recording, tmp_path / "out" / "reel.mp4", SessionSlots(folder=tmp_path / "slots", count=1))
    assert "twice" not in (tmp_path / "calls").read_text().splitlines()
