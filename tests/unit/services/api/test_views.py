from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from appliance.domain.job import CutRules, ItemState, Revision
from appliance.domain.reel import Cut, ReelPlan
from appliance.domain.rules import ReelRule
from appliance.domain.segment import Segment
from appliance.domain.timespan import Span
from appliance.services.api.views import cut_bodies, item_body, job_body, job_status, rules_body, segment_bodies, thinned

from ....book_examples import a_reel
from ....edit_examples import some_chapters
from .front_door import Box, flat_signal

Q, P, C, F, X = (
    ItemState.QUEUED,
    ItemState.PROCESSING,
    ItemState.COMPLETED,
    ItemState.FAILED,
    ItemState.CANCELLED,
)


@pytest.mark.parametrize(
    ("states", "settled", "status"),
    [
        ([], False, "queued"),
        ([], True, "completed"),
        ([Q, Q], True, "queued"),
        ([Q, C], True, "processing"),
        ([P], True, "processing"),
        ([C, C], True, "completed"),
        ([C, C], False, "processing"),
        ([F], True, "failed"),
        ([X], True, "cancelled"),
        ([C, F], True, "partial"),
        ([C, X], True, "partial"),
        ([F, P], True, "processing"),
    ],
)
def test_a_jobs_status_follows_from_its_items(states: list[ItemState], settled: bool, status: str) -> None:
    assert job_status(states, settled=settled) == status


def test_an_item_offers_what_is_there_and_nothing_else(box: Box) -> None:
    assert item_body(box.house, box.add_item()).download_url is None
    body = item_body(box.house, box.add_reel())
    assert body.download_url is not None
    assert body.poster_url is not None


def test_a_job_adds_up_its_items(box: Box) -> None:
    first = box.add_item(state=C, duration_s=100.0, kept_s=10.0)
    box.add_item(job_id=first.job_id, state=Q)
    job = box.book.job_rows[first.job_id]
    body = job_body(box.house, job, box.book.items_of([job.id]))
    assert (body.progress, body.footage_s, body.kept_s, body.total) == (0.5, 100.0, 10.0, 2)
    assert job_body(box.house, job, []).progress == 1.0


@pytest.mark.parametrize("points", [1, 3, 7, 100, 5000])
@pytest.mark.parametrize("count", [0, 1, 100])
def test_thinning_keeps_peaks_and_the_number_of_points_asked_for(points: int, count: int) -> None:
    signal = flat_signal(count)
    if count:
        signal.speed_hps[count // 2] = 2.5
    times, speeds, people = thinned(signal, points)
    assert len(times) == len(speeds) == len(people) == min(points, count)
    assert times == sorted(set(times))
    assert max(speeds, default=2.5) == 2.5


def test_what_json_cannot_say_is_not_said() -> None:
    signal = flat_signal(3)
    signal.speed_hps[:] = (np.nan, np.inf, -np.inf)
    assert thinned(signal, 3)[1] == [0.0, 0.0, 0.0]
    segment = Segment(
        span=Span(Fraction(0), Fraction(1)), score=float("inf"), peak_hps=float("nan"), peak_at=Fraction(0), reason=""
    )
    revision = Revision(item_id="i", number=1, rules=CutRules(), created_at_s=1.0, segments=(segment,))
    (body,) = segment_bodies(revision, slice(None))
    assert (body.score, body.peak_hps) == (0.0, 0.0)


def test_rules_are_told_in_seconds() -> None:
    body = rules_body(CutRules())
    assert (body.min_moving, body.pad_after, body.budget) == (0.5, 3.0, None)


def test_stretches_chosen_by_hand_are_counted() -> None:
    parts = (Span(Fraction(0), Fraction(1)), Span(Fraction(2), Fraction(3)))
    assert rules_body(CutRules(reel=ReelRule(parts=parts))).parts == 2
    assert rules_body(CutRules()).parts is None


def test_a_reel_that_says_what_it_holds_is_believed_over_its_plan() -> None:
    cuts = (Cut(recording_id="r", span=Span(Fraction(5), Fraction(6)), title="planned", poster_at=Fraction(5)),)
    revision = Revision(item_id="i", number=1, rules=CutRules(), created_at_s=1.0, plan=ReelPlan(cuts=cuts), reel=a_reel("i"))
    assert [body.title for body in cut_bodies(revision)] == ["planned"]
    assert revision.reel is not None
    grown = replace(revision, reel=replace(revision.reel, chapters=some_chapters((4, 7), (9, 10))))
    assert [(body.start_s, body.end_s, body.reel_at_s) for body in cut_bodies(grown)] == [(4, 7, 0), (9, 10, 3)]
