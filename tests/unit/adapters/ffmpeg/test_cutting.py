"""Twin of adapters/ffmpeg/cutting.py."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.adapters.ffmpeg.cutting import SOUND_RATE_HZ, ReelLook, choose_look, plan_parts
from appliance.domain.media import MediaFile, Orientation, Recording, VideoTrack
from appliance.domain.reel import Cut, ReelPlan
from appliance.domain.timespan import Span


def track(
    size: tuple[int, int] = (1280, 720),
    rate_hz: Fraction = Fraction(30),
    *,
    turn_deg: int = 0,
    variable: bool = False,
    aspect: Fraction = Fraction(1),
) -> VideoTrack:
    return VideoTrack(
        index=0,
        codec="h264",
        width_px=size[0],
        height_px=size[1],
        frame_rate_hz=rate_hz,
        time_base=Fraction(1, 90_000),
        orientation=Orientation(turn_deg=turn_deg),
        variable_rate=variable,
        pixel_aspect=aspect,
    )


def media(duration_s: Fraction | int, video: VideoTrack | None = None, *, offset_s: Fraction | int = 0) -> MediaFile:
    return MediaFile(
        path=Path("/videos/a.mp4"),
        container="mov,mp4",
        size_bytes=1,
        duration=Fraction(duration_s),
        video=video or track(),
        offset=Fraction(offset_s),
        first_picture=Fraction(7, 5),
    )


def recording(*files: MediaFile, name: str = "r") -> Recording:
    return Recording(id=name, name=name, files=files)


def cut(start_s: Fraction | int, end_s: Fraction | int, of: str = "r") -> Cut:
    return Cut(recording_id=of, span=Span(Fraction(start_s), Fraction(end_s)), title="t", poster_at=Fraction(start_s))


def look_for(video: VideoTrack) -> ReelLook:
    return choose_look(ReelPlan(cuts=(cut(0, 5),)), [recording(media(10, video))])


@pytest.mark.parametrize(
    ("video", "size"),
    [
        (track((1280, 720)), (1280, 720)),
        (track((1280, 720), turn_deg=90), (720, 1280)),
        (track((3840, 2160)), (1920, 1080)),
        (track((518, 489)), (518, 488)),
        (track((720, 576), aspect=Fraction(16, 15)), (768, 576)),
    ],
)
def test_the_reel_has_the_size_people_see_even_and_at_most_1920(video: VideoTrack, size: tuple[int, int]) -> None:
    look = look_for(video)
    assert (look.width_px, look.height_px) == size


@pytest.mark.parametrize(
    ("rate_hz", "variable", "expected"),
    [
        (Fraction(30), False, Fraction(30)),
        (Fraction(2997, 100), False, Fraction(30000, 1001)),
        (Fraction(25), False, Fraction(25)),
        (Fraction(10), False, Fraction(10)),
        (Fraction(25, 2), False, Fraction(25, 2)),
        (Fraction(120), False, Fraction(60)),
        (Fraction(240), False, Fraction(60)),
        (Fraction(1000), False, Fraction(30)),
        (Fraction(26077, 873), False, Fraction(30000, 1001)),
        (Fraction(31), True, Fraction(30000, 1001)),
        (Fraction(0), False, Fraction(30)),
        (Fraction(2987, 100), True, Fraction(30000, 1001)),
        (Fraction(1672, 100), True, Fraction(24000, 1001)),
    ],
)
def test_the_reel_has_a_rate_that_players_know(rate_hz: Fraction, variable: bool, expected: Fraction) -> None:
    assert look_for(track(rate_hz=rate_hz, variable=variable)).rate_hz == expected


def test_most_seconds_of_the_reel_decide_its_look() -> None:
    recordings = [recording(media(9, track(turn_deg=90)), name="p"), recording(media(9, track(rate_hz=Fraction(25))), name="q")]
    look = choose_look(ReelPlan(cuts=(cut(0, 2, "p"), cut(0, 3, "q"), cut(4, 6, "q"))), recordings)
    assert look == ReelLook(width_px=1280, height_px=720, rate_hz=Fraction(25), one_palette=True)


def test_a_cut_over_a_file_boundary_becomes_a_part_of_each_file() -> None:
    files = media(10), media(10, offset_s=10)
    parts = plan_parts(ReelPlan(cuts=(cut(8, 13),)), [recording(*files)], look_for(track()))
    assert [(part.file.offset, part.start, part.frames) for part in parts] == [
        (Fraction(0), Fraction(8) + Fraction(7, 5), 60),
        (Fraction(10), Fraction(7, 5), 90),
    ]
    assert [(part.opens_cut, part.closes_cut) for part in parts] == [(True, False), (False, True)]


def test_a_long_cut_is_split_into_equal_parts_that_follow_each_other() -> None:
    parts = plan_parts(ReelPlan(cuts=(cut(1, 46),)), [recording(media(60))], look_for(track()))
    assert [part.frames for part in parts] == [450, 450, 450]
    assert [part.start - Fraction(7, 5) for part in parts] == [1, 16, 31]


spans = st.lists(st.tuples(st.integers(0, 50_000), st.integers(40, 30_000)), min_size=1, max_size=12)


@given(spans, st.sampled_from([Fraction(25), Fraction(30000, 1001), Fraction(60000, 1001), Fraction(25, 2)]))
def test_frames_and_samples_add_up_to_the_plan_however_many_cuts(cuts: list[tuple[int, int]], rate_hz: Fraction) -> None:
    plan = ReelPlan(cuts=tuple(cut(Fraction(start, 1000), Fraction(start + length, 1000)) for start, length in cuts))
    look = ReelLook(width_px=2, height_px=2, rate_hz=rate_hz)
    parts = plan_parts(plan, [recording(media(30), media(100, offset_s=30))], look)
    assert sum(part.frames for part in parts) == look.frame_at(plan.duration)
    assert abs(sum(part.samples for part in parts) - plan.duration * SOUND_RATE_HZ) <= SOUND_RATE_HZ / rate_hz
    assert all(part.frames > 0 for part in parts)


@given(spans)
def test_no_part_starts_more_than_half_a_frame_from_its_place(cuts: list[tuple[int, int]]) -> None:
    plan = ReelPlan(cuts=tuple(cut(Fraction(start, 1000), Fraction(start + length, 1000)) for start, length in cuts))
    look = ReelLook(width_px=2, height_px=2, rate_hz=Fraction(30000, 1001))
    parts = plan_parts(plan, [recording(media(100))], look)
    for index, planned in enumerate(plan.cuts):
        first = next((part for part in parts if part.cut_index == index), None)
        if first is not None:
            assert abs(first.start - Fraction(7, 5) - planned.span.start) <= Fraction(1001, 60000)
