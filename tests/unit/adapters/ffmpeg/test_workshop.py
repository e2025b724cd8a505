from __future__ import annotations

from pathlib import Path

import pytest

from appliance.adapters.ffmpeg.running import FfmpegFailed
from appliance.adapters.ffmpeg.workshop import DISK_FULL, give_name, workshop
from appliance.domain.errors import DiskFull, RinkreelError


def test_what_was_made_gets_its_name_and_the_rest_is_gone(tmp_path: Path) -> None:
    target = tmp_path / "new" / "film.mp4"
    with workshop(target) as folder:
        (folder / "half").write_bytes(b"half")
        (folder / "made").write_bytes(b"whole")
        give_name(folder / "made", target)
    assert [path.name for path in target.parent.iterdir()] == ["film.mp4"]
    assert target.read_bytes() == b"whole"


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    def fail() -> None:
        with workshop(tmp_path / "film.mp4") as folder:
            (folder / "half").write_bytes(b"half")
            raise FfmpegFailed("it broke")

    with pytest.raises(FfmpegFailed):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_called_so(tmp_path: Path) -> None:
    failure = FfmpegFailed("it broke")
    failure.tail = f"av_interleaved_write_frame(): {DISK_FULL}"
    with pytest.raises(DiskFull), workshop(tmp_path / "film.mp4"):
        raise failure


def test_a_place_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(RinkreelError), workshop(tmp_path / "file" / "film.mp4"):
        raise AssertionError
