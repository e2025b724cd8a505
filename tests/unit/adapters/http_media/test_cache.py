from __future__ import annotations

import os
from pathlib import Path

import pytest

from appliance.adapters.http_media import cache as cache_module
from appliance.adapters.http_media.cache import CachedFile, MediaCache


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "LOOK_EVERY_S", 0.001)


def kept(cache: MediaCache, name: str, size: int, used_at_s: float) -> CachedFile:
    file = cache.file(Path("originals", name))
    with cache.locked(file, alone=True):
        file.path.write_bytes(b"x" * size)
        os.utime(file.path, (used_at_s, used_at_s))
    return file


def test_the_files_that_were_unused_for_longest_go_first(tmp_path: Path) -> None:
    cache = MediaCache(tmp_path, 100)
    old, older, new = kept(cache, "a", 40, 20.0), kept(cache, "b", 40, 10.0), kept(cache, "c", 20, 30.0)
    assert cache.make_room(60, cache.file(Path("originals/d")))
    assert [file.path.exists() for file in (older, old, new)] == [False, False, True]
    assert not older.lock.exists()


def test_what_is_in_use_stays_and_then_there_is_no_room(tmp_path: Path) -> None:
    cache = MediaCache(tmp_path, 100)
    used = kept(cache, "a", 90, 10.0)
    with MediaCache(tmp_path, 100).locked(used, alone=False):
        assert not cache.make_room(60, cache.file(Path("d")))
        assert used.path.exists()
    assert cache.make_room(60, cache.file(Path("d")))
    assert not used.path.exists()


def test_half_fetched_files_count_and_go_too(tmp_path: Path) -> None:
    cache = MediaCache(tmp_path, 100)
    file = cache.file(Path("a.mp4"))
    with cache.locked(file, alone=True):
        file.part.write_bytes(b"x" * 80)
        file.tag.write_text("1")
    assert file.size_bytes == 80
    assert cache.make_room(60, cache.file(Path("b.mp4")))
    assert not file.part.exists()
    assert not file.tag.exists()


def test_what_is_fetched_now_makes_no_room_for_itself(tmp_path: Path) -> None:
    cache = MediaCache(tmp_path, 100)
    file = kept(cache, "a", 80, 10.0)
    assert cache.make_room(100, file)
    assert file.path.exists()
    assert not cache.make_room(101, file)


def test_several_may_use_a_file_and_one_alone_may_change_it(tmp_path: Path) -> None:
    cache = MediaCache(tmp_path, 100)
    file = cache.file(Path("a.mp4"))
    waited: list[int] = []

    class TooLongError(Exception):
        pass

    def give_up() -> None:
        waited.append(1)
        if len(waited) == 3:
            raise TooLongError

    with (
        cache.locked(file, alone=False),
        cache.locked(file, alone=False),
        pytest.raises(TooLongError),
        cache.locked(file, alone=True, waiting=give_up),
    ):
        raise AssertionError("it was in use")
    with cache.locked(file, alone=True):
        pass


def test_a_lock_that_was_removed_meanwhile_is_no_lock(tmp_path: Path) -> None:
    cache = MediaCache(tmp_path, 100)
    file = cache.file(Path("a.mp4"))
    with cache.locked(file, alone=False):
        file.lock.unlink()
        with cache.locked(file, alone=True):
            assert file.lock.exists()


@pytest.mark.parametrize(("size_bytes", "whole"), [(None, True), (3, True), (4, False)])
def test_a_file_is_whole_when_it_is_as_large_as_it_should_be(tmp_path: Path, size_bytes: int | None, whole: bool) -> None:
    file = MediaCache(tmp_path, 100).file(Path("a"))
    assert not file.is_whole(size_bytes)
    file.path.write_bytes(b"abc")
    assert file.is_whole(size_bytes) is whole
