"""Cutting recordings into stretches that are watched in one go, so that several processors have work and memory stays small."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from appliance.domain.media import Chunk, Recording
from appliance.domain.rules import WatchingRule
from appliance.domain.timespan import Seconds, Span

#: Watched before a chunk, so that trackers have settled at its first frame. Source: sixteen samples at eight a second, several
#: times what a track needs to be confirmed.
LEAD: Seconds = Fraction(2)
#: A recording longer than this is halved even when it fits one chunk, so that two processors share it.
SHARED_FROM: Seconds = Fraction(20)
#: The last stretch of a file is joined to the one before it when it is shorter than this part of a chunk.
SLIVER = Fraction(1, 4)


def plan_chunks(recording: Recording, rule: WatchingRule) -> tuple[Chunk, ...]:
    """Chunks that tile every file's span exactly, in order, none across two files."""
    spans = [(index, span) for index, file in enumerate(recording.files) for span in _tiles(file.span, rule.chunk)]
    if len(spans) == 1 and recording.duration > SHARED_FROM:
        spans = [(index, half) for index, span in spans for half in _halves(span)]
    return tuple(
        Chunk(
            recording_id=recording.id,
            index=number,
            file_index=index,
            span=span,
            lead=min(LEAD, span.start - recording.files[index].offset),
        )
        for number, (index, span) in enumerate(spans)
    )


def _tiles(span: Span, length: Seconds) -> Iterator[Span]:
    start = span.start
    while span.end - start >= length * (1 + SLIVER):
        yield Span(start, start + length)
        start += length
    yield Span(start, span.end)


def _halves(span: Span) -> tuple[Span, Span]:
    """Two parts of nearly the same length; they meet at a whole second."""
    middle = span.start + round(span.length / 2)
    return Span(span.start, middle), Span(middle, span.end)
