from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.adapters.artefacts import FolderArtefacts, arrays_from_samples, samples_from_arrays
from appliance.domain.errors import Misconfigured, Transient
from appliance.domain.motion import MotionSample, MotionSignal, MoverSample
from appliance.domain.pose import Box

numbers = st.floats(allow_nan=False, width=64)
times = st.fractions(min_value=0, max_value=10**6, max_denominator=10**9)
boxes = st.builds(Box, left=numbers, top=numbers, right=numbers, bottom=numbers)
movers = st.builds(
    MoverSample,
    track=st.integers(0, 2**40),
    box=boxes,
    travel_hps=numbers,
    limb_hps=numbers,
    sighting=st.none() | st.floats(0, 1),
)
samples = st.builds(MotionSample, time=times, camera_confidence=st.floats(0, 1), movers=st.lists(movers, max_size=3).map(tuple))


@given(st.lists(samples, max_size=6))
def test_samples_come_back_exactly(kept: list[MotionSample]) -> None:
    assert samples_from_arrays(arrays_from_samples(kept)) == tuple(kept)


def one_sample(time: Fraction = Fraction(1001, 30000)) -> MotionSample:
    mover = MoverSample(track=3, box=Box(left=1.5, top=2, right=3, bottom=4.25), travel_hps=0.1, limb_hps=0.7, sighting=0.3)
    return MotionSample(time=time, camera_confidence=0.9, movers=(mover,))


def test_samples_survive_the_disk(tmp_path: Path) -> None:
    name = FolderArtefacts(tmp_path).save_samples("ab12/chunk-0", [one_sample()])
    assert FolderArtefacts(tmp_path).load_samples(name) == (one_sample(),)


def test_no_samples_are_no_samples(tmp_path: Path) -> None:
    store = FolderArtefacts(tmp_path)
    assert store.load_samples(store.save_samples("empty", [])) == ()


def test_a_signal_survives_the_disk_with_its_types(tmp_path: Path) -> None:
    rows = (np.arange(4) / 3).astype(np.float32)
    signal = MotionSignal(
        times_s=np.arange(4) / 7, speed_hps=rows, travel_hps=rows, limb_hps=rows, people=np.arange(4, dtype=np.int32), camera=rows
    )
    store = FolderArtefacts(tmp_path)
    loaded = store.load_signal(store.save_signal("ab12/signal", signal))
    for field in ("times_s", "speed_hps", "travel_hps", "limb_hps", "people", "camera"):
        assert getattr(loaded, field).dtype == getattr(signal, field).dtype
        np.testing.assert_array_equal(getattr(loaded, field), getattr(signal, field))


def test_writing_the_same_name_twice_keeps_the_last(tmp_path: Path) -> None:
    store = FolderArtefacts(tmp_path)
    store.save_samples("a", [one_sample(Fraction(1))])
    store.save_samples("a", [one_sample(Fraction(2))])
    assert [sample.time for sample in store.load_samples("a")] == [Fraction(2)]
    assert len(list(tmp_path.iterdir())) == 1


def test_what_is_gone_is_to_be_made_again(tmp_path: Path) -> None:
    with pytest.raises(Transient, match="nothing"):
        FolderArtefacts(tmp_path).load_samples("nothing")


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 half a zip"])
def test_what_is_damaged_is_to_be_made_again(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.npz").write_bytes(content)
    with pytest.raises(Transient):
        FolderArtefacts(tmp_path).load_signal("a")


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "", "a//b", "a/../b", ".hidden", "a/"])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="artefact's name"):
        FolderArtefacts(tmp_path).save_samples(name, [])


def test_a_place_that_cannot_be_written_is_the_operators_business(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Misconfigured):
        FolderArtefacts(tmp_path / "file").save_samples("a/b", [])
