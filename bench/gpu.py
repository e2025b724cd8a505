"""What a GPU brings, on the machine at hand: python -m bench.gpu [--minutes N] [--write]. Needs no network and no real footage.

Everything is measured on the processor too, so that it says something on any machine, and the ratios are of one run.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from appliance.adapters.ffmpeg.binary import find_ffmpeg
from appliance.adapters.model_shelf import ModelShelf
from appliance.adapters.nvml.devices import read_graphics
from appliance.adapters.onnx.session import OrtSession
from appliance.adapters.pyav.prober import PyavProber
from appliance.adapters.pyav.reader import PyavReader
from appliance.adapters.system.graphics import nvidia_graphics
from appliance.algorithms.agreeing import draw_proof, tell_disagreement
from appliance.algorithms.backend_choosing import CONVERTED
from appliance.algorithms.judging import judge_segments
from appliance.algorithms.rung_planning import plan_rungs
from appliance.bootstrap import draw_demo
from appliance.bootstrap.pose_wiring import open_pose_model
from appliance.cli.progress import NoProgress
from appliance.domain.backend import CPU, CUDA, Backend
from appliance.domain.compute import ON_CPU, ComputeWish, Rung
from appliance.domain.errors import RinkreelError
from appliance.domain.graphics import GraphicsReport
from appliance.domain.media import MediaFile
from appliance.domain.timespan import Span
from appliance.ports import FrameReader
from appliance.services.pace_taker import take_pace
from appliance.settings import load_settings
from bench.command import plain_environment, rinkreel, run_command
from bench.gpu_waiting import waiting_rows
from bench.network_floor import operations_per_picture, pictures_per_s
from bench.place import Place, usual_shared, usual_work
from bench.results import circumstances, publish, table_of

RATE_HZ = Fraction(8)
SIZES = (1, 4, 8, 16, 32, 64)
SIDES = {"blazepose-detector": 224, "blazepose-landmarks": 256}
WANTED_SPEED = 120.0
#: How far the GPU's path may be from the processor's, in F1.
WANTED_F1_APART = 0.01
NOTES = """The reference job is the demonstration's drawn session, repeated, H.264. Decoding counts every frame of the file, of
which eight a second come out, as the product reads it; the floor is what FFmpeg alone decodes on the same engines when no picture
is taken out. Networks see random pictures, best of three moments; their floor is what their multiplications take at the rate of
the chip's cores in 32 bits, or their weights, pictures and heads at that of its memory, whichever is longer. Waiting is one
worker's time, by what it waits for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is measured, and what the machine has."""

    place: Place
    file: MediaFile
    frames: int
    graphics: GraphicsReport
    is_graphic: bool
    models: Mapping[str, Path]
    truth: tuple[Span, ...]
    remarks: list[str] = field(default_factory=list)

    @property
    def engines(self) -> int:
        """Decoding engines of the first GPU; one where nobody says."""
        devices = self.graphics.devices
        return (devices[0].engines.decoders or 1) if devices else 1


def run(place: Place, minutes: float = 2.0) -> None:
    """Measure what can be measured here, and say what cannot."""
    job = _job(place, minutes)
    parts = [
        "## GPU",
        _machine_line(job),
        "### Decoding\n\n" + table_of(("reader", "frames/s", "× real time"), list(_decoding_rows(job))),
        "### Networks, pictures per second\n\n" + table_of(("network", "runs on", *map(str, SIZES)), list(_network_rows(job))),
        "### One worker's time\n\n" + table_of(("reader", "× real time", "decoding", "network", "motion"), waiting_rows(job)),
        "### From file to finished reel\n\n" + _whole_job(job),
        "### Agreement with the processor\n\n" + "\n".join(_agreement(job)),
        *([f"- {remark}" for remark in dict.fromkeys(job.remarks)]),
        NOTES,
        circumstances(),
    ]
    publish(place, "gpu", "\n\n".join(parts))


def _job(place: Place, minutes: float) -> Job:
    settings, room = load_settings(), place.room("gpu")
    demonstration = draw_demo(settings, room, NoProgress())
    times = max(1, round(minutes * 60 / float(demonstration.duration)))
    target = room / "job.mp4"
    loop = ("-stream_loop", str(times - 1), "-i", str(demonstration.recording))
    ffmpeg = (str(find_ffmpeg().path), "-nostdin", "-v", "error", "-y")
    subprocess.run([*ffmpeg, *loop, "-map", "0", "-c", "copy", str(target)], check=True)
    file, shelf = PyavProber().probe(target), ModelShelf(settings.storage.models_folder)
    return Job(
        place=place,
        file=file,
        frames=round(file.duration * file.video.frame_rate_hz),
        graphics=read_graphics(),
        is_graphic=bool(nvidia_graphics()[0]),
        models={name: shelf.path_of(name) for name in CONVERTED},
        truth=tuple(
            Span(span.start + number * demonstration.duration, span.end + number * demonstration.duration)
            for number in range(times)
            for span in demonstration.truth
        ),
    )


