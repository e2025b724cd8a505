from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image

from appliance.adapters.matplotlib.motion_plot import MOST_ROWS, plot_motion
from appliance.domain.facts import SegmentsSelected
from appliance.domain.media import MediaFile, Recording, VideoTrack
from appliance.domain.motion import MotionSignal
from appliance.domain.reel import Cut, ReelPlan
from appliance.domain.rules import MotionRule
from appliance.domain.segment import Segment
from appliance.domain.timespan import Span

BLUE, GREEN = (11, 110, 153), (207, 232, 213)


def recording(name: str) -> Recording:
    video = VideoTrack(index=0, codec="h264", width_px=64, height_px=64, frame_rate_hz=Fraction(30), time_base=Fraction(1, 30))
    file = MediaFile(path=Path(f"{name}.mp4"), container="mp4", size_bytes=1, duration=Fraction(60), video=video)
    return Recording(id=name, name=name, files=(file,))


def signal(count: int = 480) -> MotionSignal:
    times_s = np.arange(count) / 8
    speed = np.where((times_s > 20) & (times_s < 30), 1.2, 0.02).astype(np.float32)
    half = (speed / 2).astype(np.float32)
    ones = np.ones(count, np.float32)
    return MotionSignal(
        times_s=times_s, speed_hps=speed, travel_hps=half, limb_hps=half, people=np.ones(count, np.int32), camera=ones
    )


def found(*names: str, moving: bool = True) -> tuple[SegmentsSelected, tuple[MotionSignal, ...]]:
    recordings = tuple(recording(name) for name in names)
    span = Span(Fraction(20), Fraction(30))
    segment = Segment(span=span, score=1.0, peak_hps=1.2, peak_at=Fraction(25), reason="skating")
    cuts = tuple(
        Cut(recording_id=one.id, span=span.widened(Fraction(2), Fraction(3)), title="1", poster_at=Fraction(25))
        for one in recordings
    )
    selected = SegmentsSelected(
        recordings=recordings,
        segments=tuple((segment,) if moving else () for _ in recordings),
        signals=tuple(names),
        plan=ReelPlan(cuts=cuts if moving else ()),
    )
    return selected, tuple(signal() for _ in recordings)


def pixels_of(picture: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"), np.uint8)


def share_of(colour: tuple[int, int, int], picture: bytes) -> float:
    return float((np.abs(pixels_of(picture).astype(int) - colour).max(axis=-1) < 4).mean())


def test_what_was_kept_is_a_band_and_what_moves_a_line() -> None:
    picture = plot_motion([found("a")], MotionRule())
    # 15 of 60 seconds are kept, and axes take most of the picture.
    assert 0.08 < share_of(GREEN, picture) < 0.25
    assert share_of(BLUE, picture) > 0.001


def test_where_nothing_moves_nothing_is_marked() -> None:
    picture = plot_motion([found("a", moving=False)], MotionRule())
    assert share_of(GREEN, picture) == 0.0


def test_each_recording_gets_a_row() -> None:
    one, three = (
        pixels_of(plot_motion([found("a")], MotionRule())),
        pixels_of(plot_motion([found("a", "b"), found("c")], MotionRule())),
    )
    assert three.shape[0] > 2 * one.shape[0]
    assert three.shape[1] == one.shape[1]


def test_very_many_recordings_do_not_make_a_picture_without_end() -> None:
    names = [f"r{index}" for index in range(MOST_ROWS + 3)]
    assert pixels_of(plot_motion([found(*names)], MotionRule())).shape[0] < 8000


def test_without_recordings_there_is_an_empty_picture() -> None:
    assert pixels_of(plot_motion([], MotionRule())).size > 0
