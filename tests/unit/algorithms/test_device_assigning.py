from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from appliance.algorithms.device_assigning import device_for, engines_share, memory_share_bytes
from appliance.domain.graphics import Engines, GraphicsDevice


def device(number: int, decoders: int | None = None) -> GraphicsDevice:
    return GraphicsDevice(
        name="A",
        uuid=str(number),
        memory_bytes=10**10,
        free_bytes=10**10,
        capability=(8, 6),
        engines=Engines(decoders=decoders),
    )


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


@given(st.integers(1, 30), st.integers(1, 8), st.integers(0, 9))
def test_engines_are_shared_and_everybody_has_one(workers: int, devices: int, decoders: int) -> None:
    share, fullest = engines_share(device(0, decoders), workers, devices), -(-workers // devices)
    assert share >= 1
    assert share * fullest <= max(decoders, fullest)


def test_a_worker_alone_has_all_engines_and_one_where_nobody_knows() -> None:
    assert engines_share(device(0, 7), 1, 1) == 7
    assert engines_share(device(0), 1, 1) == 1
