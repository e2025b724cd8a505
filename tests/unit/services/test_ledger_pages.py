from __future__ import annotations

from pathlib import Path

from appliance.domain.order import BookChanged
from appliance.services.ledger_pages import MOST_NEWS, LedgerPages, refused
from tests.ledger_examples import Rink, play


def test_news_are_told_once_and_never_grow_without_bound(tmp_path: Path) -> None:
    async def scene(rink: Rink) -> None:
        pages = LedgerPages(rink.parts())
        for number in range(2 * MOST_NEWS):
            pages.tell(BookChanged(item_id=str(number)))
        pages.tell(BookChanged(item_id="0"))
        assert len(pages.take_news()) == MOST_NEWS
        assert pages.take_news() == ()

    play(tmp_path, scene)


def test_a_refusal_says_why_and_what_to_do() -> None:
    answer = refused("it is busy", "Wait.")
    assert (answer.ok, answer.why, answer.remedy) == (False, "it is busy", "Wait.")
