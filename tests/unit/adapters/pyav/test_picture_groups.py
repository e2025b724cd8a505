"""Reading groups of pictures, on files made here: a key frame every half second."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from appliance.adapters.pyav.picture_groups import PyavGroupReader
from appliance.adapters.pyav.prober import PyavProber
from appliance.domain.errors import Transient
from appliance.domain.media import PictureRun
from appliance.domain.timespan import Span

from ....media_files import Clip, write_clip

SPREAD = {"preset": "veryfast", "g": "15", "bf": "3", "b_strategy": "0", "sc_threshold": "0"}


def run_of(path: Path, start: str, end: str, reach: Fraction = Fraction(5)) -> PictureRun:
    return PyavGroupReader().read_groups(PyavProber().probe(path), Span(Fraction(start), Fraction(end)), reach)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clip.mp4", Clip(seconds=4.0, options=SPREAD))


def test_a_span_gets_the_whole_groups_around_it(clip: Path) -> None:
    run = run_of(clip, "0.7", "1.2")
    assert [group.start for group in run.groups] == [Fraction(1, 2), Fraction(1)]
    assert run.end == Fraction(3, 2)
    assert [len(group.stamps) for group in run.groups] == [15, 15]
    assert all(group.intact for group in run.groups)
    assert (run.pixel_format, run.setup[:1]) == ("yuv420p", b"\x01")


def test_stamps_come_in_decoding_order_and_are_complete(clip: Path) -> None:
    (group,) = run_of(clip, "1.1", "1.2").groups
    assert list(group.stamps) != sorted(group.stamps)
    assert sorted(group.stamps) == [1 + Fraction(index, 30) for index in range(15)]


def test_a_span_on_key_frames_gets_nothing_more(clip: Path) -> None:
    run = run_of(clip, "1", "2")
    assert ([group.start for group in run.groups], run.end) == ([Fraction(1), Fraction(3, 2)], Fraction(2))


def test_at_the_end_of_the_file_there_is_no_next_key_frame(clip: Path) -> None:
    run = run_of(clip, "3.6", "4")
    assert ([group.start for group in run.groups], run.end) == ([Fraction(7, 2)], None)


def test_a_key_frame_out_of_reach_is_not_waited_for(tmp_path: Path) -> None:
    sparse = write_clip(tmp_path / "sparse.mp4", Clip(seconds=6.0, options=SPREAD | {"g": "150"}))
    assert run_of(sparse, "1", "2", Fraction(1)).groups == ()
    assert len(run_of(sparse, "1", "2", Fraction(4)).groups) == 1


def test_key_frames_that_others_reach_across_are_not_intact(tmp_path: Path) -> None:
    opened = write_clip(tmp_path / "open.mp4", Clip(seconds=4.0, options=SPREAD | {"x264-params": "open-gop=1"}))
    assert not all(group.intact for group in run_of(opened, "1.2", "2.2").groups)


def test_a_file_that_is_gone_may_come_back(clip: Path) -> None:
    file = PyavProber().probe(clip)
    clip.unlink()
    with pytest.raises(Transient):
        PyavGroupReader().read_groups(file, Span(Fraction(0), Fraction(1)), Fraction(5))


def test_spans_one_after_the_other_are_read_as_each_alone(clip: Path) -> None:
    file, reader = PyavProber().probe(clip), PyavGroupReader()
    for start in ("2.7", "0.2", "1.2", "3.1"):
        span = Span(Fraction(start), Fraction(start) + Fraction(1, 2))
        assert reader.read_groups(file, span, Fraction(1)) == PyavGroupReader().read_groups(file, span, Fraction(1))
    reader.close()
