"""When whole groups of pictures may be copied into a reel as they are, and what the cuts become then. Any doubt is a refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from appliance.domain.media import MediaFile, Orientation, PictureGroup, PictureRun, Recording, Transfer
from appliance.domain.reel import Cut, ReelPlan
from appliance.domain.timespan import Seconds, Span

#: A cut grows by no more than this at either side; key frames lie no further apart. Source: choice of this project.
MOST_GROWTH = Fraction(5)
#: Browsers play what is copied, over the building's network. Source: choice of this project.
LONGEST_SIDE_PX, MOST_BPS = 1920, 25_000_000
PIXEL_FORMATS = frozenset({"yuv420p", "yuvj420p"})
#: Names that FFmpeg gives to the demuxers of MP4, QuickTime and Matroska.
CONTAINERS = frozenset({"mp4", "mov", "matroska"})
#: Stamps may be off their even grid by a tick and this much.
_UNEVENNESS = Fraction(1, 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """What a cut takes from one file: `given` is planned, on the recording's clock; `run` are the groups around it."""

    file: MediaFile
    given: Span
    run: PictureRun


@dataclass(frozen=True, slots=True, kw_only=True)
class WideCut:
    """A cut on key frames. groups: what is copied from each file, by its place in the recording."""

    cut: Cut
    groups: Mapping[int, tuple[PictureGroup, ...]]


def why_not_plan(plan: ReelPlan, recordings: Sequence[Recording]) -> str:
    """Why the recordings themselves forbid copying; empty when they do not."""
    ids = {cut.recording_id for cut in plan.cuts}
    if len(ids) != 1:
        return "the reel has more than one recording"
    if any(later.span.start < earlier.span.end for earlier, later in pairwise(plan.cuts)):
        return "the cuts overlap or play out of order"
    files = next(each for each in recordings if each.id in ids).files
    first = files[0].video
    for file in files:
        if (file.video.width_px, file.video.height_px, file.video.frame_rate_hz) != (
            first.width_px,
            first.height_px,
            first.frame_rate_hz,
        ):
            return "its files differ in size or rate"
        if reason := why_not_file(file):
            return reason
    return ""


def why_not_file(file: MediaFile) -> str:
    """Why a file's pictures cannot be shown everywhere as they are; empty when they can."""
    video = file.video
    sides = (video.width_px, video.height_px)
    checks = (
        (video.codec != "h264", f"its codec is {video.codec}"),
        (video.bit_depth != 8, f"it has {video.bit_depth} bits"),
        (video.interlaced, "it is interlaced"),
        (video.transfer is not Transfer.SDR, "it is HDR"),
        (video.orientation != Orientation(), "it has to be turned"),
        (video.display_size_px != sides, "its pixels are not square"),
        (video.variable_rate, "its frames are not evenly spaced"),
        (max(sides) > LONGEST_SIDE_PX or any(side % 2 for side in sides), "its size is not a reel's"),
        (file.size_bytes * 8 > MOST_BPS * file.duration, "its bit rate is too high"),
        (not CONTAINERS & set(file.container.split(",")), f"its container is {file.container}"),
        (bool(file.remarks), "something about it is odd"),
    )
    return next((reason for refused, reason in checks if refused), "")


def why_not_stretch(stretch: Stretch, rate_hz: Fraction) -> str:
    """Why the packets around a cut forbid copying; empty when they do not."""
    run, half_frame = stretch.run, 1 / rate_hz / 2
    if run.pixel_format not in PIXEL_FORMATS or not run.setup:
        return f"its pixel format is {run.pixel_format or 'unknown'}"
    if not run.groups or not all(group.intact for group in run.groups):
        return "decoding may not begin at its key frames"
    start, end = run.groups[0].start, end_of(run, rate_hz)
    wanted = own_span(stretch.file, stretch.given)
    if start > wanted.start + half_frame or end < wanted.end - half_frame:
        return "its packets do not cover the cut"
    if wanted.start - start > MOST_GROWTH or end - wanted.end > MOST_GROWTH:
        return "its key frames are too far from the cut"
    return _why_not_groups(run.groups, end) or _why_uneven(run, stretch.file.video.time_base, rate_hz)


def own_span(file: MediaFile, given: Span) -> Span:
    """A span of the recording's clock on the file's own."""
    shift = file.first_picture - file.offset
    return Span(given.start + shift, given.end + shift)


def end_of(run: PictureRun, rate_hz: Fraction) -> Seconds:
    """When a run's last picture stops being shown, on the file's own clock."""
    return run.end if run.end is not None else max(max(group.stamps) for group in run.groups) + 1 / rate_hz


def reordered_frames(groups: Sequence[PictureGroup]) -> int:
    """By how many frames decoding has to run ahead of showing, so that none is shown before it is decoded."""
    return max((at - shown for group in groups for at, shown in enumerate(_ranks(group.stamps))), default=0)


def widen_cut(cut: Cut, stretches: Mapping[int, Stretch], rate_hz: Fraction) -> WideCut:
    """The cut as whole groups. stretches: by the file's place in the recording, in playing order."""
    first, last = next(iter(stretches.values())), next(reversed(list(stretches.values())))
    start = first.run.groups[0].start - first.file.first_picture + first.file.offset
    end = end_of(last.run, rate_hz) - last.file.first_picture + last.file.offset
    return WideCut(cut=replace(cut, span=Span(start, end)), groups={place: each.run.groups for place, each in stretches.items()})


def join_touching(cuts: Sequence[WideCut]) -> list[WideCut]:
    """Neighbours that touch become one; the better one gives title and poster."""
    kept: list[WideCut] = []
    for wide in cuts:
        if kept and wide.cut.span.start <= kept[-1].cut.span.end:
            kept.append(_united(kept.pop(), wide))
        else:
            kept.append(wide)
    return kept


def _united(earlier: WideCut, later: WideCut) -> WideCut:
    best = max(earlier.cut, later.cut, key=lambda cut: cut.score)
    span = Span(earlier.cut.span.start, max(earlier.cut.span.end, later.cut.span.end))
    groups = {}
    for place in sorted({*earlier.groups, *later.groups}):
        by_start = {group.start: group for group in (*earlier.groups.get(place, ()), *later.groups.get(place, ()))}
        groups[place] = tuple(by_start[start] for start in sorted(by_start))
    return WideCut(cut=replace(best, span=span), groups=groups)


def _why_not_groups(groups: Sequence[PictureGroup], end: Seconds) -> str:
    bounds = [*(group.start for group in groups), end]
    for group, (start, following) in zip(groups, pairwise(bounds), strict=True):
        if min(group.stamps) < start or max(group.stamps) >= following:
            return "its groups of pictures are open"
        if following - start > MOST_GROWTH:
            return "its key frames are too far apart"
    return ""


def _why_uneven(run: PictureRun, tick: Fraction, rate_hz: Fraction) -> str:
    shown = sorted(stamp for group in run.groups for stamp in group.stamps)
    shown.append(end_of(run, rate_hz))
    slack = tick + _UNEVENNESS
    if any(abs(stamp - shown[0] - at / rate_hz) > slack for at, stamp in enumerate(shown)):
        return "its frames are not evenly spaced"
    return ""


def _ranks(stamps: Sequence[Seconds]) -> list[int]:
    place = {stamp: rank for rank, stamp in enumerate(sorted(stamps))}
    return [place[stamp] for stamp in stamps]
