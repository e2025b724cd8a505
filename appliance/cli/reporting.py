"""The report as JSON: what was found and why it was kept, with which settings and tools, and how long it took."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from appliance.domain.card import IgnoredFile
from appliance.domain.media import Recording
from appliance.domain.reel import Reel
from appliance.domain.segment import Segment
from appliance.services.replay import Failure, Outcome, Replayed

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the report says besides what was found. settings: as they took effect. versions: of the product and its tools."""

    settings: Mapping[str, object]
    backend: Mapping[str, object]
    versions: Mapping[str, str]
    ignored: Sequence[IgnoredFile] = ()


def report_from(replayed: Replayed, circumstances: Circumstances) -> Json:
    """The whole report, ready to be written."""
    recordings = [one for outcome in replayed.outcomes for one in outcome.selected.recordings]
    duration_s = sum(float(one.duration) for one in recordings)
    elapsed_s = sum(replayed.timings_s.values())
    return {
        "duration_s": rounded(duration_s),
        "segments": [row for outcome in replayed.outcomes for row in _segment_rows(outcome)],
        "cuts": [row for outcome in replayed.outcomes for row in _cut_rows(outcome)],
        "reels": [_reel_row(outcome.reel) for outcome in replayed.outcomes if outcome.reel],
        "recordings": [_recording_row(one) for one in recordings],
        "settings": circumstances.settings,
        "backend": circumstances.backend,
        "timings_s": {stage: rounded(value) for stage, value in replayed.timings_s.items()},
        "speed": rounded(duration_s / elapsed_s) if elapsed_s > 0 else None,
        "versions": circumstances.versions,
        "remarks": list(replayed.remarks),
        "failed": [_failure_row(failure) for failure in replayed.failures],
        "ignored": [{"path": str(one.path), "reason": one.reason} for one in circumstances.ignored],
    }


def detection_from(replayed: Replayed) -> Json:
    """What `detect` writes: raw motion segments, before padding. With several recordings each segment names its own."""
    recordings = [one for outcome in replayed.outcomes for one in outcome.selected.recordings]
    keys = ("start_s", "end_s", "score") + (("recording",) if len(recordings) > 1 else ())
    rows = [row for outcome in replayed.outcomes for row in _segment_rows(outcome)]
    return {
        "duration_s": rounded(sum(float(one.duration) for one in recordings)),
        "segments": [{key: row[key] for key in keys} for row in rows],
    }


def bytes_from(report: Json) -> bytes:
    """The report as a file's content; numbers that JSON does not know are refused."""
    return (json.dumps(report, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def rounded(value: float) -> float:
    """To the millisecond, which is finer than anything that was measured."""
    return round(value, 3) if math.isfinite(value) else 0.0


def _segment_rows(outcome: Outcome) -> Iterator[Json]:
    for recording, segments in zip(outcome.selected.recordings, outcome.selected.segments, strict=True):
        for segment in segments:
            yield _segment_row(recording, segment)


def _segment_row(recording: Recording, segment: Segment) -> Json:
    return {
        "recording": recording.name,
        "start_s": rounded(float(segment.span.start)),
        "end_s": rounded(float(segment.span.end)),
        "score": rounded(segment.score),
        "reason": segment.reason,
        "peak_hps": rounded(segment.peak_hps),
        "peak_at_s": rounded(float(segment.peak_at)),
    }


def _cut_rows(outcome: Outcome) -> Iterator[Json]:
    names = {one.id: one.name for one in outcome.selected.recordings}
    for cut in outcome.selected.plan.cuts:
        yield {
            "recording": names[cut.recording_id],
            "start_s": rounded(float(cut.span.start)),
            "end_s": rounded(float(cut.span.end)),
            "title": cut.title,
        }


def _reel_row(reel: Reel) -> Json:
    return {
        "path": str(reel.path),
        "poster": str(reel.poster) if reel.poster else None,
        "duration_s": rounded(float(reel.duration)),
        "width_px": reel.width_px,
        "height_px": reel.height_px,
        "frame_rate_hz": rounded(float(reel.frame_rate_hz)),
        "encoder": reel.encoder,
        "size_bytes": reel.size_bytes,
    }


def _recording_row(recording: Recording) -> Json:
    return {
        "id": recording.id,
        "name": recording.name,
        "duration_s": rounded(float(recording.duration)),
        "files": [
            {
                "path": str(file.path),
                "proxy": str(file.proxy.path) if file.proxy else None,
                "offset_s": rounded(float(file.offset)),
                "duration_s": rounded(float(file.duration)),
                "remarks": list(file.remarks),
            }
            for file in recording.files
        ],
    }


def _failure_row(failure: Failure) -> Json:
    told = failure.told
    return {"stage": told.stage, "subject": told.subject, "why": told.why, "remedy": told.remedy}
