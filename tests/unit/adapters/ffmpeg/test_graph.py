"""Twin of adapters/ffmpeg/graph.py."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from appliance.adapters.ffmpeg.cutting import Part, ReelLook
from appliance.adapters.ffmpeg.graph import fitted_size, part_graph, picture_chain, seek_from, sound_chain
from appliance.domain.media import AudioTrack, MediaFile, Orientation, Transfer, VideoTrack

LOOK = ReelLook(width_px=1280, height_px=720, rate_hz=Fraction(30000, 1001))
VIDEO = VideoTrack(index=2, codec="h264", width_px=1280, height_px=720, frame_rate_hz=Fraction(30), time_base=Fraction(1, 90_000))
FILE = MediaFile(
    path=Path("/a.mp4"),
    container="mov,mp4,m4a",
    size_bytes=1,
    duration=Fraction(60),
    video=VIDEO,
    audio=AudioTrack(index=5, codec="aac", sample_rate_hz=44100, channels=1),
    first_picture=Fraction(1),
)
PART = Part(cut_index=0, file=FILE, start=Fraction(25, 2), frames=30, samples=48048)


def test_time_comes_first_and_is_exact() -> None:
    chain = picture_chain(VIDEO, Fraction(25, 2), LOOK)
    assert chain.startswith("[0:2]null,settb=AVTB,setpts=PTS-12500000,fps=30000/1001:start_time=0,")


def test_a_picture_that_fits_gets_no_borders() -> None:
    assert ",pad=" not in picture_chain(VIDEO, Fraction(0), LOOK)


@pytest.mark.parametrize(
    ("turn_deg", "mirrored", "expected"),
    [(90, False, "transpose=clock,"), (180, False, "hflip,vflip,"), (270, True, "transpose=cclock,hflip,"), (0, True, "hflip,")],
)
def test_turning_comes_before_mirroring(turn_deg: int, mirrored: bool, expected: str) -> None:
    chain = picture_chain(replace(VIDEO, orientation=Orientation(turn_deg=turn_deg, mirrored=mirrored)), Fraction(0), LOOK)
    assert f"format=yuv420p,{expected}" in chain


def test_a_portrait_stands_between_borders() -> None:
    portrait = replace(VIDEO, orientation=Orientation(turn_deg=90))
    assert fitted_size(portrait, LOOK) == (404, 720)
    chain = picture_chain(portrait, Fraction(0), LOOK)
    assert "scale=720:404:" in chain
    assert "pad=1280:720:(ow-iw)/2:(oh-ih)/2" in chain


def test_interlaced_frames_are_deinterlaced_before_anything_else() -> None:
    assert picture_chain(replace(VIDEO, interlaced=True), Fraction(0), LOOK).startswith("[0:2]bwdif=")


def test_hdr_is_sized_first_and_then_tone_mapped() -> None:
    chain = picture_chain(replace(VIDEO, transfer=Transfer.HLG), Fraction(0), LOOK)
    assert chain.index("scale=") < chain.index("arib-std-b67") < chain.index("tonemap=hable") < chain.index("format=yuv420p")


def test_recordings_that_meet_get_one_palette() -> None:
    assert "out_color_matrix=bt709" in picture_chain(VIDEO, Fraction(0), replace(LOOK, one_palette=True))
    assert "bt709" not in picture_chain(VIDEO, Fraction(0), LOOK)


def test_sound_is_faded_only_where_a_cut_begins_or_ends() -> None:
    assert sound_chain(PART).count("afade=") == 2
    assert "afade" not in sound_chain(replace(PART, opens_cut=False, closes_cut=False))


def test_sound_has_exactly_the_parts_samples() -> None:
    assert sound_chain(PART).endswith("apad=whole_len=48048,atrim=end_sample=48048")
    silent = replace(PART, file=replace(FILE, audio=None))
    assert sound_chain(silent).startswith("anullsrc=r=48000:cl=stereo,")
    assert sound_chain(silent).endswith("atrim=end_sample=48048")


def test_both_outputs_are_named() -> None:
    graph = part_graph(PART, LOOK, "format=nv12,hwupload")
    assert ",trim=end_frame=30,format=nv12,hwupload[v];[0:5]" in graph
    assert graph.endswith("[a]")


def test_reading_begins_a_little_early_and_earlier_in_streams() -> None:
    assert seek_from(FILE, Fraction(10)) == Fraction(99, 10)
    assert seek_from(replace(FILE, container="mpegts"), Fraction(10)) == Fraction(5)


def test_the_beginning_of_a_file_is_not_sought() -> None:
    assert seek_from(FILE, Fraction(21, 20)) is None
    assert seek_from(replace(FILE, container="mpegts"), Fraction(6)) is None
