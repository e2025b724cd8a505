from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.chunking import LEAD, SHARED_FROM, plan_chunks
from appliance.domain.media import MediaFile, Recording, VideoTrack
from appliance.domain.rules import WatchingRule

VIDEO = VideoTrack(index=0, codec="h264", width_px=64, height_px=48, frame_rate_hz=Fraction(30), time_base=Fraction(1, 90_000))


def recording_of(*lengths_s: Fraction | int) -> Recording:
    files = []
    offset = Fraction(0)
    for number, length in enumerate(lengths_s):
        file = MediaFile(
            path=Path(f"{number}.mp4"), container="mp4", size_bytes=1, duration=Fraction(length), video=VIDEO, offset=offset
        )
        files.append(file)
        offset += Fraction(length)
    return Recording(id="r", name="r", files=tuple(files))


lengths = st.fractions(min_value=Fraction(1, 30), max_value=500, max_denominator=90_000)
rules = st.builds(WatchingRule, chunk=st.fractions(min_value=1, max_value=120, max_denominator=1000))


@given(st.lists(lengths, min_size=1, max_size=4), rules)
def test_chunks_tile_the_recording_and_never_cross_a_file(lengths_s: list[Fraction], rule: WatchingRule) -> None:
    recording = recording_of(*lengths_s)
    chunks = plan_chunks(recording, rule)
    assert chunks[0].span.start == 0
    assert chunks[-1].span.end == recording.duration
    assert all(before.span.end == after.span.start for before, after in pairwise(chunks))
    assert [chunk.index for chunk in chunks] == list(range(len(chunks)))
    for chunk in chunks:
        file = recording.files[chunk.file_index].span
        assert file.start <= chunk.span.start - chunk.lead
        assert chunk.span.end <= file.end
        assert chunk.lead == (0 if chunk.span.start == file.start else min(LEAD, chunk.span.start - file.start))


@given(lengths, rules)
def test_no_chunk_is_a_sliver_unless_the_file_is(length_s: Fraction, rule: WatchingRule) -> None:
    chunks = plan_chunks(recording_of(length_s), rule)
    if len(chunks) > 1:
        assert min(chunk.span.length for chunk in chunks) >= min(rule.chunk / 4, SHARED_FROM / 2 - 1)
    assert max(chunk.span.length for chunk in chunks) < rule.chunk * Fraction(5, 4)


def test_a_recording_that_fits_one_chunk_is_shared_by_two_when_it_is_worth_it() -> None:
    assert len(plan_chunks(recording_of(20), WatchingRule())) == 1
    first, second = plan_chunks(recording_of(45), WatchingRule())
    assert [int(chunk.span.length) for chunk in (first, second)] == [22, 23]
    assert first.lead == 0
    assert second.lead == LEAD


def test_a_long_recording_is_cut_at_whole_chunks() -> None:
    chunks = plan_chunks(recording_of(190), WatchingRule(chunk=Fraction(60)))
    assert [int(chunk.span.length) for chunk in chunks] == [60, 60, 70]
