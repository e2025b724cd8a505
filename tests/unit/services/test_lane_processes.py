from __future__ import annotations

import importlib
import multiprocessing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from appliance.domain.errors import Misconfigured, Transient, Unusable
from appliance.domain.facts import ChunkAnalysed, ChunkPlanned
from appliance.services.lane_processes import ProcessLanes
from appliance.services.lanes import Watched


class HeardProgress:
    def __init__(self) -> None:
        self.done_s: list[float] = []

    def advance(self, stage: str, done_s: float, total_s: float) -> None:
        self.done_s.append(done_s)


@pytest.fixture
def lane_examples(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(Path(__file__).parent)
    return importlib.import_module("lane_examples")


Chunks = Callable[[int], list[ChunkPlanned]]


def features_of(result: Watched) -> str:
    (fact,) = result.facts
    assert isinstance(fact, ChunkAnalysed)
    return fact.features


def test_results_come_in_the_order_of_the_chunks_from_several_processes(lane_examples: Any, chunks: Chunks) -> None:
    progress = HeardProgress()
    with ProcessLanes(lane_examples.open_plain, 2) as lanes:
        results = lanes.watch(chunks(6), progress)
    assert [features_of(result).split()[0] for result in results] == ["0", "1", "2", "3", "4", "5"]
    assert len({features_of(result).split()[-1] for result in results}) <= 2
    assert progress.done_s[-1] == pytest.approx(30.0)
    assert multiprocessing.active_children() == []


def test_an_unusable_chunk_is_told_with_its_remedy(lane_examples: Any, chunks: Chunks) -> None:
    with ProcessLanes(lane_examples.open_picky, 1) as lanes:
        good, bad = lanes.watch(chunks(2), HeardProgress())
    assert features_of(good) == "good"
    assert isinstance(bad.error, Unusable)
    assert bad.error.remedy == "Record it again."


def test_a_lane_that_cannot_be_opened_ends_the_run(lane_examples: Any, chunks: Chunks) -> None:
    with pytest.raises(Misconfigured, match="no model") as caught, ProcessLanes(lane_examples.open_misconfigured, 1) as lanes:
        lanes.watch(chunks(1), HeardProgress())
    assert caught.value.remedy == "Run rinkreel models pull."
    assert multiprocessing.active_children() == []


def test_a_bug_arrives_with_the_trace_of_the_process(lane_examples: Any, chunks: Chunks) -> None:
    with pytest.raises(RuntimeError, match="a bug in the tracker"), ProcessLanes(lane_examples.open_buggy, 1) as lanes:
        lanes.watch(chunks(1), HeardProgress())


def test_a_chunk_whose_process_died_is_tried_once_more(lane_examples: Any, chunks: Chunks, tmp_path: Path) -> None:
    with ProcessLanes(lane_examples.OpenMortal(tmp_path, deaths=1), 1) as lanes:
        results = lanes.watch(chunks(3), HeardProgress())
    assert [features_of(result) for result in results] == ["alive", "alive", "alive"]
    assert len(list(tmp_path.iterdir())) == 1


def test_a_chunk_that_kills_two_processes_is_given_up_and_the_others_are_kept(
    lane_examples: Any, chunks: Chunks, tmp_path: Path
) -> None:
    with ProcessLanes(lane_examples.OpenMortal(tmp_path, deaths=9), 1) as lanes:
        before, lost, after = lanes.watch(chunks(3), HeardProgress())
    assert features_of(before) == features_of(after) == "alive"
    assert isinstance(lost.error, Transient)
    assert "SIGKILL" in lost.error.why


def test_a_process_that_falls_silent_is_replaced(lane_examples: Any, chunks: Chunks) -> None:
    with ProcessLanes(lane_examples.open_silent, 1, silence_limit_s=1.0) as lanes:
        spoke, hung = lanes.watch(chunks(2), HeardProgress())
    assert features_of(spoke) == "spoke"
    assert isinstance(hung.error, Transient)
    assert "said nothing" in hung.error.why


def test_an_interrupt_reaches_the_parent_alone_and_children_do_not_import_the_command(lane_examples: Any, chunks: Chunks) -> None:
    with ProcessLanes(lane_examples.open_curious, 1) as lanes:
        (result,) = lanes.watch(chunks(1), HeardProgress())
    assert features_of(result) == "blocked=True cli=False"


def leave_by_interrupt(lane_examples: Any) -> None:
    with ProcessLanes(lane_examples.open_plain, 2):
        assert len(multiprocessing.active_children()) == 2
        raise KeyboardInterrupt


def test_leaving_by_an_interrupt_ends_every_process(lane_examples: Any) -> None:
    with pytest.raises(KeyboardInterrupt):
        leave_by_interrupt(lane_examples)
    assert multiprocessing.active_children() == []
