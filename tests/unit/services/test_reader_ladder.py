"""Twin of services/reader_ladder.py."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import pytest

from appliance.adapters.pyav.cuda_reader import PyavCudaReader
from appliance.adapters.pyav.prober import PyavProber
from appliance.adapters.pyav.reader import PyavReader
from appliance.domain.errors import Transient
from appliance.domain.media import MediaFile
from appliance.domain.timespan import Seconds, Span
from appliance.ports import FrameReader, SampledFrame
from appliance.services.reader_ladder import PATIENCE, ReaderLadder, Step

from ...media_files import Clip, write_clip

RATE = Fraction(8)


@dataclass
class Failing:
    """The real reader, which gives up after some pictures."""

    after: int
    asked: int = 0
    reads_side_by_side: bool = False
    reader: PyavReader = field(default_factory=PyavReader)

    def frames(self, file: MediaFile, span: Span, rate_hz: Fraction) -> Iterator[SampledFrame]:
        self.asked += 1
        for number, frame in enumerate(self.reader.frames(file, span, rate_hz)):
            if number == self.after:
                raise Transient("the GPU is gone")
            yield frame

    def key_frames(self, file: MediaFile, span: Span, least_gap: Seconds) -> Iterator[tuple[SampledFrame, int]]:
        raise AssertionError("a glance is no work for a GPU")

    def remarks(self) -> tuple[str, ...]:
        return ()


def test_stretches_are_read_side_by_side_where_all_readers_can() -> None:
    assert ladder_of(PyavReader()).reads_side_by_side
    assert not ladder_of(Failing(after=1)).reads_side_by_side


@pytest.fixture
def file(tmp_path: Path) -> MediaFile:
    return PyavProber().probe(write_clip(tmp_path / "a.mp4", Clip(seconds=3)))


def ladder_of(*readers: FrameReader) -> ReaderLadder:
    return ReaderLadder([Step(f"reader {number}", reader) for number, reader in enumerate((*readers, PyavReader()))])


def times(reader: FrameReader, file: MediaFile) -> list[Fraction]:
    return [frame.time for frame in reader.frames(file, file.span, RATE)]


@pytest.mark.parametrize("after", [0, 1, 7, 23])
def test_where_one_gives_up_the_next_goes_on_from_the_very_picture(file: MediaFile, after: int) -> None:
    ladder = ladder_of(Failing(after))
    assert times(ladder, file) == times(PyavReader(), file)
    (remark,) = ladder.remarks()
    assert remark.startswith("reader 0 gave up at ")
    assert remark.endswith(" s, reader 1 went on: the GPU is gone")
    assert ladder.remarks() == ()


def test_several_may_give_up_one_after_the_other(file: MediaFile) -> None:
    ladder = ladder_of(Failing(3), Failing(4))
    assert times(ladder, file) == times(PyavReader(), file)
    assert len(ladder.remarks()) == 2


def test_a_reader_that_never_shows_anything_is_not_asked_for_ever(file: MediaFile) -> None:
    failing = Failing(0)
    ladder = ladder_of(failing)
    for _ in range(PATIENCE + 3):
        assert len(times(ladder, file)) == 24
    assert failing.asked == PATIENCE


def test_a_reader_that_shows_something_is_asked_again(file: MediaFile) -> None:
    failing = Failing(5)
    ladder = ladder_of(failing)
    for _ in range(PATIENCE + 3):
        times(ladder, file)
    assert failing.asked == PATIENCE + 3


def test_the_last_reader_has_the_last_word(file: MediaFile) -> None:
    file.path.unlink()
    with pytest.raises(Transient, match="could not be read"):
        list(ladder_of(Failing(0)).frames(file, file.span, RATE))


def test_glances_are_the_last_readers(file: MediaFile) -> None:
    assert list(ladder_of(Failing(0)).key_frames(file, file.span, Fraction(1)))


def test_a_reading_may_be_left_before_its_end(file: MediaFile) -> None:
    ladder = ladder_of(Failing(9))
    frames = ladder.frames(file, file.span, RATE)
    assert next(frames).time == 0
    assert isinstance(frames, Iterator)
    assert len(times(ladder, file)) == 24


def test_on_a_machine_without_a_gpu_everything_is_read_all_the_same(file: MediaFile) -> None:
    ladder = ladder_of(PyavCudaReader())
    assert len(times(ladder, file)) == 24
