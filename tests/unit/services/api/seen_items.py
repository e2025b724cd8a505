"""Recordings that were watched: one in which somebody skates twice."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from appliance.domain.job import CutRules, Item, ItemState, Revision
from appliance.domain.media import MediaFile, Recording, VideoTrack
from appliance.domain.reel import Cut, ReelPlan
from appliance.domain.timespan import Span

from .front_door import Box, flat_signal

VIDEO = VideoTrack(index=0, codec="h264", width_px=64, height_px=48, frame_rate_hz=Fraction(30), time_base=Fraction(1, 90_000))


def a_recording(duration_s: int = 60, path: Path = Path("originals/x/a.mp4")) -> Recording:
    file = MediaFile(path=path, container="mp4", size_bytes=1, duration=Fraction(duration_s), video=VIDEO)
    return Recording(id="r", name="a", files=(file,))


def add_seen(box: Box, item: Item | None = None) -> Item:
    """Somebody skates from second 10 to 20, and faster from 40 to 50; the present cut has 9 seconds in two moments."""
    item = item or box.add_item(state=ItemState.COMPLETED)
    signal = flat_signal(60 * 8)
    for speed, start_s, end_s in ((0.5, 10, 20), (1.0, 40, 50)):
        for values in (signal.speed_hps, signal.travel_hps):
            values[start_s * 8 : end_s * 8] = speed
        signal.people[start_s * 8 : end_s * 8] = 1
    box.signals["s"] = signal
    cuts = tuple(
        Cut(recording_id="r", span=Span(Fraction(start), Fraction(end)), title=f"0:{start}", poster_at=Fraction(start), score=1.0)
        for start, end in ((10, 15), (40, 44))
    )
    seen = Revision(item_id=item.id, number=1, rules=CutRules(), created_at_s=1.0, recording=a_recording(), signal="s")
    box.book.cuts[item.id] = [replace(seen, plan=ReelPlan(cuts=cuts))]
    return item
