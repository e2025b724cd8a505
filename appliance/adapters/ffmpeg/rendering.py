"""Encodes parts side by side: pictures in the final encoding, sound as bare samples, each part counted."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from appliance.adapters.ffmpeg.cutting import Part, ReelLook
from appliance.adapters.ffmpeg.device_graph import device_chain
from appliance.adapters.ffmpeg.encoders import EncoderRecipe
from appliance.adapters.ffmpeg.graph import part_graph, seek_from
from appliance.adapters.ffmpeg.running import FfmpegFailed, FfmpegRunner, FfmpegStopped, Tick, file_argument
from appliance.adapters.ffmpeg.session_slots import SessionSlots

#: Bytes of one moment of sound: two channels of 16 bits.
SAMPLE_BYTES = 4
_LOOK_EVERY_S = 0.2
#: Each ffmpeg holds some 100 to 200 MB at 1080p; more than four at once gain little and cost memory.
_MOST_AT_ONCE = 4
#: Highest bit rate per pixel, for footage that is mostly noise. Source: 0.4 bit per pixel is 11 Mbit/s at 720p30.
_BITS_PER_PIXEL = 0.4
#: What ffmpeg says of an output without a frame, and of filters and encoders that failed. Source: FFmpeg fftools, n5.1 to n9.0.
_NOTHING_CAME = ("Could not open encoder before EOF", "received no packets", "Output file is empty")
_SOMETHING_BROKE = ("Error while filtering", "filter", "Error while opening encoder", "No space left", "Conversion failed")


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedPart:
    """A part on disk: how many frames came out, the file with pictures and the file with samples.

    reordered: of copied pictures, by how many frames decoding runs ahead of showing; None when they were encoded.
    """

    part: Part
    frames: int
    pictures: Path
    sound: Path
    reordered: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRenderer:
    """Renders parts with one recipe. workers: how many at once, None for one per core, at most four. slots: the sessions of the
    machine, where its hardware encodes."""

    runner: FfmpegRunner
    recipe: EncoderRecipe
    look: ReelLook
    folder: Path
    workers: int | None = None
    reordered: int | None = None
    slots: SessionSlots | None = None

    def render_parts(self, parts: Sequence[Part], hear: Callable[[int], None]) -> list[RenderedPart]:
        """All parts, in order; `hear` is told, on this thread, how many frames are done in all.

        Raises:
            FfmpegFailed: the first that failed; the others are stopped. Whatever `hear` raises stops all of them too.
        """
        at_once = self._at_once(len(parts))
        counts = _Counts(frames=[0] * len(parts))
        with ThreadPoolExecutor(at_once) as pool:
            jobs = [pool.submit(self._render, index, part, counts) for index, part in enumerate(parts)]
            try:
                _watch(jobs, counts, hear)
            finally:
                counts.stop.set()
                for job in jobs:
                    job.cancel()
        return [job.result() for job in jobs]

    def _at_once(self, parts: int) -> int:
        by_cores = self.workers or min(_cores(), _MOST_AT_ONCE)
        sessions = self.slots.count if self.recipe.sessions and self.slots else self.recipe.sessions
        return max(1, min(parts, sessions or by_cores))

    def _session(self, stop: threading.Event) -> AbstractContextManager[object]:
        return self.slots.taken(stop) if self.recipe.sessions and self.slots else nullcontext()

    def _render(self, index: int, part: Part, counts: _Counts) -> RenderedPart:
        def hear(tick: Tick) -> None:
            counts.frames[index] = tick.frames

        pictures, sound = self.folder / f"part{index:05d}.mp4", self.folder / f"part{index:05d}.pcm"
        try:
            with self._session(counts.stop):
                frames = self.runner.run(self.part_arguments(part, pictures, sound), hear=hear, stop=counts.stop).frames
        except FfmpegFailed as failure:
            if not found_nothing(failure.tail):
                raise
            frames = 0
        counts.frames[index] = part.frames
        return RenderedPart(part=part, frames=frames, pictures=pictures, sound=sound, reordered=self.reordered)

    def part_arguments(self, part: Part, pictures: Path, sound: Path) -> list[str]:
        """The argument list that renders one part."""
        threads = str(max(1, _cores() // (self.workers or min(_cores(), _MOST_AT_ONCE))))
        begin = seek_from(part.file, part.start)
        seek = [] if begin is None else ["-noaccurate_seek", "-seek_timestamp", "1", "-ss", f"{float(begin):.6f}"]
        chain = device_chain(part, self.look, self.recipe.filters)
        decode = ["-protocol_whitelist", "file", "-noautorotate", "-threads", threads, *(chain.decode if chain else ())]
        source = [*decode, *seek, "-i", file_argument(part.file.path)]
        upload = "null" if chain and chain.stays else self.recipe.upload
        pictures_and_sound = part_graph(part, self.look, upload, chain.pictures if chain else "")
        graph = ["-filter_complex_threads", threads, "-filter_complex", pictures_and_sound]
        video = [*self._video_arguments(threads), "-frames:v", str(part.frames), "-map_metadata", "-1", "-map_chapters", "-1"]
        return [
            *("-y", "-copyts", *self.recipe.device, *source, *graph),
            *("-map", "[v]", *video, "-f", "mp4", file_argument(pictures)),
            *("-map", "[a]", "-c:a", "pcm_s16le", "-f", "s16le", file_argument(sound)),
        ]

    def _video_arguments(self, threads: str) -> list[str]:
        rate = self.look.rate_hz
        most_bps = round(self.look.width_px * self.look.height_px * rate * _BITS_PER_PIXEL)
        cap = ("-maxrate", str(most_bps), "-bufsize", str(2 * most_bps)) if self.recipe.capped else ()
        return [
            *("-c:v", self.recipe.name, *self.recipe.quality, *cap),
            *("-threads", threads, "-g", str(round(2 * rate)), "-flags:v", "+bitexact", "-fflags", "+bitexact"),
            *("-fps_mode", "passthrough", "-video_track_timescale", str(track_timescale(self.look))),
        ]


def found_nothing(errors: str) -> bool:
    """Whether an error text says that a file gave no picture at all, while decoder, filters and encoder themselves are well."""
    empty = any(sign in errors for sign in _NOTHING_CAME)
    return empty and not any(sign in errors for sign in _SOMETHING_BROKE)


def track_timescale(look: ReelLook) -> int:
    """Ticks per second in which every frame of the reel has a whole number of ticks."""
    timescale = look.rate_hz.numerator
    while timescale < 10_000:
        timescale *= 2
    return timescale


def even_stamps(look: ReelLook, reordered: int, zero: str = "0") -> str:
    """The bitstream filter that puts copied packets on the reel's grid of frames, counted from `zero`."""
    rate = f"{look.rate_hz.numerator}/{look.rate_hz.denominator}"
    return f"setts=pts=round((PTS-{zero})*TB*{rate})/({rate})/TB:dts=(N-{reordered})/({rate})/TB"


