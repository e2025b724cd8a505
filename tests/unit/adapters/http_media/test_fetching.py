from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appliance.adapters.http_media import fetching
from appliance.adapters.http_media.cache import CachedFile, MediaCache
from appliance.adapters.http_media.fetching import Fetcher
from appliance.adapters.http_media.line import MediaLine
from appliance.domain.errors import Misconfigured, Transient

from ....media_server import CREDENTIAL, MediaServer

PATH = PurePosixPath("originals/i/a.mp4")
CONTENT = bytes(index * 7 % 251 for index in range(10_000))


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "BLOCK_BYTES", 100)
    monkeypatch.setattr(fetching, "BREAK_WAIT_S", 0.001)


def fetch(head: MediaServer, folder: Path, size_bytes: int | None = None, limit_bytes: int = 10**6) -> tuple[CachedFile, int]:
    """The file and how often there was progress."""
    cache, moves = MediaCache(folder, limit_bytes), [0]

    def move() -> None:
        moves[0] += 1

    file = cache.file(Path(PATH))
    with MediaLine(head.url, CREDENTIAL) as line, cache.locked(file, alone=True):
        Fetcher(line=line, cache=cache, moved=move).fetch(PATH, file, size_bytes)
    return file, moves[0]


def test_a_file_comes_whole_and_every_block_is_progress(tmp_path: Path) -> None:
    with MediaServer(files={str(PATH): CONTENT}).open() as head:
        file, moves = fetch(head, tmp_path, len(CONTENT))
    assert file.path.read_bytes() == CONTENT
    assert moves == 100
    assert sorted(path.name for path in file.path.parent.iterdir()) == ["a.mp4", "a.mp4.lock"]


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(breaks=st.lists(st.integers(100, 9_000), max_size=6))
def test_a_line_that_breaks_anywhere_still_gives_the_identical_file(
    tmp_path_factory: pytest.TempPathFactory, breaks: list[int]
) -> None:
    with MediaServer(files={str(PATH): CONTENT}, breaks=list(breaks)).open() as head:
        file, _ = fetch(head, tmp_path_factory.mktemp("cache"))
    assert file.path.read_bytes() == CONTENT


def test_what_is_here_already_is_not_asked_for_again(tmp_path: Path) -> None:
    with MediaServer(files={str(PATH): CONTENT}, breaks=[5_000]).open() as head:
        fetch(head, tmp_path)
        assert [asked[2] for asked in head.asked] == ["", "bytes=5000-"]


def test_a_file_that_changed_half_way_is_fetched_anew(tmp_path: Path) -> None:
    with MediaServer(files={str(PATH): CONTENT}, breaks=[5_000] * (fetching.MOST_BREAKS + 1), ranges=False).open() as head:
        with pytest.raises(Transient):
            fetch(head, tmp_path)
        head.files[str(PATH)], head.version, head.ranges, head.breaks = CONTENT[::-1], '"2"', True, []
        file, _ = fetch(head, tmp_path)
    assert file.path.read_bytes() == CONTENT[::-1]


def test_without_a_version_nothing_is_pieced_together(tmp_path: Path) -> None:
    with MediaServer(files={str(PATH): CONTENT}, version="", breaks=[5_000]).open() as head:
        file, _ = fetch(head, tmp_path)
        assert [asked[2] for asked in head.asked] == ["", ""]
    assert file.path.read_bytes() == CONTENT


def test_a_part_that_is_complete_but_has_no_name_yet_does_no_harm(tmp_path: Path) -> None:
    file = MediaCache(tmp_path, 10**6).file(Path(PATH))
    file.part.write_bytes(CONTENT)
    file.tag.write_text('"1"')
    with MediaServer(files={str(PATH): CONTENT}).open() as head:
        fetch(head, tmp_path)
    assert file.path.read_bytes() == CONTENT


def test_a_file_of_another_size_than_was_looked_at_is_refused(tmp_path: Path) -> None:
    with (
        MediaServer(files={str(PATH): CONTENT}).open() as head,
        pytest.raises(Transient, match="9999 bytes were expected, 10000 are announced"),
    ):
        fetch(head, tmp_path, 9_999)
    assert not (tmp_path / PATH).exists()


def test_a_line_that_gives_nothing_is_left_for_later(tmp_path: Path) -> None:
    with MediaServer(files={str(PATH): CONTENT}, breaks=[0] * 20).open() as head, pytest.raises(Transient):
        fetch(head, tmp_path)
    assert 1 < len(head.asked) <= fetching.MOST_BREAKS + 2


def test_a_file_larger_than_the_cache_is_left_to_another_worker(tmp_path: Path) -> None:
    with MediaServer(files={str(PATH): CONTENT}).open() as head, pytest.raises(Transient, match="does not fit"):
        fetch(head, tmp_path, limit_bytes=5_000)


def test_a_refusal_is_not_asked_about_twice(tmp_path: Path) -> None:
    with MediaServer(files={str(PATH): CONTENT}, statuses=[401]).open() as head:
        with pytest.raises(Misconfigured):
            fetch(head, tmp_path)
        assert len(head.asked) == 1
