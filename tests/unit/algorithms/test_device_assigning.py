from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.device_assigning import device_for, memory_share_bytes
from appliance.domain.graphics import GraphicsDevice


def device(number: int) -> GraphicsDevice:
    return GraphicsDevice(name="A", uuid=str(number), memory_bytes=10**10, free_bytes=10**10, capability=(8, 6))


@given(st.integers(1, 30), st.integers(1, 8))
def test_workers_are_dealt_out_evenly(workers: int, devices: int) -> None:
    given_out = Counter(device_for(worker, [device(n) for n in range(devices)]) for worker in range(workers))
    assert max(given_out.values()) - min(given_out.values()) <= 1
    assert len(given_out) == min(workers, devices)


@given(st.integers(1, 30), st.integers(1, 8))
def test_together_they_never_take_more_than_there_is(workers: int, devices: int) -> None:
    fullest = max(Counter(worker % devices for worker in range(workers)).values())
    assert 2 * fullest * memory_share_bytes(device(0), workers, devices) <= 0.8 * 10**10 + 1


def test_without_devices_nobody_gets_one() -> None:
    assert device_for(0, []) is None
