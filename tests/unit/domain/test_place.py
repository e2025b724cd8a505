from __future__ import annotations

from pathlib import Path

import pytest

from appliance.domain.place import DataFolder

DATA = DataFolder(root=Path("/srv/rinkreel"))


def test_everything_lies_below_the_root() -> None:
    assert all(folder == DATA.root or DATA.root in folder.parents for folder in (*DATA.all_folders(), DATA.book))


def test_a_path_is_told_as_seen_from_the_root() -> None:
    assert DATA.relative(DATA.reel_folder("i1", 2) / "reel.mp4") == Path("reels/i1/002/reel.mp4")
    assert DATA.relative(DATA.original_folder("i1")) == Path("originals/i1")


def test_a_path_outside_is_refused() -> None:
    with pytest.raises(ValueError, match="subpath"):
        DATA.relative(Path("/etc/passwd"))
