"""Results of a replay for the tests of the command line, without files."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from appliance.domain.errors import RinkreelError
from appliance.domain.facts import SegmentsSelected, StageFailed
from appliance.domain.media import MediaFile, Recording, VideoTrack
from appliance.domain.motion import MotionSignal
from appliance.domain.reel import Cut, Reel, ReelPlan
from appliance.domain.segment import Segment
from appliance.domain.timespan import Span
from appliance.services.replay import Failure, Outcome

MakeRecording = Callable[..., Recording]


def make_recording(name: str = "clip", *, path: Path | None = None, duration_s: int = 60, proxy: Path | None = None) -> Recording:
    video = VideoTrack(index=0, codec="h264", width_px=64, height_px=64, frame_rate_hz=Fraction(30), time_base=Fraction(1, 30))

    def file_at(place: Path, twin: MediaFile | None) -> MediaFile:
        duration = Fraction(duration_s)
        return MediaFile(path=place, container="mp4", size_bytes=1, duration=duration, video=video, proxy=twin)

    twin = file_at(proxy, None) if proxy else None
    return Recording(id=f"id-{name}", name=name, files=(file_at(path or Path(f"{name}.mp4"), twin),))


def make_outcome(*names: str, moving: bool = True, reel: Path | None = Path("reel.mp4")) -> Outcome:
    recordings = tuple(make_recording(name) for name in names)
    span = Span(Fraction(20), Fraction(61, 2))
    segment = Segment(span=span, score=1.23456, peak_hps=1.5, peak_at=Fraction(25), reason="skating")
    padded = span.widened(Fraction(2), Fraction(3))
    cuts = tuple(Cut(recording_id=one.id, span=padded, title="1", poster_at=Fraction(25)) for one in recordings)
    row = np.zeros(4, np.float32)
    signal = MotionSignal(
        times_s=np.arange(4.0), speed_hps=row, travel_hps=row, limb_hps=row, people=np.zeros(4, np.int32), camera=row
    )
    made = Reel(
        path=reel or Path(),
        poster=None,
        duration=Fraction(31, 2) * len(names),
        width_px=1280,
        height_px=720,
        frame_rate_hz=Fraction(30000, 1001),
        encoder="libx264",
        size_bytes=10,
    )
    return Outcome(
        selected=SegmentsSelected(
            recordings=recordings,
            segments=tuple((segment,) if moving else () for _ in recordings),
            signals=names,
            plan=ReelPlan(cuts=cuts if moving else ()),
        ),
        signals=tuple(signal for _ in recordings),
        reel=made if moving and reel is not None else None,
    )


def make_failure(error: RinkreelError) -> Failure:
    return Failure(StageFailed(stage="probe", subject="bad.mp4", why=error.why, remedy=error.remedy), error)


@pytest.fixture
def recording_named() -> MakeRecording:
    """Makes a recording from its name."""
    return make_recording


@pytest.fixture
def outcome_of() -> Callable[..., Outcome]:
    """Makes an outcome from the names of its recordings."""
    return make_outcome


@pytest.fixture
def failure_of() -> Callable[[RinkreelError], Failure]:
    """Makes a failure from its error."""
    return make_failure
