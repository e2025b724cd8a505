"""What every store of originals promises; see ports.intake.OriginalStore."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from appliance.adapters.originals import FolderOriginals
from appliance.domain.errors import Transient, Unusable
from appliance.domain.place import DataFolder
from appliance.ports.intake import OriginalStore

from ..intake_fakes import Guillotine, MortalStore


def going_on() -> bool:
    return False


STORES: dict[str, Callable[[DataFolder], OriginalStore]] = {
    "folder": lambda data: FolderOriginals(data=data),
    "mortal": lambda data: MortalStore(FolderOriginals(data=data), Guillotine(10**6)),
}


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    folder = DataFolder(root=tmp_path / "data")
    for each in folder.all_folders():
        each.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, data: DataFolder) -> OriginalStore:
    return STORES[request.param](data)


@pytest.fixture
def source(data: DataFolder) -> Path:
    path = data.footage / "a.mp4"
    path.write_bytes(b"footage")
    return path


class TestOriginalStore:
    def test_a_look_shows_what_is_there(self, store: OriginalStore, source: Path) -> None:
        stamp = store.look(source)
        assert stamp is not None
        assert stamp.size_bytes == 7
        assert store.look(source.with_name("gone")) is None
        source.with_name("link").symlink_to(source)
        with pytest.raises(Unusable):
            store.look(source.with_name("link"))

    def test_a_fingerprint_tells_bytes_apart(self, store: OriginalStore, source: Path) -> None:
        assert store.fingerprint(source, going_on).sha256 == sha256(b"footage").hexdigest()
        with pytest.raises(Transient):
            store.fingerprint(source, lambda: True)
        with pytest.raises(Transient):
            store.fingerprint(source.with_name("gone"), going_on)

    def test_writers_are_noticed(self, store: OriginalStore, source: Path) -> None:
        with source.open("ab"):
            assert store.has_writer(source)
        assert not store.has_writer(source)

    def test_only_one_at_a_time_works_on_an_item(self, store: OriginalStore) -> None:
        with store.claim("i") as mine:
            assert mine
            with store.claim("i") as theirs:
                assert not theirs
            with store.claim("k") as other:
                assert other
        with store.claim("i") as again:
            assert again

    def test_a_note_says_what_is_to_be_done_until_it_is_told(self, store: OriginalStore) -> None:
        assert store.read_note("i") is None
        with store.claim("i"):
            store.write_note("i", "to do")
        assert (store.read_note("i"), store.pending()) == ("to do", ("i",))
        store.mark_told("i")
        store.mark_told("i")
        assert (store.read_note("i"), store.pending()) == (None, ())

    def test_what_is_withdrawn_leaves_no_empty_folder(self, store: OriginalStore, data: DataFolder) -> None:
        with store.claim("i"):
            store.write_note("i", "to do")
            store.withdraw("i")
        assert (store.pending(), data.original_folder("i").exists()) == ((), False)
        store.withdraw("i")

    def test_moving_and_putting_back_keep_every_byte(self, store: OriginalStore, source: Path, data: DataFolder) -> None:
        target, expected = data.original_folder("i") / "a.mp4", store.fingerprint(source, going_on)
        with store.claim("i"):
            store.move(source, target, expected, going_on)
            store.move(source, target, expected, going_on)
            assert target.read_bytes() == b"footage"
            source.write_bytes(b"newer")
            assert store.put_back(target, source, going_on) == source.with_name("a (2).mp4")
            assert store.put_back(target, source, going_on) is None
        assert source.read_bytes() == b"newer"
        assert source.with_name("a (2).mp4").read_bytes() == b"footage"

    def test_a_move_of_what_was_not_expected_changes_nothing(self, store: OriginalStore, source: Path, data: DataFolder) -> None:
        expected = store.fingerprint(source, going_on)
        source.write_bytes(b"something else")
        with store.claim("i"), pytest.raises(Unusable):
            store.move(source, data.original_folder("i") / "a.mp4", expected, going_on)
        assert source.read_bytes() == b"something else"

    def test_discarding_twice_is_discarding_once(self, store: OriginalStore, source: Path) -> None:
        store.discard(source)
        store.discard(source)
        store.discard(source.parent / "gone" / "a.mp4")
        assert not source.exists()
