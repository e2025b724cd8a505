"""DALI keeps to what every frame reader must do; on its CPU backend, with the codecs that this one knows.

The other reader is the measure: the same pictures at the same times, and what they show within the rounding of colours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from appliance.adapters.dali.presence import is_installed
from appliance.adapters.dali.reader import DaliReader
from appliance.adapters.pyav.prober import PyavProber
from appliance.adapters.pyav.reader import PyavReader
from appliance.domain.errors import Transient
from appliance.domain.media import MediaFile
from appliance.domain.timespan import Span
from appliance.services.reader_ladder import ReaderLadder, Step

from ..conftest import skip_or_fail
from ..media_files import MIRROR, TURN_90, TURN_180, Clip, corners_of, cut_short, write_clip

RATE = Fraction(8)
VP9 = Clip(seconds=5, codec="libvpx-vp9", options={"deadline": "realtime", "cpu-used": "8", "g": "20"})
MJPEG = Clip(seconds=3, codec="mjpeg", pixel_format="yuvj420p", options={})
#: Of 255, on average. Measured: up to 0.9 in luma and 3.5 in colour, where edges are scaled by another filter.
LUMA_APART, COLOUR_APART = 2.0, 6.0


@pytest.fixture(scope="module")
def dali() -> Iterator[DaliReader]:
    if not is_installed():
        skip_or_fail("dali", "none of its packages is installed")
    reader = DaliReader(glances=PyavReader(), graphics=False, engines=2)
    yield reader
    reader.close()


def opened(path: Path) -> MediaFile:
    return PyavProber().probe(path)


@pytest.mark.parametrize(("name", "clip"), [("a.webm", VP9), ("a.mkv", VP9), ("a.mp4", VP9), ("a.mov", MJPEG)])
def test_the_same_pictures_come_at_the_same_times(dali: DaliReader, tmp_path: Path, name: str, clip: Clip) -> None:
    file = opened(write_clip(tmp_path / name, clip))
    for span in (file.span, Span(Fraction(11, 10), Fraction(27, 10))):
        found, wanted = list(dali.frames(file, span, RATE)), list(PyavReader().frames(file, span, RATE))
        assert [frame.time for frame in found] == [frame.time for frame in wanted]
        for one, other in zip(found, wanted, strict=True):
            assert np.abs(one.luma(64).astype(int) - other.luma(64)).mean() < LUMA_APART
            assert np.abs(one.picture(64).astype(int) - other.picture(64)).mean() < COLOUR_APART
    assert dali.remarks() == ()


def test_a_variable_rate_is_followed_by_time_stamps(dali: DaliReader, tmp_path: Path) -> None:
    stamps = [0, 30, 70, 500, 520, 541, 1800, 1830, 2400]
    file = opened(write_clip(tmp_path / "a.mkv", replace(VP9, stamps=stamps)))
    wanted = [frame.time for frame in PyavReader().frames(file, file.span, Fraction(100))]
    assert [frame.time for frame in dali.frames(file, file.span, Fraction(100))] == wanted
    assert len(wanted) == len(stamps)


@pytest.mark.parametrize("matrix", [TURN_90, TURN_180, MIRROR])
def test_pictures_come_upright_although_dali_does_not_turn_them(
    dali: DaliReader, tmp_path: Path, matrix: tuple[int, ...]
) -> None:
    file = opened(write_clip(tmp_path / "a.mov", replace(MJPEG, seconds=0.5, matrix=matrix)))
    found, wanted = (next(iter(reader.frames(file, file.span, RATE))) for reader in (dali, PyavReader()))
    assert found.picture(96).shape == wanted.picture(96).shape
    assert corners_of(found.picture(96)) == corners_of(wanted.picture(96))
    assert corners_of(found.luma(96)) == corners_of(wanted.luma(96))


def test_a_reading_may_be_left_before_its_end(dali: DaliReader, tmp_path: Path) -> None:
    file = opened(write_clip(tmp_path / "a.mov", MJPEG))
    assert next(iter(dali.frames(file, file.span, RATE))).time == 0
    assert len(list(dali.frames(file, file.span, RATE))) == 24


def test_a_file_that_ends_early_is_left_to_the_next_reader_which_says_so(dali: DaliReader, tmp_path: Path) -> None:
    whole = write_clip(tmp_path / "a.mkv", replace(VP9, seconds=8))
    file = opened(whole)
    cut_short(whole, tmp_path / "b.mkv", 0.5).replace(whole)
    ladder = ReaderLadder([Step("DALI", dali), Step("the CPU", PyavReader())])
    wanted = [frame.time for frame in PyavReader().frames(file, file.span, RATE)]
    assert [frame.time for frame in ladder.frames(file, file.span, RATE)] == wanted
    assert any(remark.startswith("DALI gave up at ") for remark in ladder.remarks())


def test_damage_that_dali_keeps_silent_about_costs_no_picture(dali: DaliReader, tmp_path: Path) -> None:
    whole = write_clip(tmp_path / "a.webm", VP9)
    file = opened(whole)
    content = bytearray(whole.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 400] = bytes(400)
    whole.write_bytes(content)
    ladder = ReaderLadder([Step("DALI", dali), Step("the CPU", PyavReader())])
    found = {frame.time for frame in ladder.frames(file, file.span, RATE)}
    assert found >= {frame.time for frame in PyavReader().frames(file, file.span, RATE)}


def test_what_this_backend_does_not_know_is_transient_and_the_next_one_s_work(dali: DaliReader, tmp_path: Path) -> None:
    file = opened(write_clip(tmp_path / "a.mp4", Clip(seconds=1)))
    with pytest.raises(Transient, match="DALI does not open it"):
        list(dali.frames(file, file.span, RATE))
