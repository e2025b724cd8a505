"""Recordings and chunks for the tests of services, without files."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from appliance.domain.facts import ChunkPlanned
from appliance.domain.media import Chunk, MediaFile, Recording, VideoTrack
from appliance.domain.timespan import Span


def make_recording(name: str = "clip", *, duration_s: int = 30, remarks: tuple[str, ...] = ()) -> Recording:
    video = VideoTrack(
        index=0, codec="h264", width_px=1280, height_px=720, frame_rate_hz=Fraction(30), time_base=Fraction(1, 90000)
    )
    file = MediaFile(
        path=Path(f"{name}.mp4"), container="mp4", size_bytes=1, duration=Fraction(duration_s), video=video, remarks=remarks
    )
    return Recording(id=f"id-{name}", name=name, files=(file,))


def make_chunks(recording: Recording, count: int) -> list[ChunkPlanned]:
    step = recording.duration / count
    return [
        ChunkPlanned(
            recording=recording,
            chunk=Chunk(recording_id=recording.id, index=index, file_index=0, span=Span(index * step, (index + 1) * step)),
        )
        for index in range(count)
    ]


@pytest.fixture
def recording_named() -> Callable[..., Recording]:
    """Makes a recording from its name."""
    return make_recording


@pytest.fixture
def chunks_of() -> Callable[[Recording, int], list[ChunkPlanned]]:
    """Makes equal chunks of a recording."""
    return make_chunks


@pytest.fixture
def chunks() -> Callable[[int], list[ChunkPlanned]]:
    """Makes equal chunks of one recording of thirty seconds."""
    return lambda count: make_chunks(make_recording("clip"), count)