def _machine_line(job: Job) -> str:
    if not job.is_graphic:
        return f"**Not run on a GPU**: {nvidia_graphics()[1]}. What stands here is the processor's."
    return "; ".join(f"{device.label}, {job.graphics.software}" for device in job.graphics.devices)


def readers_of(job: Job) -> Iterator[tuple[str, FrameReader]]:
    """Every way to decode that this machine may have, the processor last."""
    from appliance.adapters.dali.presence import is_installed
    from appliance.adapters.dali.reader import DaliReader
    from appliance.adapters.onnx.darkroom import Darkroom
    from appliance.adapters.pyav.cuda_reader import PyavCudaReader
    from appliance.adapters.pyav.far_frame import FarRoom
    from appliance.adapters.system.graphics import wait_for_graphics

    if job.is_graphic and is_installed():
        yield "DALI, one engine", DaliReader(glances=PyavReader())
        yield f"DALI, {job.engines} engines", DaliReader(glances=PyavReader(), engines=job.engines)
    if job.is_graphic:
        yield "FFmpeg on CUDA", PyavCudaReader()
        room = FarRoom(darkroom=Darkroom(device="cuda", settle=wait_for_graphics))
        yield "FFmpeg on CUDA, pictures kept there", PyavCudaReader(room=room)
    yield "the processor, one thread", PyavReader()


def _decoding_rows(job: Job) -> Iterator[list[str]]:
    length_s = float(job.file.duration)
    if job.is_graphic:
        for sessions in sorted({1, job.engines}):
            seconds = _engines_alone(job, sessions)
            name = f"floor: engines alone, {sessions} at once"
            yield [name, f"{sessions * job.frames / seconds:.0f}", f"{sessions * length_s / seconds:.0f}"]
    for name, reader in readers_of(job):
        began = time.perf_counter()
        try:
            shown = sum(1 for _ in reader.frames(job.file, job.file.span, RATE_HZ))
        except RinkreelError as error:
            job.remarks.append(f"{name} failed: {error.why}")
            yield [name, "–", "–"]
            continue
        seconds = time.perf_counter() - began
        if abs(shown - length_s * float(RATE_HZ)) > 1:
            job.remarks.append(f"{name} showed {shown} pictures instead of {length_s * float(RATE_HZ):.0f}")
        yield [name, f"{job.frames / seconds:.0f}", f"{length_s / seconds:.0f}"]


def _engines_alone(job: Job, sessions: int) -> float:
    """How long so many decoders take side by side, each for the whole file, whose pictures stay on the GPU."""
    on_engines = ("-hwaccel", "cuda", "-hwaccel_output_format", "cuda", "-i", str(job.file.path))
    command = [str(find_ffmpeg().path), "-nostdin", "-v", "error", *on_engines, "-map", "0:v:0", "-f", "null", "-"]
    began = time.perf_counter()
    running = [subprocess.Popen(command) for _ in range(sessions)]
    if any(each.wait() for each in running):
        job.remarks.append("FFmpeg alone did not decode on the GPU's engines, so the floor is wrong")
    return time.perf_counter() - began


def _rungs(job: Job) -> Iterator[Rung]:
    if job.is_graphic:
        for wish in (ComputeWish(largest=64), ComputeWish(largest=64, half=True), ComputeWish(largest=64, graphs=True)):
            yield plan_rungs(wish, graphics=True)[0]
    yield Rung(largest=64)
    yield Rung(largest=64, bound=True, buckets=SIZES)


def _network_rows(job: Job) -> Iterator[list[str]]:
    rates = job.graphics.devices[0].rates if job.is_graphic and job.graphics.devices else None
    for name, path in job.models.items():
        if rates is not None:
            yield [name, "floor: the chip's own rates", *(f"{pictures_per_s(path, size, rates):.0f}" for size in SIZES)]
        else:
            cost = f"{operations_per_picture(path) / 1e9:.2f} thousand million operations a picture"
            yield [name, cost, *["–"] * len(SIZES)]
        for rung in _rungs(job):
            label = f"{rung.label}, bound" if rung.bound and not rung.is_graphic else rung.label
            try:
                session = OrtSession(path, threads=1, rungs=[rung], hear=job.remarks.append)
                cells = [_pictures_per_s(session, SIDES[name], size) for size in SIZES]
            except RinkreelError as error:
                job.remarks.append(f"{name} on {label}: {error.why[:200]}")
                cells = ["–"] * len(SIZES)
            yield [name, label, *cells]


