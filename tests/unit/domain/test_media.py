from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from appliance.domain.media import MediaFile, Orientation, Recording, VideoTrack
from appliance.domain.timespan import Span

VIDEO = VideoTrack(index=0, codec="h264", width_px=1280, height_px=720, frame_rate_hz=Fraction(30), time_base=Fraction(1, 90_000))


def file(name: str, duration: Fraction | int, offset: Fraction | int = 0, remarks: tuple[str, ...] = ()) -> MediaFile:
    return MediaFile(
        path=Path(name), container="mp4", size_bytes=1, duration=Fraction(duration), offset=Fraction(offset), video=VIDEO,
        remarks=remarks,
    )  # fmt: skip


@pytest.mark.parametrize(("turn_deg", "size"), [(0, (1280, 720)), (90, (720, 1280)), (180, (1280, 720)), (270, (720, 1280))])
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_turned_picture_is_as_large_as_it_is_shown(turn_deg: int, size: tuple[int, int], mirrored: bool) -> None:
    video = replace(VIDEO, orientation=Orientation(turn_deg=turn_deg, mirrored=mirrored))
    assert video.display_size_px == size


def test_wide_pixels_widen_the_picture_before_it_is_turned() -> None:
    wide = replace(VIDEO, width_px=1440, height_px=1080, pixel_aspect=Fraction(4, 3))
    assert wide.display_size_px == (1920, 1080)
    assert replace(wide, orientation=Orientation(turn_deg=90)).display_size_px == (1080, 1920)


def test_a_file_covers_its_place_on_the_recordings_clock() -> None:
    assert file("b.mp4", Fraction(5, 2), offset=10).span == Span(Fraction(10), Fraction(25, 2))


def test_a_recording_is_as_long_as_its_files_together_to_the_tick() -> None:
    length = Fraction(1001, 30_000)
    recording = Recording(id="r", name="a", files=tuple(file(f"{n}.mp4", length, n * length) for n in range(3000)))
    assert recording.duration == 3000 * length
    assert recording.span == Span(Fraction(0), Fraction(1001, 10))


def test_remarks_say_which_file_they_are_about() -> None:
    files = (file("a.mp4", 1), file("b.mp4", 1, 1, remarks=("its clock jumps", "it ends early")))
    assert Recording(id="r", name="a", files=files).remarks == ("b.mp4: its clock jumps", "b.mp4: it ends early")
