from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
import pytest
from av.video.reformatter import VideoReformatter

from appliance.adapters.pyav.sampled_frame import PyavFrame
from appliance.domain.media import Orientation, VideoTrack

from ....media_files import corners_of

TRACK = VideoTrack(index=0, codec="h264", width_px=96, height_px=64, frame_rate_hz=Fraction(30), time_base=Fraction(1, 90_000))


def frame_in(pixel_format: str, track: VideoTrack = TRACK) -> PyavFrame:
    picture = np.empty((64, 96, 3), np.uint8)
    picture[:32, :48], picture[:32, 48:], picture[32:, :48], picture[32:, 48:] = 230, 170, 110, 50
    frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=pixel_format)
    return PyavFrame(time=Fraction(1), frame=frame, track=track, converter=VideoReformatter())


@pytest.mark.parametrize(
    "pixel_format",
    ["yuv420p", "yuvj420p", "yuv422p", "nv12", "gray", "yuv420p10le", "yuv420p12le", "gray10le", "rgb24", "rgba", "p010le"],
)
def test_every_format_shows_the_same_picture_in_grey_and_in_colour(pixel_format: str) -> None:
    frame = frame_in(pixel_format)
    assert corners_of(frame.luma(96)) == corners_of(frame.picture(96)) == (0, 1, 2, 3)


@pytest.mark.parametrize("pixel_format", ["nv12", "yuv420p10le", "p010le", "p016le"])
def test_luma_keeps_videos_range_however_deep_it_is_and_wherever_its_bits_lie(pixel_format: str) -> None:
    assert np.abs(frame_in(pixel_format).luma(96).astype(int) - frame_in("yuv420p").luma(96)).max() <= 1


def test_sizes_change_in_the_middle_of_a_track() -> None:
    frame = frame_in("yuv420p", replace(TRACK, width_px=1920, height_px=1080))
    assert frame.luma(48).shape == (32, 48)


def test_pixel_aspect_and_turn_are_applied_together() -> None:
    track = replace(TRACK, pixel_aspect=Fraction(2), orientation=Orientation(turn_deg=90))
    frame = frame_in("yuv420p", track)
    assert frame.luma(96).shape == (96, 32)
    assert corners_of(frame.luma(96)) == (2, 0, 3, 1)
    assert frame.picture(96).shape == (96, 32, 3)


def test_pictures_survive_the_frame_they_came_from() -> None:
    frame = frame_in("gray")
    luma = frame.luma(96).copy()
    kept = frame.luma(96)
    del frame
    assert np.array_equal(kept, luma)