def _pictures_per_s(session: OrtSession, side: int, size: int) -> str:
    batch = np.random.default_rng(7).random((size, side, side, 3), dtype=np.float32)

    def looking() -> Iterator[int]:
        while True:
            session.run(batch)
            yield size

    return f"{max(take_pace(looking(), moment_s=0.3).per_s for _ in range(3)):.0f}"


def _whole_job(job: Job) -> str:
    """`rinkreel reel` with everything this machine has, and on the processor alone."""
    rows, scores = [], []
    for use in ("auto", "never") if job.is_graphic else ("never",):
        report, reel = job.place.room("gpu") / f"report-{use}.json", job.place.room("gpu") / f"reel-{use}.mp4"
        environment = plain_environment(load_settings().storage.models_folder) | {"RINKREEL_GPU_USE": use}
        command = rinkreel("reel", job.file.path, "-o", reel, "--force", "--json", report, "--backend", "onnx")
        ran = run_command(command, environment=environment)
        if not report.is_file():
            job.remarks.append(f"the whole job ended with {ran.status}: {ran.stderr.strip()[-300:]}")
            continue
        said = json.loads(report.read_text(encoding="utf-8"))
        total = sum(said["timings_s"].values())
        shares = "; ".join(f"{stage} {seconds / total:.0%}" for stage, seconds in said["timings_s"].items())
        speed = said["duration_s"] / ran.wall_s
        goal = f", wanted ≥ {WANTED_SPEED:.0f}: {'met' if speed >= WANTED_SPEED else 'NOT met'}" if use == "auto" else ""
        tally = judge_segments(_spans_in(said), job.truth, job.file.duration)
        scores.append(tally.f1() or 0.0)
        words = f"{speed:.1f} × real time{goal} ({shares}); F1@50 {scores[-1]:.3f}"
        rows.append(f"- {'with the GPU' if use == 'auto' else 'the processor alone'}: {words}")
    if len(scores) == 2:
        near = abs(scores[0] - scores[1]) <= WANTED_F1_APART
        rows.append(f"- F1 within {WANTED_F1_APART} of the processor's: {'met' if near else 'NOT met'}")
    return "\n".join(rows) or "- not measured"


def _spans_in(report: Mapping[str, Any]) -> list[Span]:
    """The segments that a run found."""
    return [Span(Fraction(row["start_s"]), Fraction(row["end_s"])) for row in report["segments"]]


def _agreement(job: Job) -> Iterator[str]:
    """Heads of each network, and the poses that come of them, beside the processor's."""
    rungs = [rung for rung in _rungs(job) if rung != Rung(largest=64)]
    for name, path in job.models.items():
        batch = np.random.default_rng(7).random((8, SIDES[name], SIDES[name], 3), dtype=np.float32)
        wanted = OrtSession(path, rungs=[ON_CPU]).run(batch)
        for rung in rungs:
            try:
                found = OrtSession(path, rungs=[rung]).run(batch)
            except RinkreelError as error:
                yield f"- {name} on {rung.label}: not run, {error.why[:200]}"
                continue
            apart = {head: float(np.abs(found[head] - values).max() / np.abs(values).max()) for head, values in wanted.items()}
            yield f"- {name} on {rung.label}: " + ", ".join(f"{head} {value:.1e}" for head, value in apart.items())
    backend = Backend(name="onnx", models=CONVERTED, provider=CUDA if job.is_graphic else CPU)
    reference = open_pose_model(backend, job.models, rungs=[ON_CPU]).find_people([draw_proof()])[0]
    model = open_pose_model(backend, job.models, rungs=rungs[:1], hear=job.remarks.append)
    yield f"- poses: {tell_disagreement(model.find_people([draw_proof()])[0], reference) or 'the same, within tolerance'}"


def main(argv: Sequence[str] | None = None) -> int:
    """Run it."""
    parser = argparse.ArgumentParser(prog="python -m bench.gpu", description="What a GPU brings on this machine.")
    parser.add_argument("--minutes", type=float, default=10.0, help="length of the reference job (default: %(default)s)")
    parser.add_argument("--work", type=Path, default=usual_work(), metavar="DIR", help="what is made (default: %(default)s)")
    parser.add_argument("--write", action="store_true", help="bring bench/RESULTS.md up to date")
    args = parser.parse_args(argv)
    run(Place(shared=usual_shared(), work=args.work.resolve(), write=args.write), args.minutes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
