"""Footage whose frames stay where an engine decoded them is watched as footage that is brought here: same movers, same sightings.

The GPU is this machine's memory and ONNX Runtime's CPU provider; every step from decoder to network is the one that a GPU does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from appliance.adapters.ffmpeg.binary import find_ffmpeg
from appliance.adapters.ffmpeg.recording_writer import FfmpegRecordingWriter
from appliance.adapters.model_shelf import ModelShelf
from appliance.adapters.onnx.device_picture import DevicePicture
from appliance.adapters.pyav.prober import PyavProber
from appliance.adapters.pyav.reader import PyavReader
from appliance.algorithms.backend_choosing import CONVERTED
from appliance.algorithms.scene_catalogue import spin
from appliance.algorithms.scene_drawing import draw_scene
from appliance.bootstrap.pose_wiring import open_pose_model
from appliance.domain.backend import Backend
from appliance.domain.compute import ON_CPU, Rung
from appliance.domain.facts import ChunkAnalysed, ChunkPlanned
from appliance.domain.media import Chunk, Recording
from appliance.domain.motion import MotionSample
from appliance.domain.rules import WatchingRule
from appliance.ports import FrameReader, Picture
from appliance.stages.analyse import analyse

from ..fakes import HeardProgress, MemoryArtefacts
from ..staying_reader import StayingReader

BESIDE = Rung(bound=True, buckets=(1, 4, 8), largest=8)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    """Three seconds of somebody who spins, then one who has stopped."""
    scene = replace(spin(), width_px=640, height_px=360, fps=Fraction(10), length=Fraction(4))
    path = tmp_path_factory.mktemp("kept") / "a.mp4"
    FfmpegRecordingWriter(find_ffmpeg()).write_recording(path, draw_scene(scene), fps=scene.fps)
    return Recording(id="a", name="a", files=(PyavProber().probe(path),))


def watched(recording: Recording, reader: FrameReader, shelf: ModelShelf, rung: Rung) -> Sequence[MotionSample]:
    models = {name: shelf.path_of(name) for name in CONVERTED}
    model = open_pose_model(Backend(name="onnx", models=CONVERTED), models, rungs=[rung])
    artefacts, chunk = MemoryArtefacts(), Chunk(recording_id="a", index=0, file_index=0, span=recording.files[0].span)
    heard = ChunkPlanned(recording=recording, chunk=chunk, rule=WatchingRule())
    (fact,) = asyncio.run(analyse(heard, reader=reader, model=model, artefacts=artefacts, progress=HeardProgress()))
    assert isinstance(fact, ChunkAnalysed)
    assert fact.remarks == ()
    return artefacts.load_samples(fact.features)


def sightings(samples: Sequence[MotionSample]) -> list[tuple[Fraction, float]]:
    return [(sample.time, mover.sighting) for sample in samples for mover in sample.movers if mover.sighting is not None]


def test_what_is_seen_is_the_same_though_pictures_do_not_come_here(
    recording: Recording, pose_weights: ModelShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = watched(recording, PyavReader(), pose_weights, ON_CPU)

    brought: list[DevicePicture] = []
    bring = DevicePicture.near

    def note(picture: DevicePicture) -> Picture:
        brought.append(picture)
        return bring(picture)

    monkeypatch.setattr(DevicePicture, "near", note)
    kept = watched(recording, StayingReader(), pose_weights, BESIDE)
    assert len(brought) == 1  # the first, to be compared with the processor's
    assert [sample.time for sample in kept] == [sample.time for sample in here]
    assert [len(sample.movers) for sample in kept] == [len(sample.movers) for sample in here]
    found, wanted = sightings(kept), sightings(here)
    assert len(wanted) > 2
    assert [time for time, _ in found] == [time for time, _ in wanted]
    np.testing.assert_allclose([score for _, score in found], [score for _, score in wanted], atol=0.03)
    for one, other in zip(kept, here, strict=True):
        for mover, same in zip(one.movers, other.movers, strict=True):
            assert mover.box.iou(same.box) > 0.9
            assert mover.travel_hps == pytest.approx(same.travel_hps, abs=0.05)


def test_a_plain_runtime_brings_parts_of_pictures_here_and_sees_the_same(recording: Recording, pose_weights: ModelShelf) -> None:
    """As after a GPU's runtime has failed: frames still stay with the decoder, the networks run on the processor."""
    here, mixed = (watched(recording, reader, pose_weights, ON_CPU) for reader in (PyavReader(), StayingReader()))
    np.testing.assert_allclose([score for _, score in sightings(mixed)], [score for _, score in sightings(here)], atol=0.03)
