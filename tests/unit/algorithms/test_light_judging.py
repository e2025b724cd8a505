from __future__ import annotations

import pytest

from appliance.algorithms.light_judging import judge_disk, judge_folder, judge_models
from appliance.domain.health import State


@pytest.mark.parametrize(("free", "state"), [(1, State.BAD), (10, State.WARN), (19, State.WARN), (20, State.OK)])
def test_the_disk_is_judged_by_what_must_stay_free(free: int, state: State) -> None:
    light = judge_disk(free * 10**9, 10 * 10**9)
    assert light.state is state
    assert bool(light.remedy) is (state is not State.OK)


def test_a_folder_is_well_unless_there_is_trouble() -> None:
    assert judge_folder("reels", "").state is State.OK
    bad = judge_folder("reels", "the folder reels is not there")
    assert (bad.state, bad.found) == (State.BAD, "the folder reels is not there")
    assert bad.remedy


def test_missing_models_are_named_with_the_way_to_get_them() -> None:
    assert judge_models(()).state is State.OK
    bad = judge_models(["rtmo-s"])
    assert bad.state is State.BAD
    assert "rinkreel models pull rtmo-s" in bad.remedy
    assert judge_models((), "the manifest cannot be read").state is State.WARN
