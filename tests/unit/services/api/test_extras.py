from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.domain.reel import ReelPlan
from appliance.services.api.extras import film_of, have_film, have_sheet, maker_of, need_original, number_shown, opened, sheet_of
from appliance.services.api.refusals import Refusal

from ....extras_fakes import PaperExtras
from .front_door import Box, build_box
from .seen_items import add_seen


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return build_box(tmp_path, extras=PaperExtras())


def test_the_cut_whose_reel_is_shown_counts(box: Box) -> None:
    item = add_seen(box)
    assert number_shown(replace(item, revision=3)) == 3
    assert number_shown(replace(item, revision=3, reel="reels/i/002/highlight_a.mp4")) == 2


def test_a_sheet_is_kept_beside_the_reels_and_a_film_with_its_cut(box: Box) -> None:
    seen = opened(box.house, add_seen(box))

    async def scene() -> tuple[Path | None, Path | None]:
        return await have_sheet(box.house, seen, 10), await have_film(box.house, seen)

    sheet, film = asyncio.run(scene())
    assert sheet == box.data.reels / seen.item.id / "thumbnails" / "10.jpg"
    assert film == box.data.reel_folder(seen.item.id, 1) / "rest.mp4"
    assert sheet.read_bytes() == b"sheet 10x6"
    assert film.read_bytes().startswith(b"film of")


def test_what_the_shown_cut_left_out_is_in_the_film(box: Box) -> None:
    seen = opened(box.house, add_seen(box))
    film = film_of(seen)
    assert film is not None
    assert [(float(span.start), float(span.end)) for span in film.pieces] == [(0, 10), (15, 40), (44, 60)]
    assert len(sheet_of(seen, 10).moments) == 60


def test_a_reel_that_left_nothing_out_has_no_film(box: Box) -> None:
    seen = opened(box.house, add_seen(box))
    (cut, _) = seen.cut.plan.cuts if seen.cut.plan else ()
    whole = replace(seen.cut, plan=ReelPlan(cuts=(replace(cut, span=seen.recording.span),)))
    with pytest.raises(Refusal):
        asyncio.run(have_film(box.house, replace(seen, cut=whole)))


def test_nothing_is_made_of_what_was_not_opened_or_is_gone(box: Box, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as caught:
        opened(box.house, box.add_item())
    assert caught.value.status == 404
    with pytest.raises(Refusal) as caught:
        need_original(replace(add_seen(box), has_original=False))
    assert caught.value.status == 409
    without = build_box(tmp_path / "other")
    with pytest.raises(Refusal):
        maker_of(without.house)
