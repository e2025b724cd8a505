"""Reading key frames alone, on files made here: a key frame every half second."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import pytest

from appliance.adapters.pyav.prober import PyavProber
from appliance.adapters.pyav.reader import PyavReader
from appliance.domain.errors import Transient
from appliance.domain.timespan import Span

from ....media_files import Clip, write_clip

SPREAD = {"preset": "ultrafast", "g": "15", "bf": "2", "sc_threshold": "0"}


def key_times_s(path: Path, start: float, end: float, gap: Fraction = Fraction(0)) -> list[float]:
    file = PyavProber().probe(path)
    span = Span(Fraction(start), Fraction(end))
    return [round(float(frame.time), 2) for frame, _ in PyavReader().key_frames(file, span, gap)]


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clip.mp4", Clip(seconds=4.0, options=SPREAD))


def test_key_frames_come_from_the_last_before_the_span_to_the_first_after_it(clip: Path) -> None:
    assert key_times_s(clip, 0.7, 2.2) == [0.5, 1.0, 1.5, 2.0, 2.5]


def test_at_the_ends_of_the_file_what_is_there_comes(clip: Path) -> None:
    assert key_times_s(clip, 0.0, 9.0) == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5]


def test_key_frames_too_close_together_are_left_out(clip: Path) -> None:
    assert key_times_s(clip, 0.0, 3.6, Fraction(1)) == [0.0, 1.0, 2.0, 3.0]


def test_a_key_frame_shows_what_the_ordinary_reader_shows_at_that_moment(clip: Path) -> None:
    file = PyavProber().probe(clip)
    span = Span(Fraction(0), Fraction(4))
    ordinary = {frame.time: frame.luma(96) for frame in PyavReader().frames(file, span, Fraction(30))}
    glanced = list(PyavReader().key_frames(file, span, Fraction(0)))
    assert len(glanced) == 8
    assert all((frame.luma(96) == ordinary[frame.time]).all() for frame, _ in glanced)


def test_with_each_comes_what_the_file_spends_on_the_pictures_since_the_one_before(clip: Path) -> None:
    file = PyavProber().probe(clip)
    with av.open(str(clip)) as container:
        sizes = [(packet.is_keyframe, packet.size) for packet in container.demux(video=0)]
    spent = [spent for _, spent in PyavReader().key_frames(file, Span(Fraction(0), Fraction(4)), Fraction(0))]
    assert spent[0] == 0
    assert 0 < sum(spent) <= sum(size for is_key, size in sizes if not is_key)
    assert all(spent[1:])


def test_where_packets_do_not_tell_what_is_shown_when_there_are_none(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.avi", Clip(seconds=2.0, codec="mpeg4", options={}))
    assert key_times_s(clip, 0.0, 2.0) == []


def test_a_file_that_is_gone_can_be_tried_again(clip: Path) -> None:
    file = PyavProber().probe(clip)
    clip.unlink()
    with pytest.raises(Transient):
        list(PyavReader().key_frames(file, Span(Fraction(0), Fraction(1)), Fraction(0)))
