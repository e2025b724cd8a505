from __future__ import annotations

from pathlib import Path

from appliance.adapters.artefacts import FolderArtefacts
from appliance.domain.outbox import ChunkRow, ChunkState
from appliance.domain.place import DataFolder
from appliance.services.ledger_features import FeatureShelf
from tests.book_examples import a_recording, chunks_of


def test_features_that_ought_to_be_there_and_are_not_are_named(tmp_path: Path) -> None:
    data = DataFolder(root=tmp_path)
    first, second, third = chunks_of(a_recording(), 3)
    kept = FolderArtefacts(data.features / "item-1").save_samples("rec-1.a-00000", [])
    rows = (
        ChunkRow(chunk=first, state=ChunkState.WATCHED, features=kept),
        ChunkRow(chunk=second, state=ChunkState.WATCHED, features="rec-1.a-00001"),
        ChunkRow(chunk=third, state=ChunkState.FAILED),
    )
    assert FeatureShelf(data).missing("item-1", rows) == {"rec-1.a-00001"}
    assert FeatureShelf(data).missing("item-2", rows) == {"rec-1.a-00000", "rec-1.a-00001"}
