from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from av.container import InputContainer

from appliance.adapters.pyav.open_files import MOST_IDLE, OpenFiles
from appliance.adapters.pyav.opening import opened
from appliance.domain.errors import Transient, Unusable

from ....media_files import Clip, write_clip


@dataclass
class Counting:
    """Opens files, and counts what it opened and what is still open."""

    opened: int = 0
    open_now: int = 0
    paths: list[Path] = field(default_factory=list)

    @contextmanager
    def __call__(self, path: Path) -> Iterator[InputContainer]:
        with opened(path) as container:
            self.opened, self.open_now = self.opened + 1, self.open_now + 1
            try:
                yield container
            finally:
                self.open_now -= 1


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "a.mp4", Clip(seconds=1))


def test_a_file_is_opened_once_for_stretches_one_after_the_other(clip: Path) -> None:
    counting = Counting()
    files = OpenFiles(counting)
    for _ in range(3):
        with files.borrow(clip) as container:
            assert container.streams.video
    assert (counting.opened, counting.open_now) == (1, 1)
    files.close()
    assert counting.open_now == 0


def test_stretches_side_by_side_never_share_an_open_file(clip: Path) -> None:
    counting = Counting()
    files = OpenFiles(counting)
    with files.borrow(clip) as one, files.borrow(clip) as other:
        assert one is not other
    assert counting.open_now == 2


def test_no_more_stay_open_than_are_read_side_by_side(clip: Path) -> None:
    counting = Counting()
    files = OpenFiles(counting)
    with files.borrow(clip), files.borrow(clip), files.borrow(clip):
        pass
    assert (counting.opened, counting.open_now) == (3, MOST_IDLE)


def test_another_file_and_one_that_became_another_close_the_first(clip: Path, tmp_path: Path) -> None:
    counting = Counting()
    files = OpenFiles(counting)
    for path in (clip, write_clip(tmp_path / "b.mp4", Clip(seconds=1))):
        with files.borrow(path):
            pass
    assert (counting.opened, counting.open_now) == (2, 1)
    write_clip(tmp_path / "b.mp4", Clip(seconds=2))
    with files.borrow(tmp_path / "b.mp4") as container:
        assert container.duration is not None
        assert container.duration > 1_500_000
    assert (counting.opened, counting.open_now) == (3, 1)


def test_an_error_closes_the_file_and_is_told_in_the_products_words(clip: Path) -> None:
    counting = Counting()
    files = OpenFiles(counting)
    with pytest.raises(Transient, match="could not be read"), files.borrow(clip):
        raise OSError(5, "Input/output error")
    assert counting.open_now == 0


def test_a_file_that_is_not_there_is_explained_by_opening_it(tmp_path: Path) -> None:
    with pytest.raises((Transient, Unusable)), OpenFiles(opened).borrow(tmp_path / "gone.mp4"):
        raise AssertionError("it was opened")


def test_a_reading_that_is_left_early_leaves_the_file_open_for_the_next(clip: Path) -> None:
    counting = Counting()
    files = OpenFiles(counting)

    def reading() -> Iterator[int]:
        with files.borrow(clip):
            yield from range(9)

    numbers = reading()
    assert next(numbers) == 0
    del numbers
    with files.borrow(clip):
        pass
    assert counting.opened == 1
