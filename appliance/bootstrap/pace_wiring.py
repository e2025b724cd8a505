"""Measures what this machine does in a second with the tools that it would work with: decoding, and looking for people."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

from appliance.algorithms.agreeing import draw_proof
from appliance.bootstrap.gpu_wiring import Settled, compute_of
from appliance.bootstrap.pose_wiring import open_pose_model
from appliance.bootstrap.remarking import Remarks
from appliance.domain.backend import CPU, Backend
from appliance.domain.errors import RinkreelError
from appliance.domain.health import Finding, State
from appliance.domain.media import MediaFile
from appliance.ports import FrameReader, Picture, PoseModel
from appliance.services.pace_taker import take_pace
from appliance.settings import Settings

#: A camera's usual picture, and as much of it as is decoded within a moment.
WIDTH_PX, HEIGHT_PX, FRAMES, FPS = 1920, 1080, 60, Fraction(30)
#: More than any camera's, so that every frame counts.
EVERY_FRAME_HZ = Fraction(1000)


def measure_paces(settings: Settings, backend: Backend, models: dict[str, Path] | None) -> Sequence[Finding]:
    """Frames decoded and pictures looked at per second, by one worker. models: None while they are not on the shelf."""
    settled = compute_of(settings, 1).settle(0)
    return [_decoding(settings, settled), _looking(settled, backend, models)]


def _decoding(settings: Settings, settled: Settled) -> Finding:
    from appliance.adapters.pyav.prober import PyavProber

    reader = settled.open_reader()
    with tempfile.TemporaryDirectory(prefix="rinkreel-pace-") as folder:
        file = PyavProber().probe(_recording(settings, Path(folder)))
        try:
            pace = take_pace(_decoded(reader, file))
        except RinkreelError as error:
            return Finding(name="decoding", state=State.WARN, found=f"not measured: {error.why}")
    said = "; ".join(reader.remarks())
    found = f"{pace.per_s:.0f} frames of {HEIGHT_PX} lines a second by one worker"
    return Finding(name="decoding", state=State.WARN if said else State.OK, found=f"{found} ({said})" if said else found)


def _looking(settled: Settled, backend: Backend, models: dict[str, Path] | None) -> Finding:
    if models is None:
        return Finding(name="looking", state=State.OK, found="not measured: its models are fetched at first use")
    remarks = Remarks()
    try:
        rungs = settled.rungs(graphics=backend.provider != CPU)
        model = open_pose_model(backend, models, rungs=rungs, hear=remarks.hear)
        pace = take_pace(_looked(model, settled.compute.wish.largest if backend.provider != CPU else 1))
    except RinkreelError as error:
        return Finding(name="looking", state=State.WARN, found=f"not measured: {error.why}", remedy=error.remedy)
    said = "; ".join(remarks.take())
    found = f"{pace.per_s:.0f} pictures a second by one worker, {model.name}"
    return Finding(name="looking", state=State.WARN if said else State.OK, found=f"{found} ({said})" if said else found)


def _decoded(reader: FrameReader, file: MediaFile) -> Iterator[int]:
    """Endless: the recording is read over and over."""
    while True:
        for frame in reader.frames(file, file.span, EVERY_FRAME_HZ):
            frame.luma(640)
            yield 1


def _looked(model: PoseModel, at_once: int) -> Iterator[int]:
    pictures = [draw_proof()] * at_once
    while True:
        model.find_people(pictures)
        yield at_once


def _recording(settings: Settings, folder: Path) -> Path:
    """Two seconds of drawn ice that moves, as a camera would write it."""
    from appliance.adapters.ffmpeg.binary import find_ffmpeg
    from appliance.adapters.ffmpeg.recording_writer import FfmpegRecordingWriter

    target = folder / "pace.mp4"
    FfmpegRecordingWriter(find_ffmpeg(settings.storage.ffmpeg)).write_recording(target, _pictures(), fps=FPS)
    return target


def _pictures() -> Iterator[Picture]:
    proof = draw_proof()
    large = np.tile(proof, (3, 3, 1))[:HEIGHT_PX, :WIDTH_PX]
    for number in range(FRAMES):
        yield np.roll(large, 4 * number, axis=1)
