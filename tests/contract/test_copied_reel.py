"""What copied reels owe: every picture unchanged, in its place and in sync with its sound; what may not be copied is encoded."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from appliance.adapters.ffmpeg.binary import FfmpegBinary, find_ffmpeg
from appliance.adapters.ffmpeg.encoders import SOFTWARE
from appliance.adapters.ffmpeg.reel_encoder import EncodingRule, FfmpegReelEncoder
from appliance.adapters.pyav.picture_groups import PyavGroupReader
from appliance.adapters.pyav.prober import PyavProber
from appliance.domain.media import MediaFile, Recording
from appliance.domain.reel import Cut, Reel, ReelPlan

from .test_reel_encoder import BEEP, FLASH, Clips, HeardProgress, assert_in_sync, cut, fake_ffmpeg, leftovers, play, recording


@pytest.fixture(scope="module")
def binary() -> FfmpegBinary:
    return find_ffmpeg()


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory, binary: FfmpegBinary) -> Clips:
    return Clips(folder=tmp_path_factory.mktemp("clips"), binary=binary)


#: As cameras and ordinary encoders write: three B-frames that refer to each other, a key frame every two seconds.
WITH_B_FRAMES = ("-c:v", "libx264", "-preset", "veryfast", "-bf", "3", "-b_strategy", "0", "-g", "60", "-keyint_min", "60")


def moving_clip(clips: Clips, name: str, *options: str, seconds: int = 100) -> MediaFile:
    """Counting pictures with a flash and a beep every 1.001 s; `options` come last and win."""
    pictures = f"testsrc2=s=160x96:r=30000/1001:d={seconds}," + FLASH.format(period="1.001")
    beeps = BEEP.format(period="1.001", rate="48000") + f":d={seconds}"
    inputs = ("-f", "lavfi", "-i", pictures, "-f", "lavfi", "-i", beeps, "-c:a", "aac", "-pix_fmt", "yuv420p")
    return clips.make(name, *inputs, *WITH_B_FRAMES, "-sc_threshold", "0", *options)


def copied_reel(binary: FfmpegBinary, cuts: Sequence[Cut], recordings: Sequence[Recording], target: Path) -> Reel:
    rule = EncodingRule(groups=PyavGroupReader())
    encoder = FfmpegReelEncoder(binary, SOFTWARE, prober=PyavProber(), rule=rule)
    return encoder.assemble(ReelPlan(cuts=tuple(cuts)), recordings, target, HeardProgress())


def decoded(path: Path) -> list[tuple[Fraction, npt.NDArray[np.uint8]]]:
    """Every picture with its stamp; a damaged one raises."""
    with av.open(str(path)) as container:
        container.streams.video[0].codec_context.options = {"err_detect": "explode"}
        return [
            ((frame.pts or 0) * (frame.time_base or Fraction(1)), frame.to_ndarray(format="yuv420p").astype(np.uint8))
            for frame in container.decode(video=0)
        ]


def assert_shown(reel: Path, source: Path, places: Sequence[int]) -> None:
    """The reel's pictures are these frames of the source, to the last pixel."""
    originals, shown = decoded(source), decoded(reel)
    assert len(shown) == len(places)
    differing = [index for index, place in enumerate(places) if not np.array_equal(shown[index][1], originals[place][1])]
    assert differing == []


