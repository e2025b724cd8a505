"""From a reel's chapters to whole frames of the files that it was cut from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from appliance.domain.edit import EditEvent, EditFile, EditList
from appliance.domain.media import Recording
from appliance.domain.reel import Chapter

#: Rates that editing programs know. Source: SMPTE ST 2036-1, ITU-R BT.709.
USUAL_RATES_HZ = (
    *(Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(30), Fraction(48), Fraction(50)),
    *(Fraction(60000, 1001), Fraction(60), Fraction(120000, 1001), Fraction(120)),
)


def list_edits(name: str, recording: Recording, chapters: Iterable[Chapter]) -> EditList:
    """The list. A chapter that runs over the end of a file becomes one event for each."""
    video = recording.files[0].video
    rate_hz = usual_rate(video.frame_rate_hz)
    width_px, height_px = video.display_size_px
    return EditList(
        name=name,
        rate_hz=rate_hz,
        width_px=width_px,
        height_px=height_px,
        files=tuple(
            EditFile(name=file.path.name, frames=round(file.duration * rate_hz), has_sound=file.audio is not None)
            for file in recording.files
        ),
        events=tuple(_events(recording, chapters, rate_hz)),
    )


def usual_rate(rate_hz: Fraction) -> Fraction:
    """The nearest rate that editing programs know."""
    return min(USUAL_RATES_HZ, key=lambda usual: abs(usual - rate_hz))


def _events(recording: Recording, chapters: Iterable[Chapter], rate_hz: Fraction) -> Iterator[EditEvent]:
    record = 0
    for chapter in chapters:
        for number, file in enumerate(recording.files):
            given = chapter.source.clipped_to(file.span)
            if given is None:
                continue
            first, last = (round((moment - file.offset) * rate_hz) for moment in (given.start, given.end))
            if last > first:
                yield EditEvent(file=number, source=first, record=record, frames=last - first, title=chapter.title)
                record += last - first
