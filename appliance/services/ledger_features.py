"""Whether what was made of an item is still there: what was seen in it, so that it need not be watched again, and its reels."""

from __future__ import annotations

from collections.abc import Iterable

from appliance.domain.job import Revision
from appliance.domain.outbox import ChunkRow, ChunkState
from appliance.domain.place import DataFolder


class FeatureShelf:
    """Looks for features by name, whatever kind of file holds them, and for reels."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data

    def missing(self, item_id: str, chunks: Iterable[ChunkRow]) -> frozenset[str]:
        """Names of features that ought to be there and are not."""
        folder = self._data.features / item_id
        names = [row.features for row in chunks if row.state is ChunkState.WATCHED]
        there = {path.stem for path in folder.iterdir()} if folder.is_dir() else set()
        return frozenset(name for name in names if name not in there)

    def holds_reel(self, cut: Revision) -> bool:
        """Whether the reel of a cut was made and is there."""
        return cut.reel is not None and (self._data.root / cut.reel.path).is_file()
