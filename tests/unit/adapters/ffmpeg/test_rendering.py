"""Twin of adapters/ffmpeg/rendering.py."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from appliance.adapters.ffmpeg.binary import FfmpegBinary
from appliance.adapters.ffmpeg.cutting import Part, ReelLook
from appliance.adapters.ffmpeg.encoders import recipe_named
from appliance.adapters.ffmpeg.rendering import (
    PartRenderer,
    RenderedPart,
    found_nothing,
    track_timescale,
    wanted_sound_bytes,
)
from appliance.adapters.ffmpeg.running import FfmpegFailed, FfmpegRunner
from appliance.domain.media import MediaFile, VideoTrack

LOOK = ReelLook(width_px=1280, height_px=720, rate_hz=Fraction(30000, 1001))
FILE = MediaFile(
    path=Path("/v/-odd 'name'.mp4"),
    container="mov,mp4",
    size_bytes=1,
    duration=Fraction(60),
    video=VideoTrack(
        index=0, codec="h264", width_px=1280, height_px=720, frame_rate_hz=Fraction(30), time_base=Fraction(1, 90_000)
    ),
)


def part(frames: int = 30, start_s: int = 5) -> Part:
    return Part(cut_index=0, file=FILE, start=Fraction(start_s), frames=frames, samples=1600 * frames)


def renderer(folder: Path, body: str = "exit 0", encoder: str = "libx264") -> PartRenderer:
    script = folder / "ffmpeg"
    script.write_text(f"#!/bin/sh\n{body}\n")
    script.chmod(0o755)
    runner = FfmpegRunner(binary=FfmpegBinary(path=script, version="9.0", origin="a test"))
    return PartRenderer(runner=runner, recipe=recipe_named(encoder), look=LOOK, folder=folder, workers=2)


def test_inputs_may_only_be_files_and_are_not_turned_by_ffmpeg(tmp_path: Path) -> None:
    arguments = renderer(tmp_path).part_arguments(part(), tmp_path / "p.mp4", tmp_path / "p.pcm")
    before_input = arguments[: arguments.index("-i")]
    assert before_input[before_input.index("-protocol_whitelist") + 1] == "file"
    assert "-noautorotate" in before_input
    assert arguments[arguments.index("-i") + 1] == "file:/v/-odd 'name'.mp4"


def test_a_bit_rate_cap_is_given_only_to_encoders_that_take_one(tmp_path: Path) -> None:
    assert "-maxrate" in renderer(tmp_path).part_arguments(part(), tmp_path, tmp_path)
    assert "-maxrate" not in renderer(tmp_path, encoder="h264_vaapi").part_arguments(part(), tmp_path, tmp_path)


def test_pictures_that_a_gpu_filters_are_decoded_by_it_and_stay_there(tmp_path: Path) -> None:
    plain = renderer(tmp_path, encoder="h264_nvenc")
    graphic = replace(plain, recipe=replace(plain.recipe, filters=frozenset({"scale_cuda"})))
    arguments = graphic.part_arguments(part(), tmp_path / "p.mp4", tmp_path / "p.pcm")
    assert "-hwaccel_output_format" in arguments[: arguments.index("-i")]
    assert ",trim=end_frame=30,null[v];" in arguments[arguments.index("-filter_complex") + 1]
    assert "-hwaccel" not in plain.part_arguments(part(), tmp_path / "p.mp4", tmp_path / "p.pcm")


def test_parts_come_back_in_order_and_frames_are_counted(tmp_path: Path) -> None:
    heard: list[int] = []
    counted = renderer(tmp_path, 'for word; do [ "$last" = -frames:v ] && echo frame=$word; last=$word; done; echo progress=end')
    rendered = counted.render_parts([part(10), part(20), part(30)], heard.append)
    assert [each.frames for each in rendered] == [10, 20, 30]
    assert heard[-1] == 60


def test_the_first_failure_stops_the_others(tmp_path: Path) -> None:
    failing = renderer(tmp_path, 'case "$*" in *part00001.mp4*) echo "it broke" >&2; exit 1;; *) exec sleep 600;; esac')
    with pytest.raises(FfmpegFailed, match="it broke"):
        failing.render_parts([part(), part(), part()], lambda _frames: None)


def test_a_part_without_any_picture_has_no_frames(tmp_path: Path) -> None:
    empty = renderer(tmp_path, 'echo "[enc:libx264 @ 0x1] Could not open encoder before EOF" >&2; exit 234')
    assert empty.render_parts([part()], lambda _frames: None)[0].frames == 0


def test_a_broken_filter_is_not_mistaken_for_an_empty_file() -> None:
    assert found_nothing("[enc:libx264 @ 0x1] Could not open encoder before EOF")
    assert not found_nothing("[fc#0] Error while filtering: Generic error\nCould not open encoder before EOF")
    assert not found_nothing("No space left on device")


@pytest.mark.parametrize("rate_hz", [Fraction(25), Fraction(30000, 1001), Fraction(25, 2), Fraction(10)])
def test_every_frame_has_whole_ticks(rate_hz: Fraction) -> None:
    timescale = track_timescale(ReelLook(width_px=2, height_px=2, rate_hz=rate_hz))
    assert (timescale / rate_hz).denominator == 1
    assert timescale >= 10_000


def test_sound_follows_the_frames_that_really_came_out() -> None:
    rendered = [RenderedPart(part=part(30), frames=frames, pictures=Path("p"), sound=Path("s")) for frames in (30, 12, 30)]
    wanted = wanted_sound_bytes(rendered, LOOK)
    assert sum(wanted) == 4 * LOOK.sample_at(72)
    assert wanted[1] < wanted[0]
