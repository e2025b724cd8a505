"""What every frame reader must do, whatever it is built on."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg  # type: ignore[import-untyped]
import numpy as np
import pytest

from appliance.adapters.pyav.prober import PyavProber
from appliance.adapters.pyav.reader import PyavReader
from appliance.domain.errors import Transient, Unusable
from appliance.domain.media import MediaFile
from appliance.domain.timespan import Span
from appliance.ports import FrameReader

from ..media_files import (
    IDENTITY,
    MIRROR,
    TURN_90,
    TURN_90_MIRROR,
    TURN_180,
    TURN_270,
    Clip,
    corners_of,
    cut_short,
    write_clip,
)
from ..staying_reader import StayingReader

RATE = Fraction(8)


@pytest.fixture(params=[PyavReader, StayingReader])
def reader(request: pytest.FixtureRequest) -> FrameReader:
    made: FrameReader = request.param()
    return made


def opened(path: Path) -> MediaFile:
    return PyavProber().probe(path)


def times_of(reader: FrameReader, file: MediaFile, span: Span, rate_hz: Fraction = RATE) -> list[Fraction]:
    return [frame.time for frame in reader.frames(file, span, rate_hz)]


def first_picture_by_ffmpeg(path: Path, size: tuple[int, int]) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """The first picture as an independent player shows it: upright."""
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(),
        "-v",
        "error",
        "-i",
        str(path),
        "-frames:v",
        "1",
        "-pix_fmt",
        "rgb24",
        "-f",
        "rawvideo",
        "-",
    ]
    raw = subprocess.run(command, check=True, capture_output=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(size[1], size[0], 3)


class TestFrameReader:
    def test_frames_come_at_the_grid_of_the_recordings_clock(self, reader: FrameReader, tmp_path: Path) -> None:
        file = opened(write_clip(tmp_path / "a.mp4", Clip(seconds=1)))
        assert times_of(reader, file, file.span) == [Fraction(number, 30) for number in (0, 4, 8, 12, 15, 19, 23, 27)]
        assert reader.remarks() == ()

    def test_a_rate_above_the_files_own_gives_every_frame(self, reader: FrameReader, tmp_path: Path) -> None:
        file = opened(write_clip(tmp_path / "a.mp4", Clip(seconds=0.5)))
        assert times_of(reader, file, file.span, Fraction(240)) == [Fraction(number, 30) for number in range(15)]

    @pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts", ".avi", ".mov"])
    @pytest.mark.parametrize("bf", ["0", "3"])
    def test_two_stretches_together_give_what_one_gives(self, reader: FrameReader, tmp_path: Path, suffix: str, bf: str) -> None:
        clip = Clip(seconds=6, options={"preset": "veryfast", "bf": bf, "g": "20"})
        file = opened(write_clip(tmp_path / f"a{suffix}", clip))
        whole = times_of(reader, file, file.span)
        for seam in (Fraction(31, 10), Fraction(4), Fraction(1, 60)):
            left = times_of(reader, file, Span(file.span.start, seam))
            right = times_of(reader, file, Span(seam, file.span.end))
            assert left + right == whole
        assert whole == sorted(whole)
        assert len(whole) == pytest.approx(48, abs=1)

    def test_a_later_file_of_a_recording_is_read_on_the_recordings_clock(self, reader: FrameReader, tmp_path: Path) -> None:
        file = replace(opened(write_clip(tmp_path / "a.ts", Clip(seconds=1))), offset=Fraction(10))
        times = times_of(reader, file, Span(Fraction(10), Fraction(11)))
        assert times[0] == 10
        assert len(times) == 8

    def test_a_variable_rate_is_followed_by_time_stamps(self, reader: FrameReader, tmp_path: Path) -> None:
        stamps = [0, 33, 66, 300, 333, 400, 900, 933, 1000]
        file = opened(write_clip(tmp_path / "a.mp4", Clip(stamps=stamps)))
        assert [round(time * 1000) for time in times_of(reader, file, file.span)] == [0, 300, 400, 900, 1000]

    @pytest.mark.parametrize("matrix", [IDENTITY, TURN_90, TURN_180, TURN_270, MIRROR, TURN_90_MIRROR])
    def test_pictures_come_upright(self, reader: FrameReader, tmp_path: Path, matrix: tuple[int, ...]) -> None:
        path = write_clip(tmp_path / "a.mp4", Clip(seconds=0.1, matrix=matrix))
        file = opened(path)
        frame = next(iter(reader.frames(file, file.span, RATE)))
        shown = corners_of(first_picture_by_ffmpeg(path, file.video.display_size_px))
        assert corners_of(frame.picture(96)) == shown
        assert corners_of(frame.luma(96)) == shown
        assert frame.picture(96).shape[1::-1] == file.video.display_size_px

    def test_pixels_come_square_and_pictures_are_never_enlarged(self, reader: FrameReader, tmp_path: Path) -> None:
        file = opened(write_clip(tmp_path / "a.mp4", Clip(seconds=0.1, aspect=Fraction(2))))
        frame = next(iter(reader.frames(file, file.span, RATE)))
        assert frame.luma(48).shape == (16, 48)
        assert frame.luma(4000).shape == (64, 192)
        assert frame.picture(48).shape == (16, 48, 3)
        assert frame.picture(48).dtype == frame.luma(48).dtype == np.uint8

    @pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv420p10le", "yuv444p", "yuvj420p"])
    def test_the_number_of_bits_does_not_change_the_picture(self, reader: FrameReader, tmp_path: Path, pixel_format: str) -> None:
        clip = Clip(seconds=0.1, pixel_format=pixel_format, options={"preset": "ultrafast"})
        file = opened(write_clip(tmp_path / "a.mp4", clip))
        frame = next(iter(reader.frames(file, file.span, RATE)))
        assert corners_of(frame.luma(96)) == corners_of(frame.picture(96)) == (0, 1, 2, 3)

    def test_the_proxy_is_read_where_there_is_one(self, reader: FrameReader, tmp_path: Path) -> None:
        full = opened(write_clip(tmp_path / "a.mp4", Clip(seconds=1, size_px=(192, 128))))
        proxy = opened(write_clip(tmp_path / "a.lrv", Clip(stamps=range(500, 1500, 40), format="mp4")))
        file = replace(full, proxy=proxy, offset=Fraction(3))
        frames = list(reader.frames(file, Span(Fraction(3), Fraction(4)), RATE))
        assert frames[0].time == 3
        assert frames[0].luma(1000).shape == (64, 96)

    def test_a_file_that_ends_early_ends_the_reading_and_is_remarked(self, reader: FrameReader, tmp_path: Path) -> None:
        whole = write_clip(tmp_path / "a.mp4", Clip(seconds=20, rate_hz=10, container_options={"movflags": "faststart"}))
        file = opened(whole)
        cut_short(whole, whole, 0.5)
        times = times_of(reader, file, file.span)
        assert 4 < times[-1] < 12
        assert "early" in " ".join(reader.remarks())
        assert reader.remarks() == ()

    def test_damage_in_the_middle_is_passed_over(self, reader: FrameReader, tmp_path: Path) -> None:
        path = write_clip(tmp_path / "a.mp4", Clip(seconds=6))
        content = bytearray(path.read_bytes())
        middle = len(content) // 2
        content[middle : middle + 2000] = bytes(2000)
        path.write_bytes(content)
        file = opened(path)
        times = times_of(reader, file, file.span)
        assert times == sorted(times)
        assert times[0] == 0
        assert times[-1] > 5

    def test_a_stretch_with_nothing_to_decode_is_unusable(self, reader: FrameReader, tmp_path: Path) -> None:
        path = write_clip(tmp_path / "a.mp4", Clip(seconds=1))
        file = opened(path)
        content = bytearray(path.read_bytes())
        start = content.index(b"mdat") + 4
        content[start : content.index(b"moov") - 4] = bytes(content.index(b"moov") - 4 - start)
        path.write_bytes(content)
        with pytest.raises(Unusable, match="can be decoded"):
            times_of(reader, file, file.span)

    def test_a_gap_without_pictures_is_no_failure(self, reader: FrameReader, tmp_path: Path) -> None:
        file = opened(write_clip(tmp_path / "a.mp4", Clip(stamps=[0, 40, 80, 9000, 9040])))
        assert times_of(reader, file, Span(Fraction(2), Fraction(8))) == []

    def test_a_file_that_went_away_may_come_back(self, reader: FrameReader, tmp_path: Path) -> None:
        path = write_clip(tmp_path / "a.mp4", Clip(seconds=0.2))
        file = opened(path)
        path.unlink()
        with pytest.raises(Transient):
            times_of(reader, file, file.span)

    def test_a_reading_may_be_left_before_its_end(self, reader: FrameReader, tmp_path: Path) -> None:
        file = opened(write_clip(tmp_path / "a.mp4"))
        frames = reader.frames(file, file.span, RATE)
        assert next(iter(frames)).time == 0
        assert len(times_of(reader, file, file.span)) == 16


def test_every_odd_file_that_opens_shows_a_picture(shared_folder: Path) -> None:
    prober, reader = PyavProber(), PyavReader()
    for path in sorted((shared_folder / "footage" / "odd").iterdir()):
        try:
            file = prober.probe(path)
        except Unusable:
            continue
        frame = next(iter(reader.frames(file, file.span, RATE)))
        assert frame.time == 0, path.name
        width, height = file.video.display_size_px
        assert frame.luma(64).shape == frame.picture(64).shape[:2], path.name
        assert frame.luma(64).shape == pytest.approx((64 * height / max(width, height), 64 * width / max(width, height)), abs=1)
