from __future__ import annotations

from pathlib import Path

from appliance.domain.leftover import Leftover


def test_a_leftover_is_a_file_until_somebody_says_otherwise() -> None:
    leftover = Leftover(path=Path("work/x"), touched_at_s=1.0)
    assert not leftover.is_folder
    assert leftover.names == frozenset()
