from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.stream import VideoStream

from appliance.adapters.pyav.extent import read_head
from appliance.adapters.pyav.opening import opened
from appliance.adapters.pyav.tracks import picture_tracks, sound_track, track_remarks, video_track
from appliance.algorithms.frame_spacing import FrameSpacing

from ....media_files import Clip, write_clip, write_sound

SPACING = FrameSpacing(rate_hz=Fraction(30), interval=Fraction(1, 30), even=True)
EIGHTH_TURN = (46341, 46341, 0, -46341, 46341, 0, 0, 0, 1 << 30)


def write_two_tracks(path: Path, counts: tuple[int, int]) -> Path:
    """Two tracks of different sizes with so many pictures each."""
    with av.open(str(path), "w") as container:
        tracks: list[VideoStream] = []
        for size in (64, 128):
            track = container.add_stream("mpeg4", rate=10)
            assert isinstance(track, VideoStream)
            track.width = track.height = size
            tracks.append(track)
        for track, count in zip(tracks, counts, strict=True):
            for number in range(count):
                frame = av.VideoFrame.from_ndarray(np.full((track.height, track.width, 3), number, np.uint8), format="rgb24")
                frame.pts, frame.time_base = number, Fraction(1, 10)
                container.mux(track.encode(frame.reformat(format="yuv420p")))
            container.mux(track.encode(None))
    return path


@pytest.mark.parametrize(("counts", "best"), [((20, 2), 0), ((2, 20), 1), ((10, 10), 0)])
def test_the_track_with_the_recording_in_it_comes_first(tmp_path: Path, counts: tuple[int, int], best: int) -> None:
    with opened(write_two_tracks(tmp_path / "a.mp4", counts)) as container:
        assert picture_tracks(container)[0].index == best


def test_sound_is_found_where_there_is_some(tmp_path: Path) -> None:
    with opened(write_sound(tmp_path / "a.mp4")) as container:
        audio, remarks = sound_track(container)
    assert audio is not None
    assert (audio.index, audio.codec, audio.channels, remarks) == (0, "aac", 2, ())


def test_sound_that_does_not_decode_is_left_out_and_remarked(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", Clip(sound=True))
    content = path.read_bytes()
    start = content.index(b"mdat") + 4
    end = content.index(b"moov") - 4
    path.write_bytes(content[:start] + b"\xff" * (end - start) + content[end:])
    with opened(path) as container:
        audio, remarks = sound_track(container)
    assert audio is None
    assert "cannot be decoded" in remarks[0]


def test_an_odd_angle_is_remarked_and_rounded(tmp_path: Path) -> None:
    with opened(write_clip(tmp_path / "a.mp4", Clip(seconds=0.1, matrix=EIGHTH_TURN))) as container:
        stream = picture_tracks(container)[0]
        head = read_head(container, stream)
        assert head is not None
        assert "odd angle" in track_remarks(stream, head.frame)[0]
        assert video_track(stream, head.frame, SPACING).orientation.turn_deg % 90 == 0


def test_absurd_pixels_are_taken_as_square_and_remarked(tmp_path: Path) -> None:
    with opened(write_clip(tmp_path / "a.mp4", Clip(seconds=0.1, aspect=Fraction(9)))) as container:
        stream = picture_tracks(container)[0]
        head = read_head(container, stream)
        assert head is not None
        assert "square ones are assumed" in track_remarks(stream, head.frame)[0]
        assert video_track(stream, head.frame, SPACING).pixel_aspect == 1
