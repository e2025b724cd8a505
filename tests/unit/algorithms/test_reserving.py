from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.reserving import BESIDE_BYTES, fits, room_for

SIZES = st.integers(min_value=0, max_value=10**12)


def test_room_is_a_part_of_the_recording_and_something_beside() -> None:
    assert room_for(0) == BESIDE_BYTES
    assert room_for(10**9) == 600 * 10**6 + BESIDE_BYTES


@given(size=SIZES, others=st.lists(SIZES, max_size=5), floor=SIZES, spare=st.integers(-5, 5))
def test_the_floor_stays_free_when_everything_begun_takes_its_room(size: int, others: list[int], floor: int, spare: int) -> None:
    taken = sum(map(room_for, [size, *others]))
    assert fits(size, others, free_bytes=taken + floor + spare, floor_bytes=floor) == (spare >= 0)
