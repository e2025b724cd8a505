from __future__ import annotations

import pytest

from appliance.algorithms.file_naming import reel_name, safe_name


@pytest.mark.parametrize("name", ["reel.avi", "reel", "no folder/reel.mp4"])
def test_a_name_that_no_reel_can_have_is_refused_with_a_remedy(tmp_path: Path, name: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        checked_target(tmp_path / name)
    assert caught.value.remedy


def test_a_folder_is_no_reel(tmp_path: Path) -> None:
    (tmp_path / "reels.mp4").mkdir()
    with pytest.raises(Misconfigured, match="is a folder"):
        checked_target(tmp_path / "reels.mp4")


@given(st.text(max_size=300))
def test_every_name_becomes_one_that_file_systems_accept(name: str) -> None:
    safe = safe_name(name)
    assert safe
    assert "/" not in safe
    assert not safe.startswith(".")
    assert len(safe.encode()) <= 200


def test_a_reel_is_named_after_its_recording() -> None:
    assert reel_name("GX010123") == "highlight_GX010123.mp4"
    assert "/" not in reel_name("../a/b")
