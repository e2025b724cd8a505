from __future__ import annotations

from dataclasses import FrozenInstanceError
from fractions import Fraction

import pytest

from appliance.domain.segment import Segment
from appliance.domain.timespan import Span

SEGMENT = Segment(
    span=Span(Fraction(1), Fraction(2)), score=0.5, peak_hps=1.0, peak_at=Fraction(3, 2), reason="a skater travels over the ice"
)


def test_a_segment_is_named_field_by_field_and_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        SEGMENT.score = 1.0  # type: ignore[misc]
    with pytest.raises(TypeError):
        Segment(SEGMENT.span, 0.5, 1.0, Fraction(3, 2), "why")  # type: ignore[call-arg]


def test_segments_that_say_the_same_are_equal() -> None:
    assert Segment(span=SEGMENT.span, score=0.5, peak_hps=1.0, peak_at=Fraction(3, 2), reason=SEGMENT.reason) == SEGMENT
