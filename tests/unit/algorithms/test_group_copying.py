from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.group_copying import (
    Stretch,
    WideCut,
    join_touching,
    reordered_frames,
    why_not_file,
    why_not_plan,
    why_not_stretch,
    widen_cut,
)
from appliance.domain.media import MediaFile, Orientation, PictureGroup, PictureRun, Recording, Transfer, VideoTrack
from appliance.domain.reel import Cut, ReelPlan
from appliance.domain.timespan import Span

RATE = Fraction(25)
VIDEO = VideoTrack(
    index=0,
    codec="h264",
    width_px=1280,
    height_px=720,
    frame_rate_hz=RATE,
    time_base=Fraction(1, 90_000),
    pixel_aspect=Fraction(1),
)
FILE = MediaFile(
    path=Path("/a.mp4"),
    container="mov,mp4,m4a",
    size_bytes=10_000_000,
    duration=Fraction(20),
    video=VIDEO,
    first_picture=Fraction(1),
)
#: Decoding order of four frames with two B-frames, the second referring to the first.
ORDER = (0, 3, 1, 2)


def group(first_frame: int, frames: int = 48) -> PictureGroup:
    shown = [first_frame + 4 * block + place for block in range(frames // 4) for place in ORDER]
    return PictureGroup(stamps=tuple(1 + frame / RATE for frame in shown))


def run_of(*groups: PictureGroup, end: Fraction | None) -> PictureRun:
    return PictureRun(groups=groups, end=end, pixel_format="yuv420p", setup=b"avcC")


def cut(start: str, end: str, *, of: str = "r", score: float = 0.0, title: str = "t") -> Cut:
    span = Span(Fraction(start), Fraction(end))
    return Cut(recording_id=of, span=span, title=title, poster_at=span.start, score=score)


def stretch(run: PictureRun, start: str, end: str) -> Stretch:
    return Stretch(file=FILE, given=Span(Fraction(start), Fraction(end)), run=run)


GOOD = run_of(group(48), group(96), end=1 + 144 / RATE)


def test_an_ordinary_recording_may_be_copied() -> None:
    assert why_not_file(FILE) == ""
    assert why_not_plan(ReelPlan(cuts=(cut("1", "2"), cut("2", "3"))), [Recording(id="r", name="r", files=(FILE, FILE))]) == ""


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (replace(FILE, video=replace(VIDEO, codec="hevc")), "codec"),
        (replace(FILE, video=replace(VIDEO, bit_depth=10)), "bits"),
        (replace(FILE, video=replace(VIDEO, interlaced=True)), "interlaced"),
        (replace(FILE, video=replace(VIDEO, transfer=Transfer.PQ)), "HDR"),
        (replace(FILE, video=replace(VIDEO, orientation=Orientation(turn_deg=180))), "turned"),
        (replace(FILE, video=replace(VIDEO, pixel_aspect=Fraction(4, 3))), "square"),
        (replace(FILE, video=replace(VIDEO, variable_rate=True)), "evenly"),
        (replace(FILE, video=replace(VIDEO, width_px=3840, height_px=2160)), "size"),
        (replace(FILE, size_bytes=63_000_000), "bit rate"),
        (replace(FILE, container="mpegts"), "container"),
        (replace(FILE, remarks=("its header lies",)), "odd"),
    ],
)
def test_whatever_a_browser_might_not_show_is_refused_with_its_reason(file: MediaFile, reason: str) -> None:
    assert reason in why_not_file(file)
    assert reason in why_not_plan(ReelPlan(cuts=(cut("1", "2"),)), [Recording(id="r", name="r", files=(file,))])


