"""Twin of adapters/ffmpeg/device_graph.py. What its graphs make is tried in tests/contract/test_graphics_filters.py, by an ffmpeg
that does on the processor what they ask of a GPU, and on a GPU in tests/gpu/test_encoding.py."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from appliance.adapters.ffmpeg.binary import find_ffmpeg
from appliance.adapters.ffmpeg.cutting import Part, ReelLook
from appliance.adapters.ffmpeg.device_graph import DEVICE_FILTERS, DeviceChain, device_chain
from appliance.adapters.ffmpeg.filter_listing import list_filters
from appliance.domain.media import MediaFile, Orientation, Transfer, VideoTrack

LOOK = ReelLook(width_px=1280, height_px=720, rate_hz=Fraction(30000, 1001))
VIDEO = VideoTrack(
    index=2, codec="h264", width_px=1920, height_px=1080, frame_rate_hz=Fraction(30), time_base=Fraction(1, 90_000)
)
TURNED = replace(VIDEO, orientation=Orientation(turn_deg=90, mirrored=True))
HDR = replace(TURNED, codec="hevc", bit_depth=10, transfer=Transfer.HLG)


def part_of(video: VideoTrack) -> Part:
    file = MediaFile(path=Path("/a.mp4"), container="mov,mp4", size_bytes=1, duration=Fraction(60), video=video)
    return Part(cut_index=0, file=file, start=Fraction(25, 2), frames=30, samples=48048)


def chain_of(video: VideoTrack, *, look: ReelLook = LOOK, without: str = "") -> DeviceChain | None:
    return device_chain(part_of(video), look, DEVICE_FILTERS - {without})


def test_ordinary_footage_stays_on_the_gpu_from_its_engine_on() -> None:
    chain = chain_of(VIDEO)
    assert chain is not None
    assert chain.stays
    assert chain.decode[:4] == ("-hwaccel", "cuda", "-hwaccel_output_format", "cuda")
    assert chain.pictures.startswith("[0:2]null,settb=AVTB,setpts=PTS-12500000,fps=30000/1001:start_time=0,tpad=")
    assert chain.pictures.endswith("scale_cuda=w=1280:h=720:interp_algo=bicubic:format=yuv420p,setsar=1")


def test_a_turned_picture_is_scaled_as_it_is_stored_then_turned_then_mirrored_then_framed() -> None:
    chain = chain_of(TURNED)
    assert chain is not None
    assert "scale_cuda=w=720:h=404:" in chain.pictures
    assert "transpose_cuda=dir=clock,transpose_cuda=dir=hflip,pad_cuda=1280:720:(ow-iw)/2:(oh-ih)/2," in chain.pictures


def test_interlaced_frames_are_taken_apart_on_the_gpu() -> None:
    chain = chain_of(replace(VIDEO, interlaced=True))
    assert chain is not None
    assert chain.pictures.startswith("[0:2]bwdif_cuda=mode=send_frame:deint=interlaced,")


def test_hdr_visits_the_gpu_once_and_comes_back() -> None:
    chain = chain_of(HDR)
    assert chain is not None
    assert not chain.stays
    assert chain.decode == ()
    assert "libplacebo=w=720:h=404:tonemapping=hable:" in chain.pictures
    assert chain.pictures.index("arib-std-b67") < chain.pictures.index("libplacebo")
    assert chain.pictures.index("libplacebo") < chain.pictures.index("transpose=clock,hflip,pad=")


@pytest.mark.parametrize(
    ("video", "without"),
    [
        (VIDEO, "scale_cuda"),
        (TURNED, "transpose_cuda"),
        (TURNED, "pad_cuda"),
        (replace(VIDEO, interlaced=True), "bwdif_cuda"),
        (HDR, "libplacebo"),
    ],
)
def test_where_one_filter_is_missing_the_processor_does_all(video: VideoTrack, without: str) -> None:
    assert chain_of(video) is not None
    assert chain_of(video, without=without) is None


def test_what_a_graph_does_not_need_may_be_missing() -> None:
    assert chain_of(VIDEO, without="pad_cuda") is not None
    assert chain_of(HDR, without="scale_cuda") is not None


def test_recordings_that_meet_get_one_palette_from_the_processor() -> None:
    assert chain_of(VIDEO, look=replace(LOOK, one_palette=True)) is None
    assert chain_of(HDR, look=replace(LOOK, one_palette=True)) is not None


def asked_of(name: str) -> Iterator[tuple[str, str]]:
    """Options and values that our graphs give to a filter."""
    for video in (VIDEO, TURNED, HDR, replace(VIDEO, interlaced=True)):
        chain = chain_of(video)
        assert chain is not None
        for step in re.findall(rf"{name}=([^,]+)", chain.pictures):
            yield from (tuple(word.split("=")) for word in step.split(":") if "=" in word)


@pytest.mark.parametrize("name", sorted(DEVICE_FILTERS))
def test_the_real_ffmpeg_knows_every_option_and_every_named_value(name: str) -> None:
    binary = find_ffmpeg()
    if name not in list_filters(binary):
        pytest.skip(f"ffmpeg {binary.version} has no {name}")
    told = subprocess.run([str(binary.path), "-hide_banner", "-h", f"filter={name}"], capture_output=True, text=True, check=True)
    known = {line.split()[0] for line in told.stdout.splitlines() if line.startswith("  ") and line.split()}
    for option, value in asked_of(name):
        assert option in known
        assert value in known or value.isdigit() or option == "format"
