from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from appliance.cli.reporting import Circumstances, bytes_from, detection_from, report_from, rounded
from appliance.domain.card import IgnoredFile
from appliance.domain.errors import RinkreelError, Unusable
from appliance.services.replay import Failure, Outcome, Replayed

MakeOutcome = Callable[..., Outcome]
CIRCUMSTANCES = Circumstances(
    settings={"reel": {"budget": None}},
    backend={"name": "onnx"},
    versions={"rinkreel": "1"},
    ignored=[IgnoredFile(path=Path("a.txt"), reason="not a video")],
)


def read_back(content: bytes) -> Any:
    return json.loads(content)


def test_the_report_names_each_moment_with_its_reason(outcome_of: MakeOutcome) -> None:
    replayed = Replayed(outcomes=[outcome_of("clip")], timings_s={"analyse": 4.0, "select": 2.0}, remarks=["odd"])
    report = read_back(bytes_from(report_from(replayed, CIRCUMSTANCES)))
    assert report["duration_s"] == 60.0
    assert report["segments"] == [
        {
            "recording": "clip",
            "start_s": 20.0,
            "end_s": 30.5,
            "score": 1.235,
            "reason": "skating",
            "peak_hps": 1.5,
            "peak_at_s": 25.0,
        }
    ]
    assert report["cuts"] == [{"recording": "clip", "start_s": 18.0, "end_s": 33.5, "title": "1"}]
    assert report["reels"][0]["frame_rate_hz"] == 29.97
    assert (report["timings_s"], report["speed"]) == ({"analyse": 4.0, "select": 2.0}, 10.0)
    assert (report["settings"], report["backend"]) == ({"reel": {"budget": None}}, {"name": "onnx"})
    assert report["remarks"] == ["odd"]
    assert report["ignored"] == [{"path": "a.txt", "reason": "not a video"}]


def test_what_failed_is_in_the_report_with_its_remedy(failure_of: Callable[[RinkreelError], Failure]) -> None:
    replayed = Replayed(failures=[failure_of(Unusable("not a video", remedy="Copy it again."))])
    report = report_from(replayed, CIRCUMSTANCES)
    assert report["failed"] == [{"stage": "probe", "subject": "bad.mp4", "why": "not a video", "remedy": "Copy it again."}]
    assert (report["duration_s"], report["speed"]) == (0, None)


def test_a_detection_of_one_recording_has_exactly_what_is_agreed(outcome_of: MakeOutcome) -> None:
    detection = detection_from(Replayed(outcomes=[outcome_of("clip")]))
    assert detection == {"duration_s": 60.0, "segments": [{"start_s": 20.0, "end_s": 30.5, "score": 1.235}]}


def test_nothing_moving_is_an_empty_list(outcome_of: MakeOutcome) -> None:
    assert detection_from(Replayed(outcomes=[outcome_of("clip", moving=False)])) == {"duration_s": 60.0, "segments": []}


def test_with_several_recordings_each_moment_names_its_own(outcome_of: MakeOutcome) -> None:
    detection = detection_from(Replayed(outcomes=[outcome_of("a", "b")]))
    assert detection["duration_s"] == 120.0
    assert [row["recording"] for row in detection["segments"]] == ["a", "b"]


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_no_number_is_written_that_json_does_not_know(value: float) -> None:
    assert rounded(value) == 0.0
    with pytest.raises(ValueError, match="JSON"):
        bytes_from({"value": value})
