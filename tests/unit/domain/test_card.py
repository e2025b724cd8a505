from __future__ import annotations

from pathlib import Path

from appliance.domain.card import CardFile


def test_a_file_that_somebody_named_has_no_place_but_its_name() -> None:
    file = CardFile(path=Path(".hidden/GX010001.MP4"), size_bytes=1)
    assert file.is_named
    assert file.place == ("GX010001.MP4",)


def test_a_file_met_on_a_walk_is_placed_from_the_walked_folder_on() -> None:
    file = CardFile(path=Path("/.mnt/card/DCIM/a.mp4"), size_bytes=1, within=Path("/.mnt/card"))
    assert not file.is_named
    assert file.place == ("DCIM", "a.mp4")
