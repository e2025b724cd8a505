from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from appliance.cli.reel import summary_of
from appliance.services.replay import Outcome

MakeOutcome = Callable[..., Outcome]


def test_the_summary_says_where_it_is_and_how_much_was_kept(outcome_of: MakeOutcome) -> None:
    assert summary_of(outcome_of("clip", reel=Path("out/reel.mp4"))) == "out/reel.mp4: 0:16 of 1:00 from clip, 1 cut, libx264"
    assert summary_of(outcome_of("a", "b")) == "reel.mp4: 0:31 of 2:00 from 2 recordings, 2 cuts, libx264"


def test_where_nothing_moves_the_summary_says_so(outcome_of: MakeOutcome) -> None:
    assert summary_of(outcome_of("clip", moving=False)) == "nothing moves in clip (1:00)"
