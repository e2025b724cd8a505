"""From an edit list to parts: stretches of single files, counted in whole frames and samples of the reel, so nothing drifts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from appliance.domain.media import MediaFile, Recording, VideoTrack
from appliance.domain.reel import Cut, ReelPlan
from appliance.domain.timespan import Seconds, Span

SOUND_RATE_HZ = 48_000
#: Reels are watched on phones and in browsers over the building's network.
LONGEST_SIDE_PX = 1920
_FASTEST_HZ = Fraction(60)
_FALLBACK_HZ = Fraction(30)
#: Parts are encoded side by side; longer cuts are split so that no core waits for the last one.
_LONGEST_PART = Fraction(20)
#: Rates that players and cameras agree on. Source: SMPTE ST 2036-1, ITU-R BT.709.
_USUAL_RATES_HZ = (
    Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(30), Fraction(48), Fraction(50),
    Fraction(60000, 1001), Fraction(60),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ReelLook:
    """What every part is brought to: even sides and a constant rate.

    one_palette: bring all parts to the colours of BT.709; otherwise they keep those of their one recording.
    """

    width_px: int
    height_px: int
    rate_hz: Fraction
    one_palette: bool = False

    def frame_at(self, moment: Seconds) -> int:
        """The number of the frame nearest to a moment of the reel."""
        return math.floor(moment * self.rate_hz + Fraction(1, 2))

    def sample_at(self, frame: int) -> int:
        """The sound sample at which a frame begins."""
        return round(frame * SOUND_RATE_HZ / self.rate_hz)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A stretch of one file that is encoded in one go.

    start: on the file's own clock. frames, samples: how many of each go into the reel. opens_cut, closes_cut: whether a cut
    begins or ends here, where sound is faded against clicks.
    """

    cut_index: int
    file: MediaFile
    start: Seconds
    frames: int
    samples: int
    opens_cut: bool = True
    closes_cut: bool = True


def choose_look(plan: ReelPlan, recordings: Sequence[Recording]) -> ReelLook:
    """The size and the rate that most seconds of the reel already have; no longer side than 1920, no faster than 60."""
    by_size: Counter[tuple[int, int]] = Counter()
    by_rate: Counter[Fraction] = Counter()
    for cut in plan.cuts:
        for file, span in files_of(cut, recordings):
            milliseconds = round(span.length * 1000)
            by_size[_reel_size(file.video)] += milliseconds
            by_rate[_reel_rate(file.video)] += milliseconds
    (width, height), _ = by_size.most_common(1)[0]
    rate, _ = by_rate.most_common(1)[0]
    mixed = len({cut.recording_id for cut in plan.cuts}) > 1
    return ReelLook(width_px=width, height_px=height, rate_hz=rate, one_palette=mixed)


def plan_parts(plan: ReelPlan, recordings: Sequence[Recording], look: ReelLook) -> tuple[Part, ...]:
    """Parts in playing order. Rounding happens once per boundary on the reel's clock, so it never adds up."""
    parts: list[Part] = []
    played = Fraction(0)
    for index, cut in enumerate(plan.cuts):
        of_cut: list[Part] = []
        for file, span in files_of(cut, recordings):
            of_cut += _parts_of(index, file, span, (played, look))
            played += span.length
        parts += _with_ends_marked(of_cut)
    return tuple(parts)


def files_of(cut: Cut, recordings: Sequence[Recording]) -> Iterator[tuple[MediaFile, Span]]:
    """The files a cut runs through, each with what it gives on the recording's clock."""
    recording = next(each for each in recordings if each.id == cut.recording_id)
    for file in recording.files:
        given = cut.span.clipped_to(file.span)
        if given is not None:
            yield file, given


def _parts_of(cut_index: int, file: MediaFile, span: Span, place: tuple[Seconds, ReelLook]) -> Iterator[Part]:
    played, look = place
    first, last = look.frame_at(played), look.frame_at(played + span.length)
    pieces = max(1, math.ceil(span.length / _LONGEST_PART))
    bounds = [first + (last - first) * piece // pieces for piece in range(pieces + 1)]
    own_start = span.start - file.offset + file.first_picture
    for begin, end in pairwise(bounds):
        if end > begin:
            yield Part(
                cut_index=cut_index,
                file=file,
                start=own_start + begin / look.rate_hz - played,
                frames=end - begin,
                samples=look.sample_at(end) - look.sample_at(begin),
                opens_cut=False,
                closes_cut=False,
            )


def _with_ends_marked(parts: list[Part]) -> list[Part]:
    last = len(parts) - 1
    return [replace(part, opens_cut=place == 0, closes_cut=place == last) for place, part in enumerate(parts)]


def _reel_size(video: VideoTrack) -> tuple[int, int]:
    width, height = video.display_size_px
    shrink = min(Fraction(1), Fraction(LONGEST_SIDE_PX, max(width, height)))
    return max(2, round(width * shrink) // 2 * 2), max(2, round(height * shrink) // 2 * 2)


def _reel_rate(video: VideoTrack) -> Fraction:
    rate = video.frame_rate_hz
    while rate > _FASTEST_HZ * Fraction(101, 100):
        rate /= 2
    nearest = min(_USUAL_RATES_HZ, key=lambda usual: abs(usual - rate))
    if abs(nearest - rate) <= nearest / 100:
        return nearest
    if rate <= 0 or rate != video.frame_rate_hz:  # a time base that was taken for a rate
        return _FALLBACK_HZ
    if video.variable_rate:  # an average is no rhythm: the next usual rate loses hardly a frame
        return next((usual for usual in _USUAL_RATES_HZ if usual >= rate * Fraction(95, 100)), _FASTEST_HZ)
    return min(rate.limit_denominator(1001), _FASTEST_HZ)
