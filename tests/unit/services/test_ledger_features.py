from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from appliance.adapters.artefacts import FolderArtefacts
from appliance.domain.outbox import ChunkRow, ChunkState
from appliance.domain.place import DataFolder
from appliance.services.ledger_features import FeatureShelf
from tests.book_examples import a_recording, a_revision, chunks_of


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


def test_a_reel_is_there_once_it_was_made_and_until_it_is_removed(tmp_path: Path) -> None:
    shelf, cut = FeatureShelf(DataFolder(root=tmp_path)), a_revision()
    assert not shelf.holds_reel(cut)
    assert cut.reel is not None
    reel = tmp_path / cut.reel.path
    reel.parent.mkdir(parents=True)
    reel.touch()
    assert shelf.holds_reel(cut)
    assert not shelf.holds_reel(replace(cut, reel=None))
