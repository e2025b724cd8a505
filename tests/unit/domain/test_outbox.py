from __future__ import annotations

from appliance.domain.outbox import ChunkCounts


def test_a_chunk_is_done_whether_it_was_watched_or_given_up() -> None:
    assert ChunkCounts(total=5, watched=2, failed=1).done == 3
    assert ChunkCounts().done == 0
