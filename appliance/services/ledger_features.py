"""Whether what was seen in an item is still there, so that it can be cut without watching it again."""

from __future__ import annotations

from collections.abc import Iterable

from appliance.domain.outbox import ChunkRow, ChunkState
from appliance.domain.place import DataFolder


class FeatureShelf:
    """Looks for features by name, whatever kind of file holds them."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data

    def missing(self, item_id: str, chunks: Iterable[ChunkRow]) -> frozenset[str]:
        """Names of features that ought to be there and are not."""
        folder = self._data.features / item_id
        names = [row.features for row in chunks if row.state is ChunkState.WATCHED]
        there = {path.stem for path in folder.iterdir()} if folder.is_dir() else set()
        return frozenset(name for name in names if name not in there)