class TestCopiedReel:
    @pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv"])
    def test_forty_copied_cuts_have_every_picture_unchanged_and_in_sync(
        self, clips: Clips, binary: FfmpegBinary, tmp_path: Path, suffix: str
    ) -> None:
        # A cut inside every second group: it grows to that group, and never touches the next.
        file = moving_clip(clips, f"long.{suffix}", "-g", "20", "-keyint_min", "20", seconds=55)
        groups, frame = [2 * index + 1 for index in range(40)], Fraction(1001, 30000)
        cuts = [cut(float((20 * group + 3) * frame), float((20 * group + 15) * frame)) for group in groups]
        reel = copied_reel(binary, cuts, [recording(file)], tmp_path / "reel.mp4")
        assert reel.encoder == "copy"
        assert reel.remarks == (f"cut on key frames: {40 * 8 * 1.001 / 30:.1f} s more than planned, nothing re-encoded",)
        assert_shown(reel.path, file.path, [20 * group + place for group in groups for place in range(20)])
        assert [stamp for stamp, _ in decoded(reel.path)] == [index * frame for index in range(800)]
        played = play(reel.path)
        assert abs(len(played.sound) / 48_000 - float(800 * frame)) < 0.03
        assert assert_in_sync(played, reel, [cut(0, float(20 * frame))] * 40) >= 13

    def test_cuts_grow_to_key_frames_and_to_the_ends_of_the_file(
        self, clips: Clips, binary: FfmpegBinary, tmp_path: Path
    ) -> None:
        file = moving_clip(clips, "ends.mp4", seconds=13)
        cuts = [cut(0.5, 1.5), cut(2.5, 3.9, title="second", score=1.0), cut(6.5, 7), cut(12.2, 12.8)]
        reel = copied_reel(binary, cuts, [recording(file)], tmp_path / "reel.mp4")
        assert_shown(reel.path, file.path, [*range(120), *range(180, 240), *range(360, 390)])
        with av.open(str(reel.path)) as container:
            chapters = [
                (each["metadata"]["title"], float(each["start"] * (each["time_base"] or 0))) for each in container.chapters()
            ]
        assert [title for title, _ in chapters] == ["second", "A moment", "A moment"]
        assert [start for _, start in chapters] == pytest.approx([0, 4.004, 6.006], abs=0.001)
        assert assert_in_sync(play(reel.path), reel, [cut(0, 4.004), cut(0, 2.002), cut(0, 1.001)]) >= 4

    @pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv"])
    def test_a_file_whose_clock_starts_late_is_copied_from_its_first_picture_on(
        self, clips: Clips, binary: FfmpegBinary, tmp_path: Path, suffix: str
    ) -> None:
        plain = moving_clip(clips, "ends.mp4", seconds=13)
        late = clips.make(f"late.{suffix}", "-i", str(plain.path), "-c", "copy", "-output_ts_offset", "0.8")
        cuts = [cut(0, 1), cut(4.5, 5)]
        reel = copied_reel(binary, cuts, [recording(late)], tmp_path / "reel.mp4")
        assert reel.encoder == "copy"
        assert_shown(reel.path, plain.path, [*range(60), *range(120, 180)])
        assert assert_in_sync(play(reel.path), reel, [cut(0, 2.002), cut(0, 2.002)]) >= 2

    def test_a_copied_cut_across_two_camera_files_runs_through(self, clips: Clips, binary: FfmpegBinary, tmp_path: Path) -> None:
        first = moving_clip(clips, "GX010002.mp4", seconds=5)
        second = clips.folder / "GX020002.mp4"
        shutil.copy(first.path, second)
        source = recording(first, PyavProber().probe(second))
        cuts = [cut(4.2, float(first.duration) + 1.5)]
        reel = copied_reel(binary, cuts, [source], tmp_path / "reel.mp4")
        assert reel.encoder == "copy"
        assert_shown(reel.path, first.path, [*range(120, 150), *range(60)])

    @pytest.mark.parametrize(
        ("name", "options"),
        [
            ("open.mp4", ("-x264-params", "open-gop=1")),
            ("sparse.mp4", ("-g", "300", "-keyint_min", "300")),
            ("hevc.mkv", ("-c:v", "mpeg4")),
            ("yuv444.mp4", ("-pix_fmt", "yuv444p")),
            ("stream.ts", ()),
        ],
    )
    def test_what_may_not_be_copied_is_encoded_as_planned(
        self, clips: Clips, binary: FfmpegBinary, tmp_path: Path, name: str, options: tuple[str, ...]
    ) -> None:
        file = moving_clip(clips, name, *options, seconds=11)
        reel = copied_reel(binary, [cut(5, 6.001)], [recording(file)], tmp_path / "reel.mp4")
        assert (reel.encoder, reel.remarks) == (SOFTWARE, ())
        assert len(play(reel.path).times_s) == 30

    def test_a_copied_reel_without_sound_is_silent(self, clips: Clips, binary: FfmpegBinary, tmp_path: Path) -> None:
        silent = clips.make("silent_b.mp4", "-i", str(moving_clip(clips, "ends.mp4", seconds=13).path), "-c", "copy", "-an")
        reel = copied_reel(binary, [cut(2.5, 3.9)], [recording(silent)], tmp_path / "reel.mp4")
        assert reel.encoder == "copy"
        assert np.abs(play(reel.path).sound).max() < 0.01

    def test_the_same_plan_copies_to_the_same_bytes(self, clips: Clips, binary: FfmpegBinary, tmp_path: Path) -> None:
        source = recording(moving_clip(clips, "ends.mp4", seconds=13))
        first, second = (copied_reel(binary, [cut(2.5, 3)], [source], tmp_path / name) for name in ("a.mp4", "b.mp4"))
        assert first.path.read_bytes() == second.path.read_bytes()

    def test_a_copy_that_fails_is_encoded_instead_and_said(self, clips: Clips, binary: FfmpegBinary, tmp_path: Path) -> None:
        body = f'case "$*" in *copypriorss*) echo "no such filter" >&2; exit 1;; *) exec "{binary.path}" "$@";; esac'
        source = recording(moving_clip(clips, "ends.mp4", seconds=13))
        reel = copied_reel(fake_ffmpeg(tmp_path, body), [cut(2.5, 3.501)], [source], tmp_path / "out" / "reel.mp4")
        assert reel.encoder == SOFTWARE
        assert "could not be copied (ffmpeg ended with status 1: no such filter)" in reel.remarks[0]
        assert len(play(reel.path).times_s) == 30
        assert leftovers(tmp_path / "out") == ["reel.jpg", "reel.mp4"]
