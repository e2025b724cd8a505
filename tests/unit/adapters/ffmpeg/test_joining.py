"""Twin of adapters/ffmpeg/joining.py."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from appliance.adapters.ffmpeg.cutting import Part, ReelLook
from appliance.adapters.ffmpeg.joining import chapters_of, chapters_text, parts_listing
from appliance.adapters.ffmpeg.rendering import RenderedPart
from appliance.domain.media import MediaFile, VideoTrack
from appliance.domain.reel import Cut, ReelPlan
from appliance.domain.timespan import Span

LOOK = ReelLook(width_px=2, height_px=2, rate_hz=Fraction(30000, 1001))
FILE = MediaFile(
    path=Path("/a.mp4"),
    container="mp4",
    size_bytes=1,
    duration=Fraction(60),
    video=VideoTrack(index=0, codec="h264", width_px=2, height_px=2, frame_rate_hz=Fraction(30), time_base=Fraction(1, 90_000)),
)


def rendered(frames: int, cut_index: int = 0) -> RenderedPart:
    part = Part(cut_index=cut_index, file=FILE, start=Fraction(0), frames=frames, samples=0)
    return RenderedPart(part=part, frames=frames, pictures=Path(f"/w/part{cut_index}.mp4"), sound=Path("/w/p.pcm"))


def plan(*titles: str) -> ReelPlan:
    cuts = (Cut(recording_id="r", span=Span(Fraction(0), Fraction(1)), title=title, poster_at=Fraction(0)) for title in titles)
    return ReelPlan(cuts=tuple(cuts))


@given(st.lists(st.integers(1, 700), min_size=1, max_size=60))
def test_listed_durations_never_drift(frames: list[int]) -> None:
    listing = parts_listing([rendered(count) for count in frames], LOOK)
    microseconds = sum(int(found) for found in re.findall(r"duration (\d+)us", listing))
    assert abs(microseconds - sum(frames) / LOOK.rate_hz * 1_000_000) <= Fraction(1, 2)


def test_parts_are_named_beside_their_list() -> None:
    assert "file part0.mp4\n" in parts_listing([rendered(30)], LOOK)


def test_chapters_follow_each_other_and_carry_titles() -> None:
    text = chapters_text([rendered(30, 0), rendered(15, 0), rendered(30, 1)], plan("One", "Two"), LOOK)
    assert re.findall(r"START=(\d+)\nEND=(\d+)\ntitle=(\w+)", text) == [("0", "1502", "One"), ("1502", "2502", "Two")]


def test_a_cut_of_which_nothing_came_out_has_no_chapter() -> None:
    assert "One" not in chapters_text([rendered(30, 1)], plan("One", "Two"), LOOK)


def test_signs_with_a_meaning_are_escaped() -> None:
    assert "title=a\\=b\\;c\\#d\\\\e\\\nf\n" in chapters_text([rendered(30)], plan("a=b;c#d\\e\nf"), LOOK)


def test_chapters_say_where_each_cut_plays() -> None:
    chapters = list(chapters_of([rendered(30, 0), rendered(0, 1), rendered(15, 2)], plan("One", "Two", "Three"), LOOK))
    assert [(chapter.title, chapter.played.start, chapter.played.end) for chapter in chapters] == [
        *(("One", 0, Fraction(1001, 1000)), ("Three", Fraction(1001, 1000), Fraction(3003, 2000))),
    ]