def wanted_sound_bytes(parts: Sequence[RenderedPart], look: ReelLook) -> list[int]:
    """Bytes of sound each part needs so that the pictures that really came out and their sound end together."""
    bounds = [0]
    for rendered in parts:
        bounds.append(bounds[-1] + rendered.frames)
    return [SAMPLE_BYTES * (look.sample_at(end) - look.sample_at(begin)) for begin, end in pairwise(bounds)]


@dataclass(slots=True)
class _Counts:
    """What running parts share: frames per part, and the word to stop."""

    frames: list[int]
    stop: threading.Event = field(default_factory=threading.Event)


def _watch(jobs: Sequence[Future[RenderedPart]], counts: _Counts, hear: Callable[[int], None]) -> None:
    """Wait for all jobs on the caller's thread, so that an interrupt or a raising listener stops them."""
    waiting, told = set(jobs), 0
    while waiting:
        done, waiting = wait(waiting, timeout=_LOOK_EVERY_S, return_when=FIRST_COMPLETED)
        for job in done:
            _raise_failure(job)
        if sum(counts.frames) > told:
            told = sum(counts.frames)
            hear(told)


def _raise_failure(job: Future[RenderedPart]) -> None:
    failure = job.exception()
    if failure is not None and not isinstance(failure, FfmpegStopped):
        raise failure


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
