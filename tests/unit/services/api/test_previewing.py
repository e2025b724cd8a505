from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.services.api.previewing import kept_signal, preview, seen_cut
from appliance.services.api.refusals import Refusal
from appliance.services.api.schemas_asked import RecutAsked

from .front_door import Box
from .seen_items import add_seen


def test_asking_for_nothing_shows_what_is_detected(box: Box) -> None:
    body = preview(box.house, add_seen(box), RecutAsked())
    assert [(round(each.start_s), round(each.end_s)) for each in body.segments] == [(10, 20), (40, 50)]
    assert [(round(cut.start_s), round(cut.end_s)) for cut in body.cuts] == [(8, 23), (38, 53)]
    assert body.reel_s == pytest.approx(30, abs=0.3)
    assert body.moments == 2
    assert body.thresholds.threshold == 0.08


def test_what_is_asked_for_is_seen_beside_what_is_there(box: Box) -> None:
    body = preview(box.house, add_seen(box), RecutAsked(threshold=0.9, pad_before=0, pad_after=0))
    assert body.moments == 1
    assert (body.before.moments, body.before.reel_s) == (2, 9.0)
    assert body.cuts[0].score > 0
    assert body.thresholds.pad_before == 0


def test_stretches_chosen_by_hand_are_shown_as_they_would_be_cut(box: Box) -> None:
    body = preview(box.house, add_seen(box), RecutAsked(parts=[(30, 35), (5, 6)]))
    assert [(cut.start_s, cut.end_s) for cut in body.cuts] == [(5, 6), (30, 35)]
    assert (body.reel_s, body.moments, body.thresholds.parts) == (6.0, 2, 2)


def test_while_a_cut_is_made_the_one_before_it_says_what_was_seen(box: Box) -> None:
    item = add_seen(box)
    (seen,) = box.book.cuts[item.id]
    box.book.cuts[item.id].append(replace(seen, number=2, signal=None, plan=None, segments=()))
    assert seen_cut(box.house, item) is seen
    assert preview(box.house, item, RecutAsked()).moments == 2


def test_what_was_not_watched_yet_cannot_be_shown(box: Box) -> None:
    with pytest.raises(Refusal) as caught:
        preview(box.house, box.add_item(), RecutAsked())
    assert caught.value.status == 409


def test_a_signal_that_is_gone_is_said_so(box: Box) -> None:
    item = add_seen(box)
    box.signals.clear()
    with pytest.raises(Refusal) as caught:
        kept_signal(box.house, item.id, "s")
    assert (caught.value.status, bool(caught.value.remedy)) == (404, True)