def test_a_plan_that_mixes_overlaps_or_meets_unequal_files_is_refused() -> None:
    small = replace(FILE, video=replace(VIDEO, width_px=640, height_px=360))
    one, two = (Recording(id=name, name=name, files=(FILE,)) for name in "rs")
    assert "more than one" in why_not_plan(ReelPlan(cuts=(cut("1", "2"), cut("1", "2", of="s"))), [one, two])
    assert "overlap" in why_not_plan(ReelPlan(cuts=(cut("1", "3"), cut("2", "4"))), [one])
    assert "differ" in why_not_plan(ReelPlan(cuts=(cut("1", "2"),)), [replace(one, files=(FILE, small))])


def test_whole_even_closed_groups_are_copied() -> None:
    assert why_not_stretch(stretch(GOOD, "2.5", "5"), RATE) == ""
    at_the_end = run_of(group(48), end=None)
    assert why_not_stretch(stretch(at_the_end, "2.5", "3.84"), RATE) == ""


def shifted(run: PictureRun, index: int, by: Fraction) -> PictureRun:
    stamps = list(run.groups[0].stamps)
    stamps[index] += by
    return replace(run, groups=(PictureGroup(stamps=tuple(stamps)), *run.groups[1:]))


@pytest.mark.parametrize(
    ("run", "reason"),
    [
        (replace(GOOD, pixel_format="yuv422p"), "pixel format"),
        (replace(GOOD, setup=b""), "pixel format"),
        (replace(GOOD, groups=()), "may not begin"),
        (replace(GOOD, groups=(replace(group(48), intact=False), group(96))), "may not begin"),
        (run_of(group(96), end=1 + 144 / RATE), "do not cover"),
        (run_of(group(48), end=None), "do not cover"),
        (replace(GOOD, end=Fraction(12)), "too far from the cut"),
        (shifted(GOOD, -1, Fraction(3)), "open"),
        (shifted(GOOD, 2, Fraction(1, 100)), "evenly"),
        (run_of(group(48), group(100, 44), end=1 + 144 / RATE), "evenly"),
        (run_of(group(0, 144), end=1 + 144 / RATE), "apart"),
    ],
)
def test_packets_that_leave_a_doubt_are_refused_with_its_reason(run: PictureRun, reason: str) -> None:
    assert reason in why_not_stretch(stretch(run, "2.5", "5"), RATE)


def test_stamps_on_a_coarse_clock_count_as_even() -> None:
    coarse = replace(FILE, video=replace(VIDEO, time_base=Fraction(1, 1000)))
    stamps = tuple(Fraction(round(stamp * 1000 + Fraction(1, 3)), 1000) for stamp in group(48).stamps)
    run = run_of(PictureGroup(stamps=stamps), end=None)
    assert why_not_stretch(Stretch(file=coarse, given=Span(Fraction(2), Fraction(3)), run=run), RATE) == ""


def test_a_cut_grows_to_its_groups_on_the_recordings_clock() -> None:
    wide = widen_cut(cut("2.5", "5"), {0: stretch(GOOD, "2.5", "5")}, RATE)
    assert wide.cut.span == Span(48 / RATE, 144 / RATE)
    assert wide.groups == {0: GOOD.groups}


def test_cuts_that_touch_become_one_and_the_better_one_names_it() -> None:
    first = widen_cut(cut("2", "3", title="a"), {0: stretch(GOOD, "2", "3")}, RATE)
    second = widen_cut(cut("4", "5", title="b", score=2), {0: stretch(GOOD, "4", "5")}, RATE)
    later = WideCut(cut=cut("9", "10"), groups={0: (group(225),)})
    joined = join_touching([first, second, later])
    assert [each.cut.title for each in joined] == ["b", "t"]
    assert joined[0].cut.span == first.cut.span
    assert joined[0].groups == {0: GOOD.groups}


@given(st.permutations(range(12)))
def test_no_picture_is_shown_before_it_is_decoded_and_no_more_delay_than_that_is_taken(order: list[int]) -> None:
    delay = reordered_frames([PictureGroup(stamps=tuple(Fraction(frame) for frame in order))])
    leads = [frame - (at - delay) for at, frame in enumerate(order)]
    assert min(leads) == 0
