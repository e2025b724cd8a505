"""Where the time of watching goes: one process watches a recording, and every part's own processor time is added up.

Runs in a process of its own, because it puts stop watches around the product's functions: python -m bench.breakdown VIDEO HOW,
with HOW `leaping`, as the product does it, or `everything`, where every group of pictures is watched.
"""

from __future__ import annotations

import asyncio
import functools
import json
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from appliance.adapters.artefacts import FolderArtefacts
from appliance.adapters.pyav.prober import PyavProber
from appliance.adapters.pyav.reader import PyavReader
from appliance.adapters.pyav.sampled_frame import PyavFrame
from appliance.algorithms import glancing, mover_watching
from appliance.algorithms.proposing import FlowEstimator
from appliance.algorithms.tracking import MoverTracker
from appliance.bootstrap import prepare_backend
from appliance.bootstrap.pose_wiring import open_pose_model
from appliance.domain.facts import (
    ChunkAnalysed,
    ChunkPlanned,
    FootageAnalysed,
    RecordingArrived,
    RecordingProbed,
    SegmentsSelected,
)
from appliance.domain.media import MediaFile
from appliance.domain.rules import MotionRule, ReelRule, WatchingRule
from appliance.domain.timespan import Seconds, Span
from appliance.settings import load_settings
from appliance.stages.analyse import analyse
from appliance.stages.probe import probe
from appliance.stages.select import select

#: Parts in the order in which a picture meets them.
PARTS = ("index", "key frames", "glance", "decode", "shrink", "camera", "changes", "flow", "track", "inference", "rest")


class StopWatch:
    """Adds up processor time by part; a part inside another one is not counted twice."""

    def __init__(self) -> None:
        self.used_s: dict[str, float] = defaultdict(float)
        self.calls = Counter[str]()
        self._inner: list[float] = []

    def time(self, owner: Any, name: str, part: str) -> None:
        """Put a watch around a function or method."""
        inner = getattr(owner, name)

        @functools.wraps(inner)
        def watched(*given: Any, **named: Any) -> Any:
            return self.timed(part, functools.partial(inner, *given, **named))

        setattr(owner, name, watched)

    def time_steps(self, owner: Any, name: str, part: str) -> None:
        """Put a watch around every step of a generator."""
        inner = getattr(owner, name)

        @functools.wraps(inner)
        def watched(*given: Any, **named: Any) -> Iterator[Any]:
            steps = inner(*given, **named)
            try:
                while (step := self.timed(part, functools.partial(next, steps, None))) is not None:
                    yield step
            finally:
                steps.close()

        setattr(owner, name, watched)

    def timed(self, part: str, work: Callable[[], Any]) -> Any:
        """Do some work on the account of a part."""
        began = time.process_time()
        self._inner.append(0.0)
        try:
            return work()
        finally:
            took = time.process_time() - began
            self.used_s[part] += took - self._inner.pop()
            self.calls[part] += 1
            if self._inner:
                self._inner[-1] += took


class WholeReader(PyavReader):
    """Tells of no key frames, so that everything is watched."""

    def key_frames(self, file: MediaFile, span: Span, least_gap: Seconds) -> Iterator[tuple[PyavFrame, int]]:  # noqa: ARG002
        """None."""
        yield from ()


class Silence:
    """Progress that nobody follows."""

    def advance(self, stage: str, done_s: float, total_s: float) -> None:
        """Hear and be silent."""


def watch_recording(video: Path, how: str) -> dict[str, Any]:
    """Segments, processor time by part, and how often each was used."""
    settings, stops = load_settings(), StopWatch()
    backend, models = prepare_backend(settings, say=lambda _: None)
    model = open_pose_model(backend, models, threads=1)
    _put_stop_watches(stops, type(model))
    began = time.process_time()
    arrived = RecordingArrived(paths=(video,))
    told = stops.timed("index", lambda: asyncio.run(probe(arrived, prober=PyavProber(), rule=WatchingRule(leaps=True))))
    recording = next(fact.recording for fact in told if isinstance(fact, RecordingProbed))
    with tempfile.TemporaryDirectory() as folder:
        artefacts, reader = FolderArtefacts(Path(folder)), WholeReader() if how == "everything" else PyavReader()
        features = []
        for heard in [fact for fact in told if isinstance(fact, ChunkPlanned)]:
            work = analyse(heard, reader=reader, model=model, artefacts=artefacts, progress=Silence())
            features += [fact.features for fact in asyncio.run(work) if isinstance(fact, ChunkAnalysed)]
        seen = FootageAnalysed(recordings=(recording,), features=(tuple(features),))
        (selected,) = asyncio.run(select(seen, artefacts=artefacts, motion=MotionRule(), reel=ReelRule()))
    assert isinstance(selected, SegmentsSelected)
    used_s = time.process_time() - began
    stops.used_s["rest"] = used_s - sum(stops.used_s.values())
    return {
        "backend": backend.label, "duration_s": float(recording.duration), "cpu_s": used_s, "parts_s": dict(stops.used_s),
        "calls": dict(stops.calls), "segments": [(_s(each.span.start), _s(each.span.end)) for each in selected.segments[0]],
    }  # fmt: skip


def _s(moment: Fraction) -> float:
    return float(moment)


def _put_stop_watches(stops: StopWatch, model: type) -> None:
    for name, part in (("frames", "decode"), ("key_frames", "key frames")):
        stops.time_steps(PyavReader, name, part)
    for owner, name, part in (
        (PyavFrame, "luma", "shrink"),
        (PyavFrame, "picture", "inference"),
        (model, "find_boxes", "inference"),
        (glancing.Glancer, "feed", "glance"),
        (mover_watching, "estimate_camera", "camera"),
        (mover_watching, "align_to_now", "camera"),
        (mover_watching, "find_changes", "changes"),
        (mover_watching, "find_picture", "changes"),
        (FlowEstimator, "flow_between", "flow"),
        (mover_watching, "propose_regions", "flow"),
        (MoverTracker, "feed", "track"),
        (mover_watching.MoverWatcher, "finish", "track"),
        (mover_watching.MoverWatcher, "seen_so_far", "track"),
    ):
        stops.time(owner, name, part)


def main(argv: Sequence[str]) -> int:
    """Print the result as JSON."""
    json.dump(watch_recording(Path(argv[0]), argv[1]), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
