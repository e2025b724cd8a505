from __future__ import annotations

from dataclasses import replace
from itertools import takewhile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.resting import Resting, RestRule, Sighting, has_rested, sight
from appliance.domain.footage import FileStamp, SeenFile

RULE = RestRule(rest_s=20.0, give_up_after_s=600.0)
STAMP = FileStamp(size_bytes=1000, modified_ns=5, allocated_bytes=1024, device=1)


def after(*looks: tuple[float, FileStamp]) -> Sighting:
    sighting = None
    for now_s, stamp in looks:
        sighting = sight(sighting, stamp, now_s)
    assert sighting is not None
    return sighting


def test_one_look_proves_nothing_however_old_the_file_is() -> None:
    assert not has_rested(after((0.0, STAMP)), 1000.0, RULE)


def test_two_looks_that_agree_and_enough_time_prove_it() -> None:
    sighting = after((0.0, STAMP), (10.0, STAMP))
    assert not has_rested(sighting, 19.9, RULE)
    assert has_rested(sighting, 20.0, RULE)


@pytest.mark.parametrize(
    "changed", [replace(STAMP, size_bytes=900), replace(STAMP, modified_ns=6), replace(STAMP, allocated_bytes=2048)]
)
def test_any_change_starts_the_wait_anew(changed: FileStamp) -> None:
    sighting = after((0.0, STAMP), (15.0, STAMP), (16.0, changed), (17.0, changed))
    assert not has_rested(sighting, 35.0, RULE)
    assert has_rested(sighting, 36.0, RULE)


def test_missing_blocks_are_waited_for_until_it_has_been_too_long() -> None:
    hollow = replace(STAMP, allocated_bytes=512)
    sighting = after((0.0, hollow), (10.0, hollow))
    assert not has_rested(sighting, 599.0, RULE)
    assert has_rested(sighting, 600.0, RULE)


def test_a_clock_that_is_set_back_starts_the_wait_anew() -> None:
    assert after((1000.0, STAMP), (10.0, STAMP)) == Sighting(stamp=STAMP, since_s=10.0)


@given(st.lists(st.tuples(st.floats(0, 100), st.integers(0, 2)), min_size=1, max_size=8))
def test_what_has_rested_was_the_same_for_long_enough_at_all_looks(steps: list[tuple[float, int]]) -> None:
    now_s, looks = 0.0, []
    for wait_s, size_bytes in steps:
        now_s += wait_s
        looks.append((now_s, replace(STAMP, size_bytes=size_bytes)))
    same = list(takewhile(lambda look: look[1] == looks[-1][1], reversed(looks)))
    if has_rested(after(*looks), now_s, RULE):
        assert len(same) >= 2
        assert now_s - same[-1][0] >= RULE.rest_s


def test_files_are_followed_by_their_place_and_forgotten_when_gone() -> None:
    file = SeenFile(path=Path("/share/a/b"), top="a", place="b", stamp=STAMP)
    resting = Resting(RULE)
    assert not resting.has_rested(file, 0.0)
    resting.see([file], 0.0)
    resting.see([file], 30.0)
    assert resting.has_rested(file, 30.0)
    assert resting.rested_s(file, 30.0) == 30.0
    resting.see([], 31.0)
    resting.see([file], 32.0)
    assert not resting.has_rested(file, 60.0)
    assert resting.rested_s(file, 60.0) == 28.0
