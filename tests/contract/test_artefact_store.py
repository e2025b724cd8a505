"""What every artefact store promises; see ports.ArtefactStore."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from appliance.adapters.artefacts import FolderArtefacts
from appliance.adapters.http_media.features import HttpArtefacts
from appliance.adapters.http_media.line import MediaLine
from appliance.domain.errors import Transient
from appliance.domain.motion import MotionSample, MotionSignal, MoverSample
from appliance.domain.pose import Box
from appliance.ports import ArtefactStore

from ..fakes import MemoryArtefacts
from ..media_server import CREDENTIAL, MediaServer


@contextmanager
def over_http() -> Iterator[ArtefactStore]:
    with MediaServer().open() as head, MediaLine(head.url, CREDENTIAL) as line:
        yield HttpArtefacts(line, "item-1")


STORES: dict[str, Callable[[Path], AbstractContextManager[ArtefactStore]]] = {
    "folder": lambda folder: nullcontext(FolderArtefacts(folder)),
    "memory": lambda _: nullcontext(MemoryArtefacts()),
    "http": lambda _: over_http(),
}


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ArtefactStore]:
    with STORES[request.param](tmp_path) as opened:
        yield opened


def samples(count: int) -> tuple[MotionSample, ...]:
    box = Box(left=-1.5, top=0.1, right=20, bottom=30)
    movers = (
        MoverSample(track=1, box=box, travel_hps=0.1, limb_hps=0.3),
        MoverSample(track=2, box=box, travel_hps=1 / 3, limb_hps=0.0, sighting=0.75),
    )
    return tuple(
        MotionSample(time=Fraction(index * 1001, 30000), camera_confidence=0.1 * index, movers=movers[: index % 3])
        for index in range(count)
    )


def signal(value: float) -> MotionSignal:
    row = np.full(3, value, np.float32)
    return MotionSignal(
        times_s=np.arange(3) / 3, speed_hps=row, travel_hps=row, limb_hps=row, people=np.arange(3, dtype=np.int32), camera=row
    )


class TestArtefactStore:
    def test_samples_come_back_exactly(self, store: ArtefactStore) -> None:
        assert store.load_samples(store.save_samples("0123456789ab/0", samples(7))) == samples(7)

    def test_signals_come_back_exactly(self, store: ArtefactStore) -> None:
        loaded = store.load_signal(store.save_signal("0123456789ab/signal", signal(0.3)))
        np.testing.assert_array_equal(loaded.times_s, signal(0.3).times_s)
        np.testing.assert_array_equal(loaded.speed_hps, signal(0.3).speed_hps)
        np.testing.assert_array_equal(loaded.people, signal(0.3).people)

    def test_writing_twice_is_writing_once(self, store: ArtefactStore) -> None:
        assert store.save_samples("a", samples(2)) == store.save_samples("a", samples(2))
        assert store.load_samples("a") == samples(2)

    def test_what_is_not_there_is_to_be_made_again(self, store: ArtefactStore) -> None:
        with pytest.raises(Transient):
            store.load_samples("never")
        with pytest.raises(Transient):
            store.load_signal("never")
