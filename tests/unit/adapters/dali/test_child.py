"""Twin of adapters/dali/child.py: which pictures are wanted. What comes of them is in tests/contract/test_dali_reader.py."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from appliance.adapters.dali.child import sampled_numbers
from appliance.adapters.dali.letters import Reading
from appliance.adapters.pyav.piece_copying import copy_pieces
from appliance.adapters.pyav.prober import PyavProber
from appliance.adapters.pyav.reader import PyavReader
from appliance.algorithms.sampling import grid_for
from appliance.domain.timespan import Span

from ....media_files import Clip, write_clip


@pytest.mark.parametrize("rate", [Fraction(3), Fraction(8), Fraction(30000, 1001), Fraction(240)])
@pytest.mark.parametrize("span", [Span(Fraction(0), Fraction(5)), Span(Fraction(13, 10), Fraction(42, 10))])
def test_the_same_pictures_are_wanted_as_other_readers_show(tmp_path: Path, rate: Fraction, span: Span) -> None:
    clip = Clip(seconds=5, options={"preset": "veryfast", "bf": "3", "g": "20"})
    file = PyavProber().probe(write_clip(tmp_path / "a.mp4", clip))
    grid = grid_for(span, rate, time_base=file.video.time_base, zero_at=-file.first_picture)
    reading = Reading(source=file, grid=grid, size_px=(96, 64), graphics=False)
    bounds = (int(grid.start_pts), int(grid.end_pts))
    wanted = [
        piece.stamps[number] * file.video.time_base - file.first_picture
        for piece in copy_pieces(file, bounds, tmp_path, 0.5)
        for number in sorted(sampled_numbers(piece, reading))
    ]
    assert wanted == [frame.time for frame in PyavReader().frames(file, span, rate)]
