from __future__ import annotations

import asyncio
from fractions import Fraction
from pathlib import Path

import pytest

from appliance.bootstrap.stage_running import StageTools, local_artefacts, open_stage_tools
from appliance.domain.errors import Misconfigured, Unusable
from appliance.domain.facts import (
    ChunkPlanned,
    Fact,
    FootageAnalysed,
    RecordingArrived,
    RecordingProbed,
    SegmentsSelected,
)
from appliance.domain.job import CutRules
from appliance.domain.media import Recording
from appliance.domain.order import Lane, Order
from appliance.domain.reel import ReelPlan
from appliance.domain.rules import WatchingRule
from appliance.settings import load_settings

from ...fakes import HeardProgress
from ...media_files import Clip, write_clip


def order_for(heard: Fact, *, rules: CutRules | None = None) -> Order:
    return Order(
        id="i.1.stage", item_id="i", revision=1, stage="stage", heard=heard, rules=rules or CutRules(), trace_id="t"
    )  # fmt: skip


@pytest.fixture
def tools(tmp_path: Path) -> StageTools:
    settings = load_settings(environment={})
    return open_stage_tools(settings, Lane.CPU, local_artefacts(tmp_path / "features"), say=lambda _: None)


def run(tools: StageTools, order: Order) -> list[Fact]:
    return list(asyncio.run(tools.run(order, HeardProgress())))


def test_a_recording_is_probed_and_cut_into_chunks_as_the_order_says(tools: StageTools, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", Clip(seconds=12))
    rules = CutRules(watching=WatchingRule(chunk=Fraction(4)))
    probed, *chunks = run(tools, order_for(RecordingArrived(paths=(clip,)), rules=rules))
    assert isinstance(probed, RecordingProbed)
    assert [type(chunk) for chunk in chunks] == [ChunkPlanned] * 3


def test_moments_are_chosen_from_the_items_own_features(tools: StageTools, tmp_path: Path) -> None:
    local_artefacts(tmp_path / "features")("i").save_samples("x", [])
    clip = write_clip(tmp_path / "a.mp4", Clip(seconds=2))
    probed = run(tools, order_for(RecordingArrived(paths=(clip,))))[0]
    assert isinstance(probed, RecordingProbed)
    recordings: tuple[Recording, ...] = (probed.recording,)
    (selected,) = run(tools, order_for(FootageAnalysed(recordings=recordings, features=(("x",),))))
    assert isinstance(selected, SegmentsSelected)
    assert selected.plan.cuts == ()


def test_a_worker_without_a_model_does_not_watch(tools: StageTools, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", Clip(seconds=2))
    chunk = run(tools, order_for(RecordingArrived(paths=(clip,))))[1]
    with pytest.raises(Misconfigured, match="no pose model"):
        run(tools, order_for(chunk))


def test_an_order_for_a_reel_names_its_place(tools: StageTools) -> None:
    selected = SegmentsSelected(recordings=(), segments=(), signals=(), plan=ReelPlan(cuts=()))
    with pytest.raises(Misconfigured, match="names no place"):
        run(tools, order_for(selected))


def test_an_order_that_no_stage_hears_is_refused(tools: StageTools) -> None:
    with pytest.raises(Misconfigured, match="no stage hears"):
        run(tools, order_for(RecordingProbed(recording=Recording(id="r", name="a", files=()))))


def test_what_cannot_be_opened_is_unusable(tools: StageTools, tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"no video")
    with pytest.raises(Unusable):
        run(tools, order_for(RecordingArrived(paths=(tmp_path / "a.mp4",))))


def test_the_encoder_is_chosen_once_for_each_kind_of_reel(tools: StageTools) -> None:
    assert tools.encoder_for(False) is tools.encoder_for(False)
    assert tools.encoder_for(True) is not tools.encoder_for(False)
