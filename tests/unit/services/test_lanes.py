from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from appliance.domain.errors import Misconfigured, Unusable
from appliance.domain.facts import ChunkAnalysed, ChunkPlanned, Fact
from appliance.ports import Progress
from appliance.services.lanes import Lane, OwnLane, Tally


class HeardProgress:
    def __init__(self) -> None:
        self.told: list[tuple[str, float, float]] = []

    def advance(self, stage: str, done_s: float, total_s: float) -> None:
        self.told.append((stage, done_s, total_s))


Chunks = Callable[[int], list[ChunkPlanned]]


def opener_of(watch: Callable[[ChunkPlanned], None]) -> Callable[[], Lane]:
    def lane(heard: ChunkPlanned, progress: Progress) -> Sequence[Fact]:
        watch(heard)
        progress.advance("analyse", 1.0, 2.0)
        return [ChunkAnalysed(recording_id="id-clip", chunk_index=heard.chunk.index, features=str(heard.chunk.index))]

    return lambda: lane


def test_chunks_are_watched_in_order_and_progress_adds_up(chunks: Chunks) -> None:
    seen: list[int] = []
    progress = HeardProgress()
    with OwnLane(opener_of(lambda heard: seen.append(heard.chunk.index))) as lanes:
        results = lanes.watch(chunks(2), progress)
    assert seen == [0, 1]
    assert [result.heard.chunk.index for result in results] == [0, 1]
    assert progress.told == [("analyse", done_s, 30.0) for done_s in (7.5, 15.0, 22.5, 30.0)]


def test_without_chunks_nothing_is_opened() -> None:
    def refuse() -> Lane:
        raise AssertionError("opened")

    with OwnLane(refuse) as lanes:
        assert lanes.watch([], HeardProgress()) == []


def test_a_chunk_that_cannot_be_used_leaves_the_others_alone(chunks: Chunks) -> None:
    def watch(heard: ChunkPlanned) -> None:
        if heard.chunk.index == 0:
            raise Unusable("nothing decodes")

    with OwnLane(opener_of(watch)) as lanes:
        lost, kept = lanes.watch(chunks(2), HeardProgress())
    assert isinstance(lost.error, Unusable)
    assert kept.error is None
    assert len(kept.facts) == 1


def test_what_an_operator_has_to_mend_ends_the_run(chunks: Chunks) -> None:
    def watch(heard: ChunkPlanned) -> None:
        raise Misconfigured("the runtime failed")

    with OwnLane(opener_of(watch)) as lanes, pytest.raises(Misconfigured):
        lanes.watch(chunks(1), HeardProgress())


def test_a_share_beyond_the_whole_counts_as_the_whole(chunks: Chunks) -> None:
    progress = HeardProgress()
    Tally(chunks(1), progress).advance(0, 1.7)
    assert progress.told == [("analyse", 30.0, 30.0)]
